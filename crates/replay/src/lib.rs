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
//! | from observations to a result | [`judge`] |
//! | answers as bytes, as the model's responses | [`http1`] |
//!
//! Nothing here opens a socket, a file or a browser, or reads the clock.

pub mod address;
pub mod agree;
pub mod case;
pub mod declared_policy;
pub mod deployment;
pub mod drive;
pub mod http1;
mod http_cache;
pub mod instance;
mod jar;
pub mod judge;
pub mod predict;
pub mod request_of_client;
pub mod shared_cache;
mod trace;
