//! `crosscheck serve`: the reference server by itself.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use rstest::rstest;
use serde_json::Value;

use crate::binary::{Bench, PROGRAM};

const POLICY: &str = r#"{"origins":["https://app.example"],"methods":["GET"],"request_headers":[],
    "response_headers":[],"credentials":false,"max_age":null}"#;

/// A server that ends with its guard.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(bench: &Bench, more: &str) -> Self {
        bench.put("policy.json", POLICY);
        let line = format!("serve --policy policy.json --port 0 --format json {more}");
        let mut child = Command::new(PROGRAM)
            .args(line.split_whitespace())
            .current_dir(bench.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut told)
            .unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        let address = told["url"].as_str().unwrap().replace("http://", "");
        Self { child, address }
    }

    /// The whole answer to a page of `origin`.
    fn answer(&self, origin: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "GET /echo HTTP/1.1\r\nHost: api.example\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.to_lowercase()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Already ended, if the test told it to.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

#[rstest]
#[case::as_the_policy_says("", false)]
#[case::with_a_fault("--fault reflect-origin", true)]
fn it_answers_under_the_policy(#[case] fault: &str, #[case] grants_all: bool) {
    let bench = Bench::empty();
    let serving = Serving::start(&bench, fault);
    for (origin, granted) in [
        ("https://app.example", true),
        ("https://evil.example", grants_all),
    ] {
        let answer = serving.answer(origin);
        assert!(answer.starts_with("http/1.1 200"), "{answer}");
        let line = format!("access-control-allow-origin: {origin}\r\n");
        assert_eq!(answer.contains(&line), granted, "{answer}");
    }
}

#[cfg(unix)]
#[test]
fn it_ends_in_good_order() {
    let bench = Bench::empty();
    let mut serving = Serving::start(&bench, "");
    serving.answer("https://app.example");
    let id = serving.child.id().to_string();
    let told = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(told.success());
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
}
