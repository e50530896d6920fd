//! What a relay passes on, and what it passes back.

use std::net::SocketAddr;

use crosscheck_http1::answer::LONGEST_HEADS;
use crosscheck_server::{journal::AnsweredBy, relay::Relay};
use rstest::rstest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use crate::client::{Client, TOKEN, stage};

/// A server that takes one request, answers `answer` and hangs up; in the end it has what it was sent.
async fn server(
    answer: &'static str,
    ends_with: &'static [u8],
) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut received = Vec::new();
        while !received.ends_with(ends_with) {
            assert!(stream.read_buf(&mut received).await.unwrap() > 0);
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        received.into_iter().map(char::from).collect()
    });
    (address, serving)
}

/// A server that answers each request on a connection of its own, and never hangs up.
async fn patient_server(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut received = Vec::new();
            while !received.ends_with(b"\r\n\r\n") {
                assert!(stream.read_buf(&mut received).await.unwrap() > 0);
            }
            // A relay that has enough may hang up first.
            let _ = stream.write_all(answer.as_bytes()).await;
            open.push(stream);
        }
    });
    address
}

fn relay(address: SocketAddr) -> Relay {
    let prefix = "/app".to_owned();
    Relay { address, prefix }
}

#[tokio::test]
async fn bytes_go_both_ways_as_they_are() {
    let answer = "HTTP/1.1 200 Fine\r\nX-Odd:  a\t\r\nx-odd: b\r\nX-Crosscheck-Handled: e1\r\n\
                  Content-Length: 2\r\n\r\nok";
    let (address, serving) = server(answer, b"body").await;
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    stage.journal().open("e1");
    let mut client = Client::connect(&stage).await;
    let head = "HTTP/1.1\r\nhOsT: api.example\r\nX-A: 1\r\nx-a:2\r\nContent-Length: 4\r\n\r\n";
    client
        .send(format!("PuT /p/{TOKEN}/r1/echo?id=e1&h=%20x {head}body"))
        .await;
    assert_eq!(client.answer(false).await, answer);
    let received = serving.await.unwrap();
    assert_eq!(received, format!("PuT /app/echo?id=e1&h=%20x {head}body"));
    let entries = stage.journal().close("e1");
    let [entry] = entries.as_slice() else {
        panic!("one request came: {entries:?}");
    };
    assert_eq!(
        entry.target,
        format!("/p/{TOKEN}/r1/echo?id=e1&h=%20x").as_bytes()
    );
    assert_eq!(entry.answered_by, AnsweredBy::Handler);
    assert_eq!(entry.response, answer.as_bytes());
    assert_eq!(entry.body, b"body");
}

#[tokio::test]
async fn chunks_stay_chunks() {
    let (address, serving) = server("HTTP/1.1 204 x\r\n\r\n", b"0\r\n\r\n").await;
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    let mut client = Client::connect(&stage).await;
    let head = "HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    client
        .send(format!(
            "POST /p/{TOKEN}/r1/a {head}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
        ))
        .await;
    client.answer(false).await;
    let received = serving.await.unwrap();
    assert_eq!(received, format!("POST /app/a {head}3\r\nabc\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn what_ends_with_the_connection_ends_it() {
    let answer = "HTTP/1.1 200 OK\r\n\r\nup to the end";
    let (address, _serving) = server(answer, b"\r\n\r\n").await;
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    stage.journal().open("e1");
    let mut client = Client::connect(&stage).await;
    client
        .send(format!("GET /p/{TOKEN}/r1/?id=e1 HTTP/1.1\r\n\r\n"))
        .await;
    assert_eq!(client.rest().await, answer.as_bytes());
    assert_eq!(stage.journal().close("e1")[0].answered_by, AnsweredBy::Site);
}

#[tokio::test]
async fn nobody_there_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    stage.journal().open("e1");
    let mut client = Client::connect(&stage).await;
    client
        .send(format!("GET /p/{TOKEN}/r1/echo?id=e1 HTTP/1.1\r\n\r\n"))
        .await;
    assert_eq!(client.rest().await, b"");
    let entries = stage.journal().close("e1");
    assert!(!entries[0].is_reached(), "{entries:?}");
}

#[tokio::test]
async fn a_body_that_was_not_kept_is_not_passed_on() {
    let (address, _serving) = server("HTTP/1.1 204 x\r\n\r\n", b"never").await;
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    let mut client = Client::connect(&stage).await;
    let body = "x".repeat(70_000);
    client
        .send(format!(
            "POST /p/{TOKEN}/r1/a HTTP/1.1\r\nContent-Length: 70000\r\n\r\n{body}"
        ))
        .await;
    let answer = client.answer(false).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[rstest]
#[case::bare_lf("HTTP/1.1 200 OK\nA: b\nContent-Length: 2\n\nok")]
#[case::folded("HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\nno colon\r\n\r\nok")]
#[case::hints("HTTP/1.1 103\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok")]
#[case::chunks("\r\nHTTP/1.1 200\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2 \nok\r\n0\nA:\n\n")]
#[case::no_body("HTTP/1.1 205 x\r\n\r\n")]
#[tokio::test]
async fn what_browsers_take_is_passed_on_as_it_came(#[case] answer: &str) {
    let address = patient_server(answer.to_owned()).await;
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    let mut client = Client::connect(&stage).await;
    for _ in 0..2 {
        client
            .send(format!("GET /p/{TOKEN}/r1/a HTTP/1.1\r\n\r\n"))
            .await;
        let mut received = vec![0; answer.len()];
        client.stream.read_exact(&mut received).await.unwrap();
        assert_eq!(received, answer.as_bytes());
    }
}

#[rstest]
#[case::length("HTTP/1.1 200 OK\r\nX-Crosscheck-Handled: e1\r\nContent-Length: -1\r\n\r\nok")]
#[case::chunks(
    "HTTP/1.1 200 OK\r\nX-Crosscheck-Handled: e1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
)]
#[case::longer_than_it_says(
    "HTTP/1.1 200 OK\r\nX-Crosscheck-Handled: e1\r\nContent-Length: 2\r\n\r\nokay"
)]
#[tokio::test]
async fn what_ends_nowhere_is_passed_on_and_ends_the_connection(#[case] answer: &str) {
    let address = patient_server(answer.to_owned()).await;
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    stage.journal().open("e1");
    let mut client = Client::connect(&stage).await;
    client
        .send(format!("GET /p/{TOKEN}/r1/a?id=e1 HTTP/1.1\r\n\r\n"))
        .await;
    assert_eq!(client.rest().await, answer.as_bytes());
    let entries = stage.journal().close("e1");
    assert_eq!(entries[0].answered_by, AnsweredBy::Handler);
}

#[rstest]
#[case::header("HTTP/1.1 200 OK\r\nA: ", "x", LONGEST_HEADS)]
#[case::hints("", "HTTP/1.1 103\r\n\r\n", LONGEST_HEADS)]
#[case::body("HTTP/1.1 200 OK\r\n\r\n", "xxxx", 16 << 20)]
#[case::malformed("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "xxxx", 16 << 20)]
#[tokio::test]
async fn what_has_no_end_is_cut(#[case] before: &str, #[case] more: &str, #[case] bound: usize) {
    let answer = before.to_owned() + &more.repeat((bound + (2 << 20)) / more.len());
    let address = patient_server(answer.clone()).await;
    let stage = stage().await;
    stage.put_relay("r1", relay(address)).unwrap();
    let mut client = Client::connect(&stage).await;
    client
        .send(format!("GET /p/{TOKEN}/r1/a HTTP/1.1\r\n\r\n"))
        .await;
    let received = client.rest().await;
    assert!(answer.as_bytes().starts_with(&received));
    // What came at once with the byte too many is passed on as well.
    let n_received = received.len();
    assert!(
        (bound..=bound + (64 << 10) + before.len()).contains(&n_received),
        "{n_received}"
    );
}
