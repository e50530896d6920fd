//! MIME types, as far as safelisting asks for them.

use crate::header::{is_http_whitespace, trim, trim_end};

/// Whether the essence of `value` is one of `essences`, compared without case and without allocating.
///
/// A value whose type or subtype is no token equals none of them. Parameters, even garbled ones, never make a
/// value fail. A comma is not a separator.
///
/// Spec: <https://mimesniff.spec.whatwg.org/#parse-a-mime-type>
pub(crate) fn has_essence(value: &[u8], essences: &[(&[u8], &[u8])]) -> bool {
    let value = trim(value, is_http_whitespace);
    let essence = value.split(|&byte| byte == b';').next().unwrap_or_default();
    let mut parts = essence.splitn(2, |&byte| byte == b'/');
    let (Some(kind), Some(subtype)) = (parts.next(), parts.next()) else {
        return false;
    };
    let subtype = trim_end(subtype, is_http_whitespace);
    essences
        .iter()
        .any(|(a, b)| kind.eq_ignore_ascii_case(a) && subtype.eq_ignore_ascii_case(b))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("text/plain", true)]
    #[case::lower_cased("TEXT/PlaiN", true)]
    #[case::second("image/png", true)]
    #[case::parameter("text/plain;charset=utf-8", true)]
    #[case::empty_parameter("text/plain;", true)]
    #[case::garbage_parameter("text/plain;garbage", true)]
    #[case::slash_in_parameter("text/plain;a/b", true)]
    #[case::space_before_semicolon("TEXT/PLAIN ; a=b", true)]
    #[case::surrounding_whitespace("\t\n\r text/plain \r\n\t", true)]
    #[case::mixed("text/png", false)]
    #[case::other_type("application/json", false)]
    #[case::space_in_type("text /plain", false)]
    #[case::space_before_subtype("text/ plain", false)]
    #[case::two_types("text/plain,text/plain", false)]
    #[case::two_slashes("text/plain/x", false)]
    #[case::no_slash("text", false)]
    #[case::slash_behind_semicolon("text;/plain", false)]
    #[case::no_subtype("text/", false)]
    #[case::no_subtype_but_parameter("text/;a=b", false)]
    #[case::no_type("/plain", false)]
    #[case::empty("", false)]
    #[case::vertical_tab("text/plain\x0b", false)]
    fn essences(#[case] value: &str, #[case] expected: bool) {
        let essences: &[(&[u8], &[u8])] = &[(b"image", b"png"), (b"text", b"plain")];
        assert_eq!(has_essence(value.as_bytes(), essences), expected);
    }
}
