//! What changed since another run.

use std::collections::BTreeMap;

use crosscheck_vectors::vector::VectorId;
use serde::{Deserialize, Serialize};

use crate::{overview::Overview, verdict::Verdict};

/// What changed between two runs, each list sorted by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Vectors that fail now and did not, those included that are new.
    pub new_failures: Vec<Change>,
    /// Vectors that failed and were judged not to now.
    pub fixed: Vec<Change>,
    /// Vectors whose verdict is another, without being new failures or fixed.
    pub changed: Vec<Change>,
    /// Vectors that are only in the current run, and do not fail.
    pub new: Vec<Change>,
    /// Vectors that were only in the previous run.
    pub gone: Vec<Change>,
}

/// One vector that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The vector.
    pub id: VectorId,
    /// Its verdict in the previous run, if it was there.
    pub before: Option<Verdict>,
    /// Its verdict in the current run, if it is there.
    pub after: Option<Verdict>,
}

impl Changes {
    /// Whether both runs came to the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two runs vector by vector.
pub fn compare(previous: &Overview, current: &Overview) -> Changes {
    let verdicts = |results: &Overview| -> BTreeMap<VectorId, Verdict> {
        let pair = |vector: &crate::overview::VectorVerdict| (vector.id.clone(), vector.verdict);
        results.vectors.iter().map(pair).collect()
    };
    let (before, after) = (verdicts(previous), verdicts(current));
    let mut changes = Changes::default();
    for (id, &verdict) in &after {
        let change = Change {
            id: id.clone(),
            before: before.get(id).copied(),
            after: Some(verdict),
        };
        match change.before {
            Some(before) if before == verdict => {}
            Some(before) if before.is_failure() && verdict.is_failure() => {
                changes.changed.push(change);
            }
            _ if verdict.is_failure() => changes.new_failures.push(change),
            Some(before) if before.is_failure() && verdict.is_judged() => {
                changes.fixed.push(change);
            }
            Some(_) => changes.changed.push(change),
            None => changes.new.push(change),
        }
    }
    changes.gone = before
        .into_iter()
        .filter(|(id, _)| !after.contains_key(id))
        .map(|(id, verdict)| Change {
            id,
            before: Some(verdict),
            after: None,
        })
        .collect();
    changes
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Change, Changes, compare};
    use crate::{
        fixture::{run, vector},
        overview::{Overview, VectorVerdict},
        verdict::Verdict::{
            self, BlockedBy, FailedOther, FailedOverGrant, Known, Passed, RecommendedMissed,
        },
    };

    fn with(verdict: Option<Verdict>) -> Overview {
        let result = |verdict| VectorVerdict {
            verdict,
            ..vector("a/b/c", Vec::new())
        };
        run(verdict.map(result).into_iter().collect())
    }

    #[rstest]
    #[case::same(Some(FailedOther), Some(FailedOther), "")]
    #[case::broke(Some(Passed), Some(FailedOther), "new_failures")]
    #[case::new_and_broken(None, Some(FailedOther), "new_failures")]
    #[case::excuse_gone(Some(Known), Some(FailedOther), "new_failures")]
    #[case::mended(Some(FailedOther), Some(RecommendedMissed), "fixed")]
    #[case::not_judged_is_not_mended(Some(FailedOther), Some(BlockedBy), "changed")]
    #[case::worse(Some(FailedOther), Some(FailedOverGrant), "changed")]
    #[case::advice(Some(Passed), Some(RecommendedMissed), "changed")]
    #[case::new(None, Some(Passed), "new")]
    #[case::gone(Some(Passed), None, "gone")]
    fn each_change_is_of_one_sort(
        #[case] before: Option<Verdict>,
        #[case] after: Option<Verdict>,
        #[case] sort: &str,
    ) {
        let changes = compare(&with(before), &with(after));
        let Changes {
            new_failures,
            fixed,
            changed,
            new,
            gone,
        } = &changes;
        let sorts = [
            ("new_failures", new_failures),
            ("fixed", fixed),
            ("changed", changed),
            ("new", new),
            ("gone", gone),
        ];
        assert_eq!(changes.is_empty(), sort.is_empty());
        for (name, list) in sorts {
            let expected = (name == sort).then(|| Change {
                id: vector("a/b/c", Vec::new()).id,
                before,
                after,
            });
            assert_eq!(list.as_slice(), expected.as_slice(), "{name}");
        }
    }
}
