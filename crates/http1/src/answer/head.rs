//! Heads: status line and header lines.

use std::mem;

use super::{
    Connection, LONGEST_HEADS,
    error::{AnswerError, Cut},
};
use crate::{chunked::LARGEST_SIZE, token};

/// What a head begins with, in any case.
const START: &[u8] = b"http";

/// So many bytes may stand before [`START`].
const MOST_BEFORE: usize = 4;

/// The head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status, 0 to 999.
    pub status: u16,
    /// Names and values in order, spelled as they came; no value has a blank or tab at its ends.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// HTTP/1.0, and whatever is no version.
    Http10,
    /// HTTP/1.1 or newer.
    Http11,
}

/// What says where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Chunks,
    /// In bytes.
    Length(u64),
    None,
    UntilClose,
}

/// Reads heads up to the one of the final answer.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    place: Place,
    /// The beginning of a line that has not ended yet.
    line: Vec<u8>,
    /// How many bytes were read.
    length: usize,
    n_interim: usize,
}

#[derive(Debug, Default)]
enum Place {
    /// Before `HTTP`.
    #[default]
    Start,
    StatusLine,
    Fields(Fields),
}

/// A head whose end has not come yet.
#[derive(Debug)]
struct Fields {
    head: Head,
    /// Whether the last line was a header, so that its value can be continued.
    is_continuable: bool,
}

impl HeadReader {
    /// Reads from the front of `bytes` up to the end of a head; returns how many bytes that were, and
    /// the head if it is the final one.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<(usize, Option<Head>), AnswerError> {
        let mut taken = 0;
        while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
            if matches!(self.place, Place::Start) {
                taken += self.read_start(rest)?;
                continue;
            }
            let newline = rest.iter().position(|byte| *byte == b'\n');
            let end = newline.map_or(rest.len(), |at| at + 1);
            taken += end;
            self.count(end)?;
            let piece = rest.get(..newline.unwrap_or(end)).unwrap_or_default();
            self.line.extend_from_slice(piece);
            if newline.is_some()
                && let Some(head) = self.end_line()?
            {
                return Ok((taken, Some(head)));
            }
        }
        Ok((taken, None))
    }

    /// Why there is no answer if nothing more comes.
    pub(super) fn cut(self) -> AnswerError {
        match self.place {
            Place::Start if !self.line.is_empty() => AnswerError::NotHttp((&*self.line).into()),
            Place::Start if self.n_interim > 0 => Cut::Interim.into(),
            Place::Start => AnswerError::Nothing,
            Place::StatusLine | Place::Fields(_) => Cut::Head.into(),
        }
    }

    /// Looks for [`START`] at the front of `bytes`.
    fn read_start(&mut self, bytes: &[u8]) -> Result<usize, AnswerError> {
        for (index, byte) in bytes.iter().enumerate() {
            self.count(1)?;
            self.line.push(*byte);
            let before = self.line.len().saturating_sub(START.len());
            let found = self.line.get(before..).unwrap_or_default();
            if found.eq_ignore_ascii_case(START) {
                if self.line.contains(&0) {
                    return Err(AnswerError::Nul);
                }
                self.line.drain(..before);
                self.place = Place::StatusLine;
                return Ok(index + 1);
            }
            if before == MOST_BEFORE {
                return Err(AnswerError::NotHttp((&*self.line).into()));
            }
        }
        Ok(bytes.len())
    }

    fn count(&mut self, more: usize) -> Result<(), AnswerError> {
        self.length += more;
        match self.n_interim {
            _ if self.length <= LONGEST_HEADS => Ok(()),
            0 => Err(AnswerError::HeadTooLong),
            n_interim => Err(AnswerError::HeadsTooLong { n_interim }),
        }
    }

    /// Reads the line that has just ended; returns the head that ends with it, if it is the final one.
    fn end_line(&mut self) -> Result<Option<Head>, AnswerError> {
        let mut line = mem::take(&mut self.line);
        if line.contains(&0) {
            return Err(AnswerError::Nul);
        }
        let is_blank = matches!(*line, [] | [b'\r']);
        let mut pieces = line.split(|byte| *byte == b'\r');
        let mut fields = match mem::take(&mut self.place) {
            Place::Fields(fields) => fields,
            Place::Start | Place::StatusLine => {
                let head = Head::of_status_line(pieces.next().unwrap_or_default())?;
                Fields {
                    head,
                    is_continuable: false,
                }
            }
        };
        if is_blank {
            let head = fields.end()?;
            if head.is_interim() {
                self.n_interim += 1;
                return Ok(None);
            }
            return Ok(Some(head));
        }
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            fields.read(piece);
        }
        self.place = Place::Fields(fields);
        line.clear();
        self.line = line;
        Ok(None)
    }
}

impl Fields {
    /// Reads one line, which is not empty.
    fn read(&mut self, line: &[u8]) {
        if line.first().copied().is_some_and(token::is_blank) {
            if self.is_continuable
                && let Some((_, value)) = self.head.headers.last_mut()
            {
                value.push(b' ');
                value.extend_from_slice(token::trim_start(line));
            }
            return;
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let halves = colon.and_then(|colon| line.split_at_checked(colon));
        let named = halves.map(|(name, value)| (token::trim_end(name), value));
        let named = named.filter(|(name, _)| token::is_token(name));
        self.is_continuable = named.is_some();
        if let Some((name, value)) = named {
            let value = value.get(1..).unwrap_or_default();
            self.head.headers.push((name.to_vec(), value.to_vec()));
        }
    }

    /// The head, whose lines have all come.
    fn end(self) -> Result<Head, AnswerError> {
        let mut head = self.head;
        for (_, value) in &mut head.headers {
            let trimmed = token::trim(value);
            if trimmed.len() < value.len() {
                *value = trimmed.to_vec();
            }
        }
        if !head.is_chunked() {
            head.length()?;
        }
        Ok(head)
    }
}

impl Head {
    /// The values of all headers called `name`, in order.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value.as_slice())
    }

    /// The head that `line`, which begins with [`START`], begins.
    fn of_status_line(line: &[u8]) -> Result<Self, AnswerError> {
        let malformed = || AnswerError::Status(line.into());
        let blank = line.iter().position(|byte| *byte == b' ');
        let blank = blank.ok_or_else(malformed)?;
        let (version, rest) = line.split_at_checked(blank).unwrap_or_default();
        let rest = token::trim_start(rest);
        let end = rest.iter().position(|byte| token::is_blank(*byte));
        let code = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let is_status = matches!(code.len(), 1..=3) && code.iter().all(u8::is_ascii_digit);
        let digits = code.iter().map(|digit| u16::from(digit - b'0'));
        if !is_status {
            return Err(malformed());
        }
        Ok(Self {
            status: digits.fold(0, |status, digit| status * 10 + digit),
            headers: Vec::new(),
            version: Version::of(version),
        })
    }

    /// Whether another request may follow.
    ///
    /// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-9.3>
    pub(super) fn connection(&self, method: &[u8]) -> Connection {
        let closes = self
            .items("connection")
            .any(|option| option.eq_ignore_ascii_case(b"close"));
        if closes || self.version == Version::Http10 || self.leaves_http(method) {
            Connection::Closed
        } else {
            Connection::Open
        }
    }

    /// What says where the body ends in the answer to a request of `method`.
    ///
    /// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>
    pub(super) fn body(&self, method: &[u8]) -> Result<Body, AnswerError> {
        if method == b"HEAD" || matches!(self.status, 204 | 205 | 304) || self.leaves_http(method) {
            return Ok(Body::None);
        }
        if self.is_chunked() {
            return Ok(Body::Chunks);
        }
        let Some(text) = self.length()? else {
            return Ok(Body::UntilClose);
        };
        if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
            return Err(AnswerError::Length(text.into()));
        }
        let length: Option<u64> = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        let length = length.filter(|length| *length <= LARGEST_SIZE);
        length
            .map(Body::Length)
            .ok_or_else(|| AnswerError::LengthTooLarge(text.into()))
    }

    /// Whether a final answer follows.
    fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }

    /// Whether what follows is no longer HTTP.
    fn leaves_http(&self, method: &[u8]) -> bool {
        self.status == 101 || method == b"CONNECT" && (200..300).contains(&self.status)
    }

    fn is_chunked(&self) -> bool {
        self.version == Version::Http11
            && self
                .items("transfer-encoding")
                .any(|coding| coding.eq_ignore_ascii_case(b"chunked"))
    }

    /// The one value of `Content-Length`, whatever it is.
    fn length(&self) -> Result<Option<&[u8]>, AnswerError> {
        let mut values = self.items("content-length");
        let Some(first) = values.next() else {
            return Ok(None);
        };
        match values.find(|other| *other != first) {
            None => Ok(Some(first)),
            Some(other) => Err(AnswerError::Lengths {
                first: first.into(),
                other: other.into(),
            }),
        }
    }

    /// The items of the lists called `name`, empty ones included.
    fn items<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.values(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(token::trim)
    }
}

impl Version {
    /// What `word`, which begins with [`START`], says.
    fn of(word: &[u8]) -> Self {
        let dot = word.iter().position(|byte| *byte == b'.');
        let minor = dot.and_then(|dot| word.get(dot + 1));
        match (word.get(START.len()..), minor) {
            (Some([b'/', b'1', ..]), Some(b'1'..=b'9'))
            | (Some([b'/', b'2'..=b'9', ..]), Some(b'0'..=b'9')) => Self::Http11,
            _ => Self::Http10,
        }
    }
}
