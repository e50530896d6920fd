//! A bare load generator: requests made beforehand, on a few connections.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

/// How long one turn may take: an answer of another length than before would be waited for for ever.
const LONGEST: Duration = Duration::from_mins(1);

/// A request as bytes, and the length of its answer.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) request: Vec<u8>,
    pub(crate) answer_length: usize,
}

impl Prepared {
    /// Sends `request` once to learn how long its answer is, which must come in one piece.
    pub(crate) async fn ask(request: Vec<u8>, address: SocketAddr) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&request).await?;
        let mut received = Vec::with_capacity(4096);
        let answer_length = stream.read_buf(&mut received).await?;
        Ok(Self {
            request,
            answer_length,
        })
    }
}

/// Connections that stay open.
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

    /// Sends all `sequences`, each in order on one connection, and reads the answers; returns how long
    /// that took.
    pub(crate) async fn send(&mut self, sequences: &[Vec<Prepared>]) -> io::Result<Duration> {
        let n_each = sequences.len().div_ceil(self.connections.len());
        let shares: Vec<Vec<_>> = sequences.chunks(n_each).map(<[_]>::concat).collect();
        let start = Instant::now();
        let mut working = JoinSet::new();
        for share in shares {
            let Some(mut connection) = self.connections.pop() else {
                break;
            };
            working.spawn(async move {
                for prepared in &share {
                    connection.exchange(prepared).await?;
                }
                Ok::<_, io::Error>(connection)
            });
        }
        let all = async {
            while let Some(worked) = working.join_next().await {
                self.connections.push(worked??);
            }
            Ok(start.elapsed())
        };
        timeout(LONGEST, all).await?
    }
}

impl Connection {
    async fn exchange(&mut self, prepared: &Prepared) -> io::Result<()> {
        self.stream.write_all(&prepared.request).await?;
        self.received.clear();
        while self.received.len() < prepared.answer_length {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }
}
