//! Tokens and lists of tokens.

/// Whether `bytes` is one token.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// The items of one line of a comma list, empty ones skipped; none if one is not a token.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1>
pub fn list(line: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    line.split(|byte| *byte == b',')
        .map(trim)
        .filter(|item| !item.is_empty())
        .map(|item| is_token(item).then_some(item))
}

/// `bytes` without the blanks and tabs at its ends.
pub fn trim(bytes: &[u8]) -> &[u8] {
    trim_start(trim_end(bytes))
}

/// `bytes` without the blanks and tabs at its start.
pub fn trim_start(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !is_blank(*byte));
    start
        .and_then(|start| bytes.get(start..))
        .unwrap_or_default()
}

/// `bytes` without the blanks and tabs at its end.
pub fn trim_end(bytes: &[u8]) -> &[u8] {
    let last = bytes.iter().rposition(|byte| !is_blank(*byte));
    last.and_then(|last| bytes.get(..=last)).unwrap_or_default()
}

/// Whether `byte` is a blank or a tab.
pub const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

const fn is_token_byte(byte: u8) -> bool {
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case::nothing("", "", "", "")]
    #[case::blanks(" \t ", "", "", "")]
    #[case::both_ends(" \ta b\t ", "a b\t ", " \ta b", "a b")]
    #[case::vertical_tab("\x0ba\x0c", "\x0ba\x0c", "\x0ba\x0c", "\x0ba\x0c")]
    fn blanks_at_the_ends(
        #[case] text: &str,
        #[case] after: &str,
        #[case] before: &str,
        #[case] within: &str,
    ) {
        assert_eq!(super::trim_start(text.as_bytes()), after.as_bytes());
        assert_eq!(super::trim_end(text.as_bytes()), before.as_bytes());
        assert_eq!(super::trim(text.as_bytes()), within.as_bytes());
    }

    #[rstest]
    #[case::empty("", Some(vec![]))]
    #[case::one("x-a", Some(vec!["x-a"]))]
    #[case::blanks_and_tabs(" x-a ,\tx-b\t", Some(vec!["x-a", "x-b"]))]
    #[case::empty_items(",,x-a,", Some(vec!["x-a"]))]
    #[case::inner_blank("x a, y", None)]
    #[case::quotes("\"x-a\"", None)]
    #[case::vertical_tab("x-a\x0b", None)]
    fn lists(#[case] line: &str, #[case] expected: Option<Vec<&str>>) {
        let found: Option<Vec<_>> = super::list(line.as_bytes()).collect();
        let expected = expected.map(|items| items.iter().map(|item| item.as_bytes()).collect());
        assert_eq!(found, expected);
    }
}
