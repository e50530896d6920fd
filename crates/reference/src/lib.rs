//! The configurable reference server, as pure functions.
//!
//! | term | module |
//! | --- | --- |
//! | policy: what the server lets itself be configured with | [`policy`] |
//! | the decision about a request, a pure function | [`respond`] |
//! | fault: a named misbehaviour | [`fault`] |
//! | composition: layers around a policy | [`compose`] |
//! | application: what stands behind the policy | [`application`] |
//! | site: the application under a policy | [`site`] |
//! | script: canned answers, byte for byte | [`script`] |
//! | the parts of a request | [`request`], [`query`] |
//!
//! It shares no code with the client's side of the standard, so that a mistake there cannot hide
//! itself here.

pub mod application;
pub mod compose;
pub mod fault;
mod origin;
pub mod policy;
pub mod query;
pub mod request;
pub mod respond;
pub mod script;
pub mod site;

pub use self::{application::HANDLED, origin::NotSerialized};
