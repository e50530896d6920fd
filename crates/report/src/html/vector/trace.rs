//! The model's way through the standard.

use crate::{
    html::parts::{self, Rich},
    observation::{Observation, TraceLine, TraceVerdict},
    printable::clip,
    results::VectorResult,
};

/// How many lines are shown of one step's trace.
const LONGEST: usize = 150;

/// The steps of the standard.
#[derive(Debug)]
pub(super) struct Trace {
    /// Whether this is what the model made of the subject's own answers.
    pub(super) is_of_subject: bool,
    /// For each step of the vector.
    pub(super) parts: Vec<Part>,
}

/// What one step of the vector led to.
#[derive(Debug)]
pub(super) struct Part {
    /// The step's number, if there are several.
    pub(super) step: Option<usize>,
    pub(super) lines: Vec<TraceView>,
    pub(super) more: usize,
    /// Where it ought to have ended, if it did not.
    pub(super) missed: Option<Rich>,
}

/// One step of the standard.
#[derive(Debug)]
pub(super) struct TraceView {
    pub(super) class: &'static str,
    pub(super) symbol: &'static str,
    pub(super) word: &'static str,
    pub(super) anchor: String,
    pub(super) address: String,
    pub(super) step: String,
    pub(super) text: Rich,
}

/// The model's way through the standard: with the subject's own answers if there are any.
pub(super) fn trace(result: &VectorResult) -> Option<Trace> {
    let has_lines = |seen: &&[Observation]| seen.iter().any(|step| !step.trace.is_empty());
    let mut legs = result.legs.iter().map(|leg| &*leg.observations);
    let (seen, is_of_subject) = match legs.find(has_lines) {
        Some(seen) => (seen, true),
        None => (Some(&*result.predicted).filter(has_lines)?, false),
    };
    let n_steps = result.vector.steps.len();
    let parts = result.vector.steps.iter().zip(seen).enumerate();
    let parts = parts.map(|(index, (step, seen))| Part {
        step: (n_steps > 1).then_some(index + 1),
        lines: seen.trace.iter().take(LONGEST).map(line).collect(),
        more: seen.trace.len().saturating_sub(LONGEST),
        missed: missed(step.expect.reason.as_deref(), seen),
    });
    Some(Trace {
        is_of_subject,
        parts: parts.collect(),
    })
}

fn missed(expected: Option<&str>, seen: &Observation) -> Option<Rich> {
    let expected = expected.filter(|reason| !seen.reasons.iter().any(|seen| seen == reason))?;
    let text = format!("the vector demands that this ends with `{expected}`");
    Some(Rich::new(&clip(&text, 300)))
}

fn line(line: &TraceLine) -> TraceView {
    let (class, symbol, word) = match line.verdict {
        TraceVerdict::Fail => ("fail", "✕", "fails"),
        TraceVerdict::Note => ("note", "·", "decides"),
        TraceVerdict::Pass => ("pass", "✓", "passes"),
    };
    TraceView {
        class,
        symbol,
        word,
        anchor: clip(&line.anchor, 80),
        address: parts::fetch_address(&line.anchor),
        step: clip(&line.step, 40),
        text: Rich::new(&clip(&line.text, 600)),
    }
}
