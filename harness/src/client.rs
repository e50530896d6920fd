//! What sends requests.

pub mod exact;
pub mod remote;
