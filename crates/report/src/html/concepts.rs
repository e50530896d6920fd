//! "CORS, proven": the claims about CORS, each with the vectors that show it.

use std::collections::BTreeMap;

use askama::Template;

use super::{
    Context, Page,
    diagram::Drawing,
    draw,
    parts::{Frame, Mark, Rich},
    place,
    vector::diagram,
};
use crate::{
    leg::Leg,
    overview::VectorVerdict,
    printable::clip,
    results::{LegResult, VectorResult},
    templates::render,
};

#[derive(Debug, Template)]
#[template(path = "concepts.html")]
struct Concepts<'a> {
    frame: Frame,
    n_claims: usize,
    n_shown: usize,
    sections: Vec<Section<'a>>,
}

#[derive(Debug)]
struct Section<'a> {
    title: &'a str,
    claims: Vec<Claim<'a>>,
}

#[derive(Debug)]
struct Claim<'a> {
    id: &'a str,
    text: Rich,
    vectors: Vec<Shown>,
    /// The exchange of the first vector that was replayed, and on which leg.
    drawing: Option<&'a Exchange>,
    n_failed: usize,
}

/// The diagram of a vector on a leg.
#[derive(Debug)]
struct Exchange {
    leg: Leg,
    title: Rich,
    href: String,
    svg: String,
}

/// A vector that shows a claim.
#[derive(Debug)]
struct Shown {
    id: String,
    title: Rich,
    href: String,
    mark: Mark,
}

/// The exchange that shows each claim: of the first of its vectors that was replayed.
#[derive(Debug, Default)]
pub(super) struct Exchanges<'a>(BTreeMap<&'a str, Exchange>);

impl<'a> Exchanges<'a> {
    /// Draws the exchange of `result` for the claims that it is the first to show.
    pub(super) fn note(&mut self, context: &Context<'a>, result: &VectorResult) {
        let Some(leg) = best(result) else { return };
        for concept in &context.catalogue.concepts.concepts {
            let id = &*concept.id;
            if result.vector.concepts.contains(&concept.id) && !self.0.contains_key(id) {
                self.0.insert(id, Exchange::new(id, result, leg));
            }
        }
    }
}

impl Exchange {
    fn new(claim: &str, result: &VectorResult, leg: &LegResult) -> Self {
        let title = format!("{claim}: {}", clip(&result.vector.title, 200));
        let diagram = diagram(result, &leg.observations);
        let drawing = Drawing::new(format!("d-{claim}"), title, &diagram);
        Self {
            leg: leg.leg,
            title: Rich::new(&clip(&result.vector.title, 300)),
            href: place(&result.id),
            svg: render(&drawing),
        }
    }
}

pub(super) fn page(context: &Context<'_>, exchanges: &Exchanges<'_>) -> Page {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for concept in &context.catalogue.concepts.concepts {
        let claim = claim(context, exchanges, &concept.id, &concept.claim);
        match sections.last_mut() {
            Some(section) if section.title == concept.section => section.claims.push(claim),
            _ => sections.push(Section {
                title: &concept.section,
                claims: vec![claim],
            }),
        }
    }
    let claims = || sections.iter().flat_map(|section| &section.claims);
    let template = Concepts {
        frame: Frame::new(context.results, "concepts.html", "concepts"),
        n_claims: claims().count(),
        n_shown: claims().filter(|claim| !claim.vectors.is_empty()).count(),
        sections,
    };
    draw("concepts.html", &template)
}

fn claim<'a>(
    context: &Context<'a>,
    exchanges: &'a Exchanges<'_>,
    id: &'a str,
    text: &'a str,
) -> Claim<'a> {
    let shows = |vector: &&VectorVerdict| vector.concepts.iter().any(|claim| claim == id);
    let vectors: Vec<_> = context.results.vectors.iter().filter(shows).collect();
    let shown = |vector: &&VectorVerdict| Shown {
        id: vector.id.to_string(),
        title: Rich::new(&clip(&vector.title, 300)),
        href: place(&vector.id),
        mark: Mark {
            verdict: vector.verdict,
        },
    };
    Claim {
        id,
        text: Rich::new(text),
        vectors: vectors.iter().map(shown).collect(),
        drawing: exchanges.0.get(id),
        n_failed: vectors
            .iter()
            .filter(|vector| vector.verdict.is_failure())
            .count(),
    }
}

/// A browser that saw something, else any other leg.
fn best(vector: &VectorResult) -> Option<&LegResult> {
    let saw = || {
        vector
            .legs
            .iter()
            .filter(|leg| !leg.observations.is_empty())
    };
    saw()
        .find(|leg| leg.leg.is_browser())
        .or_else(|| saw().next())
}
