//! One connection: requests in, answers out, in order.

use std::{io, time::Duration};

use bytes::{Buf, Bytes, BytesMut};
use crosscheck_http1::{
    request::{
        body::BodyReader,
        head::{self, BadRequest, Head},
    },
    write,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};

/// How long a connection may be idle between requests.
const IDLE: Duration = Duration::from_secs(75);

/// How long a client may take over one read or write within a request.
const STALLED: Duration = Duration::from_secs(30);

/// How long, and for how many bytes, a client that was refused may go on sending.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 32 * 1024 * 1024;

/// A request that came in whole.
#[derive(Debug)]
pub(crate) struct Received<'a> {
    /// Up to and including the blank line.
    pub(crate) raw: &'a [u8],
    pub(crate) head: &'a Head<'a>,
    /// The beginning of the body, or why it could not be read.
    pub(crate) body: Result<Vec<u8>, BadRequest>,
}

/// What is sent back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
}

/// What becomes of the connection after a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Close,
    KeepAlive,
}

/// Whoever answers requests.
pub(crate) trait Answers {
    /// The reply to `received`.
    fn answer(&self, received: Received<'_>) -> impl Future<Output = Reply> + Send;
}

/// Why the next request cannot be served.
enum Stop {
    /// The client is gone, or too slow.
    Gone,
    /// The client is told so.
    Bad(BadRequest),
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl From<BadRequest> for Stop {
    fn from(bad: BadRequest) -> Self {
        Self::Bad(bad)
    }
}

/// Serves `stream` until it is closed by either side.
pub(crate) async fn serve<S>(stream: S, answers: impl Answers)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut connection = Connection {
        stream,
        buffer: BytesMut::with_capacity(8 * 1024),
    };
    let stop = loop {
        match connection.serve_one(&answers).await {
            Ok(Then::KeepAlive) => {}
            Ok(Then::Close) => break Stop::Gone,
            Err(stop) => break stop,
        }
    };
    if let Stop::Bad(bad) = stop {
        let reply = refusal(bad, b"");
        if connection.send(&reply.bytes).await.is_ok() {
            connection.linger().await;
        }
    }
    // A client that is gone already does not matter.
    let _ = connection.stream.shutdown().await;
}

/// The reply to a request that cannot be served.
pub(crate) fn refusal(bad: BadRequest, method: &[u8]) -> Reply {
    let headers = [("content-type", "text/plain"), ("connection", "close")];
    let body = format!("{bad}\n");
    Reply {
        bytes: write::plain(bad.status(), &headers, body.as_bytes(), method),
        then: Then::Close,
    }
}

struct Connection<S> {
    stream: S,
    /// Bytes that have come and belong to no request yet.
    buffer: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    async fn serve_one(&mut self, answers: &impl Answers) -> Result<Then, Stop> {
        let raw = self.read_head().await?;
        let head = Head::parse(&raw)?;
        let body = match self.read_body(&head).await {
            Ok(body) => Ok(body),
            Err(Stop::Bad(bad)) => Err(bad),
            Err(Stop::Gone) => return Err(Stop::Gone),
        };
        let is_whole = body.is_ok();
        let received = Received {
            raw: &raw,
            head: &head,
            body,
        };
        let reply = answers.answer(received).await;
        self.send(&reply.bytes).await?;
        if !is_whole {
            self.linger().await;
        }
        if is_whole && head.keeps_alive() {
            Ok(reply.then)
        } else {
            Ok(Then::Close)
        }
    }

    async fn read_head(&mut self) -> Result<Bytes, Stop> {
        let mut scanned = 0;
        loop {
            if scanned == 0 {
                self.skip_line_ends();
            }
            if let Some(end) = head::end(&self.buffer, scanned)? {
                return Ok(self.buffer.split_to(end).freeze());
            }
            scanned = self.buffer.len();
            let patience = if scanned == 0 { IDLE } else { STALLED };
            self.fill(patience).await?;
        }
    }

    /// Line ends before a request are legal, and ignored.
    fn skip_line_ends(&mut self) {
        while let [b'\n', ..] | [b'\r', b'\n', ..] = &self.buffer[..] {
            self.buffer.advance(1);
        }
    }

    async fn read_body(&mut self, head: &Head<'_>) -> Result<Vec<u8>, Stop> {
        let mut reader = BodyReader::new(head.framing()?)?;
        let mut asked = !head.expects_continue();
        loop {
            let taken = reader.take(&self.buffer)?;
            self.buffer.advance(taken);
            if reader.is_done() {
                return Ok(reader.into_kept());
            }
            if !asked {
                self.send(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
                asked = true;
            }
            self.fill(STALLED).await?;
        }
    }

    /// Waits for more bytes.
    async fn fill(&mut self, patience: Duration) -> Result<(), Stop> {
        match timeout(patience, self.stream.read_buf(&mut self.buffer)).await {
            Ok(Ok(read)) if read > 0 => Ok(()),
            Ok(_) | Err(_) => Err(Stop::Gone),
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let sent = timeout(STALLED, async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        });
        match sent.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Stop::Gone),
        }
    }

    /// Reads on for a while, so that closing does not reset the connection before the client has
    /// read the reply.
    async fn linger(&mut self) {
        let drain = async {
            self.stream.shutdown().await?;
            let mut room = LINGER_BYTES;
            while room > 0 {
                self.buffer.clear();
                match self.stream.read_buf(&mut self.buffer).await? {
                    0 => break,
                    read => room = room.saturating_sub(read),
                }
            }
            Ok::<_, io::Error>(())
        };
        // Whether it ended well or not, the connection is closed next.
        let _ = timeout(LINGER, drain).await;
    }
}
