//! What every adapter in Rust shares: the protocol, the policy and the application behind it.
//!
//! An adapter is a [`Hello`] and a function from a [`Policy`] and a listener to a [`Server`]; see
//! `tower-http` beside this folder.

mod application;
mod policy;
mod protocol;

pub use application::{Answer, Application};
pub use policy::{Listing, MaxAge, Policy, is_subdomain};
pub use protocol::{Failure, Hello, Server, run, version_in};
