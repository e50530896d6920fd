//! What a diagram shows of an exchange, before it has a place.

use crosscheck_vectors::bytes::ByteString;

use super::exchange::{Named, decisive, fitted, split};
use crate::{observation::Exchange, printable::escaped};

/// A request and its answer as text; equal if they would be drawn the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Messages {
    pub(super) class: &'static str,
    pub(super) origin: String,
    pub(super) request: Message,
    /// None if the connection ended without one.
    pub(super) answer: Option<Message>,
    pub(super) ran: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) start: String,
    pub(super) headers: Vec<String>,
}

impl Messages {
    /// Describes `exchange` in lines of at most `limit` characters.
    pub(super) fn of(exchange: &Exchange, named: &Named, limit: usize) -> Self {
        let request = &exchange.request;
        let (origin, path) = split(&request.url);
        let (class, word) = if request.is_preflight() {
            ("preflight", "preflight: ")
        } else {
            ("request", "")
        };
        let start = format!("{word}{} {path}", escaped(request.method.as_bytes()));
        let answer = exchange.response.as_ref().map(|response| Message {
            start: response.status.to_string(),
            headers: decisive(&of_answer(&response.headers), named, limit),
        });
        Self {
            class,
            origin: origin.to_owned(),
            request: Message {
                start: fitted(&start, limit),
                headers: decisive(&request.headers, named, limit),
            },
            answer,
            ran: exchange.handled == Some(true),
        }
    }
}

/// The headers of an answer, but for its type, which decides nothing.
fn of_answer(headers: &[(ByteString, ByteString)]) -> Vec<(ByteString, ByteString)> {
    let is_type = |name: &ByteString| name.as_bytes().eq_ignore_ascii_case(b"content-type");
    let kept = headers.iter().filter(|(name, _)| !is_type(name));
    kept.cloned().collect()
}
