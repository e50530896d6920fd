//! Vectors by topic, and what each leg made of them.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    headline::{in_short, is_finding},
    html::{
        Context,
        parts::{Mark, Rich, kind_word},
        place,
    },
    observation::Leg,
    results::{LegResult, VectorResult},
    show::clip,
    verdict::Verdict,
};

/// The vectors of one suite file.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) place: String,
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
}

/// One vector.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) href: String,
    pub(super) title: Rich,
    /// What is wrong, on one line; none if nothing is.
    pub(super) summary: Option<Rich>,
    pub(super) owner: &'static str,
    verdict: Verdict,
    pub(super) kind: &'static str,
    /// What the filter looks through.
    pub(super) words: String,
    /// A cell for each leg of the run.
    pub(super) cells: Vec<Cell>,
}

/// What a leg made of a vector; no mark if it took no part.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) leg: &'static str,
    pub(super) mark: Option<Mark>,
}

/// Vectors that were not judged, for the same reason.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) mark: Mark,
    pub(super) text: Rich,
    pub(super) vectors: Vec<(String, String)>,
}

/// Whether a vector fails or differs on any leg.
pub(super) fn differs(vector: &VectorResult) -> bool {
    let shows = |leg: &LegResult| is_finding(leg.verdict) || leg.verdict == Verdict::Known;
    vector.legs.iter().any(shows)
}

/// Whether every leg that judged a vector is content with it.
pub(super) fn is_expected(vector: &VectorResult) -> bool {
    !differs(vector) && vector.verdict.is_judged()
}

/// The vectors that are `wanted`, by topic: the gravest first, then by id.
pub(super) fn matrix(context: &Context<'_>, wanted: fn(&VectorResult) -> bool) -> Vec<Topic> {
    let mut topics: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    let legs: Vec<_> = context.results.legs.iter().map(|leg| leg.leg).collect();
    for vector in context
        .results
        .vectors
        .iter()
        .filter(|vector| wanted(vector))
    {
        let rows = topics.entry(vector.id.topic()).or_default();
        rows.push(row(vector, &legs));
    }
    let mut topics: Vec<_> = topics
        .into_iter()
        .map(|(place, mut rows)| {
            rows.sort_by_key(|row| Reverse(row.verdict));
            Topic {
                place: place.to_owned(),
                title: context.topic_title(place),
                rows,
            }
        })
        .collect();
    topics.sort_by_key(|topic| Reverse(topic.rows.first().map(|row| row.verdict)));
    topics
}

fn row(vector: &VectorResult, legs: &[Leg]) -> Row {
    let cell = |&leg: &Leg| Cell {
        leg: leg.word(),
        mark: vector.leg(leg).map(|result| Mark {
            verdict: result.verdict,
        }),
    };
    let worst = vector.legs.iter().max_by_key(|leg| leg.verdict);
    let tells = |leg: &&LegResult| {
        leg.verdict != Verdict::Passed && (leg.note.is_some() || leg.worst().is_some())
    };
    let summary = worst.filter(tells).map(|leg| match &leg.note {
        Some(note) if leg.verdict == Verdict::Known => clip(note, 200),
        _ => in_short(leg),
    });
    let marks = vector.legs.iter().map(|leg| leg.verdict.label());
    let words: Vec<_> = [vector.id.as_str(), &vector.vector.title]
        .into_iter()
        .chain(vector.vector.flags.iter().map(String::as_str))
        .chain(marks)
        .collect();
    Row {
        id: vector.id.to_string(),
        href: place(vector),
        title: Rich::new(&clip(&vector.vector.title, 300)),
        summary: summary.as_deref().map(Rich::new),
        owner: vector.owner.culprit().unwrap_or("–"),
        verdict: vector.verdict,
        kind: kind_word(vector.vector.kind),
        words: clip(&words.join(" ").to_lowercase(), 600),
        cells: legs.iter().map(cell).collect(),
    }
}

/// The legs that were not judged, by verdict and reason, the most frequent first.
pub(super) fn unjudged(context: &Context<'_>) -> Vec<Reason> {
    let mut reasons: BTreeMap<(Verdict, String), Vec<(String, String)>> = BTreeMap::new();
    for vector in &context.results.vectors {
        for leg in vector.legs.iter().filter(|leg| !leg.verdict.is_judged()) {
            let note = leg.note.as_deref().unwrap_or("no reason was given");
            let vectors = reasons.entry((leg.verdict, clip(note, 300))).or_default();
            let entry = (vector.id.to_string(), place(vector));
            if !vectors.contains(&entry) {
                vectors.push(entry);
            }
        }
    }
    let mut reasons: Vec<_> = reasons
        .into_iter()
        .map(|((verdict, text), vectors)| Reason {
            mark: Mark { verdict },
            text: Rich::new(&text),
            vectors,
        })
        .collect();
    reasons.sort_by_key(|reason| Reverse(reason.vectors.len()));
    reasons
}
