//! Which page does what, and what must not share a page.

use crosscheck_vectors::{
    client::{Api, Client},
    expect::ExpectedOutcome,
    script::Script,
};
use serde_json::Value;

use crate::{
    address::{BadUrl, Place},
    case::{Case, ServerPart},
    chromium::{Call, Frame, Jar, Place as Page, Witness},
    drive::{DriveError, page_origin},
};

/// A case made ready for pages.
#[derive(Debug)]
pub struct Task<'a> {
    /// The caller's number for the case.
    pub number: usize,
    /// The case.
    pub case: &'a Case,
    /// Its addresses.
    pub place: Place,
    /// A call per step.
    pub calls: Vec<Call>,
    /// The page of each call.
    pub pages: Vec<Page>,
}

/// What can share a page and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The page.
    pub place: Page,
    /// Whether the browser is asked for reasons.
    pub witness: Witness,
}

/// How a case is replayed.
#[derive(Debug)]
pub enum Plan<'a> {
    /// With many others, in one go.
    Batch(Key, Task<'a>),
    /// By itself, step by step.
    Sequence(Task<'a>),
    /// By itself, with a cookie jar that is emptied before.
    WithCookies(Task<'a>),
}

/// Why no page can be asked to do that.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// No page can send it.
    #[error("no page can be made to send this request")]
    Raw,
    /// A URL is none.
    #[error(transparent)]
    BadUrl(#[from] BadUrl),
    /// An origin is none.
    #[error(transparent)]
    BadOrigin(#[from] DriveError),
}

/// The plan for `case`, whose exchanges take place at `place`.
pub fn plan(number: usize, case: &Case, mut place: Place) -> Result<Plan<'_>, PlanError> {
    let mut calls = Vec::new();
    let mut pages = Vec::new();
    for step in &case.vector.steps {
        if step.client.api == Api::Raw {
            return Err(PlanError::Raw);
        }
        let logical = place.parse(step.client.url.as_deref())?;
        let real = place.real(&logical);
        pages.push(page(&step.client, &real)?);
        calls.push(Call {
            id: place.exchange().to_owned(),
            url: real.into(),
            client: serde_json::to_value(&step.client).unwrap_or(Value::Null),
        });
    }
    let single = pages.first().filter(|_| pages.len() == 1).cloned();
    let task = Task {
        number,
        case,
        place,
        calls,
        pages,
    };
    Ok(match single {
        _ if minds_cookies(case) => Plan::WithCookies(task),
        Some(page)
            if case
                .vector
                .steps
                .iter()
                .all(|step| step.client.after_ms == 0) =>
        {
            Plan::Batch(
                Key {
                    place: page,
                    witness: witness(case),
                },
                task,
            )
        }
        _ => Plan::Sequence(task),
    })
}

/// Pages of opaque origin are sandboxed frames in a page of some other host.
fn page(client: &Client, url: &url::Url) -> Result<Page, DriveError> {
    let origin = page_origin(client, url)?;
    Ok(match client.origin.as_deref() {
        Some("null") => Page {
            origin: "https://framing.example".to_owned(),
            frame: Frame::Sandboxed,
            jar: Jar::Shared,
        },
        _ => Page::top(origin.serialize()),
    })
}

/// Asking for reasons costs speed, so only calls that should fail are watched.
fn witness(case: &Case) -> Witness {
    let fails = case
        .vector
        .steps
        .iter()
        .any(|step| step.expect.outcome == ExpectedOutcome::NetworkError);
    if fails {
        Witness::Reasons
    } else {
        Witness::Quiet
    }
}

/// Whether cookies can exist or come to exist in `case`.
fn minds_cookies(case: &Case) -> bool {
    let sets = |script: &Script| {
        script
            .0
            .iter()
            .flat_map(|answer| &answer.headers)
            .any(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"set-cookie"))
    };
    let by_server = match &case.server {
        ServerPart::Script(script) => sets(script),
        _ => false,
    };
    by_server
        || case.vector.steps.iter().any(|step| {
            let url = step
                .client
                .url
                .as_deref()
                .unwrap_or_default()
                .to_ascii_lowercase();
            !step.client.cookies.is_empty() || url.contains("cookie")
        })
}
