//! The page of one vector.

mod drawings;
mod legs;
mod trace;
mod weight;

use askama::Template;
use crosscheck_vectors::vector::Kind;

pub(super) use self::drawings::diagram;
use self::{
    drawings::{Drawn, drawings},
    legs::{AnswerView, Bytes, StepView},
    trace::{Trace, trace},
    weight::{Harm, Requirement, harms, requirements},
};
use super::{
    Context, Page, draw,
    given::{self, Answer},
    parts::{Frame, Mark, Rich, kind_word, topic_anchor},
    place,
};
use crate::{
    difference::{Difference, differences, spoken},
    mismatch::Effect,
    overview::VectorVerdict,
    printable::clip,
    rerun::rerun,
    results::VectorResult,
    verdict::Verdict,
};

#[derive(Debug, Template)]
#[template(path = "vector.html")]
struct VectorPage {
    frame: Frame,
    id: String,
    topic: String,
    topic_anchor: String,
    title: Rich,
    why: Rich,
    kind: &'static str,
    mark: Mark,
    owner: Option<&'static str>,
    answers: Vec<AnswerView>,
    /// What the worst difference means for people; empty if there is none.
    meaning: &'static str,
    differences: Vec<DifferenceRow>,
    drawings: Vec<Drawn>,
    harms: Vec<Harm>,
    policy: Vec<(&'static str, Rich)>,
    script: Vec<Answer>,
    steps: Vec<StepView>,
    trace: Option<Trace>,
    requirements: Vec<Requirement>,
    rerun: String,
    curls: Vec<String>,
    bytes: Vec<Bytes>,
    before: Option<Neighbour>,
    after: Option<Neighbour>,
    depends_on: Vec<Dependency>,
}

/// A vector without whose success this one says nothing.
#[derive(Debug)]
struct Dependency {
    id: String,
    is_here: bool,
}

/// The vector before or after this one.
#[derive(Debug)]
struct Neighbour {
    href: String,
    title: Rich,
}

/// A field that differs.
#[derive(Debug)]
struct DifferenceRow {
    field: Rich,
    /// The field as known-failure files name it, if that is another word.
    name: Option<String>,
    legs: String,
    kind: &'static str,
    effect: &'static str,
    expected: Rich,
    observed: Rich,
}

pub(super) fn page(context: &Context<'_>, result: &VectorResult) -> Page {
    let vector = &result.vector;
    let path = place(&result.id);
    let n_steps = vector.steps.len();
    let script = vector.script.as_ref().map(given::script);
    let policy = result
        .policy
        .as_ref()
        .map(|policy| given::rich(given::policy(policy)));
    let wire = legs::best(result);
    let seen = wire.map_or(&*result.predicted, |leg| &*leg.observations);
    let exchanges = seen.iter().flat_map(|step| &step.exchanges);
    let verdict = VectorVerdict::from(result);
    let differences = differences(&verdict);
    let neighbours = neighbours(context, result);
    let template = VectorPage {
        frame: Frame::new(context.results, &path, ""),
        id: result.id.to_string(),
        topic: context.topic_title(result.id.topic()),
        topic_anchor: topic_anchor(result.id.topic()),
        title: Rich::new(&clip(&vector.title, 300)),
        why: Rich::new(&clip(&vector.why, 600)),
        kind: weight::kind_sentence(vector.kind),
        mark: Mark {
            verdict: result.verdict,
        },
        owner: result.owner.culprit(),
        answers: legs::answers(result),
        meaning: meaning(&differences),
        differences: differences
            .iter()
            .map(|difference| difference_row(difference, n_steps))
            .collect(),
        drawings: drawings(result),
        harms: harms(context, result),
        policy: policy.unwrap_or_default(),
        script: script.unwrap_or_default(),
        steps: legs::steps(result),
        trace: trace(result),
        requirements: requirements(context, result),
        rerun: rerun(context.results, &[&result.id]),
        bytes: legs::bytes(result),
        before: neighbours.0,
        after: neighbours.1,
        curls: exchanges
            .map(|exchange| super::reproduce::curl(&exchange.request))
            .take(12)
            .collect(),
        depends_on: vector
            .depends_on
            .iter()
            .map(|id| Dependency {
                id: id.to_string(),
                is_here: context.index(id).is_some(),
            })
            .collect(),
    };
    draw(path, &template)
}

/// The vectors before and after `result` in its topic.
fn neighbours(
    context: &Context<'_>,
    result: &VectorResult,
) -> (Option<Neighbour>, Option<Neighbour>) {
    let vectors = &context.results.vectors;
    let Some(index) = context.index(&result.id) else {
        return (None, None);
    };
    let neighbour = |index: usize| {
        let other = vectors.get(index)?;
        (other.id.topic() == result.id.topic()).then(|| Neighbour {
            href: place(&other.id),
            title: Rich::new(&clip(&other.title, 300)),
        })
    };
    let before = index.checked_sub(1).and_then(neighbour);
    (before, neighbour(index + 1))
}

/// What the worst of `differences` means for people.
fn meaning(differences: &[Difference<'_>]) -> &'static str {
    let required = differences
        .iter()
        .filter(|difference| difference.mismatch.kind == Kind::Required);
    match required.map(|difference| difference.mismatch.effect).max() {
        Some(Effect::OverGrant) => "A page gets what it must not get.",
        Some(Effect::UnderGrant) => "A page does not get what it is entitled to.",
        Some(Effect::Other) | None => "",
    }
}

fn difference_row(difference: &Difference<'_>, n_steps: usize) -> DifferenceRow {
    let mismatch = difference.mismatch;
    let effect = match mismatch.effect {
        Effect::Other => "",
        Effect::OverGrant => Verdict::FailedOverGrant.label(),
        Effect::UnderGrant => Verdict::FailedUnderGrant.label(),
    };
    DifferenceRow {
        field: Rich::new(&clip(&difference.field(n_steps), 300)),
        name: (spoken(&mismatch.field) != mismatch.field).then(|| clip(&mismatch.field, 300)),
        legs: difference.legs(),
        kind: kind_word(mismatch.kind),
        effect,
        expected: Rich::new(&clip(&mismatch.expected, 1000)),
        observed: Rich::new(&clip(&mismatch.observed, 1000)),
    }
}
