//! The weakness classes that the failures point to.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    html::{Context, parts::Rich, place},
    overview::VectorVerdict,
    printable::clip,
};

/// How many classes are listed.
const MOST: usize = 6;

/// A weakness class, and how many failing vectors look for it.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) flag: String,
    pub(super) title: Rich,
    pub(super) effect: Rich,
    pub(super) n: usize,
    /// The first such vector: its id and its place.
    pub(super) first: (String, String),
}

/// The weakness classes that failing vectors look for, the most frequent first.
pub(super) fn points(context: &Context<'_>) -> Vec<Point> {
    let mut found: BTreeMap<&str, Vec<&VectorVerdict>> = BTreeMap::new();
    let vectors = &context.results.vectors;
    for vector in vectors.iter().filter(|vector| vector.verdict.is_failure()) {
        for flag in vector.points_to() {
            found.entry(flag).or_default().push(vector);
        }
    }
    let mut points: Vec<_> = found
        .into_iter()
        .filter_map(|(id, vectors)| {
            let flag = context.flags.get(id)?;
            let first = vectors.first()?;
            Some(Point {
                flag: flag.id.clone(),
                title: Rich::new(&clip(&flag.title, 200)),
                effect: Rich::new(&clip(&flag.effect, 400)),
                n: vectors.len(),
                first: (first.id.to_string(), place(&first.id)),
            })
        })
        .collect();
    points.sort_by_key(|point| Reverse(point.n));
    points.truncate(MOST);
    points
}
