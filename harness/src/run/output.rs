//! Results on disk.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use crosscheck_report::{
    html::{Catalogue, Page, Pages},
    junit::junit,
    known::template,
    markdown::markdown,
    overview::Overview,
    results::VectorResult,
    stream,
};
use crosscheck_vectors::{file, load::Suite, vector::VectorId};

use crate::run::{
    Config,
    folder::{Folder, FolderError},
    ledger::LedgerError,
};

/// The file from which everything else is made.
const RESULTS: &str = "results.json";

/// The summary for CI servers.
const JUNIT: &str = "junit.xml";

/// The summary for people.
const MARKDOWN: &str = "summary.md";

/// The suite file of the smallest generated vectors that fail.
pub(crate) const MINIMAL: &str = "generated/server/minimal.json";

/// The folder of the vectors' pages.
const PAGES: &str = "v";

/// The pages about the whole run, and what all pages need.
const OF_RUN: [&str; 5] = [
    "index.html",
    "concepts.html",
    "coverage.html",
    "style.css",
    "report.js",
];

/// The template of a file for `--known`, without its ending.
const TEMPLATE: &str = "known-template";

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// A folder of static pages.
    Html,
    /// Nothing but `results.json`, which is always written.
    Json,
    /// `junit.xml`, for CI servers.
    Junit,
    /// `summary.md`, for job summaries.
    Markdown,
}

/// Why results could not be written or read.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum OutputError {
    /// A file could not be read or written.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The results are not those of this suite.
    #[error("`{}` cannot be read as results", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The folder cannot be written to.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// What there is to say of the run in `folder`.
///
/// # Errors
///
/// If there are no results that can be read.
pub fn read(folder: &Path) -> Result<Overview, OutputError> {
    let (path, results) = open_results(folder)?;
    let read = serde_json::from_reader(results);
    read.map_err(|source| OutputError::Unreadable { path, source })
}

/// The results of an earlier run in `folder`; none if there are none, or an older suite wrote them.
pub fn previous(folder: &Path) -> Option<Overview> {
    read(folder).ok()
}

/// Makes sure that whatever the run of `vectors` as `config` says writes to `folder` replaces nothing but what
/// the tool wrote.
///
/// # Errors
///
/// If it would.
pub fn check<'a>(
    folder: &Folder,
    config: &Config,
    vectors: impl Iterator<Item = &'a VectorId>,
) -> Result<(), OutputError> {
    folder.check(RESULTS)?;
    if config.generated.is_some() {
        folder.check(MINIMAL)?;
    }
    let outputs = &config.outputs;
    for output in outputs {
        match output {
            Output::Html => OF_RUN.iter().try_for_each(|place| folder.check(place))?,
            Output::Json => {}
            Output::Junit => folder.check(JUNIT)?,
            Output::Markdown => folder.check(MARKDOWN)?,
        }
    }
    if outputs.contains(&Output::Html) {
        for id in vectors {
            folder.check(&page_of(id))?;
        }
    }
    Ok(())
}

/// Writes `results.json`: what `overview` says of the run, and its `vectors` one by one.
///
/// # Errors
///
/// If one of `vectors` cannot be had, or the file cannot be written; it then stays as it was.
pub fn write(
    folder: &mut Folder,
    overview: &Overview,
    vectors: impl Iterator<Item = Result<VectorResult, LedgerError>>,
) -> Result<(), OutputError> {
    let written = folder.put(RESULTS, |file| Ok(stream::write(file, overview, vectors)?));
    Ok(written?)
}

/// Makes the report of the run in `folder`, of which `overview` was read or written there.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn draw(
    folder: &mut Folder,
    outputs: &[Output],
    overview: &Overview,
    previous: Option<&Overview>,
    suite: &Suite,
) -> Result<(), OutputError> {
    for output in outputs {
        match output {
            Output::Html => draw_pages(folder, overview, previous, suite)?,
            Output::Json => {}
            Output::Junit => put_text(folder, JUNIT, &junit(overview))?,
            Output::Markdown => put_text(folder, MARKDOWN, &markdown(overview))?,
        }
    }
    Ok(())
}

fn draw_pages(
    folder: &mut Folder,
    overview: &Overview,
    previous: Option<&Overview>,
    suite: &Suite,
) -> Result<(), OutputError> {
    let topics = suite.topic_titles();
    let catalogue = Catalogue {
        requirements: &suite.requirements,
        concepts: &suite.concepts,
        flags: &suite.flags,
        accounted: &suite.accounted,
        topics: &topics,
    };
    let vectors = overview.vectors.iter();
    let drawn: BTreeSet<_> = vectors.map(|vector| page_of(&vector.id)).collect();
    folder.announce(drawn.iter().cloned())?;
    let mut pages = Pages::new(overview, catalogue);
    let (path, results) = open_results(folder.path())?;
    let mut put = Ok(());
    stream::each_vector(results, |vector| {
        if put.is_ok() {
            put = put_page(folder, &pages.vector(&vector));
        }
    })
    .map_err(|source| OutputError::Unreadable { path, source })?;
    put?;
    pages
        .of_run(previous)
        .try_for_each(|page| put_page(folder, &page))?;
    Ok(folder.retain(PAGES, &drawn)?)
}

/// Where the page of `id` is.
fn page_of(id: &VectorId) -> String {
    format!("{PAGES}/{id}.html")
}

/// The results in `folder`, to be read, and where they are.
pub(crate) fn open_results(folder: &Path) -> Result<(PathBuf, BufReader<File>), OutputError> {
    let path = folder.join(RESULTS);
    match file::open(&path) {
        Ok(file) => Ok((path, BufReader::new(file))),
        Err(source) => Err(OutputError::Io { path, source }),
    }
}

/// Writes the template of a file for `--known`, if there are failures; returns where. A template in which
/// somebody wrote stays, and so does one of the files `known`, which the run was given: the new one is then
/// put beside it.
///
/// # Errors
///
/// If it cannot be written, or an old one cannot be removed.
pub fn write_template(
    folder: &mut Folder,
    overview: &Overview,
    known: &[PathBuf],
) -> Result<Option<PathBuf>, OutputError> {
    let known: Vec<_> = known.iter().flat_map(fs::canonicalize).collect();
    let is_in_use = |path: &Path| fs::canonicalize(path).is_ok_and(|path| known.contains(&path));
    let others = (2..).map(|number| format!("{TEMPLATE}-{number}.toml"));
    let places = std::iter::once(format!("{TEMPLATE}.toml")).chain(others);
    let put = folder.put_template(places, &template(overview), is_in_use)?;
    Ok(put.map(|place| folder.path().join(place)))
}

/// Writes a page below `folder`.
pub(crate) fn put_page(folder: &mut Folder, page: &Page) -> Result<(), OutputError> {
    put_text(folder, &page.path, &page.content)
}

fn put_text(folder: &mut Folder, place: &str, text: &str) -> Result<(), OutputError> {
    Ok(folder.put(place, |file| file.write_all(text.as_bytes()))?)
}
