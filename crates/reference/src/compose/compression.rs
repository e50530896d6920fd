//! Compression as it is done rightly: nothing that the policy said is lost.

use std::io::Write;

use bytes::Bytes;
use crosscheck_http1::token;
use flate2::{Compression, write::GzEncoder};
use http::{
    HeaderMap, HeaderName, HeaderValue, Response, StatusCode,
    header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, VARY},
};

use crate::request::RequestHead;

/// Compresses the body if the client accepts that; and says, to others too, that it would have.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3>
pub(super) fn compress(request: &RequestHead<'_>, response: &mut Response<Bytes>) {
    if !may_be_compressed(response) {
        return;
    }
    let headers = response.headers_mut();
    if !lists(headers, &VARY, b"accept-encoding") && !lists(headers, &VARY, b"*") {
        let varies = HeaderValue::from_static("Accept-Encoding");
        headers.append(VARY, varies);
    }
    if !accepts_gzip(request) {
        return;
    }
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    weaken(headers);
    let body = gzip(response.body());
    *response.body_mut() = body;
}

/// Whether there is a whole body that nobody compressed or keeps from being changed.
fn may_be_compressed(response: &Response<Bytes>) -> bool {
    let headers = response.headers();
    !response.body().is_empty()
        && response.status() != StatusCode::PARTIAL_CONTENT
        && !headers.contains_key(CONTENT_ENCODING)
        && !lists(headers, &CACHE_CONTROL, b"no-transform")
}

/// Whether an item of the lists called `name` is `wanted`, in lower case.
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &[u8]) -> bool {
    let lines = headers.get_all(name).into_iter();
    let mut items = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    items.any(|item| token::trim(item).eq_ignore_ascii_case(wanted))
}

/// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3>
fn accepts_gzip(request: &RequestHead<'_>) -> bool {
    let lines = request.headers.values(&ACCEPT_ENCODING);
    let mut any = false;
    for item in lines.flat_map(|line| line.split(|byte| *byte == b',')) {
        let mut parts = item.split(|byte| *byte == b';').map(token::trim);
        let coding = parts.next().unwrap_or_default().to_ascii_lowercase();
        let is_welcome = !parts.any(is_weight_of_zero);
        match coding.as_slice() {
            b"gzip" | b"x-gzip" => return is_welcome,
            b"*" => any = is_welcome,
            _ => {}
        }
    }
    any
}

/// Whether a parameter says that its coding is not acceptable, such as `q=0` and `q=0.000`.
fn is_weight_of_zero(parameter: &[u8]) -> bool {
    let (b"q=" | b"Q=", weight) = parameter.split_at_checked(2).unwrap_or_default() else {
        return false;
    };
    !weight.is_empty() && weight.iter().all(|byte| matches!(byte, b'0' | b'.'))
}

/// What is compressed is no longer the same byte for byte.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1>
fn weaken(headers: &mut HeaderMap) {
    let Some(tag) = headers
        .get(ETAG)
        .filter(|tag| !tag.as_bytes().starts_with(b"W/"))
    else {
        return;
    };
    if let Ok(weak) = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat()) {
        headers.insert(ETAG, weak);
    }
}

fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    Bytes::from(written.expect("memory takes whatever is written"))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use bytes::Bytes;
    use flate2::read::GzDecoder;
    use http::{HeaderName, HeaderValue, Response};
    use rstest::rstest;

    use super::compress;
    use crate::request::{Headers, RequestHead};

    /// The answer with `lines` and a body, compressed for `accepted`.
    fn compressed(
        accepted: Option<&str>,
        lines: &[(&'static str, &'static str)],
    ) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from_static(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
        for (name, value) in lines {
            let name = HeaderName::from_static(name);
            let value = HeaderValue::from_static(value);
            response.headers_mut().append(name, value);
        }
        let accepted = accepted.map(|value| (&b"Accept-Encoding"[..], value.as_bytes()));
        let headers: Vec<_> = accepted.into_iter().collect();
        let request = RequestHead {
            method: b"GET",
            target: b"/echo",
            headers: Headers::Lines(&headers),
        };
        compress(&request, &mut response);
        response
    }

    fn values<'r>(response: &'r Response<Bytes>, name: &str) -> Vec<&'r str> {
        let lines = response.headers().get_all(name).iter();
        lines.map(|value| value.to_str().unwrap()).collect()
    }

    #[rstest]
    #[case::named("br, gzip;q=0.5", true)]
    #[case::old_name("x-gzip", true)]
    #[case::in_capitals("GZip", true)]
    #[case::anything("*", true)]
    #[case::all_but("*, gzip;q=0", false)]
    #[case::unwelcome("gzip ; q=0.000", false)]
    #[case::others("br, deflate", false)]
    #[case::none("", false)]
    fn who_accepts_it(#[case] accepted: &str, #[case] expected: bool) {
        let response = compressed(Some(accepted), &[]);
        assert_eq!(values(&response, "content-encoding") == ["gzip"], expected);
        assert_eq!(values(&response, "vary"), ["Accept-Encoding"]);
    }

    #[test]
    fn the_body_comes_back() {
        let response = compressed(Some("gzip"), &[("vary", "Origin"), ("etag", "\"1\"")]);
        let mut body = String::new();
        let mut decoder = GzDecoder::new(&response.body()[..]);
        decoder.read_to_string(&mut body).unwrap();
        assert_eq!(body, "a".repeat(32));
        assert_eq!(values(&response, "vary"), ["Origin", "Accept-Encoding"]);
        assert_eq!(values(&response, "etag"), ["W/\"1\""]);
    }

    #[rstest]
    #[case::already("content-encoding", "br")]
    #[case::not_to_be_changed("cache-control", "no-store, no-transform")]
    fn what_is_left_alone(#[case] name: &'static str, #[case] value: &'static str) {
        let response = compressed(Some("gzip"), &[(name, value)]);
        assert_eq!(response.body().len(), 32);
        assert_eq!(values(&response, "vary"), [""; 0]);
    }

    #[rstest]
    #[case::named("Origin, accept-encoding")]
    #[case::anything("*")]
    fn nothing_is_said_twice(#[case] vary: &'static str) {
        let response = compressed(None, &[("vary", vary)]);
        assert_eq!(values(&response, "vary"), [vary]);
        assert_eq!(response.body().len(), 32);
    }
}
