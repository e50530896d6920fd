//! One field that differs from what was expected.

use crosscheck_vectors::vector::Kind;
use serde::{Deserialize, Serialize};

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
