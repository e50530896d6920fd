//! Vectors that differ in the same way, put together.

use std::{cmp::Reverse, collections::BTreeSet};

use crate::{
    difference::{differences, spoken},
    headline::is_finding,
    observation::Leg,
    results::VectorResult,
    verdict::{Owner, Verdict},
};

/// Vectors that differ in the same way, sorted by id; at least one.
#[derive(Clone, Debug)]
pub(crate) struct Group<'a> {
    /// The first of them.
    pub(crate) first: &'a VectorResult,
    /// The others.
    pub(crate) others: Vec<&'a VectorResult>,
}

impl<'a> Group<'a> {
    /// All of them.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = &'a VectorResult> {
        [self.first].into_iter().chain(self.others.iter().copied())
    }

    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        1 + self.others.len()
    }

    /// The weakness classes that they point to.
    pub(crate) fn flags(&self) -> BTreeSet<&'a str> {
        let flags = self.vectors().flat_map(|vector| &vector.vector.flags);
        flags.map(String::as_str).collect()
    }
}

/// How a vector differs, whatever its steps.
#[derive(Debug, PartialEq, Eq)]
struct Manner<'a> {
    verdict: Verdict,
    owner: Owner,
    differences: Vec<(String, &'a str, &'a str, Vec<Leg>)>,
    notes: Vec<(Leg, &'a str)>,
}

impl<'a> Manner<'a> {
    fn of(vector: &'a VectorResult) -> Self {
        let mut differing: Vec<_> = differences(vector)
            .into_iter()
            .map(|difference| {
                let mismatch = difference.mismatch;
                let field = spoken(&mismatch.field);
                let (expected, observed) = (&*mismatch.expected, &*mismatch.observed);
                (field, expected, observed, difference.legs)
            })
            .collect();
        // The same in two steps is the same.
        differing.dedup();
        let findings = vector.legs.iter().filter(|leg| is_finding(leg.verdict));
        Self {
            verdict: vector.verdict,
            owner: vector.owner,
            differences: differing,
            notes: findings
                .filter_map(|leg| Some((leg.leg, leg.note.as_deref()?)))
                .collect(),
        }
    }
}

/// Puts those of `findings` together that differ in the same way: the gravest first, then the
/// largest group.
pub(crate) fn groups<'a>(findings: &[&'a VectorResult]) -> Vec<Group<'a>> {
    let mut groups: Vec<(Manner<'a>, Group<'a>)> = Vec::new();
    for vector in findings.iter().copied() {
        let manner = Manner::of(vector);
        match groups.iter_mut().find(|(known, _)| *known == manner) {
            Some((_, group)) => group.others.push(vector),
            None => {
                let group = Group {
                    first: vector,
                    others: Vec::new(),
                };
                groups.push((manner, group));
            }
        }
    }
    groups.sort_by_key(|(manner, group)| Reverse((manner.verdict, group.len())));
    groups.into_iter().map(|(_, group)| group).collect()
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::{expect::ExpectedOutcome::Readable, vector::Kind};

    use super::groups;
    use crate::{
        diff::Effect::{Other, OverGrant},
        fixture::{leg, mismatch, vector},
        observation::Leg,
        results::VectorResult,
    };

    fn failing(id: &str, field: &str, effect: crate::diff::Effect) -> VectorResult {
        let wrong = vec![mismatch(field, Kind::Required, effect)];
        let legs = vec![leg(Leg::Wire, Readable, wrong)];
        vector(id, legs)
    }

    #[test]
    fn vectors_that_fail_alike_are_told_together() {
        let mut in_a_later_step = failing("a/b/f", "outcome", OverGrant);
        in_a_later_step.legs[0].mismatches[0].step = 2;
        in_a_later_step.vector.flags = vec!["leak".to_owned()];
        let all = [
            failing("a/b/c", "status", Other),
            failing("a/b/d", "body", OverGrant),
            failing("a/b/e", "outcome", OverGrant),
            in_a_later_step,
        ];
        let all: Vec<_> = all.iter().collect();
        let groups = groups(&all);
        let ids: Vec<Vec<_>> = groups
            .iter()
            .map(|group| group.vectors().map(|vector| vector.id.as_str()).collect())
            .collect();
        assert_eq!(
            ids,
            [vec!["a/b/e", "a/b/f"], vec!["a/b/d"], vec!["a/b/c"]]
        );
        assert_eq!(groups[0].flags().into_iter().collect::<Vec<_>>(), ["leak"]);
        assert_eq!(groups[0].len(), 2);
    }
}
