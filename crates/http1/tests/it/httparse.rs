//! Where `httparse` takes a head, it is taken with the same status, names and values.
//!
//! Differences are wanted in three places: `httparse` skips any number of empty lines before a head,
//! takes an interim head for the answer's, and does not look at what values say, so that it takes
//! values of `Content-Length` that differ.

use crosscheck_http1::answer::{AnswerError, AnswerReader};
use httparse::{EMPTY_HEADER, Response, Status};
use proptest::{collection::vec, prelude::*};

use crate::bytes;

/// Status, and names and values in order.
type Head = (u16, Vec<(Vec<u8>, Vec<u8>)>);

/// Where the head at the start of `bytes` ends, and what is in it, by `httparse`.
fn theirs(bytes: &[u8]) -> Option<(usize, Head)> {
    let mut headers = [EMPTY_HEADER; 64];
    let mut response = Response::new(&mut headers);
    let Ok(Status::Complete(end)) = response.parse(bytes) else {
        return None;
    };
    let pair = |header: &httparse::Header<'_>| (header.name.into(), header.value.to_vec());
    let headers = response.headers.iter().map(pair).collect();
    Some((end, (response.code?, headers)))
}

/// The same by this crate, or why not.
fn ours(bytes: &[u8]) -> Result<Option<(usize, Head)>, AnswerError> {
    let mut reader = AnswerReader::new(b"HEAD");
    let end = reader.read(bytes)?;
    let head = reader
        .head()
        .map(|head| (head.status, head.headers.clone()));
    Ok(end.zip(head))
}

/// A line whose name and value are in order, or nearly.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let name = vec(prop_oneof![9 => 33..=126_u8, 1 => any::<u8>()], 1..6);
    let value = vec(prop_oneof![9 => 32..=255_u8, 1 => any::<u8>()], 0..9);
    let end = prop_oneof![Just("\r\n"), Just("\n")];
    (name, value, end)
        .prop_map(|(name, value, end)| [&*name, b":", &*value, end.as_bytes()].concat())
}

fn head() -> impl Strategy<Value = Vec<u8>> {
    let before = prop_oneof![4 => Just(""), 1 => Just("\r\n"), 1 => Just("\n\r\n")];
    let minor = prop_oneof![Just(0), Just(1)];
    let reason = vec(prop_oneof![9 => 32..=126_u8, 1 => any::<u8>()], 0..6);
    let parts = (before, minor, 0..1000_u16, reason, vec(line(), 0..6));
    parts.prop_map(|(before, minor, status, reason, lines)| {
        let start = format!("{before}HTTP/1.{minor} {status:03} ");
        [start.as_bytes(), &reason, b"\r\n", &lines.concat(), b"\r\n"].concat()
    })
}

fn agree(bytes: &[u8]) -> Result<(), TestCaseError> {
    let Some((end, head)) = theirs(bytes) else {
        return Ok(());
    };
    let n_before = bytes.iter().position(|byte| !b"\r\n".contains(byte));
    let is_interim = head.0 != 101 && (100..200).contains(&head.0);
    if n_before > Some(4) || is_interim {
        return Ok(());
    }
    let (bytes, _) = bytes.split_at(end);
    match ours(bytes) {
        Err(AnswerError::Lengths { first: _, other: _ }) => {}
        ours => prop_assert_eq!(ours, Ok(Some((end, head))), "{}", bytes.escape_ascii()),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn heads_in_order_are_read_alike(head in head()) {
        agree(&head)?;
    }

    #[test]
    fn any_bytes_are_read_alike(bytes in bytes()) {
        agree(&bytes)?;
    }
}

#[test]
fn what_is_compared_is_taken_by_both() {
    let head = b"HTTP/1.1 204 No Content\r\nX-A: b\r\nX-A:\tc \r\n\r\n";
    let found = theirs(head).unwrap();
    assert_eq!(found.1.1.len(), 2);
    assert_eq!(ours(head), Ok(Some(found)));
}
