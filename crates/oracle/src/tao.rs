//! The TAO check, which opens resource timing and has nothing to do with CORS.

use crate::{
    extract::get_decode_and_split,
    request::{Request, RequestMode, ResponseTainting},
    response::Response,
};

/// Whether `Timing-Allow-Origin` opens the timing of `response` to the page.
///
/// The caller remembers a failure of an earlier hop, which is final.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-tao-check>
pub fn tao_check(request: &Request, response: &Response) -> bool {
    let origin = request.byte_serialized_origin();
    let listed = response
        .headers
        .get("timing-allow-origin")
        .is_some_and(|value| {
            get_decode_and_split(&value)
                .into_iter()
                .any(|item| item == b"*" || item == origin)
        });
    if listed {
        return true;
    }
    let foreign_navigation = request.mode == RequestMode::Navigate
        && !request.origin.same_origin_as_url(request.current_url());
    !foreign_navigation && request.response_tainting() == ResponseTainting::Basic
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::*;
    use crate::origin::Origin;

    fn request(mode: RequestMode, tainting: ResponseTainting) -> Request {
        let origin = Origin::parse("https://a.test").unwrap();
        let url = Url::parse("https://b.test/").unwrap();
        let mut request = Request::new(origin, url).with_response_tainting(tainting);
        request.mode = mode;
        request
    }

    #[rstest]
    #[case::wildcard(Some("*"), true)]
    #[case::exact(Some("https://a.test"), true)]
    #[case::in_a_list(Some("https://x.test, https://a.test"), true)]
    #[case::wildcard_in_a_list(Some("https://x.test,*"), true)]
    #[case::other(Some("https://x.test"), false)]
    #[case::quoted(Some("\"*\""), false)]
    #[case::empty(Some(""), false)]
    #[case::absent(None, false)]
    fn cors_tainting(#[case] value: Option<&str>, #[case] expected: bool) {
        let mut response = Response::new(200).with_header("Access-Control-Allow-Origin", "*");
        if let Some(value) = value {
            response.headers.push("Timing-Allow-Origin", value);
        }
        let request = request(RequestMode::Cors, ResponseTainting::Cors);
        assert_eq!(tao_check(&request, &response), expected);
    }

    #[test]
    fn basic_tainting_needs_no_header_except_for_a_foreign_navigation() {
        let basic = |mode| request(mode, ResponseTainting::Basic);
        let response = Response::new(200);
        assert!(tao_check(&basic(RequestMode::Cors), &response));
        assert!(!tao_check(&basic(RequestMode::Navigate), &response));
    }
}
