//! Names of headers that are none, though one was meant.

use crosscheck_oracle::Origin;

use super::{Judgement, Severity};
use crate::learn::Learnt;

/// The response headers that browsers know.
const KNOWN: [&str; 8] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Allow-Local-Network",
];

/// Those that count for preflights alone.
const OF_PREFLIGHTS: [&str; 3] = [
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
];

/// So many letters may differ in a name that does not begin as these do.
const FEW: usize = 2;

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    let trusted = learnt.trusted.as_ref().map(Origin::serialize);
    for (place, exchange) in learnt.exchanges.iter().enumerate() {
        let Ok(answer) = &exchange.answer else {
            continue;
        };
        let origin = exchange.request.headers.get("origin");
        // What a page gets that is refused anyway does no harm.
        let is_trusted = origin.as_deref() == trusted.map(str::as_bytes);
        for (name, _) in &answer.headers {
            let Some(meant) = meant_header(name) else {
                continue;
            };
            let shown = name.escape_ascii();
            let seen = format!("`{shown}` is no header that browsers know; `{meant}` is");
            let is_preflight = exchange.request.method == b"OPTIONS";
            let counts = is_trusted && (is_preflight || !OF_PREFLIGHTS.contains(&meant));
            if counts && !answer.headers.contains(meant) {
                judgement.broken("malformed-header", Severity::Low, seen, &[place]);
            } else {
                judgement.note("malformed-header", seen, &[place]);
            }
        }
    }
}

/// The response header that `name` is a misspelling of, if it is one.
pub fn meant_header(name: &[u8]) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let is_known = KNOWN
        .iter()
        .any(|known| known.as_bytes().eq_ignore_ascii_case(&lower));
    if is_known {
        return None;
    }
    let text: String = lower.iter().map(|byte| char::from(*byte)).collect();
    let text = text.replace('_', "-");
    // Requests have these.
    let meant = text.replacen("access-control-request-", "access-control-allow-", 1);
    let distances = KNOWN.map(|known| (distance(&meant, &known.to_ascii_lowercase()), known));
    let (n_edits, nearest) = distances.into_iter().min_by_key(|(n_edits, _)| *n_edits)?;
    (text.starts_with("access-control-") || n_edits <= FEW).then_some(nearest)
}

/// How many characters must be added, removed or replaced to make `other` of `one`.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (number, from) in one.chars().enumerate() {
        let mut diagonal = number;
        let mut left = number + 1;
        for (above, to) in row.iter_mut().skip(1).zip(other.chars()) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = number + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{distance, meant_header};

    #[rstest]
    #[case("", "abc", 3)]
    #[case("abc", "", 3)]
    #[case("kitten", "sitting", 3)]
    #[case("same", "same", 0)]
    #[case("acces", "access", 1)]
    fn edits(#[case] one: &str, #[case] other: &str, #[case] n_edits: usize) {
        assert_eq!(distance(one, other), n_edits);
    }

    #[rstest]
    #[case("Acces-Control-Allow-Origin", Some("Access-Control-Allow-Origin"))]
    #[case("Access-Control-Allow-Header", Some("Access-Control-Allow-Headers"))]
    #[case("access-control-allow-method", Some("Access-Control-Allow-Methods"))]
    #[case(
        "Access-Control-Allow-Credential",
        Some("Access-Control-Allow-Credentials")
    )]
    #[case("Access_Control_Allow_Origin", Some("Access-Control-Allow-Origin"))]
    #[case("Access-Control-Origin", Some("Access-Control-Allow-Origin"))]
    #[case(
        "Access-Control-Exposed-Headers",
        Some("Access-Control-Expose-Headers")
    )]
    #[case("Access-Control-Request-Headers", Some("Access-Control-Allow-Headers"))]
    #[case("Access-Control-Request-Method", Some("Access-Control-Allow-Methods"))]
    #[case("ACCESS-CONTROL-ALLOW-ORIGIN", None)]
    #[case("Access-Control-Max-Age", None)]
    #[case("Timing-Allow-Origin", None)]
    #[case("Cross-Origin-Resource-Policy", None)]
    #[case("Allow", None)]
    fn misspellings(#[case] name: &str, #[case] meant: Option<&str>) {
        assert_eq!(meant_header(name.as_bytes()), meant);
    }
}
