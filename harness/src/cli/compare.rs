//! `crosscheck compare`.

use std::{path::PathBuf, process::ExitCode};

use crosscheck_report::html::gallery;
use crosscheck_vectors::load::Suite;
use miette::{IntoDiagnostic, Result, miette};

use super::{Global, tell};
use crate::run::{
    folder::{Folder, Known},
    gallery::{Kept, keep, read_all},
    output,
};

/// Put implementations beside one another.
///
/// Takes the folders of runs and keeps what there is to show of each in `implementations/NAME.json` below
/// `--out`, where one kept earlier under the same name is replaced. Then draws the pages of all that are
/// kept there. A run in which something broke is left out, and the exit code is 2.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folders of runs; none only draws the pages again.
    #[arg(value_name = "DIR")]
    runs: Vec<PathBuf>,
    /// The folder of the comparison: a new or an empty one, or that of an earlier comparison.
    #[arg(long, value_name = "DIR", default_value = "reports")]
    out: PathBuf,
}

impl Args {
    pub(super) fn exec(self, global: Global) -> Result<ExitCode> {
        if self.runs.is_empty() && read_all(&self.out)?.is_empty() {
            return Err(self.nothing());
        }
        let mut out = Folder::claim(&self.out, Known::Nothing)?;
        out.adopt_comparison();
        let mut code = 0;
        for run in &self.runs {
            match keep(run, &mut out)? {
                Kept::Here { name, path } if !global.quiet => {
                    tell(&format!("{name}: {}", path.display()));
                }
                Kept::Here { .. } => {}
                Kept::Not { name, n_errors } => {
                    code = 2;
                    tell(&format!(
                        "warning: the run of {name} is left out, since {n_errors} of its vectors could not \
                         be judged; what was kept of an earlier one stays"
                    ));
                }
            }
        }
        let kept = read_all(&self.out)?;
        if kept.is_empty() {
            return Err(self.nothing());
        }
        let topics = Suite::embedded().into_diagnostic()?.topic_titles();
        for page in gallery(&kept, &topics) {
            output::put_page(&mut out, &page)?;
        }
        if !global.quiet {
            let index = self.out.join("index.html");
            tell(&format!("comparison: {}", index.display()));
        }
        Ok(ExitCode::from(code))
    }
    fn nothing(&self) -> miette::Report {
        miette!(
            help = "give the folder of a run, such as `reports/latest`",
            "there is nothing to compare in `{}`",
            self.out.display()
        )
    }
}
