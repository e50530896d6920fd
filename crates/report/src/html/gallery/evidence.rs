//! What was found of one implementation, with the evidence.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    alike::{Alike, alike, reason},
    anchor,
    differs::{Differs, differs},
    place,
};
use crate::{
    html::{
        Page, draw,
        parts::{Frame, Mark, Rich, is_web, kind_word},
    },
    implementation::{Found, Implementation},
    printable::clip,
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
    /// Whether some vectors have a line alone.
    has_alike: bool,
    causes: Vec<Cause>,
    groups: Vec<Group>,
    unjudged: Vec<(Rich, Vec<String>)>,
}

/// A reason that is known, and the vectors that fail for it.
#[derive(Debug)]
struct Cause {
    reason: Rich,
    /// Where that is discussed.
    link: Option<String>,
    mark: Mark,
    /// How many vectors fail for it.
    n: usize,
    /// Those that are shown in full: anchor on this page, id, and how many more are alike.
    shown: Vec<(String, String, usize)>,
}

/// Vectors that are alike.
#[derive(Debug)]
struct Group {
    shown: Section,
    others: Vec<Line>,
}

/// A vector like one that is shown in full.
#[derive(Debug)]
struct Line {
    anchor: String,
    id: String,
    title: Rich,
    differences: Vec<Differs>,
}

/// A vector with all its evidence.
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
    differences: Vec<Differs>,
    /// What each leg exchanged.
    exchanges: Vec<(crate::leg::Leg, Vec<String>)>,
    rerun: Option<String>,
}

/// Legs that came to the same for the same reason.
#[derive(Debug)]
struct Leg {
    words: String,
    mark: Mark,
    note: Option<Rich>,
}

pub(super) fn page(shown: &Implementation, topics: &BTreeMap<String, String>) -> Page {
    let path = place(shown);
    let groups = alike(&shown.found);
    let mut tallies: BTreeMap<Verdict, usize> = BTreeMap::new();
    for one in &shown.found {
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
        has_alike: groups.iter().any(|group| !group.others.is_empty()),
        causes: causes(&groups),
        groups: groups
            .iter()
            .map(|group| Group {
                shown: section(group.shown, shown, topics),
                others: group.others.iter().map(|found| line(found)).collect(),
            })
            .collect(),
        unjudged: unjudged.collect(),
    };
    draw(path, &template)
}

/// What is known of failures, the gravest first; `groups` is sorted so.
fn causes(groups: &[Alike<'_>]) -> Vec<Cause> {
    let mut causes = Vec::<(&str, Cause)>::new();
    for group in groups {
        let verdict = group.shown.verdict;
        let Some(note) = reason(group.shown).filter(|_| verdict.is_failure()) else {
            continue;
        };
        let (id, more) = (&group.shown.id, group.others.len());
        let shown = (anchor(id), id.to_string(), more);
        if let Some((_, cause)) = causes.iter_mut().find(|(known, _)| *known == note) {
            cause.n += 1 + more;
            cause.shown.push(shown);
            continue;
        }
        let parts = note.rsplit_once(" — ").filter(|(_, link)| is_web(link));
        let cause = Cause {
            reason: Rich::new(&clip(parts.map_or(note, |(reason, _)| reason), 300)),
            link: parts.map(|(_, link)| link.to_owned()),
            mark: Mark { verdict },
            n: 1 + more,
            shown: vec![shown],
        };
        causes.push((note, cause));
    }
    causes.into_iter().map(|(_, cause)| cause).collect()
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
    let exchanges = found.legs.iter().map(|leg| {
        let texts = leg.exchanges.iter().map(|text| safe_lines(text));
        (leg.leg, texts.collect())
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
        legs: legs(found),
        differences: differs(found, 400),
        exchanges: exchanges.collect(),
        rerun: adapter.map(|adapter| {
            let (adapter, id) = (clip(adapter, 80), &found.id);
            format!("crosscheck run --adapter harness/adapters/{adapter}/adapter.toml --only {id}")
        }),
    }
}

/// What each leg came to, those together that came to the same.
fn legs(found: &Found) -> Vec<Leg> {
    let mut same: Vec<(Verdict, Option<&str>, Vec<&str>)> = Vec::new();
    for leg in &found.legs {
        let (verdict, note) = (leg.verdict, leg.note.as_deref());
        let known = same
            .iter_mut()
            .find(|(known, why, _)| (*known, *why) == (verdict, note));
        match known {
            Some((.., words)) => words.push(leg.leg.word()),
            None => same.push((verdict, note, vec![leg.leg.word()])),
        }
    }
    let leg = |(verdict, note, words): (Verdict, Option<&str>, Vec<&str>)| Leg {
        words: words.join(", "),
        mark: Mark { verdict },
        note: note.map(|note| Rich::new(&clip(note, 300))),
    };
    same.into_iter().map(leg).collect()
}

fn line(found: &Found) -> Line {
    Line {
        anchor: anchor(&found.id),
        id: found.id.to_string(),
        title: Rich::new(&clip(&found.title, 300)),
        differences: differs(found, 200),
    }
}

/// Lines of a stranger, each made safe to print.
fn safe_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().take(200).map(|line| clip(line, 400)).collect();
    lines.join("\n")
}
