//! HTTP/1.1 as bytes: nothing is normalised, nothing is lost.
//!
//! | term | module |
//! | --- | --- |
//! | a request, as a server reads it: strictly | [`request`] |
//! | an answer as bytes | [`mod@write`] |
//! | tokens and lists of tokens | [`token`] |
//!
//! Nothing here waits for anything: bytes come from whoever has them.

pub mod request;
pub mod token;
pub mod write;
