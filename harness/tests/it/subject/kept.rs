//! Connections that are kept between vectors: what one vector's server does to them must not be seen by
//! the next.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crosscheck_harness::{playground::Playground, wire::Wire};
use crosscheck_replay::case::{Case, Server};
use crosscheck_report::verdict::Verdict;
use rstest::rstest;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

use super::hostile::{GRANTED, case};

const PATIENCE: Duration = Duration::from_secs(10);

/// What a server does after an answer that promises to keep the connection.
#[derive(Clone, Copy, Debug)]
enum After {
    /// It waits for the next request.
    Keeps,
    /// It hangs up.
    HangsUp,
    /// It sends bytes that belong to nothing, at once, and waits.
    Babbles,
    /// It hangs up once the next request is there.
    HangsUpOnTheNext,
}

/// How often something came.
#[derive(Debug, Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
}

impl Counts {
    fn both(&self) -> (usize, usize) {
        let load = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        (load(&self.connections), load(&self.requests))
    }
}

async fn read_request(stream: &mut TcpStream, counts: &Counts) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    counts.requests.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

async fn serve(mut stream: TcpStream, after: After, counts: &Counts) -> std::io::Result<()> {
    counts.connections.fetch_add(1, Ordering::SeqCst);
    loop {
        read_request(&mut stream, counts).await?;
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{GRANTED}ok");
        let mut bytes = answer.into_bytes();
        if matches!(after, After::Babbles) {
            bytes.extend_from_slice(b"HTTP/1.1 204 No Content\r\n\r\n");
        }
        stream.write_all(&bytes).await?;
        match after {
            After::Keeps | After::Babbles => {}
            After::HangsUp => return stream.shutdown().await,
            After::HangsUpOnTheNext => {
                read_request(&mut stream, counts).await?;
                return stream.shutdown().await;
            }
        }
    }
}

/// Replays `cases`, one after the other over one wire, against such a server; returns the verdicts and
/// how many connections and requests that took.
fn replay(cases: Vec<Case>, after: After) -> (Vec<Verdict>, (usize, usize)) {
    Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let wire = Wire::new(listener.local_addr().unwrap(), PATIENCE);
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counts = Arc::clone(&counted);
                tokio::spawn(async move { serve(stream, after, &counts).await });
            }
        });
        let playground = Playground::start().await.unwrap();
        let mut verdicts = Vec::new();
        for case in cases {
            verdicts.push(wire.judge(&case, &playground).await.verdict);
        }
        serving.abort();
        (verdicts, counts.both())
    })
}

#[rstest]
#[case::kept(After::Keeps, (1, 3))]
#[case::closed(After::HangsUp, (3, 3))]
#[case::dirty(After::Babbles, (3, 3))]
#[case::closed_too_late(After::HangsUpOnTheNext, (3, 5))]
fn a_connection_serves_the_next_vector_if_it_is_good(
    #[case] after: After,
    #[case] expected: (usize, usize),
) {
    let (verdicts, counts) = replay(vec![case(), case(), case()], after);
    assert_eq!(verdicts, [Verdict::Passed; 3]);
    assert_eq!(counts, expected, "connections and requests");
}

/// A script whose answer is to hang up must not have it taken for a worn-out connection.
#[test]
fn a_script_that_hangs_up_is_asked_once() {
    let mut hanging_up = case();
    hanging_up.server = Ok(Server::Script(
        serde_json::from_value(json!([{ "raw": "" }])).unwrap(),
    ));
    let cases = vec![case(), hanging_up.clone(), hanging_up];
    let (_, counts) = replay(cases, After::Keeps);
    assert_eq!(counts, (3, 3));
}

#[test]
fn nothing_more_is_begun_once_a_run_is_dropped() {
    Runtime::new().unwrap().block_on(async {
        let playground = Arc::new(Playground::start().await.unwrap());
        let wire = Wire::new(playground.stage.addr(), PATIENCE);
        let n_kept = Arc::new(AtomicUsize::new(0));
        let (first, kept) = tokio::sync::oneshot::channel();
        let first = std::sync::Mutex::new(Some(first));
        let counted = Arc::clone(&n_kept);
        let keep = move |_: &Case, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            if let Some(first) = first.lock().unwrap().take() {
                first.send(()).unwrap();
            }
        };
        let cases: Arc<[Case]> = std::iter::repeat_with(case).take(100_000).collect();
        let run = wire.judge_all(cases, Arc::clone(&playground), 4, keep);
        tokio::select! {
            () = run => panic!("it takes longer than that"),
            kept = kept => kept.unwrap(),
        }
        // What was on its way may still be kept.
        let a_while = || tokio::time::sleep(Duration::from_millis(200));
        a_while().await;
        let n_soon = n_kept.load(Ordering::SeqCst);
        a_while().await;
        assert_eq!(n_kept.load(Ordering::SeqCst), n_soon);
    });
}
