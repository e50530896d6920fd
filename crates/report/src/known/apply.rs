//! Turning failures that are known into known failures, and finding entries that are out of date.

use crosscheck_vectors::vector::{Kind, VectorId};

use super::{Date, KnownEntry, KnownFile};
use crate::{
    overview::VectorVerdict,
    printable::clip,
    results::{LegResult, StaleEntry},
    verdict::{LegVerdict, Verdict},
};

/// Applies known failures to a run and returns the entries that are out of date.
///
/// A leg whose failures are all excused becomes [`Verdict::Known`]; so does one that only misses
/// advice, if that is all excused. An entry is out of date if its last day was before `today`, if it
/// fits no vector, or if a vector that it fits was judged and no leg of it fails in that way; a leg
/// of such a vector that passed becomes [`Verdict::UnexpectedPass`]. `unselected` are the vectors
/// left out of this run: an entry for those is not out of date.
pub fn apply(
    files: &[KnownFile],
    vectors: &mut [VectorVerdict],
    unselected: &[VectorId],
    today: &Date,
) -> Vec<StaleEntry> {
    let entries = files
        .iter()
        .flat_map(|file| file.entries.iter().map(move |entry| (file, entry)));
    let mut stale = Vec::new();
    let mut valid = Vec::new();
    let mut unneeded = Vec::new();
    for (file, entry) in entries {
        let problem = match &entry.expires {
            Some(day) if day < today => Some(format!("it was only good until {day}")),
            _ => {
                valid.push(entry);
                problem(entry, vectors, unselected, &mut unneeded)
            }
        };
        stale.extend(problem.map(|problem| StaleEntry {
            file: file.file.clone(),
            id: entry.id.to_string(),
            assertion: entry.assertion.to_string(),
            problem,
        }));
    }
    for vector in vectors {
        for leg in &mut vector.legs {
            excuse(&valid, &vector.id, leg);
            let is_unneeded = unneeded
                .iter()
                .any(|(id, entry)| *id == vector.id && entry.is_about(leg.leg));
            if is_unneeded && matches!(leg.verdict, Verdict::Passed | Verdict::Observed) {
                leg.verdict = Verdict::UnexpectedPass;
                leg.note = Some("a known-failure entry says that this fails".to_owned());
            }
        }
        vector.settle();
    }
    stale
}

/// Whether every required mismatch of `result` is excused by an entry of `files`, out of date or not.
pub fn is_known(files: &[KnownFile], id: &VectorId, result: &LegResult) -> bool {
    let entries = || files.iter().flat_map(|file| &file.entries);
    let mut required = result
        .mismatches
        .iter()
        .filter(|mismatch| mismatch.kind == Kind::Required);
    required.all(|mismatch| {
        entries().any(|entry| entry.id.matches(id.as_str()) && entry.excuses(result.leg, mismatch))
    })
}

/// What is out of date about `entry`; notes every vector that no longer needs it.
fn problem<'a>(
    entry: &'a KnownEntry,
    vectors: &[VectorVerdict],
    unselected: &[VectorId],
    unneeded: &mut Vec<(VectorId, &'a KnownEntry)>,
) -> Option<String> {
    let fits = |id: &VectorId| entry.id.matches(id.as_str());
    let mut fitting = vectors.iter().filter(|vector| fits(&vector.id)).peekable();
    if fitting.peek().is_none() {
        let fits_unselected = unselected.iter().any(fits);
        return (!fits_unselected).then(|| "it fits no vector".to_owned());
    }
    let passing: Vec<_> = fitting
        .filter(|vector| {
            let mut legs = vector
                .legs
                .iter()
                .filter(|leg| entry.is_about(leg.leg) && leg.verdict.is_judged())
                .peekable();
            let fails = |leg: &LegVerdict| leg.mismatches.iter().any(|m| entry.excuses(leg.leg, m));
            legs.peek().is_some() && !legs.any(fails)
        })
        .map(|vector| &vector.id)
        .collect();
    unneeded.extend(passing.iter().map(|&id| (id.clone(), entry)));
    let ids: Vec<_> = passing.iter().map(|id| id.as_str()).collect();
    (!ids.is_empty()).then(|| clip(&format!("no longer fails so: {}", ids.join(", ")), 300))
}

/// Makes `leg` a known failure if `entries` explain it.
fn excuse(entries: &[&KnownEntry], id: &VectorId, leg: &mut LegVerdict) {
    let weighing = if leg.verdict.is_failure() {
        Kind::Required
    } else if leg.verdict == Verdict::RecommendedMissed {
        Kind::Recommended
    } else {
        return;
    };
    let excuses: Option<Vec<_>> = leg
        .mismatches
        .iter()
        .filter(|mismatch| mismatch.kind == weighing)
        .map(|mismatch| {
            let mut fitting = entries.iter().filter(|entry| entry.id.matches(id.as_str()));
            fitting.find(|entry| entry.excuses(leg.leg, mismatch))
        })
        .collect();
    if let Some(entry) = excuses.as_deref().and_then(<[_]>::first) {
        leg.verdict = Verdict::Known;
        leg.note = Some(entry.note());
    }
}
