//! Results on disk.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
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
use crosscheck_vectors::load::Suite;
use tempfile::NamedTempFile;

use crate::run::ledger::LedgerError;

/// The file from which everything else is made.
const RESULTS: &str = "results.json";

/// The template of a file for `--known`.
pub(crate) const TEMPLATE: &str = "known-template.toml";

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

/// Writes `results.json`: what `overview` says of the run, and its `vectors` one by one.
///
/// # Errors
///
/// If one of `vectors` cannot be had, or the file cannot be written; it then stays as it was.
pub fn write(
    folder: &Path,
    overview: &Overview,
    vectors: impl Iterator<Item = Result<VectorResult, LedgerError>>,
) -> Result<(), OutputError> {
    put(folder, RESULTS, |file| {
        Ok(stream::write(file, overview, vectors)?)
    })
}

/// Makes the report of the run in `folder`, of which `overview` was read or written there.
///
/// # Errors
///
/// If something cannot be read or written.
pub fn draw(
    folder: &Path,
    outputs: &[Output],
    overview: &Overview,
    previous: Option<&Overview>,
    suite: &Suite,
) -> Result<(), OutputError> {
    for output in outputs {
        match output {
            Output::Html => draw_pages(folder, overview, previous, suite)?,
            Output::Json => {}
            Output::Junit => put_text(folder, "junit.xml", &junit(overview))?,
            Output::Markdown => put_text(folder, "summary.md", &markdown(overview))?,
        }
    }
    Ok(())
}

fn draw_pages(
    folder: &Path,
    overview: &Overview,
    previous: Option<&Overview>,
    suite: &Suite,
) -> Result<(), OutputError> {
    let vectors = folder.join("v");
    match fs::remove_dir_all(&vectors) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(OutputError::Io {
                path: vectors,
                source: error,
            });
        }
        _ => {}
    }
    let topics = suite.topic_titles();
    let catalogue = Catalogue {
        requirements: &suite.requirements,
        concepts: &suite.concepts,
        flags: &suite.flags,
        accounted: &suite.accounted,
        topics: &topics,
    };
    let mut pages = Pages::new(overview, catalogue);
    let (path, results) = open_results(folder)?;
    let mut drawn = Ok(());
    stream::each_vector(results, |vector| {
        if drawn.is_ok() {
            drawn = put_page(folder, &pages.vector(&vector));
        }
    })
    .map_err(|source| OutputError::Unreadable { path, source })?;
    drawn?;
    pages
        .of_run(previous)
        .try_for_each(|page| put_page(folder, &page))
}

/// The results in `folder`, to be read, and where they are.
pub(crate) fn open_results(folder: &Path) -> Result<(PathBuf, BufReader<File>), OutputError> {
    let path = folder.join(RESULTS);
    match File::open(&path) {
        Ok(file) => Ok((path, BufReader::new(file))),
        Err(source) => Err(OutputError::Io { path, source }),
    }
}

/// Writes the template of a file for `--known`, if there are failures; returns whether there are.
///
/// # Errors
///
/// If it cannot be written, or an old one cannot be removed.
pub fn write_template(folder: &Path, overview: &Overview) -> Result<bool, OutputError> {
    let template = template(overview);
    if !template.is_empty() {
        return put_text(folder, TEMPLATE, &template).map(|()| true);
    }
    let path = folder.join(TEMPLATE);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(OutputError::Io { path, source })
        }
        _ => Ok(false),
    }
}

/// A new file that others may read, as far as this process lets them.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Writes a page below `folder`.
pub(crate) fn put_page(folder: &Path, page: &Page) -> Result<(), OutputError> {
    put_text(folder, &page.path, &page.content)
}

fn put_text(folder: &Path, name: &str, text: &str) -> Result<(), OutputError> {
    put(folder, name, |file| file.write_all(text.as_bytes()))
}

/// Writes a file whole or not at all.
pub(crate) fn put(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> io::Result<()>,
) -> Result<(), OutputError> {
    let path = folder.join(name);
    let parent = path.parent().unwrap_or(folder);
    let put = || {
        fs::create_dir_all(parent)?;
        let mut file = BufWriter::new(temporary_in(parent)?);
        write(&mut file)?;
        file.into_inner()?.persist(&path)?;
        Ok(())
    };
    put().map_err(|source| OutputError::Io {
        path: path.clone(),
        source,
    })
}
