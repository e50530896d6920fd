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

fn spawn(bench: &Bench, more: &str) -> Child {
    bench.put("policy.json", POLICY);
    let line = format!("serve --policy policy.json --port 0 {more}");
    Command::new(PROGRAM)
        .args(line.split_whitespace())
        .current_dir(bench.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// A server that ends with its guard.
struct Serving {
    child: Child,
    told: Value,
    address: String,
}

impl Serving {
    fn start(bench: &Bench, more: &str) -> Self {
        let mut child = spawn(bench, &format!("--format json {more}"));
        let mut told = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut told)
            .unwrap();
        let told: Value = serde_json::from_str(&told).unwrap();
        let address = told["url"].as_str().unwrap().replace("http://", "");
        Self {
            child,
            told,
            address,
        }
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

#[rstest]
#[case::bare("", &["policy"], 1)]
#[case::behind("--layer cors-proxy", &["cors-proxy", "policy"], 2)]
#[case::around("--layer policy --layer cors-proxy", &["policy", "cors-proxy"], 1)]
fn it_is_composed_of_layers(
    #[case] options: &str,
    #[case] layers: &[&str],
    #[case] permissions: usize,
) {
    let serving = Serving::start(&Bench::empty(), options);
    assert_eq!(serving.told["layers"], Value::from(layers.to_vec()));
    let answer = serving.answer("https://app.example");
    let lines = answer.matches("access-control-allow-origin:").count();
    assert_eq!(lines, permissions, "{answer}");
}

#[test]
fn it_says_what_each_layer_does() {
    let bench = Bench::empty();
    let mut child = spawn(&bench, "--layer authentication --layer compression");
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told: Vec<_> = lines.take(4).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(told[0].ends_with("/echo answers under the policy; Ctrl-C ends it"));
    assert!(
        told[1].starts_with("  authentication answers with 401"),
        "{told:?}"
    );
    assert!(
        told[2].starts_with("  compression compresses bodies"),
        "{told:?}"
    );
    assert_eq!(told[3], "  policy does what the policy says");
}

/// Told the moment that it says what ends it.
#[cfg(unix)]
#[rstest]
#[case::ctrl_c("-INT")]
#[case::terminate("-TERM")]
fn it_ends_in_good_order(#[case] signal: &str) {
    let mut serving = Serving::start(&Bench::empty(), "");
    let id = serving.child.id().to_string();
    let told = Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(told.success());
    assert_eq!(serving.child.wait().unwrap().code(), Some(0));
}
