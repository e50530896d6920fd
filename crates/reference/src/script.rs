//! Canned answers as bytes.

use base64::{Engine, engine::general_purpose::STANDARD};
use crosscheck_http1::write;
use crosscheck_vectors::script::Answer;
use sha1::{Digest, Sha1};

/// What stands in an answer for the proof that a `WebSocket`'s key was read.
const ACCEPT: &[u8] = b"{websocket-accept}";

/// What makes that proof of a key.
const HANDSHAKE: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Where the addresses of one script live on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    prefix: String,
    accept: String,
}

impl Rewrite {
    /// For the script that is played as `exchange` by the stage with this token.
    pub fn new(token: &str, exchange: &str) -> Self {
        Self {
            prefix: format!("/x/{token}/{exchange}"),
            accept: String::new(),
        }
    }

    /// The same for the answer to a request with this `Sec-WebSocket-Key`.
    ///
    /// Spec: <https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2>
    #[must_use]
    pub fn with_websocket_key(&self, key: &[u8]) -> Self {
        let digest = Sha1::new().chain_update(key).chain_update(HANDSHAKE);
        Self {
            prefix: self.prefix.clone(),
            accept: STANDARD.encode(digest.finalize()),
        }
    }

    /// What the path of every address in the script begins with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The address on the wire of `url`, an absolute URL or a path: the prefix goes before its path.
    pub fn address(&self, url: &str) -> String {
        let bytes = self.address_bytes(url.as_bytes());
        // Both parts are UTF-8 and are joined whole.
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn address_bytes(&self, url: &[u8]) -> Vec<u8> {
        let scheme = url.windows(3).position(|window| window == b"://");
        let authority = scheme.map_or(0, |at| at + 3);
        let after = url.get(authority..).unwrap_or_default();
        let host = match scheme {
            Some(_) => after
                .iter()
                .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
                .unwrap_or(after.len()),
            None => 0,
        };
        let (before, path) = url.split_at_checked(authority + host).unwrap_or((url, b""));
        let slash: &[u8] = if path.starts_with(b"/") { b"" } else { b"/" };
        [before, self.prefix.as_bytes(), slash, path].concat()
    }

    /// `value` with every `{url:…}` replaced by its address; or the proof that a key was read.
    fn value(&self, value: &[u8]) -> Vec<u8> {
        if value == ACCEPT {
            return self.accept.clone().into_bytes();
        }
        let mut rewritten = Vec::with_capacity(value.len());
        let mut rest = value;
        while let Some(start) = rest.windows(5).position(|window| window == b"{url:") {
            let (before, from) = rest.split_at_checked(start).unwrap_or((rest, b""));
            let Some(length) = from.iter().position(|byte| *byte == b'}') else {
                break;
            };
            rewritten.extend_from_slice(before);
            let url = from.get(5..length).unwrap_or_default();
            rewritten.extend_from_slice(&self.address_bytes(url));
            rest = from.get(length + 1..).unwrap_or_default();
        }
        rewritten.extend_from_slice(rest);
        rewritten
    }
}

/// The bytes that are sent as `answer` to a request with `method`.
///
/// Header lines are written as given. `Content-Length` is added unless it or `Transfer-Encoding` is
/// given or the status is 1xx, 204 or 304; these statuses and 205 have no body, whatever the answer
/// says, nor has the answer to HEAD.
pub fn render(answer: &Answer, method: &[u8], rewrite: &Rewrite) -> Vec<u8> {
    if let Some(raw) = &answer.raw {
        return raw.as_bytes().to_vec();
    }
    let body = match (answer.status, &answer.body) {
        (100..=199 | 204 | 205 | 304, _) => b"",
        (_, Some(body)) => body.as_bytes(),
        (_, None) => b"ok",
    };
    let mut bytes = format!("HTTP/1.1 {:03} ", answer.status).into_bytes();
    if let Some(reason) = &answer.reason {
        bytes.extend_from_slice(reason.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    for (name, value) in &answer.headers {
        write::line(
            &mut bytes,
            name.as_bytes(),
            &rewrite.value(value.as_bytes()),
        );
    }
    if !frames_itself(answer) && !matches!(answer.status, 100..=199 | 204 | 304) {
        let length = body.len().to_string();
        write::line(&mut bytes, b"Content-Length", length.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if method != b"HEAD" {
        bytes.extend_from_slice(body);
    }
    bytes
}

/// Whether the connection is closed after `answer`: its end is told by nothing else, or by lines
/// that need not be true.
pub fn closes(answer: &Answer) -> bool {
    let asks_to_close = answer.headers.iter().any(|(name, value)| {
        name.as_bytes().eq_ignore_ascii_case(b"connection")
            && value.as_bytes().eq_ignore_ascii_case(b"close")
    });
    answer.raw.is_some() || asks_to_close || frames_itself(answer) || answer.status < 200
}

fn frames_itself(answer: &Answer) -> bool {
    answer.headers.iter().any(|(name, _)| {
        name.as_bytes().eq_ignore_ascii_case(b"content-length")
            || name.as_bytes().eq_ignore_ascii_case(b"transfer-encoding")
    })
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::{bytes::ByteString, script::Answer};
    use rstest::rstest;

    use super::{Rewrite, closes, render};

    fn answer(status: u16, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        let pair = |(name, value): &(&str, &str)| (ByteString::from(*name), (*value).into());
        Answer {
            to: None,
            status,
            reason: None,
            headers: headers.iter().map(pair).collect(),
            body: body.map(ByteString::from),
            raw: None,
        }
    }

    #[rstest]
    #[case::default(answer(200, &[], None), "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok")]
    #[case::as_written(
        answer(299, &[("X-a", "1"), ("x-A", "\u{1}")], Some("")),
        "HTTP/1.1 299 \r\nX-a: 1\r\nx-A: \u{1}\r\nContent-Length: 0\r\n\r\n"
    )]
    #[case::own_length(
        answer(200, &[("content-length", "9")], Some("abc")),
        "HTTP/1.1 200 \r\ncontent-length: 9\r\n\r\nabc"
    )]
    #[case::chunked(
        answer(200, &[("Transfer-Encoding", "chunked")], Some("0\r\n\r\n")),
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )]
    #[case::no_content(answer(204, &[], Some("abc")), "HTTP/1.1 204 \r\n\r\n")]
    #[case::reset_content(answer(205, &[], None), "HTTP/1.1 205 \r\nContent-Length: 0\r\n\r\n")]
    #[case::addresses(
        answer(302, &[("Location", "{url:https://u@b.example:8443/next?a#b}")], Some("")),
        "HTTP/1.1 302 \r\nLocation: https://u@b.example:8443/x/t/e/next?a#b\r\nContent-Length: 0\r\n\r\n"
    )]
    fn bytes(#[case] answer: Answer, #[case] expected: &str) {
        let bytes = render(&answer, b"GET", &Rewrite::new("t", "e"));
        assert_eq!(
            bytes.escape_ascii().to_string(),
            expected
                .escape_default()
                .to_string()
                .replace("\\u{1}", "\\x01")
        );
    }

    #[test]
    fn head_has_the_length_and_no_body() {
        let bytes = render(&answer(200, &[], None), b"HEAD", &Rewrite::new("t", "e"));
        assert_eq!(bytes, b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n");
    }

    #[test]
    fn raw_is_all_that_is_sent() {
        let mut raw = answer(200, &[("a", "b")], None);
        raw.raw = Some(ByteString::from("HTTP/1.1 2"));
        assert_eq!(
            render(&raw, b"HEAD", &Rewrite::new("t", "e")),
            b"HTTP/1.1 2"
        );
        assert!(closes(&raw));
    }

    #[rstest]
    #[case::kept(&[], false)]
    #[case::asked(&[("connection", "Close")], true)]
    #[case::own_length(&[("content-length", "2")], true)]
    fn closing(#[case] headers: &[(&str, &str)], #[case] expected: bool) {
        assert_eq!(closes(&answer(200, headers, None)), expected);
    }

    #[rstest]
    #[case::no_path("https://b.example", "https://b.example/x/t/e/")]
    #[case::query_only("https://b.example?a", "https://b.example/x/t/e/?a")]
    #[case::path_only("/next", "/x/t/e/next")]
    fn addresses(#[case] url: &str, #[case] expected: &str) {
        assert_eq!(Rewrite::new("t", "e").address(url), expected);
    }

    /// The example of RFC 6455, section 1.3.
    #[test]
    fn the_key_of_a_websocket_is_read() {
        let rewrite = Rewrite::new("t", "e").with_websocket_key(b"dGhlIHNhbXBsZSBub25jZQ==");
        let switching = answer(101, &[("Sec-WebSocket-Accept", "{websocket-accept}")], None);
        assert_eq!(
            render(&switching, b"GET", &rewrite)
                .escape_ascii()
                .to_string(),
            "HTTP/1.1 101 \\r\\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n"
        );
    }

    #[test]
    fn several_addresses_in_a_value() {
        let rewrite = Rewrite::new("t", "e");
        let value = rewrite.value(b"<{url:/a}>, <{url:/b}>; {url:/open");
        assert_eq!(
            value,
            b"<{X}/a>, <{X}/b>; {url:/open"
                .escape_ascii()
                .to_string()
                .replace("{X}", "/x/t/e")
                .as_bytes()
        );
    }
}
