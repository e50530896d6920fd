//! The oracle and the vectors must agree before anything is replayed.

use std::fmt;

use crosscheck_report::{
    diff::Mismatch,
    observation::{Leg, Observation},
};
use crosscheck_vectors::{
    bytes::ByteString,
    vector::{Vector, VectorId, VectorStep},
};

use crate::{case::Case, judge::mismatches, predict::predicted};

/// What each step of a case must lead to; empty if nobody answers it.
pub type Prediction = Vec<Observation>;

/// A vector that the oracle contradicts.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The vector.
    pub id: VectorId,
    /// What is at odds.
    pub problem: Problem,
}

/// What is at odds.
#[derive(Clone, Debug)]
pub enum Problem {
    /// The vector cannot be played at all.
    Unplayable(String),
    /// The oracle expects something else.
    Differs(Vec<Mismatch>),
    /// A header that is to be hidden never arrives, so that hiding it shows nothing.
    HidesNothing {
        /// Which step.
        step: usize,
        /// The header.
        header: String,
    },
}

/// The predictions for `cases`, in order.
///
/// # Errors
///
/// All vectors with which the oracle disagrees.
pub fn agree(cases: &[Case]) -> Result<Vec<Prediction>, Vec<Disagreement>> {
    let mut predictions = Vec::with_capacity(cases.len());
    let mut disagreements = Vec::new();
    for case in cases {
        let problem = match predicted(case) {
            Err(error) => Some(Problem::Unplayable(error.to_string())),
            Ok(None) => {
                predictions.push(Vec::new());
                None
            }
            Ok(Some(observations)) => {
                let found = mismatches(&case.vector, Leg::Oracle, &observations);
                let vacuous = hides_nothing(&case.vector, &observations);
                predictions.push(observations);
                (!found.is_empty())
                    .then_some(Problem::Differs(found))
                    .or(vacuous)
            }
        };
        disagreements.extend(problem.map(|problem| Disagreement {
            id: case.id.clone(),
            problem,
        }));
    }
    if disagreements.is_empty() {
        Ok(predictions)
    } else {
        Err(disagreements)
    }
}

/// The first header of `vector` that is to be hidden but that no answer of its step has.
fn hides_nothing(vector: &Vector, predicted: &[Observation]) -> Option<Problem> {
    let steps = vector.steps.iter().zip(predicted).enumerate();
    let missing = |(step, (demanded, seen)): (usize, (&VectorStep, &Observation))| {
        let arrives = |header: &ByteString| {
            let answers = seen
                .exchanges
                .iter()
                .filter_map(|exchange| exchange.response.as_ref());
            let mut names = answers
                .flat_map(|answer| &answer.headers)
                .map(|(name, _)| name);
            names.any(|name| name.as_bytes().eq_ignore_ascii_case(header.as_bytes()))
        };
        let header = demanded
            .expect
            .hidden_headers
            .iter()
            .find(|header| !arrives(header))?;
        Some(Problem::HidesNothing {
            step,
            header: header.to_string(),
        })
    };
    steps.into_iter().find_map(missing)
}

/// `1 vector`, `2 vectors`.
pub fn n_vectors(n: usize) -> String {
    format!("{n} vector{}", if n == 1 { "" } else { "s" })
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)?;
        match &self.problem {
            Problem::HidesNothing { step, header } => write!(
                f,
                "\n  steps[{step}].expect.hidden_headers: `{header}` never arrives, so hiding it shows nothing"
            ),
            Problem::Unplayable(why) => write!(f, "\n  cannot be played: {why}"),
            Problem::Differs(mismatches) => mismatches.iter().try_for_each(|mismatch| {
                write!(
                    f,
                    "\n  steps[{}].expect.{}: the vector says {}, the oracle {}",
                    mismatch.step, mismatch.field, mismatch.expected, mismatch.observed
                )
            }),
        }
    }
}
