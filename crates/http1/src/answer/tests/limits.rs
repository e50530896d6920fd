//! Limits, to the byte.

use rstest::rstest;

use super::read;
use crate::{
    answer::{AnswerError, Connection, LONGEST_BODY, LONGEST_HEADS},
    chunked::{ChunkError, LONGEST_LINE},
};

/// A head of `length` bytes: as often `line` as there is room, and a header that fills the rest.
fn head(length: usize, line: &str) -> String {
    let mut head = "HTTP/1.1 204\r\n".to_owned();
    while head.len() + line.len() + 7 <= length {
        head.push_str(line);
    }
    let padding = "x".repeat(length - head.len() - 7);
    head + &format!("P: {padding}\r\n\r\n")
}

#[rstest]
fn heads_are_bounded_to_the_byte(
    #[values("A: b\r\n", "a:\n", "garbage\n", " \r\n", "\r\r\rA: b\n")] line: &str,
    #[values(1, 4000, LONGEST_HEADS + 1)] size: usize,
) {
    let read = |text: &str| read("GET", text.as_bytes().chunks(size)).0;
    let longest = head(LONGEST_HEADS, line);
    let whole = Ok(Some((LONGEST_HEADS, Connection::Open)));
    assert_eq!(longest.len(), LONGEST_HEADS);
    assert_eq!(read(&longest), whole);
    let longer = head(LONGEST_HEADS + 1, line);
    assert_eq!(read(&longer), Err(AnswerError::HeadTooLong));
    let interim = "HTTP/1.1 103\r\n\r\n";
    let together = interim.to_owned() + &head(LONGEST_HEADS - interim.len(), line);
    assert_eq!(read(&together), whole);
    let n_interim = 1;
    let malformed = AnswerError::HeadsTooLong { n_interim };
    let together = interim.to_owned() + &head(LONGEST_HEADS - interim.len() + 1, line);
    assert_eq!(read(&together), Err(malformed));
}

#[rstest]
fn a_head_without_end_is_bounded(#[values("x", "A: b\r\n", "HTTP/1.1 103\r")] more: &str) {
    let text = "HTTP/1.1 200 OK\r\nX: ".to_owned() + &more.repeat(LONGEST_HEADS);
    let (open, end) = read("GET", text.as_bytes().chunks(1 << 16));
    assert_eq!(open, Err(AnswerError::HeadTooLong));
    assert_eq!(end, Err(AnswerError::HeadTooLong));
}

#[rstest]
fn interim_answers_without_end_are_bounded(#[values(1, 1460, usize::MAX)] size: usize) {
    let interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
    let text = interim.repeat(100_000) + "HTTP/1.1 204\r\n\r\n";
    let n_interim = LONGEST_HEADS / interim.len();
    let (open, _) = read("GET", text.as_bytes().chunks(size));
    assert_eq!(open, Err(AnswerError::HeadsTooLong { n_interim }));
    let text = interim.repeat(n_interim - 1) + "HTTP/1.1 204\r\n\r\n";
    let (open, _) = read("GET", text.as_bytes().chunks(size));
    assert_eq!(open, Ok(Some((text.len(), Connection::Open))));
}

/// A body of `length` bytes as it comes.
fn body(lines: &str, length: usize) -> String {
    if !lines.contains("chunked") {
        return "x".repeat(length);
    }
    // The size has as many digits whichever of these lengths it is.
    let framing = "ffffff\r\n\r\n0\r\n\r\n".len();
    let size = length - framing;
    format!("{size:06x}\r\n{}\r\n0\r\n\r\n", "x".repeat(size))
}

#[rstest]
fn bodies_are_bounded_to_the_byte(
    #[values("", "Content-Length: LENGTH\r\n", "Transfer-Encoding: chunked\r\n")] lines: &str,
    #[values(1 << 16, usize::MAX)] size: usize,
) {
    let longest = usize::try_from(LONGEST_BODY).unwrap();
    let end = |length: usize| {
        let lines = lines.replace("LENGTH", &length.to_string());
        let head = format!("HTTP/1.1 200 OK\r\n{lines}\r\n");
        let text = head + &body(&lines, length);
        read("GET", text.as_bytes().chunks(size)).1
    };
    let kept = end(longest).unwrap().body.len();
    assert!(longest - kept < 20, "{kept} bytes are kept");
    assert_eq!(end(longest + 1), Err(AnswerError::BodyTooLong));
}

#[rstest]
#[case::extension("1;")]
#[case::trailer("0\r\nX: ")]
fn lines_between_chunks_are_bounded(#[case] start: &str) {
    let lines = "Transfer-Encoding: chunked\r\n";
    let text = format!(
        "HTTP/1.1 200 OK\r\n{lines}\r\n{start}{}",
        "x".repeat(LONGEST_LINE)
    );
    let (open, _) = read("GET", text.as_bytes().chunks(1000));
    assert_eq!(open, Err(ChunkError::LineTooLong.into()));
}
