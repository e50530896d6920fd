//! What each leg saw, for the page of a vector.

use crate::{
    drawn::drawn,
    html::{
        diagram::{Diagram, Drawing, address, snippet},
        given,
        parts::{self, Mark, Rich},
        raw::Raw,
    },
    observation::{Leg, Observation, TraceVerdict},
    results::{LegResult, VectorResult},
    show::clip,
};

/// How many steps of a trace are shown.
const LONGEST_TRACE: usize = 200;

/// A leg's verdict and its bytes.
#[derive(Debug)]
pub(super) struct LegView {
    pub(super) leg: &'static str,
    pub(super) mark: Mark,
    pub(super) note: Option<Rich>,
    pub(super) said: Vec<String>,
    pub(super) exchanges: Vec<Raw>,
}

impl LegView {
    pub(super) fn of(leg: &LegResult) -> Self {
        let details = leg
            .observations
            .iter()
            .filter_map(|seen| seen.detail.as_ref());
        let exchanges = leg.observations.iter().flat_map(|seen| &seen.exchanges);
        Self {
            leg: leg.leg.word(),
            mark: Mark {
                verdict: leg.verdict,
            },
            note: leg.note.as_ref().map(|note| Rich::new(&clip(note, 1000))),
            said: details.map(|detail| clip(detail, 300)).collect(),
            exchanges: exchanges.take(20).map(Raw::of).collect(),
        }
    }
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

/// A diagram and the legs that it is true of.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) legs: String,
    pub(super) svg: String,
}

/// The diagrams of all legs, each drawn once.
pub(super) fn drawings(result: &VectorResult) -> Vec<Drawn> {
    let mut different: Vec<(Vec<&'static str>, Diagram)> = Vec::new();
    for leg in result
        .legs
        .iter()
        .filter(|leg| !leg.observations.is_empty())
    {
        let diagram = diagram(result, &leg.observations);
        match different.iter_mut().find(|(_, known)| *known == diagram) {
            Some((legs, _)) => legs.push(leg.leg.word()),
            None => different.push((vec![leg.leg.word()], diagram)),
        }
    }
    if different.is_empty() && !result.predicted.is_empty() {
        let words = vec!["predicted, as nothing was replayed"];
        different.push((words, diagram(result, &result.predicted)));
    }
    let figure = |(index, (legs, diagram)): (usize, &(Vec<&str>, Diagram))| {
        let legs = legs.join(" and ");
        let drawing = Drawing::new(
            format!("d{index}"),
            format!("The exchange: {legs}"),
            diagram,
        );
        Drawn {
            legs,
            svg: drawn(&drawing),
        }
    };
    different.iter().enumerate().map(figure).collect()
}

/// The diagram of what was seen.
pub(crate) fn diagram(result: &VectorResult, observations: &[Observation]) -> Diagram {
    let has_script = result.vector.script.is_some();
    Diagram::of(&result.vector.steps, observations, |step| {
        address(step, has_script)
    })
}

/// The leg that shows what happened most plainly: the wire, else any that saw something.
pub(super) fn best(result: &VectorResult) -> Option<&LegResult> {
    let saw = |leg: &&LegResult| !leg.observations.is_empty();
    let wire = result.leg(Leg::Wire).filter(saw);
    wire.or_else(|| result.legs.iter().find(saw))
}

/// The steps of the standard.
#[derive(Debug)]
pub(super) struct Trace {
    /// Whether this is what the model made of the subject's own answers.
    pub(super) is_of_subject: bool,
    pub(super) lines: Vec<TraceView>,
    pub(super) more: usize,
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
    let of = |observations: &[Observation], is_of_subject| {
        let lines: Vec<_> = observations.iter().flat_map(|seen| &seen.trace).collect();
        let more = lines.len().saturating_sub(LONGEST_TRACE);
        let shown = lines.into_iter().take(LONGEST_TRACE).map(line).collect();
        Trace {
            is_of_subject,
            lines: shown,
            more,
        }
    };
    let legs = result.legs.iter().map(|leg| of(&leg.observations, true));
    legs.chain([of(&result.predicted, false)])
        .find(|trace| !trace.lines.is_empty())
}

fn line(line: &crate::observation::TraceLine) -> TraceView {
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
