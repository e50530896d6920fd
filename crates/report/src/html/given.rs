//! What a vector is given, and what it demands, in words.

use crosscheck_vectors::{
    bytes::ByteString,
    client::{Api, Client, Context},
    expect::{Expectation, ExpectedRequest},
    policy::{Listing, MaxAge, OriginRule, Policy},
    script::Script,
};
use serde::Serialize;

use super::parts::Rich;
use crate::{
    diff::expected,
    observation::outcome_word,
    printable::{clip, escaped, quoted, quoted_text},
    words::counted,
};

/// A name and what it stands for; text between backticks is code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) text: String,
}

fn row(name: &'static str, text: impl Into<String>) -> Row {
    Row {
        name,
        text: text.into(),
    }
}

/// Rows ready for a page.
pub(super) fn rich(rows: Vec<Row>) -> Vec<(&'static str, Rich)> {
    rows.into_iter()
        .map(|Row { name, text }| (name, Rich::new(&text)))
        .collect()
}

/// A policy in words.
pub(super) fn policy(policy: &Policy) -> Vec<Row> {
    let origin = |rule: &OriginRule| match rule {
        OriginRule::Exact(origin) => quoted_text(origin),
        OriginRule::Null => "the opaque origin `null`".to_owned(),
        OriginRule::SubdomainsOf(origin) => format!("every subdomain of {}", quoted_text(origin)),
    };
    let origins = match &policy.origins {
        Listing::Any => "everybody".to_owned(),
        Listing::Listed(rules) => list(rules.iter().map(origin), "nobody"),
    };
    let beyond = |listing: &Listing<String>| match listing {
        Listing::Any => "any".to_owned(),
        Listing::Listed(items) => list(items.iter().map(|item| quoted_text(item)), "none"),
    };
    let age = match policy.max_age {
        MaxAge::Disable => "never".to_owned(),
        MaxAge::Seconds(seconds) => {
            format!("for {}", counted(seconds as usize, "second", "seconds"))
        }
        MaxAge::Unset => "left to the browser".to_owned(),
    };
    let credentials = if policy.credentials {
        "may be sent"
    } else {
        "are not accepted"
    };
    vec![
        row("who may read", origins),
        row("credentials", credentials),
        row("methods beyond GET, HEAD, POST", beyond(&policy.methods)),
        row(
            "request headers beyond the safelist",
            beyond(&policy.request_headers),
        ),
        row(
            "response headers a page may read",
            beyond(&policy.response_headers),
        ),
        row("a granted preflight is reused", age),
    ]
}

fn list(items: impl Iterator<Item = String>, none: &str) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() {
        none.to_owned()
    } else {
        clip(&items.join(", "), 2000)
    }
}

/// A script as text: what each answer is for, and its bytes; equal ones in a row only once.
pub(super) fn script(script: &Script) -> Vec<Answer> {
    let runs = script.0.chunk_by(|a, b| a == b);
    runs.filter_map(|run| Some(Answer::of(run.first()?, run.len())))
        .collect()
}

/// One canned answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) to: Rich,
    pub(super) bytes: String,
}

impl Answer {
    fn of(answer: &crosscheck_vectors::script::Answer, times: usize) -> Self {
        let wanted = answer
            .to
            .iter()
            .flat_map(|to| [&to.method, &to.host, &to.path]);
        let wanted: Vec<_> = wanted.flatten().map(|part| quoted_text(part)).collect();
        let mut to = if wanted.is_empty() {
            "any request".to_owned()
        } else {
            wanted.join(" ")
        };
        if times > 1 {
            to = format!("{to}, {times} times");
        }
        let bytes = match &answer.raw {
            Some(raw) if raw.is_empty() => "(hangs up without an answer)".to_owned(),
            Some(raw) => clip(&escaped(raw.as_bytes()), 4000),
            None => {
                let line = |(name, value): &(ByteString, ByteString)| {
                    format!(
                        "{}: {}",
                        escaped(name.as_bytes()),
                        escaped(value.as_bytes())
                    )
                };
                let start = [answer.status.to_string()];
                let lines = start.into_iter().chain(answer.headers.iter().map(line));
                let lines: Vec<_> = lines.take(100).map(|line| clip(&line, 1000)).collect();
                lines.join("\n")
            }
        };
        Self {
            to: Rich::new(&to),
            bytes,
        }
    }
}

/// What the page does, in a line.
pub(super) fn call(client: &Client, url: &str) -> String {
    let who = match (&client.origin, client.api) {
        (_, Api::Raw) => "A client that is no browser sends".to_owned(),
        (Some(origin), _) if origin == "null" => "A page with an opaque origin asks for".to_owned(),
        (Some(origin), _) if origin == "same-origin" => {
            "A page of the same origin asks for".to_owned()
        }
        (Some(origin), _) => format!("A page of {} asks for", quoted_text(origin)),
        (None, _) => "A page asks for".to_owned(),
    };
    let mut text = format!("{who} {} {}", quoted(&client.method), quoted_text(url));
    if !matches!(client.api, Api::Fetch | Api::Raw | Api::Xhr) {
        text = format!("{text} by {}", quoted_text(&word(&client.api)));
    }
    if client.context != Context::Page {
        text = format!("{text} from a {}", quoted_text(&word(&client.context)));
    }
    text
}

/// A word of the format, as vectors write it.
fn word<T: Serialize>(value: &T) -> String {
    let word = serde_json::to_value(value).unwrap_or_default();
    word.as_str().unwrap_or_default().to_owned()
}

/// What a step must lead to, in words.
pub(super) fn demands(expect: &Expectation) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut outcome = outcome_word(expect.outcome).to_owned();
    if let Some(status) = expect.status {
        outcome = format!("{outcome}, status {status}");
    }
    if let Some(reason) = &expect.reason {
        outcome = format!("{outcome}: {}", quoted_text(reason));
    }
    rows.push(row("outcome", outcome));
    for (name, value) in &expect.visible_headers {
        rows.push(row("the page sees", header(name, value)));
    }
    for name in &expect.hidden_headers {
        rows.push(row("the page does not see", quoted(name)));
    }
    if let Some(body) = &expect.body {
        rows.push(row("the page reads", quoted(body)));
    }
    if expect.requests.is_empty() {
        rows.push(row("requests", "none"));
    }
    rows.extend(expect.requests.iter().map(request));
    for assertion in &expect.responses {
        let kind = assertion.kind.map(|kind| match kind {
            crosscheck_vectors::vector::Kind::Required => "",
            crosscheck_vectors::vector::Kind::Recommended => " (recommended)",
            crosscheck_vectors::vector::Kind::Survey => " (reported only)",
        });
        let text = format!(
            "to request {}: {}{}",
            assertion.of + 1,
            expected(&assertion.check),
            kind.unwrap_or_default()
        );
        rows.push(row("answer", text));
    }
    rows
}

/// A header line between backticks.
fn header(name: &ByteString, value: &ByteString) -> String {
    let line = [name.as_bytes(), b": ", value.as_bytes()].concat();
    quoted(&line.into())
}

fn request(request: &ExpectedRequest) -> Row {
    let mut text = quoted(&request.method);
    if let Some(url) = &request.url {
        text = format!("{text} {}", quoted_text(url));
    }
    let headers = request.headers.iter();
    let with = headers.map(|(name, value)| header(name, value));
    let body = request.body.iter();
    let with = with.chain(body.map(|body| format!("the body {}", quoted(body))));
    let without = request.absent_headers.iter().map(quoted);
    let parts = [
        ("with", with.collect::<Vec<_>>()),
        ("without", without.collect()),
    ];
    for (word, items) in parts {
        if !items.is_empty() {
            text = format!("{text} {word} {}", items.join(", "));
        }
    }
    if let Some(ran) = request.handled {
        let word = if ran { "runs" } else { "does not run" };
        text = format!("{text}; the application {word}");
    }
    row("request", text)
}
