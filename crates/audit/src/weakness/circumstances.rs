//! What the rest of the judgement rests on.

use crosscheck_oracle::Origin;
use crosscheck_replay::target::unusual;

use super::Judgement;
use crate::{
    learn::{Asked, Learnt},
    sender::{Sender, Sharing},
};

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    resource(learnt, judgement);
    nobody(learnt, judgement);
    failing(learnt, judgement);
    null_to_nobody(learnt, judgement);
    if let Some(why) = &learnt.deaf {
        let seen = format!("preflights are not answered ({why}), so only simple requests work");
        judgement.note("preflight-not-answered", seen, &[]);
    }
    if learnt.left_out {
        let seen = "near misses of further trusted origins were left out, for the limit of requests; `--max-requests` allows more";
        judgement.note(None, seen, &[]);
    }
    if learnt.behind_cache {
        let seen = "a cache that does not tell origins apart stands before it; the questions had queries of their own to get past it";
        judgement.note("cache-poisoning", seen, &learnt.baseline);
    }
}

/// Whether it is the resource that was meant.
fn resource(learnt: &Learnt, judgement: &mut Judgement) {
    if let Some(place) = learnt.baseline.first().copied()
        && let Some(why) = learnt.answer(place).and_then(unusual)
    {
        judgement.note(None, why, &[place]);
    }
}

/// Near misses of an origin that is not trusted prove nothing.
fn nobody(learnt: &Learnt, judgement: &mut Judgement) {
    if learnt.best_share() > Sharing::Withheld {
        return;
    }
    let asked: Vec<_> = learnt
        .candidates
        .iter()
        .filter(|asked| is_secure_page(asked))
        .collect();
    let places: Vec<_> = asked.iter().map(|asked| asked.at).collect();
    let mut names: Vec<_> = asked
        .iter()
        .filter_map(|asked| asked.sender.origin())
        .map(|origin| format!("`{origin}`"))
        .collect();
    // The best one was asked twice.
    let mut told = std::collections::BTreeSet::new();
    names.retain(|name| told.insert(name.clone()));
    let tried = match names.as_slice() {
        [] => "no origin that was tried may read".to_owned(),
        names => format!("{} may not read", names.join(", ")),
    };
    let seen = format!(
        "{tried}; if any page may, name its origin with `--origin`: near misses of other names prove nothing"
    );
    judgement.note(None, seen, &places);
}

fn is_secure_page(asked: &Asked) -> bool {
    let local = "http://localhost:3000";
    matches!(&asked.sender, Sender::Page(Origin::Tuple(_))) && asked.sender.origin() != Some(local)
}

/// Who has no origin is no page of the opaque one.
fn null_to_nobody(learnt: &Learnt, judgement: &mut Judgement) {
    let names_null = |at: &usize| {
        let answer = learnt.answer(*at);
        answer.is_some_and(|answer| {
            answer.headers.get("access-control-allow-origin").as_deref() == Some(b"null")
        })
    };
    if let Some(at) = learnt.baseline.iter().copied().find(names_null) {
        let seen = "a request without `Origin` is answered as if it had been `null`, which any site can make its own";
        judgement.note("null-origin", seen, &[at]);
    }
}

/// A foreign origin is to be refused, not to be stumbled over.
fn failing(learnt: &Learnt, judgement: &mut Judgement) {
    let status = |at| learnt.answer(at).map_or(0, |answer| answer.status);
    let usual = learnt.baseline.first().copied().map_or(0, status);
    let foreign = learnt.strangers.iter().chain(&learnt.null);
    let failing = foreign.map(|asked| asked.at).find(|at| status(*at) >= 500);
    if let Some(at) = failing
        && (200..500).contains(&usual)
    {
        let seen = format!(
            "an origin that is not trusted makes it fail, with {}",
            status(at)
        );
        judgement.note("origin-breaks-request", seen, &[at]);
    }
    let trusted = learnt.trusted_ask().map_or(0, |asked| status(asked.at));
    if usual >= 400 && (200..400).contains(&trusted) {
        let seen = format!(
            "without an `Origin`, which its own pages' GET lacks, it answers {usual}, and {trusted} with one"
        );
        let places: Vec<_> = learnt.baseline.first().copied().into_iter().collect();
        judgement.note("same-origin-blocked", seen, &places);
    }
}
