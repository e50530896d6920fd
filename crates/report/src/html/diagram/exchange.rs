//! What a diagram shows of a message: its start, and the headers that decide.

use std::collections::BTreeSet;

use crosscheck_vectors::bytes::ByteString;

use crate::printable::{self, escaped};

/// How many headers are shown of one message.
const MOST_HEADERS: usize = 9;

/// Header names that decide something, besides all that begin with `access-control-`; the first
/// are drawn first.
const DECISIVE: [&str; 13] = [
    "origin",
    "access-control-request-method",
    "access-control-request-headers",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "authorization",
    "content-type",
    "cookie",
    "cross-origin-resource-policy",
    "location",
    "range",
    "set-cookie",
    "vary",
];

/// What a vector names is worth a line too: lower-case header names.
pub(super) type Named = BTreeSet<String>;

/// The header lines worth a line in a diagram, `limit` characters each: lower-case names, the most
/// decisive first, so that legs whose messages say the same are drawn the same.
pub(super) fn decisive(
    headers: &[(ByteString, ByteString)],
    named: &Named,
    limit: usize,
) -> Vec<String> {
    let mut lines: Vec<_> = headers
        .iter()
        .filter_map(|(name, value)| {
            let name = escaped(&name.as_bytes().to_ascii_lowercase());
            let rank = rank(&name, named)?;
            let value = escaped(value.as_bytes());
            let line = fitted(&format!("{name}: {value}"), limit);
            Some(((rank, name), line))
        })
        .collect();
    // Lines of one name keep their order.
    lines.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut lines: Vec<_> = lines.into_iter().map(|(_, line)| line).collect();
    if lines.len() > MOST_HEADERS {
        let more = lines.len() - MOST_HEADERS;
        lines.truncate(MOST_HEADERS);
        lines.push(format!("… and {more} more"));
    }
    lines
}

/// Where a header goes; none if it decides nothing.
fn rank(name: &str, named: &Named) -> Option<usize> {
    if name.starts_with("x-crosscheck-") {
        return None;
    }
    let listed = DECISIVE.iter().position(|decisive| *decisive == name);
    match listed {
        Some(rank) if name == "origin" || name.starts_with("access-control-") => Some(rank),
        _ if name.starts_with("access-control-") => Some(DECISIVE.len()),
        Some(rank) => Some(DECISIVE.len() + 1 + rank),
        // A header of the application's own, such as `X-Custom`, is there to be asked for.
        None if name.starts_with("x-") || named.contains(name) => Some(usize::MAX),
        None => None,
    }
}

/// `text` in at most `limit` characters.
pub(super) fn fitted(text: &str, limit: usize) -> String {
    let text = printable::line(text);
    let mut fitted: String = text.chars().take(limit).collect();
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
    use super::{Named, decisive, fitted, split};

    #[test]
    fn only_what_decides_is_shown_the_most_decisive_first() {
        let headers = [
            ("Date".into(), "now".into()),
            ("X-Custom".into(), "12345678901234567890".into()),
            ("Vary".into(), "a".into()),
            ("accept".into(), "*".into()),
            ("X-Crosscheck-Handled".into(), "w1".into()),
            ("Access-Control-Max-Age".into(), "1".into()),
            ("Access-Control-Allow-Origin".into(), "*".into()),
            ("vary".into(), "A".into()),
            ("ORIGIN".into(), "https://a.example".into()),
        ];
        let named = Named::from(["accept".to_owned()]);
        assert_eq!(
            decisive(&headers, &named, 20),
            [
                "origin: https://a.e…",
                "access-control-allo…",
                "access-control-max-…",
                "vary: a",
                "vary: A",
                "accept: *",
                "x-custom: 123456789…"
            ]
        );
        let unnamed = decisive(&headers, &Named::new(), 20);
        assert!(!unnamed.contains(&"accept: *".to_owned()), "{unnamed:?}");
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
