//! The published schema, and the messages that really go back and forth.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::binary::PROGRAM;

/// What the reference adapter answers to `requests`, line by line.
fn answers(requests: &[Value]) -> Vec<Value> {
    let mut child = Command::new(PROGRAM)
        .args(["adapter", "reference"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let answers = requests
        .iter()
        .map(|request| {
            writeln!(input, "{request}").unwrap();
            serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap()
        })
        .collect();
    drop(input);
    assert!(child.wait().unwrap().success(), "it ends with its input");
    answers
}

#[test]
fn what_is_said_is_what_the_schema_says() {
    let schema = include_str!("../../../adapters/protocol.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let policy = json!({
        "origins": ["https://app.example"], "methods": [], "request_headers": [],
        "response_headers": [], "credentials": false, "max_age": null,
    });
    let mut insane = policy.clone();
    insane["origins"] = json!("*");
    insane["credentials"] = json!(true);
    let requests = [
        json!({ "type": "hello", "protocol": 1, "suite": "0.1.0" }),
        json!({ "type": "serve", "id": 1, "bind": "127.0.0.1", "policy": policy }),
        json!({ "type": "serve", "id": 2, "bind": "127.0.0.1", "policy": insane }),
        json!({ "type": "stop", "id": 1 }),
    ];
    let answers = answers(&requests);
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| answer["type"].clone())
        .collect();
    assert_eq!(kinds, ["hello", "ready", "refused", "stopped"]);
    for message in requests.iter().chain(&answers) {
        assert!(schema.is_valid(message), "{message:#}");
    }
    let mut wrong = answers[1].clone();
    wrong["port"] = json!(1);
    assert!(
        !schema.is_valid(&wrong),
        "an unknown field is none of the protocol's"
    );
}
