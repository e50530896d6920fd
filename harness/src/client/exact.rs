//! A client that sends exactly the bytes it is given, and takes whatever browsers take.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crosscheck_http1::answer::{AnswerError, AnswerReader, Connection};
use crosscheck_oracle::{OutgoingRequest, RequestBody, Response};
use crosscheck_replay::http1::response;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use url::Position;

/// The most connections that are kept while nobody needs them.
const MOST_IDLE: usize = 128;

/// The part of the patience, as a divisor, that a used connection gets before a new one is tried.
const WORN_OUT: u32 = 4;

/// A client; all its clones share its connections.
#[derive(Clone, Debug)]
pub struct Client {
    patience: Duration,
    idle: Arc<Mutex<Vec<(SocketAddr, TcpStream)>>>,
}

/// Which connection a request goes out on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// One of its own: the server may answer by hanging up, which must not be taken for a connection
    /// that was no longer good.
    Never,
    /// One that an earlier answer left open, if there is one.
    Welcome,
}

/// So much is read at once at first, in bytes: small enough for an allocator's fast path, and enough for
/// most answers.
const FIRST_READ: usize = 1024;

/// The most that is read at once, in bytes.
const LARGEST_READ: usize = 64 * 1024;

/// The answer to a request, or why what came is none.
type Came = Result<Response, AnswerError>;

impl Client {
    /// A client that waits at most `patience` for an answer.
    pub fn new(patience: Duration) -> Self {
        Self {
            patience,
            idle: Arc::default(),
        }
    }

    /// A client as patient that shares no connection with this one.
    #[must_use]
    pub fn without_connections(&self) -> Self {
        Self::new(self.patience)
    }

    /// Sends `request` to `address` and returns the answer; none if the connection ended without one, or if what
    /// came cannot be read as HTTP: both are network errors.
    ///
    /// A request that gets no answer on a used connection goes out once more on a new one.
    ///
    /// # Errors
    ///
    /// If nothing listens, nothing comes in time, or too much comes.
    pub async fn send(
        &self,
        address: SocketAddr,
        request: &OutgoingRequest,
        reuse: Reuse,
    ) -> io::Result<Option<Response>> {
        Ok(self.ask(address, request, reuse).await?.ok())
    }

    /// The same, with the reason why there is no answer.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub(crate) async fn ask(
        &self,
        address: SocketAddr,
        request: &OutgoingRequest,
        reuse: Reuse,
    ) -> io::Result<Came> {
        let came = timeout(self.patience, self.converse(address, request, reuse));
        came.await.unwrap_or_else(|_elapsed| {
            let message = format!("no answer within {} s", self.patience.as_secs_f32());
            Err(io::Error::new(io::ErrorKind::TimedOut, message))
        })
    }

    async fn converse(
        &self,
        address: SocketAddr,
        request: &OutgoingRequest,
        reuse: Reuse,
    ) -> io::Result<Came> {
        let bytes = render(request);
        if reuse == Reuse::Welcome
            && let Some(mut stream) = self.idle_stream(address)
        {
            // The server may hang up on an idle connection just as the request leaves, be late with bytes that
            // belong to no answer, such as the body of one to HEAD, or not answer a second request at all.
            // Sending it again is right whatever its method: nothing that vectors ask for changes anything.
            let exchange = exchange(&mut stream, &bytes, &request.method);
            match timeout(self.patience / WORN_OUT, exchange).await {
                Err(_elapsed) => {}
                Ok(exchanged) => match exchanged? {
                    (Err(_no_answer), _) => {}
                    (came, then) => {
                        self.keep(address, stream, then);
                        return Ok(came);
                    }
                },
            }
        }
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (came, then) = exchange(&mut stream, &bytes, &request.method).await?;
        if reuse == Reuse::Welcome {
            self.keep(address, stream, then);
        }
        Ok(came)
    }

    /// Keeps `stream` for the next request, if it stays open.
    fn keep(&self, address: SocketAddr, stream: TcpStream, then: Connection) {
        let mut idle = self.lock();
        if then == Connection::Open {
            if idle.len() == MOST_IDLE {
                idle.remove(0);
            }
            idle.push((address, stream));
        }
    }

    /// A connection that is still open, and on which nothing came unasked.
    fn idle_stream(&self, address: SocketAddr) -> Option<TcpStream> {
        loop {
            let mut idle = self.lock();
            let index = idle.iter().rposition(|(of, _)| *of == address)?;
            let (_, stream) = idle.remove(index);
            drop(idle);
            match stream.try_read(&mut [0]) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Some(stream),
                Ok(_) | Err(_) => {}
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(SocketAddr, TcpStream)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends `request` and reads what comes; says, too, whether `stream` can take another.
async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    method: &[u8],
) -> io::Result<(Came, Connection)> {
    match stream.write_all(request).await {
        // An answer may have come before the server hung up.
        Err(error) if !is_hang_up(&error) => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut reader = AnswerReader::new(method);
    let mut received = Vec::with_capacity(FIRST_READ);
    loop {
        let read = match stream.read_buf(&mut received).await {
            Ok(read) => read,
            Err(error) if is_hang_up(&error) => 0,
            Err(error) => return Err(error),
        };
        if read == 0 {
            return Ok((reader.end().map(response), Connection::Closed));
        }
        match reader.read(&received) {
            Ok(None) => {}
            Ok(Some(taken)) => {
                // What came after the answer would be taken for the next one.
                let is_clean = taken == received.len();
                let then = if is_clean {
                    reader.connection()
                } else {
                    Connection::Closed
                };
                return Ok((reader.end().map(response), then));
            }
            Err(too_long @ AnswerError::BodyTooLong) => {
                return Err(io::Error::new(io::ErrorKind::InvalidData, too_long));
            }
            Err(malformed) => return Ok((Err(malformed), Connection::Closed)),
        }
        let room = received.capacity();
        received.clear();
        if read == room {
            received.reserve(LARGEST_READ.min(room * 2));
        }
    }
}

fn is_hang_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// The bytes of `request`: the request line, `Host`, its headers as they are, `Content-Length` if it
/// has a body, and as browsers do if a POST or PUT has none. A stream is one chunk.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
pub fn render(request: &OutgoingRequest) -> Vec<u8> {
    let url = &request.url;
    let target = &url[Position::BeforePath..Position::AfterQuery];
    let authority = &url[Position::BeforeHost..Position::AfterPort];
    let mut bytes = Vec::with_capacity(512);
    let mut add = |pieces: &[&[u8]]| {
        for piece in pieces {
            bytes.extend_from_slice(piece);
        }
    };
    add(&[&request.method, b" ", target.as_bytes(), b" HTTP/1.1\r\n"]);
    add(&[b"Host: ", authority.as_bytes(), b"\r\n"]);
    for (name, value) in &request.headers {
        add(&[name, b": ", value, b"\r\n"]);
    }
    let length = match &request.body {
        RequestBody::Bytes(body) => Some(body.len()),
        RequestBody::None => matches!(&*request.method, b"POST" | b"PUT").then_some(0),
        RequestBody::Stream(body) => {
            add(&[b"Transfer-Encoding: chunked\r\n\r\n"]);
            if !body.is_empty() {
                let size = format!("{:x}\r\n", body.len());
                add(&[size.as_bytes(), body, b"\r\n"]);
            }
            add(&[b"0\r\n\r\n"]);
            return bytes;
        }
    };
    if let Some(length) = length {
        add(&[b"Content-Length: ", length.to_string().as_bytes(), b"\r\n"]);
    }
    add(&[b"\r\n", request.body.bytes().unwrap_or_default()]);
    bytes
}

#[cfg(test)]
mod tests {
    use crosscheck_oracle::{Credentials, HeaderList, OutgoingRequest, Purpose, RequestBody};
    use rstest::rstest;
    use url::Url;

    use super::render;

    #[rstest]
    #[case("GET", RequestBody::None, "\r\n")]
    #[case("OPTIONS", RequestBody::None, "\r\n")]
    #[case("DELETE", RequestBody::None, "\r\n")]
    #[case("POST", RequestBody::None, "Content-Length: 0\r\n\r\n")]
    #[case("PUT", RequestBody::None, "Content-Length: 0\r\n\r\n")]
    #[case("PATCH", RequestBody::Bytes(b"x".to_vec()), "Content-Length: 1\r\n\r\nx")]
    #[case("POST", RequestBody::Stream(b"hello world!".to_vec()),
        "Transfer-Encoding: chunked\r\n\r\nc\r\nhello world!\r\n0\r\n\r\n")]
    #[case(
        "POST",
        RequestBody::Stream(Vec::new()),
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )]
    fn a_length_is_sent_where_browsers_send_one(
        #[case] method: &str,
        #[case] body: RequestBody,
        #[case] expected: &str,
    ) {
        let request = OutgoingRequest {
            purpose: Purpose::Actual,
            method: method.into(),
            url: Url::parse("https://api.example/a?b").unwrap(),
            headers: HeaderList::new(),
            body,
            include_credentials: Credentials::Omit,
        };
        let sent = format!("{method} /a?b HTTP/1.1\r\nHost: api.example\r\n{expected}");
        assert_eq!(String::from_utf8(render(&request)).unwrap(), sent);
    }
}
