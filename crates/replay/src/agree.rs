//! The oracle and the vectors must agree before anything is replayed.

use std::fmt;

use crosscheck_report::{leg::Leg, mismatch::Mismatch, observation::Observation};
use crosscheck_vectors::{
    bytes::ByteString,
    vector::{Vector, VectorId, VectorStep},
};

use crate::{case::Case, demand::mismatches, predict::predicted};

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

/// Asks the oracle about `cases`.
///
/// # Errors
///
/// All vectors with which it disagrees.
pub fn agree(cases: &[Case]) -> Result<(), Vec<Disagreement>> {
    let disagreement = |case: &Case| {
        let problem = problem(case)?;
        let id = case.id.clone();
        Some(Disagreement { id, problem })
    };
    let found: Vec<_> = cases.iter().filter_map(disagreement).collect();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn problem(case: &Case) -> Option<Problem> {
    match predicted(case) {
        Err(error) => Some(Problem::Unplayable(error.to_string())),
        Ok(None) => None,
        Ok(Some(observations)) => {
            let found = mismatches(&case.vector, Leg::Oracle, &observations);
            (!found.is_empty())
                .then_some(Problem::Differs(found))
                .or_else(|| hides_nothing(&case.vector, &observations))
        }
    }
}

/// What each step of a case must lead to, of which [`agree`] has nothing to say; empty if nobody answers
/// it.
///
/// To predict costs microseconds, and to keep what was predicted costs memory: so it is done again where
/// it is needed.
pub fn prediction(case: &Case) -> Vec<Observation> {
    predicted(case).ok().flatten().unwrap_or_default()
}

/// The first header of `vector` that is to be hidden but that no answer of its step has, nor one of an
/// earlier step, which the browser may have stored.
fn hides_nothing(vector: &Vector, predicted: &[Observation]) -> Option<Problem> {
    let steps = vector.steps.iter().zip(predicted).enumerate();
    let missing = |(step, (demanded, _)): (usize, (&VectorStep, &Observation))| {
        let arrives = |header: &ByteString| {
            let answers = predicted
                .iter()
                .take(step + 1)
                .flat_map(|seen| &seen.exchanges)
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
