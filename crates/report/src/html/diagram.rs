//! The exchanges of a leg as a sequence diagram.

mod exchange;
mod layout;
mod message;

use askama::Template;
use crosscheck_vectors::{
    bytes::ByteString,
    expect::{Expectation, StepOutcome},
    vector::VectorStep,
};

use self::{exchange::Named, layout::Layout};
use super::reproduce;
use crate::observation::{Observation, lines, outcome_word};

/// A drawing: lanes from left to right, and what happens from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Diagram {
    width: usize,
    height: usize,
    lanes: Vec<Lane>,
    items: Vec<Item>,
    /// All of it in words.
    account: Vec<String>,
}

/// A lifeline.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lane {
    x: usize,
    role: &'static str,
    name: String,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    /// A line across, between two steps.
    Rule { y: usize },
    /// A message; `head` are the points of its arrow head.
    Arrow {
        class: &'static str,
        from: usize,
        to: usize,
        y: usize,
        head: String,
    },
    /// The application runs.
    Activity { x: usize, y: usize, height: usize },
    /// The point where the browser stops or hands over.
    Stop {
        class: &'static str,
        y: usize,
        symbol: &'static str,
    },
    /// A line of text.
    Text {
        class: &'static str,
        x: usize,
        y: usize,
        text: String,
    },
}

/// The diagram as SVG; `id` is unique on its page.
#[derive(Debug, Template)]
#[template(path = "diagram.html")]
pub(super) struct Drawing<'a> {
    id: String,
    title: String,
    diagram: &'a Diagram,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(
        id: impl Into<String>,
        title: impl Into<String>,
        diagram: &'a Diagram,
    ) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            diagram,
        }
    }
}

impl Diagram {
    /// Draws what was seen of each step; `url` gives the address of a step's call.
    pub(super) fn of(
        steps: &[VectorStep],
        observations: &[Observation],
        url: impl Fn(&VectorStep) -> String,
    ) -> Self {
        let addresses: Vec<_> = steps.iter().map(url).collect();
        let mut layout = Layout::new(steps, &addresses, observations);
        let steps_seen = steps.iter().zip(observations).zip(&addresses);
        for (index, ((step, seen), address)) in steps_seen.enumerate() {
            if steps.len() > 1 {
                layout.step(index, step);
            }
            layout.exchanges(&seen.exchanges, &named(step));
            if let Some(unsent) = Unsent::of(seen, &step.client.method, address) {
                layout.never_sent(&unsent);
            }
            layout.stop(&ending(seen), verdict_on(&step.expect, seen));
        }
        layout.finish()
    }

    pub(super) fn account(&self) -> String {
        self.account.join(" ")
    }
}

/// The headers that a step is about.
fn named(step: &VectorStep) -> Named {
    let set = step.client.headers.iter().map(|(name, _)| name);
    let expected = step
        .expect
        .requests
        .iter()
        .flat_map(|request| &request.headers);
    let names = set.chain(expected.map(|(name, _)| name));
    names
        .map(|name| name.to_text().to_ascii_lowercase())
        .collect()
}

/// A request that stays with the page.
#[derive(Debug)]
struct Unsent<'a> {
    method: &'a ByteString,
    url: &'a str,
    what: &'static str,
}

impl<'a> Unsent<'a> {
    /// The request that was not sent; none if all were.
    fn of(seen: &'a Observation, method: &'a ByteString, url: &'a str) -> Option<Self> {
        match (seen.outcome, seen.exchanges.last()) {
            (StepOutcome::ApiError, None) => Some(Self {
                method,
                url,
                what: "is refused before anything is sent",
            }),
            (StepOutcome::NetworkError, None) => Some(Self {
                method,
                url,
                what: "is never sent",
            }),
            (StepOutcome::NetworkError, Some(last)) if last.request.is_preflight() => {
                // After a redirect the method may be another.
                let asked = lines(&last.request.headers, b"access-control-request-method").next();
                Some(Self {
                    method: asked.unwrap_or(method),
                    url: &last.request.url,
                    what: "is never sent",
                })
            }
            _ => None,
        }
    }
}

/// How a step ended, drawn at the page's lifeline.
#[derive(Debug)]
struct Ending {
    symbol: &'static str,
    text: String,
}

fn ending(seen: &Observation) -> Ending {
    let reason = seen.reasons.first().map(|reason| format!(": {reason}"));
    let reason = reason.unwrap_or_default();
    let status = seen.status.map(|status| format!(" status {status}"));
    let status = status.unwrap_or_default();
    let (symbol, text) = match seen.outcome {
        StepOutcome::Answered => ("↩", format!("the client gets{status}")),
        StepOutcome::ApiError => ("■", format!("the call is refused{reason}")),
        StepOutcome::NetworkError => ("■", format!("blocked here{reason}")),
        StepOutcome::Opaque => ("◐", "the page gets an opaque answer".to_owned()),
        StepOutcome::OpaqueRedirect => ("◐", "the page gets an opaque redirect".to_owned()),
        StepOutcome::Readable => ("●", format!("the page reads the answer,{status}")),
    };
    Ending { symbol, text }
}

/// What the expectation says about how a step ended; empty if it agrees.
fn verdict_on(expect: &Expectation, seen: &Observation) -> Option<String> {
    (expect.outcome != seen.outcome).then(|| format!("expected: {}", outcome_word(expect.outcome)))
}

/// The absolute URL of a step's call, as vectors write it.
pub(super) fn address(step: &VectorStep, has_script: bool) -> String {
    const HOST: &str = "https://api.example";
    match step.client.url.as_deref() {
        Some(path) if path.starts_with('/') => format!("{HOST}{path}"),
        Some(url) => url.to_owned(),
        None if has_script => format!("{HOST}/data"),
        None => format!("{HOST}/echo"),
    }
}

/// The script of a step's call, for people; none for a raw request.
pub(super) fn snippet(step: &VectorStep, has_script: bool) -> Option<String> {
    reproduce::script(&step.client, &address(step, has_script))
}
