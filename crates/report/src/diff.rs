//! What was expected against what was observed.

mod answers;
mod grammar;
mod page;
mod requests;
#[cfg(test)]
mod tests;

pub(crate) use answers::expected;
use crosscheck_vectors::{expect::Expectation, vector::Kind};
pub(crate) use page::UNANSWERED;

use crate::{
    mismatch::{Effect, Mismatch},
    observation::Observation,
};

/// One step's demand.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// Which step of the vector, from 0.
    pub step: usize,
    /// The vector's kind: no mismatch weighs more.
    pub kind: Kind,
    /// What the step must lead to.
    pub expect: &'a Expectation,
    /// The absolute URL of the call, as the vector writes it: where a request goes whose
    /// expectation names no URL.
    pub address: &'a str,
}

/// What a leg can witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// What the page sees, and every request with its answer.
    Everything,
    /// What the page sees; nobody recorded the exchanges.
    PageOnly,
}

/// Every field in which `seen` differs from what `demand` asks for, in the order of the expectation.
///
/// Values are compared as bytes, header names without case. Once the outcome differs, what else the
/// page sees is not compared: it would only repeat the first mismatch. The requests and answers
/// always are. A reason is compared only if the leg was told one.
pub fn diff(demand: &Demand<'_>, seen: &Observation, judged: Judged) -> Vec<Mismatch> {
    let mut found = Found {
        step: demand.step,
        kind: demand.kind,
        mismatches: Vec::new(),
    };
    page::compare(demand.expect, seen, &mut found);
    if judged == Judged::Everything {
        requests::compare(demand, &seen.exchanges, &mut found);
        answers::compare(&demand.expect.responses, &seen.exchanges, &mut found);
    }
    found.mismatches
}

/// The mismatches found so far.
#[derive(Debug)]
struct Found {
    step: usize,
    kind: Kind,
    mismatches: Vec<Mismatch>,
}

impl Found {
    fn add(
        &mut self,
        field: impl Into<String>,
        expected: impl Into<String>,
        observed: impl Into<String>,
        effect: Effect,
    ) {
        self.mismatches.push(Mismatch {
            step: self.step,
            field: field.into(),
            expected: expected.into(),
            observed: observed.into(),
            effect,
            kind: self.kind,
        });
    }
}

/// One way in which an answer fails a check.
#[derive(Debug)]
struct Broken {
    expected: String,
    observed: String,
}

impl Broken {
    fn new(expected: impl Into<String>, observed: impl Into<String>) -> Self {
        Self {
            expected: expected.into(),
            observed: observed.into(),
        }
    }
}
