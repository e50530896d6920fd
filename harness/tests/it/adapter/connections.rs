//! The steps of a vector share a connection with the subject, and with no other vector.

use std::{thread, time::Duration};

use super::{
    count,
    mouth::{GRANT, MOUTH, bench, serve, vector},
};

const ECHO: &str = "/status/200";

#[test]
fn what_a_server_keeps_of_a_connection_is_found() {
    let port = serve(|_, nth| {
        let answer = format!("{GRANT}ok");
        Some(if nth == 0 {
            answer
        } else {
            answer.replace("Allow-Origin: *", "Allow-Origin: https://other.example")
        })
    });
    let vectors = [
        vector("alone", &[("GET", ECHO, 200)]),
        vector("twice", &[("GET", ECHO, 200), ("GET", ECHO, 200)]),
        vector("later", &[("GET", ECHO, 200)]),
    ];
    let bench = bench(port, MOUTH, &vectors);
    let summary = bench.judge("--vectors suite --format json").ended(1).json();
    assert_eq!(count(&summary, "wire", "passed"), 2, "{summary:#}");
    assert_eq!(summary["findings"][0]["id"], "server/own/twice");
}

/// A mistake that browsers forgive, too, and that is none of CORS.
#[test]
fn a_body_that_comes_late_to_head_belongs_to_no_answer() {
    let port = serve(|head, nth| {
        let late = if nth == 0 { "" } else { "ok" };
        let body = if head.starts_with("HEAD") { "" } else { "ok" };
        Some(format!("{late}{GRANT}{body}"))
    });
    let steps = [("HEAD", ECHO, 200), ("GET", ECHO, 200)];
    let bench = bench(port, MOUTH, &[vector("head-and-get", &steps)]);
    bench.judge("--vectors suite").ended(0);
}

/// Some servers forget a second request that they cannot parse; a browser waits for ever, and that is none of
/// CORS, either.
#[test]
fn who_does_not_answer_a_second_request_is_asked_on_a_new_connection() {
    let port = serve(|_, nth| {
        if nth > 0 {
            thread::sleep(Duration::from_secs(30));
        }
        Some(format!("{GRANT}ok"))
    });
    let steps = [("GET", ECHO, 200), ("GET", ECHO, 200)];
    let bench = bench(port, MOUTH, &[vector("twice", &steps)]);
    bench.judge("--vectors suite").ended(0);
}
