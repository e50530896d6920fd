//! Vectors that differ in the same way, put together.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    difference::{Difference, differences, spoken},
    headline::is_finding,
    overview::VectorVerdict,
    verdict::Verdict,
};

/// Vectors that differ in the same way, sorted by id; at least one.
#[derive(Clone, Debug)]
pub(crate) struct Group<'a> {
    /// The first of them.
    pub(crate) first: &'a VectorVerdict,
    /// The others.
    pub(crate) others: Vec<&'a VectorVerdict>,
    /// Whether they differ by the same values.
    pub(crate) is_uniform: bool,
}

impl<'a> Group<'a> {
    /// All of them.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = &'a VectorVerdict> {
        [self.first].into_iter().chain(self.others.iter().copied())
    }

    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        1 + self.others.len()
    }

    /// The weakness classes that they point to, the most frequent first.
    pub(crate) fn flags(&self) -> Vec<&'a str> {
        let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
        for flag in self.vectors().flat_map(VectorVerdict::points_to) {
            *counted.entry(flag).or_default() += 1;
        }
        let mut flags: Vec<_> = counted.into_iter().collect();
        flags.sort_by_key(|(_, n)| Reverse(*n));
        flags.into_iter().map(|(flag, _)| flag).collect()
    }
}

/// Puts those of `findings` together that differ in the same way: the gravest first, then the
/// largest group.
pub(crate) fn groups<'a>(findings: &[&'a VectorVerdict]) -> Vec<Group<'a>> {
    let group = |vectors: Vec<&'a VectorVerdict>| {
        let (first, others) = vectors.split_first()?;
        let known = values(first);
        Some(Group {
            first,
            others: others.to_vec(),
            is_uniform: others.iter().all(|other| values(other) == known),
        })
    };
    let vectors = findings.iter().copied();
    let groups = together(vectors, |vector| (vector.verdict, manner(vector)));
    groups.into_iter().filter_map(group).collect()
}

/// Puts those of `items` together that have the same verdict and the same manner: the gravest first,
/// then the largest group; in a group they stand as they came.
pub(crate) fn together<T, M: PartialEq>(
    items: impl IntoIterator<Item = T>,
    of: impl Fn(&T) -> (Verdict, M),
) -> Vec<Vec<T>> {
    let mut groups: Vec<((Verdict, M), Vec<T>)> = Vec::new();
    for item in items {
        let manner = of(&item);
        match groups.iter_mut().find(|(known, _)| *known == manner) {
            Some((_, group)) => group.push(item),
            None => groups.push((manner, vec![item])),
        }
    }
    groups.sort_by_key(|((verdict, _), group)| Reverse((*verdict, group.len())));
    groups.into_iter().map(|(_, group)| group).collect()
}

/// How a vector differs, whatever its steps and the values.
fn manner(vector: &VectorVerdict) -> impl PartialEq {
    let field = |found: Difference<'_>| (spoken(&found.mismatch.field), found.legs);
    let mut fields: Vec<_> = differences(vector).into_iter().map(field).collect();
    // The same in two steps is the same.
    fields.dedup();
    let findings = vector.legs.iter().filter(|leg| is_finding(leg.verdict));
    let notes: Vec<_> = findings
        .filter_map(|leg| Some((leg.leg, leg.note.as_deref()?)))
        .collect();
    (vector.owner, fields, notes)
}

/// What was expected and what was observed.
fn values(vector: &VectorVerdict) -> BTreeSet<(&str, &str)> {
    let mismatches = differences(vector).into_iter().map(|found| found.mismatch);
    mismatches
        .map(|found| (found.expected.as_str(), found.observed.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::{expect::StepOutcome::Readable, vector::Kind};

    use super::groups;
    use crate::{
        fixture::{leg, mismatch, vector},
        leg::Leg,
        mismatch::Effect::{self, Other, OverGrant},
        overview::VectorVerdict,
    };

    fn failing(id: &str, field: &str, effect: Effect) -> VectorVerdict {
        let wrong = vec![mismatch(field, Kind::Required, effect)];
        let legs = vec![leg(Leg::Wire, Readable, wrong)];
        vector(id, legs)
    }

    #[test]
    fn vectors_that_fail_alike_are_told_together() {
        let mut in_a_later_step = failing("a/b/f", "outcome", OverGrant);
        in_a_later_step.legs[0].mismatches[0].step = 2;
        in_a_later_step.flags = vec!["leak".to_owned()];
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
        assert_eq!(ids, [vec!["a/b/e", "a/b/f"], vec!["a/b/d"], vec!["a/b/c"]]);
        assert_eq!(groups[0].flags(), ["leak"]);
        assert!(groups[0].is_uniform);
        assert_eq!(groups[0].len(), 2);
    }

    #[test]
    fn a_group_knows_whether_the_values_are_the_same() {
        let mut other = failing("a/b/d", "status", Other);
        other.legs[0].mismatches[0].observed = "something else".to_owned();
        let all = [failing("a/b/c", "status", Other), other];
        let all: Vec<_> = all.iter().collect();
        let groups = groups(&all);
        assert_eq!(groups.len(), 1);
        assert!(!groups[0].is_uniform);
    }

    #[test]
    fn who_hangs_up_points_to_no_weakness() {
        let mut vector = failing("a/b/c", "outcome", Other);
        vector.flags = vec!["missing-on-error".to_owned()];
        assert_eq!(groups(&[&vector])[0].flags(), ["missing-on-error"]);
        let observed = &mut vector.legs[0].mismatches[0].observed;
        *observed =
            "network-error: the connection ended without an answer to the request".to_owned();
        assert!(groups(&[&vector])[0].flags().is_empty());
    }

    #[test]
    fn the_most_frequent_weakness_comes_first() {
        let mut all = [
            failing("a/b/c", "status", Other),
            failing("a/b/d", "status", Other),
        ];
        all[0].flags = vec!["leak".to_owned(), "null-origin".to_owned()];
        all[1].flags = vec!["null-origin".to_owned()];
        let all: Vec<_> = all.iter().collect();
        assert_eq!(groups(&all)[0].flags(), ["null-origin", "leak"]);
    }
}
