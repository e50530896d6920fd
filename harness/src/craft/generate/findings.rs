//! What of a run is worth making smaller.

use std::{cmp::Reverse, collections::BTreeMap};

use crosscheck_report::{
    leg::Leg,
    overview::{Overview, VectorVerdict},
    verdict::Verdict,
};
use crosscheck_vectors::vector::VectorId;

use super::{
    Law, Source, origin_of,
    shrink::{Minimal, Try, shrink},
};

/// How many ways to fail are told.
const MOST_FINDINGS: usize = 5;

/// How many vectors that fail in the same way are begun with, if the first do not fail by themselves.
const MOST_BEGINNINGS: usize = 3;

/// How many vectors are tried on the subject for all findings together.
const MOST_TRIALS: usize = 1000;

/// A way to fail, in its smallest form.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The vector.
    pub minimal: Minimal,
    /// Other laws that are broken in the same way.
    pub also: Vec<Law>,
}

impl Finding {
    /// Whether `other` says nothing more.
    fn says(&self, other: &Minimal) -> bool {
        let one = &self.minimal;
        let field = |minimal: &Minimal| {
            let first = minimal.result.mismatches.first();
            first.map(|mismatch| mismatch.field.clone())
        };
        one.result.verdict == other.result.verdict
            && one.vector.flags == other.vector.flags
            && field(one) == field(other)
    }
}

/// The smallest vectors for each way in which those that `source` made fail in a run, the gravest first.
///
/// `counts` says which verdicts are failures.
pub async fn findings(
    source: &Source,
    run: &Overview,
    counts: impl Fn(Verdict) -> bool,
    subject: &mut impl Try,
) -> Vec<Finding> {
    let mut ways: BTreeMap<(Reverse<Verdict>, Law), Vec<&VectorId>> = BTreeMap::new();
    for vector in run.vectors.iter().filter(|vector| counts(vector.verdict)) {
        if let Some((law, _)) = origin_of(&vector.id) {
            let way = (Reverse(on_the_wire(vector)), law);
            ways.entry(way).or_default().push(&vector.id);
        }
    }
    let mut found: Vec<Finding> = Vec::new();
    let mut n_tried = 0;
    for ((Reverse(verdict), law), ids) in ways {
        for id in ids.into_iter().take(MOST_BEGINNINGS) {
            if found.len() == MOST_FINDINGS || n_tried >= MOST_TRIALS {
                return found;
            }
            let Some(minimal) = shrink(source, id, verdict, subject).await else {
                n_tried += 1;
                continue;
            };
            n_tried += minimal.n_tried;
            match found.iter_mut().find(|known| known.says(&minimal)) {
                Some(known) => known.also.push(law),
                None => found.push(Finding {
                    minimal,
                    also: Vec::new(),
                }),
            }
            break;
        }
    }
    found
}

/// The verdict of the wire leg, which is the one that is tried again; of all if that took no part.
fn on_the_wire(vector: &VectorVerdict) -> Verdict {
    vector
        .leg(Leg::Wire)
        .map_or(vector.verdict, |leg| leg.verdict)
}
