//! What a relay passes on, and what it passes back.

use std::net::SocketAddr;

use crosscheck_server::{journal::AnsweredBy, relay::Relay};
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
