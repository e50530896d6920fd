//! Requests as a server reads them.

pub mod body;
pub mod head;
