//! A bare load generator: the same small request again and again on a few connections.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// Connections that stay open, to be used for several rounds.
#[derive(Debug)]
pub(crate) struct Load {
    connections: Vec<Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Load {
    /// Opens `n_connections` to `address`.
    pub(crate) async fn open(address: SocketAddr, n_connections: usize) -> io::Result<Self> {
        let mut connections = Vec::with_capacity(n_connections);
        for _ in 0..n_connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            connections.push(Connection {
                stream,
                received: Vec::with_capacity(4096),
            });
        }
        Ok(Self { connections })
    }

    /// Sends `request` at least `n_requests` times, one at a time on each connection, and reads every
    /// answer; returns how often.
    pub(crate) async fn send(&mut self, request: &[u8], n_requests: usize) -> io::Result<usize> {
        let n_each = n_requests.div_ceil(self.connections.len());
        let mut working = JoinSet::new();
        for mut connection in self.connections.drain(..) {
            let request = request.to_vec();
            working.spawn(async move {
                for _ in 0..n_each {
                    connection.exchange(&request).await?;
                }
                Ok::<_, io::Error>(connection)
            });
        }
        while let Some(worked) = working.join_next().await {
            self.connections.push(worked??);
        }
        Ok(n_each * self.connections.len())
    }
}

impl Connection {
    async fn exchange(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await?;
        self.received.clear();
        while !is_whole(&self.received) {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }
}

/// Whether `received` is an answer whose length is told by `Content-Length`.
fn is_whole(received: &[u8]) -> bool {
    let Some(head) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let (head, body) = received.split_at(head);
    let length = head.split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(15)?;
        let value = str::from_utf8(value).ok()?;
        let is_length = name.eq_ignore_ascii_case(b"content-length:");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| body.len() >= 4 + length)
}
