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
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes.iter().position(|byte| !blank(byte));
    let end = bytes.iter().rposition(|byte| !blank(byte));
    match (start, end) {
        (Some(start), Some(end)) => bytes.get(start..=end).unwrap_or_default(),
        _ => &[],
    }
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
