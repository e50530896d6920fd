//! What is kept of runs, to compare implementations.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crosscheck_report::{implementation::Implementation, stream, totals::Totals};
use crosscheck_vectors::file;

use crate::run::{folder::Folder, output, output::OutputError};

/// The folder of what is kept.
const FOLDER: &str = "implementations";

/// What became of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// There is something to show of it.
    Here {
        /// The implementation.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// Something broke, so it says too little of the implementation to replace what was kept earlier.
    Not {
        /// The implementation.
        name: String,
        /// How many vectors could not be judged.
        n_errors: usize,
    },
}

/// Keeps what there is to show of the run in the folder `run`, below `out`.
///
/// # Errors
///
/// If there is no run, or the file cannot be written.
pub fn keep(run: &Path, out: &mut Folder) -> Result<Kept, OutputError> {
    let overview = output::read(run)?;
    let n_errors = Totals::of(&overview).errors;
    if n_errors > 0 {
        let name = overview.subject.name;
        return Ok(Kept::Not { name, n_errors });
    }
    let mut kept = Implementation::new(&overview);
    let (path, results) = output::open_results(run)?;
    stream::each_vector(results, |vector| kept.add(&vector))
        .map_err(|source| OutputError::Unreadable { path, source })?;
    let place = format!("{FOLDER}/{}.json", kept.slug());
    out.put(&place, |file| {
        serde_json::to_writer_pretty(&mut *file, &kept)?;
        file.write_all(b"\n")
    })?;
    Ok(Kept::Here {
        name: kept.subject.name,
        path: out.path().join(place),
    })
}

/// Everything that is kept below `out`, by file name; nothing if there is no such folder.
///
/// # Errors
///
/// If a file cannot be read.
pub fn read_all(out: &Path) -> Result<Vec<Implementation>, OutputError> {
    let folder = out.join(FOLDER);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| OutputError::Io { path, source }
    };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed(&folder))?,
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed(&folder))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = file::read_text(&path).map_err(failed(&path))?;
        serde_json::from_str(&text).map_err(|source| OutputError::Unreadable { path, source })
    };
    paths.into_iter().map(read).collect()
}
