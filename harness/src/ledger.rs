//! Results as they come: on disk first.
//!
//! Each result is appended to `results.jsonl` as soon as it is there, so that neither a crash nor Ctrl-C
//! loses what was done, and `--resume` can go on.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use crosscheck_report::{observation::Leg, results::LegResult};
use crosscheck_vectors::vector::VectorId;
use serde::{Deserialize, Serialize};

/// The file's name.
const NAME: &str = "results.jsonl";

/// What a run is about; only a run about the same can be resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The suite's version.
    pub suite: String,
    /// A digest of all vectors.
    pub vectors: u64,
    /// The subject's name and fault.
    pub subject: String,
}

/// Why the ledger cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file could not be read or written.
    #[error("cannot use `{path}`")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another run is writing to the same folder.
    #[error("another run is writing to `{0}`; wait for it, or give another folder with `--out`")]
    Busy(PathBuf),
    /// The run to resume was about something else.
    #[error("`{path}` is of another run ({found}); run without `--resume`")]
    OtherRun {
        /// The file.
        path: PathBuf,
        /// What it is about.
        found: String,
    },
    /// The file to resume from is damaged other than at its very end.
    #[error("`{path}` line {line} cannot be read: {source}; run without `--resume`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// The results so far.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    file: File,
    results: BTreeMap<(VectorId, Leg), LegResult>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: VectorId,
    result: LegResult,
}

impl Ledger {
    /// Starts a ledger in `folder`, or goes on with the one that is there.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written, another run writes to it, or what is to be resumed does not fit.
    pub fn open(folder: &Path, identity: &Identity, resume: Resume) -> Result<Self, LedgerError> {
        let path = folder.join(NAME);
        let io = |source| LedgerError::Io {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(folder).map_err(io)?;
        let file = File::options()
            .create(true)
            .append(true)
            .read(true)
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LedgerError::Busy(folder.to_owned())),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let mut ledger = Self {
            path: path.clone(),
            file,
            results: BTreeMap::new(),
        };
        if resume == Resume::Yes && ledger.file.metadata().map_err(io)?.len() > 0 {
            ledger.read(identity)?;
        } else {
            ledger.file.set_len(0).map_err(io)?;
            ledger.write(identity).map_err(io)?;
        }
        Ok(ledger)
    }

    /// Keeps `result`, on disk and here.
    ///
    /// # Errors
    ///
    /// If it cannot be written; it is kept here all the same.
    pub fn record(&mut self, id: &VectorId, result: LegResult) -> Result<(), LedgerError> {
        let line = Line {
            id: id.clone(),
            result,
        };
        let written = self.write(&line);
        self.results.insert((line.id, line.result.leg), line.result);
        written.map_err(|source| LedgerError::Io {
            path: self.path.clone(),
            source,
        })
    }

    /// Whether `leg` is done with `id`.
    pub fn has(&self, id: &VectorId, leg: Leg) -> bool {
        self.results.contains_key(&(id.clone(), leg))
    }

    /// Takes the result of `leg` for `id` out.
    pub fn take(&mut self, id: &VectorId, leg: Leg) -> Option<LegResult> {
        self.results.remove(&(id.clone(), leg))
    }

    fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)
    }

    fn read(&mut self, identity: &Identity) -> Result<(), LedgerError> {
        let path = self.path.clone();
        let io = |source| LedgerError::Io {
            path: path.clone(),
            source,
        };
        let damaged = |line, source| LedgerError::Damaged {
            path: path.clone(),
            line,
            source,
        };
        let reader = BufReader::new(self.file.try_clone().map_err(io)?);
        let lines: Vec<String> = reader.lines().collect::<Result<_, _>>().map_err(io)?;
        let mut whole = 0;
        for (index, text) in lines.iter().enumerate() {
            if index == 0 {
                let found: Identity = serde_json::from_str(text).map_err(|e| damaged(1, e))?;
                if found != *identity {
                    let found = format!("{} with suite {}", found.subject, found.suite);
                    return Err(LedgerError::OtherRun { path, found });
                }
            } else {
                match serde_json::from_str::<Line>(text) {
                    Ok(line) => {
                        self.results.insert((line.id, line.result.leg), line.result);
                    }
                    // The last line may have been cut by whatever ended the run.
                    Err(_cut) if index + 1 == lines.len() => break,
                    Err(source) => return Err(damaged(index + 1, source)),
                }
            }
            whole += text.len() as u64 + 1;
        }
        self.file.set_len(whole).map_err(io)
    }
}

/// Whether to go on with an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Start anew.
    No,
    /// Go on.
    Yes,
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use crosscheck_report::{observation::Leg, verdict::Verdict};
    use crosscheck_vectors::vector::VectorId;

    use super::{Identity, Ledger, LedgerError, Resume};
    use crate::judge::unjudged;

    fn identity() -> Identity {
        Identity {
            suite: "1".to_owned(),
            vectors: 7,
            subject: "reference".to_owned(),
        }
    }

    fn ids() -> [VectorId; 2] {
        ["server/a/one", "server/a/two"].map(|id| VectorId::parse(id).unwrap())
    }

    #[test]
    fn what_was_done_is_there_after_a_cut() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ids();
        let mut ledger = Ledger::open(folder.path(), &identity(), Resume::No).unwrap();
        ledger
            .record(&one, unjudged(Leg::Wire, Verdict::Passed, ""))
            .unwrap();
        drop(ledger);
        let mut file = fs::File::options()
            .append(true)
            .open(folder.path().join(super::NAME))
            .unwrap();
        file.write_all(b"{\"id\":\"server/a/t").unwrap();
        drop(file);
        let mut ledger = Ledger::open(folder.path(), &identity(), Resume::Yes).unwrap();
        assert!(ledger.has(&one, Leg::Wire) && !ledger.has(&one, Leg::Chromium));
        ledger
            .record(&two, unjudged(Leg::Wire, Verdict::Passed, ""))
            .unwrap();
        drop(ledger);
        let ledger = Ledger::open(folder.path(), &identity(), Resume::Yes).unwrap();
        assert!(ledger.has(&one, Leg::Wire) && ledger.has(&two, Leg::Wire));
    }

    #[test]
    fn a_new_run_forgets() {
        let folder = tempfile::tempdir().unwrap();
        let [one, _] = ids();
        let mut ledger = Ledger::open(folder.path(), &identity(), Resume::No).unwrap();
        ledger
            .record(&one, unjudged(Leg::Wire, Verdict::Passed, ""))
            .unwrap();
        drop(ledger);
        assert!(
            !Ledger::open(folder.path(), &identity(), Resume::No)
                .unwrap()
                .has(&one, Leg::Wire)
        );
    }

    #[test]
    fn only_the_same_run_is_resumed() {
        let folder = tempfile::tempdir().unwrap();
        drop(Ledger::open(folder.path(), &identity(), Resume::No).unwrap());
        let other = Identity {
            vectors: 8,
            ..identity()
        };
        let error = Ledger::open(folder.path(), &other, Resume::Yes).unwrap_err();
        assert!(matches!(error, LedgerError::OtherRun { .. }), "{error}");
    }

    #[test]
    fn two_runs_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Ledger::open(folder.path(), &identity(), Resume::No).unwrap();
        let error = Ledger::open(folder.path(), &identity(), Resume::No).unwrap_err();
        assert!(matches!(error, LedgerError::Busy(_)), "{error}");
    }
}
