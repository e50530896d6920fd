//! What breaking the oracle and the policy showed when that was last done (`./justw mutants`): every requirement is
//! at stake in a vector, no vector is idle, and whatever nothing noticed is explained.

use std::{collections::BTreeSet, fs};

use crosscheck_harness::craft::mutation::{Mutations, Outcome};
use crosscheck_vectors::{load::Suite, vector::Kind};
use serde::Deserialize;

use crate::{faults::FOUND, tidy::root};

/// `harness/evidence/survivors.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivors {
    survivors: Vec<Survivor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Survivor {
    mutants: Vec<String>,
    reason: String,
}

#[test]
fn every_covered_requirement_is_at_stake() {
    let suite = Suite::embedded().unwrap();
    let mutations = Mutations::embedded().unwrap();
    let catching: BTreeSet<_> = FOUND.catches.iter().flat_map(|catch| &catch.by).collect();
    let mut at_no_stake = Vec::new();
    for row in &suite.requirements.requirements {
        let about = |id: &_| suite.vectors[id].requirements.contains(&row.id);
        let mut covering = suite.vectors.keys().filter(|id| about(*id)).peekable();
        let is_covered = covering.peek().is_some();
        let breaks = mutations.rows.contains_key(&row.id);
        if is_covered && !breaks && !covering.any(|id| catching.contains(id)) {
            at_no_stake.push(&row.id);
        }
    }
    assert!(at_no_stake.is_empty(), "{at_no_stake:#?}");
}

#[test]
fn evidence_is_a_vector_about_the_requirement() {
    let suite = Suite::embedded().unwrap();
    let mutations = Mutations::embedded().unwrap();
    assert!(mutations.rows.len() > 200, "{}", mutations.rows.len());
    for (row, evidence) in &mutations.rows {
        let vector = &suite.vectors[&evidence.red];
        assert!(vector.requirements.contains(row), "{row}: {}", evidence.red);
        let mutant = &mutations.mutants[evidence.mutant];
        assert_eq!(mutant.outcome, Outcome::Vectors, "{row}");
        assert!(mutant.red > 0, "{row}");
    }
}

#[test]
fn no_vector_that_judges_is_idle() {
    let suite = Suite::embedded().unwrap();
    let judges = |id: &&_| suite.vectors[*id].kind != Kind::Survey;
    let idle: Vec<_> = FOUND.idle_vectors.iter().filter(judges).collect();
    assert!(idle.is_empty(), "{idle:#?}");
}

#[test]
fn what_survives_is_explained_and_nothing_else() {
    let mutations = Mutations::embedded().unwrap();
    let survived = mutations
        .mutants
        .iter()
        .filter(|of| of.outcome == Outcome::Survived);
    let survived: BTreeSet<_> = survived.map(|of| of.mutant.clone()).collect();
    let text = fs::read_to_string(root().join("harness/evidence/survivors.toml")).unwrap();
    let listed: Survivors = toml::from_str(&text).unwrap();
    let mut explained = BTreeSet::new();
    for survivor in listed.survivors {
        assert!(survivor.reason.len() > 20, "{:?}", survivor.mutants);
        for mutant in survivor.mutants {
            assert!(
                explained.insert(mutant.clone()),
                "{mutant} is explained twice"
            );
        }
    }
    assert_eq!(survived, explained);
}
