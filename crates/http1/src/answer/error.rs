//! Why bytes are no answer.

use crate::{chunked::ChunkError, shown::Shown};

/// Why bytes are no answer; says what the server did.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Longer than [`LONGEST_BODY`](super::LONGEST_BODY), or says that it will be.
    #[error("its body is longer than 16 MiB")]
    BodyTooLong,
    /// The body's chunks are malformed.
    #[error(transparent)]
    Chunks(#[from] ChunkError),
    /// The connection ended too early.
    #[error(transparent)]
    Cut(#[from] Cut),
    /// Longer than [`LONGEST_HEADS`](super::LONGEST_HEADS) without any interim answer.
    #[error("its headers are longer than 256 KiB")]
    HeadTooLong,
    /// Longer than [`LONGEST_HEADS`](super::LONGEST_HEADS) with its interim answers.
    #[error(
        "its headers are longer than 256 KiB, interim answers (1xx) included, of which {n_interim} came"
    )]
    HeadsTooLong {
        /// How many interim answers were whole by then.
        n_interim: usize,
    },
    /// `Content-Length` is not written with digits.
    #[error("its `Content-Length` is not a number: `{0}`")]
    Length(Shown),
    /// `Content-Length` does not fit into 63 bits.
    #[error("its `Content-Length` does not fit into 63 bits: `{0}`")]
    LengthTooLarge(Shown),
    /// `Content-Length` has values that differ.
    #[error("its `Content-Length` is given twice, as `{first}` and as `{other}`")]
    Lengths {
        /// The first value.
        first: Shown,
        /// The first that differs.
        other: Shown,
    },
    /// The connection ended before the first byte.
    #[error("the connection ended before an answer came")]
    Nothing,
    /// A head has a NUL.
    #[error("its headers have a NUL")]
    Nul,
    /// It does not begin with a status line.
    #[error("it does not begin with `HTTP`: `{0}`")]
    NotHttp(Shown),
    /// The status is missing, or not written with one to three digits.
    #[error("its first line has no status of three digits: `{0}`")]
    Status(Shown),
}

/// Where a connection ended too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cut {
    /// Within a body of known length.
    #[error("the connection ended {left} bytes before the end of its body")]
    Body {
        /// How many bytes are missing.
        left: u64,
    },
    /// Within a body in chunks.
    #[error("the connection ended before the last chunk of its body")]
    Chunks,
    /// Within a head.
    #[error("the connection ended within its headers")]
    Head,
    /// After interim answers, and before anything else.
    #[error("the connection ended after an interim answer (1xx) without a final one")]
    Interim,
}
