//! "CORS, proven": the claims about CORS, each with the vectors that show it.

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
    drawn::drawn,
    results::{LegResult, VectorResult},
    show::clip,
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
    drawing: Option<Exchange>,
    n_failed: usize,
}

/// The diagram of a vector on a leg.
#[derive(Debug)]
struct Exchange {
    leg: &'static str,
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

pub(super) fn page(context: &Context<'_>) -> Page {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for concept in &context.catalogue.concepts.concepts {
        let claim = claim(context, &concept.id, &concept.claim);
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

fn claim<'a>(context: &Context<'a>, id: &'a str, text: &'a str) -> Claim<'a> {
    let shows = |vector: &&VectorResult| vector.vector.concepts.iter().any(|claim| claim == id);
    let vectors: Vec<_> = context.results.vectors.iter().filter(shows).collect();
    let drawing = vectors.iter().find_map(|vector| {
        let leg = best(vector)?;
        let diagram = diagram(vector, &leg.observations);
        let title = format!("{id}: {}", clip(&vector.vector.title, 200));
        let drawing = Drawing::new(format!("d-{id}"), title, &diagram);
        Some(Exchange {
            leg: leg.leg.word(),
            title: Rich::new(&clip(&vector.vector.title, 300)),
            href: place(vector),
            svg: drawn(&drawing),
        })
    });
    let shown = |vector: &&VectorResult| Shown {
        id: vector.id.to_string(),
        title: Rich::new(&clip(&vector.vector.title, 300)),
        href: place(vector),
        mark: Mark {
            verdict: vector.verdict,
        },
    };
    Claim {
        id,
        text: Rich::new(text),
        vectors: vectors.iter().map(shown).collect(),
        drawing,
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
