//! Methods: which are legal, forbidden to script, safelisted, and how they are normalized.

use crate::token::is_token;

/// The methods that [`normalize_method`] puts into upper case.
const NORMALIZED: [&[u8]; 6] = [b"DELETE", b"GET", b"HEAD", b"OPTIONS", b"POST", b"PUT"];

/// Whether `method` is a method, that is, a token.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-method>
pub fn is_method(method: &[u8]) -> bool {
    is_token(method)
}

/// Whether script may not use `method`: CONNECT, TRACE or TRACK in any case.
///
/// Spec: <https://fetch.spec.whatwg.org/#forbidden-method>
pub fn is_forbidden_method(method: &[u8]) -> bool {
    [b"CONNECT".as_slice(), b"TRACE", b"TRACK"]
        .iter()
        .any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

/// Whether `method` is exactly GET, HEAD or POST.
///
/// Bytes are compared: `get` is not safelisted unless it was normalized before.
///
/// Spec: <https://fetch.spec.whatwg.org/#cors-safelisted-method>
pub fn is_cors_safelisted_method(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Puts DELETE, GET, HEAD, OPTIONS, POST and PUT into upper case; `patch` and all others stay.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-method-normalize>
#[must_use]
pub fn normalize_method(mut method: Vec<u8>) -> Vec<u8> {
    if NORMALIZED
        .iter()
        .any(|normalized| method.eq_ignore_ascii_case(normalized))
    {
        method.make_ascii_uppercase();
    }
    method
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::token(b"GET", true)]
    #[case::lower_case(b"chicken", true)]
    #[case::wildcard(b"*", true)]
    #[case::empty(b"", false)]
    #[case::space(b"GET ", false)]
    #[case::slash(b"a/b", false)]
    #[case::latin1(b"\xe9", false)]
    #[case::line_feed(b"GET\n", false)]
    fn methods_are_tokens(#[case] method: &[u8], #[case] expected: bool) {
        assert_eq!(is_method(method), expected);
    }

    #[rstest]
    #[case::connect(b"CONNECT", true)]
    #[case::trace(b"TRACE", true)]
    #[case::track(b"TRACK", true)]
    #[case::any_case(b"tRaCe", true)]
    #[case::longer(b"TRACER", false)]
    #[case::shorter(b"TRAC", false)]
    #[case::options(b"OPTIONS", false)]
    fn forbidden_methods(#[case] method: &[u8], #[case] expected: bool) {
        assert_eq!(is_forbidden_method(method), expected);
    }

    #[rstest]
    #[case::get(b"GET", true)]
    #[case::head(b"HEAD", true)]
    #[case::post(b"POST", true)]
    #[case::get_lower_case(b"get", false)]
    #[case::put(b"PUT", false)]
    #[case::delete(b"DELETE", false)]
    #[case::options(b"OPTIONS", false)]
    #[case::patch(b"PATCH", false)]
    #[case::empty(b"", false)]
    fn safelisted_methods(#[case] method: &[u8], #[case] expected: bool) {
        assert_eq!(is_cors_safelisted_method(method), expected);
    }

    #[rstest]
    #[case::delete("delete", "DELETE")]
    #[case::get("gEt", "GET")]
    #[case::head("head", "HEAD")]
    #[case::options("options", "OPTIONS")]
    #[case::post("Post", "POST")]
    #[case::put("put", "PUT")]
    #[case::patch_is_not_normalized("patch", "patch")]
    #[case::custom_is_not_normalized("chicKEN", "chicKEN")]
    #[case::trace_is_not_normalized("trace", "trace")]
    fn normalization(#[case] method: &str, #[case] expected: &str) {
        assert_eq!(normalize_method(method.into()), expected.as_bytes());
    }
}
