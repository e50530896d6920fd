//! What is written is read as it was.

use crosscheck_http1::{
    answer::{Answer, AnswerReader, Connection},
    write,
};
use proptest::{collection::vec, prelude::*};

fn name() -> impl Strategy<Value = Vec<u8>> {
    // No other names begin with these letters, so none of these frames the body.
    vec(
        prop_oneof![b'x'..=b'z', b'0'..=b'9', Just(b'-'), Just(b'~')],
        1..9,
    )
}

/// Bytes without NUL and line ends, and without blanks at the ends.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let inner = prop_oneof![Just(b' '), Just(b'\t'), 1..=8_u8, 14..=255_u8];
    let value = (any::<bool>(), vec(inner, 0..12));
    value.prop_map(|(is_empty, inner)| {
        if is_empty {
            Vec::new()
        } else {
            [b"a", &*inner, b"\xff"].concat()
        }
    })
}

/// What says where a body ends.
#[derive(Clone, Debug)]
enum Framing {
    ByLength,
    /// In chunks of these sizes, and then one of the rest.
    InChunks(Vec<usize>),
}

fn framing() -> impl Strategy<Value = Framing> {
    let sizes = vec(1_usize..20, 0..8);
    prop_oneof![Just(Framing::ByLength), sizes.prop_map(Framing::InChunks)]
}

fn written(answer: &Answer, framing: &Framing) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {:03} \r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        write::line(&mut bytes, name, value);
    }
    match framing {
        Framing::ByLength => {
            let length = answer.body.len().to_string();
            write::line(&mut bytes, b"Content-Length", length.as_bytes());
            [&*bytes, b"\r\n", &answer.body].concat()
        }
        Framing::InChunks(sizes) => {
            write::line(&mut bytes, b"Transfer-Encoding", b"chunked");
            bytes.extend_from_slice(b"\r\n");
            let mut rest = &*answer.body;
            for size in sizes.iter().copied().chain([usize::MAX]) {
                let (chunk, after) = rest.split_at(size.min(rest.len()));
                if !chunk.is_empty() {
                    let line = format!("{:x}\r\n", chunk.len());
                    bytes.extend([line.as_bytes(), chunk, b"\r\n"].concat());
                }
                rest = after;
            }
            [&*bytes, b"0\r\n\r\n"].concat()
        }
    }
}

proptest! {
    #[test]
    fn an_answer_is_read_as_it_was_written(
        status in prop_oneof![200_u16..204, 206_u16..304, 305_u16..1000],
        headers in vec((name(), value()), 0..8),
        body in vec(any::<u8>(), 0..100),
        framing in framing(),
        n_interim in 0_usize..5,
        after in vec(any::<u8>(), 0..10),
    ) {
        let answer = Answer { status, headers, body };
        let bytes = written(&answer, &framing);
        let interim = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(n_interim);
        let end = interim.len() + bytes.len();
        let mut reader = AnswerReader::new(b"GET");
        let read = reader.read(&[interim, bytes, after].concat());
        prop_assert_eq!(read, Ok(Some(end)));
        prop_assert_eq!(reader.connection(), Connection::Open);
        let mut read = reader.end().unwrap();
        // The last one frames the body.
        read.headers.pop();
        prop_assert_eq!(read, answer);
    }
}
