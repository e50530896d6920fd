//! What can be wrong with an adapter.

use std::{io, time::Duration};

use crosscheck_replay::instance::NoAddress;
use crosscheck_report::printable;

/// A fault of an adapter, which says nothing about its subject.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It could not be started.
    #[error("`{program}` cannot be started: {source}")]
    Start {
        /// The command.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// It did not answer in time.
    #[error("the adapter did not answer `{asked}` within {} s", .within.as_secs_f32())]
    Silent {
        /// What it was asked.
        asked: &'static str,
        /// How long it had.
        within: Duration,
    },
    /// It ended instead of answering.
    #[error("the adapter ended instead of answering `{asked}` ({how})")]
    Ended {
        /// What it was asked.
        asked: &'static str,
        /// Its exit status.
        how: String,
    },
    /// It ended while nothing was asked of it.
    #[error("the adapter ended while its subject was at work ({0})")]
    Died(String),
    /// It printed something else.
    #[error("the adapter printed a line that is not JSON: `{line}`; print logs to stderr")]
    Noise {
        /// The line.
        line: String,
    },
    /// It printed JSON that is none of the protocol's messages.
    #[error("the adapter's line `{line}` is no message of the protocol: {source}")]
    Malformed {
        /// The line.
        line: String,
        /// Why.
        source: serde_json::Error,
    },
    /// It answered something else than what it was asked.
    #[error("the adapter answered `{asked}` with `{answer}`")]
    Unexpected {
        /// What it was asked.
        asked: &'static str,
        /// What it said.
        answer: String,
    },
    /// It spoke without being asked.
    #[error("the adapter printed a line without being asked: `{0}`; print logs to stderr")]
    Unasked(String),
    /// It speaks another version.
    #[error("the adapter speaks version {0} of the protocol; this suite speaks version 1")]
    Version(u32),
    /// It says that it runs no instance.
    #[error("the adapter's hello has `concurrent_instances` 0; it must run one at least")]
    NoInstance,
    /// It says that it can and that it cannot.
    #[error("the adapter's hello names `{0}` both as a capability and as unsupported")]
    Contradiction(String),
    /// It called something unsupported that its hello does not name so.
    #[error("the adapter says that `{feature}` is unsupported, which its hello does not: {reason}")]
    Undeclared {
        /// The feature.
        feature: String,
        /// Why, it says.
        reason: String,
    },
    /// It could not start the subject.
    #[error("the adapter could not start its subject: {0}")]
    Error(String),
    /// Its address is of no use.
    #[error(transparent)]
    Address(#[from] NoAddress),
    /// Nobody listens there.
    #[error("the adapter said `ready`, but nothing listens on {0}")]
    NotListening(std::net::SocketAddr),
    /// The port of a stopped instance is still taken.
    #[error("the adapter said `stopped`, but {0} still takes connections")]
    StillListening(std::net::SocketAddr),
    /// It ended too often to be started again.
    #[error("the adapter ended {0} times, and is not started again")]
    TooOften(usize),
}

/// A fault, with the end of what the adapter had logged by then.
#[derive(Debug, thiserror::Error)]
#[error("{}{}", printable::text(&.fault.to_string()), tail(.log))]
pub struct Broken {
    /// What is wrong.
    pub fault: Fault,
    /// The last lines of its standard error.
    pub log: Vec<String>,
}

fn tail(log: &[String]) -> String {
    if log.is_empty() {
        return String::new();
    }
    format!(
        "\nthe end of its log:\n  {}",
        printable::text(&log.join("\n  "))
    )
}
