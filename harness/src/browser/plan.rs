//! Which page does what, and what must not share a page.

use crosscheck_oracle::Origin;
use crosscheck_replay::{
    address::{BadUrl, Place},
    case::{Case, Server},
    drive::{DriveError, page_origin, target},
    request_of_client::FRAMING,
};
use crosscheck_vectors::{
    client::{Api, Client, Context, EmbedderPolicy},
    expect::StepOutcome,
    script::Script,
    vector::VectorStep,
};
use serde_json::Value;

use crate::browser::call::{Call, Frame, Jar, Place as Page, Witness};

/// A case made ready for pages.
#[derive(Debug)]
pub(super) struct Task<'a> {
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
pub(super) struct Key {
    /// The page.
    pub place: Page,
    /// Whether the browser is asked for reasons.
    pub witness: Witness,
}

/// How a case is replayed.
#[derive(Debug)]
pub(super) enum Manner {
    /// With many others, in one go.
    Batch(Key),
    /// By itself, step by step.
    Sequence,
    /// While no other of its kind is at work, with a cookie jar that is emptied before: cookies and the
    /// quota of keepalive requests are shared by all of a page.
    Alone,
}

/// Why no page can be asked to do that.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// No page can send it.
    #[error("no page can be made to send this request")]
    Raw,
    /// Something stands between client and server.
    #[error("a browser is connected to the server itself; only the wire leg puts a cache between")]
    Through,
    /// Nobody answers it.
    #[error("nobody answers it")]
    Nobody,
    /// A URL is none.
    #[error(transparent)]
    BadUrl(#[from] BadUrl),
    /// An origin is none.
    #[error(transparent)]
    BadOrigin(#[from] DriveError),
}

/// How `case` is replayed, wherever its exchanges will take place.
pub(super) fn manner(case: &Case) -> Result<Manner, PlanError> {
    if case.vector.through.is_some() {
        return Err(PlanError::Through);
    }
    let nowhere = match case.policy {
        None => Place::of_script(String::new(), String::new()),
        Some(_) => Place::of_subject(String::new(), String::new()),
    };
    let task = task(case, nowhere)?;
    if minds_cookies(case) || outlives_page(case) {
        return Ok(Manner::Alone);
    }
    Ok(match (&*case.vector.steps, &*task.pages) {
        ([step], [page]) if step.client.after_ms == 0 => Manner::Batch(Key {
            place: page.clone(),
            witness: witness(case, step),
        }),
        _ => Manner::Sequence,
    })
}

/// Makes `case` ready for pages; its exchanges take place at `place`.
pub(super) fn task(case: &Case, mut place: Place) -> Result<Task<'_>, PlanError> {
    let mut calls = Vec::new();
    let mut pages = Vec::new();
    for step in &case.vector.steps {
        if step.client.api == Api::Raw {
            return Err(PlanError::Raw);
        }
        let logical = target(&step.client, &place)?;
        let real = place.real(&logical);
        pages.push(page(&step.client, &real)?);
        calls.push(Call {
            id: place.exchange().to_owned(),
            url: real.into(),
            client: client(case, &step.client),
        });
    }
    Ok(Task {
        case,
        place,
        calls,
        pages,
    })
}

/// `client` for the probe. What a deployed server answers to one vector must not answer another.
fn client(case: &Case, client: &Client) -> Value {
    let mut value = serde_json::to_value(client).unwrap_or(Value::Null);
    if case.deployment().is_some()
        && let Some(members) = value.as_object_mut()
    {
        members.entry("cache").or_insert_with(|| "no-store".into());
    }
    value
}

/// Documents and workers of opaque origin are made by a page of some other host.
fn page(client: &Client, url: &url::Url) -> Result<Page, DriveError> {
    let origin = page_origin(client, url)?;
    let frame = match client.context {
        Context::BlankFrame => Frame::Blank,
        Context::BlobFrame => Frame::Blob,
        Context::BlobWorker => Frame::BlobWorker,
        Context::DataFrame => Frame::Data,
        Context::DataWorker => Frame::DataWorker,
        Context::ForeignFrame => Frame::Foreign,
        Context::Page if client.origin.as_deref() == Some("null") => Frame::Sandboxed,
        Context::Page if client.embedder_policy == EmbedderPolicy::Credentialless => {
            Frame::Credentialless
        }
        Context::Page if client.service_worker.is_some() => Frame::Controlled,
        Context::Page => Frame::Top,
        Context::ServiceWorker => Frame::ServiceWorker,
        Context::SharedWorker => Frame::SharedWorker,
        Context::SrcdocFrame => Frame::Srcdoc,
        Context::Worker => Frame::Worker,
    };
    let origin = match &origin {
        Origin::Opaque(_) => format!("https://{FRAMING}"),
        Origin::Tuple(framed) if frame == Frame::Foreign => {
            let host = framed.host();
            origin
                .serialize()
                .replacen(host, &format!("{host}.{FRAMING}"), 1)
        }
        Origin::Tuple(_) => origin.serialize().to_owned(),
    };
    Ok(Page {
        origin,
        frame,
        jar: Jar::Shared,
    })
}

/// Asking for reasons costs speed, so only calls that should fail are watched.
pub(super) fn witness(case: &Case, step: &VectorStep) -> Witness {
    if case.deployment().is_some() {
        // All its calls have one URL, so what the browser says about a URL is about none of them.
        return Witness::Quiet;
    }
    match step.expect.outcome {
        StepOutcome::NetworkError => Witness::Reasons,
        StepOutcome::Answered
        | StepOutcome::ApiError
        | StepOutcome::Opaque
        | StepOutcome::OpaqueRedirect
        | StepOutcome::Readable => Witness::Quiet,
    }
}

/// Whether a request in `case` may outlive its page: all of a page's share one quota.
fn outlives_page(case: &Case) -> bool {
    let outlives = |client: &Client| client.keepalive || client.api == Api::Beacon;
    case.vector.steps.iter().any(|step| outlives(&step.client))
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
    let by_server = matches!(&case.server, Ok(Server::Script(script)) if sets(script));
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
