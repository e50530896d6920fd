//! Replays CORS test vectors over raw HTTP and in headless Chromium.
//!
//! | step | module |
//! | --- | --- |
//! | vectors made up at random, and what fails of them made small | [`generate`] |
//! | what is judged | [`subject`], [`adapter`] |
//! | a vector with its roles filled in; which of them | [`case`], [`select`] |
//! | the oracle must agree with it | [`predict`], [`agree`] |
//! | the model plays it over real sockets | [`drive`], [`wire`] |
//! | the same visits through a shared cache | [`shared_cache`] |
//! | a browser plays it | [`browse`], [`chromium`] |
//! | verdicts; results on disk | [`judge`], [`ledger`], [`output`] |
//! | what a deployed server grants, and what is weak about it | [`audit`], [`deployed`] |
//! | what breaking the oracle turns red | [`mutation`] |
//! | all of that; the command line | [`run`], [`cli`] |
//!
//! The harness carries, it does not decide: rules about CORS are the oracle's and the server's.

pub mod adapter;
pub mod browse;
pub mod chromium;
pub mod cli;
mod clock;
pub mod deployed;
pub mod deviations;
pub mod gallery;
pub mod generate;
mod handled;
mod interrupt;
pub mod ledger;
pub mod mutation;
pub mod output;
pub mod playground;
pub mod progress;
pub mod run;
mod say;
pub mod select;
pub mod selftest;
pub mod subject;
pub mod wire;
