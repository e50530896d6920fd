//! A small run with every kind of verdict, and parts to build others from.

use crosscheck_vectors::{
    expect::{Expectation, ExpectedOutcome},
    vector::Kind,
};
use serde_json::json;

use crate::{
    diff::{Effect, Mismatch},
    observation::{Leg, Observation},
    results::{LegResult, Results, VectorResult},
    verdict::{Owner, Verdict, judge},
};

/// The run in `tests/data`.
pub(crate) fn results() -> Results {
    serde_json::from_str(include_str!("../tests/data/results.json")).unwrap()
}

/// An expectation that demands nothing beyond `outcome` and no request.
pub(crate) fn expectation(outcome: ExpectedOutcome) -> Expectation {
    serde_json::from_value(json!({ "outcome": outcome, "requests": [] })).unwrap()
}

/// An observation of nothing beyond `outcome`.
pub(crate) fn observation(outcome: ExpectedOutcome) -> Observation {
    Observation {
        outcome,
        reasons: Vec::new(),
        detail: None,
        status: None,
        headers: Vec::new(),
        body: None,
        exchanges: Vec::new(),
        trace: Vec::new(),
    }
}

/// A mismatch in `field`.
pub(crate) fn mismatch(field: &str, kind: Kind, effect: Effect) -> Mismatch {
    Mismatch {
        step: 0,
        field: field.to_owned(),
        expected: "this".to_owned(),
        observed: "that".to_owned(),
        effect,
        kind,
    }
}

/// A leg that saw `outcome` and differs by `mismatches`.
pub(crate) fn leg(leg: Leg, outcome: ExpectedOutcome, mismatches: Vec<Mismatch>) -> LegResult {
    LegResult {
        leg,
        verdict: judge(&mismatches),
        note: None,
        mismatches,
        observations: vec![observation(outcome)],
    }
}

/// A vector under a policy with the results of `legs`.
pub(crate) fn vector(id: &str, legs: Vec<LegResult>) -> VectorResult {
    let mut result = VectorResult {
        id: serde_json::from_value(json!(id)).unwrap(),
        vector: serde_json::from_value(json!({
            "name": "x", "title": "X holds.", "why": "It must.", "kind": "required",
            "requirements": ["a/b"], "policy": "listed",
            "steps": [{ "client": { "origin": "https://app.example" },
                        "expect": { "outcome": "network-error", "requests": [] } }]
        }))
        .unwrap(),
        policy: None,
        predicted: Vec::new(),
        legs,
        owner: Owner::Nobody,
        verdict: Verdict::Skipped,
    };
    result.settle();
    result
}

/// A run of `vectors` on the wire and in Chromium.
pub(crate) fn run(vectors: Vec<VectorResult>) -> Results {
    Results {
        vectors,
        stale: Vec::new(),
        ..results()
    }
}
