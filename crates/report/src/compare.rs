//! What changed since another run.

use std::collections::BTreeMap;

use crosscheck_vectors::vector::VectorId;
use serde::{Deserialize, Serialize};

use crate::{
    overview::Overview,
    printable::clip,
    results::{LegIdentity, Subject},
    verdict::Verdict,
    words::counted,
};

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

/// What else than verdicts differs between two runs, so that what changed need not be the subject's doing:
/// what was judged, by which engines, under which policies and by which vectors.
pub fn differences(previous: &Overview, current: &Overview) -> Vec<String> {
    let mut found = of_subject(&previous.subject, &current.subject);
    if previous.suite != current.suite {
        found.push(then_and_now("the suite", &previous.suite, &current.suite));
    }
    found.extend(of_legs(&previous.legs, &current.legs));
    let after: BTreeMap<_, _> = current
        .vectors
        .iter()
        .map(|vector| (&vector.id, vector))
        .collect();
    let both = || {
        let before = previous.vectors.iter();
        before.filter_map(|before| Some((before, *after.get(&before.id)?)))
    };
    let policies = both().filter(|(before, after)| before.policy != after.policy);
    let said = both().filter(|(before, after)| before.said != after.said);
    match (policies.count(), said.count()) {
        (0, 0) => {}
        (0, 1) => found.push("what 1 vector says".to_owned()),
        (0, said) => found.push(format!("what {said} vectors say")),
        (policies, _) => found.push(format!(
            "the policy of {}",
            counted(policies, "vector", "vectors")
        )),
    }
    found
}

fn of_subject(then: &Subject, now: &Subject) -> Vec<String> {
    let or_none = |text: Option<&str>| {
        text.filter(|text| !text.is_empty())
            .unwrap_or("none")
            .to_owned()
    };
    let values = |subject: &Subject| {
        [
            (
                "the subject",
                format!("{} {}", subject.name, subject.version),
            ),
            ("the fault", or_none(subject.fault.as_deref())),
            ("the layers", or_none(Some(&subject.layers.join(", ")))),
            ("the adapter", or_none(subject.adapter_path.as_deref())),
            ("the options", or_none(Some(&subject.flags.join(", ")))),
            (
                "the private headers",
                or_none(subject.has_private_headers.then_some("some")),
            ),
        ]
    };
    let pairs = values(then).into_iter().zip(values(now));
    let differing = pairs.filter(|((_, then), (_, now))| then != now);
    differing
        .map(|((what, then), (_, now))| then_and_now(what, &then, &now))
        .collect()
}

/// A run that was interrupted names no legs, and so differs in none.
fn of_legs(then: &[LegIdentity], now: &[LegIdentity]) -> Vec<String> {
    if then.is_empty() || now.is_empty() {
        return Vec::new();
    }
    let words = |legs: &[LegIdentity]| {
        let words: Vec<_> = legs.iter().map(|leg| leg.leg.word()).collect();
        words.join(" and ")
    };
    let mut found = Vec::new();
    if words(then) != words(now) {
        found.push(then_and_now("the legs", &words(then), &words(now)));
    }
    for leg in then {
        let same = now.iter().find(|other| other.leg == leg.leg);
        found.extend(
            same.filter(|now| now.engine != leg.engine)
                .map(|now| then_and_now("the engine", &leg.engine, &now.engine)),
        );
    }
    found
}

fn then_and_now(what: &str, then: &str, now: &str) -> String {
    format!("{what} ({} then, {} now)", clip(then, 80), clip(now, 80))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Change, Changes, compare, differences};
    use crate::{
        fixture::{overview, run, vector},
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

    #[test]
    fn equal_runs_differ_in_nothing() {
        assert_eq!(differences(&overview(), &overview()), [""; 0]);
    }

    #[rstest]
    #[case::subject(|run: &mut Overview| run.subject.name = "other".to_owned(), "the subject (")]
    #[case::fault(|run: &mut Overview| run.subject.fault = Some("slow".to_owned()), "the fault (")]
    #[case::layers(|run: &mut Overview| run.subject.layers = vec!["policy".to_owned()], "the layers (none then, policy now)")]
    #[case::options(|run: &mut Overview| run.subject.flags = vec!["insecure".to_owned()], "the options (none then, insecure now)")]
    #[case::private(|run: &mut Overview| run.subject.has_private_headers = true, "the private headers (none then, some now)")]
    #[case::suite(|run: &mut Overview| run.suite = "9".to_owned(), "the suite (")]
    #[case::legs(|run: &mut Overview| run.legs.truncate(1), "the legs (")]
    #[case::engine(|run: &mut Overview| run.legs[0].engine = "HTTP/9".to_owned(), "HTTP/9 now)")]
    #[case::policy(|run: &mut Overview| run.vectors[0].policy = Some(9), "the policy of 1 vector")]
    #[case::vectors(|run: &mut Overview| run.vectors[0].said ^= 1, "what 1 vector says")]
    fn what_differs_is_named(#[case] change: fn(&mut Overview), #[case] named: &str) {
        let mut now = overview();
        change(&mut now);
        let found = differences(&overview(), &now);
        let [found] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert!(found.contains(named), "{found}");
    }
}
