//! Vectors by topic, and what each leg made of them.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    headline::{in_short, is_finding},
    html::{
        Context,
        parts::{Mark, Rich, kind_word, topic_anchor},
        place,
    },
    leg::Leg,
    overview::VectorVerdict,
    printable::clip,
    verdict::{LegVerdict, Verdict},
};

/// The vectors of one suite file.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) place: String,
    pub(super) anchor: String,
    pub(super) title: String,
    /// What came of its vectors, the gravest first.
    pub(super) counts: Vec<Count>,
    pub(super) rows: Vec<Row>,
}

/// How many came to a verdict.
#[derive(Debug)]
pub(super) struct Count {
    pub(super) mark: Mark,
    pub(super) n: usize,
}

impl Count {
    /// Those of `counted` that there are, the gravest first.
    pub(super) fn all(counted: &BTreeMap<Verdict, usize>) -> Vec<Self> {
        let counts = counted.iter().rev();
        counts
            .map(|(&verdict, &n)| Self {
                mark: Mark { verdict },
                n,
            })
            .collect()
    }
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
    /// What the filter looks through besides the text of the row.
    pub(super) flags: String,
    /// A cell for each leg of the run.
    pub(super) cells: Vec<Cell>,
}

/// What a leg made of a vector; no mark if it took no part.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) leg: Leg,
    pub(super) mark: Option<Mark>,
}

/// Vectors that were not judged, for the same reason.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) mark: Mark,
    pub(super) text: Rich,
    pub(super) vectors: Vec<(String, String)>,
}

/// Whether somebody should look at a vector.
pub(super) fn is_found(vector: &VectorVerdict) -> bool {
    vector.legs.iter().any(|leg| is_finding(leg.verdict))
}

/// Whether a vector fails as is known, and does nothing else.
pub(super) fn is_known(vector: &VectorVerdict) -> bool {
    !is_found(vector) && has(vector, Verdict::Known)
}

/// Whether a vector only differs where the standard says nothing.
pub(super) fn is_observed(vector: &VectorVerdict) -> bool {
    !is_found(vector) && !is_known(vector) && has(vector, Verdict::Observed)
}

fn has(vector: &VectorVerdict, verdict: Verdict) -> bool {
    vector.legs.iter().any(|leg| leg.verdict == verdict)
}

/// The vectors that are `wanted`, by topic: the topic with the gravest first, and so within each.
pub(super) fn graded(context: &Context<'_>, wanted: fn(&VectorVerdict) -> bool) -> Vec<Topic> {
    let mut topics = topics(context, wanted);
    for topic in &mut topics {
        topic.rows.sort_by_key(|row| Reverse(row.verdict));
    }
    topics.sort_by_key(|topic| Reverse(topic.rows.first().map(|row| row.verdict)));
    topics
}

/// All vectors by topic, sorted by id, without what is wrong with them.
pub(super) fn all(context: &Context<'_>) -> Vec<Topic> {
    let mut topics = topics(context, |_| true);
    for row in topics.iter_mut().flat_map(|topic| &mut topic.rows) {
        row.summary = None;
    }
    topics
}

fn topics(context: &Context<'_>, wanted: fn(&VectorVerdict) -> bool) -> Vec<Topic> {
    let legs: Vec<_> = context.results.legs.iter().map(|leg| leg.leg).collect();
    let mut topics: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for vector in context
        .results
        .vectors
        .iter()
        .filter(|vector| wanted(vector))
    {
        let rows = topics.entry(vector.id.topic()).or_default();
        rows.push(row(vector, &legs));
    }
    topics
        .into_iter()
        .map(|(place, rows)| {
            let mut counts = BTreeMap::new();
            for row in &rows {
                *counts.entry(row.verdict).or_default() += 1;
            }
            Topic {
                place: place.to_owned(),
                anchor: topic_anchor(place),
                title: context.topic_title(place),
                counts: Count::all(&counts),
                rows,
            }
        })
        .collect()
}

fn row(vector: &VectorVerdict, legs: &[Leg]) -> Row {
    let cell = |&leg: &Leg| Cell {
        leg,
        mark: vector.leg(leg).map(|result| Mark {
            verdict: result.verdict,
        }),
    };
    let worst = vector.legs.iter().max_by_key(|leg| leg.verdict);
    let tells = |leg: &&LegVerdict| {
        leg.verdict != Verdict::Passed && (leg.note.is_some() || leg.worst().is_some())
    };
    let summary = worst.filter(tells).map(|leg| match &leg.note {
        Some(note) if leg.verdict == Verdict::Known => clip(note, 200),
        _ => in_short(leg),
    });
    Row {
        id: vector.id.to_string(),
        href: place(&vector.id),
        title: Rich::new(&clip(&vector.title, 300)),
        summary: summary.as_deref().map(Rich::new),
        owner: vector.owner.culprit().unwrap_or("–"),
        verdict: vector.verdict,
        kind: kind_word(vector.kind),
        flags: clip(&vector.flags.join(" "), 300),
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
            let entry = (vector.id.to_string(), place(&vector.id));
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
