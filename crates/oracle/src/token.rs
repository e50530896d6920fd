//! The token of HTTP's grammar, which methods and header names are made of.

/// Whether `byte` is a `tchar`.
///
/// Spec: <https://httpwg.org/specs/rfc9110.html#tokens>
pub const fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// Whether `bytes` is a token: one or more `tchar`.
///
/// Spec: <https://httpwg.org/specs/rfc9110.html#tokens>
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_tchar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_listed_bytes_are_tchars() {
        let listed =
            b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        for byte in 0..=u8::MAX {
            assert_eq!(is_tchar(byte), listed.contains(&byte), "{byte:#04x}");
        }
    }

    #[test]
    fn a_token_has_at_least_one_byte() {
        assert!(!is_token(b""));
        assert!(is_token(b"*"));
        assert!(!is_token(b"a b"));
    }
}
