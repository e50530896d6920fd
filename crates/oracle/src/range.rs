//! The one form of `Range` that is safelisted.

use std::cmp::Ordering;

/// A single byte range, as digits: numbers have no size limit here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimpleRange<'a> {
    /// The first byte wanted, in ASCII digits; absent in a suffix range.
    pub start: Option<&'a [u8]>,
    /// The last byte wanted, or the length of a suffix range; absent if open.
    pub end: Option<&'a [u8]>,
}

/// Parses `bytes=START-END`, with no whitespace allowed, or says `None`.
///
/// Either number may be missing, not both, and START must not be above END.
///
/// Spec: <https://fetch.spec.whatwg.org/#simple-range-header-value>
pub fn parse_single_range(value: &[u8]) -> Option<SimpleRange<'_>> {
    let numbers = value.strip_prefix(b"bytes=")?;
    let dash = numbers.iter().position(|&byte| byte == b'-')?;
    let (start, rest) = numbers.split_at_checked(dash)?;
    let start = digits(start)?;
    let end = digits(rest.strip_prefix(b"-")?)?;
    match (start, end) {
        (None, None) => None,
        (Some(start), Some(end)) if compare(start, end).is_gt() => None,
        (Some(_), _) | (_, Some(_)) => Some(SimpleRange { start, end }),
    }
}

/// `Some(None)` for no digits, `None` for a byte that is no digit.
#[expect(
    clippy::option_option,
    reason = "private; the outer level is only there for the question mark"
)]
fn digits(bytes: &[u8]) -> Option<Option<&[u8]>> {
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then_some((!bytes.is_empty()).then_some(bytes))
}

/// Compares two decimal numbers of any size.
fn compare(left: &[u8], right: &[u8]) -> Ordering {
    let (left, right) = (without_zeros(left), without_zeros(right));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

fn without_zeros(mut digits: &[u8]) -> &[u8] {
    while let [b'0', rest @ ..] = digits {
        digits = rest;
    }
    digits
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn range<'a>(start: &'a str, end: &'a str) -> SimpleRange<'a> {
        let part = |text: &'a str| (!text.is_empty()).then_some(text.as_bytes());
        SimpleRange {
            start: part(start),
            end: part(end),
        }
    }

    #[rstest]
    #[case::open("bytes=0-", Some(range("0", "")))]
    #[case::closed("bytes=10-20", Some(range("10", "20")))]
    #[case::one_byte("bytes=5-5", Some(range("5", "5")))]
    #[case::suffix("bytes=-500", Some(range("", "500")))]
    #[case::leading_zeros("bytes=007-8", Some(range("007", "8")))]
    #[case::beyond_64_bits(
        "bytes=99999999999999999999-99999999999999999999",
        Some(range("99999999999999999999", "99999999999999999999"))
    )]
    #[case::no_numbers("bytes=-", None)]
    #[case::start_above_end("bytes=6-5", None)]
    #[case::start_above_end_with_zeros("bytes=010-9", None)]
    #[case::start_above_end_beyond_64_bits(
        "bytes=100000000000000000000-99999999999999999999",
        None
    )]
    #[case::several("bytes=0-1,2-3", None)]
    #[case::upper_case_unit("Bytes=0-", None)]
    #[case::other_unit("items=0-", None)]
    #[case::space_after_unit("bytes =0-", None)]
    #[case::space_after_equals("bytes= 0-", None)]
    #[case::space_before_dash("bytes=0 -", None)]
    #[case::space_after_dash("bytes=0- 1", None)]
    #[case::trailing_space("bytes=0- ", None)]
    #[case::trailing_junk("bytes=0-1x", None)]
    #[case::second_dash("bytes=0--1", None)]
    #[case::sign("bytes=+0-1", None)]
    #[case::no_equals("bytes0-", None)]
    #[case::no_dash("bytes=0", None)]
    #[case::empty("", None)]
    fn single_ranges(#[case] value: &str, #[case] expected: Option<SimpleRange<'_>>) {
        assert_eq!(parse_single_range(value.as_bytes()), expected);
    }
}
