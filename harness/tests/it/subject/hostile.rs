//! A server that misbehaves, and a vector that meets it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use crosscheck_harness::{playground::Playground, wire::Wire};
use crosscheck_replay::case::{Case, Server};
use crosscheck_report::observation::Observation;
use crosscheck_vectors::{
    script::Script,
    vector::{Vector, VectorId},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

use crate::binary::{OWN_ID, own};

/// How long an answer may take here.
const PATIENCE: Duration = Duration::from_millis(400);

/// The end of a head that lets the page read.
pub(super) const GRANTED: &str = "Access-Control-Allow-Origin: https://app.example\r\n\r\n";

/// What a hostile server does once it has read a request.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    /// Nothing, for ever.
    Hangs,
    /// Sends these bytes and hangs up.
    Says(Vec<u8>),
    /// Sends the first bytes, and then one byte after the other without end.
    Dribbles(Vec<u8>),
    /// Sends the first bytes, and then as much as is taken.
    Floods(Vec<u8>),
    /// Sends these bytes, and keeps the connection.
    Stalls(Vec<u8>),
}

impl Deed {
    async fn done_to(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        match self {
            Self::Hangs => std::future::pending().await,
            Self::Says(bytes) => {
                stream.write_all(bytes).await?;
                stream.shutdown().await
            }
            Self::Dribbles(bytes) => {
                stream.write_all(bytes).await?;
                loop {
                    stream.write_u8(b'x').await?;
                    tokio::time::sleep(PATIENCE / 40).await;
                }
            }
            Self::Floods(bytes) => {
                stream.write_all(bytes).await?;
                let much = vec![b'x'; 1 << 20];
                loop {
                    stream.write_all(&much).await?;
                }
            }
            Self::Stalls(bytes) => {
                stream.write_all(bytes).await?;
                std::future::pending().await
            }
        }
    }
}

/// A vector whose page may read what comes.
pub(super) fn case() -> Case {
    let vector: Vector = serde_json::from_value(own()["vectors"][0].clone()).unwrap();
    let script: Script = vector.script.clone().unwrap();
    Case {
        id: VectorId::parse(OWN_ID).unwrap(),
        vector: Arc::new(vector),
        policy: None,
        server: Ok(Server::Script(script)),
    }
}

/// Replays [`case`] against a server that does `deed`; the text of the error if nothing can be said.
pub(super) fn replay(deed: Deed) -> Result<Vec<Observation>, String> {
    let started = Instant::now();
    let replayed = Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let deed = deed.clone();
                // A client that hangs up first is in its right.
                tokio::spawn(async move { deed.done_to(stream).await });
            }
        });
        let replayed = replay_at(address).await;
        serving.abort();
        replayed
    });
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "it took {:?}",
        started.elapsed()
    );
    replayed
}

pub(super) async fn replay_at(address: SocketAddr) -> Result<Vec<Observation>, String> {
    let playground = Playground::start().await.unwrap();
    let wire = Wire::new(address, PATIENCE);
    let case = case();
    let mut place = playground.set_up(case.server.as_ref().unwrap(), "hostile");
    let replayed = wire.replay(&case, &mut place, &playground.stage).await;
    replayed.map(|seen| seen.observations).map_err(|error| {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    })
}
