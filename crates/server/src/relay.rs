//! A relay: what asks for a site is passed on to a server elsewhere on this machine, and its answer
//! is passed back, byte for byte.

use std::{io, net::SocketAddr, time::Duration};

use crosscheck_http1::{
    request::{
        body::BodyReader,
        head::{self, Framing},
    },
    token,
};
use crosscheck_reference::HANDLED;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::connection::{Received, Reply, Then};

/// The longest answer that is passed on, in bytes; what is longer is cut.
const LONGEST: usize = 16 * 1024 * 1024;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

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
    pub(crate) async fn pass(&self, received: &Received<'_>, target: &[u8]) -> io::Result<Reply> {
        let mut stream = TcpStream::connect(self.address).await?;
        // Without it answers only come later.
        let _ = stream.set_nodelay(true);
        let mut answer = Answer::to(received.head.method);
        let request = self.request(received, target);
        let exchange = async {
            // A server may answer and hang up before it has read all.
            let _ = stream.write_all(&request).await;
            while !answer.is_whole && answer.bytes.len() < LONGEST {
                if stream.read_buf(&mut answer.bytes).await? == 0 {
                    break;
                }
                answer.read();
            }
            Ok::<_, io::Error>(())
        };
        // What came until it broke, or took too long, is what the client gets.
        let _ = timeout(PATIENCE, exchange).await;
        let then = if answer.is_whole && !answer.closes {
            Then::KeepAlive
        } else {
            Then::Close
        };
        Ok(Reply {
            bytes: answer.bytes,
            then,
        })
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

/// An answer as it comes, read only to find its end.
#[derive(Debug)]
struct Answer<'a> {
    method: &'a [u8],
    bytes: Vec<u8>,
    /// How many of the bytes have been read.
    read: usize,
    part: Part,
    is_whole: bool,
    /// Whether the server hangs up after it.
    closes: bool,
}

#[derive(Debug)]
enum Part {
    Body(BodyReader),
    Head,
    /// Up to the end of the connection.
    Rest,
}

impl<'a> Answer<'a> {
    fn to(method: &'a [u8]) -> Self {
        Self {
            method,
            bytes: Vec::with_capacity(4096),
            read: 0,
            part: Part::Head,
            is_whole: false,
            closes: false,
        }
    }

    /// Reads what has come since it was last called.
    fn read(&mut self) {
        loop {
            let new = self.bytes.get(self.read..).unwrap_or_default();
            let part = match &mut self.part {
                Part::Rest => return,
                Part::Body(reader) => match reader.take(new) {
                    Err(_malformed) => Part::Rest,
                    Ok(taken) => {
                        self.read += taken;
                        self.is_whole = reader.is_done();
                        return;
                    }
                },
                Part::Head => match head::end(new, 0) {
                    Ok(None) => return,
                    Err(_too_long) => Part::Rest,
                    Ok(Some(end)) => {
                        let head = Head::parse(new.get(..end).unwrap_or_default());
                        self.read += end;
                        self.closes = head.closes;
                        if head.has_no_body(self.method) {
                            self.is_whole = true;
                            return;
                        }
                        head.part()
                    }
                },
            };
            self.part = part;
        }
    }
}

/// What of an answer's head says where its body ends.
#[derive(Debug, Default)]
struct Head {
    status: Option<u16>,
    is_chunked: bool,
    length: Option<u64>,
    closes: bool,
}

impl Head {
    /// Reads a head as browsers do: leniently.
    fn parse(bytes: &[u8]) -> Self {
        let mut rows = bytes.split(|byte| *byte == b'\n');
        let status_line = rows.next().unwrap_or_default();
        let status = status_line.split(|byte| *byte == b' ').nth(1);
        let mut head = Self {
            status: status.and_then(number),
            closes: status_line.starts_with(b"HTTP/1.0"),
            ..Self::default()
        };
        for row in rows {
            let mut halves = row.splitn(2, |byte| *byte == b':');
            let (Some(name), Some(value)) = (halves.next(), halves.next()) else {
                continue;
            };
            let value = token::trim(value.strip_suffix(b"\r").unwrap_or(value));
            match name.to_ascii_lowercase().as_slice() {
                b"connection" => {
                    let close = |option: &[u8]| option.eq_ignore_ascii_case(b"close");
                    head.closes |= token::list(value).flatten().any(close);
                }
                b"content-length" => head.length = number(value),
                b"transfer-encoding" => head.is_chunked = value.eq_ignore_ascii_case(b"chunked"),
                _ => {}
            }
        }
        head
    }

    fn has_no_body(&self, method: &[u8]) -> bool {
        method == b"HEAD" && self.status.is_some_and(|status| status >= 200)
            || matches!(self.status, Some(101 | 204 | 304))
    }

    /// What follows it.
    fn part(&self) -> Part {
        let framing = match (self.status, self.is_chunked, self.length) {
            (Some(100..200), _, _) => return Part::Head,
            (None, _, _) | (_, false, None) => return Part::Rest,
            (_, true, _) => Framing::Chunked,
            (_, false, Some(length)) => Framing::Length(length),
        };
        BodyReader::new(framing).map_or(Part::Rest, Part::Body)
    }
}

/// Whether the application marked the answer as its own.
pub(crate) fn is_marked(answer: &[u8]) -> bool {
    let end = head::end(answer, 0).ok().flatten().unwrap_or_default();
    let rows = answer
        .get(..end)
        .unwrap_or_default()
        .split(|byte| *byte == b'\n');
    let mut names = rows.filter_map(|row| row.split(|byte| *byte == b':').next());
    names.any(|name| name.eq_ignore_ascii_case(HANDLED.as_str().as_bytes()))
}

fn number<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    str::from_utf8(digits).ok()?.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Answer;

    #[rstest]
    #[case::length("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true, false)]
    #[case::cut("GET", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", false, false)]
    #[case::empty("GET", "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", true, false)]
    #[case::chunks(
        "GET",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        true,
        false
    )]
    #[case::open_chunks(
        "GET",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
        false,
        false
    )]
    #[case::until_the_end("GET", "HTTP/1.1 200 OK\r\n\r\nok", false, false)]
    #[case::closes(
        "GET",
        "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n",
        true,
        true
    )]
    #[case::old("GET", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true, true)]
    #[case::no_content("GET", "HTTP/1.1 204 No Content\r\n\r\n", true, false)]
    #[case::no_reason("OPTIONS", "HTTP/1.1 204\r\n\r\n", true, false)]
    #[case::head("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true, false)]
    #[case::hints("GET", "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 204 x\r\n\r\n", true, false)]
    #[case::only_hints("HEAD", "HTTP/1.1 103 Hints\r\n\r\n", false, false)]
    #[case::no_http("GET", "hello\r\n\r\n", false, false)]
    fn the_end_of_an_answer(
        #[case] method: &str,
        #[case] text: &str,
        #[case] is_whole: bool,
        #[case] closes: bool,
        #[values(1, 3, 1000)] size: usize,
    ) {
        let mut answer = Answer::to(method.as_bytes());
        for piece in text.as_bytes().chunks(size) {
            assert!(!answer.is_whole, "it ends too early");
            answer.bytes.extend_from_slice(piece);
            answer.read();
        }
        assert_eq!((answer.is_whole, answer.closes), (is_whole, closes));
    }
}
