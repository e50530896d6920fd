//! What breaking the oracle and the policy, a piece at a time, turns red: the digest of a run of cargo-mutants.

use std::collections::BTreeMap;

use crosscheck_vectors::vector::VectorId;
use serde::{Deserialize, Serialize};

/// `harness/evidence/mutations.json`, which `./justw mutants` writes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutations {
    /// The tool that made the mutants, with its version.
    pub tool: String,
    /// How many there were, by what came of them.
    pub counts: BTreeMap<Outcome, usize>,
    /// Those that compile, by file and place.
    pub mutants: Vec<Mutant>,
    /// For each requirement that a mutant puts at stake: the mutant that says most about it.
    pub rows: BTreeMap<String, Evidence>,
    /// For each vector that some mutant turns red: the place in `mutants` of the one that turns fewest red.
    pub vectors: BTreeMap<VectorId, usize>,
}

/// One change of the code.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// The file and the change; a number tells equal changes of one function apart.
    pub mutant: String,
    /// What came of it.
    pub outcome: Outcome,
    /// How many vectors it turns red.
    pub red: usize,
}

/// What came of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Vectors turn red.
    Vectors,
    /// It never comes to an end, or the suite cannot even be read.
    Stuck,
    /// No vector turns red, but a test of the crate itself fails.
    Tests,
    /// Nothing notices.
    Survived,
    /// It does not compile, so it could not happen.
    Unviable,
}

/// What shows that a requirement is tested.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The place of the mutant in `mutants`.
    pub mutant: usize,
    /// A vector about the requirement that it turns red.
    pub red: VectorId,
}

impl Mutations {
    /// The digest that the suite was published with.
    ///
    /// # Errors
    ///
    /// If the file is not what `./justw mutants` writes.
    pub fn embedded() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../../evidence/mutations.json"))
    }
}
