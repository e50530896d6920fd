//! `data:` URLs, which carry their own content.

use url::Url;

use crate::header::{is_http_whitespace, trim};
use crate::mime::MimeType;

/// The content of a `data:` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataUrl {
    /// Its MIME type, serialized.
    pub mime_type: Vec<u8>,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// Reads a `data:` URL; `None` if it has no comma, or its base64 is broken.
///
/// Spec: <https://fetch.spec.whatwg.org/#data-url-processor>
pub fn parse_data_url(url: &Url) -> Option<DataUrl> {
    let mut url = url.clone();
    url.set_fragment(None);
    let input = url.as_str().strip_prefix("data:")?;
    let (mime_type, encoded) = input.split_once(',')?;
    let mut mime_type = trim(mime_type.as_bytes(), |byte| {
        is_http_whitespace(byte) || byte == 0x0C
    })
    .to_vec();
    let mut body = percent_decode(encoded.as_bytes());
    if let Some(rest) = strip_base64(&mime_type) {
        body = forgiving_base64_decode(&body)?;
        mime_type = rest.to_vec();
    }
    if mime_type.starts_with(b";") {
        mime_type.splice(0..0, *b"text/plain");
    }
    let mime_type = MimeType::parse(&mime_type).map_or_else(
        || b"text/plain;charset=US-ASCII".to_vec(),
        |mime| mime.serialize(),
    );
    Some(DataUrl { mime_type, body })
}

/// What precedes `;base64` at the end, with spaces allowed before `base64`.
fn strip_base64(mime_type: &[u8]) -> Option<&[u8]> {
    let (rest, last) = mime_type.split_at_checked(mime_type.len().checked_sub(6)?)?;
    if !last.eq_ignore_ascii_case(b"base64") {
        return None;
    }
    crate::header::trim_end(rest, |byte| byte == b' ').strip_suffix(b";")
}

fn percent_decode(input: &[u8]) -> Vec<u8> {
    let mut output = Vec::with_capacity(input.len());
    let mut rest = input;
    loop {
        match rest {
            [] => return output,
            [b'%', high, low, tail @ ..] => {
                if let (Some(high), Some(low)) = (hex(*high), hex(*low)) {
                    output.push(high << 4 | low);
                    rest = tail;
                } else {
                    output.push(b'%');
                    rest = rest.split_at(1).1;
                }
            }
            [byte, tail @ ..] => {
                output.push(*byte);
                rest = tail;
            }
        }
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Spec: <https://infra.spec.whatwg.org/#forgiving-base64-decode>
fn forgiving_base64_decode(input: &[u8]) -> Option<Vec<u8>> {
    let mut digits: Vec<u8> = input
        .iter()
        .copied()
        .filter(|&byte| !is_http_whitespace(byte) && byte != 0x0C)
        .collect();
    if digits.len().is_multiple_of(4) {
        for _ in 0..2 {
            if digits.last() == Some(&b'=') {
                digits.pop();
            }
        }
    }
    if digits.len() % 4 == 1 {
        return None;
    }
    let mut output = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut bits = 0_u32;
        for &digit in group {
            bits = bits << 6 | u32::from(base64_digit(digit)?);
        }
        bits <<= 6 * (4 - group.len());
        let bytes = bits.to_be_bytes();
        // A group of n digits holds n - 1 bytes; left-over bits are dropped.
        output.extend(bytes.into_iter().skip(1).take(group.len() - 1));
    }
    Some(output)
}

fn base64_digit(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

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
    fn contents(#[case] url: &str, #[case] mime_type: &str, #[case] body: &str) {
        let data = parse_data_url(&Url::parse(url).unwrap()).unwrap();
        assert_eq!(data.mime_type.escape_ascii().to_string(), mime_type);
        assert_eq!(data.body.escape_ascii().to_string(), body);
    }

    #[rstest]
    #[case::no_comma("data:text/plain")]
    #[case::one_digit("data:;base64,a")]
    #[case::five_digits("data:;base64,aGkha")]
    #[case::not_base64("data:;base64,a_Gk")]
    #[case::three_signs("data:;base64,a===")]
    #[case::other_scheme("http:,a")]
    fn failures(#[case] url: &str) {
        assert_eq!(parse_data_url(&Url::parse(url).unwrap()), None);
    }
}
