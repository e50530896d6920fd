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

#[cfg(feature = "cli")]
pub mod adapter;
pub mod address;
pub mod agree;
#[cfg(feature = "cli")]
pub mod audit;
#[cfg(feature = "cli")]
pub mod browse;
mod call;
pub mod case;
#[cfg(feature = "cli")]
pub mod chromium;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod clock;
#[cfg(feature = "cli")]
pub mod deployed;
pub mod deployment;
#[cfg(feature = "cli")]
pub mod deviations;
pub mod drive;
#[cfg(feature = "cli")]
pub mod gallery;
#[cfg(feature = "cli")]
pub mod generate;
#[cfg(feature = "cli")]
mod handled;
pub mod http1;
mod http_cache;
pub mod instance;
#[cfg(feature = "cli")]
mod interrupt;
mod jar;
pub mod judge;
#[cfg(feature = "cli")]
pub mod ledger;
#[cfg(feature = "cli")]
pub mod mutation;
#[cfg(feature = "cli")]
pub mod output;
#[cfg(feature = "cli")]
pub mod playground;
pub mod predict;
#[cfg(feature = "cli")]
pub mod progress;
#[cfg(feature = "cli")]
pub mod run;
#[cfg(feature = "cli")]
mod say;
#[cfg(feature = "cli")]
pub mod select;
#[cfg(feature = "cli")]
pub mod selftest;
pub mod shared_cache;
#[cfg(feature = "cli")]
pub mod subject;
mod trace;
pub mod under;
#[cfg(feature = "cli")]
pub mod wire;
