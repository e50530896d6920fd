//! Private headers: they do not change what is judged, and no output has them.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    thread,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rstest::rstest;

use crate::{
    binary::{Bench, Ran},
    deployed::{POLICY, Server},
};

/// Two private values, of which the server makes all that it likes.
const KEY: &str = "s3cr3t/K3y+of";
const COOKIE: &str = "fe11f1d0b00c";

#[rstest]
#[case::the_scheme_of_origins("X-Forwarded-Proto:https")]
#[case::a_letter("X-Thing:a")]
#[case::what_stands_for_private("X-Thing:private")]
#[case::the_trusted_host("X-Forwarded-Host:shop.test")]
fn a_sound_server_stays_sound(#[case] header: &str) {
    let server = Server::new(None);
    let plain = server.run("--leg wire");
    let private = server.run(&format!("--leg wire --header {header}"));
    let counts = |ran: Ran| {
        let summary = ran.ended(0).json();
        ["failed", "over_grants", "under_grants"].map(|name| summary[name].clone())
    };
    assert_eq!(counts(private), counts(plain));
}

/// A server that repeats the private values in every answer, in every spelling it can think of.
fn telltale() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(&stream));
        }
    });
    address
}

fn answer(stream: &TcpStream) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while lines.by_ref().take_while(|line| !line.is_empty()).count() > 0 {
        let body = spellings().join("\n");
        let [plain, percent, base64, ..] = spellings();
        let head = format!(
            "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://{plain}\r\n\
             Access-Control-Allow-Methods: {base64}\r\nAccess-Control-Allow-Headers: {plain}\r\n\
             Location: /{percent}\r\nX-{COOKIE}: {COOKIE}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = stream;
        if stream.write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

/// The ways in which the values may come back.
fn spellings() -> [String; 6] {
    [
        KEY.to_owned(),
        KEY.replace('/', "%2F").replace('+', "%2B"),
        BASE64_STANDARD.encode(format!("user:{KEY}")),
        KEY.to_uppercase(),
        COOKIE.to_owned(),
        COOKIE.to_uppercase(),
    ]
}

/// What of the values would be recognised, without case.
fn recognisable() -> Vec<String> {
    let inner_base64 = BASE64_STANDARD.encode(format!("user:{KEY}"));
    let mut found: Vec<_> = spellings().map(|text| text.to_lowercase()).into();
    // The first characters of Base64 are of what stands before.
    found.push(inner_base64[8..].trim_end_matches('=').to_lowercase());
    found
}

fn assert_silent(text: &str, place: &str) {
    let text = text.to_lowercase();
    for secret in recognisable() {
        assert!(!text.contains(&secret), "{place} has `{secret}`");
    }
}

fn assert_silent_below(folder: &Path) {
    let mut n_files = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut bytes = Vec::new();
            fs::File::open(&path)
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
            assert_silent(
                &String::from_utf8_lossy(&bytes),
                &path.display().to_string(),
            );
            n_files += 1;
        }
    }
    assert!(n_files > 0);
}

#[rstest]
#[case::text(
    "run --policy policy.json --leg wire --out out --output html,json,junit,markdown --url",
    1
)]
#[case::json("run --policy policy.json --leg wire --out out --format json --url", 1)]
#[case::audit("audit --policy policy.json --max-requests 60 --out out.jsonl", 1)]
#[case::audit_as_json("audit --format json --max-requests 60 --out out.jsonl", 1)]
fn no_output_has_what_is_private(#[case] line: &str, #[case] code: i32) {
    let address = telltale();
    let bench = Bench::empty();
    bench.put("policy.json", POLICY);
    let headers = format!("--header X-Key:{KEY} --header Cookie:theme=dark;sid={COOKIE}");
    let ran = bench
        .crosscheck(&format!("{line} http://{address}/ {headers}"))
        .ended(code);
    assert_silent(&ran.out, "the standard output");
    assert_silent(&ran.err, "the error stream");
    assert_silent_below(bench.path());
}
