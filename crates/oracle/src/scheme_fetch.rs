//! What URLs answer whose content is not on the network.

use crate::data_url::parse_data_url;
use crate::request::Request;
use crate::response::Response;

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
            let data = parse_data_url(url)?;
            let mut response = Response::new(200).with_header("Content-Type", data.mime_type);
            response.body = data.body;
            Some(response)
        }
        _ => None,
    }
}
