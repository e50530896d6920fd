//! Replays CORS test vectors over raw HTTP and in headless Chromium.
//!
//! | step | module |
//! | --- | --- |
//! | a vector with its roles filled in; which of them | [`case`], [`select`] |
//! | the oracle must agree with it | [`predict`], [`agree`] |
//! | the model plays it over real sockets | [`drive`], [`wire`] |
//! | a browser plays it | [`browse`], [`chromium`] |
//! | verdicts; results on disk | [`judge`], [`ledger`], `output` |
//! | all of that; the command line | [`run`], [`cli`] |
//!
//! The harness carries, it does not decide: rules about CORS are the oracle's and the server's.

pub mod address;
pub mod agree;
pub mod browse;
mod call;
pub mod case;
pub mod chromium;
pub mod cli;
mod clock;
pub mod deviations;
pub mod drive;
pub mod http1;
mod jar;
pub mod judge;
pub mod ledger;
mod output;
pub mod playground;
pub mod predict;
pub mod progress;
pub mod run;
pub mod select;
pub mod selftest;
mod trace;
pub mod wire;
