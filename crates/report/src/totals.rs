//! Counting the verdicts of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{leg::Leg, overview::Overview, verdict::Verdict};

/// How many vectors came to what. A vector counts once, by its worst verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// All vectors of the run.
    pub vectors: usize,
    /// Vectors with an over-grant.
    pub over_grants: usize,
    /// Vectors with an under-grant, and no over-grant.
    pub under_grants: usize,
    /// Vectors in which nothing but advice is missed.
    pub recommended_missed: usize,
    /// Vectors in which a required assertion does not hold, over- and under-grants included.
    pub failed: usize,
    /// Vectors that were skipped or blocked by another.
    pub skipped: usize,
    /// Vectors that the subject or every leg cannot be asked.
    pub not_applicable: usize,
    /// Vectors that could not be judged because something broke.
    pub errors: usize,
    /// Vectors that passed, those included that only differ where the standard says nothing.
    pub passed: usize,
    /// Vectors whose failure is known.
    pub known: usize,
    /// How many vectors came to which verdict, on each leg that took part.
    pub legs: BTreeMap<Leg, BTreeMap<Verdict, usize>>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Everything that was judged is as expected.
    AsExpected,
    /// A required assertion does not hold, a known failure did not fail, or a known entry is stale.
    Mismatch,
    /// Something broke, or nothing was judged.
    CouldNotJudge,
}

impl Conclusion {
    /// The exit code that says so.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::AsExpected => 0,
            Self::Mismatch => 1,
            Self::CouldNotJudge => 2,
        }
    }
}

impl Totals {
    /// Counts `results`.
    pub fn of(results: &Overview) -> Self {
        let mut totals = Self::default();
        for vector in &results.vectors {
            totals.add(vector.verdict);
            for leg in &vector.legs {
                let verdicts = totals.legs.entry(leg.leg).or_default();
                *verdicts.entry(leg.verdict).or_default() += 1;
            }
        }
        totals
    }

    fn add(&mut self, verdict: Verdict) {
        self.vectors += 1;
        self.failed += usize::from(verdict.is_failure());
        self.errors += usize::from(verdict.is_error());
        match verdict {
            Verdict::FailedOverGrant => self.over_grants += 1,
            Verdict::FailedUnderGrant => self.under_grants += 1,
            Verdict::RecommendedMissed => self.recommended_missed += 1,
            Verdict::Skipped | Verdict::BlockedBy => self.skipped += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
            Verdict::Passed | Verdict::Observed => self.passed += 1,
            Verdict::Known => self.known += 1,
            Verdict::FailedOther
            | Verdict::UnexpectedPass
            | Verdict::Flaky
            | Verdict::SetupError
            | Verdict::HarnessError => {}
        }
    }
}

impl Overview {
    /// How the run ended. A mismatch that was found stays one, whatever else broke.
    pub fn conclusion(&self) -> Conclusion {
        let any = |wanted: fn(Verdict) -> bool| {
            let mut legs = self.vectors.iter().flat_map(|vector| &vector.legs);
            legs.any(|leg| wanted(leg.verdict))
        };
        if any(Verdict::is_failure)
            || any(|verdict| verdict == Verdict::UnexpectedPass)
            || !self.stale.is_empty()
        {
            Conclusion::Mismatch
        } else if any(Verdict::is_error) || !any(Verdict::is_judged) {
            Conclusion::CouldNotJudge
        } else {
            Conclusion::AsExpected
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Conclusion, Totals};
    use crate::{
        fixture::{overview, run, vector},
        leg::Leg,
        results::StaleEntry,
        verdict::{LegVerdict, Verdict},
    };

    fn leg(verdict: Verdict) -> LegVerdict {
        let nothing = crosscheck_vectors::expect::StepOutcome::Readable;
        LegVerdict {
            verdict,
            ..crate::fixture::leg(Leg::Wire, nothing, Vec::new())
        }
    }

    #[test]
    fn a_vector_counts_once_by_its_worst_verdict() {
        let totals = Totals::of(&overview());
        let Totals {
            vectors,
            over_grants,
            under_grants,
            recommended_missed,
            failed,
            skipped,
            not_applicable,
            errors,
            passed,
            known,
            legs,
        } = totals;
        assert_eq!((vectors, failed, over_grants, under_grants), (12, 3, 1, 2));
        assert_eq!((recommended_missed, passed, known, errors), (1, 4, 1, 1));
        assert_eq!((skipped, not_applicable), (1, 1));
        assert_eq!(legs[&Leg::Wire][&Verdict::Passed], 5);
        assert_eq!(legs[&Leg::browser("chromium")][&Verdict::Known], 1);
        assert_eq!(legs[&Leg::browser("chromium")].values().sum::<usize>(), 12);
    }

    #[rstest]
    #[case::good(&[Verdict::Passed, Verdict::Known, Verdict::RecommendedMissed, Verdict::Observed], 0)]
    #[case::gaps_are_no_failure(&[Verdict::Passed, Verdict::Skipped, Verdict::NotApplicable], 0)]
    #[case::nothing_was_judged(&[Verdict::Skipped, Verdict::BlockedBy], 2)]
    #[case::no_vectors(&[], 2)]
    #[case::failed(&[Verdict::Passed, Verdict::FailedOther], 1)]
    #[case::over_grant(&[Verdict::FailedOverGrant], 1)]
    #[case::under_grant(&[Verdict::FailedUnderGrant], 1)]
    #[case::unexpected_pass(&[Verdict::UnexpectedPass], 1)]
    #[case::broke(&[Verdict::Passed, Verdict::HarnessError], 2)]
    #[case::setup(&[Verdict::Passed, Verdict::SetupError], 2)]
    #[case::flaky(&[Verdict::Passed, Verdict::Flaky], 2)]
    #[case::failed_and_broke(&[Verdict::FailedOther, Verdict::HarnessError], 1)]
    fn the_exit_code_says_how_it_ended(#[case] verdicts: &[Verdict], #[case] code: u8) {
        let vectors = verdicts
            .iter()
            .map(|&verdict| vector("a/b/c", vec![leg(verdict)]));
        assert_eq!(run(vectors.collect()).conclusion().exit_code(), code);
    }

    #[test]
    fn a_stale_entry_is_a_mismatch() {
        let mut results = run(vec![vector("a/b/c", vec![leg(Verdict::Passed)])]);
        assert_eq!(results.conclusion(), Conclusion::AsExpected);
        results.stale = vec![StaleEntry {
            file: "f".to_owned(),
            id: "x".to_owned(),
            assertion: "*".to_owned(),
            problem: "it fits no vector".to_owned(),
        }];
        assert_eq!(results.conclusion(), Conclusion::Mismatch);
    }
}
