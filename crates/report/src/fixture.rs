//! A small run with every kind of verdict, and parts to build others from.

use crosscheck_vectors::{
    expect::{Expectation, StepOutcome},
    vector::{Kind, Vector, VectorId},
};
use serde_json::json;

use crate::{
    implementation::{Found, FoundDifference, FoundLeg},
    leg::Leg,
    mismatch::{Effect, Mismatch},
    observation::Observation,
    overview::{Overview, VectorVerdict},
    results::{LegResult, Results, VectorResult},
    verdict::{LegVerdict, Owner, Verdict, judge},
};

/// The run in `tests/data`.
pub(crate) fn results() -> Results {
    serde_json::from_str(include_str!("../tests/data/results.json")).unwrap()
}

/// What is held of it in memory.
pub(crate) fn overview() -> Overview {
    serde_json::from_str(include_str!("../tests/data/results.json")).unwrap()
}

/// An expectation that demands nothing beyond `outcome` and no request.
pub(crate) fn expectation(outcome: StepOutcome) -> Expectation {
    serde_json::from_value(json!({ "outcome": outcome, "requests": [] })).unwrap()
}

/// An observation of nothing beyond `outcome`.
pub(crate) fn observation(outcome: StepOutcome) -> Observation {
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

/// What a leg that saw `outcome` and differs by `mismatches` comes to.
pub(crate) fn leg(leg: Leg, outcome: StepOutcome, mismatches: Vec<Mismatch>) -> LegVerdict {
    LegVerdict {
        leg,
        verdict: judge(&mismatches),
        note: None,
        mismatches,
        outcomes: vec![outcome],
    }
}

/// The vector of [`vector`].
fn bare() -> Vector {
    serde_json::from_value(json!({
        "name": "x", "title": "X holds.", "why": "It must.", "kind": "required",
        "requirements": ["a/b"], "policy": "listed",
        "steps": [{ "client": { "origin": "https://app.example" },
                    "expect": { "outcome": "network-error", "requests": [] } }]
    }))
    .unwrap()
}

fn id(id: &str) -> VectorId {
    VectorId::parse(id).unwrap()
}

/// What a vector under a policy comes to, with the verdicts on its `legs`.
pub(crate) fn vector(of: &str, legs: Vec<LegVerdict>) -> VectorVerdict {
    VectorVerdict::new(id(of), &bare(), None, legs)
}

/// A leg that saw `outcome`, as was expected.
pub(crate) fn seeing(of: Leg, outcome: StepOutcome) -> LegResult {
    leg(of, outcome, Vec::new()).with(vec![observation(outcome)])
}

/// The whole result of [`vector`] with what its legs saw.
pub(crate) fn seen(of: &str, legs: Vec<LegResult>) -> VectorResult {
    VectorResult {
        id: id(of),
        vector: bare(),
        policy: None,
        predicted: Vec::new(),
        legs,
        owner: Owner::Nobody,
        verdict: Verdict::Skipped,
    }
}

/// A run of `vectors` on the wire and in Chromium.
pub(crate) fn run(vectors: Vec<VectorVerdict>) -> Overview {
    Overview {
        vectors,
        stale: Vec::new(),
        ..overview()
    }
}

/// What is kept of a vector of an implementation.
pub(crate) fn found(of: &str, verdict: Verdict, legs: Vec<FoundLeg>) -> Found {
    Found {
        id: id(of),
        title: "X holds.".to_owned(),
        why: "It must.".to_owned(),
        kind: Kind::Required,
        flags: Vec::new(),
        policy: None,
        verdict,
        legs,
    }
}

/// What is kept of a leg that differs in fields, each with what was expected and observed.
pub(crate) fn found_leg(leg: Leg, verdict: Verdict, differences: &[[&str; 3]]) -> FoundLeg {
    let difference = |texts: &[&str; 3]| {
        let [field, expected, observed] = texts.map(str::to_owned);
        FoundDifference {
            field,
            expected,
            observed,
        }
    };
    FoundLeg {
        leg,
        verdict,
        note: None,
        differences: differences.iter().map(difference).collect(),
        exchanges: Vec::new(),
    }
}
