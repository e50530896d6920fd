//! The requests of vectors, recorded so that they can be sent without a model.

use std::{io, net::SocketAddr};

use crosscheck_harness::{client::exact::render, playground::Playground};
use crosscheck_oracle::OutgoingRequest;
use crosscheck_replay::{
    case::Case,
    drive::{Answered, Transport, TransportError, play},
    http1::{Connection, Parsed, parse},
};
use miette::{IntoDiagnostic, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::load::Prepared;

/// Notes every request and the length of its answer.
struct Recorder {
    address: SocketAddr,
    stream: Option<TcpStream>,
    noted: Vec<Prepared>,
    /// Whether the connection stayed open all the time.
    kept_alive: bool,
}

/// The requests of `case`, played as `exchange`; none if its answers close connections.
pub(crate) async fn record(
    case: &Case,
    playground: &Playground,
    exchange: &str,
) -> Result<Option<Vec<Prepared>>> {
    let mut recorder = Recorder {
        address: playground.stage.addr(),
        stream: None,
        noted: Vec::new(),
        kept_alive: true,
    };
    let mut place = playground.set_up(case.server.as_ref().expect("a server answers it"), exchange);
    let played = play(&case.vector, &mut place, &mut recorder).await;
    played.into_diagnostic()?;
    let usable = recorder.kept_alive && !recorder.noted.is_empty();
    Ok(usable.then_some(recorder.noted))
}

impl Transport for Recorder {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        self.send(request).await.map_err(|error| TransportError {
            method: String::from_utf8_lossy(&request.method).into_owned(),
            url: request.url.to_string(),
            source: error.into(),
        })
    }
}

impl Recorder {
    async fn send(&mut self, request: &OutgoingRequest) -> io::Result<Answered> {
        let bytes = render(request);
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.write_all(&bytes).await?;
        let mut received = Vec::new();
        loop {
            let connection = match stream.read_buf(&mut received).await? {
                0 => Connection::Closed,
                _ => Connection::Open,
            };
            let (response, then) = match parse(&received, &request.method, connection) {
                Parsed::Incomplete => continue,
                Parsed::Malformed => (None, Connection::Closed),
                Parsed::Whole { response, then, .. } => (Some(*response), then),
            };
            match then {
                Connection::Closed => self.kept_alive = false,
                Connection::Open => self.stream = Some(stream),
            }
            self.noted.push(Prepared {
                request: bytes,
                answer_length: received.len(),
            });
            return Ok(Answered {
                response,
                handled: None,
            });
        }
    }
}
