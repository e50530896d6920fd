//! HTTP/1.1 as bytes: nothing is normalised, nothing is lost.

pub(crate) mod body;
pub(crate) mod head;
