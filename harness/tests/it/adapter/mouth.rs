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
pub(super) const MOUTH: &str = r#"
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

/// What anyone may read.
pub(super) const GRANT: &str = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\
    Content-Length: 2\r\nX-Crosscheck-Handled: check\r\n\r\n";

/// A vector whose steps each send a request of this method to this URL, to be read with this status.
pub(super) fn vector(name: &str, steps: &[(&str, &str, u16)]) -> Value {
    let step = |(method, url, status): &(&str, &str, u16)| {
        json!({
            "client": { "origin": "https://app.example", "url": url, "method": method },
            "expect": { "outcome": "readable", "status": status, "requests": [{ "method": method }] },
        })
    };
    json!({
        "name": name, "title": format!("{name} is readable."), "why": "Anyone may read.",
        "kind": "required", "requirements": ["fetch/cors-check/wildcard-without-credentials"],
        "requires": ["routes.status"],
        "policy": {
            "origins": "*", "methods": [], "request_headers": [], "response_headers": [],
            "credentials": false, "max_age": null,
        },
        "steps": steps.iter().map(step).collect::<Vec<_>>(),
    })
}

/// A server on a port of its own: answers with what `answer` makes of a request's head and of how many came
/// before it on the same connection, and hangs up if that is nothing.
pub(super) fn serve(
    answer: impl Fn(&str, usize) -> Option<String> + Clone + Send + 'static,
) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                for nth in 0.. {
                    let text = head(&mut stream).and_then(|head| answer(&head, nth));
                    // A client that hangs up first is in its right.
                    if text.is_none_or(|text| stream.write_all(text.as_bytes()).is_err()) {
                        return;
                    }
                }
            });
        }
    });
    port
}

/// The next request's head, none at the end of the connection.
fn head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// Answers that anyone may read, unless asked for [`DEADLY`]: then `die` is called, and nothing is said.
fn deadly(die: impl Fn() + Clone) -> impl Fn(&str, usize) -> Option<String> + Clone {
    move |head, _| {
        if head.contains(DEADLY) {
            die();
            return None;
        }
        Some(format!("{GRANT}ok"))
    }
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

/// A folder with an adapter whose server listens on `port`, and a suite of `vectors`.
pub(super) fn bench(port: u16, script: &str, vectors: &[Value]) -> Bench {
    let bench = Bench::empty();
    let suite = json!({ "title": "Own", "about": "A suite of one's own.", "vectors": vectors });
    bench.put("suite/server/own.json", &suite.to_string());
    bench.put(
        "adapter/adapter.toml",
        "name = \"mouth\"\ncommand = [\"sh\", \"adapter.sh\"]\n",
    );
    bench.put("adapter/adapter.sh", &format!("PORT={port}\n{script}"));
    bench
}

/// Three vectors, of which the second is [`DEADLY`].
fn three() -> [Value; 3] {
    [
        vector("before", &[("GET", "/status/200", 200)]),
        vector("deadly", &[("GET", DEADLY, 500)]),
        vector("later", &[("GET", "/status/200", 200)]),
    ]
}

#[test]
fn who_dies_over_one_vector_is_judged_by_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let port = serve(deadly({
        let pid = pid.clone();
        move || kill(&pid)
    }));
    let script = MOUTH.replace("> pid", &format!("> {}", pid.display()));
    let bench = bench(port, &script, &three());
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
    let bench = bench(serve(deadly(|| {})), MOUTH, &three());
    let summary = bench.judge("--vectors suite --format json").ended(1).json();
    assert_eq!(count(&summary, "wire", "passed"), 2, "{summary:#}");
    assert_eq!(
        count(&summary, "wire", "failed_under_grant"),
        1,
        "{summary:#}"
    );
    assert_eq!(
        summary["findings"][0]["summary"],
        "outcome: expected readable, observed network-error: the connection ended without an answer to the request"
    );
}

#[test]
fn who_does_not_answer_cannot_be_judged() {
    let port = serve(deadly(|| thread::sleep(Duration::from_secs(30))));
    let bench = bench(port, MOUTH, &three());
    let summary = bench.judge("--vectors suite --format json").ended(2).json();
    assert_eq!(count(&summary, "wire", "passed"), 2, "{summary:#}");
    assert_eq!(count(&summary, "wire", "setup_error"), 1, "{summary:#}");
}
