//! What URLs answer whose content is not on the network.

use data_url::DataUrl;

use crate::{request::Request, response::Response};

/// The response of an `about:`, `blob:` or `data:` URL; `None` for a network error.
///
/// A `Range` header on a `blob:` URL is not looked at.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-scheme-fetch>
pub(crate) fn scheme_fetch(request: &Request) -> Option<Response> {
    let url = request.current_url();
    match url.scheme() {
        "about" if url.path() == "blank" => {
            Some(Response::new(200).with_header("Content-Type", "text/html;charset=utf-8"))
        }
        "blob" if request.method == b"GET" => {
            let blob = request.blob.as_ref()?;
            let mut response = Response::new(200)
                .with_header("Content-Length", blob.bytes.len().to_string())
                .with_header("Content-Type", blob.content_type.as_str());
            response.body.clone_from(&blob.bytes);
            Some(response)
        }
        "data" => {
            let data = DataUrl::process(url.as_str()).ok()?;
            let (body, _fragment) = data.decode_to_vec().ok()?;
            let content_type = data.mime_type().to_string();
            let mut response = Response::new(200).with_header("Content-Type", content_type);
            response.body = body;
            Some(response)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::scheme_fetch;
    use crate::{origin::Origin, request::Request, response::Response};

    fn fetched(url: &str) -> Option<Response> {
        scheme_fetch(&Request::new(Origin::Opaque(0), Url::parse(url).unwrap()))
    }

    #[rstest]
    #[case::plain("data:,a", "text/plain;charset=US-ASCII", "a")]
    #[case::empty("data:,", "text/plain;charset=US-ASCII", "")]
    #[case::typed("data:text/html,<p>", "text/html", "<p>")]
    #[case::parameters_only("data:;charset=utf-8,a", "text/plain;charset=utf-8", "a")]
    #[case::bad_type("data:nonsense,a", "text/plain;charset=US-ASCII", "a")]
    #[case::percent("data:,a%20b%2", "text/plain;charset=US-ASCII", "a b%2")]
    #[case::percent_not_hex("data:,%zz%41", "text/plain;charset=US-ASCII", "%zzA")]
    #[case::second_comma("data:,a,b", "text/plain;charset=US-ASCII", "a,b")]
    #[case::query("data:,a?b", "text/plain;charset=US-ASCII", "a?b")]
    #[case::fragment("data:,a#b", "text/plain;charset=US-ASCII", "a")]
    #[case::base64("data:text/plain;base64,aGk=", "text/plain", "hi")]
    #[case::base64_unpadded("data:;BASE64,aGk", "text/plain;charset=US-ASCII", "hi")]
    #[case::base64_with_spaces("data:text/plain; base64,a%20Gk%3D", "text/plain", "hi")]
    #[case::base64_full_group("data:text/plain;base64,Zm9v", "text/plain", "foo")]
    #[case::base64_in_the_middle("data:text/plain;base64;a=b,aGk=", "text/plain;a=b", "aGk=")]
    fn data_urls(#[case] url: &str, #[case] content_type: &str, #[case] body: &str) {
        let response = fetched(url).unwrap();
        assert_eq!(
            response.headers.get("content-type").unwrap(),
            content_type.as_bytes()
        );
        assert_eq!(response.body.escape_ascii().to_string(), body);
    }

    #[rstest]
    #[case::no_comma("data:text/plain")]
    #[case::one_digit("data:;base64,a")]
    #[case::five_digits("data:;base64,aGkha")]
    #[case::not_base64("data:;base64,a_Gk")]
    #[case::three_signs("data:;base64,a===")]
    #[case::other_scheme("ftp://a.example/")]
    #[case::other_about("about:srcdoc")]
    fn network_errors(#[case] url: &str) {
        assert!(fetched(url).is_none());
    }
}
