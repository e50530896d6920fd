//! The listener of the reference server.
//!
//! | term | module |
//! | --- | --- |
//! | stage: the listener that plays scripts and sites | [`stage`] |
//! | relay: requests passed on to a server elsewhere | [`relay`] |
//! | journal: every request exactly as it arrived | [`journal`] |
//! | a site as a `tower` layer and as an `axum` router | [`layer`], [`app`] |
//!
//! What is answered is decided by `crosscheck_reference`; this crate knows sockets, HTTP and TLS.

pub mod app;
mod connection;
mod http2;
pub mod journal;
pub mod layer;
pub mod relay;
pub mod stage;
mod tls;

pub use self::tls::CertificateError;
