//! The gallery: implementations beside one another, and a page of evidence for each.

mod alike;
mod differs;
mod evidence;
#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use askama::Template;
use crosscheck_vectors::vector::VectorId;

use super::{
    Page, draw, file,
    parts::{Frame, Mark, Rich, kind_word},
};
use crate::{
    implementation::{Found, Implementation},
    printable::clip,
    verdict::Verdict,
    words::counted,
};

#[derive(Debug, Template)]
#[template(path = "gallery.html")]
struct Gallery {
    frame: Frame,
    sentence: String,
    columns: Vec<Column>,
    topics: Vec<Row>,
    vectors: Vec<Row>,
    n_alike: usize,
    legend: Vec<Mark>,
}

/// An implementation.
#[derive(Debug)]
struct Column {
    name: String,
    version: String,
    language: String,
    href: String,
    over_grants: usize,
    under_grants: usize,
    other: usize,
    missed: usize,
    passed: usize,
    unjudged: usize,
}

/// A topic or a vector, with a cell for each implementation.
#[derive(Debug)]
struct Row {
    title: Rich,
    id: String,
    kind: &'static str,
    cells: Vec<Cell>,
}

/// What came of it.
#[derive(Debug)]
struct Cell {
    column: String,
    mark: Mark,
    /// How many vectors of a topic came to it; 0 for one vector.
    n: usize,
    /// Where the evidence is; none if there is nothing to show.
    href: Option<String>,
}

/// Draws `index.html` and a page for each of `implementations`, which are shown by name.
///
/// `topics` has the titles of the suite files, by place.
pub fn gallery(implementations: &[Implementation], topics: &BTreeMap<String, String>) -> Vec<Page> {
    let mut sorted: Vec<_> = implementations.iter().collect();
    sorted.sort_by_key(|shown| shown.slug());
    let mut pages = vec![
        index(&sorted, topics),
        file("style.css", include_str!("../../templates/style.css")),
    ];
    pages.extend(sorted.iter().map(|shown| evidence::page(shown, topics)));
    pages
}

/// Where the page of evidence is, below the gallery's folder.
fn place(shown: &Implementation) -> String {
    format!("implementations/{}.html", shown.slug())
}

/// The part of that page about the vector `id`.
fn anchor(id: &VectorId) -> String {
    id.as_str().replace('/', "-")
}

fn index(shown: &[&Implementation], topics: &BTreeMap<String, String>) -> Page {
    let (suite, revision) = shown.first().map_or(("", ""), |first| {
        (first.suite.as_str(), first.fetch_revision.as_str())
    });
    let all: BTreeSet<_> = shown.iter().flat_map(|shown| ids(shown)).collect();
    let differing: BTreeSet<_> = shown
        .iter()
        .flat_map(|shown| &shown.found)
        .filter(|found| is_shown(found.verdict))
        .map(|found| &found.id)
        .collect();
    let template = Gallery {
        frame: Frame::of(suite, revision, "index.html", "gallery"),
        sentence: sentence(shown),
        columns: shown.iter().map(|shown| column(shown)).collect(),
        topics: topic_rows(shown, &all, topics),
        vectors: vector_rows(shown, &differing),
        n_alike: all.len() - differing.len(),
        legend: LEGEND.map(|verdict| Mark { verdict }).to_vec(),
    };
    draw("index.html", &template)
}

/// The verdicts that cells show.
const LEGEND: [Verdict; 8] = [
    Verdict::FailedOverGrant,
    Verdict::FailedUnderGrant,
    Verdict::FailedOther,
    Verdict::SetupError,
    Verdict::RecommendedMissed,
    Verdict::Known,
    Verdict::Passed,
    Verdict::NotApplicable,
];

/// Whether implementations differ in something worth a row.
fn is_shown(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Passed | Verdict::Observed)
}

fn ids(shown: &Implementation) -> impl Iterator<Item = &VectorId> {
    let found = shown.found.iter().map(|found| &found.id);
    found
        .chain(&shown.passed)
        .chain(shown.unjudged.values().flatten())
}

fn sentence(shown: &[&Implementation]) -> String {
    let having = |is: fn(Verdict) -> bool| shown.iter().filter(|one| one.count(is) > 0).count();
    let over = having(|verdict| verdict == Verdict::FailedOverGrant);
    let under = having(|verdict| verdict == Verdict::FailedUnderGrant);
    format!(
        "Of {}, {over} somewhere hand over what the policy withholds, and {under} withhold what it grants.",
        counted(shown.len(), "implementation", "implementations")
    )
}

fn column(shown: &Implementation) -> Column {
    let count = |wanted: Verdict| shown.count(|verdict| verdict == wanted);
    Column {
        name: clip(&shown.subject.name, 60),
        version: clip(&shown.subject.version, 40),
        language: clip(shown.subject.language.as_deref().unwrap_or_default(), 40),
        href: place(shown),
        over_grants: count(Verdict::FailedOverGrant),
        under_grants: count(Verdict::FailedUnderGrant),
        other: shown.count(|verdict| {
            let counted = [Verdict::FailedOverGrant, Verdict::FailedUnderGrant];
            verdict.is_failure() && !counted.contains(&verdict)
        }),
        missed: count(Verdict::RecommendedMissed),
        passed: shown.passed.len(),
        unjudged: shown.unjudged.values().map(Vec::len).sum::<usize>() + count(Verdict::Observed),
    }
}

/// A row for each topic; a cell has the gravest verdict, and of how many vectors.
fn topic_rows(
    shown: &[&Implementation],
    all: &BTreeSet<&VectorId>,
    titles: &BTreeMap<String, String>,
) -> Vec<Row> {
    let mut topics: Vec<_> = all.iter().map(|id| id.topic()).collect();
    topics.dedup();
    let row = |topic: &str| Row {
        title: Rich::new(titles.get(topic).map_or(topic, String::as_str)),
        id: topic.to_owned(),
        kind: "",
        cells: shown.iter().map(|one| topic_cell(one, topic)).collect(),
    };
    topics.into_iter().map(row).collect()
}

fn topic_cell(shown: &Implementation, topic: &str) -> Cell {
    let found: Vec<_> = shown
        .found
        .iter()
        .filter(|found| found.id.topic() == topic && is_shown(found.verdict))
        .collect();
    let worst = found.iter().max_by_key(|found| found.verdict);
    let passed = shown.passed.iter().any(|id| id.topic() == topic)
        || shown.found.iter().any(|found| found.id.topic() == topic);
    let verdict = worst.map_or(
        if passed {
            Verdict::Passed
        } else {
            Verdict::NotApplicable
        },
        |found| found.verdict,
    );
    Cell {
        column: clip(&shown.subject.name, 60),
        mark: Mark { verdict },
        n: found.iter().filter(|one| one.verdict == verdict).count(),
        href: worst.map(|found| link(shown, found)),
    }
}

/// A row for each vector in which implementations differ: over-grants first, then what most of them share.
fn vector_rows(shown: &[&Implementation], differing: &BTreeSet<&VectorId>) -> Vec<Row> {
    let mut rows = Vec::new();
    for &id in differing {
        let found: Vec<_> = shown.iter().filter_map(|shown| shown.found(id)).collect();
        let Some(gravest) = found.iter().max_by_key(|found| found.verdict) else {
            continue;
        };
        let row = Row {
            title: Rich::new(&clip(&gravest.title, 300)),
            id: id.to_string(),
            kind: kind_word(gravest.kind),
            cells: shown.iter().map(|shown| vector_cell(shown, id)).collect(),
        };
        let same = found.iter().filter(|one| one.verdict == gravest.verdict);
        rows.push(((gravest.verdict, same.count()), row));
    }
    rows.sort_by_key(|(rank, _)| Reverse(*rank));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn vector_cell(shown: &Implementation, id: &VectorId) -> Cell {
    let found = shown.found(id);
    let verdict = match found {
        Some(found) if found.verdict == Verdict::Observed => Verdict::Passed,
        Some(found) => found.verdict,
        None if shown.passed.binary_search(id).is_ok() => Verdict::Passed,
        None => Verdict::NotApplicable,
    };
    Cell {
        column: clip(&shown.subject.name, 60),
        mark: Mark { verdict },
        n: 0,
        href: found
            .filter(|found| is_shown(found.verdict))
            .map(|found| link(shown, found)),
    }
}

fn link(shown: &Implementation, found: &Found) -> String {
    format!("{}#{}", place(shown), anchor(&found.id))
}
