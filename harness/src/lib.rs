//! The program `crosscheck`: replays CORS test vectors over raw HTTP and in browsers.
//!
//! | folder | what is in it |
//! | --- | --- |
//! | [`cli`] | the command line: one file for each command |
//! | [`run`] | one run: schedule, selection, ledger, output |
//! | [`leg`] | what every leg is to a run; cases in waves |
//! | [`wire`] | the wire leg |
//! | [`browser`] | the browser leg, for every engine; below it what one engine alone has |
//! | [`playground`] | the listener of a run, and the page that browsers work in |
//! | [`subject`] | what is judged: reference server, adapter, deployed server |
//! | [`client`] | what sends requests: bytes as they are, and politely to deployed servers |
//! | [`craft`] | generated vectors, the self-test, mutation evidence |
//!
//! The harness carries, it does not decide: rules about CORS stand in the crates.

pub mod browser;
pub mod cli;
pub mod client;
pub mod craft;
pub mod leg;
pub mod playground;
mod process;
pub mod run;
pub mod subject;
pub mod wire;

/// The suite's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
