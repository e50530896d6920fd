//! The bytes of an exchange, as text.

use std::fmt::Write as _;

use crosscheck_vectors::bytes::ByteString;

use crate::{observation::Exchange, printable, words::counted};

/// How many header lines are shown of one message.
const MOST_LINES: usize = 60;
/// How many bytes are shown of one line.
const LONGEST_LINE: usize = 1000;
/// How many bytes are shown of one body.
const LONGEST_BODY: usize = 2000;

/// A request and its answer.
#[derive(Clone, Debug)]
pub(super) struct Raw {
    pub(super) request: String,
    pub(super) response: String,
    pub(super) handled: Option<&'static str>,
}

impl Raw {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let request = &exchange.request;
        let start = [request.method.as_bytes(), b" ", request.url.as_bytes()].concat();
        let response = exchange.response.as_ref().map(|response| {
            let start = response.status.to_string().into_bytes();
            message(&start, &response.headers, &response.body)
        });
        let word = |ran| {
            if ran {
                "the application ran"
            } else {
                "the application did not run"
            }
        };
        Self {
            request: message(&start, &request.headers, &request.body),
            response: response.unwrap_or_else(|| "(no answer)".to_owned()),
            handled: exchange.handled.map(word),
        }
    }
}

fn message(start: &[u8], headers: &[(ByteString, ByteString)], body: &ByteString) -> String {
    let mut text = printable::message(start, LONGEST_LINE);
    for (name, value) in headers.iter().take(MOST_LINES) {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{}: {}",
            printable::message(name.as_bytes(), LONGEST_LINE),
            printable::message(value.as_bytes(), LONGEST_LINE)
        );
    }
    if headers.len() > MOST_LINES {
        let more = headers.len() - MOST_LINES;
        let _ = write!(text, "\n… ({})", counted(more, "more line", "more lines"));
    }
    if !body.is_empty() {
        let _ = write!(
            text,
            "\n\n{}",
            printable::message(body.as_bytes(), LONGEST_BODY)
        );
    }
    text
}
