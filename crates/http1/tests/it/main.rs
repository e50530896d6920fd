//! What holds for any bytes.

mod httparse;
mod splits;
mod written;

use proptest::{collection::vec, prelude::*, sample::select};

/// What answers consist of, and what they should not.
const PIECES: [&[u8]; 48] = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 404 Not Found\r\n",
    b"HTTP/1.1 204 \r\n",
    b"HTTP/1.1 304\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\n",
    b"HTTP/1.1 100\n\n",
    b"HTTP/1.1 101 x\r\n",
    b"HTTP/2.0 1000 x\r\n",
    b"HTTP",
    b"/1.1 ",
    b"200",
    b"Content-Length: 5\r\n",
    b"Content-Length: 5, 5\r\n",
    b"Content-Length: 5, 6\r\n",
    b"content-length: -1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"transfer-encoding:CHUNKED\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"X-A: b\r\n",
    b"X-A:b\r\n",
    b"X-A: \t b \t\r\n",
    b"X-Odd!#$: \xa0\xff\"\r\n",
    b"X A: b\r\n",
    b"no colon\r\n",
    b" folded\r\n",
    b"\r\n\r\n",
    b"\r\n\r\n",
    b"\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b":",
    b" ",
    b"\t",
    b"\0",
    b"\x01",
    b"a",
    b"0\r\n\r\n",
    b"0\r\nX: y\r\n\r\n",
    b"5\r\nhello\r\n",
    b"5;a=b\nhello\n",
    b"fffffffffffffffffffff\r\n",
    b"zz\r\n",
    b"hello",
    b"5",
];

/// Bytes that are often answers, or nearly.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(select(&PIECES), 0..14).prop_map(|pieces| pieces.concat())
}

/// A method that matters to what follows a head.
fn method() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("GET"), 1 => Just("HEAD"), 1 => Just("CONNECT")]
}
