//! What the legs cost, beside what a bare loop over the same server and browser costs.
//!
//! Every comparison takes turns within one run and is told as a ratio of medians, so that it means
//! much the same on a slow or busy machine. Nothing fails on speed. Words after `--` choose among
//! `wire`, `browser`, `run`, `selftest` and `memory`.

mod browser;
mod load;
mod memory;
mod record;
mod run;
mod selftest;
mod tell;
mod wire;

use std::env;

use crosscheck_vectors::load::Suite;
use miette::{IntoDiagnostic, Result};

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .into_diagnostic()?;
    let suite = Suite::embedded().into_diagnostic()?;
    if let [memory::CHILD, kind, n_times] =
        &*arguments.iter().map(String::as_str).collect::<Vec<_>>()
    {
        return runtime.block_on(memory::child(suite, kind, n_times));
    }
    // `cargo test --all-targets` starts benches too, and has no use for figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let words: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let wanted = |section: &str| words.is_empty() || words.iter().any(|word| *word == section);
    runtime.block_on(async {
        if wanted("wire") {
            wire::measure(&suite).await?;
        }
        if wanted("browser") {
            browser::measure(&suite).await?;
        }
        if wanted("run") {
            run::measure(&suite).await?;
        }
        if wanted("selftest") {
            selftest::measure(&suite).await?;
        }
        if wanted("memory") {
            memory::measure()?;
        }
        Ok(())
    })
}
