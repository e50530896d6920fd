//! Answers that are hard to read, or cannot be read: the program says what is wrong with them.

use rstest::rstest;

use super::mouth::{GRANT, MOUTH, bench, serve, vector};

const HINTS: &str = "HTTP/1.1 103 Early Hints\r\n\r\n";

#[test]
fn interim_answers_within_the_bound_are_skipped() {
    let port = serve(|_, _| Some(format!("{}{GRANT}ok", HINTS.repeat(9_000))));
    let bench = bench(
        port,
        MOUTH,
        &[vector("hints", &[("GET", "/status/200", 200)])],
    );
    bench.judge("--vectors suite").ended(0);
}

#[rstest]
#[case::interim_answers(
    HINTS.repeat(10_000) + GRANT + "ok",
    "its headers are longer than 256 KiB, interim answers (1xx) included, of which 9362 came"
)]
#[case::length(
    GRANT.replace("Length: 2", "Length: 18446744073709551615"),
    "its `Content-Length` does not fit into 63 bits: `18446744073709551615`"
)]
#[case::lengths(
    GRANT.replace("Length: 2", "Length: 1, 2") + "ok",
    "its `Content-Length` is given twice, as `1` and as `2`"
)]
#[case::chunk(
    GRANT.replace("Content-Length: 2", "Transfer-Encoding: chunked") + "fffffffffffffffffffffffff\r\n",
    "a chunk's size does not fit into 63 bits: `fffffffffffffffffffffffff`"
)]
#[case::nul(GRANT.replace("check", "\0"), "its headers have a NUL")]
fn an_answer_that_cannot_be_read_is_explained(#[case] answer: String, #[case] why: &str) {
    let port = serve(move |_, _| Some(answer.clone()));
    let bench = bench(
        port,
        MOUTH,
        &[vector("odd", &[("GET", "/status/200", 200)])],
    );
    bench.judge("--vectors suite").refused(&[
        "`/echo?id=check` got an answer that cannot be read",
        why,
        "the contract wants status 200",
    ]);
}
