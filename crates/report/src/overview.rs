//! What is held in memory of a run: everything but what was seen.
//!
//! What the legs saw is by far the most of a run. It stays on disk, and comes by a vector at a time.

use std::hash::{DefaultHasher, Hash, Hasher};

use crosscheck_vectors::{
    policy::Policy,
    vector::{Kind, Vector, VectorId},
};
use serde::{Deserialize, Serialize};

use crate::{
    diff::UNANSWERED,
    leg::Leg,
    observation::Observation,
    results::{LegResult, Results, VectorResult},
    verdict::{Judges, LegVerdict, Owner, Verdict},
};

/// One run, without what the legs saw. It is read from the same file as [`Results`].
pub type Overview = Results<Vec<VectorVerdict>>;

/// What came of one vector, without what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "VectorResult")]
pub struct VectorVerdict {
    /// Its id.
    pub id: VectorId,
    /// The sentence that says what must happen.
    pub title: String,
    /// How much the standard cares.
    pub kind: Kind,
    /// What it judges.
    pub judges: Judges,
    /// How many steps it has.
    pub n_steps: usize,
    /// The requirements that it tests.
    pub requirements: Vec<String>,
    /// The claims that it shows.
    pub concepts: Vec<String>,
    /// The weakness classes that it looks for.
    pub flags: Vec<String>,
    /// The vectors without whose success this one says nothing.
    pub depends_on: Vec<VectorId>,
    /// Tells policies apart; none for a script.
    pub policy: Option<u64>,
    /// Tells apart what vectors say.
    pub said: u64,
    /// What came of it on each leg, sorted by leg.
    pub legs: Vec<LegVerdict>,
    /// Who is at fault.
    pub owner: Owner,
    /// The worst verdict of its legs.
    pub verdict: Verdict,
}

impl VectorVerdict {
    /// What `legs` made of `vector`, under `policy` if it has one.
    pub fn new(
        id: VectorId,
        vector: &Vector,
        policy: Option<&Policy>,
        legs: Vec<LegVerdict>,
    ) -> Self {
        let mut verdict = Self {
            id,
            title: vector.title.clone(),
            kind: vector.kind,
            judges: Judges::of(vector),
            n_steps: vector.steps.len(),
            requirements: vector.requirements.clone(),
            concepts: vector.concepts.clone(),
            flags: vector.flags.clone(),
            depends_on: vector.depends_on.clone(),
            policy: policy.map(digest),
            said: digest(vector),
            legs,
            owner: Owner::Nobody,
            verdict: Verdict::Skipped,
        };
        verdict.settle();
        verdict
    }

    /// Works out the owner and the worst verdict from the legs; to be called after any of them
    /// changes.
    pub fn settle(&mut self) {
        self.owner = Owner::of(self.judges, &self.legs);
        let verdicts = self.legs.iter().map(|leg| leg.verdict);
        self.verdict = verdicts.max().unwrap_or(Verdict::Skipped);
    }

    /// The weakness classes that its failure points to; none if the server hung up, which says nothing about
    /// headers.
    pub(crate) fn points_to(&self) -> &[String] {
        let mut mismatches = self.legs.iter().flat_map(|leg| &leg.mismatches);
        if mismatches.any(|mismatch| mismatch.observed.contains(UNANSWERED)) {
            &[]
        } else {
            &self.flags
        }
    }

    /// The verdict on `leg`, if it took part.
    pub fn leg(&self, leg: Leg) -> Option<&LegVerdict> {
        self.legs.iter().find(|verdict| verdict.leg == leg)
    }
}

impl From<&VectorResult> for VectorVerdict {
    fn from(result: &VectorResult) -> Self {
        let legs = result.legs.iter().map(LegVerdict::from).collect();
        Self {
            // As the file has them, whoever wrote it.
            owner: result.owner,
            verdict: result.verdict,
            ..Self::new(
                result.id.clone(),
                &result.vector,
                result.policy.as_ref(),
                legs,
            )
        }
    }
}

impl From<VectorResult> for VectorVerdict {
    fn from(result: VectorResult) -> Self {
        Self::from(&result)
    }
}

impl LegVerdict {
    /// The whole result of a leg that saw `observations`.
    pub fn with(&self, observations: Vec<Observation>) -> LegResult {
        LegResult {
            leg: self.leg,
            verdict: self.verdict,
            note: self.note.clone(),
            mismatches: self.mismatches.clone(),
            observations,
        }
    }
}

impl From<&LegResult> for LegVerdict {
    fn from(result: &LegResult) -> Self {
        Self {
            leg: result.leg,
            verdict: result.verdict,
            note: result.note.clone(),
            mismatches: result.mismatches.clone(),
            outcomes: result
                .observations
                .iter()
                .map(|seen| seen.outcome)
                .collect(),
        }
    }
}

/// Tells values apart, in one process.
fn digest(value: &impl Serialize) -> u64 {
    let mut hasher = DefaultHasher::new();
    let json = serde_json::to_string(value).unwrap_or_default();
    json.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::{expect::StepOutcome::Readable, vector::Kind};

    use super::{Overview, VectorVerdict};
    use crate::{
        fixture::{leg, mismatch, overview, results, vector},
        leg::Leg,
        mismatch::Effect::OverGrant,
        verdict::{Owner, Verdict},
    };

    #[test]
    fn it_is_read_from_the_whole_results() {
        let json = serde_json::to_string(&results()).unwrap();
        assert_eq!(serde_json::from_str::<Overview>(&json).unwrap(), overview());
    }

    #[test]
    fn nothing_but_what_was_seen_is_missing() {
        for whole in results().vectors {
            let verdict = VectorVerdict::from(&whole);
            for (whole, leg) in whole.legs.iter().zip(&verdict.legs) {
                assert_eq!(leg.with(whole.observations.clone()), *whole);
            }
        }
    }

    #[test]
    fn settling_takes_the_worst_leg() {
        let wrong = vec![mismatch("outcome", Kind::Required, OverGrant)];
        let legs = vec![
            leg(Leg::Wire, Readable, Vec::new()),
            leg(Leg::browser("chromium"), Readable, wrong),
        ];
        let vector = vector("a/b/c", legs);
        assert_eq!(vector.verdict, Verdict::FailedOverGrant);
        assert_eq!(vector.owner, Owner::Browser);
    }
}
