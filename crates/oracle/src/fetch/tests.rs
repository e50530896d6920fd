use url::Url;

use super::*;
use crate::{
    credentials::Credentials,
    origin::Origin,
    request::{CredentialsMode, RedirectMode, RequestMode},
};

mod credentials;
mod preflights;
mod redirects;
mod simple;

const HOME: &str = "https://a.test/";
const FOREIGN: &str = "https://b.test/";
const THIRD: &str = "https://c.test/";
const NOW: Millis = Millis(0);

/// A fetch that was played to its end.
struct Played {
    /// The requests, each as `METHOD url origin`, `-` for no `Origin`.
    lines: Vec<String>,
    sent: Vec<OutgoingRequest>,
    outcome: Outcome,
}

impl Played {
    /// The type of the response, or the name of the failure.
    fn result(&self) -> &'static str {
        match &self.outcome.result {
            Ok(response) => response.response_type.name(),
            Err(failure) => failure.name(),
        }
    }

    fn response(&self) -> &FilteredResponse {
        self.outcome.result.as_ref().unwrap()
    }

    /// Whether each request went with credentials.
    fn credentials(&self) -> Vec<Credentials> {
        let of = |request: &OutgoingRequest| request.include_credentials;
        self.sent.iter().map(of).collect()
    }
}

fn call(url: &str) -> Call {
    let origin = Origin::parse("https://a.test").unwrap();
    Call::new(origin, Url::parse(url).unwrap())
}

fn put(url: &str) -> Call {
    let mut call = call(url);
    call.method = b"PUT".to_vec();
    call
}

/// Plays with a fresh cache.
fn play(call: Call, replies: &[Option<Response>]) -> Played {
    play_with(call, replies, &mut PreflightCache::new(), NOW)
}

/// Answers each request with the next of `replies`, where `None` is no response. All replies
/// must be used.
fn play_with(
    call: Call,
    replies: &[Option<Response>],
    cache: &mut PreflightCache,
    now: Millis,
) -> Played {
    drive(call.start(cache, now), replies, cache, now)
}

fn drive(
    mut step: Step,
    replies: &[Option<Response>],
    cache: &mut PreflightCache,
    now: Millis,
) -> Played {
    let mut replies = replies.iter();
    let mut lines = Vec::new();
    let mut sent = Vec::new();
    loop {
        let Send { request, awaiting } = match step {
            Step::Send(send) => *send,
            Step::Done(outcome) => {
                assert!(replies.next().is_none(), "too few requests: {lines:?}");
                let outcome = *outcome;
                return Played {
                    lines,
                    sent,
                    outcome,
                };
            }
        };
        let origin = request.headers.get("origin");
        let origin = origin.as_deref().unwrap_or(b"-").escape_ascii();
        let method = request.method.escape_ascii();
        lines.push(format!("{method} {} {origin}", request.url));
        let reply = replies.next().expect("too many requests");
        let reply = reply.as_ref().map_or(Reply::NoResponse, Reply::Response);
        step = awaiting.receive(reply, cache, now);
        sent.push(request);
    }
}

/// A response that every page may read without credentials.
fn shared() -> Response {
    let mut response = Response::new(200).with_header("Access-Control-Allow-Origin", "*");
    response.body = b"body".to_vec();
    response
}

/// A response that `https://a.test` may read with credentials.
fn shared_with_credentials() -> Response {
    Response::new(200)
        .with_header("Access-Control-Allow-Origin", "https://a.test")
        .with_header("Access-Control-Allow-Credentials", "true")
}

/// A preflight response that grants PUT, DELETE and `x-a` without credentials for a minute.
fn granted() -> Response {
    shared()
        .with_header("Access-Control-Allow-Methods", "PUT, DELETE")
        .with_header("Access-Control-Allow-Headers", "x-a, authorization")
        .with_header("Access-Control-Max-Age", "60")
}

fn redirect(status: u16, location: &str) -> Response {
    let mut response = shared();
    response.status = status;
    response.with_header("Location", location)
}
