//! How much a vector matters, to whom, and by which rule.

use crosscheck_vectors::vector::Kind;

use crate::{
    html::{
        Context,
        parts::{self, Rich},
    },
    printable::clip,
    results::VectorResult,
};

/// A weakness class that a failure points to.
#[derive(Debug)]
pub(super) struct Harm {
    pub(super) title: Rich,
    pub(super) effect: Rich,
    pub(super) cves: Vec<(String, String)>,
    /// Text and address.
    pub(super) links: Vec<(String, String)>,
}

/// A rule that the vector tests.
#[derive(Debug)]
pub(super) struct Requirement {
    pub(super) id: String,
    pub(super) address: Option<String>,
    pub(super) source: String,
    pub(super) level: String,
    pub(super) statement: Rich,
}

pub(super) fn kind_sentence(kind: Kind) -> &'static str {
    match kind {
        Kind::Required => "required: an outcome or the grammar depends on it",
        Kind::Recommended => "recommended: advice that flips no outcome",
        Kind::Survey => "reported only: any answer will do",
    }
}

pub(super) fn harms(context: &Context<'_>, result: &VectorResult) -> Vec<Harm> {
    let flags = &result.vector.flags;
    let known = flags.iter().filter_map(|id| context.flags.get(id.as_str()));
    known
        .map(|flag| Harm {
            title: Rich::new(&clip(&flag.title, 200)),
            effect: Rich::new(&clip(&flag.effect, 600)),
            cves: flag
                .cves
                .iter()
                .map(|cve| {
                    (
                        clip(cve, 40),
                        format!("https://www.cve.org/CVERecord?id={cve}"),
                    )
                })
                .collect(),
            links: flag
                .links
                .iter()
                .filter(|link| parts::is_web(link))
                .map(|link| {
                    let text = link.split_once("://").map_or(&**link, |(_, text)| text);
                    (clip(text, 120), link.clone())
                })
                .collect(),
        })
        .collect()
}

pub(super) fn requirements(context: &Context<'_>, result: &VectorResult) -> Vec<Requirement> {
    let row = |id: &String| match context.requirements.get(id.as_str()) {
        Some(row) => Requirement {
            id: row.id.clone(),
            address: context.address(&row.source),
            source: row.source.clone(),
            level: row.level.clone(),
            statement: Rich::new(&row.statement),
        },
        None => Requirement {
            id: clip(id, 200),
            address: None,
            source: String::new(),
            level: String::new(),
            statement: Rich::new("This row is not in the catalogue."),
        },
    };
    result.vector.requirements.iter().map(row).collect()
}
