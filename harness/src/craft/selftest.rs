//! The suite, tested by itself: every fault must be caught, every expectation must matter.

mod flip;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crosscheck_reference::fault::Fault;
use crosscheck_replay::{
    agree::{Disagreement, agree, prediction},
    case::{Case, cases},
};
use crosscheck_report::verdict::Verdict;
use crosscheck_vectors::{load::Suite, vector::VectorId};
pub use flip::{Flip, flips};
use serde::Serialize;

use crate::{
    craft::mutation::{Mutations, Outcome},
    playground::{Playground, PlaygroundError},
    wire::Wire,
};

/// What the selftest found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// How many faults there are.
    pub faults: usize,
    /// How many of them are caught by a vector that names their class.
    pub caught: usize,
    /// Those that are not.
    pub missed: Vec<String>,
    /// What came of breaking the oracle and the policy, when that was last done.
    pub mutants: BTreeMap<Outcome, usize>,
    /// What vectors are for.
    pub uses: Uses,
    /// Vectors that catch nothing, and are not the other side of one that does.
    pub idle_vectors: Vec<VectorId>,
    /// How often an expectation was flipped.
    pub flips: usize,
    /// Flips that nobody noticed: vector and field.
    pub unnoticed: Vec<String>,
    /// What catches each fault.
    pub catches: Vec<Catch>,
}

/// How many vectors there are by what they are for, each counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Uses {
    /// They catch a fault of the reference server.
    pub faults: usize,
    /// They turn red when the oracle or the policy is broken somewhere.
    pub mutants: usize,
    /// They stand on the other side of a boundary: another vector of the topic, about the same requirement,
    /// catches something.
    pub boundaries: usize,
}

/// What catches one fault.
#[derive(Clone, Debug, Serialize)]
pub struct Catch {
    /// The fault.
    pub fault: String,
    /// What it does, and whom that hurts.
    pub description: String,
    /// The weakness class that a finding should name.
    pub flag: String,
    /// The vectors with required or recommended assertions that fail; those that name the class first,
    /// then the gravest.
    pub by: Vec<VectorId>,
    /// Whether a required assertion fails, so that the fault breaks conformance and not only advice.
    pub required: bool,
    /// How many of them name the class.
    pub naming: usize,
}

/// Why the selftest came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum SelftestError {
    /// The suite is at odds with itself.
    #[error("the oracle disagrees with {} vectors; run `crosscheck vectors lint`", .0.len())]
    Disagreement(Vec<Disagreement>),
    /// The listener cannot be started.
    #[error(transparent)]
    Playground(#[from] PlaygroundError),
    /// What mutants turn red cannot be read.
    #[error("`harness/evidence/mutations.json` is not what `./justw mutants` writes")]
    Mutations(#[from] serde_json::Error),
}

/// Runs it: all faults over real sockets, all flips against the oracle's predictions.
///
/// # Errors
///
/// If the suite or the machine is not fit for it.
pub async fn selftest(suite: &Suite) -> Result<Found, SelftestError> {
    let sane = cases(suite, None);
    agree(&sane).map_err(SelftestError::Disagreement)?;
    let playground = Playground::start().await?;
    let wire = Wire::new(playground.stage.addr(), Duration::from_secs(10));
    let mut catches = Vec::new();
    for fault in Fault::all() {
        catches.push(catch(suite, *fault, &wire, &playground).await);
    }
    let useful = catches.iter().flat_map(|catch| &catch.by).collect();
    let mutations = Mutations::embedded()?;
    let (uses, idle_vectors) = uses(&sane, &useful, &mutations);
    let missed = catches
        .iter()
        .filter(|catch| catch.naming == 0)
        .map(|catch| catch.fault.clone());
    let mut n_flips = 0;
    let mut unnoticed = Vec::new();
    for case in &sane {
        let predicted = prediction(case);
        if predicted.is_empty() {
            continue;
        }
        for flip in flips(&case.vector) {
            n_flips += 1;
            if !flip.is_noticed(&predicted) {
                unnoticed.push(format!("{}: {}", case.id, flip.field));
            }
        }
    }
    Ok(Found {
        faults: catches.len(),
        caught: catches.iter().filter(|catch| catch.naming > 0).count(),
        missed: missed.collect(),
        mutants: mutations.counts,
        uses,
        idle_vectors,
        flips: n_flips,
        unnoticed,
        catches,
    })
}

/// What each of `cases` is for, given those that catch faults; and those that are for nothing.
fn uses(
    cases: &[Case],
    catching: &BTreeSet<&VectorId>,
    mutations: &Mutations,
) -> (Uses, Vec<VectorId>) {
    let catches = |id: &VectorId| catching.contains(id) || mutations.vectors.contains_key(id);
    let topic = |id: &VectorId| {
        id.as_str()
            .rsplit_once('/')
            .map(|(topic, _)| topic.to_owned())
    };
    let sides: BTreeSet<_> = cases
        .iter()
        .filter(|case| catches(&case.id))
        .flat_map(|case| {
            case.vector
                .requirements
                .iter()
                .map(|row| (topic(&case.id), row))
        })
        .collect();
    let mut uses = Uses::default();
    let mut idle = Vec::new();
    for case in cases {
        let mut rows = case.vector.requirements.iter();
        if catching.contains(&case.id) {
            uses.faults += 1;
        } else if catches(&case.id) {
            uses.mutants += 1;
        } else if rows.any(|row| sides.contains(&(topic(&case.id), row))) {
            uses.boundaries += 1;
        } else {
            idle.push(case.id.clone());
        }
    }
    (uses, idle)
}

async fn catch(suite: &Suite, fault: Fault, wire: &Wire, playground: &Playground) -> Catch {
    let judging: Vec<Case> = cases(suite, Some(fault))
        .into_iter()
        .filter(|case| case.policy.is_some())
        .collect();
    let names_class = |case: &Case| case.vector.flags.iter().any(|flag| flag == fault.flag());
    let mut caught = Vec::new();
    // One after the other: a fault may consist in remembering earlier requests.
    for case in &judging {
        let verdict = wire.judge(case, playground).await.verdict;
        if verdict.is_failure() || verdict == Verdict::RecommendedMissed {
            caught.push((verdict, case));
        }
    }
    caught.sort_by_key(|(verdict, case)| (!names_class(case), Reverse(*verdict)));
    Catch {
        fault: fault.to_string(),
        description: fault.description().to_owned(),
        flag: fault.flag().to_owned(),
        naming: caught.iter().filter(|(_, case)| names_class(case)).count(),
        required: caught.iter().any(|(verdict, _)| verdict.is_failure()),
        by: caught
            .into_iter()
            .map(|(_, case)| case.id.clone())
            .collect(),
    }
}
