//! What the page sees.

use crosscheck_vectors::{
    bytes::ByteString,
    expect::{Expectation, StepOutcome},
};

use super::Found;
use crate::{
    mismatch::Effect,
    observation::{Observation, outcome_word},
    printable::{quoted, quoted_text},
};

pub(super) fn compare(expect: &Expectation, seen: &Observation, found: &mut Found) {
    if expect.outcome != seen.outcome {
        let effect = outcome_effect(expect.outcome, seen.outcome);
        let word = outcome_word(seen.outcome);
        let observed = match (unanswered(seen), seen.reasons.first()) {
            (Some(request), _) => format!("{word}: {UNANSWERED}{request}"),
            (None, Some(reason)) => format!("{word} ({})", quoted_text(reason)),
            (None, None) => word.to_owned(),
        };
        found.add("outcome", outcome_word(expect.outcome), observed, effect);
        return;
    }
    reason(expect, seen, found);
    status(expect, seen, found);
    visible_headers(expect, seen, found);
    hidden_headers(expect, seen, found);
    body(expect, seen, found);
}

/// What it says of a call that failed since the server hung up, but for which request that was.
pub(crate) const UNANSWERED: &str = "the connection ended without an answer to the ";

/// The request that got no answer, if the call failed for that.
fn unanswered(seen: &Observation) -> Option<&'static str> {
    let last = seen.exchanges.last()?;
    let failed = seen.outcome == StepOutcome::NetworkError && last.response.is_none();
    failed.then(|| {
        if last.request.is_preflight() {
            "preflight"
        } else {
            "request"
        }
    })
}

/// How much an outcome lets the page see; none for outcomes without a page.
fn sight(outcome: StepOutcome) -> Option<u8> {
    match outcome {
        StepOutcome::Answered => None,
        StepOutcome::ApiError | StepOutcome::NetworkError => Some(0),
        StepOutcome::Opaque | StepOutcome::OpaqueRedirect => Some(1),
        StepOutcome::Readable => Some(2),
    }
}

fn outcome_effect(expected: StepOutcome, observed: StepOutcome) -> Effect {
    match (sight(expected), sight(observed)) {
        (Some(expected), Some(observed)) if observed > expected => Effect::OverGrant,
        (Some(expected), Some(observed)) if observed < expected => Effect::UnderGrant,
        _ => Effect::Other,
    }
}

fn reason(expect: &Expectation, seen: &Observation, found: &mut Found) {
    let Some(expected) = &expect.reason else {
        return;
    };
    if !seen.reasons.is_empty() && !seen.reasons.contains(expected) {
        let observed: Vec<_> = seen.reasons.iter().map(|r| quoted_text(r)).collect();
        found.add(
            "reason",
            quoted_text(expected),
            observed.join(" or "),
            Effect::Other,
        );
    }
}

fn status(expect: &Expectation, seen: &Observation, found: &mut Found) {
    if expect.status.is_some() && expect.status != seen.status {
        let word = |status: Option<u16>| status.map_or("no status".to_owned(), |s| s.to_string());
        found.add(
            "status",
            word(expect.status),
            word(seen.status),
            Effect::Other,
        );
    }
}

fn visible_headers(expect: &Expectation, seen: &Observation, found: &mut Found) {
    for (name, value) in &expect.visible_headers {
        let (observed, effect) = match value_of(seen, name) {
            Some(observed) if observed == value => continue,
            Some(observed) => (quoted(observed), Effect::Other),
            None => ("not visible".to_owned(), Effect::UnderGrant),
        };
        found.add(
            format!("visible_headers.{}", lower(name)),
            quoted(value),
            observed,
            effect,
        );
    }
}

fn hidden_headers(expect: &Expectation, seen: &Observation, found: &mut Found) {
    for name in &expect.hidden_headers {
        if let Some(observed) = value_of(seen, name) {
            found.add(
                format!("hidden_headers.{}", lower(name)),
                "not visible",
                quoted(observed),
                Effect::OverGrant,
            );
        }
    }
}

fn body(expect: &Expectation, seen: &Observation, found: &mut Found) {
    let Some(expected) = &expect.body else {
        return;
    };
    let (observed, effect) = match &seen.body {
        Some(observed) if observed == expected => return,
        Some(observed) => (quoted(observed), Effect::Other),
        None => ("no body".to_owned(), Effect::UnderGrant),
    };
    found.add("body", quoted(expected), observed, effect);
}

fn value_of<'a>(seen: &'a Observation, name: &ByteString) -> Option<&'a ByteString> {
    seen.headers
        .iter()
        .find(|(seen, _)| seen.as_bytes().eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value)
}

fn lower(name: &ByteString) -> String {
    name.to_text().to_ascii_lowercase()
}
