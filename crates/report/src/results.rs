//! `results.json`: everything a report is made from.

use std::fmt;

use crosscheck_vectors::{
    policy::Policy,
    vector::{Vector, VectorId},
};
use serde::{Deserialize, Serialize};

use crate::{
    leg::Leg,
    mismatch::Mismatch,
    observation::Observation,
    verdict::{Owner, Verdict},
};

/// One run, with `V` for its vectors: all of them as they stand in the file, or an
/// [`Overview`](crate::overview::Overview).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results<V = Vec<VectorResult>> {
    /// The suite's version.
    pub suite: String,
    /// The pinned revision of the Fetch Standard.
    pub fetch_revision: String,
    /// What was judged.
    pub subject: Subject,
    /// When the run began, RFC 3339; given by the caller.
    pub started: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The legs, with the version of each one's engine.
    pub legs: Vec<LegIdentity>,
    /// One result per vector, sorted by id.
    pub vectors: V,
    /// Known entries that matched nothing or no longer fail.
    pub stale: Vec<StaleEntry>,
    /// Vectors that were not selected, such as by `--only`.
    pub not_selected: usize,
    /// What the vectors were made up from, if some were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// Where vectors of one's own were read, if some were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnVectors>,
}

/// Vectors of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnVectors {
    /// Their folder, as it was given.
    pub folder: String,
    /// Whether the embedded ones were taken as well.
    pub beside_embedded: bool,
}

/// What vectors were made up from: enough to make them up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generated {
    /// How many were asked for.
    pub n: u32,
    /// The seed.
    pub seed: u64,
}

impl fmt::Display for Generated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "--generate {} --seed {}", self.n, self.seed)
    }
}

/// What was judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its name, such as `reference`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The fault it was told to commit.
    pub fault: Option<String>,
    /// The layers that it was composed of, outermost first; none if there is the policy alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<String>,
    /// The adapter that put it into policies, by the name of its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter: Option<String>,
    /// Where that adapter's file is, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter_path: Option<String>,
    /// Where the policy of a deployed server was read, as it was given; its name is then its URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_path: Option<String>,
    /// The options without a value that it was reached with, such as `insecure`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Whether it was sent headers that are told to nobody.
    #[serde(default, skip_serializing_if = "is_false")]
    pub has_private_headers: bool,
    /// The language that it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where it lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Where its defects are reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<String>,
}

/// A leg and its engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegIdentity {
    /// The leg.
    pub leg: Leg,
    /// The engine's name and version, such as `Chromium 156.0.8078.79`.
    pub engine: String,
}

/// What came of one vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorResult {
    /// Its id.
    pub id: VectorId,
    /// The vector as it was replayed: roles filled in.
    pub vector: Vector,
    /// The policy it ran under; none for a script.
    pub policy: Option<Policy>,
    /// What the model predicted, a step each.
    pub predicted: Vec<Observation>,
    /// What each leg saw, sorted by leg.
    pub legs: Vec<LegResult>,
    /// Who is at fault.
    pub owner: Owner,
    /// The worst verdict of its legs.
    pub verdict: Verdict,
}

/// What one leg made of one vector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegResult {
    /// The leg.
    pub leg: Leg,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why, if the verdict needs a reason: what is not applicable, what blocked it, what broke.
    pub note: Option<String>,
    /// Where it differs from what was expected.
    pub mismatches: Vec<Mismatch>,
    /// What it saw, a step each.
    pub observations: Vec<Observation>,
}

/// A known entry that should be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaleEntry {
    /// The file it stands in.
    pub file: String,
    /// Its id pattern.
    pub id: String,
    /// Its assertion pattern.
    pub assertion: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Whether a field of `false` can be left out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Subject {
    /// Name, version, fault and layers, to tell one subject from another.
    pub fn in_words(&self) -> String {
        let (name, version) = (&self.name, &self.version);
        format!("{name} {version} {:?} {:?}", self.fault, self.layers)
    }
}

impl VectorResult {
    /// The result of `leg`, if it took part.
    pub fn leg(&self, leg: Leg) -> Option<&LegResult> {
        self.legs.iter().find(|result| result.leg == leg)
    }
}

#[cfg(test)]
mod tests {
    use super::Results;
    use crate::fixture::results;

    #[test]
    fn a_run_survives_json() {
        let results = results();
        let json = serde_json::to_string(&results).unwrap();
        assert_eq!(serde_json::from_str::<Results>(&json).unwrap(), results);
    }
}
