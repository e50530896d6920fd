//! Query parameters.

/// The parameters of a query, in order, decoded.
///
/// They are read as HTML forms write them: `+` is a blank, `%2B` a plus. A `%` that does not begin
/// an escape stands for itself.
pub fn parameters(query: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    query
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().unwrap_or_default();
            (decode(name), decode(halves.next().unwrap_or_default()))
        })
}

/// The first parameter called `name`.
pub fn parameter(query: &[u8], name: &str) -> Option<Vec<u8>> {
    parameters(query)
        .find(|(found, _)| found == name.as_bytes())
        .map(|(_, value)| value)
}

fn decode(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, beyond @ ..]) if let Some(byte) = hex(*high, *low) => {
                decoded.push(byte);
                rest = beyond;
            }
            (b'+', _) => decoded.push(b' '),
            _ => decoded.push(*first),
        }
    }
    decoded
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::parameter;

    #[rstest]
    #[case::absent("a=1", None)]
    #[case::plain("id=x1", Some("x1"))]
    #[case::first_counts("id=1&id=2", Some("1"))]
    #[case::no_value("id", Some(""))]
    #[case::equals_sign("id=a=b", Some("a=b"))]
    #[case::escapes("i%64=%2B+%41", Some("+ A"))]
    #[case::not_an_escape("id=100%&x", Some("100%"))]
    #[case::half_an_escape("id=%4", Some("%4"))]
    #[case::sign_in_escape("id=%+1", Some("% 1"))]
    fn parameters(#[case] query: &str, #[case] expected: Option<&str>) {
        let found = parameter(query.as_bytes(), "id");
        assert_eq!(found.as_deref(), expected.map(str::as_bytes));
    }
}
