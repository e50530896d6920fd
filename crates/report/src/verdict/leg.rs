//! The verdict of one leg.

use std::cmp::Reverse;

use crosscheck_vectors::expect::StepOutcome;

use super::Verdict;
use crate::{leg::Leg, mismatch::Mismatch};

/// What one leg made of one vector, without what it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegVerdict {
    /// The leg.
    pub leg: Leg,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why, if the verdict needs a reason.
    pub note: Option<String>,
    /// Where it differs from what was expected.
    pub mismatches: Vec<Mismatch>,
    /// How each step ended.
    pub outcomes: Vec<StepOutcome>,
}

impl LegVerdict {
    /// The gravest mismatch: required before recommended, over-grants before the rest.
    pub fn worst(&self) -> Option<&Mismatch> {
        self.mismatches
            .iter()
            .min_by_key(|mismatch| (mismatch.kind, Reverse(mismatch.effect)))
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::{expect::StepOutcome::Readable, vector::Kind};

    use crate::{
        fixture::{leg, mismatch},
        leg::Leg,
        mismatch::Effect::{Other, OverGrant},
    };

    #[test]
    fn the_worst_mismatch_is_required_before_it_is_an_over_grant() {
        let advice = mismatch("a", Kind::Recommended, OverGrant);
        let grammar = mismatch("b", Kind::Required, Other);
        let theft = mismatch("c", Kind::Required, OverGrant);
        let of = |mismatches| {
            leg(Leg::Wire, Readable, mismatches)
                .worst()
                .unwrap()
                .field
                .clone()
        };
        assert_eq!(of(vec![advice.clone(), grammar.clone()]), "b");
        assert_eq!(of(vec![advice, grammar, theft]), "c");
    }
}
