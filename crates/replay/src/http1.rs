//! An HTTP/1.1 answer, read as leniently as a conformance suite needs: what browsers take must be
//! taken, byte for byte.

use crosscheck_oracle::{HeaderList, Response};

/// The most that is read of one answer, in bytes.
pub const LARGEST_ANSWER: usize = 16 << 20;

/// How much of an answer there is.
#[derive(Debug, PartialEq)]
pub enum Parsed {
    /// More bytes are needed.
    Incomplete,
    /// It is whole, or the connection ended where it may.
    Whole {
        /// The answer.
        response: Box<Response>,
        /// How many bytes it took.
        length: usize,
        /// Whether the connection stays open for another.
        then: Connection,
    },
    /// It cannot be an answer.
    Malformed,
}

/// Whether more bytes can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// The peer has closed it.
    Closed,
    /// More may come.
    Open,
}

/// The most that a head may have, in bytes: browsers take no more either.
const LONGEST_HEAD: usize = 256 << 10;

/// Reads the answer at the start of `bytes` to a request of `method`.
///
/// Header values lose spaces and tabs at both ends and nothing else.
pub fn parse(bytes: &[u8], method: &[u8], connection: Connection) -> Parsed {
    let Some(head_length) = find(bytes, b"\r\n\r\n").map(|at| at + 4) else {
        return if connection == Connection::Closed || bytes.len() > LONGEST_HEAD {
            Parsed::Malformed
        } else {
            Parsed::Incomplete
        };
    };
    let (head, rest) = bytes.split_at(head_length);
    let Some((status, headers)) = parse_head(head) else {
        return Parsed::Malformed;
    };
    if (100..200).contains(&status) && status != 101 {
        return match parse(rest, method, connection) {
            Parsed::Whole {
                response,
                length,
                then,
            } => Parsed::Whole {
                response,
                length: length + head_length,
                then,
            },
            other @ (Parsed::Incomplete | Parsed::Malformed) => other,
        };
    }
    let body = if method == b"HEAD" || matches!(status, 101 | 204 | 304) {
        Some((Vec::new(), 0))
    } else {
        parse_body(&headers, rest, connection)
    };
    match body {
        None if connection == Connection::Closed => Parsed::Malformed,
        None => Parsed::Incomplete,
        Some((body, length)) => Parsed::Whole {
            then: if stays_open(head, status, &headers) {
                connection
            } else {
                Connection::Closed
            },
            response: Box::new(Response {
                status,
                headers,
                body,
            }),
            length: head_length + length,
        },
    }
}

fn parse_head(head: &[u8]) -> Option<(u16, HeaderList)> {
    let mut lines = head
        .split(|&b| b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let status_line = lines.next()?.strip_prefix(b"HTTP/1.")?;
    let code = status_line.get(2..5)?;
    let status = std::str::from_utf8(code).ok()?.parse().ok()?;
    let mut headers = HeaderList::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|&b| b == b':')?;
        let (name, value) = line.split_at(colon);
        headers.push(name, trim(value.get(1..)?));
    }
    Some((status, headers))
}

/// Whether another request may follow on the connection of this answer.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9112#section-9.3>
fn stays_open(head: &[u8], status: u16, headers: &HeaderList) -> bool {
    let mut options = headers
        .values(b"connection")
        .flat_map(|value| value.split(|&b| b == b','));
    head.starts_with(b"HTTP/1.1")
        && status != 101
        && !options.any(|option| trim(option).eq_ignore_ascii_case(b"close"))
}

fn parse_body(
    headers: &HeaderList,
    rest: &[u8],
    connection: Connection,
) -> Option<(Vec<u8>, usize)> {
    if headers
        .get("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"))
    {
        return parse_chunks(rest);
    }
    let length = headers
        .get("content-length")
        .and_then(|value| std::str::from_utf8(&value).ok()?.parse().ok());
    match length {
        Some(length) => rest.get(..length).map(|body| (body.to_vec(), length)),
        None => (connection == Connection::Closed).then(|| (rest.to_vec(), rest.len())),
    }
}

fn parse_chunks(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut body = Vec::new();
    let mut at = 0;
    loop {
        let line = rest.get(at..)?;
        let end = find(line, b"\r\n")?;
        let size = line.get(..end)?.split(|&b| b == b';').next()?;
        let size = usize::from_str_radix(std::str::from_utf8(trim(size)).ok()?, 16).ok()?;
        at += end + 2;
        let chunk = rest.get(at..)?.get(..size)?;
        body.extend_from_slice(chunk);
        at += size;
        rest.get(at..at + 2)?;
        at += 2;
        if size == 0 {
            return Some((body, at));
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// Without spaces and tabs at both ends.
fn trim(value: &[u8]) -> &[u8] {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    let start = value
        .iter()
        .position(|b| !is_blank(b))
        .unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(|b| !is_blank(b))
        .map_or(start, |at| at + 1);
    value.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Connection, LONGEST_HEAD, Parsed, parse};

    #[rstest]
    #[case::length(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP",
        "GET",
        200,
        "ok",
        40
    )]
    #[case::chunks(
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1;x\r\n!\r\n0\r\n\r\n",
        "GET",
        200,
        "ok!",
        65
    )]
    #[case::head("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "HEAD", 200, "", 38)]
    #[case::no_content("HTTP/1.1 204\r\n\r\n", "GET", 204, "", 16)]
    #[case::interim(
        "HTTP/1.1 103\r\nLink: x\r\n\r\nHTTP/1.1 204\r\n\r\n",
        "GET",
        204,
        "",
        41
    )]
    #[case::odd_status("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "GET", 999, "", 39)]
    fn a_whole_answer(
        #[case] text: &str,
        #[case] method: &str,
        #[case] status: u16,
        #[case] body: &str,
        #[case] taken: usize,
    ) {
        let Parsed::Whole {
            response, length, ..
        } = parse(text.as_bytes(), method.as_bytes(), Connection::Open)
        else {
            panic!("{text:?} is whole");
        };
        assert_eq!(
            (response.status, &*response.body, length),
            (status, body.as_bytes(), taken)
        );
    }

    #[rstest]
    #[case("", Connection::Open, Parsed::Incomplete)]
    #[case("", Connection::Closed, Parsed::Malformed)]
    #[case(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
        Connection::Open,
        Parsed::Incomplete
    )]
    #[case(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
        Connection::Closed,
        Parsed::Malformed
    )]
    #[case("FTP 200\r\n\r\n", Connection::Open, Parsed::Malformed)]
    #[case(
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        Connection::Open,
        Parsed::Malformed
    )]
    fn anything_else(#[case] text: &str, #[case] connection: Connection, #[case] expected: Parsed) {
        assert_eq!(parse(text.as_bytes(), b"GET", connection), expected);
    }

    #[test]
    fn values_keep_all_bytes_but_blanks_at_the_ends() {
        let text = b"HTTP/1.1 200 OK\r\nX: \t a\x0b\xa0 \r\nx:\r\nContent-Length: 0\r\n\r\n";
        let Parsed::Whole { response, .. } = parse(text, b"GET", Connection::Open) else {
            panic!("it is whole");
        };
        assert_eq!(
            response.headers.get("x").as_deref(),
            Some(&b"a\x0b\xa0, "[..])
        );
    }

    #[test]
    fn without_a_length_the_end_of_the_connection_ends_the_body() {
        let text = b"HTTP/1.1 200 OK\r\n\r\nok";
        assert_eq!(parse(text, b"GET", Connection::Open), Parsed::Incomplete);
        let Parsed::Whole { response, .. } = parse(text, b"GET", Connection::Closed) else {
            panic!("it is whole");
        };
        assert_eq!(response.body, b"ok");
    }

    #[rstest]
    #[case::by_default("HTTP/1.1 204\r\n\r\n", Connection::Open)]
    #[case::told("HTTP/1.1 204\r\nConnection: keep-alive\r\n\r\n", Connection::Open)]
    #[case::closing("HTTP/1.1 204\r\nconnection: x, Close\r\n\r\n", Connection::Closed)]
    #[case::closing_twice(
        "HTTP/1.1 204\r\nConnection: x\r\nConnection: close\r\n\r\n",
        Connection::Closed
    )]
    #[case::old("HTTP/1.0 204\r\n\r\n", Connection::Closed)]
    #[case::no_longer_http("HTTP/1.1 101\r\n\r\n", Connection::Closed)]
    fn what_becomes_of_the_connection(#[case] text: &str, #[case] expected: Connection) {
        let Parsed::Whole { then, .. } = parse(text.as_bytes(), b"GET", Connection::Open) else {
            panic!("it is whole");
        };
        assert_eq!(then, expected);
        let Parsed::Whole { then, .. } = parse(text.as_bytes(), b"GET", Connection::Closed) else {
            panic!("it is whole");
        };
        assert_eq!(then, Connection::Closed);
    }

    #[test]
    fn a_head_has_a_longest_length() {
        let text = |length: usize| format!("HTTP/1.1 204\r\nX: {}", "x".repeat(length));
        let ask = |text: &str| parse(text.as_bytes(), b"GET", Connection::Open);
        assert_eq!(ask(&text(LONGEST_HEAD / 2)), Parsed::Incomplete);
        assert_eq!(ask(&text(LONGEST_HEAD)), Parsed::Malformed);
    }
}
