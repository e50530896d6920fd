//! `crosscheck report`.

use std::{path::PathBuf, process::ExitCode};

use crosscheck_vectors::load::Suite;
use miette::{IntoDiagnostic, Result, miette};

use super::{Global, tell};
use crate::run::{
    folder::{Folder, Known},
    output,
    output::Output,
};

/// Make the report again from its `results.json`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder of a run.
    #[arg(value_name = "DIR", default_value = "reports/latest")]
    folder: PathBuf,
    /// Compare with the run in this folder.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// What is written.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "html")]
    output: Vec<Output>,
}

impl Args {
    pub(super) fn exec(self, global: Global) -> Result<ExitCode> {
        let results = output::read(&self.folder)?;
        let previous = self.against.as_deref().map(output::read).transpose()?;
        let suite = Suite::embedded().into_diagnostic()?;
        if results.suite != crate::VERSION {
            return Err(miette!(
                help = "use the version that made it",
                "`{}` was made by suite {}, this is {}",
                self.folder.display(),
                results.suite,
                crate::VERSION
            ));
        }
        output::draw(
            &mut Folder::claim(&self.folder, Known::Report)?,
            &self.output,
            &results,
            previous.as_ref(),
            &suite,
        )?;
        if !global.quiet {
            tell(&format!(
                "report: {}",
                self.folder.join("index.html").display()
            ));
        }
        Ok(ExitCode::from(results.conclusion().exit_code()))
    }
}
