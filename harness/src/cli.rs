//! The command line: parsing, dispatch and exit codes.

mod adapter;
mod audit;
mod browsers;
mod compare;
mod options;
mod pretty;
mod report;
mod run;
mod selftest;
mod serve;
mod vectors;

use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand, ValueEnum};
use crosscheck_report::text::Colour;
use miette::{GraphicalReportHandler, GraphicalTheme, IntoDiagnostic, Result};

use crate::{
    process::{guard, say::say},
    run::progress::Progress,
};

/// A conformance test suite for Cross-Origin Resource Sharing.
///
/// Exit code: 0 all as expected · 1 a required assertion failed, or a known failure no longer fails ·
/// 2 nothing could be judged (usage, missing browser, broken vectors).
#[derive(Debug, Parser)]
#[command(name = "crosscheck", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Global {
    /// How results are printed on the standard output.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print nothing but results.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Use no colours; the environment variable `NO_COLOR` does the same.
    #[arg(long, global = true)]
    no_color: bool,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One JSON object.
    Json,
    /// Text for people.
    Text,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replay vectors and report where what happens differs from what the standard demands.
    Run(Box<run::Args>),
    /// Learn from outside what a server grants, and what is weak about it.
    Audit(audit::Args),
    /// Start the reference server by itself.
    Serve(serve::Args),
    /// Look at adapters, through which other servers are judged.
    Adapter(adapter::Args),
    /// Show that every fault of the reference server is caught, and that every expectation matters.
    Selftest(selftest::Args),
    /// Make the report again from its `results.json`.
    Report(report::Args),
    /// Put implementations beside one another.
    Compare(compare::Args),
    /// Look at the vectors.
    Vectors(vectors::Args),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    if let Some(run) = guard::of_which() {
        return guard::guard(&run);
    }
    let cli = Cli::parse();
    let global = cli.global;
    guard::wanted();
    let ended = cli.dispatch();
    guard::dismiss();
    ended.unwrap_or_else(|error| {
        tell_error(&error, colour(&io::stderr(), global.no_color));
        ExitCode::from(2)
    })
}

impl Cli {
    fn dispatch(self) -> Result<ExitCode> {
        let runtime = || {
            let mut builder = tokio::runtime::Builder::new_multi_thread();
            builder.enable_all().build().into_diagnostic()
        };
        match self.command {
            Command::Run(args) => runtime()?.block_on(args.exec(self.global)),
            Command::Audit(args) => runtime()?.block_on(args.exec(self.global)),
            Command::Adapter(args) => runtime()?.block_on(args.exec(self.global)),
            Command::Serve(args) => runtime()?.block_on(args.exec(self.global)),
            Command::Selftest(args) => runtime()?.block_on(args.exec(self.global)),
            Command::Report(args) => args.exec(self.global),
            Command::Compare(args) => args.exec(self.global),
            Command::Vectors(args) => args.exec(self.global),
        }
    }
}

impl Global {
    fn progress(self) -> Progress {
        if self.quiet {
            Progress::Quiet
        } else {
            Progress::Shown
        }
    }

    fn colour(self) -> Colour {
        colour(&io::stdout(), self.no_color)
    }
}

/// Whether `stream` shows colours, and they are wanted.
fn colour(stream: &impl IsTerminal, refused: bool) -> Colour {
    let unwanted = refused || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stream.is_terminal() && !unwanted {
        Colour::Ansi
    } else {
        Colour::Plain
    }
}

/// Writes `text` to the standard output. A reader that has gone away, such as `head`, is no error.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.into_diagnostic(),
    }
}

/// Writes `value` to the standard output as one JSON object.
fn print_json(value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).into_diagnostic()?;
    print(&format!("{text}\n"))
}

/// Says something to the person at the terminal.
fn tell(text: &str) {
    say(&format!("{text}\n"));
}

fn tell_error(error: &miette::Report, colour: Colour) {
    let handler = match colour {
        Colour::Ansi => GraphicalReportHandler::new(),
        Colour::Plain => GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()),
    };
    let mut text = String::new();
    match handler
        .with_width(100)
        .render_report(&mut text, error.as_ref())
    {
        Ok(()) => say(&text),
        Err(_cannot_render) => tell(&error.to_string()),
    }
}
