//! Servers that misbehave below HTTP: whatever they do, the wire leg ends, in time and in bounds, and
//! says the right thing about it.

mod hostile;
mod kept;

use std::net::Ipv4Addr;

use crosscheck_http1::answer::LONGEST_BODY;
use crosscheck_replay::judge::leg_result;
use crosscheck_report::{leg::Leg, observation::Observation, verdict::Verdict};
use crosscheck_vectors::expect::StepOutcome;
use hostile::{Deed, GRANTED, case, replay, replay_at};
use rstest::rstest;
use serde_json::json;
use tokio::{net::TcpListener, runtime::Runtime};

use crate::binary::{Bench, own};

fn outcome(replayed: Result<Vec<Observation>, String>) -> StepOutcome {
    replayed.unwrap()[0].outcome
}

fn head(lines: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{lines}{GRANTED}").into_bytes()
}

#[rstest]
fn a_server_that_takes_too_long_cannot_be_judged(
    #[values(
        Deed::Hangs,
        Deed::Stalls(b"HTTP/1.1 200 OK\r\nX-".to_vec()),
        Deed::Stalls(head("Content-Length: 3\r\n")),
        Deed::Dribbles(b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec()),
        Deed::Dribbles(head("Content-Length: 100000\r\n")),
        Deed::Dribbles(head(""))
    )]
    deed: Deed,
) {
    let error = replay(deed).expect_err("no answer is no result");
    assert!(error.contains("GET https://api.example"), "{error}");
    assert!(
        error.contains("got no answer that could be judged"),
        "{error}"
    );
}

#[rstest]
fn an_answer_that_is_none_is_a_network_error(
    #[values(
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://app.example\r\n",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
        "ICY 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "\0\0\0\0\r\n\r\n"
    )]
    text: &str,
) {
    let replayed = replay(Deed::Says(text.into()));
    assert_eq!(outcome(replayed), StepOutcome::NetworkError);
}

#[rstest]
fn a_body_that_is_cut_off_is_a_network_error(
    #[values(
        ("Content-Length: 100\r\n", "short"),
        ("Transfer-Encoding: chunked\r\n", "5\r\nshort\r\n"),
        ("Transfer-Encoding: chunked\r\n", "ffff\r\nshort")
    )]
    (lines, body): (&str, &str),
) {
    let bytes = [head(lines), body.into()].concat();
    assert_eq!(
        outcome(replay(Deed::Says(bytes))),
        StepOutcome::NetworkError
    );
}

#[rstest]
#[case::interim_answers("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10_000))]
#[case::long_length(format!("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n{GRANTED}"))]
#[case::no_length(format!("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n{GRANTED}"))]
#[case::two_lengths(format!("HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n{GRANTED}"))]
#[case::long_chunk(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{GRANTED}ffffffffffffffffff\r\n"))]
#[case::no_chunk(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{GRANTED}zz\r\n"))]
fn a_malformed_answer_is_a_network_error_before_the_server_hangs_up(#[case] text: String) {
    let replayed = replay(Deed::Stalls(text.into()));
    assert_eq!(outcome(replayed), StepOutcome::NetworkError);
}

#[test]
fn a_body_longer_than_it_says_ends_where_it_says() {
    let bytes = [
        head("Content-Length: 2\r\n"),
        b"okay, and then some".to_vec(),
    ]
    .concat();
    let seen = replay(Deed::Says(bytes)).unwrap();
    assert_eq!(seen[0].outcome, StepOutcome::Readable);
    assert_eq!(seen[0].body.as_ref().unwrap().as_bytes(), b"ok");
}

#[rstest]
#[case::length("Content-Length: 104857600\r\n")]
#[case::no_end("")]
fn a_flood_is_bounded(#[case] lines: &str) {
    match replay(Deed::Floods(head(lines))) {
        Ok(seen) => {
            let n_kept = seen[0]
                .body
                .as_ref()
                .map_or(0, |body| body.as_bytes().len() as u64);
            assert!(n_kept <= LONGEST_BODY, "{n_kept} bytes are kept");
        }
        Err(error) => assert!(
            error.contains("got no answer that could be judged"),
            "{error}"
        ),
    }
}

#[test]
fn ten_thousand_header_lines_do_not_break_it() {
    let lines: Vec<_> = (0..10_000).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let bytes = head(&format!("{}Content-Length: 0\r\n", lines.concat()));
    assert_eq!(outcome(replay(Deed::Says(bytes))), StepOutcome::Readable);
}

#[test]
fn a_header_without_end_is_bounded() {
    let replayed = replay(Deed::Floods(b"HTTP/1.1 200 OK\r\nX-Long: ".to_vec()));
    assert_eq!(outcome(replayed), StepOutcome::NetworkError);
}

#[test]
fn nobody_listening_cannot_be_judged() {
    let error = Runtime::new().unwrap().block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        replay_at(address).await.unwrap_err()
    });
    assert!(
        error.contains("got no answer that could be judged"),
        "{error}"
    );
}

#[test]
fn what_came_is_judged_as_it_came() {
    let seen = replay(Deed::Says(head("Content-Length: 0\r\n"))).unwrap();
    let result = leg_result(&case(), Leg::Wire, seen);
    assert_eq!(result.verdict, Verdict::Passed);
    let denied = replay(Deed::Says(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())).unwrap();
    let result = leg_result(&case(), Leg::Wire, denied);
    assert_eq!(result.verdict, Verdict::FailedUnderGrant);
}

/// The same by way of a script, and of the whole program.
#[rstest]
#[case::hangs_up("")]
#[case::malformed("HTTP/1.1 2x0 OK\r\n\r\n")]
#[case::cut_off("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok")]
fn a_script_may_say_it_byte_for_byte(#[case] raw: &str) {
    let mut file = own();
    file["vectors"][0]["script"] = json!([{ "raw": raw }]);
    file["vectors"][0]["steps"][0]["expect"] = json!({
        "outcome": "network-error", "reason": "network/no-response",
        "requests": [{ "method": "GET" }]
    });
    let summary = Bench::with(&file).run("--format json").ended(0).json();
    assert_eq!(summary["legs"]["wire"]["passed"], 1, "{summary:#}");
}
