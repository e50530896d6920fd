//! `crosscheck adapter set-up`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use miette::{Context, IntoDiagnostic, Result, miette};

use crate::{cli::tell, subject::adapter::manifest::Manifest};

/// Install what adapters need, as their `adapter.toml` says.
///
/// Each installs into a folder of its own below `$CROSSCHECK_ADAPTERS`, or else
/// `~/.cache/crosscheck/adapters`. Exit code: 0 all are installed · 2 some are not.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files called `adapter.toml`, or the folders that hold them.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
}

impl Args {
    pub(super) fn exec(self) -> ExitCode {
        let mut n_failed = 0;
        for path in &self.paths {
            if let Err(error) = set_up(path) {
                tell(&format!("{error:#}"));
                n_failed += 1;
            }
        }
        ExitCode::from(if n_failed == 0 { 0 } else { 2 })
    }
}

fn set_up(path: &Path) -> Result<()> {
    let manifest = Manifest::read(path).into_diagnostic()?;
    let Some(mut command) = manifest.set_up() else {
        tell(&format!("{}: nothing to install", manifest.name));
        return Ok(());
    };
    manifest.check_needs().into_diagnostic()?;
    let (name, home) = (&manifest.name, manifest.home.display());
    tell(&format!("{name}: installing into {home}"));
    fs::create_dir_all(&manifest.home)
        .into_diagnostic()
        .wrap_err_with(|| format!("{name}: cannot make {home}"))?;
    let status = command
        .status()
        .into_diagnostic()
        .wrap_err_with(|| format!("{name}: its set-up cannot be started"))?;
    if !status.success() {
        return Err(miette!("{name}: its set-up failed ({status})"));
    }
    manifest.check_installed().into_diagnostic()
}
