//! The first page: a sentence, four numbers, and what differs.

mod changes;
mod matrix;
mod points;

use std::collections::BTreeSet;

use askama::Template;

use self::{
    changes::ChangeList,
    matrix::{Count, Reason, Topic, unjudged},
    points::{Point, points},
};
use super::{
    Context, Page, draw,
    parts::{Frame, Rich},
};
use crate::{
    compare::{compare, differences},
    headline::{name, numbers, sentence},
    leg::Leg,
    printable::clip,
    totals::Totals,
};

#[derive(Debug, Template)]
#[template(path = "index.html")]
struct Index {
    frame: Frame,
    sentence: String,
    numbers: Vec<Figure>,
    identity: Vec<(&'static str, String)>,
    compared_to: Option<String>,
    /// What else than verdicts is otherwise there.
    unlike: String,
    changes: Vec<ChangeList>,
    stale: Vec<Rich>,
    tallies: Vec<Tally>,
    points: Vec<Point>,
    legs: Vec<Leg>,
    found: Matrix,
    known: Matrix,
    observed: Matrix,
    unjudged: Vec<Reason>,
    n_unjudged: usize,
    all: Matrix,
}

/// One of the four numbers.
#[derive(Debug)]
struct Figure {
    class: String,
    symbol: &'static str,
    count: usize,
    label: &'static str,
    meaning: &'static str,
}

/// What came of the vectors on one leg.
#[derive(Debug)]
struct Tally {
    leg: Leg,
    engine: String,
    counts: Vec<Count>,
}

/// Vectors by topic.
#[derive(Debug)]
struct Matrix {
    topics: Vec<Topic>,
    n_vectors: usize,
}

impl Matrix {
    fn new(topics: Vec<Topic>) -> Self {
        let n_vectors = topics.iter().map(|topic| topic.rows.len()).sum();
        Self { topics, n_vectors }
    }
}

pub(super) fn page(context: &Context<'_>, previous: Option<&crate::overview::Overview>) -> Page {
    let results = context.results;
    let totals = Totals::of(results);
    let numbers = numbers(&totals).map(|number| Figure {
        class: if number.count == 0 {
            "none".to_owned()
        } else {
            number.verdict.word().to_owned()
        },
        symbol: number.verdict.symbol(),
        count: number.count,
        label: number.label,
        meaning: number.meaning,
    });
    let unjudged = unjudged(context);
    let frame = Frame::new(results, "index.html", "results");
    let template = Index {
        sentence: sentence(results, &totals),
        numbers: numbers.into(),
        identity: identity(context, &totals, &frame),
        compared_to: previous
            .map(|run| format!("{}, {}", name(&run.subject), clip(&run.started, 40))),
        unlike: previous.map_or_else(String::new, |run| differences(run, results).join(", ")),
        changes: previous.map_or_else(Vec::new, |run| changes::lists(&compare(run, results))),
        stale: results
            .stale
            .iter()
            .map(|entry| {
                let text = format!("{}: `{}`: {}", entry.file, entry.id, entry.problem);
                Rich::new(&clip(&text, 400))
            })
            .collect(),
        legs: results.legs.iter().map(|leg| leg.leg).collect(),
        tallies: tallies(context, &totals),
        points: points(context),
        found: Matrix::new(matrix::graded(context, matrix::is_found)),
        known: Matrix::new(matrix::graded(context, matrix::is_known)),
        observed: Matrix::new(matrix::graded(context, matrix::is_observed)),
        n_unjudged: unjudged.iter().map(|reason| reason.vectors.len()).sum(),
        unjudged,
        all: Matrix::new(matrix::all(context)),
        frame,
    };
    draw("index.html", &template)
}

fn tallies(context: &Context<'_>, totals: &Totals) -> Vec<Tally> {
    let legs = context.results.legs.iter();
    legs.map(|identity| Tally {
        leg: identity.leg,
        engine: clip(&identity.engine, 80),
        counts: totals
            .legs
            .get(&identity.leg)
            .map(Count::all)
            .unwrap_or_default(),
    })
    .collect()
}

/// What was run, on what and when.
fn identity(context: &Context<'_>, totals: &Totals, frame: &Frame) -> Vec<(&'static str, String)> {
    let results = context.results;
    let mut rows = vec![("subject", name(&results.subject))];
    let language = results.subject.language.as_deref();
    rows.extend(language.map(|language| ("written in", clip(language, 40))));
    let mut vectors = format!("{} run", totals.vectors);
    if results.not_selected > 0 {
        vectors = format!("{vectors}, {} not selected", results.not_selected);
    }
    let policies = results.vectors.iter().filter_map(|vector| vector.policy);
    let policies: BTreeSet<_> = policies.collect();
    rows.push(("vectors", vectors));
    rows.extend(
        results
            .generated
            .map(|made| ("made up by", made.to_string())),
    );
    rows.extend([
        ("policies", policies.len().to_string()),
        ("suite", format!("crosscheck {}", clip(&results.suite, 40))),
        ("standard", format!("Fetch {}", frame.revision)),
        ("started", clip(&results.started, 40)),
        ("took", format!("{:.1} s", results.seconds)),
    ]);
    rows
}
