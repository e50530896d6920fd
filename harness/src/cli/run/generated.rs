//! Vectors that are made up, and the smallest of those that fail.

use std::{collections::BTreeSet, io::Write as _, path::PathBuf, time::Duration};

use crosscheck_report::{
    overview::Overview, results::Generated, summary::Summary, text::Colour, verdict::Verdict,
};
use crosscheck_vectors::vector::SuiteFile;
use miette::{IntoDiagnostic, Result, miette};
use serde::Serialize;
use serde_json::Value;

use super::super::{Global, pretty::pretty, tell, vectors::OWN};
use crate::{
    craft::generate::{
        Source,
        findings::{Finding, findings},
        fit::Fit,
        trial::Trial,
    },
    process::interrupt::interrupted,
    run::{Config, folder::Folder, ledger::Resume, output::MINIMAL},
    subject::{SubjectConfig, adapter::Adapter},
};

/// The folder of the smallest vectors, in the one that results go to: a suite of its own.
const FOLDER: &str = "generated";

/// Vectors that are made up.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Generate {
    /// Make up so many vectors, by laws that hold under every policy, in place of the embedded ones
    /// (`--and-embedded` adds those). The smallest that fail are printed and saved in `--out`.
    #[arg(long, value_name = "N", group = OWN, conflicts_with = "url", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    generate: Option<u32>,
    /// What they are made up from: the same seed makes the same vectors. Default: a random one, which
    /// is told.
    #[arg(long, value_name = "S", requires = "generate")]
    seed: Option<u64>,
}

impl Generate {
    /// What vectors are made from, if they are to be, for `subject`.
    pub(super) async fn source(
        &self,
        subject: &SubjectConfig,
        patience: Duration,
        resume: Resume,
    ) -> Result<Option<(Source, Generated)>> {
        let Some(n) = self.generate else {
            return Ok(None);
        };
        let seed = match (self.seed, resume) {
            (Some(seed), _) => seed,
            (None, Resume::No) => getrandom::u32().into_diagnostic()?.into(),
            (None, Resume::Yes) => {
                return Err(miette!(
                    help = "`results.json` and the summary of the run say which seed it had",
                    "`--resume` needs the `--seed` of the run that was interrupted"
                ));
            }
        };
        let fit = fit(subject, patience).await?;
        Ok(Some((Source { seed, fit }, Generated { n, seed })))
    }
}

/// What `subject` can express.
async fn fit(subject: &SubjectConfig, patience: Duration) -> Result<Fit> {
    let SubjectConfig::Adapter(manifest) = subject else {
        return Ok(Fit::default());
    };
    let started = Adapter::start(manifest.clone(), patience).await;
    let adapter = started.into_diagnostic()?;
    let fit = Fit::of(|feature| adapter.hello().why_not(feature).is_none());
    adapter.end().await;
    Ok(fit)
}

/// The smallest vectors that fail, and where they are.
#[derive(Debug)]
pub(super) struct Small {
    found: Vec<Finding>,
    folder: PathBuf,
    /// The command that replays them.
    replay: String,
}

/// A summary for programs, with the smallest vectors.
#[derive(Debug, Serialize)]
pub(super) struct WithSmall {
    #[serde(flatten)]
    summary: Summary,
    /// The smallest vectors that fail, as a suite file has them.
    minimal: Vec<Value>,
    /// The folder that they were saved in.
    minimal_vectors: Option<String>,
}

impl Small {
    /// Makes what failed in the run of `config` as small as can be, and saves it; `counts` says which
    /// verdicts are failures.
    pub(super) async fn of(
        source: &Source,
        config: &Config,
        run: &Overview,
        counts: impl Fn(Verdict) -> bool,
        global: Global,
        out: &mut Folder,
    ) -> Result<Self> {
        let fails = run.vectors.iter().any(|vector| counts(vector.verdict));
        let found = if fails {
            let started = Trial::start(&config.subject, &config.suite, config.patience).await;
            let mut trial = started.into_diagnostic()?;
            if !global.quiet {
                tell("making what fails smaller");
            }
            let found = tokio::select! {
                found = findings(source, run, counts, &mut trial) => found,
                () = interrupted() => Vec::new(),
            };
            trial.end().await;
            found
        } else {
            Vec::new()
        };
        let folder = config.out.join(FOLDER);
        let small = Self {
            replay: format!("{} --vectors {}", run.command(), folder.display()),
            found: named(found, run.generated),
            folder,
        };
        small.save(out)?;
        Ok(small)
    }

    /// Writes the suite to `out`, or removes that of an earlier run.
    fn save(&self, out: &mut Folder) -> Result<()> {
        if self.found.is_empty() {
            return Ok(out.retain(FOLDER, &BTreeSet::new())?);
        }
        let vectors = self.found.iter().map(|found| found.minimal.vector.clone());
        let file = SuiteFile {
            title: "Generated, and made as small as can be".to_owned(),
            about: "The smallest vectors that fail, one for each way to fail.".to_owned(),
            vectors: vectors.collect(),
        };
        let text = pretty(&serde_json::to_value(&file).into_diagnostic()?);
        Ok(out.put(MINIMAL, |to| writeln!(to, "{text}"))?)
    }

    /// For people.
    pub(super) fn text(&self, colour: Colour) -> String {
        if self.found.is_empty() {
            return String::new();
        }
        let mut lines = Vec::new();
        for Finding { minimal, also } in &self.found {
            lines.extend([
                String::new(),
                bold(minimal.law.statement(), colour),
                format!(
                    "    Broken. The smallest of {} vectors that were made of {}:",
                    minimal.n_tried, minimal.of
                ),
            ]);
            if !also.is_empty() {
                let laws: Vec<_> = also.iter().map(|law| law.name()).collect();
                lines.push(format!("    In the same way: {}", laws.join(", ")));
            }
            let json = serde_json::to_value(&minimal.vector).unwrap_or_default();
            let json = pretty(&json);
            lines.extend(json.lines().map(|line| format!("    {line}")));
        }
        lines.extend([
            String::new(),
            format!(
                "saved in {}",
                self.folder.join("server/minimal.json").display()
            ),
            format!("rerun: {}", self.replay),
            String::new(),
        ]);
        lines.join("\n")
    }

    /// For programs.
    pub(super) fn with(&self, summary: Summary) -> WithSmall {
        let json = |found: &Finding| serde_json::to_value(&found.minimal.vector);
        let is_saved = !self.found.is_empty();
        WithSmall {
            summary,
            minimal: self.found.iter().flat_map(json).collect(),
            minimal_vectors: is_saved.then(|| self.folder.display().to_string()),
        }
    }
}

/// `found` with names that are unique in a file, and with where each comes from.
fn named(mut found: Vec<Finding>, made: Option<Generated>) -> Vec<Finding> {
    let mut names: Vec<&'static str> = Vec::new();
    for Finding { minimal, .. } in &mut found {
        let name = minimal.law.name();
        names.push(name);
        let n = names.iter().filter(|known| **known == name).count();
        minimal.vector.name = match n {
            1 => name.to_owned(),
            n => format!("{name}-{n}"),
        };
        if let Some(made) = made {
            minimal.vector.why = format!(
                "{} Found as `{}` of `{made}`.",
                minimal.law.statement(),
                minimal.of
            );
        }
    }
    found
}

fn bold(text: &str, colour: Colour) -> String {
    match colour {
        Colour::Ansi => format!("\x1b[1m{text}\x1b[0m"),
        Colour::Plain => text.to_owned(),
    }
}
