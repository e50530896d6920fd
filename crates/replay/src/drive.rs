//! The model's client, put to work: it plays a vector's steps against whatever answers.
//!
//! The same loop predicts an exchange (answers come from the script, or from the reference server's
//! pure functions) and drives a real one (answers come from a socket).

mod event_stream;
mod page;
mod password;

use crosscheck_oracle::{
    Credentials, HeaderList, Origin, OutgoingRequest, PreflightCache, Purpose, Response,
};
use crosscheck_report::observation::{Exchange, Observation, SeenRequest, SeenResponse};
use crosscheck_vectors::{
    bytes::ByteString,
    client::{Api, Client},
    expect::StepOutcome,
    vector::Vector,
};
use password::Passwords;
use url::Url;

use crate::{
    address::{BadUrl, Place},
    http_cache::{HttpCache, Whose},
    jar::Jar,
    request_of_client,
};

/// Whatever takes a request and gives an answer.
pub trait Transport {
    /// Sends `request` and returns what came back.
    ///
    /// # Errors
    ///
    /// If nothing can be said about the subject: it is unreachable, or does not answer in time.
    fn exchange(
        &mut self,
        request: &OutgoingRequest,
    ) -> impl Future<Output = Result<Answered, TransportError>> + Send;
}

/// What came back.
#[derive(Debug)]
pub struct Answered {
    /// The answer; none if the connection ended without one.
    pub response: Option<Response>,
    /// Whether the application ran; none if nobody can tell.
    pub handled: Option<bool>,
}

/// The server wants to be asked less often, and says nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests: it answers 429; ask less often with `--rate`")]
pub struct TooMany;

/// Why nothing can be said about the subject.
#[derive(Debug, thiserror::Error)]
#[error("{method} {url} got no answer that could be judged")]
pub struct TransportError {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// What went wrong.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Why a vector could not be played.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// One of its URLs is none.
    #[error(transparent)]
    BadUrl(#[from] BadUrl),
    /// Its page's origin is none.
    #[error("`{0}` is no origin")]
    BadOrigin(String),
    /// The subject cannot be judged.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// What the model's client remembers from step to step.
#[derive(Debug)]
struct Memory {
    permissions: PreflightCache,
    responses: HttpCache,
    jar: Jar,
    passwords: Passwords,
    now: u64,
}

/// Plays the steps of `vector` at `place` and says what each led to.
///
/// Time is the model's own: a step that waits costs nothing.
///
/// # Errors
///
/// If the vector cannot be played, or `transport` fails.
pub async fn play(
    vector: &Vector,
    place: &mut Place,
    transport: &mut impl Transport,
) -> Result<Vec<Observation>, DriveError> {
    let mut memory = Memory {
        permissions: PreflightCache::default(),
        responses: HttpCache::new(Whose::Private),
        jar: Jar::default(),
        passwords: Passwords::default(),
        now: 0,
    };
    let mut observations = Vec::with_capacity(vector.steps.len());
    for step in &vector.steps {
        let client = &step.client;
        memory.now += u64::from(client.after_ms);
        for cookie in &client.cookies {
            let url = place.parse(Some(&cookie.url))?;
            memory
                .jar
                .store(&Origin::of_url(&url), &url, cookie.set_cookie.as_bytes());
        }
        let logical = target(client, place)?;
        let real = place.real(&logical);
        let mut seen = if client.api == Api::Raw {
            raw(client, real, place, transport).await?
        } else {
            page::visit(client, real, place, transport, &mut memory).await?
        };
        place.leave_out(&mut seen);
        observations.push(seen);
    }
    Ok(observations)
}

/// The page's origin that `client` names.
///
/// # Errors
///
/// If it is none.
pub fn page_origin(client: &Client, url: &Url) -> Result<Origin, DriveError> {
    match client.origin.as_deref() {
        None | Some("null") => Ok(Origin::Opaque(0)),
        Some("same-origin") => Ok(Origin::of_url(url)),
        Some(origin) => Origin::parse(origin)
            .map_err(|_not_serialised| DriveError::BadOrigin(origin.to_owned())),
    }
}

/// What `client` asks for, as the vector writes it.
///
/// # Errors
///
/// If that is no URL.
pub fn target(client: &Client, place: &Place) -> Result<Url, BadUrl> {
    match (&client.blob, client.origin.as_deref()) {
        // The page makes one like this.
        (Some(_), Some(origin)) => place.parse(Some(&format!("blob:{origin}/crosscheck"))),
        _ => place.parse(client.url.as_deref()),
    }
}

/// Sends what no page can: the header lines as they are.
async fn raw(
    client: &Client,
    url: Url,
    place: &Place,
    transport: &mut impl Transport,
) -> Result<Observation, DriveError> {
    let headers: HeaderList = client
        .headers
        .iter()
        .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
        .collect();
    let request = OutgoingRequest {
        purpose: Purpose::Actual,
        method: client.method.as_bytes().to_vec(),
        url,
        headers,
        body: request_of_client::raw_body(client),
        include_credentials: Credentials::Omit,
    };
    let answered = transport.exchange(&request).await?;
    let outcome = match &answered.response {
        Some(_) => StepOutcome::Answered,
        None => StepOutcome::NetworkError,
    };
    Ok(Observation {
        outcome,
        reasons: Vec::new(),
        detail: None,
        status: answered.response.as_ref().map(|response| response.status),
        headers: Vec::new(),
        body: None,
        exchanges: vec![exchange(&request, &answered, place)],
        trace: Vec::new(),
    })
}

fn exchange(request: &OutgoingRequest, answered: &Answered, place: &Place) -> Exchange {
    Exchange {
        request: SeenRequest {
            method: request.method.as_slice().into(),
            url: place.logical(request.url.as_str()),
            headers: pairs(&request.headers),
            body: request.body.bytes().unwrap_or_default().into(),
        },
        response: answered.response.as_ref().map(|response| SeenResponse {
            status: response.status,
            headers: pairs(&response.headers),
            body: response.body.as_slice().into(),
        }),
        handled: answered.handled,
    }
}

/// Header lines as the report holds them.
pub fn pairs(headers: &HeaderList) -> Vec<(ByteString, ByteString)> {
    headers
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}
