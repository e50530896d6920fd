//! Vectors that an implementation fails in the same way, put together.

use std::collections::BTreeSet;

use super::differs::bare;
use crate::{
    group::together,
    implementation::{Found, FoundLeg},
};

/// Vectors that differ in the same fields on the same legs, for the same reason if one is known.
#[derive(Debug)]
pub(super) struct Alike<'a> {
    /// The one with the shortest evidence, which stands for all.
    pub(super) shown: &'a Found,
    /// The others, sorted by id.
    pub(super) others: Vec<&'a Found>,
}

/// Why a vector came to its verdict, if that is known.
pub(super) fn reason(found: &Found) -> Option<&str> {
    let mut deciding = found.legs.iter().filter(|leg| leg.verdict == found.verdict);
    deciding.find_map(|leg| leg.note.as_deref())
}

/// Puts those of `found` together that are alike: the gravest first, then the most.
pub(super) fn alike(found: &[Found]) -> Vec<Alike<'_>> {
    let groups = together(found, |found| (found.verdict, manner(found)));
    groups.into_iter().filter_map(shortest_first).collect()
}

/// How a vector differs, whatever its steps and the values.
fn manner<'a>(found: &'a Found) -> impl PartialEq {
    let fields = |leg: &'a FoundLeg| -> BTreeSet<&'a str> {
        let fields = leg.differences.iter().map(|found| bare(&found.field));
        fields.collect()
    };
    let legs = found.legs.iter();
    let legs: Vec<_> = legs
        .map(|leg| (leg.leg, leg.verdict, fields(leg)))
        .collect();
    (reason(found), legs)
}

/// The one with the shortest evidence, and the others; none if there are none.
fn shortest_first(mut group: Vec<&Found>) -> Option<Alike<'_>> {
    let length = |found: &Found| -> (usize, usize) {
        let exchanges = found.legs.iter().map(|leg| leg.exchanges.len());
        let differences = found.legs.iter().map(|leg| leg.differences.len());
        (exchanges.sum(), differences.sum())
    };
    let by_length = group
        .iter()
        .enumerate()
        .min_by_key(|(_, found)| length(found));
    let shortest = by_length?.0;
    Some(Alike {
        shown: group.remove(shortest),
        others: group,
    })
}

#[cfg(test)]
mod tests {
    use super::{Alike, alike};
    use crate::{
        fixture::{found, found_leg},
        implementation::Found,
        leg::Leg,
        verdict::Verdict::{self, FailedOverGrant, FailedUnderGrant},
    };

    fn failing(id: &str, verdict: Verdict, field: &str) -> Found {
        let leg = found_leg(Leg::Wire, verdict, &[[field, "this", "that"]]);
        found(id, verdict, vec![leg])
    }

    fn ids<'a>(group: &Alike<'a>) -> Vec<&'a str> {
        let all = [group.shown]
            .into_iter()
            .chain(group.others.iter().copied());
        all.map(|found| found.id.as_str()).collect()
    }

    #[test]
    fn what_fails_alike_is_together_and_the_gravest_first() {
        let mut other_value = failing("a/b/e", FailedUnderGrant, "outcome");
        other_value.legs[0].differences[0].observed = "another".to_owned();
        let mut on_both = failing("a/b/h", FailedUnderGrant, "outcome");
        on_both.legs.push(on_both.legs[0].clone());
        let found = [
            failing("a/b/c", FailedUnderGrant, "status"),
            failing("a/b/d", FailedUnderGrant, "outcome"),
            other_value,
            failing("a/b/f", FailedUnderGrant, "step 2, outcome"),
            failing("a/b/g", FailedOverGrant, "outcome"),
            on_both,
        ];
        let groups: Vec<_> = alike(&found).iter().map(ids).collect();
        assert_eq!(
            groups,
            [
                vec!["a/b/g"],
                vec!["a/b/d", "a/b/e", "a/b/f"],
                vec!["a/b/c"],
                vec!["a/b/h"],
            ]
        );
    }

    #[test]
    fn another_reason_is_another_group() {
        let mut found = [
            failing("a/b/c", FailedUnderGrant, "status"),
            failing("a/b/d", FailedUnderGrant, "status"),
        ];
        found[1].legs[0].note = Some("It is old.".to_owned());
        assert_eq!(alike(&found).len(), 2);
        found[0].legs[0].note = Some("It is old.".to_owned());
        assert_eq!(alike(&found).len(), 1);
    }

    #[test]
    fn the_shortest_evidence_stands_for_all() {
        let mut found = [
            failing("a/b/c", FailedUnderGrant, "status"),
            failing("a/b/d", FailedUnderGrant, "status"),
            failing("a/b/e", FailedUnderGrant, "status"),
        ];
        for (found, n) in found.iter_mut().zip([3, 1, 2]) {
            found.legs[0].exchanges = vec!["GET /".to_owned(); n];
        }
        let groups = alike(&found);
        assert_eq!(ids(&groups[0]), ["a/b/d", "a/b/c", "a/b/e"]);
    }
}
