//! `crosscheck vectors`.

use std::{fs, path::PathBuf, process::ExitCode};

use clap::Subcommand;
use crosscheck_replay::{
    agree::{agree, n_vectors},
    case::{Case, cases},
};
use crosscheck_report::results::OwnVectors;
use crosscheck_vectors::{
    coverage::Coverage,
    load::{BesideEmbedded, Files, LoadError, Suite},
    role,
    schema::schema,
};
use miette::{Context, IntoDiagnostic, Result, miette};
use serde_json::json;

use super::{Format, Global, print, print_json};
use crate::run::selection::Selection;

/// Look at the vectors.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    source: Source,
}

/// The group of options that give vectors other than the embedded ones.
pub(super) const OWN: &str = "own";

/// Where vectors come from.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Source {
    /// A folder of suite files (`server/TOPIC.json`, `browser/ANCHOR/TOPIC.json`, `policies/NAME.json`) in
    /// place of the embedded ones.
    #[arg(long, value_name = "DIR", global = true, group = OWN)]
    vectors: Option<PathBuf>,
    /// Take the embedded vectors as well as those of `--vectors`.
    #[arg(long, global = true, requires = OWN)]
    and_embedded: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Count the requirements and claims that have vectors.
    Coverage,
    /// Write all vectors with their roles filled in, one JSON file per topic, into a new folder.
    Export {
        /// The folder; it must not exist yet.
        #[arg(value_name = "DIR")]
        to: PathBuf,
    },
    /// Check every file, and that the oracle agrees with every vector.
    Lint,
    /// List ids and titles.
    List {
        /// Only ids that fit this glob; repeatable.
        #[arg(long, value_name = "GLOB")]
        only: Vec<String>,
    },
    /// Print the JSON Schema of suite files.
    Schema,
}

impl Source {
    /// The vectors, or one report of everything wrong with them.
    pub(super) fn load(&self) -> Result<Suite> {
        explained(match &self.vectors {
            None => Suite::embedded(),
            Some(folder) => Suite::read(folder, self.beside()),
        })
    }

    /// The vectors in `own`, or one report of everything wrong with them.
    pub(super) fn with(&self, own: Files) -> Result<Suite> {
        explained(Suite::of(own, self.beside()))
    }

    /// Where vectors of one's own are, for whoever runs them again.
    pub(super) fn own(&self) -> Option<OwnVectors> {
        self.vectors.as_ref().map(|folder| OwnVectors {
            folder: folder.display().to_string(),
            beside_embedded: self.and_embedded,
        })
    }

    fn beside(&self) -> BesideEmbedded {
        if self.and_embedded {
            BesideEmbedded::Yes
        } else {
            BesideEmbedded::No
        }
    }
}

fn explained(loaded: Result<Suite, LoadError>) -> Result<Suite> {
    loaded.map_err(|error| match error {
        LoadError::Problems(problems) => {
            let lines: Vec<_> = problems
                .iter()
                .map(|problem| format!("  {problem}"))
                .collect();
            let n = problems.len();
            let things = if n == 1 {
                "1 problem".to_owned()
            } else {
                format!("{n} problems")
            };
            miette!(
                help = "each line names the file, the place in it and what is wrong",
                "{things} in the vectors\n{}",
                lines.join("\n")
            )
        }
        other @ (LoadError::Unreadable { .. } | LoadError::Empty(_)) => {
            miette::Report::from_err(other)
        }
    })
}

impl Args {
    pub(super) fn exec(self, global: Global) -> Result<ExitCode> {
        let json = global.format == Format::Json;
        match self.action {
            Action::Schema => print(&schema())?,
            Action::Lint => lint(&self.source.load()?, json)?,
            Action::Coverage => coverage(&self.source.load()?, json)?,
            Action::List { only } => list(&self.source.load()?, only, json)?,
            Action::Export { to } => export(&self.source.load()?, &to)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn lint(suite: &Suite, json: bool) -> Result<()> {
    let n = suite.vectors.len();
    if let Err(disagreements) = agree(&cases(suite, None)) {
        let lines: Vec<_> = disagreements.iter().map(ToString::to_string).collect();
        return Err(miette!(
            help = "one of the two is wrong: read the standard, then mend the vector or the oracle",
            "the oracle disagrees with {}\n{}",
            n_vectors(lines.len()),
            lines.join("\n")
        ));
    }
    if json {
        return print_json(&json!({ "vectors": n, "problems": [] }));
    }
    print(&format!(
        "{} are sound, and the oracle agrees with each.\n",
        n_vectors(n)
    ))
}

fn coverage(suite: &Suite, json: bool) -> Result<()> {
    let coverage = Coverage::of(suite);
    if json {
        return print_json(&coverage);
    }
    let shown = coverage
        .concepts
        .values()
        .filter(|vectors| !vectors.is_empty())
        .count();
    let mut text = format!(
        "{} of {} requirements are covered, {} accounted for, {} open.\n{shown} of {} claims are shown.\n",
        coverage.covered,
        coverage.requirements,
        coverage.accounted.len(),
        coverage.uncovered.len(),
        coverage.concepts.len()
    );
    let open = coverage
        .uncovered
        .iter()
        .map(|id| format!("  open: {id}\n"));
    let unproven = coverage.unproven().map(|id| format!("  not shown: {id}\n"));
    text.extend(open.chain(unproven));
    print(&text)
}

fn list(suite: &Suite, only: Vec<String>, json: bool) -> Result<()> {
    let selection = Selection {
        only,
        ..Selection::default()
    };
    let cases = selection.of(cases(suite, None)).into_diagnostic()?;
    if json {
        let rows: Vec<_> = cases
            .iter()
            .map(|case| json!({ "id": case.id, "kind": case.vector.kind, "title": case.vector.title }))
            .collect();
        return print_json(&rows);
    }
    let line = |case: &Case| format!("{}  {}\n", case.id, case.vector.title);
    let lines: Vec<_> = cases.iter().map(line).collect();
    print(&lines.concat())
}

fn export(suite: &Suite, to: &PathBuf) -> Result<()> {
    fs::create_dir(to)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot create `{}`", to.display()))?;
    for (place, topic) in &suite.topics {
        let mut vectors = Vec::new();
        for (id, vector) in suite.vectors.iter().filter(|(id, _)| id.topic() == place) {
            let policy = suite.policy_of(vector);
            let filled = match policy {
                None => (**vector).clone(),
                Some(policy) => role::fill(vector, policy)
                    .map_err(|error| miette!("`{id}` cannot be filled in: {error}"))?,
            };
            vectors.push(json!({ "id": id, "policy": policy, "vector": filled }));
        }
        let file = to.join(format!("{place}.json"));
        let folder = file.parent().unwrap_or(to);
        let content = json!({ "title": topic.title, "about": topic.about, "vectors": vectors });
        let text = serde_json::to_string_pretty(&content).into_diagnostic()?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&file, format!("{text}\n")))
            .into_diagnostic()
            .wrap_err_with(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}
