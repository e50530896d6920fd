//! Adapters whose server lives in this test, so that it can do what no server should.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::PathBuf,
    process::Command,
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::count;
use crate::binary::Bench;

/// The request that the server dies of.
const DEADLY: &str = "/status/500";

/// Speaks for a server on `$PORT`; its own id is in `pid`.
const MOUTH: &str = r#"
echo $$ > pid
echo started >> starts
while read -r line; do
  rest=${line#*\"id\":}; id=${rest%%[,\}]*}
  case $line in
    *'"hello"'*) echo '{"type":"hello","protocol":1,"name":"mouth","version":"1","language":"sh","capabilities":["origins.any","routes.status"],"one_shot":true,"concurrent_instances":4}';;
    *subdomains_of*|*made_up*) echo "{\"type\":\"error\",\"id\":$id,\"message\":\"what?\"}";;
    *'"serve"'*) echo "{\"type\":\"ready\",\"id\":$id,\"base_url\":\"http://127.0.0.1:$PORT\"}";;
    *'"stop"'*) exit;;
  esac
done
"#;

/// A suite of three vectors under one policy, of which the second is [`DEADLY`].
fn suite() -> Value {
    let vector = |name: &str, url: &str, status: u16| {
        json!({
            "name": name, "title": format!("{name} is readable."), "why": "Anyone may read.",
            "kind": "required", "requirements": ["fetch/cors-check/wildcard-without-credentials"],
            "requires": ["routes.status"],
            "policy": {
                "origins": "*", "methods": [], "request_headers": [], "response_headers": [],
                "credentials": false, "max_age": null,
            },
            "steps": [{
                "client": { "origin": "https://app.example", "url": url },
                "expect": { "outcome": "readable", "status": status, "requests": [{ "method": "GET" }] },
            }],
        })
    };
    json!({
        "title": "Own", "about": "A suite of one's own.",
        "vectors": [
            vector("before", "/status/200", 200),
            vector("deadly", DEADLY, 500),
            vector("later", "/status/200", 200),
        ],
    })
}

/// Answers that anyone may read, unless asked for [`DEADLY`]: then `die` is called, and nothing is said.
fn serve(die: impl Fn() + Clone + Send + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let die = die.clone();
            thread::spawn(move || answer(stream.unwrap(), die));
        }
    });
    port
}

fn answer(mut stream: TcpStream, die: impl Fn()) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.extend(byte),
            Ok(_) | Err(_) => return,
        }
    }
    if String::from_utf8_lossy(&head).contains(DEADLY) {
        return die();
    }
    let text = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n\
                X-Crosscheck-Handled: check\r\nConnection: close\r\n\r\n";
    // A client that hangs up first is in its right.
    let _ = stream.write_all(text.as_bytes());
}

fn kill(pid: &PathBuf) {
    let pid = fs::read_to_string(pid).unwrap();
    Command::new("kill")
        .args(["-9", pid.trim()])
        .status()
        .unwrap();
    // It is dead when the answer is missed.
    thread::sleep(Duration::from_millis(50));
}

fn bench(port: u16, script: &str) -> Bench {
    let bench = Bench::empty();
    bench.put("suite/server/own.json", &suite().to_string());
    bench.put(
        "adapter/adapter.toml",
        "name = \"mouth\"\ncommand = [\"sh\", \"adapter.sh\"]\n",
    );
    bench.put("adapter/adapter.sh", &format!("PORT={port}\n{script}"));
    bench
}

#[test]
fn who_dies_over_one_vector_is_judged_by_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let port = serve({
        let pid = pid.clone();
        move || kill(&pid)
    });
    let script = MOUTH.replace("> pid", &format!("> {}", pid.display()));
    let bench = bench(port, &script);
    let ran = bench.judge("--vectors suite --format json").ended(2);
    let summary = ran.json();
    assert_eq!(count(&summary, "wire", "passed"), 2, "{ran:#?}");
    assert_eq!(count(&summary, "wire", "setup_error"), 1, "{ran:#?}");
    let finding = &summary["findings"][0];
    assert_eq!(finding["id"], "server/own/deadly");
    let why = finding["summary"].as_str().unwrap();
    assert!(
        why.contains("the adapter ended while its subject was at work"),
        "{why}"
    );
    let n_starts = bench.read("adapter/starts").lines().count();
    assert!(
        (3..6).contains(&n_starts),
        "it was started {n_starts} times"
    );
}

#[test]
fn who_hangs_up_without_an_answer_is_judged() {
    let bench = bench(serve(|| {}), MOUTH);
    let summary = bench.judge("--vectors suite --format json").ended(1).json();
    assert_eq!(count(&summary, "wire", "passed"), 2, "{summary:#}");
    assert_eq!(
        count(&summary, "wire", "failed_under_grant"),
        1,
        "{summary:#}"
    );
}

#[test]
fn who_does_not_answer_cannot_be_judged() {
    let bench = bench(serve(|| thread::sleep(Duration::from_secs(30))), MOUTH);
    let summary = bench.judge("--vectors suite --format json").ended(2).json();
    assert_eq!(count(&summary, "wire", "passed"), 2, "{summary:#}");
    assert_eq!(count(&summary, "wire", "setup_error"), 1, "{summary:#}");
}
