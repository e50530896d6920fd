//! MIME types, as far as safelisting asks for them.

use crate::header::{is_http_whitespace, trim, trim_end};
use crate::token::is_token;

/// Whether the essence of `value` is one of `essences`, compared without case and without allocating.
///
/// Parameters, even garbled ones, never make a value fail. A comma is not a separator.
///
/// Spec: <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
pub(crate) fn has_essence(value: &[u8], essences: &[(&[u8], &[u8])]) -> bool {
    let Some((kind, subtype)) = split(value) else {
        return false;
    };
    essences
        .iter()
        .any(|(a, b)| kind.eq_ignore_ascii_case(a) && subtype.eq_ignore_ascii_case(b))
}

/// Type and subtype, as written.
fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let value = trim(value, is_http_whitespace);
    let mut before_parameters = value.splitn(2, |&byte| byte == b';');
    let mut parts = before_parameters.next()?.splitn(2, |&byte| byte == b'/');
    let (kind, subtype) = (parts.next()?, trim_end(parts.next()?, is_http_whitespace));
    (is_token(kind) && is_token(subtype)).then_some((kind, subtype))
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
        let essence = split(value.as_bytes()).map(|(kind, subtype)| {
            let essence = [kind, b"/", subtype].concat();
            String::from_utf8(essence).unwrap().to_ascii_lowercase()
        });
        assert_eq!(essence.as_deref(), expected);
        let is_plain = has_essence(value.as_bytes(), &[(b"image", b"png"), (b"text", b"plain")]);
        assert_eq!(is_plain, expected == Some("text/plain"));
    }
}
