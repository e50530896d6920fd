//! What was found of one implementation, with the evidence.

use std::{cmp::Reverse, collections::BTreeMap};

use askama::Template;

use super::{anchor, place};
use crate::{
    html::{
        Page, draw,
        parts::{Frame, Mark, Rich, is_web, kind_word},
    },
    implementation::{Found, FoundDifference, Implementation},
    show::clip,
    verdict::Verdict,
};

#[derive(Debug, Template)]
#[template(path = "implementation.html")]
struct Evidence {
    frame: Frame,
    name: String,
    slug: String,
    identity: Vec<(&'static str, String)>,
    homepage: Option<String>,
    issues: Option<String>,
    tallies: Vec<(Mark, usize)>,
    causes: Vec<Cause>,
    found: Vec<Section>,
    unjudged: Vec<(Rich, Vec<String>)>,
}

/// A reason that is known, and the vectors that fail for it.
#[derive(Debug)]
struct Cause {
    reason: Rich,
    /// Where that is discussed.
    link: Option<String>,
    mark: Mark,
    /// Each by its anchor on this page, and its id.
    vectors: Vec<(String, String)>,
}

/// A vector with something to show.
#[derive(Debug)]
struct Section {
    anchor: String,
    id: String,
    topic: String,
    title: Rich,
    why: Rich,
    kind: &'static str,
    mark: Mark,
    policy: String,
    flags: String,
    legs: Vec<Leg>,
    rerun: Option<String>,
}

#[derive(Debug)]
struct Leg {
    word: &'static str,
    mark: Mark,
    note: Option<Rich>,
    differences: Vec<(Rich, Rich, Rich)>,
    exchanges: Vec<String>,
}

pub(super) fn page(shown: &Implementation, topics: &BTreeMap<String, String>) -> Page {
    let path = place(shown);
    let mut found: Vec<_> = shown.found.iter().collect();
    found.sort_by_key(|found| Reverse(found.verdict));
    let mut tallies: BTreeMap<Verdict, usize> = BTreeMap::new();
    for one in &found {
        *tallies.entry(one.verdict).or_default() += 1;
    }
    *tallies.entry(Verdict::Passed).or_default() += shown.passed.len();
    *tallies.entry(Verdict::NotApplicable).or_default() +=
        shown.unjudged.values().map(Vec::len).sum::<usize>();
    let web = |address: &Option<String>| address.clone().filter(|address| is_web(address));
    let subject = &shown.subject;
    let unjudged = shown.unjudged.iter().map(|(reason, ids)| {
        let ids = ids.iter().map(ToString::to_string).collect();
        (Rich::new(&clip(reason, 300)), ids)
    });
    let template = Evidence {
        frame: Frame::of(&shown.suite, &shown.fetch_revision, &path, "implementation"),
        name: clip(&subject.name, 60),
        slug: shown.slug(),
        identity: identity(shown),
        homepage: web(&subject.homepage),
        issues: web(&subject.issues),
        tallies: tallies
            .into_iter()
            .rev()
            .filter(|(_, n)| *n > 0)
            .map(|(verdict, n)| (Mark { verdict }, n))
            .collect(),
        causes: causes(&found),
        found: found
            .into_iter()
            .map(|found| section(found, shown, topics))
            .collect(),
        unjudged: unjudged.collect(),
    };
    draw(path, &template)
}

/// What is known of failures, the gravest first; `found` is sorted so.
fn causes(found: &[&Found]) -> Vec<Cause> {
    let mut notes = Vec::<(&str, Vec<&Found>)>::new();
    for &one in found.iter().filter(|one| one.verdict.is_failure()) {
        let mut failing = one.legs.iter().filter(|leg| leg.verdict.is_failure());
        let Some(note) = failing.find_map(|leg| leg.note.as_deref()) else {
            continue;
        };
        match notes.iter_mut().find(|(known, _)| *known == note) {
            Some((_, vectors)) => vectors.push(one),
            None => notes.push((note, vec![one])),
        }
    }
    let cause = |(note, vectors): (&str, Vec<&Found>)| {
        let parts = note.rsplit_once(" — ").filter(|(_, link)| is_web(link));
        Cause {
            reason: Rich::new(&clip(parts.map_or(note, |(reason, _)| reason), 300)),
            link: parts.map(|(_, link)| link.to_owned()),
            mark: Mark {
                verdict: vectors.first().map_or(Verdict::Known, |one| one.verdict),
            },
            vectors: vectors
                .iter()
                .map(|one| (anchor(&one.id), one.id.to_string()))
                .collect(),
        }
    };
    notes.into_iter().map(cause).collect()
}

fn identity(shown: &Implementation) -> Vec<(&'static str, String)> {
    let subject = &shown.subject;
    let legs = shown.legs.iter().map(|leg| leg.engine.as_str());
    let engines: Vec<_> = legs.map(|engine| clip(engine, 60)).collect();
    let mut rows = vec![
        ("version", clip(&subject.version, 40)),
        (
            "language",
            clip(subject.language.as_deref().unwrap_or_default(), 40),
        ),
        ("judged on", clip(&shown.date, 10)),
        ("by", engines.join(", ")),
    ];
    rows.retain(|(_, text)| !text.is_empty());
    rows
}

fn section(found: &Found, shown: &Implementation, topics: &BTreeMap<String, String>) -> Section {
    let topic = found.id.topic();
    let policy = found.policy.as_ref();
    let legs = found.legs.iter().map(|leg| Leg {
        word: leg.leg.word(),
        mark: Mark {
            verdict: leg.verdict,
        },
        note: leg.note.as_deref().map(|note| Rich::new(&clip(note, 300))),
        differences: leg.differences.iter().map(said).collect(),
        exchanges: leg.exchanges.iter().map(|text| safe_lines(text)).collect(),
    });
    let adapter = shown.subject.adapter.as_deref();
    let adapter = adapter.filter(|_| found.verdict.is_failure());
    Section {
        anchor: anchor(&found.id),
        id: found.id.to_string(),
        topic: topics.get(topic).map_or(topic, String::as_str).to_owned(),
        title: Rich::new(&clip(&found.title, 300)),
        why: Rich::new(&clip(&found.why, 400)),
        kind: kind_word(found.kind),
        mark: Mark {
            verdict: found.verdict,
        },
        policy: policy
            .and_then(|policy| serde_json::to_string_pretty(policy).ok())
            .unwrap_or_default(),
        flags: clip(&found.flags.join(", "), 200),
        legs: legs.collect(),
        rerun: adapter.map(|adapter| {
            let (adapter, id) = (clip(adapter, 80), &found.id);
            format!("crosscheck run --adapter harness/adapters/{adapter}/adapter.toml --only {id}")
        }),
    }
}

fn said(difference: &FoundDifference) -> (Rich, Rich, Rich) {
    let rich = |text: &str| Rich::new(&clip(text, 400));
    (
        rich(&difference.field),
        rich(&difference.expected),
        rich(&difference.observed),
    )
}

/// Lines of a stranger, each made safe to print.
fn safe_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().take(200).map(|line| clip(line, 400)).collect();
    lines.join("\n")
}
