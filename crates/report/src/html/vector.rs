//! The page of one vector.

mod legs;
mod weight;

use askama::Template;

pub(super) use self::legs::diagram;
use self::{
    legs::{Drawn, LegView, StepView, Trace, drawings, trace},
    weight::{Harm, Requirement, harms, requirements},
};
use super::{
    Context, Page, draw,
    given::{self, Answer},
    parts::{Frame, Mark, Rich, kind_word},
    place,
};
use crate::{
    diff::Effect,
    difference::{Difference, differences},
    results::VectorResult,
    show::clip,
    verdict::Verdict,
};

#[derive(Debug, Template)]
#[template(path = "vector.html")]
struct VectorPage {
    frame: Frame,
    id: String,
    topic: String,
    title: Rich,
    why: Rich,
    kind: &'static str,
    mark: Mark,
    owner: Option<&'static str>,
    legs: Vec<LegView>,
    differences: Vec<DifferenceRow>,
    drawings: Vec<Drawn>,
    harms: Vec<Harm>,
    policy: Vec<(&'static str, Rich)>,
    script: Vec<Answer>,
    steps: Vec<StepView>,
    trace: Option<Trace>,
    requirements: Vec<Requirement>,
    curls: Vec<String>,
    depends_on: Vec<Dependency>,
}

/// A vector without whose success this one says nothing.
#[derive(Debug)]
struct Dependency {
    id: String,
    is_here: bool,
}

/// A field that differs.
#[derive(Debug)]
struct DifferenceRow {
    field: String,
    legs: String,
    kind: &'static str,
    effect: &'static str,
    expected: Rich,
    observed: Rich,
}

pub(super) fn page(context: &Context<'_>, result: &VectorResult) -> Page {
    let vector = &result.vector;
    let path = place(result);
    let n_steps = vector.steps.len();
    let script = vector.script.as_ref().map(given::script);
    let policy = result
        .policy
        .as_ref()
        .map(|policy| given::rich(given::policy(policy)));
    let wire = legs::best(result);
    let seen = wire.map_or(&*result.predicted, |leg| &*leg.observations);
    let exchanges = seen.iter().flat_map(|step| &step.exchanges);
    let template = VectorPage {
        frame: Frame::new(context.results, &path, ""),
        id: result.id.to_string(),
        topic: context.topic_title(result.id.topic()),
        title: Rich::new(&clip(&vector.title, 300)),
        why: Rich::new(&clip(&vector.why, 600)),
        kind: weight::kind_sentence(vector.kind),
        mark: Mark {
            verdict: result.verdict,
        },
        owner: result.owner.culprit(),
        legs: result.legs.iter().map(LegView::of).collect(),
        differences: differences(result)
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
        curls: exchanges
            .map(|exchange| super::reproduce::curl(&exchange.request))
            .take(12)
            .collect(),
        depends_on: vector
            .depends_on
            .iter()
            .map(|id| Dependency {
                id: id.to_string(),
                is_here: context.results.vectors.iter().any(|v| v.id == *id),
            })
            .collect(),
    };
    draw(path, &template)
}

fn difference_row(difference: &Difference<'_>, n_steps: usize) -> DifferenceRow {
    let mismatch = difference.mismatch;
    let effect = match mismatch.effect {
        Effect::Other => "",
        Effect::OverGrant => Verdict::FailedOverGrant.label(),
        Effect::UnderGrant => Verdict::FailedUnderGrant.label(),
    };
    DifferenceRow {
        field: clip(&difference.field(n_steps), 300),
        legs: difference.legs(),
        kind: kind_word(mismatch.kind),
        effect,
        expected: Rich::new(&clip(&mismatch.expected, 1000)),
        observed: Rich::new(&clip(&mismatch.observed, 1000)),
    }
}
