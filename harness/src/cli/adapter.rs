//! `crosscheck adapter`.

mod check;
mod reference;
mod set_up;

use std::process::ExitCode;

use clap::Subcommand;
use miette::Result;

use super::{Global, print};
use crate::subject::adapter::protocol;

/// Look at adapters, through which other servers are judged.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check that an adapter does what the protocol says.
    Check(check::Args),
    /// Be an adapter: that of the reference server, as an example of the protocol.
    Reference(reference::Args),
    /// Print the JSON Schema of the protocol's messages.
    Schema,
    /// Install what adapters need, as their `adapter.toml` says.
    SetUp(set_up::Args),
}

impl Args {
    pub(super) async fn exec(self, global: Global) -> Result<ExitCode> {
        match self.command {
            Command::Check(args) => args.exec(global).await,
            Command::SetUp(args) => Ok(args.exec()),
            Command::Reference(args) => args.exec().await,
            Command::Schema => print(&protocol::schema()).map(|()| ExitCode::SUCCESS),
        }
    }
}
