//! The configurable reference server.
//!
//! | term | module |
//! | --- | --- |
//! | policy: what the server lets itself be configured with | [`policy`] |
//! | the decision about a request, a pure function | [`respond`] |
//! | fault: a named misbehaviour | [`fault`] |
//! | site: the application under a policy | [`site`], [`app`], [`layer`] |
//! | composition: layers around a policy | [`compose`] |
//! | script: canned answers, byte for byte | [`script`] |
//! | relay: requests passed on to a server elsewhere | [`relay`] |
//! | stage: the listener that plays scripts and sites | [`stage`] |
//! | journal: every request exactly as it arrived | [`journal`] |
//!
//! It shares no code with the client's side of the standard, so that a mistake there cannot hide
//! itself here.

pub mod app;
mod application;
pub mod compose;
mod connection;
pub mod fault;
mod http1;
mod http2;
pub mod journal;
pub mod layer;
mod origin;
pub mod policy;
mod query;
pub mod relay;
pub mod request;
pub mod respond;
pub mod script;
pub mod site;
pub mod stage;
mod tls;
mod token;

pub use self::{application::HANDLED, origin::NotSerialized, tls::CertificateError};
