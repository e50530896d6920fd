//! What a diagram shows of a message: its start, and the headers that decide.

use crosscheck_vectors::bytes::ByteString;

use crate::show::escaped;

/// How many headers are shown of one message.
const MOST_HEADERS: usize = 9;

/// Header names that decide something, besides all that begin with `access-control-`.
const DECISIVE: [&str; 9] = [
    "authorization",
    "content-type",
    "cookie",
    "cross-origin-resource-policy",
    "location",
    "origin",
    "range",
    "set-cookie",
    "vary",
];

/// The header lines worth a line in a diagram, `limit` characters each.
pub(super) fn decisive(headers: &[(ByteString, ByteString)], limit: usize) -> Vec<String> {
    let mut lines: Vec<_> = headers
        .iter()
        .filter(|(name, _)| is_decisive(name))
        .map(|(name, value)| {
            let (name, value) = (escaped(name.as_bytes()), escaped(value.as_bytes()));
            fitted(&format!("{name}: {value}"), limit)
        })
        .collect();
    if lines.len() > MOST_HEADERS {
        let more = lines.len() - MOST_HEADERS;
        lines.truncate(MOST_HEADERS);
        lines.push(format!("… and {more} more"));
    }
    lines
}

fn is_decisive(name: &ByteString) -> bool {
    let lower = name.to_text().to_ascii_lowercase();
    // A header of the vector's own, such as `X-Custom`, is there to be asked for.
    lower.starts_with("access-control-")
        || lower.starts_with("x-")
        || DECISIVE.contains(&lower.as_str())
}

/// `text` in at most `limit` characters.
pub(super) fn fitted(text: &str, limit: usize) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut fitted: String = text.chars().take(limit).map(visible).collect();
    if text.chars().nth(limit).is_some() {
        fitted.pop();
        fitted.push('…');
    }
    fitted
}

/// Splits an absolute URL into its origin and the rest.
pub(super) fn split(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at + "://".len());
    let rest = url.get(host..).unwrap_or_default();
    let end = rest.find(['/', '?']).map_or(url.len(), |at| host + at);
    url.split_at_checked(end).unwrap_or((url, ""))
}

#[cfg(test)]
mod tests {
    use super::{decisive, fitted, split};

    #[test]
    fn only_what_decides_is_shown() {
        let headers = [
            ("Date".into(), "now".into()),
            ("ORIGIN".into(), "https://a.example".into()),
            ("X-Custom".into(), "12345678901234567890".into()),
        ];
        assert_eq!(
            decisive(&headers, 20),
            ["ORIGIN: https://a.e…", "X-Custom: 123456789…"]
        );
    }

    #[test]
    fn long_text_is_cut_to_fit() {
        assert_eq!(fitted("abc", 3), "abc");
        assert_eq!(fitted("abcd", 3), "ab…");
    }

    #[test]
    fn a_url_is_an_origin_and_a_rest() {
        let parts = ("https://a.example:8443", "/b?c");
        assert_eq!(split("https://a.example:8443/b?c"), parts);
        assert_eq!(split("https://a.example"), ("https://a.example", ""));
    }
}
