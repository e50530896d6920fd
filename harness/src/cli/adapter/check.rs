//! `crosscheck adapter check`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use crosscheck_report::printable;
use miette::{IntoDiagnostic, Result};
use serde_json::json;

use crate::{
    cli::{Format, Global, print, print_json},
    subject::adapter::{
        Adapter, Ending,
        check::{About, Depth, Finding},
        manifest::Manifest,
        protocol::Hello,
    },
};

/// Check that an adapter does what the protocol says.
///
/// A random origin must be granted where it is listed and nowhere else, whatever is not supported must be
/// said to be so, ports must come free, and the standard output must be clean. `crosscheck run --adapter`
/// begins with the quick part of this. Exit code: 0 nothing is wrong · 1 something is.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// An `adapter.toml`, or the folder that holds one.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// How many seconds one answer over HTTP may take; an answer of the adapter may take three times as long.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    timeout: u16,
}

impl Args {
    pub(super) async fn exec(self, global: Global) -> Result<ExitCode> {
        let manifest = Manifest::read(&self.path).into_diagnostic()?;
        manifest.check_installed().into_diagnostic()?;
        let patience = Duration::from_secs(self.timeout.into());
        let mut adapter = Adapter::start(manifest, patience).await.into_diagnostic()?;
        let hello = adapter.hello().clone();
        let mut found = adapter.check(Depth::Thorough).await;
        let unwilling = |ending| ending != Ending::Asked;
        if adapter.end().await.into_iter().any(unwilling) {
            found.push(Finding {
                about: About::Adapter,
                text: "it does not end within two seconds after `bye`".to_owned(),
            });
        }
        match global.format {
            Format::Json => print_json(&json!({ "hello": hello, "findings": found }))?,
            Format::Text => print(&in_words(&hello, &found))?,
        }
        Ok(ExitCode::from(u8::from(!found.is_empty())))
    }
}

fn in_words(hello: &Hello, found: &[Finding]) -> String {
    let Hello {
        name,
        version,
        language,
        capabilities,
        unsupported,
        ..
    } = hello;
    let mut lines = vec![format!(
        "{name} {version} ({language}): {} {}, {} unsupported",
        capabilities.len(),
        if capabilities.len() == 1 {
            "capability"
        } else {
            "capabilities"
        },
        unsupported.len()
    )];
    lines.extend(
        unsupported
            .iter()
            .map(|(feature, why)| format!("  without {feature}: {why}")),
    );
    lines.push(match found.len() {
        0 => "nothing is wrong".to_owned(),
        1 => "1 thing is wrong:".to_owned(),
        n => format!("{n} things are wrong:"),
    });
    lines.extend(found.iter().map(|finding| format!("  ✕ {finding}")));
    lines.push(String::new());
    printable::text(&lines.join("\n"))
}
