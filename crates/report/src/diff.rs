//! What was expected against what was observed.

mod answers;
mod grammar;
mod page;
mod requests;
#[cfg(test)]
mod tests;

use crosscheck_vectors::{expect::Expectation, vector::Kind};
use serde::{Deserialize, Serialize};

pub(crate) use answers::expected;
pub(crate) use page::UNANSWERED;

use crate::observation::Observation;

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

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mismatch {
    /// Which step, from 0.
    pub step: usize,
    /// Which field of its expectation, such as `outcome`, `visible_headers.x-a`,
    /// `requests[1].headers.origin` or `responses[0].lists.vary`.
    pub field: String,
    /// What was expected, for people.
    pub expected: String,
    /// What was observed, for people: one line of printable ASCII of limited length.
    pub observed: String,
    /// Whom it hurts.
    pub effect: Effect,
    /// How much the standard cares.
    pub kind: Kind,
}

/// Whom a mismatch hurts; the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Neither of the others.
    Other,
    /// Something is withheld that is granted: an outage.
    UnderGrant,
    /// Something is handed over that is withheld: a vulnerability.
    OverGrant,
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
