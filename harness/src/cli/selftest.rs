//! `crosscheck selftest`.

use std::process::ExitCode;

use miette::{IntoDiagnostic, Result};

use super::{Format, Global, print, print_json, vectors::Source};
use crate::craft::{
    mutation::Outcome,
    selftest::{Found, selftest},
};

/// Show that every fault of the reference server is caught, and that every expectation matters.
///
/// Exit code: 1 if a fault is missed or a flipped expectation goes unnoticed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    source: Source,
}

/// How many vectors are named for a fault.
const SHOWN: usize = 3;

impl Args {
    pub(super) async fn exec(self, global: Global) -> Result<ExitCode> {
        let found = selftest(&self.source.load()?).await.into_diagnostic()?;
        match global.format {
            Format::Json => print_json(&found)?,
            Format::Text => print(&text(&found))?,
        }
        let sound = found.missed.is_empty() && found.unnoticed.is_empty();
        Ok(ExitCode::from(u8::from(!sound)))
    }
}

fn text(found: &Found) -> String {
    let mut lines = vec![format!(
        "{} of {} faults are caught by a vector that names their class.",
        found.caught, found.faults
    )];
    for catch in &found.catches {
        let mark = match (catch.naming, catch.required) {
            (0, _) => "✕ MISSED",
            (_, true) => "✓ caught",
            (_, false) => "△ advice",
        };
        lines.push(format!("\n{mark}  {}  [{}]", catch.fault, catch.flag));
        lines.push(format!("          {}", catch.description));
        lines.extend(
            catch
                .by
                .iter()
                .take(SHOWN)
                .map(|id| format!("          by {id}")),
        );
        if catch.by.len() > SHOWN {
            lines.push(format!("          and {} more", catch.by.len() - SHOWN));
        }
    }
    lines.push(format!(
        "\n{} expectations were flipped; {} went unnoticed.",
        found.flips,
        found.unnoticed.len()
    ));
    lines.extend(found.unnoticed.iter().map(|flip| format!("  {flip}")));
    let mutants = |outcome| found.mutants.get(&outcome).copied().unwrap_or(0);
    lines.push(format!(
        "{} mutants of the oracle and the policy were made; vectors turn red for {}, {} never end or leave no suite to read, other tests notice {}, {} survive.",
        found.mutants.iter().filter(|(outcome, _)| **outcome != Outcome::Unviable).map(|(_, n)| n).sum::<usize>(),
        mutants(Outcome::Vectors),
        mutants(Outcome::Stuck),
        mutants(Outcome::Tests),
        mutants(Outcome::Survived),
    ));
    let uses = found.uses;
    lines.push(format!(
        "{} vectors catch faults of the server, {} others broken pieces of the oracle and the policy, and {} are the other side of one that does; {} are idle.",
        uses.faults,
        uses.mutants,
        uses.boundaries,
        found.idle_vectors.len()
    ));
    lines.extend(found.idle_vectors.iter().map(|id| format!("  {id}")));
    format!("{}\n", lines.join("\n"))
}
