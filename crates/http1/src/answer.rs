//! Answers, read as they come and as leniently as browsers read them.
//!
//! What browsers take is taken, byte for byte. Where RFC 9110 and RFC 9112 leave a choice, this reader
//! chooses as Chromium does (`net/http`, seen in version 156). What they tell a client to refuse is
//! refused, even if Chromium takes it.
//!
//! | what came | what becomes of it | source |
//! | --- | --- | --- |
//! | up to four bytes before `HTTP`, such as empty lines | skipped | Chromium: the late end of an earlier answer |
//! | a bare LF | ends a line | RFC 9112, 2.2 lets it |
//! | a bare CR in a head | ends a line | Chromium; RFC 9112, 2.2 calls it invalid, or a blank |
//! | `http/1.1`, `HTTP/2.0`, `HTTP/1.10`, `HTTPX` | taken; what is no version is HTTP/1.0 | Chromium |
//! | several blanks before the status, no blank and no reason after it | taken | RFC 9112, 4 lets it |
//! | a status of one or two digits | that number | Chromium; web-platform-tests, `fetch/h1-parsing/status-code` |
//! | a status with more digits or other characters, or none | malformed | RFC 9112, 4, and the same tests; Chromium takes a number from it, or 200 |
//! | a header line without colon, or whose name is no token | skipped | Chromium |
//! | blanks and tabs before the colon | dropped | Chromium; RFC 9112, 5.1 for proxies |
//! | a line that begins with a blank or tab | continues the value before it, after one blank; skipped if there is none | RFC 9112, 5.2; Chromium |
//! | a NUL in a head | malformed | RFC 9110, 5.5; Chromium |
//! | any other control character in a value | kept | Chromium |
//! | a status of 1xx, but 101 | skipped with its headers | RFC 9110, 15.2 |
//! | 101 | the answer, also if nobody asked for it | RFC 9110, 15.2.2; Chromium skips it then |
//! | more than [`LONGEST_HEADS`] bytes of heads, interim ones included | malformed | Chromium, which counts each head by itself |
//! | 101, 204, 205, 304, anything to HEAD, 2xx to CONNECT | no body follows | RFC 9112, 6.3; Chromium for 205 |
//! | `chunked` among the transfer codings | chunks, whatever `Content-Length` says | RFC 9112, 6.3 if it is the last one; Chromium |
//! | other transfer codings, and all in HTTP/1.0 | do not say where the body ends | Chromium; RFC 9112, 6.3 reads to the end of the connection |
//! | `Content-Length: 5, 5`, or two lines of one value | 5 | RFC 9112, 6.3; RFC 9110, 8.6 |
//! | values of `Content-Length` that differ | malformed, in interim answers and without body as well | RFC 9112, 6.3; Chromium |
//! | a `Content-Length` that is no number of digits | malformed where a body follows | RFC 9112, 6.3; Chromium reads to the end of the connection |
//! | neither | the end of the connection ends the body | RFC 9112, 6.3 |
//! | extensions of chunks, trailers | skipped | RFC 9112, 7.1; Chromium |
//! | the end of the connection before any other end | malformed | RFC 9112, 8; Chromium, which over plain HTTP takes half a head |
//!
//! HTTP/0.9 is not taken: without headers a page could read nothing of it.

mod error;
mod head;
#[cfg(test)]
mod tests;

use self::head::{Body, HeadReader};
pub use self::{
    error::{AnswerError, Cut},
    head::Head,
};
use crate::chunked::{Decoder, up_to};

/// The most that the heads of one answer may have together, interim ones included, in bytes:
/// Chromium's bound for one head.
pub const LONGEST_HEADS: usize = 256 * 1024;

/// The most that a body may have as it comes, sizes of chunks included, in bytes.
pub const LONGEST_BODY: u64 = 16 * 1024 * 1024;

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status, 0 to 999.
    pub status: u16,
    /// Names and values in order, spelled as they came; no value has a blank or tab at its ends.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// Without its chunks.
    pub body: Vec<u8>,
}

/// Whether another request may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The peer closes the connection, or speaks HTTP no longer.
    Closed,
    /// The connection stays open.
    Open,
}

/// Reads one answer, from bytes in pieces of any size; total work is linear in the bytes.
#[derive(Debug)]
pub struct AnswerReader {
    method: Vec<u8>,
    state: State,
    /// The final head, once it has come.
    head: Option<Head>,
    keeps: Keeps,
    body: Vec<u8>,
    /// How many bytes the body took.
    length: u64,
}

#[derive(Debug)]
enum State {
    Heads(HeadReader),
    Chunks(Decoder),
    /// So many bytes up to the end of the body.
    Rest(u64),
    UntilClose,
    Whole,
    Malformed(AnswerError),
}

/// What is kept of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeps {
    All,
    Nothing,
}

/// Reads what came of the answer to a request of `method` before the connection ended. What follows
/// the answer is not looked at.
///
/// # Errors
///
/// If it is malformed or cut off.
pub fn read_whole(bytes: &[u8], method: &[u8]) -> Result<Answer, AnswerError> {
    let mut reader = AnswerReader::new(method);
    reader.read(bytes)?;
    reader.end()
}

impl AnswerReader {
    /// A reader of the answer to a request of `method`.
    pub fn new(method: &[u8]) -> Self {
        Self {
            method: method.to_vec(),
            state: State::Heads(HeadReader::default()),
            head: None,
            keeps: Keeps::All,
            body: Vec::new(),
            length: 0,
        }
    }

    /// The same, to find the answer's end only: its body is read and dropped.
    #[must_use]
    pub fn without_body(self) -> Self {
        Self {
            keeps: Keeps::Nothing,
            ..self
        }
    }

    /// Reads `bytes`, which follow those of earlier calls. Once the answer is whole, says how many of
    /// them belong to it; none while more may come.
    ///
    /// # Errors
    ///
    /// If the answer is malformed or too long, as soon as that can be known; and again at each later call.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Option<usize>, AnswerError> {
        let mut taken = 0;
        let read = loop {
            let rest = bytes.get(taken..).unwrap_or_default();
            match self.step(rest) {
                Ok(step) => taken += step,
                Err(malformed) => break Err(malformed),
            }
            if matches!(self.state, State::Whole) {
                break Ok(Some(taken));
            }
            if taken == bytes.len() {
                break Ok(None);
            }
        };
        if let Err(malformed) = &read {
            self.state = State::Malformed(malformed.clone());
        }
        read
    }

    /// The head of the final answer; none before it has come.
    pub const fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// Whether another request may follow once the answer is whole.
    pub fn connection(&self) -> Connection {
        match (&self.state, &self.head) {
            (State::UntilClose | State::Malformed(_), _) | (_, None) => Connection::Closed,
            (State::Heads(_) | State::Chunks(_) | State::Rest(_) | State::Whole, Some(head)) => {
                head.connection(&self.method)
            }
        }
    }

    /// The answer, if it is whole, or if the end of the connection ends it.
    ///
    /// # Errors
    ///
    /// If it is malformed or cut off.
    pub fn end(self) -> Result<Answer, AnswerError> {
        match self.state {
            State::Whole | State::UntilClose => {}
            State::Malformed(malformed) => return Err(malformed),
            State::Heads(heads) => return Err(heads.cut()),
            State::Chunks(_) => return Err(AnswerError::Cut(Cut::Chunks)),
            State::Rest(left) => return Err(AnswerError::Cut(Cut::Body { left })),
        }
        let head = self.head.ok_or(AnswerError::Nothing)?;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: self.body,
        })
    }

    /// Reads from the front of `bytes` what belongs to one part of the answer.
    fn step(&mut self, bytes: &[u8]) -> Result<usize, AnswerError> {
        match &mut self.state {
            State::Whole => Ok(0),
            State::Malformed(malformed) => Err(malformed.clone()),
            State::Heads(heads) => {
                let (taken, head) = heads.read(bytes)?;
                if let Some(head) = head {
                    let body = body(&head, &self.method);
                    self.head = Some(head);
                    self.state = body?;
                }
                Ok(taken)
            }
            State::Chunks(_) | State::Rest(_) | State::UntilClose => self.read_body(bytes),
        }
    }

    fn read_body(&mut self, bytes: &[u8]) -> Result<usize, AnswerError> {
        // One byte more than there may be tells that there are too many.
        let bytes = up_to(bytes, LONGEST_BODY - self.length + 1);
        let body = &mut self.body;
        let keeps = self.keeps;
        let mut keep = |data: &[u8]| {
            if keeps == Keeps::All {
                body.extend_from_slice(data);
            }
        };
        let (taken, left, is_whole) = match &mut self.state {
            State::Chunks(chunks) => {
                let taken = chunks.take(bytes, keep)?;
                (taken, chunks.left(), chunks.is_done())
            }
            State::Rest(left) => {
                let data = up_to(bytes, *left);
                keep(data);
                *left -= data.len() as u64;
                (data.len(), *left, *left == 0)
            }
            State::UntilClose | State::Heads(_) | State::Whole | State::Malformed(_) => {
                keep(bytes);
                (bytes.len(), 0, false)
            }
        };
        self.length += taken as u64;
        if self.length.saturating_add(left) > LONGEST_BODY {
            return Err(AnswerError::BodyTooLong);
        }
        if is_whole {
            self.state = State::Whole;
        }
        Ok(taken)
    }
}

/// What follows `head`, the answer to a request of `method`.
fn body(head: &Head, method: &[u8]) -> Result<State, AnswerError> {
    Ok(match head.body(method)? {
        Body::Chunks => State::Chunks(Decoder::new()),
        Body::Length(length) if length > LONGEST_BODY => return Err(AnswerError::BodyTooLong),
        Body::None | Body::Length(0) => State::Whole,
        Body::Length(length) => State::Rest(length),
        Body::UntilClose => State::UntilClose,
    })
}
