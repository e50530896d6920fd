//! Results as they come: on disk first.
//!
//! Each result is appended to `results.jsonl` as soon as it is there, so that neither a crash nor Ctrl-C
//! loses what was done, and `--resume` can go on. What was seen stays there; only verdicts are held in
//! memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, TryLockError},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::PathBuf,
};

use crosscheck_report::{
    leg::Leg, observation::Observation, results::LegResult, verdict::LegVerdict,
};
use crosscheck_vectors::vector::VectorId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::run::{
    folder::{Folder, FolderError},
    identity::{Head, Identity, new_key},
};

/// The file's name.
const NAME: &str = "results.jsonl";

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
    /// The folder cannot be written to.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The run to resume was about something else.
    #[error(
        "`{path}` is of another run ({subject}), which differs in {}; run without `--resume`",
        .differences.join(", ")
    )]
    OtherRun {
        /// The file.
        path: PathBuf,
        /// The subject of that run.
        subject: String,
        /// What differs.
        differences: Vec<String>,
    },
    /// The run to resume was made by a version that did not keep what it was about.
    #[error("`{0}` was begun by an earlier version of crosscheck; run without `--resume`")]
    Earlier(PathBuf),
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
    /// The file's length.
    end: u64,
    kept: BTreeMap<(VectorId, Leg), Kept>,
    /// What plays the client on each leg that has begun.
    engines: BTreeMap<Leg, String>,
    /// The subject in words.
    subject: String,
    n_taken_over: usize,
    replayed: BTreeSet<VectorId>,
}

/// What is held of a line.
#[derive(Debug)]
struct Kept {
    verdict: LegVerdict,
    engine: String,
    /// Where the line begins.
    at: u64,
    length: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: VectorId,
    /// What played the client.
    engine: String,
    result: LegResult,
}

impl Ledger {
    /// Starts a ledger in `folder`, or goes on with the one that is there.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written, another run writes to it, or what is to be resumed does not fit.
    pub fn open(
        folder: &mut Folder,
        identity: &Identity,
        resume: Resume,
    ) -> Result<Self, LedgerError> {
        let file = folder.append(NAME)?;
        let path = folder.path().join(NAME);
        let io = |source| LedgerError::Io {
            path: path.clone(),
            source,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderError::Busy(folder.path().to_owned()).into());
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let head = identity.head(new_key().map_err(io)?);
        let mut ledger = Self {
            path: path.clone(),
            file,
            end: 0,
            kept: BTreeMap::new(),
            engines: BTreeMap::new(),
            subject: head.subject.clone(),
            n_taken_over: 0,
            replayed: BTreeSet::new(),
        };
        if resume == Resume::Yes {
            ledger.read(identity)?;
            ledger.n_taken_over = ledger.kept.len();
        }
        ledger.file.set_len(ledger.end).map_err(io)?;
        if ledger.end == 0 {
            ledger.write(&head).map_err(io)?;
        }
        Ok(ledger)
    }

    /// Begins `leg`, on which `engine` plays the client.
    ///
    /// # Errors
    ///
    /// If another one did when what is there was replayed.
    pub fn begin(&mut self, leg: Leg, engine: &str) -> Result<(), LedgerError> {
        let mut earlier = self.kept.iter().filter(|((_, of), _)| *of == leg);
        if let Some((_, then)) = earlier.find(|(_, kept)| kept.engine != engine) {
            let differences = vec![format!("the engine ({} then, {engine} now)", then.engine)];
            return Err(LedgerError::OtherRun {
                path: self.path.clone(),
                subject: self.subject.clone(),
                differences,
            });
        }
        self.engines.insert(leg, engine.to_owned());
        Ok(())
    }

    /// How many verdicts were there when it was opened.
    pub fn n_taken_over(&self) -> usize {
        self.n_taken_over
    }

    /// How many vectors have a verdict that was not there when it was opened.
    pub fn n_replayed(&self) -> usize {
        self.replayed.len()
    }

    /// Keeps `result`.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn record(&mut self, id: &VectorId, result: LegResult) -> Result<(), LedgerError> {
        let engine = self.engines.get(&result.leg).cloned();
        let line = Line {
            id: id.clone(),
            engine: engine.unwrap_or_default(),
            result,
        };
        let at = self.end;
        let length = self.write(&line).map_err(|source| self.unusable(source))?;
        self.hold(&line, at, length);
        self.replayed.insert(line.id);
        Ok(())
    }

    /// What `leg` made of `id`, if it is done with it.
    pub fn verdict(&self, id: &VectorId, leg: Leg) -> Option<&LegVerdict> {
        let kept = self.kept.get(&(id.clone(), leg));
        kept.map(|kept| &kept.verdict)
    }

    /// What `leg` saw of `id`, from the disk; nothing if it is not done with it.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn observations(&self, id: &VectorId, leg: Leg) -> Result<Vec<Observation>, LedgerError> {
        let Some(kept) = self.kept.get(&(id.clone(), leg)) else {
            return Ok(Vec::new());
        };
        let read = || -> io::Result<Line> {
            let mut bytes = vec![0; kept.length];
            let mut file = &self.file;
            file.seek(SeekFrom::Start(kept.at))?;
            file.read_exact(&mut bytes)?;
            Ok(serde_json::from_slice(&bytes)?)
        };
        let line = read().map_err(|source| self.unusable(source))?;
        Ok(line.result.observations)
    }

    fn unusable(&self, source: io::Error) -> LedgerError {
        LedgerError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn hold(&mut self, line: &Line, at: u64, length: usize) {
        let verdict = LegVerdict::from(&line.result);
        let kept = Kept {
            verdict,
            engine: line.engine.clone(),
            at,
            length,
        };
        self.kept.insert((line.id.clone(), line.result.leg), kept);
    }

    /// Appends a line and returns its length.
    fn write(&mut self, line: &impl Serialize) -> io::Result<usize> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.file.write_all(&bytes)?;
        self.end += bytes.len() as u64;
        Ok(bytes.len())
    }

    /// Takes in the lines that are there, up to one that was cut by whatever ended the run.
    fn read(&mut self, identity: &Identity) -> Result<(), LedgerError> {
        let file = self.file.try_clone();
        let mut reader = BufReader::new(file.map_err(|source| self.unusable(source))?);
        let mut bytes = Vec::new();
        for number in 1.. {
            bytes.clear();
            let read = reader.read_until(b'\n', &mut bytes);
            let length = read.map_err(|source| self.unusable(source))?;
            if !bytes.ends_with(b"\n") {
                break;
            }
            let damaged = |source| LedgerError::Damaged {
                path: self.path.clone(),
                line: number,
                source,
            };
            if number == 1 {
                let found: Value = serde_json::from_slice(&bytes).map_err(damaged)?;
                if found.get("parts").is_none() {
                    return Err(LedgerError::Earlier(self.path.clone()));
                }
                let found: Head = serde_json::from_value(found).map_err(damaged)?;
                let differences = identity.differences(&found);
                if !differences.is_empty() {
                    return Err(LedgerError::OtherRun {
                        path: self.path.clone(),
                        subject: found.subject,
                        differences,
                    });
                }
            } else {
                let line: Line = serde_json::from_slice(&bytes).map_err(damaged)?;
                self.hold(&line, self.end, length);
            }
            self.end += length as u64;
        }
        Ok(())
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
mod tests;
