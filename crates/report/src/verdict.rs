//! One verdict per vector and leg, and who is at fault.

mod leg;
mod owner;

use std::fmt;

use crosscheck_vectors::vector::Kind;
pub use leg::LegVerdict;
pub use owner::{Judges, Owner};
use serde::{Deserialize, Serialize};

use crate::mismatch::{Effect, Mismatch};

/// What came of a vector on a leg; the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The subject or the leg cannot be asked this, as was known beforehand.
    NotApplicable,
    /// Nobody wanted it asked.
    Skipped,
    /// A vector failed without whose success this one says nothing.
    BlockedBy,
    /// Everything is as expected.
    Passed,
    /// Something is different about which the standard says nothing.
    Observed,
    /// It fails in a way that a known-failure file explains.
    Known,
    /// The standard's advice is not followed.
    RecommendedMissed,
    /// Two runs disagreed.
    Flaky,
    /// The subject could not be put into the state that the vector needs.
    SetupError,
    /// The suite itself broke.
    HarnessError,
    /// A known-failure file says that it fails, and it does not.
    UnexpectedPass,
    /// A required assertion does not hold; nobody is granted too much or too little by it.
    FailedOther,
    /// The page is denied what the policy grants.
    FailedUnderGrant,
    /// The page is handed what the policy withholds.
    FailedOverGrant,
}

impl Verdict {
    /// Every verdict, the gravest first.
    pub const ALL: [Self; 14] = [
        Self::FailedOverGrant,
        Self::FailedUnderGrant,
        Self::FailedOther,
        Self::UnexpectedPass,
        Self::HarnessError,
        Self::SetupError,
        Self::Flaky,
        Self::RecommendedMissed,
        Self::Known,
        Self::Observed,
        Self::Passed,
        Self::BlockedBy,
        Self::Skipped,
        Self::NotApplicable,
    ];

    /// Whether a required assertion does not hold.
    pub fn is_failure(self) -> bool {
        matches!(
            self,
            Self::FailedOther | Self::FailedUnderGrant | Self::FailedOverGrant
        )
    }

    /// Whether the vector could have been judged but something broke.
    pub fn is_error(self) -> bool {
        matches!(self, Self::Flaky | Self::SetupError | Self::HarnessError)
    }

    /// Whether the vector was judged at all; what was not is neither failed nor passed.
    pub fn is_judged(self) -> bool {
        let was_asked = !matches!(self, Self::NotApplicable | Self::Skipped | Self::BlockedBy);
        was_asked && !self.is_error()
    }

    /// A sign that tells the verdicts apart without colour.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::FailedOverGrant => "▲",
            Self::FailedUnderGrant => "▼",
            Self::FailedOther => "✕",
            Self::UnexpectedPass => "↺",
            Self::HarnessError | Self::SetupError => "!",
            Self::Flaky => "~",
            Self::RecommendedMissed => "△",
            Self::Known => "≈",
            Self::Observed => "○",
            Self::Passed => "✓",
            Self::BlockedBy => "⊘",
            Self::Skipped => "»",
            Self::NotApplicable => "–",
        }
    }

    /// The verdict in files: as serde writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::FailedOverGrant => "failed-over-grant",
            Self::FailedUnderGrant => "failed-under-grant",
            Self::FailedOther => "failed-other",
            Self::UnexpectedPass => "unexpected-pass",
            Self::HarnessError => "harness-error",
            Self::SetupError => "setup-error",
            Self::Flaky => "flaky",
            Self::RecommendedMissed => "recommended-missed",
            Self::Known => "known",
            Self::Observed => "observed",
            Self::Passed => "passed",
            Self::BlockedBy => "blocked-by",
            Self::Skipped => "skipped",
            Self::NotApplicable => "not-applicable",
        }
    }

    /// The verdict in words for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::FailedOverGrant => "over-grant",
            Self::FailedUnderGrant => "under-grant",
            Self::FailedOther => "failed",
            Self::UnexpectedPass => "unexpected pass",
            Self::HarnessError => "harness error",
            Self::SetupError => "set-up error",
            Self::Flaky => "flaky",
            Self::RecommendedMissed => "advice missed",
            Self::Known => "known failure",
            Self::Observed => "observed",
            Self::Passed => "passed",
            Self::BlockedBy => "blocked",
            Self::Skipped => "skipped",
            Self::NotApplicable => "not applicable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The verdict on a leg that ran: the worst effect among required mismatches, else the strongest
/// kind.
pub fn judge(mismatches: &[Mismatch]) -> Verdict {
    let of = |mismatch: &Mismatch| match (mismatch.kind, mismatch.effect) {
        (Kind::Required, Effect::OverGrant) => Verdict::FailedOverGrant,
        (Kind::Required, Effect::UnderGrant) => Verdict::FailedUnderGrant,
        (Kind::Required, Effect::Other) => Verdict::FailedOther,
        (Kind::Recommended, _) => Verdict::RecommendedMissed,
        (Kind::Survey, _) => Verdict::Observed,
    };
    mismatches.iter().map(of).max().unwrap_or(Verdict::Passed)
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::vector::Kind::{self, Recommended, Required, Survey};
    use rstest::rstest;

    use super::{Verdict, judge};
    use crate::mismatch::{
        Effect::{self, Other, OverGrant, UnderGrant},
        Mismatch,
    };

    fn mismatch((kind, effect): (Kind, Effect)) -> Mismatch {
        Mismatch {
            step: 0,
            field: "outcome".to_owned(),
            expected: String::new(),
            observed: String::new(),
            effect,
            kind,
        }
    }

    #[rstest]
    #[case::nothing(&[], Verdict::Passed)]
    #[case::survey_only(&[(Survey, OverGrant)], Verdict::Observed)]
    #[case::advice(&[(Survey, OverGrant), (Recommended, Other)], Verdict::RecommendedMissed)]
    #[case::advice_is_never_a_grant(&[(Recommended, OverGrant)], Verdict::RecommendedMissed)]
    #[case::required(&[(Recommended, OverGrant), (Required, Other)], Verdict::FailedOther)]
    #[case::outage(&[(Required, UnderGrant), (Required, Other)], Verdict::FailedUnderGrant)]
    #[case::theft(&[(Required, UnderGrant), (Required, OverGrant)], Verdict::FailedOverGrant)]
    fn the_worst_effect_of_the_strongest_kind_decides(
        #[case] mismatches: &[(Kind, Effect)],
        #[case] verdict: Verdict,
    ) {
        let mismatches: Vec<_> = mismatches.iter().copied().map(mismatch).collect();
        assert_eq!(judge(&mismatches), verdict);
    }

    #[test]
    fn words_are_what_serde_writes_and_all_is_ordered() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.word());
        }
        assert!(Verdict::ALL.is_sorted_by(|a, b| a > b));
    }
}
