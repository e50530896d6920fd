//! Every requirement and its vectors.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    Context, Page, draw,
    parts::{Frame, Mark, Rich},
    place,
};
use crate::printable::clip;

#[derive(Debug, Template)]
#[template(path = "coverage.html")]
struct Coverage<'a> {
    frame: Frame,
    n_requirements: usize,
    n_covered: usize,
    accounted: Vec<(Row<'a>, Rich)>,
    uncovered: Vec<Row<'a>>,
    groups: Vec<Group<'a>>,
    not_selected: usize,
}

/// The requirements whose ids begin alike.
#[derive(Debug)]
struct Group<'a> {
    name: String,
    rows: Vec<Row<'a>>,
}

/// One requirement.
#[derive(Clone, Debug)]
struct Row<'a> {
    id: &'a str,
    level: &'a str,
    source: &'a str,
    address: Option<String>,
    statement: Rich,
    vectors: Vec<Link>,
    n_failed: usize,
}

/// A vector and what came of it.
#[derive(Clone, Debug)]
struct Link {
    id: String,
    href: String,
    mark: Mark,
}

pub(super) fn page(context: &Context<'_>) -> Page {
    let mut vectors: BTreeMap<&str, Vec<Link>> = BTreeMap::new();
    for vector in &context.results.vectors {
        for id in &vector.requirements {
            vectors.entry(id).or_default().push(Link {
                id: vector.id.to_string(),
                href: place(&vector.id),
                mark: Mark {
                    verdict: vector.verdict,
                },
            });
        }
    }
    let failed = |links: &[Link]| {
        let failing = links.iter().filter(|link| link.mark.verdict.is_failure());
        failing.count()
    };
    let rows = context.requirements.values().map(|row| {
        let vectors = vectors.remove(row.id.as_str()).unwrap_or_default();
        Row {
            id: &row.id,
            level: &row.level,
            source: &row.source,
            address: context.address(&row.source),
            statement: Rich::new(&row.statement),
            n_failed: failed(&vectors),
            vectors,
        }
    });
    let rows: Vec<_> = rows.collect();
    let accounted: BTreeMap<_, _> = context
        .catalogue
        .accounted
        .iter()
        .map(|row| (row.id.as_str(), row.reason.as_str()))
        .collect();
    let template = Coverage {
        frame: Frame::new(context.results, "coverage.html", "coverage"),
        n_requirements: rows.len(),
        n_covered: rows.iter().filter(|row| !row.vectors.is_empty()).count(),
        accounted: rows
            .iter()
            .filter(|row| row.vectors.is_empty())
            .filter_map(|row| Some((row.clone(), Rich::new(&clip(accounted.get(row.id)?, 600)))))
            .collect(),
        uncovered: rows
            .iter()
            .filter(|row| row.vectors.is_empty() && !accounted.contains_key(row.id))
            .cloned()
            .collect(),
        groups: groups(rows),
        not_selected: context.results.not_selected,
    };
    draw("coverage.html", &template)
}

fn groups(rows: Vec<Row<'_>>) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<String, Vec<Row<'_>>> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| !row.vectors.is_empty()) {
        let name = row.id.rsplit_once('/').map_or(row.id, |(group, _)| group);
        groups.entry(name.to_owned()).or_default().push(row);
    }
    groups
        .into_iter()
        .map(|(name, rows)| Group { name, rows })
        .collect()
}
