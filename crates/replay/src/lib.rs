//! The model's client at work: what predicts an exchange also drives a real one.
//!
//! | step | module |
//! | --- | --- |
//! | a vector made ready: roles filled, server part settled | [`case`] |
//! | the same under a policy that somebody declares | [`declared_policy`], [`deployment`] |
//! | a server under a policy that an adapter runs | [`instance`] |
//! | where a vector takes place | [`address`] |
//! | the loop that plays a vector over any transport | [`drive`] |
//! | its caches | [`shared_cache`] |
//! | the model against script and reference server; nothing is sent | [`predict`], [`agree`] |
//! | what a leg is held to; from observations to a result | [`demand`], [`judge`] |
//! | one resource of a deployed server | [`target`] |
//! | answers as the model's responses; errors as text | [`http1`], [`chain`] |
//!
//! Nothing here opens a socket, a file or a browser, or reads the clock.

pub mod address;
pub mod agree;
pub mod case;
pub mod chain;
pub mod declared_policy;
pub mod demand;
pub mod deployment;
pub mod drive;
pub mod http1;
mod http_cache;
pub mod instance;
mod jar;
pub mod judge;
pub mod predict;
mod reference_answer;
pub mod request_of_client;
pub mod shared_cache;
pub mod target;
mod trace;
