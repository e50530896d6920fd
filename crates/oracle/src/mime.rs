//! MIME types: the essence that safelisting asks for, and the whole for what script sends.

use crate::header::{is_http_whitespace, trim, trim_end};
use crate::token::{is_tchar, is_token};

/// The essence of `value` in lower case, such as `text/plain`, or `None` if it does not parse.
///
/// Parameters, even garbled ones, never make it fail. A comma is not a separator.
///
/// Spec: <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
pub fn mime_essence(value: &[u8]) -> Option<Vec<u8>> {
    let (kind, subtype, _) = split(value)?;
    let mut essence = Vec::with_capacity(kind.len() + subtype.len() + 1);
    essence.extend_from_slice(kind);
    essence.push(b'/');
    essence.extend_from_slice(subtype);
    essence.make_ascii_lowercase();
    Some(essence)
}

/// Whether the essence of `value` is `essence`, compared without case and without allocating.
pub(crate) fn has_essence(value: &[u8], essences: &[(&[u8], &[u8])]) -> bool {
    let Some((kind, subtype, _)) = split(value) else {
        return false;
    };
    essences
        .iter()
        .any(|(a, b)| kind.eq_ignore_ascii_case(a) && subtype.eq_ignore_ascii_case(b))
}

/// A parsed MIME type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MimeType {
    essence: Vec<u8>,
    /// Names in lower case, each once, in order.
    parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl MimeType {
    /// Parses `value`, or says `None`.
    ///
    /// Spec: <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
    pub fn parse(value: &[u8]) -> Option<Self> {
        let essence = mime_essence(value)?;
        let (_, _, mut rest) = split(value)?;
        let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        while let [b';', tail @ ..] = rest {
            let (name, value, tail) = parameter(tail);
            rest = tail;
            let Some(value) = value else { continue };
            let known = parameters.iter().any(|(known, _)| *known == name);
            if is_token(&name) && value.iter().copied().all(is_quoted_string_byte) && !known {
                parameters.push((name, value));
            }
        }
        Some(Self {
            essence,
            parameters,
        })
    }

    /// Type and subtype in lower case, such as `text/plain`.
    pub fn essence(&self) -> &[u8] {
        &self.essence
    }

    /// The value of the parameter called `name`, which is in lower case.
    pub fn parameter(&self, name: &[u8]) -> Option<&[u8]> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_slice())
    }

    /// Gives the parameter called `name`, which is in lower case, another value.
    pub fn set_parameter(&mut self, name: &[u8], value: &[u8]) {
        match self.parameters.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value.to_vec(),
            None => self.parameters.push((name.to_vec(), value.to_vec())),
        }
    }

    /// The bytes that name this type in a header.
    ///
    /// Spec: <https://mimesniff.spec.whatwg.org/#serialize-a-mime-type-to-bytes>
    pub fn serialize(&self) -> Vec<u8> {
        let mut bytes = self.essence.clone();
        for (name, value) in &self.parameters {
            bytes.push(b';');
            bytes.extend_from_slice(name);
            bytes.push(b'=');
            if is_token(value) {
                bytes.extend_from_slice(value);
                continue;
            }
            bytes.push(b'"');
            for &byte in value {
                if matches!(byte, b'"' | b'\\') {
                    bytes.push(b'\\');
                }
                bytes.push(byte);
            }
            bytes.push(b'"');
        }
        bytes
    }
}

/// Type, subtype (as written) and the rest, which is empty or begins with `;`.
fn split(value: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let value = trim(value, is_http_whitespace);
    let slash = value.iter().position(|&byte| byte == b'/')?;
    let (kind, rest) = value.split_at_checked(slash)?;
    let (subtype, rest) = split_before(rest.strip_prefix(b"/")?, |byte| byte == b';');
    let subtype = trim_end(subtype, is_http_whitespace);
    (is_token(kind) && is_token(subtype)).then_some((kind, subtype, rest))
}

/// Reads one parameter: its name in lower case, its value if it has a usable one, and the rest.
fn parameter(bytes: &[u8]) -> (Vec<u8>, Option<Vec<u8>>, &[u8]) {
    let (_, bytes) = split_before(bytes, |byte| !is_http_whitespace(byte));
    let (name, rest) = split_before(bytes, |byte| matches!(byte, b';' | b'='));
    let name = name.to_ascii_lowercase();
    let Some(rest) = rest.strip_prefix(b"=") else {
        return (name, None, rest);
    };
    if let Some(quoted) = rest.strip_prefix(b"\"") {
        let (value, rest) = quoted_string(quoted);
        let (_, rest) = split_before(rest, |byte| byte == b';');
        return (name, Some(value), rest);
    }
    let (value, rest) = split_before(rest, |byte| byte == b';');
    let value = trim_end(value, is_http_whitespace);
    (name, (!value.is_empty()).then(|| value.to_vec()), rest)
}

/// Reads what follows an opening quote, up to the closing one or the end.
fn quoted_string(mut bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    loop {
        match bytes {
            [] => return (value, bytes),
            [b'"', rest @ ..] => return (value, rest),
            [b'\\', byte, rest @ ..] | [byte, rest @ ..] => {
                value.push(*byte);
                bytes = rest;
            }
        }
    }
}

fn split_before(bytes: &[u8], stop: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| stop(byte));
    bytes.split_at(end.unwrap_or(bytes.len()))
}

/// HTTP quoted-string token code points.
const fn is_quoted_string_byte(byte: u8) -> bool {
    is_tchar(byte) || matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("text/plain", Some("text/plain"))]
    #[case::lower_cased("TEXT/PlaiN", Some("text/plain"))]
    #[case::parameter("text/plain;charset=utf-8", Some("text/plain"))]
    #[case::empty_parameter("text/plain;", Some("text/plain"))]
    #[case::garbage_parameter("text/plain;garbage", Some("text/plain"))]
    #[case::space_before_semicolon("TEXT/PLAIN ; a=b", Some("text/plain"))]
    #[case::surrounding_whitespace("\t\n\r text/plain \r\n\t", Some("text/plain"))]
    #[case::other_type("application/json", Some("application/json"))]
    #[case::space_in_type("text /plain", None)]
    #[case::space_before_subtype("text/ plain", None)]
    #[case::two_types("text/plain,text/plain", None)]
    #[case::two_slashes("text/plain/x", None)]
    #[case::no_slash("text", None)]
    #[case::no_subtype("text/", None)]
    #[case::no_subtype_but_parameter("text/;a=b", None)]
    #[case::no_type("/plain", None)]
    #[case::empty("", None)]
    #[case::vertical_tab("text/plain\x0b", None)]
    fn essences(#[case] value: &str, #[case] expected: Option<&str>) {
        let essence = mime_essence(value.as_bytes());
        assert_eq!(essence.as_deref(), expected.map(str::as_bytes));
        assert_eq!(
            MimeType::parse(value.as_bytes()).map(|mime| mime.essence),
            essence
        );
    }

    #[rstest]
    #[case::as_is("text/html;charset=utf-8", "text/html;charset=utf-8")]
    #[case::names_lower_cased("text/html;CHARSET=UTF-8", "text/html;charset=UTF-8")]
    #[case::whitespace("text/html ; \t charset=utf-8 ", "text/html;charset=utf-8")]
    #[case::first_wins("text/html;a=1;a=2", "text/html;a=1")]
    #[case::no_value("text/html;a;b=2", "text/html;b=2")]
    #[case::empty_value("text/html;a=;b=2", "text/html;b=2")]
    #[case::empty_quoted_value("text/html;a=\"\";b=2", "text/html;a=\"\";b=2")]
    #[case::quotes_dropped("text/html;a=\"b\"", "text/html;a=b")]
    #[case::quotes_kept("text/html;a=\"b;c\"", "text/html;a=\"b;c\"")]
    #[case::escapes("text/html;a=\"\\\"\\\\\"", "text/html;a=\"\\\"\\\\\"")]
    #[case::open_quote("text/html;a=\"b", "text/html;a=b")]
    #[case::backslash_at_the_end("text/html;a=\"b\\", "text/html;a=\"b\\\\\"")]
    #[case::junk_after_quotes("text/html;a=\"b\"junk;c=d", "text/html;a=b;c=d")]
    #[case::bad_name("text/html;a b=c;d=e", "text/html;d=e")]
    #[case::control_in_value("text/html;a=\x01;d=e", "text/html;d=e")]
    fn parameters(#[case] value: &str, #[case] expected: &str) {
        let mime = MimeType::parse(value.as_bytes()).unwrap();
        assert_eq!(mime.serialize(), expected.as_bytes());
    }

    #[test]
    fn a_parameter_can_be_replaced_and_added() {
        let mut mime = MimeType::parse(b"text/plain;charset=ascii;a=b").unwrap();
        mime.set_parameter(b"charset", b"UTF-8");
        mime.set_parameter(b"c", b"d");
        assert_eq!(mime.serialize(), b"text/plain;charset=UTF-8;a=b;c=d");
        assert_eq!(mime.parameter(b"charset"), Some(b"UTF-8".as_slice()));
        assert_eq!(mime.parameter(b"missing"), None);
    }
}
