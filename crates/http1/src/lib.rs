//! HTTP/1.1 as bytes: nothing is normalised, nothing is lost.
//!
//! | term | module |
//! | --- | --- |
//! | a request, as a server reads it: strictly | [`request`] |
//! | an answer, as a client reads it: leniently | [`answer`] |
//! | an answer as bytes | [`mod@write`] |
//! | the chunked coding of both | [`chunked`] |
//! | tokens and lists of tokens | [`token`] |
//! | what a peer sent, as a person may read it | [`shown`] |
//!
//! Nothing here waits for anything: bytes come from whoever has them.

pub mod answer;
pub mod chunked;
pub mod request;
pub mod shown;
pub mod token;
pub mod write;
