//! A client that sends exactly the bytes it is given, and takes whatever browsers take.

use std::{io, net::SocketAddr, time::Duration};

use crosscheck_oracle::{OutgoingRequest, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::http1::{Connection, LARGEST_ANSWER, Parsed, parse};

/// A client of one address; keeps its connection between requests.
#[derive(Debug)]
pub(super) struct RawClient {
    address: SocketAddr,
    idle: Option<TcpStream>,
    patience: Duration,
}

impl RawClient {
    /// A client of `address` that waits at most `patience` for an answer.
    pub(super) fn new(address: SocketAddr, patience: Duration) -> Self {
        Self {
            address,
            idle: None,
            patience,
        }
    }

    /// Sends `request` and returns the answer; none if the connection ended without one.
    ///
    /// # Errors
    ///
    /// If nothing listens, nothing comes in time, or what comes is no HTTP answer.
    pub(super) async fn send(&mut self, request: &OutgoingRequest) -> io::Result<Option<Response>> {
        let (bytes, patience) = (render(request), self.patience);
        let exchange = async {
            if let Some(stream) = self.idle.take()
                && let Ok(Some(answer)) = self.exchange(stream, &bytes, &request.method).await
            {
                return Ok(Some(answer));
            }
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.exchange(stream, &bytes, &request.method).await
        };
        timeout(patience, exchange)
            .await
            .unwrap_or_else(|_elapsed| {
                let message = format!("no answer within {} s", patience.as_secs_f32());
                Err(io::Error::new(io::ErrorKind::TimedOut, message))
            })
    }

    async fn exchange(
        &mut self,
        mut stream: TcpStream,
        request: &[u8],
        method: &[u8],
    ) -> io::Result<Option<Response>> {
        stream.write_all(request).await?;
        let mut received = Vec::with_capacity(4096);
        loop {
            let connection = match stream.read_buf(&mut received).await {
                Ok(0) => Connection::Closed,
                Ok(_) => Connection::Open,
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Connection::Closed,
                Err(error) => return Err(error),
            };
            if received.is_empty() {
                return Ok(None);
            }
            match parse(&received, method, connection) {
                Parsed::Incomplete if received.len() > LARGEST_ANSWER => {
                    let message = format!("the answer is larger than {LARGEST_ANSWER} bytes");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
                Parsed::Incomplete => {}
                // What cannot be read as HTTP is a network error, as if nothing had come.
                Parsed::Malformed => return Ok(None),
                Parsed::Whole { response, .. } => {
                    let closes = response.headers.get("connection");
                    let closes = closes.is_some_and(|value| value.eq_ignore_ascii_case(b"close"));
                    if connection == Connection::Open && !closes {
                        self.idle = Some(stream);
                    }
                    return Ok(Some(*response));
                }
            }
        }
    }
}

/// The bytes of `request`: the request line, `Host`, its headers as they are, `Content-Length` if it
/// has a body.
pub fn render(request: &OutgoingRequest) -> Vec<u8> {
    let url = &request.url;
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut bytes = request.method.clone();
    bytes.extend_from_slice(format!(" {target} HTTP/1.1\r\nHost: {authority}\r\n").as_bytes());
    for (name, value) in &request.headers {
        bytes.extend_from_slice(&[name, b": ", value, b"\r\n"].concat());
    }
    if let Some(body) = &request.body {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(request.body.as_deref().unwrap_or_default());
    bytes
}
