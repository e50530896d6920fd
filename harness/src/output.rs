//! Results on disk.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use crosscheck_report::{
    html::{Catalogue, render},
    junit::junit,
    known::template,
    markdown::markdown,
    results::Results,
};
use crosscheck_vectors::load::Suite;
use tempfile::NamedTempFile;

/// The file from which everything else is made.
const RESULTS: &str = "results.json";

/// The template of a file for `--known`.
pub(crate) const TEMPLATE: &str = "known-template.toml";

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
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
pub(crate) enum OutputError {
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

/// The results in `folder`.
///
/// # Errors
///
/// If there are none that can be read.
pub(crate) fn read(folder: &Path) -> Result<Results, OutputError> {
    let path = folder.join(RESULTS);
    let text = fs::read(&path).map_err(|source| OutputError::Io {
        path: path.clone(),
        source,
    })?;
    serde_json::from_slice(&text).map_err(|source| OutputError::Unreadable { path, source })
}

/// The results of an earlier run in `folder`; none if there are none, or an older suite wrote them.
pub(crate) fn previous(folder: &Path) -> Option<Results> {
    read(folder).ok()
}

/// Writes `results` and the report made of them into `folder`.
///
/// # Errors
///
/// If something cannot be written; what was there of `results.json` then stays as it was.
pub(crate) fn write(
    folder: &Path,
    outputs: &[Output],
    results: &Results,
    previous: Option<&Results>,
    suite: &Suite,
) -> Result<(), OutputError> {
    let json = serde_json::to_vec(results).map_err(|source| OutputError::Unreadable {
        path: folder.join(RESULTS),
        source,
    })?;
    put(folder, RESULTS, &json)?;
    if outputs.contains(&Output::Junit) {
        put(folder, "junit.xml", junit(results).as_bytes())?;
    }
    if outputs.contains(&Output::Markdown) {
        put(folder, "summary.md", markdown(results).as_bytes())?;
    }
    if outputs.contains(&Output::Html) {
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
        let topics = suite
            .topics
            .iter()
            .map(|(place, topic)| (place.clone(), topic.title.clone()))
            .collect();
        let catalogue = Catalogue {
            requirements: &suite.requirements,
            concepts: &suite.concepts,
            flags: &suite.flags,
            accounted: &suite.accounted,
            topics: &topics,
        };
        for page in render(results, previous, &catalogue) {
            put(folder, &page.path, page.content.as_bytes())?;
        }
    }
    Ok(())
}

/// Writes the template of a file for `--known`, if there are failures; returns whether there are.
///
/// # Errors
///
/// If it cannot be written, or an old one cannot be removed.
pub(crate) fn write_template(folder: &Path, results: &Results) -> Result<bool, OutputError> {
    let template = template(results);
    if !template.is_empty() {
        return put(folder, TEMPLATE, template.as_bytes()).map(|()| true);
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

/// Writes a file whole or not at all.
fn put(folder: &Path, name: &str, content: &[u8]) -> Result<(), OutputError> {
    let path = folder.join(name);
    let parent = path.parent().unwrap_or(folder);
    let write = || {
        fs::create_dir_all(parent)?;
        let mut file = temporary_in(parent)?;
        io::Write::write_all(&mut file, content)?;
        file.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|source| OutputError::Io {
        path: path.clone(),
        source,
    })
}
