//! Servers that misbehave spoil their own result and nobody else's.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use crosscheck_audit::sender::Sender;
use crosscheck_harness::client::remote::{Certificates, Deployed, Settings};
use crosscheck_reference::{fault::Fault, site::Site};
use serde_json::Value;

use super::serve;
use crate::binary::Bench;

/// A server that does `misbehave` with each connection, once it was asked something.
fn hostile(misbehave: fn(TcpStream)) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            thread::spawn(move || {
                let mut asked = [0; 1024];
                if stream.read(&mut asked).is_ok_and(|n_read| n_read > 0) {
                    misbehave(stream);
                }
            });
        }
    });
    address
}

/// Says `bytes` and hangs up. That the other side did so first is none of our business.
fn say(mut stream: TcpStream, bytes: &[u8]) {
    let _gone = stream.write_all(bytes);
}

fn hang(stream: TcpStream) {
    thread::park();
    drop(stream);
}

fn garbage(stream: TcpStream) {
    say(stream, b"\x00\xff\xfe no HTTP at all\r\n\r\n");
}

fn hang_up(stream: TcpStream) {
    drop(stream);
}

/// Headers without end.
fn many_headers(mut stream: TcpStream) {
    let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\n");
    while stream
        .write_all(&b"X-More: and more\r\n".repeat(100))
        .is_ok()
    {}
}

/// A body without end, sent to everybody.
fn huge_body(mut stream: TcpStream) {
    let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n");
    while stream.write_all(&[b'x'; 1 << 13]).is_ok() {}
}

/// A good head, then a byte now and then.
fn dribble(mut stream: TcpStream) {
    let _gone = stream.write_all(
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 1000\r\n\r\nx",
    );
    hang(stream);
}

/// Values with bytes that are no text.
fn odd_bytes(stream: TcpStream) {
    say(
        stream,
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \xff<script>\r\nContent-Length: 0\r\n\r\n",
    );
}

/// A value that a terminal would obey.
fn control_bytes(stream: TcpStream) {
    say(
        stream,
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \x1b[31m\r\n\r\n",
    );
}

/// Sends whoever asks somewhere else.
fn redirect(stream: TcpStream) {
    say(
        stream,
        b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n",
    );
}

#[tokio::test]
async fn no_more_of_a_body_is_kept_than_was_wanted() {
    let client = Deployed::new(Settings {
        timeout: Duration::from_secs(5),
        certificates: Certificates::Trusted,
        private: Vec::new(),
        per_second: None,
        longest_body: 10_000,
    });
    let url = format!("http://{}/", hostile(huge_body));
    let request = Sender::Nobody.ask(&url.parse().unwrap());
    let answer = client.unwrap().send(&request).await.unwrap();
    assert_eq!(answer.body, [b'x'; 10_000]);
}

/// Its name, what it does, and the outcome of its audit.
type Kind = (&'static str, fn(TcpStream), &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn hostile_servers_spoil_only_their_own_result() {
    let policy = r#"{"origins": ["https://app.example"], "methods": [], "request_headers": [],
        "response_headers": [], "credentials": true, "max_age": null}"#;
    let site = Site::with_fault(&serde_json::from_str(policy).unwrap(), Fault::ReflectOrigin);
    let stage = serve(site.unwrap()).await;
    let good = format!("http://{}/echo", stage.addr());
    let kinds: [Kind; 9] = [
        ("hang", hang, "not-judged"),
        ("garbage", garbage, "not-judged"),
        ("hang-up", hang_up, "not-judged"),
        ("many-headers", many_headers, "not-judged"),
        ("huge-body", huge_body, "judged"),
        ("dribble", dribble, "judged"),
        ("odd-bytes", odd_bytes, "judged"),
        ("control-bytes", control_bytes, "not-judged"),
        ("redirect", redirect, "judged"),
    ];
    let mut urls = vec![good.clone()];
    urls.extend(kinds.map(|(name, misbehave, _)| format!("http://{}/{name}", hostile(misbehave))));
    let line = format!(
        "audit --rate 0 --timeout 1 --max-requests 4 --format json {}",
        urls.join(" ")
    );
    let ran = tokio::task::spawn_blocking(move || Bench::empty().crosscheck(&line).ended(1));
    let out = ran.await.unwrap().out;
    assert!(!out.contains('\x1b'), "{out}");
    let all: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let outcome = |url: &str| all.iter().find(|audit| audit["url"] == *url).unwrap();
    for ((name, _, expected), url) in kinds.iter().zip(&urls[1..]) {
        assert_eq!(
            outcome(url)["outcome"],
            *expected,
            "{name}: {:#}",
            outcome(url)
        );
    }
    let told = "it redirects to `http://192.0.2.1/`, which was not followed: judge that, too";
    let redirect = outcome(urls.last().unwrap());
    assert_eq!(redirect["facts"][0]["seen"], told, "{redirect:#}");
    let found = outcome(&good);
    assert_eq!(
        found["weaknesses"][0]["class"], "reflected-origin",
        "{found:#}"
    );
}
