//! Which requirements and claims have vectors.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    catalogue::Accounted,
    suite::Suite,
    vector::{Vector, VectorId},
};

/// What a suite covers.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// How many requirements there are.
    pub requirements: usize,
    /// How many of them have a vector.
    pub covered: usize,
    /// Those that no vector can reach, with the reason.
    pub accounted: Vec<Accounted>,
    /// Those that are neither covered nor accounted for.
    pub uncovered: Vec<String>,
    /// The vectors that show each claim.
    pub concepts: BTreeMap<String, Vec<VectorId>>,
}

impl Coverage {
    /// Counts.
    pub fn of(suite: &Suite) -> Self {
        let named: BTreeSet<&str> = suite
            .vectors
            .values()
            .flat_map(|vector| &vector.requirements)
            .map(String::as_str)
            .collect();
        let rows = || suite.requirements.requirements.iter().map(|row| &*row.id);
        let accounted: BTreeSet<&str> = suite.accounted.iter().map(|row| &*row.id).collect();
        let showing = |claim: &String| {
            let shows = |(id, vector): (&VectorId, &Arc<Vector>)| {
                vector.concepts.contains(claim).then(|| id.clone())
            };
            suite.vectors.iter().filter_map(shows).collect()
        };
        Self {
            requirements: suite.requirements.requirements.len(),
            covered: rows().filter(|row| named.contains(row)).count(),
            accounted: suite.accounted.clone(),
            uncovered: rows()
                .filter(|row| !named.contains(row) && !accounted.contains(row))
                .map(str::to_owned)
                .collect(),
            concepts: suite
                .concepts
                .concepts
                .iter()
                .map(|c| (c.id.clone(), showing(&c.id)))
                .collect(),
        }
    }

    /// Claims without a vector.
    pub fn unproven(&self) -> impl Iterator<Item = &str> {
        self.concepts
            .iter()
            .filter(|(_, vectors)| vectors.is_empty())
            .map(|(id, _)| &**id)
    }
}
