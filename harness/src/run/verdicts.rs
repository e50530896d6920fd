//! What a run came to, once everything is replayed.

use crosscheck_replay::{agree::prediction, case::Case, judge::unjudged};
use crosscheck_report::{
    known::{self, Date},
    leg::Leg,
    overview::{Overview, VectorVerdict},
    results::VectorResult,
    verdict::{LegVerdict, Verdict},
};

use super::Config;
use crate::{
    process::clock,
    run::ledger::{Ledger, LedgerError},
};

/// The verdicts on `cases`; what a leg did not come to is skipped.
pub(super) fn collect(cases: &[Case], legs: &[Leg], ledger: &Ledger) -> Vec<VectorVerdict> {
    let of_case = |case: &Case| {
        let of_leg = |&leg: &Leg| {
            let found = ledger.verdict(&case.id, leg).cloned();
            found.unwrap_or_else(|| {
                let why = "the run was interrupted";
                LegVerdict::from(&unjudged(leg, Verdict::Skipped, why))
            })
        };
        let legs = legs.iter().map(of_leg).collect();
        VectorVerdict::new(case.id.clone(), &case.vector, case.policy.as_deref(), legs)
    };
    let mut vectors: Vec<_> = cases.iter().map(of_case).collect();
    block(&mut vectors);
    vectors
}

/// A vector whose precondition failed says nothing.
fn block(vectors: &mut [VectorVerdict]) {
    let failed: Vec<_> = vectors
        .iter()
        .flat_map(|vector| {
            vector
                .legs
                .iter()
                .map(move |leg| (vector.id.clone(), leg.leg, leg.verdict))
        })
        .filter(|(_, _, verdict)| verdict.is_failure() || verdict.is_error())
        .map(|(id, leg, _)| (id, leg))
        .collect();
    for vector in vectors {
        for leg in &mut vector.legs {
            let needed = &vector.depends_on;
            let blocked_by = needed
                .iter()
                .find(|id| failed.contains(&((*id).clone(), leg.leg)));
            if let Some(id) = blocked_by.filter(|_| leg.verdict.is_judged()) {
                leg.verdict = Verdict::BlockedBy;
                leg.note = Some(format!(
                    "`{id}` failed, and without it this one says nothing"
                ));
            }
        }
        vector.settle();
    }
}

/// Turns known failures into known ones.
pub(super) fn excuse(overview: &mut Overview, config: &Config, legs: &[Leg]) {
    let ran: Vec<_> = overview.vectors.iter().map(|vector| &vector.id).collect();
    let unselected: Vec<_> = config
        .suite
        .vectors
        .keys()
        .filter(|id| ran.binary_search(id).is_err())
        .cloned()
        .collect();
    let mut files = config.known.clone();
    for file in &mut files {
        // An entry about a leg that takes no part cannot be out of date.
        file.entries
            .retain(|entry| entry.leg.is_none_or(|leg| legs.contains(&leg)));
    }
    let today = Date::parse(&clock::today()).expect("the clock writes dates");
    overview.stale = known::apply(&files, &mut overview.vectors, &unselected, &today);
}

/// The whole results that `verdicts` are of, one at a time: with what was replayed of `cases`, and what
/// was predicted of the same cases for a `sane` server.
pub(super) fn whole<'a>(
    verdicts: &'a [VectorVerdict],
    cases: &'a [Case],
    sane: &'a [Case],
    ledger: &'a Ledger,
) -> impl Iterator<Item = Result<VectorResult, LedgerError>> {
    let whole = |((verdict, case), sane): ((&VectorVerdict, &Case), &Case)| {
        let of_leg = |leg: &LegVerdict| {
            let seen = ledger.observations(&case.id, leg.leg);
            seen.map(|seen| leg.with(seen))
        };
        Ok(VectorResult {
            id: case.id.clone(),
            vector: (*case.vector).clone(),
            policy: case.policy.as_deref().cloned(),
            predicted: prediction(sane),
            legs: verdict.legs.iter().map(of_leg).collect::<Result<_, _>>()?,
            owner: verdict.owner,
            verdict: verdict.verdict,
        })
    };
    verdicts.iter().zip(cases).zip(sane).map(whole)
}
