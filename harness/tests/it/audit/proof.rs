//! Weaknesses proven in a real browser.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use crosscheck_reference::fault::Fault;
use rstest::rstest;

use super::server::{Server, audit, objects};
use crate::binary::Bench;

#[rstest]
#[case::any_site(Fault::ReflectOrigin, "reflected-origin", "include")]
#[case::sandboxed_frame(Fault::NullTrusted, "null-origin", "include")]
#[case::resembling_site(Fault::SuffixMatch, "origin-match", "include")]
#[case::other_port(Fault::PortBlind, "port-ignored", "include")]
#[case::local_program(Fault::AnyLocalhostPort, "internal-origin", "include")]
fn the_wrong_page_reads(#[case] fault: Fault, #[case] class: &str, #[case] credentials: &str) {
    let server = Server::new(Some(fault));
    let line = format!(
        "{} --insecure --prove --origin https://app.example --format json",
        server.secure_url()
    );
    let ran = audit(&Bench::empty(), &line).ended(1);
    let found = &objects(&ran.out)[0];
    let weaknesses = found["weaknesses"].as_array().unwrap();
    let weakness = weaknesses
        .iter()
        .find(|weakness| weakness["class"] == class);
    let proof = &weakness.unwrap_or_else(|| panic!("{found:#}"))["proof"];
    assert_eq!(proof["read"], true, "{proof:#}");
    assert_eq!(proof["credentials"], credentials);
    assert_eq!(proof["said"], "read status 200 and 11 bytes");
}

/// A server that reflects origins to everything but browsers.
fn two_faced() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(stream));
        }
    });
    address
}

/// The lines of a request's head, in lower case.
fn head(stream: &TcpStream) -> Vec<String> {
    let lines = BufReader::new(stream).lines();
    let lines = lines.map_while(Result::ok).map(|line| line.to_lowercase());
    lines.take_while(|line| !line.is_empty()).collect()
}

fn is_browser(head: &[String]) -> bool {
    head.iter()
        .any(|line| line.starts_with("user-agent: mozilla"))
}

fn answer(mut stream: TcpStream) {
    let head = head(&stream);
    let origin = head.iter().find_map(|line| line.strip_prefix("origin: "));
    let is_browser = is_browser(&head);
    let grant = match origin {
        Some(origin) if !is_browser => format!(
            "Access-Control-Allow-Origin: {origin}\r\nAccess-Control-Allow-Credentials: true\r\n"
        ),
        _ => String::new(),
    };
    let head = "HTTP/1.1 200 OK\r\nVary: Origin\r\nConnection: close\r\nContent-Length: 0\r\n";
    // Whoever hangs up early misses nothing that matters here.
    let _gone = stream.write_all(format!("{head}{grant}\r\n").as_bytes());
}

#[test]
fn what_the_browser_does_not_confirm_is_told() {
    let line = format!("http://{}/ --prove", two_faced());
    let ran = audit(&Bench::empty(), &line).ended(1);
    let told = "read nothing: TypeError: Failed to fetch";
    assert!(
        ran.out.contains("    not proven: in Chromium "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains(told), "{}", ran.out);
}

#[test]
fn nothing_is_proven_of_a_sound_server() {
    let server = Server::new(None);
    let line = format!("{} --prove --chromium /nowhere", server.url());
    audit(&Bench::empty(), &line).refused(&["/nowhere"]);
    let line = format!("{} --prove --quiet", server.url());
    let ran = audit(&Bench::empty(), &line).ended(0);
    assert!(!ran.out.contains("proven"), "{}", ran.out);
}

/// A server that grants everything and sends browsers on to `target`.
fn sending_on(target: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let target = target.clone();
            thread::spawn(move || {
                let head = head(&stream);
                let origin = head.iter().find_map(|line| line.strip_prefix("origin: "));
                let origin = origin.unwrap_or("*");
                let status = if is_browser(&head) {
                    format!("302 Found\r\nLocation: {target}")
                } else {
                    "200 OK".to_owned()
                };
                // Whoever hangs up early misses nothing that matters here.
                let _gone = stream.write_all(
                    format!(
                        "HTTP/1.1 {status}\r\nAccess-Control-Allow-Origin: {origin}\r\n\
                         Access-Control-Allow-Credentials: true\r\nVary: Origin\r\n\
                         Connection: close\r\nContent-Length: 0\r\n\r\n"
                    )
                    .as_bytes(),
                );
            });
        }
    });
    address
}

#[rstest]
#[case::another_host("localhost", "127.0.0.1")]
#[case::another_port_of_the_host("127.0.0.1", "127.0.0.1")]
#[case::another_port_of_the_name("localhost", "localhost")]
fn a_server_cannot_send_the_browser_elsewhere(#[case] audited: &str, #[case] other: &str) {
    let inner = TcpListener::bind((other, 0)).unwrap();
    let port = inner.local_addr().unwrap().port();
    let server = sending_on(format!("http://{other}:{port}/internal"));
    let line = format!(
        "http://{audited}:{}/ --origin https://app.example --prove",
        server.port()
    );
    let ran = audit(&Bench::empty(), &line).ended(1);
    let told = "read nothing: TypeError: Failed to fetch";
    assert!(ran.out.contains(told), "{}", ran.out);
    inner.set_nonblocking(true).unwrap();
    let came = inner.accept().map(|(_, from)| from);
    assert!(came.is_err(), "{came:?} came to http://{other}:{port}");
}
