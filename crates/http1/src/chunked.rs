//! The chunked coding, decoded as it comes.
//!
//! Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-7.1>

use std::mem;

use crate::{shown::Shown, token};

/// The longest line between chunks or after them, in bytes: as long as Chromium's.
pub const LONGEST_LINE: usize = 16 * 1024;

/// The largest size that is a size, in bytes: as in browsers, it fits into 63 bits.
pub(crate) const LARGEST_SIZE: u64 = i64::MAX as u64;

/// What is wrong with chunks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// No line end follows the bytes of a chunk.
    #[error("a chunk is longer than its size says")]
    End,
    /// A line between chunks or after them is longer than [`LONGEST_LINE`].
    #[error("a line between its chunks is longer than 16 KiB")]
    LineTooLong,
    /// A size is not written with hexadecimal digits.
    #[error("a chunk's size is not a hexadecimal number: `{0}`")]
    Size(Shown),
    /// A size does not fit into 63 bits.
    #[error("a chunk's size does not fit into 63 bits: `{0}`")]
    SizeTooLarge(Shown),
}

/// Decodes chunks piece by piece; total work is linear in the bytes.
#[derive(Debug)]
pub(crate) struct Decoder {
    state: State,
    /// The beginning of a line that has not ended yet.
    line: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size,
    /// So many bytes up to the end of the chunk.
    Data(u64),
    DataEnd,
    Trailers,
    Done,
}

impl Decoder {
    pub(crate) const fn new() -> Self {
        Self {
            state: State::Size,
            line: Vec::new(),
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many bytes of the current chunk have not come yet.
    pub(crate) fn left(&self) -> u64 {
        match self.state {
            State::Data(left) => left,
            State::Size | State::DataEnd | State::Trailers | State::Done => 0,
        }
    }

    /// Hands what is in the chunks of `input` to `keep`; returns how many bytes it took, which is all
    /// of them unless the last chunk and its trailers end before.
    pub(crate) fn take(
        &mut self,
        input: &[u8],
        mut keep: impl FnMut(&[u8]),
    ) -> Result<usize, ChunkError> {
        let mut taken = 0;
        while let Some(rest) = input.get(taken..).filter(|rest| !rest.is_empty()) {
            taken += match self.state {
                State::Done => break,
                State::Data(left) => {
                    let data = up_to(rest, left);
                    keep(data);
                    self.state = match left - data.len() as u64 {
                        0 => State::DataEnd,
                        left => State::Data(left),
                    };
                    data.len()
                }
                State::Size | State::DataEnd | State::Trailers => self.take_line(rest)?,
            };
        }
        Ok(taken)
    }

    fn take_line(&mut self, input: &[u8]) -> Result<usize, ChunkError> {
        let newline = input.iter().position(|byte| *byte == b'\n');
        let piece = up_to(input, newline.unwrap_or(input.len()) as u64);
        if self.line.len() + piece.len() > LONGEST_LINE {
            return Err(ChunkError::LineTooLong);
        }
        self.line.extend_from_slice(piece);
        if newline.is_none() {
            return Ok(input.len());
        }
        let mut line = mem::take(&mut self.line);
        self.end_line(line.strip_suffix(b"\r").unwrap_or(&line))?;
        let taken = piece.len() + 1;
        line.clear();
        self.line = line;
        Ok(taken)
    }

    fn end_line(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        self.state = match self.state {
            State::Size => match size(line)? {
                0 => State::Trailers,
                size => State::Data(size),
            },
            State::DataEnd if line.is_empty() => State::Size,
            State::DataEnd => return Err(ChunkError::End),
            State::Trailers if !line.is_empty() => State::Trailers,
            State::Trailers | State::Data(_) | State::Done => State::Done,
        };
        Ok(())
    }
}

/// The size at the start of a chunk.
///
/// Extensions are skipped, as are blanks and tabs before them, which the grammar allows, and blanks at
/// the end of the line, which some servers write. Nothing else may stand beside the digits, of which
/// there may be any number.
fn size(line: &[u8]) -> Result<u64, ChunkError> {
    let text = line.split(|byte| *byte == b';').next().unwrap_or_default();
    let digits = token::trim_end(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(ChunkError::Size(text.into()));
    }
    let size = str::from_utf8(digits)
        .ok()
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    size.filter(|size| *size <= LARGEST_SIZE)
        .ok_or_else(|| ChunkError::SizeTooLarge(text.into()))
}

/// The first `length` bytes of `input`, or all.
pub(crate) fn up_to(input: &[u8], length: u64) -> &[u8] {
    usize::try_from(length)
        .ok()
        .and_then(|length| input.get(..length))
        .unwrap_or(input)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{ChunkError, Decoder, LARGEST_SIZE, LONGEST_LINE, size};

    fn too_large(text: &str) -> Result<u64, ChunkError> {
        Err(ChunkError::SizeTooLarge(text.as_bytes().into()))
    }

    fn malformed(text: &str) -> Result<u64, ChunkError> {
        Err(ChunkError::Size(text.as_bytes().into()))
    }

    #[rstest]
    #[case::digits("1aF", Ok(0x1af))]
    #[case::extension("2;a=b", Ok(2))]
    #[case::blanks_at_the_end("819b   ", Ok(0x819b))]
    #[case::blanks_before_an_extension("2 \t;a", Ok(2))]
    #[case::many_zeros("0000000000000000000000000002", Ok(2))]
    #[case::largest("7fffffffffffffff", Ok(LARGEST_SIZE))]
    #[case::beyond("8000000000000000", too_large("8000000000000000"))]
    #[case::far_beyond("fffffffffffffffffffffffff", too_large("fffffffffffffffffffffffff"))]
    #[case::empty("", malformed(""))]
    #[case::blank(" ", malformed(" "))]
    #[case::extension_only(";a", malformed(""))]
    #[case::words("zz", malformed("zz"))]
    #[case::leading_blank(" 2", malformed(" 2"))]
    #[case::sign("+2", malformed("+2"))]
    #[case::prefix("0x2", malformed("0x2"))]
    #[case::second_carriage_return("2\r", malformed("2\r"))]
    fn sizes(#[case] line: &str, #[case] expected: Result<u64, ChunkError>) {
        assert_eq!(size(line.as_bytes()), expected);
    }

    #[test]
    fn lines_are_bounded_to_the_byte() {
        let line = |length: usize| format!("2;{}", "x".repeat(length - 2));
        let mut decoder = Decoder::new();
        assert_eq!(
            decoder.take(line(LONGEST_LINE).as_bytes(), |_| ()),
            Ok(LONGEST_LINE)
        );
        assert_eq!(decoder.take(b"\n", |_| ()), Ok(1));
        assert_eq!(decoder.left(), 2);
        let refused = Decoder::new().take(line(LONGEST_LINE + 1).as_bytes(), |_| ());
        assert_eq!(refused, Err(ChunkError::LineTooLong));
    }
}
