//! The file that audits are appended to, a line each.

use std::{
    fs::{File, TryLockError},
    io::{self, Write as _},
    path::Path,
};

use crosscheck_audit::report::Audit;
use miette::{IntoDiagnostic, Result, WrapErr as _, miette};

use crate::run::folder::open_own;

/// The file, and the judgements that it held.
#[derive(Debug)]
pub(super) struct Out {
    file: File,
    text: String,
}

impl Out {
    /// Opens the file at `path`, which is made if it is not there. What is not of audits is refused.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = open_own(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(miette!(
                    help = "wait for it, or name another file with --out",
                    "another audit is writing to `{}`",
                    path.display()
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error).into_diagnostic(),
        }
        let text = io::read_to_string(&file)
            .into_diagnostic()
            .wrap_err_with(|| format!("cannot read `{}`", path.display()))?;
        let first = text.lines().next();
        if first.is_some_and(|line| serde_json::from_str::<Audit>(line).is_err()) {
            return Err(miette!(
                help = "name an empty or a new file with --out",
                "`{}` holds what crosscheck did not write",
                path.display()
            ));
        }
        Ok(Self { file, text })
    }

    /// The judgements in it. A last line that was cut short is none, and is left out from now on.
    pub(super) fn judged(&self) -> Result<Vec<Audit>> {
        let whole = self.text.rfind('\n').map_or(0, |end| end + 1);
        self.file
            .set_len(u64::try_from(whole).into_diagnostic()?)
            .into_diagnostic()?;
        let lines = self.text.get(..whole).unwrap_or_default().lines();
        let audits = lines.filter_map(|line| serde_json::from_str::<Audit>(line).ok());
        Ok(audits.filter(|audit| audit.n_wrong().is_some()).collect())
    }

    /// Appends `line`.
    pub(super) fn append(&mut self, line: &str) -> Result<()> {
        writeln!(self.file, "{line}").into_diagnostic()
    }
}
