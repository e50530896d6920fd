//! Sockets, framing, TLS, and those who misuse them.

use std::{io::ErrorKind, sync::Arc};

use crosscheck_server::{
    journal::{AnsweredBy, Scheme},
    stage::{Reach, Stage, StartError},
};
use rstest::rstest;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

use crate::client::{Client, LISTED, script, site, stage};

async fn echoing() -> (Stage, Client) {
    let stage = stage().await;
    stage.put_script("e", script("[{}]")).unwrap();
    let client = Client::connect(&stage).await;
    (stage, client)
}

const OK: &str = "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn bodies_of_both_framings_are_read_to_their_end() {
    let (stage, mut client) = echoing().await;
    let chunked = "POST /x/t0ken/e/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: a\r\n\r\n";
    let counted = "POST /x/t0ken/e/ HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    let bare = "GET /x/t0ken/e/ HTTP/1.1\r\n\r\n";
    client
        .send([chunked, counted, "\r\n", bare, chunked].concat())
        .await;
    for _ in 0..4 {
        assert_eq!(client.answer(false).await, OK);
    }
    let bodies: Vec<_> = stage
        .journal()
        .take("e")
        .into_iter()
        .map(|entry| entry.body)
        .collect();
    assert_eq!(bodies, [&b"hello!"[..], b"abc", b"", b"hello!"]);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let stage = stage().await;
    let answers: Vec<_> = (200..300)
        .map(|status| format!("{{\"status\":{status}}}"))
        .collect();
    let answers: Vec<_> = answers
        .into_iter()
        .filter(|answer| !answer.contains("204"))
        .collect();
    stage
        .put_script("e", script(&format!("[{}]", answers.join(","))))
        .unwrap();
    let mut client = Client::connect(&stage).await;
    client
        .send("GET /x/t0ken/e/ HTTP/1.1\r\n\r\n".repeat(99))
        .await;
    for status in (200..300).filter(|status| *status != 204) {
        let answer = client.answer(false).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{status}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_request_may_come_byte_by_byte() {
    let (_stage, mut client) = echoing().await;
    client.stream.set_nodelay(true).unwrap();
    for byte in b"POST /x/t0ken/e/ HTTP/1.1\r\nContent-Length: 2\r\n\r\nab" {
        client.send([*byte]).await;
    }
    assert_eq!(client.answer(false).await, OK);
}

#[tokio::test]
async fn head_is_answered_without_body() {
    let stage = stage().await;
    stage.put_site("s", site(LISTED)).unwrap();
    let mut client = Client::connect(&stage).await;
    let answer = client.ask("HEAD /p/t0ken/s/echo", "").await;
    assert!(answer.contains("\r\ncontent-length: 11\r\n"), "{answer}");
    let answer = client.ask("HEAD /nowhere", "").await;
    assert!(
        answer.starts_with("HTTP/1.1 404 ") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
    let answer = client.ask("GET /p/t0ken/s/echo", "").await;
    assert!(answer.ends_with("{\"ok\":true}"), "{answer}");
}

#[tokio::test]
async fn a_client_that_waits_is_asked_for_the_body() {
    let (stage, mut client) = echoing().await;
    let head = "PUT /x/t0ken/e/ HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-Continue\r\n\r\n";
    client.send(head).await;
    assert_eq!(client.answer(false).await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body").await;
    assert_eq!(client.answer(false).await, OK);
    client.send([head, "body"].concat()).await;
    assert_eq!(client.answer(false).await, OK);
    assert_eq!(stage.journal().take("e")[1].body, b"body");
}

#[rstest]
#[case::request_line("GET\r\n\r\n", "400")]
#[case::version("GET / HTTP/3.0\r\n\r\n", "505")]
#[case::header("GET / HTTP/1.1\r\nno colon\r\n\r\n", "400")]
#[case::tls_too_late("GET / HTTP/1.1\r\n\r\n\x16\x03\x01\r\n\r\n", "400")]
#[tokio::test]
async fn malformed_heads_end_the_connection(#[case] request: &str, #[case] status: &str) {
    let (_stage, mut client) = echoing().await;
    client.send(request).await;
    let answer = String::from_utf8(client.rest().await).unwrap();
    let last = answer.rfind("HTTP/1.1 ").unwrap();
    assert!(
        answer[last..].starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    assert!(!answer.contains("access-control"), "{answer}");
}

#[rstest]
#[case::long_line(format!("X-Long: {}\r\n", "a".repeat(300 * 1024)))]
#[case::many_lines("a: b\r\n".repeat(1025))]
#[tokio::test]
async fn heads_are_bounded(#[case] lines: String) {
    let (_stage, mut client) = echoing().await;
    client
        .send(format!("GET /x/t0ken/e/ HTTP/1.1\r\n{lines}\r\n"))
        .await;
    let answer = String::from_utf8(client.rest().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn heads_up_to_the_bound_are_served() {
    let (_stage, mut client) = echoing().await;
    let lines = format!("X-Long: {}\r\n", "a".repeat(200 * 1024)) + &"a: b\r\n".repeat(1023);
    client
        .send(format!("GET /x/t0ken/e/ HTTP/1.1\r\n{lines}\r\n"))
        .await;
    assert_eq!(client.answer(false).await, OK);
}

#[rstest]
#[case::too_long("Content-Length: 16777217\r\n", "", "413")]
#[case::two_lengths("Content-Length: 1\r\nContent-Length: 2\r\n", "ab", "400")]
#[case::bad_chunk("Transfer-Encoding: chunked\r\n", "zz\r\n", "400")]
#[tokio::test]
async fn bad_bodies_are_journalled_and_end_the_connection(
    #[case] lines: &str,
    #[case] body: &str,
    #[case] status: &str,
) {
    let (stage, mut client) = echoing().await;
    client
        .send(format!("POST /x/t0ken/e/ HTTP/1.1\r\n{lines}\r\n{body}"))
        .await;
    let answer = String::from_utf8(client.rest().await).unwrap();
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    let entries = stage.journal().take("e");
    assert_eq!(entries[0].answered_by, AnsweredBy::Listener);
    assert_eq!(entries[0].response, answer.as_bytes());
    assert_eq!(entries.len(), 1);
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_no_entry() {
    let (stage, mut client) = echoing().await;
    client
        .send("POST /x/t0ken/e/ HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
        .await;
    drop(client);
    let mut other = Client::connect(&stage).await;
    other.ask("GET /x/t0ken/e/", "").await;
    let methods: Vec<_> = stage
        .journal()
        .take("e")
        .into_iter()
        .map(|entry| entry.method)
        .collect();
    assert_eq!(methods, [b"GET"]);
}

#[rstest]
#[case::other_token("/x/t0ken2/e/")]
#[case::no_token("/x//e/")]
#[case::no_exchange("/x/t0ken/f/")]
#[case::no_site("/p/t0ken/s/echo")]
#[case::no_page("/page/p4ge")]
#[case::hits("/__crosscheck/hits")]
#[case::root("/")]
#[tokio::test]
async fn everything_else_is_missing(#[case] target: &str) {
    let (stage, mut client) = echoing().await;
    let answer = client
        .ask(&format!("GET {target}"), "Origin: https://a.example\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    assert!(!answer.contains("access-control"), "{answer}");
    assert!(stage.journal().take("e").is_empty());
}

#[tokio::test]
async fn pages_are_served_and_never_stored() {
    let (stage, mut client) = echoing().await;
    stage.put_static("/page/p4ge", "text/html; charset=utf-8", "<p>");
    stage.put_static("/page/p4ge/a.js", "text/javascript", "1;");
    let expected = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncache-control: no-store\r\ncontent-length: 3\r\n\r\n<p>";
    assert_eq!(client.ask("GET /page/p4ge?q", "").await, expected);
    assert!(client.ask("GET /page/p4ge/a.js", "").await.ends_with("1;"));
    stage.put_static_under("/page/p4ge/b", "text/html", "credentialless", "<b>");
    let under = client.ask("GET /page/p4ge/b", "").await;
    assert!(
        under.contains("\r\ncross-origin-embedder-policy: credentialless\r\n"),
        "{under}"
    );
    let other = client.ask("GET /page/p4gea.js", "").await;
    assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
}

#[tokio::test]
async fn the_same_port_speaks_tls() {
    let (stage, _) = echoing().await;
    let mut roots = RootCertStore::empty();
    roots.add(stage.certificate().to_vec().into()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(stage.addr()).await.unwrap();
    let name = ServerName::try_from("app.example.com").unwrap();
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let mut client = Client::over(stream);
    for _ in 0..2 {
        assert_eq!(client.ask("GET /x/t0ken/e/", "").await, OK);
    }
    assert_eq!(stage.journal().take("e")[1].scheme, Scheme::Https);
    assert_eq!(stage.spki_sha256_base64().len(), 44);
}

#[tokio::test]
async fn garbage_for_tls_harms_nobody() {
    let (stage, mut client) = echoing().await;
    let mut broken = Client::connect(&stage).await;
    broken
        .send([0x16, 0x03, 0x01, 0x00, 0x05, 0xff, 0, 0, 1, 0])
        .await;
    let answer = broken.rest().await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert_eq!(client.ask("GET /x/t0ken/e/", "").await, OK);
}

#[tokio::test]
async fn many_clients_at_once() {
    let stage = Arc::new(stage().await);
    let clients = (0..50).map(|number| {
        let stage = Arc::clone(&stage);
        tokio::spawn(async move {
            let exchange = format!("e{number}");
            stage.put_script(&exchange, script("[{}]")).unwrap();
            let mut client = Client::connect(&stage).await;
            for turn in 1..=20 {
                client.ask(&format!("GET /x/t0ken/{exchange}/"), "").await;
                let entries = stage.journal().take(&exchange).len();
                assert_eq!(entries, 1, "{exchange} {turn}");
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
}

#[tokio::test]
async fn shutting_down_frees_the_port_and_hangs_up() {
    let (stage, mut client) = echoing().await;
    client.ask("GET /x/t0ken/e/", "").await;
    let address = stage.addr();
    stage.shutdown().await;
    assert_eq!(client.rest().await, b"");
    let refused = TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn only_loopback_unless_told_otherwise() {
    let anywhere = "0.0.0.0:0".parse().unwrap();
    let refused = Stage::start(anywhere, "t".to_owned()).await;
    assert!(
        matches!(refused, Err(StartError::NotLoopback(_))),
        "{refused:?}"
    );
    let refused = Stage::serve_site(anywhere, site(LISTED), Reach::Loopback).await;
    assert!(
        matches!(refused, Err(StartError::NotLoopback(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let refused = Stage::start(address, "t".to_owned()).await.unwrap_err();
    assert_eq!(refused.to_string(), format!("cannot listen on {address}"));
    let refused = Stage::start(address, "a/b".to_owned()).await;
    assert!(matches!(refused, Err(StartError::Token)), "{refused:?}");
}
