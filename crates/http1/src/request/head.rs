//! Request heads.

use http::StatusCode;

use crate::token;

/// The longest head that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// The most header lines that are taken.
const MOST_LINES: usize = 1024;

/// A request head, still as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// Byte for byte.
    pub method: &'a [u8],
    /// Byte for byte.
    pub target: &'a [u8],
    /// What the client speaks.
    pub version: Version,
    /// Values without the blanks and tabs around them.
    pub lines: Vec<(&'a [u8], &'a [u8])>,
}

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// Told in the words of HTTP/1.1.
    Http2,
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By the last chunk.
    Chunked,
    /// In bytes; 0 if there is no body.
    Length(u64),
}

/// Why a request cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// Its body.
    #[error("the body is longer than 16 MiB")]
    BodyTooLong,
    /// The sizes or ends of its chunks.
    #[error("the chunks of the body are malformed")]
    Chunks,
    /// The length of its body.
    #[error("the length of the body is not told, or told in two ways")]
    Framing,
    /// A header line.
    #[error("a header line is malformed")]
    HeaderLine,
    /// Its head.
    #[error("the head has more than 256 KiB or 1024 header lines")]
    HeadTooLong,
    /// Its first line.
    #[error("the request line is malformed")]
    RequestLine,
    /// What it speaks.
    #[error("the version is not HTTP/1.0 or HTTP/1.1")]
    Version,
}

impl BadRequest {
    /// The status that says so.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadTooLong => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Version => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::Chunks | Self::Framing | Self::HeaderLine | Self::RequestLine => {
                StatusCode::BAD_REQUEST
            }
        }
    }
}

/// Where the head ends in `buffer`, whose first `scanned` bytes are known not to hold the end.
///
/// # Errors
///
/// If it is too long.
pub fn end(buffer: &[u8], scanned: usize) -> Result<Option<usize>, BadRequest> {
    let mut from = scanned.saturating_sub(3);
    while let Some(rest) = buffer.get(from..) {
        let Some(newline) = rest.iter().position(|byte| *byte == b'\n') else {
            break;
        };
        from += newline + 1;
        let blank_line = match rest.get(newline + 1..) {
            Some([b'\n', ..]) => 1,
            Some([b'\r', b'\n', ..]) => 2,
            Some(_) | None => continue,
        };
        let end = from + blank_line;
        return if end > LONGEST {
            Err(BadRequest::HeadTooLong)
        } else {
            Ok(Some(end))
        };
    }
    if buffer.len() > LONGEST {
        return Err(BadRequest::HeadTooLong);
    }
    Ok(None)
}

impl<'a> Head<'a> {
    /// Reads a whole head, blank line included.
    ///
    /// # Errors
    ///
    /// The first line that is malformed.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BadRequest> {
        let mut rows = bytes
            .split(|byte| *byte == b'\n')
            .map(|row| row.strip_suffix(b"\r").unwrap_or(row));
        let (method, target, version) = request_line(rows.next().unwrap_or_default())?;
        let mut lines = Vec::with_capacity(16);
        for row in rows.take_while(|row| !row.is_empty()) {
            if lines.len() == MOST_LINES {
                return Err(BadRequest::HeadTooLong);
            }
            lines.push(header_line(row).ok_or(BadRequest::HeaderLine)?);
        }
        Ok(Self {
            method,
            target,
            version,
            lines,
        })
    }

    /// How the end of the body is told.
    ///
    /// # Errors
    ///
    /// If it is not, or in two ways.
    ///
    /// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>
    pub fn framing(&self) -> Result<Framing, BadRequest> {
        let mut codings = self.values("transfer-encoding");
        let mut lengths = self.values("content-length");
        match (codings.next(), lengths.next()) {
            (None, None) => Ok(Framing::Length(0)),
            (None, Some(length)) => {
                if lengths.any(|other| other != length) {
                    return Err(BadRequest::Framing);
                }
                digits(length)
                    .map(Framing::Length)
                    .ok_or(BadRequest::Framing)
            }
            (Some(coding), None) => {
                let chunked = coding.eq_ignore_ascii_case(b"chunked");
                if chunked && codings.next().is_none() {
                    Ok(Framing::Chunked)
                } else {
                    Err(BadRequest::Framing)
                }
            }
            (Some(_), Some(_)) => Err(BadRequest::Framing),
        }
    }

    /// Whether the client may send another request on this connection.
    pub fn keeps_alive(&self) -> bool {
        let mut options = self.values("connection").flat_map(token::list).flatten();
        self.version == Version::Http11
            && !options.any(|option| option.eq_ignore_ascii_case(b"close"))
    }

    /// Whether the client waits to be asked for the body.
    pub fn expects_continue(&self) -> bool {
        self.version == Version::Http11
            && self
                .values("expect")
                .any(|value| value.eq_ignore_ascii_case(b"100-continue"))
    }

    /// The values of all lines called `name`.
    pub fn values(&self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.lines
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| *value)
    }
}

fn request_line(row: &[u8]) -> Result<(&[u8], &[u8], Version), BadRequest> {
    let mut words = row.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(BadRequest::RequestLine);
    };
    let visible = |byte: &u8| *byte > b' ' && *byte != 0x7f;
    if !token::is_token(method) || target.is_empty() || !target.iter().all(visible) {
        return Err(BadRequest::RequestLine);
    }
    match version {
        b"HTTP/1.1" => Ok((method, target, Version::Http11)),
        b"HTTP/1.0" => Ok((method, target, Version::Http10)),
        _ if version.starts_with(b"HTTP/") => Err(BadRequest::Version),
        _ => Err(BadRequest::RequestLine),
    }
}

/// Control characters other than NUL and line ends are legal in values: scripts can send them.
///
/// Spec: <https://fetch.spec.whatwg.org/#header-value>
fn header_line(row: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = row.iter().position(|byte| *byte == b':')?;
    let (name, value) = row.split_at_checked(colon)?;
    let value = token::trim(value.get(1..)?);
    let broken = value.iter().any(|byte| matches!(byte, 0 | b'\r'));
    (token::is_token(name) && !broken).then_some((name, value))
}

/// A number written with nothing but digits.
fn digits(text: &[u8]) -> Option<u64> {
    let only_digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let text = str::from_utf8(text).ok().filter(|_| only_digits)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{BadRequest, Framing, Head, end};

    #[test]
    fn nothing_is_normalised() {
        let bytes = b"pUt /a?b HTTP/1.1\r\nX-Odd: \x0b1\t\r\nx-odd:\xa0\r\n\r\n";
        let head = Head::parse(bytes).unwrap();
        assert_eq!(head.method, b"pUt");
        assert_eq!(head.target, b"/a?b");
        let lines: [(&[u8], &[u8]); 2] = [(b"X-Odd", b"\x0b1"), (b"x-odd", b"\xa0")];
        assert_eq!(head.lines, lines);
    }

    #[rstest]
    #[case::whole("GET / HTTP/1.1\r\n\r\nbody", Some(18))]
    #[case::bare_line_ends("GET / HTTP/1.1\n\n", Some(16))]
    #[case::mixed_line_ends("GET / HTTP/1.1\n\r\n", Some(17))]
    #[case::open("GET / HTTP/1.1\r\nA: b\r\n", None)]
    fn the_end(#[case] text: &str, #[case] expected: Option<usize>) {
        for scanned in 0..text.len().min(expected.unwrap_or(usize::MAX)) {
            assert_eq!(end(text.as_bytes(), scanned), Ok(expected), "{scanned}");
        }
    }

    #[rstest]
    #[case::no_target("GET HTTP/1.1", "", BadRequest::RequestLine)]
    #[case::two_blanks("GET  / HTTP/1.1", "", BadRequest::RequestLine)]
    #[case::bad_method("G(T / HTTP/1.1", "", BadRequest::RequestLine)]
    #[case::not_http("GET / ICY/1.1", "", BadRequest::RequestLine)]
    #[case::http2("GET / HTTP/2.0", "", BadRequest::Version)]
    #[case::no_colon("GET / HTTP/1.1", "abc\r\n", BadRequest::HeaderLine)]
    #[case::blank_in_name("GET / HTTP/1.1", "a b: c\r\n", BadRequest::HeaderLine)]
    #[case::folded("GET / HTTP/1.1", "a: b\r\n c\r\n", BadRequest::HeaderLine)]
    #[case::nul("GET / HTTP/1.1", "a: b\0c\r\n", BadRequest::HeaderLine)]
    #[case::bare_cr("GET / HTTP/1.1", "a: b\rc\r\n", BadRequest::HeaderLine)]
    fn malformed(#[case] line: &str, #[case] rest: &str, #[case] expected: BadRequest) {
        let text = format!("{line}\r\n{rest}\r\n");
        assert_eq!(Head::parse(text.as_bytes()), Err(expected));
    }

    #[rstest]
    #[case::none("", Ok(Framing::Length(0)))]
    #[case::length("Content-Length: 12\r\n", Ok(Framing::Length(12)))]
    #[case::same_twice("Content-Length: 1\r\ncontent-length: 1\r\n", Ok(Framing::Length(1)))]
    #[case::two("Content-Length: 1\r\nContent-Length: 2\r\n", Err(BadRequest::Framing))]
    #[case::signed("Content-Length: +1\r\n", Err(BadRequest::Framing))]
    #[case::chunked("Transfer-Encoding: Chunked\r\n", Ok(Framing::Chunked))]
    #[case::other_coding("Transfer-Encoding: gzip, chunked\r\n", Err(BadRequest::Framing))]
    #[case::both(
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
        Err(BadRequest::Framing)
    )]
    fn framing(#[case] lines: &str, #[case] expected: Result<Framing, BadRequest>) {
        let text = format!("POST / HTTP/1.1\r\n{lines}\r\n");
        assert_eq!(Head::parse(text.as_bytes()).unwrap().framing(), expected);
    }

    #[rstest]
    #[case::by_default("HTTP/1.1", "", true)]
    #[case::asked_to_close("HTTP/1.1", "Connection: x, Close\r\n", false)]
    #[case::old("HTTP/1.0", "", false)]
    fn keeps_alive(#[case] version: &str, #[case] lines: &str, #[case] expected: bool) {
        let text = format!("GET / {version}\r\n{lines}\r\n");
        let head = Head::parse(text.as_bytes()).unwrap();
        assert_eq!(head.keeps_alive(), expected);
    }
}
