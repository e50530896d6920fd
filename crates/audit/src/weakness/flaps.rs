//! Answers that differ from one request to the next, as those of several servers behind one name do.

use std::collections::{BTreeMap, BTreeSet};

use crosscheck_oracle::{Extracted, extract_list};

use super::{Judgement, Severity};
use crate::{
    ask::{Place, Silence},
    learn::{Asked, Learnt, Preflighted, Tried},
    probe::Proves,
    sender::{Sender, Sharing},
};

const DIFFER: &str = "answers differ from one request to the next";

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    if let Some(series) = series(learnt, learnt.strangers.iter()) {
        let seen = format!(
            "{DIFFER}: of {} made-up sites, {} may read",
            series.n, series.n_granted
        );
        let severity = Severity::High.unless_anonymous(series.most);
        judgement.broken("reflected-origin", severity, seen, &series.places);
    }
    if let Some(series) = series(learnt, learnt.null.iter())
        && series.most > learnt.strangers_share()
    {
        let seen = format!(
            "{DIFFER}: asked {} times, a sandboxed frame may read {} times",
            series.n, series.n_granted
        );
        if series.most == Sharing::Credentialed {
            judgement.broken("null-origin", Severity::High, seen, &series.places);
        } else {
            judgement.note("null-origin", seen, &series.places);
        }
    }
    for (origin, series) in trusted(learnt) {
        let seen = format!(
            "{DIFFER}: asked {} times, `{origin}` may read {} times; what is granted is what was granted at best",
            series.n, series.n_granted
        );
        judgement.broken("not-granted", Severity::Low, seen, &series.places);
    }
    if let Some(places) = preflights(learnt) {
        let seen =
            format!("{DIFFER}: the same preflight of the same page is not permitted the same");
        judgement.broken("not-granted", Severity::Low, seen, &places);
    }
    for tried in &learnt.tried {
        family(tried, judgement);
    }
}

/// Whether what a trusted page gets, or its preflight, differs from one request to the next.
pub(super) fn of_trusted(learnt: &Learnt) -> bool {
    preflights(learnt).is_some() || !trusted(learnt).is_empty()
}

/// What came of the same question, asked several times.
struct Series {
    n: usize,
    n_granted: usize,
    most: Sharing,
    places: Vec<Place>,
}

/// What `all` came to, if it is not always the same. Failures of the server prove nothing.
fn series<'a>(learnt: &Learnt, all: impl Iterator<Item = &'a Asked>) -> Option<Series> {
    let works = |asked: &&Asked| {
        learnt
            .answer(asked.at)
            .is_some_and(|answer| answer.status < 500)
    };
    let all: Vec<_> = all.filter(works).collect();
    let shares = all.iter().map(|asked| asked.sharing);
    let (least, most) = (shares.clone().min()?, shares.max()?);
    let granted = all.iter().filter(|asked| asked.sharing == most);
    (least < most).then(|| Series {
        n: all.len(),
        n_granted: granted.count(),
        most,
        places: all.iter().map(|asked| asked.at).collect(),
    })
}

/// Trusted pages that are granted at times.
fn trusted(learnt: &Learnt) -> Vec<(&str, Series)> {
    if learnt.silence == Some(Silence::Blocked) {
        // It has been refused ever since.
        return Vec::new();
    }
    let mut all: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for asked in &learnt.candidates {
        if let (Sender::Page(_), Some(origin)) = (&asked.sender, asked.sender.origin()) {
            all.entry(origin).or_default().push(asked);
        }
    }
    all.into_iter()
        .filter_map(|(origin, asked)| Some((origin, series(learnt, asked.into_iter())?)))
        .collect()
}

/// Two of the same plain preflight, one granted and the other not.
fn preflights(learnt: &Learnt) -> Option<Vec<Place>> {
    let works = |asked: &&Preflighted| {
        let answer = learnt.answer(asked.at);
        answer.is_some_and(|answer| answer.status < 500)
    };
    let all: Vec<_> = learnt.plain_preflights().filter(works).collect();
    all.iter().enumerate().find_map(|(number, one)| {
        let mut others = all.iter().skip(number + 1);
        let other = others.find(|other| {
            other.wish == one.wish
                && (other.permission.sharing != one.permission.sharing
                    || listed(learnt, other.at) != listed(learnt, one.at))
        })?;
        Some(vec![one.at, other.at])
    })
}

/// What the preflight at `place` is told that may be sent.
fn listed(learnt: &Learnt, place: Place) -> Option<Vec<BTreeSet<Vec<u8>>>> {
    let answer = learnt.answer(place)?;
    let lists = [
        "access-control-allow-methods",
        "access-control-allow-headers",
    ];
    let items = lists.map(|name| match extract_list(&answer.headers, name) {
        Extracted::Items(items) => items.into_iter().map(<[u8]>::to_vec).collect(),
        Extracted::Absent | Extracted::Malformed => BTreeSet::new(),
    });
    Some(items.to_vec())
}

/// A family of which one member was granted, and another was not.
fn family(tried: &Tried, judgement: &mut Judgement) {
    let Some(again) = tried.again.as_ref().filter(|_| !tried.repeated.is_empty()) else {
        return;
    };
    let origin = tried.first.sender.origin().unwrap_or_default();
    let repeated = tried.repeated.iter().map(|asked| asked.at);
    let places: Vec<_> = [tried.first.at, again.at]
        .into_iter()
        .chain(repeated)
        .collect();
    let is_member_of_one = tried.first.sender == again.sender;
    let mut repeated = tried.repeated.iter();
    if repeated.all(|asked| asked.sharing > Sharing::Withheld) && !is_member_of_one {
        let seen = format!(
            "`{origin}` may read, and another origin {} may not",
            tried.probe.what
        );
        return judgement.note(tried.probe.class, seen, &places);
    }
    let seen = format!("{DIFFER}: `{origin}` may read at times");
    if tried.probe.proves == Proves::Stranger {
        let severity = Severity::High.unless_anonymous(tried.first.sharing);
        judgement.broken(tried.probe.class, severity, seen, &places);
    } else {
        judgement.note(tried.probe.class, seen, &places);
    }
}
