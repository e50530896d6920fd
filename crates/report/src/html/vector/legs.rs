//! What each leg saw, for the page of a vector.

use crosscheck_vectors::expect::{Expectation, StepOutcome};

use crate::{
    html::{
        diagram::{address, snippet},
        given,
        parts::{Mark, Rich},
        raw::Raw,
    },
    leg::Leg,
    observation::{Observation, outcome_word},
    printable::{clip, quoted_text},
    results::{LegResult, VectorResult},
};

/// How many exchanges are shown byte by byte.
const MOST_EXCHANGES: usize = 24;

/// What was demanded, or what a leg saw, on a line.
#[derive(Debug)]
pub(super) struct AnswerView {
    /// `demanded`, or the leg.
    pub(super) who: String,
    /// How each step ended.
    pub(super) outcomes: Vec<Rich>,
    /// None for what was demanded.
    pub(super) mark: Option<Mark>,
    /// Why it is so, or what the leg was told.
    pub(super) notes: Vec<Rich>,
}

/// What was demanded, and what each leg saw.
pub(super) fn answers(result: &VectorResult) -> Vec<AnswerView> {
    let demanded = result.vector.steps.iter().map(|step| {
        let Expectation {
            outcome,
            status,
            reason,
            ..
        } = &step.expect;
        ended(*outcome, *status, reason.as_deref())
    });
    let demanded = AnswerView {
        who: "demanded".to_owned(),
        outcomes: demanded.collect(),
        mark: None,
        notes: Vec::new(),
    };
    let legs = result.legs.iter().map(of_leg);
    [demanded].into_iter().chain(legs).collect()
}

fn of_leg(leg: &LegResult) -> AnswerView {
    let outcome = |seen: &Observation| {
        ended(
            seen.outcome,
            seen.status,
            seen.reasons.first().map(String::as_str),
        )
    };
    let mut notes: Vec<_> = leg
        .note
        .iter()
        .map(|note| Rich::new(&clip(note, 1000)))
        .collect();
    let mut said: Vec<_> = leg
        .observations
        .iter()
        .filter_map(|seen| seen.detail.as_ref())
        .collect();
    said.dedup();
    notes.extend(said.into_iter().map(|detail| Rich::new(&clip(detail, 300))));
    AnswerView {
        who: leg.leg.to_string(),
        outcomes: leg.observations.iter().map(outcome).collect(),
        mark: Some(Mark {
            verdict: leg.verdict,
        }),
        notes,
    }
}

/// How a step ended, in a few words.
fn ended(outcome: StepOutcome, status: Option<u16>, reason: Option<&str>) -> Rich {
    let word = outcome_word(outcome);
    let text = match (reason, status) {
        (Some(reason), _) => format!("{word}: {}", quoted_text(reason)),
        (None, Some(status)) => format!("{word}, status {status}"),
        (None, None) => word.to_owned(),
    };
    Rich::new(&text)
}

/// The bytes that a leg saw.
#[derive(Debug)]
pub(super) struct Bytes {
    pub(super) leg: Leg,
    pub(super) exchanges: Vec<Raw>,
    /// How many are not shown.
    pub(super) more: usize,
}

/// The bytes of each leg that saw any.
pub(super) fn bytes(result: &VectorResult) -> Vec<Bytes> {
    let of_leg = |leg: &LegResult| {
        let exchanges: Vec<_> = leg
            .observations
            .iter()
            .flat_map(|seen| &seen.exchanges)
            .collect();
        Bytes {
            leg: leg.leg,
            more: exchanges.len().saturating_sub(MOST_EXCHANGES),
            exchanges: exchanges
                .into_iter()
                .take(MOST_EXCHANGES)
                .map(Raw::of)
                .collect(),
        }
    };
    let legs = result.legs.iter().map(of_leg);
    legs.filter(|bytes| !bytes.exchanges.is_empty()).collect()
}

/// One step: the call, what it must lead to, and how to make it.
#[derive(Debug)]
pub(super) struct StepView {
    pub(super) number: usize,
    pub(super) call: Rich,
    pub(super) demands: Vec<(&'static str, Rich)>,
    pub(super) snippet: Option<String>,
    pub(super) console: String,
}

pub(super) fn steps(result: &VectorResult) -> Vec<StepView> {
    let has_script = result.vector.script.is_some();
    let steps = result.vector.steps.iter().enumerate();
    steps
        .map(|(index, step)| StepView {
            number: index + 1,
            call: Rich::new(&given::call(&step.client, &address(step, has_script))),
            demands: given::rich(given::demands(&step.expect)),
            snippet: snippet(step, has_script),
            console: console(step.client.origin.as_deref()),
        })
        .collect()
}

/// Where a snippet is to be run.
fn console(origin: Option<&str>) -> String {
    match origin {
        Some("null") => "in the console of a sandboxed frame".to_owned(),
        Some("same-origin") | None => "in the console of a page of the same origin".to_owned(),
        Some(origin) => format!("in the console of a page of {}", clip(origin, 200)),
    }
}

/// The leg that shows what happened most plainly: the wire, else any that saw something.
pub(super) fn best(result: &VectorResult) -> Option<&LegResult> {
    let saw = |leg: &&LegResult| !leg.observations.is_empty();
    let wire = result.leg(Leg::Wire).filter(saw);
    wire.or_else(|| result.legs.iter().find(saw))
}
