//! The report as a folder of static pages.
//!
//! The pages open from disk and read without scripts; the only script filters the list of vectors.
//! Whatever a subject sent is escaped, of limited length, and kept in check by a content security
//! policy.

mod concepts;
mod coverage;
mod diagram;
mod gallery;
mod given;
mod index;
mod parts;
mod raw;
mod reproduce;
#[cfg(test)]
mod tests;
mod vector;

use std::{collections::BTreeMap, iter::once_with};

use crosscheck_vectors::{
    catalogue::{Accounted, Concepts, Flag, Flags, Requirement, Requirements},
    vector::VectorId,
};

use self::concepts::Exchanges;
pub use self::gallery::gallery;
use crate::{overview::Overview, results::VectorResult, templates::render};

/// A file of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its place below the report's folder, with `/`.
    pub path: String,
    /// Its content.
    pub content: String,
}

/// What the vectors refer to.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue<'a> {
    /// The requirements.
    pub requirements: &'a Requirements,
    /// The claims.
    pub concepts: &'a Concepts,
    /// The weakness classes.
    pub flags: &'a Flags,
    /// Requirements that no vector can reach.
    pub accounted: &'a [Accounted],
    /// The titles of the suite files, by place (`server/vary`).
    pub topics: &'a BTreeMap<String, String>,
}

/// Draws the pages of a run.
#[derive(Debug)]
pub struct Pages<'a> {
    context: Context<'a>,
    exchanges: Exchanges<'a>,
}

impl<'a> Pages<'a> {
    /// Those of `overview`.
    pub fn new(overview: &'a Overview, catalogue: Catalogue<'a>) -> Self {
        Self {
            context: Context::new(overview, catalogue),
            exchanges: Exchanges::default(),
        }
    }

    /// The page of a vector.
    pub fn vector(&mut self, result: &VectorResult) -> Page {
        self.exchanges.note(&self.context, result);
        vector::page(&self.context, result)
    }

    /// The pages about the whole run and what all pages need, `index.html` first; to be drawn after
    /// those of the vectors, since they show some of the same.
    pub fn of_run(&self, previous: Option<&Overview>) -> impl Iterator<Item = Page> {
        let context = &self.context;
        once_with(move || index::page(context, previous))
            .chain(once_with(|| concepts::page(context, &self.exchanges)))
            .chain(once_with(|| coverage::page(context)))
            .chain([
                file("style.css", include_str!("../templates/style.css")),
                file("report.js", include_str!("../templates/report.js")),
            ])
    }
}

fn file(path: &str, content: &str) -> Page {
    Page {
        path: path.to_owned(),
        content: content.to_owned(),
    }
}

/// Draws a template.
fn draw(path: impl Into<String>, template: &impl askama::Template) -> Page {
    Page {
        path: path.into(),
        content: render(template),
    }
}

/// What every page looks things up in.
#[derive(Debug)]
struct Context<'a> {
    results: &'a Overview,
    catalogue: Catalogue<'a>,
    requirements: BTreeMap<&'a str, &'a Requirement>,
    flags: BTreeMap<&'a str, &'a Flag>,
}

impl<'a> Context<'a> {
    fn new(results: &'a Overview, catalogue: Catalogue<'a>) -> Self {
        let requirements = &catalogue.requirements.requirements;
        let flags = &catalogue.flags.flags;
        Self {
            results,
            catalogue,
            requirements: requirements.iter().map(|row| (&*row.id, row)).collect(),
            flags: flags.iter().map(|flag| (&*flag.id, flag)).collect(),
        }
    }

    /// Where the run has the vector `id`, if it has.
    fn index(&self, id: &VectorId) -> Option<usize> {
        let vectors = &self.results.vectors;
        vectors.binary_search_by(|vector| vector.id.cmp(id)).ok()
    }

    /// The address of a `source` such as `fetch#cors-check`; none if the document is not known.
    fn address(&self, source: &str) -> Option<String> {
        let (key, fragment) = source.split_once('#').unwrap_or((source, ""));
        let sources = &self.catalogue.requirements.sources;
        let document = sources.iter().find(|source| source.key == key)?;
        let url = &document.url;
        let address = match key {
            _ if fragment.is_empty() => url.clone(),
            // Their fragments name a step or a topic, and nothing in the document.
            "security" | "w3c-cors" => url.clone(),
            _ if key.starts_with("rfc") => format!("{url}#section-{fragment}"),
            _ => format!("{url}#{fragment}"),
        };
        parts::is_web(&address).then_some(address)
    }

    /// The title of the suite file that `vector` comes from.
    fn topic_title(&self, topic: &str) -> String {
        let title = self.catalogue.topics.get(topic).cloned();
        title.unwrap_or_else(|| {
            let last = topic.rsplit('/').next().unwrap_or(topic);
            last.replace('-', " ")
        })
    }
}

/// Where a vector's page is, below the report's folder.
fn place(id: &VectorId) -> String {
    format!("v/{id}.html")
}
