mod limits;

use rstest::rstest;

use super::{Answer, AnswerError, AnswerReader, Connection, Cut, read_whole};

/// What becomes of an answer while its connection stays open.
type Open = Result<Option<(usize, Connection)>, AnswerError>;

/// What becomes of it when the connection ends.
type End = Result<Answer, AnswerError>;

fn read<'a>(method: &str, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Open, End) {
    let mut reader = AnswerReader::new(method.as_bytes());
    let mut open = Ok(None);
    let mut before = 0;
    for piece in pieces {
        match reader.read(piece) {
            Ok(Some(0)) if matches!(open, Ok(Some(_))) => {}
            Ok(Some(taken)) => open = Ok(Some((before + taken, reader.connection()))),
            Ok(None) => {}
            Err(malformed) => open = Err(malformed),
        }
        before += piece.len();
    }
    (open, reader.end())
}

/// What becomes of `text`, which is the same however it is split.
#[track_caller]
fn answer(method: &str, text: &str) -> (Open, End) {
    let bytes = text.as_bytes();
    let whole = read(method, [bytes]);
    assert_eq!(
        read(method, bytes.chunks(1)),
        whole,
        "byte by byte: {text:?}"
    );
    for at in 0..=bytes.len() {
        let halves = bytes.split_at(at);
        let split = read(method, [halves.0, halves.1]);
        assert_eq!(split, whole, "split at {at}: {text:?}");
    }
    whole
}

/// The answer to GET that `text` is.
#[track_caller]
fn whole(text: &str) -> Answer {
    let (open, end) = answer("GET", text);
    assert_eq!(open.map(|open| open.is_some()), Ok(true), "{text:?}");
    end.unwrap()
}

#[rstest]
#[case::crlf("A: 1\r\nB: 2\r\n", &[("A", "1"), ("B", "2")])]
#[case::bare_lf("A: 1\nB: 2\n", &[("A", "1"), ("B", "2")])]
#[case::bare_cr("A: 1\rB: 2\r\n", &[("A", "1"), ("B", "2")])]
#[case::bare_cr_in_a_value("A: 1\r2\r\n", &[("A", "1")])]
#[case::second_cr("A: 1\r\r\nB: 2\r\n", &[("A", "1"), ("B", "2")])]
#[case::no_empty_line("A: 1\r\n\rB: 2\r\n", &[("A", "1"), ("B", "2")])]
#[case::spelling_order_duplicates("x-A: 1\r\nX-a: 2\r\n", &[("x-A", "1"), ("X-a", "2")])]
#[case::blanks_at_the_ends("A: \t 1 2 \t \r\nB:\r\n", &[("A", "1 2"), ("B", "")])]
#[case::control_characters("A: \x0b\x01\x7f\x0c\r\n", &[("A", "\x0b\x01\x7f\x0c")])]
#[case::beyond_ascii("A: é\r\n", &[("A", "é")])]
#[case::colons("A: b:c\r\nD::e\r\n", &[("A", "b:c"), ("D", ":e")])]
#[case::no_colon("garbage\r\nA: 1\r\n", &[("A", "1")])]
#[case::no_name(": 1\r\nA: 1\r\n", &[("A", "1")])]
#[case::no_token("A B: 1\r\nC(: 1\r\nA: 1\r\n", &[("A", "1")])]
#[case::blanks_before_the_colon("A \t: 1\r\n", &[("A", "1")])]
#[case::folded("A: 1 \r\n\t 2\r\n 3\r\nB: 4\r\n", &[("A", "1  2 3"), ("B", "4")])]
#[case::folded_with_a_colon("A: 1\r\n B: 2\r\n", &[("A", "1 B: 2")])]
#[case::folded_after_nothing("A:\r\n 1\r\n", &[("A", "1")])]
#[case::folded_into_nothing("A: 1\r\n  \t\r\nB: 2\r\n", &[("A", "1"), ("B", "2")])]
#[case::folded_by_cr("A: 1\r 2\r\n", &[("A", "1 2")])]
#[case::folded_at_the_start(" A: 1\r\nB: 2\r\n", &[("B", "2")])]
#[case::folded_after_no_header("garbage\r\n A: 1\r\nB: 2\r\n", &[("B", "2")])]
#[case::folded_after_a_skipped_line("A: 1\r\ngarbage\r\n B: 2\r\n", &[("A", "1")])]
#[case::none("", &[])]
fn header_lines(#[case] lines: &str, #[case] expected: &[(&str, &str)]) {
    let answer = whole(&format!("HTTP/1.1 204 \r\n{lines}\r\n"));
    let pair = |(name, value): &(&str, &str)| (Vec::from(*name), Vec::from(*value));
    let expected: Vec<_> = expected.iter().map(pair).collect();
    assert_eq!(answer.headers, expected);
}

#[rstest]
#[case::plain("HTTP/1.1 200 OK", Ok((200, Connection::Open)))]
#[case::no_reason("HTTP/1.1 200", Ok((200, Connection::Open)))]
#[case::empty_reason("HTTP/1.1 200 ", Ok((200, Connection::Open)))]
#[case::odd("HTTP/1.1 999 Odd", Ok((999, Connection::Open)))]
#[case::old("HTTP/1.0 200 OK", Ok((200, Connection::Closed)))]
#[case::older("HTTP/0.9 200 OK", Ok((200, Connection::Closed)))]
#[case::newer("HTTP/1.2 200 OK", Ok((200, Connection::Open)))]
#[case::much_newer("HTTP/2.0 200 OK", Ok((200, Connection::Open)))]
#[case::long_version("HTTP/1.10 200 OK", Ok((200, Connection::Open)))]
#[case::no_version("HTTP 200 OK", Ok((200, Connection::Closed)))]
#[case::no_minor_version("HTTP/2 200 OK", Ok((200, Connection::Closed)))]
#[case::no_known_version("HTTPX 200 OK", Ok((200, Connection::Closed)))]
#[case::lower_case("http/1.1 200 OK", Ok((200, Connection::Open)))]
#[case::several_blanks("HTTP/1.1   200   OK", Ok((200, Connection::Open)))]
#[case::header_in_it("HTTP/1.1 200 OK\rConnection: close", Ok((200, Connection::Closed)))]
#[case::empty_lines_before("\r\n\r\nHTTP/1.1 200 OK", Ok((200, Connection::Open)))]
#[case::late_body_before("junkHTTP/1.1 200 OK", Ok((200, Connection::Open)))]
#[case::one_digit("HTTP/1.1 1 OK", Ok((1, Connection::Open)))]
#[case::leading_zero("HTTP/1.1 099 OK", Ok((99, Connection::Open)))]
#[case::too_much_before(
    "junk!HTTP/1.1 200 OK",
    Err("it does not begin with `HTTP`: `junk!HTT`")
)]
#[case::other_protocol("ICY 200 OK", Err("it does not begin with `HTTP`: `ICY 200 `"))]
#[case::escaped("\x1b[2J 200 OK", Err("it does not begin with `HTTP`: `\\x1b[2J 200`"))]
#[case::no_status(
    "HTTP/1.1",
    Err("its first line has no status of three digits: `HTTP/1.1`")
)]
#[case::word(
    "HTTP/1.1 OK",
    Err("its first line has no status of three digits: `HTTP/1.1 OK`")
)]
#[case::letter(
    "HTTP/1.1 2x0 OK",
    Err("its first line has no status of three digits: `HTTP/1.1 2x0 OK`")
)]
#[case::sign(
    "HTTP/1.1 -20 OK",
    Err("its first line has no status of three digits: `HTTP/1.1 -20 OK`")
)]
#[case::four_digits(
    "HTTP/1.1 2000",
    Err("its first line has no status of three digits: `HTTP/1.1 2000`")
)]
#[case::no_end(
    "HTTP/1.1 200OK",
    Err("its first line has no status of three digits: `HTTP/1.1 200OK`")
)]
#[case::tab(
    "HTTP/1.1\t200 OK",
    Err("its first line has no status of three digits: `HTTP/1.1\\t200 OK`")
)]
#[case::nul("HTTP/1.1 200 O\0K", Err("its headers have a NUL"))]
#[case::nul_before("\0HTTP/1.1 200 OK", Err("its headers have a NUL"))]
fn first_lines(#[case] line: &str, #[case] expected: Result<(u16, Connection), &str>) {
    let (open, end) = answer("GET", &format!("{line}\r\nContent-Length: 0\r\n\r\n"));
    let found = open.map(|open| (end.unwrap().status, open.unwrap().1));
    assert_eq!(
        found.map_err(|malformed| malformed.to_string()),
        expected.map_err(str::to_owned)
    );
}

#[rstest]
#[case::length("Content-Length: 2\r\n", "okHTTP", "ok", 2)]
#[case::length_with_zero("Content-Length: 02\r\n", "ok", "ok", 2)]
#[case::folded_length("Content-Length:\r\n 2\r\n", "ok", "ok", 2)]
#[case::length_twice("Content-Length: 2\r\nContent-length: 2\r\n", "ok", "ok", 2)]
#[case::length_listed("Content-Length: 2 ,2\r\n", "ok", "ok", 2)]
#[case::empty("Content-Length: 0\r\n", "ok", "", 0)]
#[case::chunks(
    "Transfer-Encoding: chunked\r\n",
    "2;x\r\nok\r\n1\r\n!\r\n0\r\n\r\nHTTP",
    "ok!",
    20
)]
#[case::no_chunks("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n", "", 5)]
#[case::bare_lf_in_chunks("Transfer-Encoding: chunked\r\n", "2\nok\n0\n\n", "ok", 8)]
#[case::trailers(
    "Transfer-Encoding: chunked\r\n",
    "0\r\nX: \0\r\nno colon\r\n\r\n",
    "",
    21
)]
#[case::chunks_and_length(
    "Transfer-Encoding: chunked\r\nContent-Length: 9\r\n",
    "0\r\n\r\n",
    "",
    5
)]
#[case::chunks_and_lengths(
    "Transfer-Encoding: chunked\r\nContent-Length: 9\r\nContent-Length: x\r\n",
    "0\r\n\r\n",
    "",
    5
)]
#[case::chunks_of_another_coding(
    "Transfer-Encoding: gzip, chunked\r\n",
    "1\r\nz\r\n0\r\n\r\n",
    "z",
    11
)]
#[case::chunks_in_two_lines(
    "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n",
    "0\r\n\r\n",
    "",
    5
)]
#[case::other_coding("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", "ok", "ok", 2)]
fn bodies_end_where_they_say(
    #[case] lines: &str,
    #[case] body: &str,
    #[case] expected: &str,
    #[case] taken: usize,
) {
    let head = format!("HTTP/1.1 200 OK\r\n{lines}\r\n");
    let (open, end) = answer("GET", &format!("{head}{body}"));
    assert_eq!(open, Ok(Some((head.len() + taken, Connection::Open))));
    assert_eq!(end.unwrap().body, expected.as_bytes());
}

#[rstest]
#[case::neither("HTTP/1.1 200 OK\r\n\r\n")]
#[case::unknown_coding("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
#[case::parameter("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked;a=b\r\n\r\n")]
#[case::chunks_in_old_http("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
fn the_end_of_the_connection_ends_a_body(#[case] head: &str) {
    let (open, end) = answer("GET", &format!("{head}1\r\nx\r\n"));
    assert_eq!(open, Ok(None));
    assert_eq!(end.unwrap().body, b"1\r\nx\r\n");
    let mut reader = AnswerReader::new(b"GET");
    reader.read(head.as_bytes()).unwrap();
    assert_eq!(reader.connection(), Connection::Closed);
}

#[rstest]
#[case::head("HEAD", "200", Connection::Open)]
#[case::no_content("GET", "204", Connection::Open)]
#[case::reset_content("GET", "205", Connection::Open)]
#[case::not_modified("GET", "304", Connection::Open)]
#[case::other_protocol("GET", "101", Connection::Closed)]
#[case::tunnel("CONNECT", "200", Connection::Closed)]
fn no_body_follows(
    #[case] method: &str,
    #[case] status: &str,
    #[case] expected: Connection,
    #[values(
        "",
        "Content-Length: 9\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n"
    )]
    lines: &str,
) {
    let head = format!("HTTP/1.1 {status} x\r\n{lines}\r\n");
    let (open, end) = answer(method, &format!("{head}ok"));
    assert_eq!(open, Ok(Some((head.len(), expected))));
    assert_eq!(end.unwrap().body, b"");
}

#[rstest]
#[case::asked("Connection: keep-alive\r\n", Connection::Open)]
#[case::closing("connection: x, Close\r\n", Connection::Closed)]
#[case::closing_twice("Connection: x\r\nConnection: close\r\n", Connection::Closed)]
fn what_becomes_of_the_connection(#[case] lines: &str, #[case] expected: Connection) {
    let (open, _) = answer("GET", &format!("HTTP/1.1 204\r\n{lines}\r\n"));
    assert_eq!(open.unwrap().unwrap().1, expected);
}

#[rstest]
#[case::one("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")]
#[case::several("HTTP/1.1 100\r\n\r\nHTTP/1.0 102 x\r\n\r\nHTTP/1.1 199\n\n\r\n")]
#[case::with_a_length("HTTP/1.1 103\r\nContent-Length: 5\r\n\r\n")]
#[case::in_chunks("HTTP/1.1 103\r\nTransfer-Encoding: chunked\r\n\r\n")]
fn interim_answers_are_skipped(#[case] before: &str, #[values("GET", "HEAD")] method: &str) {
    let text = format!("{before}HTTP/1.1 404 x\r\nA: b\r\nContent-Length: 0\r\n\r\n");
    let (open, end) = answer(method, &text);
    assert_eq!(open, Ok(Some((text.len(), Connection::Open))));
    let answer = end.unwrap();
    assert_eq!(answer.status, 404);
    assert_eq!(answer.headers.len(), 2);
}

#[rstest]
#[case::word(
    "Content-Length: abc\r\n",
    "",
    "its `Content-Length` is not a number: `abc`"
)]
#[case::empty("Content-Length:\r\n", "", "its `Content-Length` is not a number: ``")]
#[case::negative(
    "Content-Length: -1\r\n",
    "",
    "its `Content-Length` is not a number: `-1`"
)]
#[case::signed(
    "Content-Length: +1\r\n",
    "",
    "its `Content-Length` is not a number: `+1`"
)]
#[case::beyond_63_bits(
    "Content-Length: 9223372036854775808\r\n",
    "",
    "its `Content-Length` does not fit into 63 bits: `9223372036854775808`"
)]
#[case::beyond_64_bits(
    "Content-Length: 99999999999999999999999\r\n",
    "",
    "its `Content-Length` does not fit into 63 bits: `99999999999999999999999`"
)]
#[case::long(
    "Content-Length: 9223372036854775807\r\n",
    "",
    "its body is longer than 16 MiB"
)]
#[case::listed(
    "Content-Length: 1, 2\r\n",
    "",
    "its `Content-Length` is given twice, as `1` and as `2`"
)]
#[case::comma(
    "Content-Length: 1,\r\n",
    "",
    "its `Content-Length` is given twice, as `1` and as ``"
)]
#[case::two_lines(
    "Content-Length: 1\r\nContent-Length: 01\r\n",
    "",
    "its `Content-Length` is given twice, as `1` and as `01`"
)]
#[case::no_size(
    "Transfer-Encoding: chunked\r\n",
    "\r\n",
    "a chunk's size is not a hexadecimal number: ``"
)]
#[case::no_number(
    "Transfer-Encoding: chunked\r\n",
    "zz\r\n",
    "a chunk's size is not a hexadecimal number: `zz`"
)]
#[case::large_size(
    "Transfer-Encoding: chunked\r\n",
    "fffffffffffffffffffffffff\r\n",
    "a chunk's size does not fit into 63 bits: `fffffffffffffffffffffffff`"
)]
#[case::long_size(
    "Transfer-Encoding: chunked\r\n",
    "7fffffff\r\n",
    "its body is longer than 16 MiB"
)]
#[case::long_chunk(
    "Transfer-Encoding: chunked\r\n",
    "2\r\nokay\r\n",
    "a chunk is longer than its size says"
)]
#[case::nul("X: \0\r\n", "", "its headers have a NUL")]
#[case::nul_without_colon("\0\r\n", "", "its headers have a NUL")]
fn what_is_malformed_is_known_at_once(
    #[case] lines: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    let text = format!("HTTP/1.1 200 OK\r\n{lines}\r\n{body}");
    let (open, end) = answer("GET", &text);
    let malformed = open.unwrap_err();
    assert_eq!(malformed.to_string(), expected);
    assert_eq!(end, Err(malformed));
}

#[rstest]
#[case::nul("X: \0", AnswerError::Nul)]
#[case::lengths(
    "Content-Length: 5, 6",
    AnswerError::Lengths { first: b"5"[..].into(), other: b"6"[..].into() }
)]
fn an_interim_answer_can_be_malformed(#[case] line: &str, #[case] expected: AnswerError) {
    let text = format!("HTTP/1.1 103\r\n{line}\r\n\r\nHTTP/1.1 204\r\n\r\n");
    assert_eq!(answer("GET", &text).0, Err(expected));
}

#[rstest]
#[case::nothing("", AnswerError::Nothing)]
#[case::no_start("HTT", AnswerError::NotHttp(b"HTT"[..].into()))]
#[case::status_line("HTTP/1.1 200", Cut::Head.into())]
#[case::header("HTTP/1.1 200 OK\r\nX: y\r\n", Cut::Head.into())]
#[case::interim("HTTP/1.1 103\r\n\r\n", Cut::Interim.into())]
#[case::after_interim("HTTP/1.1 103\r\n\r\nHTTP", Cut::Head.into())]
#[case::body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", Cut::Body { left: 3 }.into())]
#[case::no_chunk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Cut::Chunks.into())]
#[case::chunk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok", Cut::Chunks.into())]
#[case::last_chunk("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", Cut::Chunks.into())]
fn an_answer_that_is_cut_off_is_malformed(#[case] text: &str, #[case] expected: AnswerError) {
    assert_eq!(answer("GET", text), (Ok(None), Err(expected)));
}

#[test]
fn the_end_can_be_found_without_keeping_the_body() {
    let text = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\nok!";
    let mut reader = AnswerReader::new(b"GET").without_body();
    assert_eq!(reader.head(), None);
    assert_eq!(reader.read(text), Ok(Some(text.len() - 1)));
    let values: Vec<_> = reader.head().unwrap().values("a").collect();
    assert_eq!(values, [b"b"]);
    assert_eq!(reader.read(b"more"), Ok(Some(0)));
    assert_eq!(reader.end().unwrap().body, b"");
}

#[test]
fn what_follows_an_answer_is_not_looked_at() {
    let answer = read_whole(b"HTTP/1.1 204\r\n\r\n\0\0\0\0\0\0\0\0\0", b"GET").unwrap();
    assert_eq!(answer.status, 204);
}
