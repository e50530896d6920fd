//! `crosscheck audit`, as people and scripts use it.

use std::net::{SocketAddr, TcpListener};

use crosscheck_reference::fault::Fault;
use serde_json::Value;

use super::server::{LISTED, Server, audit, objects};
use crate::binary::Bench;

/// An address where nothing listens.
fn nowhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn a_weak_server_is_shown_with_what_was_said() {
    let server = Server::new(Some(Fault::ReflectOrigin));
    let ran = audit(&Bench::empty(), &server.url()).ended(1);
    for part in [
        "high reflected-origin: Any origin is reflected",
        "> Origin: https://x",
        "< access-control-allow-credentials: true",
        "who is hurt: ",
        "likely fix: ",
        "CWE-942, CVE-",
        "\"origins\": \"*\"",
    ] {
        assert!(ran.out.contains(part), "no {part:?}: {}", ran.out);
    }
    ran.told(&["1 URL: 1 with weaknesses, 0 without, 0 not judged"]);
}

#[test]
fn what_was_learnt_is_a_policy_that_passes() {
    let server = Server::new(None);
    let bench = Bench::empty();
    let line = format!(
        "{} --format json --origin https://app.example",
        server.url()
    );
    let ran = audit(&bench, &line).ended(0);
    let found = &objects(&ran.out)[0];
    assert_eq!(
        found["grants"],
        serde_json::from_str::<Value>(LISTED).unwrap()
    );
    bench.put("learnt.json", &found["grants"].to_string());
    audit(&bench, &format!("{} --policy learnt.json", server.url())).ended(0);
    bench.put("less.json", &LISTED.replace("\"PUT\"", ""));
    let ran = audit(&bench, &format!("{} --policy less.json", server.url())).ended(1);
    let told = "over-grant `PUT` is permitted, and the policy does not list it (method-check)";
    assert!(ran.out.contains(told), "{}", ran.out);
}

#[test]
fn one_url_says_nothing_about_another() {
    let (sound, weak) = (Server::new(None), Server::new(Some(Fault::NullTrusted)));
    let bench = Bench::empty();
    let urls = [
        "# what we run".to_owned(),
        sound.url(),
        String::new(),
        format!("http://{}/", nowhere()),
        "ftp://api.example/".to_owned(),
        "https://me:hunter2@api.example/".to_owned(),
        weak.url(),
        weak.url(),
    ];
    bench.put("urls", &urls.join("\n"));
    let line = "--file urls --format json --out all.jsonl";
    let ran = audit(&bench, line).ended(1);
    ran.told(&["5 URLs: 1 with weaknesses, 1 without, 3 not judged"]);
    assert!(!ran.out.contains("hunter2"), "{}", ran.out);
    let outcome = |url: &str| {
        let all = objects(&ran.out);
        let found = all.iter().find(|audit| audit["url"] == *url).cloned();
        found.unwrap_or_else(|| panic!("{url}: {all:#?}"))
    };
    assert_eq!(
        outcome(&weak.url())["weaknesses"][0]["class"],
        "null-origin"
    );
    assert_eq!(outcome(&sound.url())["weaknesses"], serde_json::json!([]));
    assert_eq!(outcome("ftp://api.example/")["outcome"], "not-judged");
    assert_eq!(bench.read("all.jsonl"), ran.out);
}

#[test]
fn what_was_done_is_not_done_again() {
    let (first, second) = (Server::new(Some(Fault::NullTrusted)), Server::new(None));
    let bench = Bench::empty();
    let line = format!("{} --out all.jsonl", first.url());
    audit(&bench, &line).ended(1);
    let before = bench.read("all.jsonl");
    // As if the program had been killed while it wrote.
    bench.put("all.jsonl", &format!("{before}{{\"url\":\"http"));
    let line = format!(
        "{} {} --out all.jsonl --resume --format json",
        first.url(),
        second.url()
    );
    let ran = audit(&bench, &line).ended(1);
    ran.told(&["2 URLs: 1 with weaknesses, 1 without, 0 not judged"]);
    let again = objects(&ran.out);
    assert_eq!(again.len(), 1, "{again:#?}");
    assert_eq!(again[0]["url"], *second.url());
    assert_eq!(bench.read("all.jsonl"), format!("{before}{}", ran.out));
}

#[test]
fn certificates_are_verified_unless_told_otherwise() {
    let server = Server::new(None);
    let bench = Bench::empty();
    let ran = audit(&bench, &server.secure_url()).ended(2);
    assert!(ran.out.contains("certificate"), "{}", ran.out);
    audit(&bench, &format!("{} --insecure", server.secure_url())).ended(0);
}

#[test]
fn private_headers_reach_the_server_and_nobody_else() {
    // This server tells whoever sends a header of that name what it holds.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || parrot(&listener));
    let line = format!("http://{address}/ --format json --header X-Key:hunter2 --timeout 5");
    let ran = audit(&Bench::empty(), &line).ended(1);
    assert!(!ran.out.contains("hunter2"), "{}", ran.out);
    assert!(ran.out.contains("(private)"), "{}", ran.out);
}

/// Answers every request with the value of its `x-key` as the allowed origin.
fn parrot(listener: &TcpListener) {
    use std::io::{BufRead as _, BufReader, Write as _};
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { return };
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let head = lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty());
        let key = head.filter_map(|line| line.strip_prefix("x-key: ").map(str::to_owned));
        let key = key.last().unwrap_or_default();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: {key} again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        // Whoever hangs up early misses nothing that matters here.
        let _gone = stream.write_all(answer.as_bytes());
    }
}

#[test]
fn usage_that_cannot_be_meant() {
    let bench = Bench::empty();
    audit(&bench, "").refused(&["there is no URL to audit"]);
    audit(&bench, "http://127.0.0.1/ --origin https://app.example/")
        .refused(&["--origin", "is not a serialized origin"]);
    audit(&bench, "http://127.0.0.1/ --header Origin:secret").refused(&["--header number 1"]);
    bench.put("policy.json", "{}");
    audit(&bench, "http://127.0.0.1/ --policy policy.json").refused(&["is no policy"]);
}
