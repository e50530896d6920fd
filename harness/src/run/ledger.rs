//! Results as they come: on disk first.
//!
//! Each result is appended to `results.jsonl` as soon as it is there, so that neither a crash nor Ctrl-C
//! loses what was done, and `--resume` can go on. What was seen stays there; only verdicts are held in
//! memory.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crosscheck_report::{
    leg::Leg, observation::Observation, results::LegResult, verdict::LegVerdict,
};
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
    /// The file's length.
    end: u64,
    kept: BTreeMap<(VectorId, Leg), Kept>,
}

/// What is held of a line.
#[derive(Debug)]
struct Kept {
    verdict: LegVerdict,
    /// Where the line begins.
    at: u64,
    length: usize,
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
            end: 0,
            kept: BTreeMap::new(),
        };
        if resume == Resume::Yes {
            ledger.read(identity)?;
        }
        ledger.file.set_len(ledger.end).map_err(io)?;
        if ledger.end == 0 {
            ledger.write(identity).map_err(io)?;
        }
        Ok(ledger)
    }

    /// Keeps `result`.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn record(&mut self, id: &VectorId, result: LegResult) -> Result<(), LedgerError> {
        let line = Line {
            id: id.clone(),
            result,
        };
        let at = self.end;
        let length = self.write(&line).map_err(|source| self.unusable(source))?;
        self.hold(&line, at, length);
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
                let found: Identity = serde_json::from_slice(&bytes).map_err(damaged)?;
                if found != *identity {
                    let path = self.path.clone();
                    let found = format!("{} with suite {}", found.subject, found.suite);
                    return Err(LedgerError::OtherRun { path, found });
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
mod tests {
    use std::{fs, io::Write};

    use crosscheck_replay::judge::unjudged;
    use crosscheck_report::{
        leg::Leg, observation::Observation, results::LegResult, verdict::Verdict,
    };
    use crosscheck_vectors::{expect::ExpectedOutcome, vector::VectorId};

    use super::{Identity, Ledger, LedgerError, Resume};

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

    fn has(ledger: &Ledger, id: &VectorId, leg: Leg) -> bool {
        ledger.verdict(id, leg).is_some()
    }

    /// A result with an observation of its own.
    fn seeing(status: u16) -> LegResult {
        let seen = Observation {
            outcome: ExpectedOutcome::Readable,
            reasons: Vec::new(),
            detail: None,
            status: Some(status),
            headers: Vec::new(),
            body: None,
            exchanges: Vec::new(),
            trace: Vec::new(),
        };
        LegResult {
            observations: vec![seen],
            ..unjudged(Leg::Wire, Verdict::Passed, "as it should")
        }
    }

    #[test]
    fn what_was_seen_comes_back_from_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ids();
        let mut ledger = Ledger::open(folder.path(), &identity(), Resume::No).unwrap();
        ledger.record(&two, seeing(201)).unwrap();
        ledger.record(&one, seeing(202)).unwrap();
        drop(ledger);
        let mut ledger = Ledger::open(folder.path(), &identity(), Resume::Yes).unwrap();
        // The later line counts.
        ledger.record(&two, seeing(203)).unwrap();
        for (id, status) in [(&one, 202), (&two, 203)] {
            let seen = ledger.observations(id, Leg::Wire).unwrap();
            let verdict = ledger.verdict(id, Leg::Wire).unwrap();
            assert_eq!(verdict.with(seen), seeing(status));
        }
        assert_eq!(
            ledger.observations(&one, Leg::browser("chromium")).unwrap(),
            []
        );
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
        assert!(has(&ledger, &one, Leg::Wire) && !has(&ledger, &one, Leg::browser("chromium")));
        ledger
            .record(&two, unjudged(Leg::Wire, Verdict::Passed, ""))
            .unwrap();
        drop(ledger);
        let ledger = Ledger::open(folder.path(), &identity(), Resume::Yes).unwrap();
        assert!(has(&ledger, &one, Leg::Wire) && has(&ledger, &two, Leg::Wire));
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
        let ledger = Ledger::open(folder.path(), &identity(), Resume::No).unwrap();
        assert!(!has(&ledger, &one, Leg::Wire));
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
