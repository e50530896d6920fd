//! Request bodies: read to their end, kept up to a limit.

use super::head::{BadRequest, Framing};
use crate::chunked::{Decoder, up_to};

/// The longest body that is read, in bytes.
pub const LONGEST: u64 = 16 * 1024 * 1024;

/// So much of a body is kept for the journal, in bytes.
pub const KEPT: usize = 64 * 1024;

/// Reads one body, piece by piece, without touching a socket.
#[derive(Debug)]
pub struct BodyReader {
    state: State,
    total: u64,
    kept: Vec<u8>,
}

#[derive(Debug)]
enum State {
    Chunks(Decoder),
    /// So many bytes up to the end of the body.
    Rest(u64),
}

impl BodyReader {
    /// A reader of a body that ends as `framing` says.
    ///
    /// # Errors
    ///
    /// If it is longer than [`LONGEST`].
    pub fn new(framing: Framing) -> Result<Self, BadRequest> {
        let state = match framing {
            Framing::Chunked => State::Chunks(Decoder::new()),
            Framing::Length(length) if length > LONGEST => return Err(BadRequest::BodyTooLong),
            Framing::Length(length) => State::Rest(length),
        };
        Ok(Self {
            state,
            total: 0,
            kept: Vec::new(),
        })
    }

    /// Whether the body has ended.
    pub fn is_done(&self) -> bool {
        match &self.state {
            State::Chunks(chunks) => chunks.is_done(),
            State::Rest(left) => *left == 0,
        }
    }

    /// The beginning of the body.
    pub fn into_kept(self) -> Vec<u8> {
        self.kept
    }

    /// Takes what it can from the front of `input` and returns how many bytes that was; it wants
    /// more input if it is not done then.
    ///
    /// # Errors
    ///
    /// If the chunks are malformed, or there is too much in them.
    pub fn take(&mut self, input: &[u8]) -> Result<usize, BadRequest> {
        let kept = &mut self.kept;
        let mut keep = |data: &[u8]| {
            let room = KEPT.saturating_sub(kept.len());
            kept.extend_from_slice(up_to(data, room as u64));
        };
        let taken = match &mut self.state {
            State::Chunks(chunks) => chunks
                .take(input, keep)
                .map_err(|_malformed| BadRequest::Chunks)?,
            State::Rest(left) => {
                let data = up_to(input, *left);
                keep(data);
                *left -= data.len() as u64;
                data.len()
            }
        };
        self.total += taken as u64;
        if self.total > LONGEST {
            return Err(BadRequest::BodyTooLong);
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{BadRequest, BodyReader, Framing, KEPT, LONGEST};

    /// Feeds `input` in pieces of `size` bytes; returns the body and what is left over.
    fn read(framing: Framing, input: &[u8], size: usize) -> Result<(Vec<u8>, Vec<u8>), BadRequest> {
        let mut reader = BodyReader::new(framing)?;
        let mut buffer = Vec::new();
        for piece in input.chunks(size) {
            buffer.extend_from_slice(piece);
            let taken = reader.take(&buffer)?;
            buffer.drain(..taken);
        }
        assert!(reader.is_done());
        Ok((reader.into_kept(), buffer))
    }

    const CHUNKS: &[u8] = b"3;a=b\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET /";

    #[rstest]
    #[case::length(Framing::Length(3), b"abcdef", "abc", "def")]
    #[case::none(Framing::Length(0), b"abc", "", "abc")]
    #[case::chunked(Framing::Chunked, CHUNKS, "abc0123456789", "GET /")]
    #[case::empty(Framing::Chunked, b"0\r\n\r\n", "", "")]
    fn bodies_end_where_they_say(
        #[case] framing: Framing,
        #[case] input: &[u8],
        #[case] body: &str,
        #[case] left: &str,
        #[values(1, 2, 7, 1000)] size: usize,
    ) {
        let (found, rest) = read(framing, input, size).unwrap();
        assert_eq!(found, body.as_bytes());
        assert_eq!(rest, left.as_bytes());
    }

    #[rstest]
    #[case::no_size(b"\r\n")]
    #[case::bad_size(b"xyz\r\n")]
    #[case::signed(b"+3\r\nabc\r\n")]
    #[case::longer_than_told(b"3\r\nabcd\r\n")]
    #[case::huge_size(b"11111111111111111\r\n")]
    fn bad_chunks(#[case] input: &[u8]) {
        let mut reader = BodyReader::new(Framing::Chunked).unwrap();
        assert_eq!(reader.take(input), Err(BadRequest::Chunks));
    }

    #[test]
    fn long_bodies_are_refused() {
        let refused = BodyReader::new(Framing::Length(LONGEST + 1)).unwrap_err();
        assert_eq!(refused, BadRequest::BodyTooLong);
        let mut reader = BodyReader::new(Framing::Chunked).unwrap();
        reader.take(b"1000000\r\n").unwrap();
        let body = vec![b'a'; 0x0100_0000];
        assert_eq!(reader.take(&body), Err(BadRequest::BodyTooLong));
    }

    #[test]
    fn only_the_beginning_is_kept() {
        let body = vec![b'a'; KEPT + 10];
        let length = body.len() as u64;
        let (kept, left) = read(Framing::Length(length), &body, 1000).unwrap();
        assert_eq!(kept.len(), KEPT);
        assert!(left.is_empty());
    }
}
