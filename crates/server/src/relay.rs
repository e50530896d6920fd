//! A relay: what asks for a site is passed on to a server elsewhere on this machine, and its answer
//! is passed back, byte for byte.

use std::{io, net::SocketAddr, time::Duration};

use bytes::BufMut;
use crosscheck_http1::{
    answer::{AnswerError, AnswerReader, Connection, Head, LONGEST_BODY},
    request::head::Framing,
};
use crosscheck_reference::HANDLED;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::connection::{Received, Reply, Then};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a server may be silent in an answer that is malformed, so that nothing says where it ends.
const SILENCE: Duration = Duration::from_secs(1);

/// The most that is read at once, in bytes, and so the most that is passed on beyond a bound.
const LARGEST_READ: usize = 64 * 1024;

/// A server to which requests are passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Where it listens.
    pub address: SocketAddr,
    /// What is put before the target.
    pub prefix: String,
}

impl Relay {
    /// Passes on `received` with another target, and the answer back; only the request's target changes.
    ///
    /// # Errors
    ///
    /// If nobody listens.
    pub(crate) async fn pass(&self, received: &Received<'_>, target: &[u8]) -> io::Result<Passed> {
        let mut stream = TcpStream::connect(self.address).await?;
        // Without it answers only come later.
        let _ = stream.set_nodelay(true);
        let mut answer = Answer::to(received.head.method);
        let request = self.request(received, target);
        let exchange = async {
            // A server may answer and hang up before it has read all.
            let _ = stream.write_all(&request).await;
            answer.come(&mut stream).await
        };
        // What came until it broke, or took too long, is what the client gets.
        let _ = timeout(PATIENCE, exchange).await;
        Ok(answer.passed())
    }

    fn request(&self, received: &Received<'_>, target: &[u8]) -> Vec<u8> {
        let method = received.head.method;
        let after_target = method.len() + 1 + received.head.target.len();
        let rest = received.raw.get(after_target..).unwrap_or_default();
        let mut bytes = [method, b" ", self.prefix.as_bytes(), target, rest].concat();
        let body = received.body.as_deref().unwrap_or_default();
        if received.head.framing() == Ok(Framing::Chunked) {
            if !body.is_empty() {
                bytes.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
                bytes.extend_from_slice(body);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        } else {
            bytes.extend_from_slice(body);
        }
        bytes
    }
}

/// What is passed back.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) reply: Reply,
    /// Whether the application marked the answer as its own.
    pub(crate) is_marked: bool,
}

/// An answer as it comes, read only to find its end.
#[derive(Debug)]
struct Answer {
    bytes: Vec<u8>,
    /// How many of the bytes have been read.
    read: usize,
    reader: AnswerReader,
    end: End,
}

/// Where an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It has not come yet.
    Ahead,
    /// After so many bytes.
    At(usize),
    /// Nowhere: there is too much of it.
    TooFar,
    /// Nobody knows: it is malformed.
    Unknown,
}

impl Answer {
    fn to(method: &[u8]) -> Self {
        Self {
            bytes: Vec::with_capacity(4096),
            read: 0,
            reader: AnswerReader::new(method).without_body(),
            end: End::Ahead,
        }
    }

    /// Takes what comes from `stream` up to the end.
    async fn come(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        loop {
            let mut room = (&mut self.bytes).limit(LARGEST_READ);
            let more = stream.read_buf(&mut room);
            let n_more = match self.end {
                End::At(_) | End::TooFar => break,
                End::Ahead => more.await?,
                End::Unknown => timeout(SILENCE, more).await??,
            };
            if n_more == 0 {
                break;
            }
            self.read();
        }
        Ok(())
    }

    /// Reads what has come since it was last called.
    fn read(&mut self) {
        let new = self.bytes.get(self.read..).unwrap_or_default();
        self.end = match self.reader.read(new) {
            Ok(None) => End::Ahead,
            Ok(Some(taken)) => End::At(self.read + taken),
            Err(
                AnswerError::BodyTooLong
                | AnswerError::HeadTooLong
                | AnswerError::HeadsTooLong { n_interim: _ },
            ) => End::TooFar,
            Err(_malformed) if (self.bytes.len() as u64) < LONGEST_BODY => End::Unknown,
            Err(_malformed) => End::TooFar,
        };
        self.read = self.bytes.len();
    }

    fn passed(self) -> Passed {
        let then = self.then();
        let is_marked = |head: &Head| head.values(HANDLED.as_str()).next().is_some();
        Passed {
            is_marked: self.reader.head().is_some_and(is_marked),
            reply: Reply {
                bytes: self.bytes,
                then,
            },
        }
    }

    /// What becomes of the client's connection: it stays open if the client, too, can tell where the
    /// answer ends, and if it ends there.
    fn then(&self) -> Then {
        let is_clean = self.end == End::At(self.bytes.len());
        if is_clean && self.reader.connection() == Connection::Open {
            Then::KeepAlive
        } else {
            Then::Close
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Answer, End};
    use crate::connection::Then;

    #[rstest]
    #[case::length(
        "GET",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        true,
        Then::KeepAlive
    )]
    #[case::cut(
        "GET",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
        false,
        Then::Close
    )]
    #[case::empty(
        "GET",
        "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
        true,
        Then::KeepAlive
    )]
    #[case::chunks(
        "GET",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        true,
        Then::KeepAlive
    )]
    #[case::open_chunks(
        "GET",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        false,
        Then::Close
    )]
    #[case::until_the_end("GET", "HTTP/1.1 200 OK\r\n\r\nok", false, Then::Close)]
    #[case::closes(
        "GET",
        "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n",
        true,
        Then::Close
    )]
    #[case::old(
        "GET",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        true,
        Then::Close
    )]
    #[case::no_content("GET", "HTTP/1.1 204 No Content\r\n\r\n", true, Then::KeepAlive)]
    #[case::no_reason("OPTIONS", "HTTP/1.1 204\r\n\r\n", true, Then::KeepAlive)]
    #[case::head(
        "HEAD",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        true,
        Then::KeepAlive
    )]
    #[case::hints(
        "GET",
        "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
        true,
        Then::KeepAlive
    )]
    #[case::only_hints("HEAD", "HTTP/1.1 103 Hints\r\n\r\n", false, Then::Close)]
    #[case::no_http("GET", "hello\r\n\r\n", false, Then::Close)]
    fn the_end_of_an_answer(
        #[case] method: &str,
        #[case] text: &str,
        #[case] is_whole: bool,
        #[case] then: Then,
        #[values(1, 3, 1000)] size: usize,
    ) {
        let mut answer = Answer::to(method.as_bytes());
        for piece in text.as_bytes().chunks(size) {
            assert!(!matches!(answer.end, End::At(_)), "it ends too early");
            answer.bytes.extend_from_slice(piece);
            answer.read();
        }
        let ends = answer.end == End::At(text.len());
        assert_eq!((ends, answer.then()), (is_whole, then));
    }
}
