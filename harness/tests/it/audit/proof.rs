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

fn answer(mut stream: TcpStream) {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let lines = lines.map_while(Result::ok).map(|line| line.to_lowercase());
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let origin = head.iter().find_map(|line| line.strip_prefix("origin: "));
    let is_browser = head
        .iter()
        .any(|line| line.starts_with("user-agent: mozilla"));
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
