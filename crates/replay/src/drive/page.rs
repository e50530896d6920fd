//! One call of a page, from the call to what the page gets.

mod network;

use crosscheck_oracle::{
    Access, Call, Failure, Feature, FilteredResponse, Millis, Origin, Outcome, Reply, Request,
    RequestMode, Response, ResponseTainting, ResponseType, Step, fetch,
    service_worker_response_check, tao_check,
};
use crosscheck_report::observation::{Exchange, Observation};
use crosscheck_vectors::{
    bytes::ByteString,
    client::{Api, Client, Context, ServiceWorker},
    expect::StepOutcome,
};
use url::Url;

use super::{DriveError, Memory, Transport, page_origin, pairs};
use crate::{address::Place, drive::event_stream::Events, request_of_client, trace};

/// How often an `EventSource` may connect before it must have seen its end.
const MOST_CONNECTIONS: usize = 8;

/// What the service worker of the probe makes up.
const MADE_UP: &str = "made up";

/// Makes the call of `client` for `url`.
pub(super) async fn visit(
    client: &Client,
    url: Url,
    place: &Place,
    transport: &mut impl Transport,
    memory: &mut Memory,
) -> Result<Observation, DriveError> {
    let origin = page_origin(client, &url)?;
    let made = match request_of_client::request(client, origin.clone(), url) {
        Ok(made) => made,
        Err(failure) => return Ok(failed(StepOutcome::ApiError, &failure)),
    };
    let mut visit = Visit {
        cookies_of: cookies_of(client, &origin),
        partition: made.request.network_partition_key.clone(),
        origin,
        place,
        transport,
        memory,
        exchanges: Vec::new(),
    };
    let seen = match (client.service_worker, made.feature) {
        (Some(ServiceWorker::Answers), _) => made_up(),
        (Some(ServiceWorker::FetchesCors), _) => {
            visit.by_worker(&made.request, RequestMode::Cors).await?
        }
        (Some(ServiceWorker::FetchesNoCors), _) => {
            visit.by_worker(&made.request, RequestMode::NoCors).await?
        }
        // Preflights are never given to the worker, so it has nothing to grant.
        (Some(ServiceWorker::AnswersPreflights) | None, None) => {
            let ended = visit.fetch(made.request).await?;
            if client.api == Api::Timing {
                timing(&ended)
            } else {
                response(ended.outcome)
            }
        }
        (_, Some(feature)) => {
            let mut ended = visit.fetch(made.request.clone()).await?;
            if feature == Feature::EventSource {
                ended = visit.reconnect(made.request, ended).await?;
            }
            used(feature, &visit.origin, ended)
        }
    };
    Ok(Observation {
        exchanges: visit.exchanges,
        ..seen
    })
}

/// Whose cookies go with requests: a frame in a page of another site is of no site.
///
/// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#same-site>
fn cookies_of(client: &Client, origin: &Origin) -> Origin {
    if client.context == Context::ForeignFrame {
        Origin::Opaque(0)
    } else {
        origin.clone()
    }
}

/// A page at work.
struct Visit<'a, T> {
    origin: Origin,
    /// Whose cookies go with requests.
    cookies_of: Origin,
    partition: Vec<u8>,
    place: &'a Place,
    transport: &'a mut T,
    memory: &'a mut Memory,
    exchanges: Vec<Exchange>,
}

/// How a fetch ended.
struct Ended {
    outcome: Outcome,
    /// The last answer to an actual request.
    last: Option<Response>,
    /// Whether all answers opened their timing to the page.
    timed: bool,
}

impl<T: Transport> Visit<'_, T> {
    async fn fetch(&mut self, request: Request) -> Result<Ended, DriveError> {
        let now = Millis(self.memory.now);
        let (mut last, mut timed) = (None, true);
        let cache_mode = request.cache_mode;
        let mut step = fetch(request, &mut self.memory.permissions, now);
        loop {
            let send = match step {
                Step::Done(outcome) => {
                    return Ok(Ended {
                        outcome: *outcome,
                        last,
                        timed,
                    });
                }
                Step::Send(send) => send,
            };
            let asking = send.awaiting.request();
            let again = holds_password(asking).then(|| send.request.clone());
            let mut response = self.answer(send.request, cache_mode).await?;
            if let Some(mut request) = again
                && is_challenge(asking, response.as_ref())
            {
                let password = self.memory.passwords.answer(asking.current_url());
                request.headers.push("Authorization", password);
                response = self.answer(request, cache_mode).await?;
            }
            let reply = response.as_ref().map_or(Reply::NoResponse, Reply::Response);
            if let Some(response) = &response {
                timed &= tao_check(send.awaiting.request(), response);
            }
            let permissions = &mut self.memory.permissions;
            step = send.awaiting.receive(reply, permissions, now);
            last = response;
        }
    }

    /// Connects again as long as the stream just breaks off.
    async fn reconnect(&mut self, request: Request, first: Ended) -> Result<Ended, DriveError> {
        let mut ended = first;
        let mut last_id = Vec::new();
        for _ in 1..MOST_CONNECTIONS {
            let Ok(response) = &ended.outcome.result else {
                break;
            };
            let usable = ended.last.as_ref().is_some_and(|last| last.status == 200);
            let events = Events::of(response.body.as_deref().unwrap_or_default());
            if events.ended || !usable {
                break;
            }
            if !events.last_id.is_empty() {
                last_id = events.last_id;
            }
            let mut again = request.clone();
            if !last_id.is_empty() {
                again.headers.push("Last-Event-ID", last_id.clone());
            }
            ended = self.fetch(again).await?;
        }
        Ok(ended)
    }

    /// The page's request is answered with what its service worker gets in `mode`.
    async fn by_worker(
        &mut self,
        request: &Request,
        mode: RequestMode,
    ) -> Result<Observation, DriveError> {
        let url = request.current_url().clone();
        let call = Call {
            mode,
            referrer: request.referrer.clone(),
            registrable_domain: request.registrable_domain,
            network_partition_key: self.partition.clone(),
            ..Call::new(self.origin.clone(), url)
        };
        let inner = match call.into_request() {
            Ok(inner) => inner,
            Err(error) => return Ok(failed(StepOutcome::NetworkError, &error.into())),
        };
        let mut outcome = self.fetch(inner).await?.outcome;
        outcome.result = outcome.result.and_then(|seen| {
            service_worker_response_check(request, &seen)?;
            Ok(seen)
        });
        Ok(response(outcome))
    }
}

/// Whether `request` was given a user name or a password of its own.
fn holds_password(request: &Request) -> bool {
    let url = request.current_url();
    !url.username().is_empty() || url.password().is_some()
}

/// Whether `response` asks for a password that `request` may answer with.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
fn is_challenge(request: &Request, response: Option<&Response>) -> bool {
    request.response_tainting() != ResponseTainting::Cors
        && request.include_credentials().is_included()
        && response.is_some_and(|response| response.status == 401)
}

fn failed(outcome: StepOutcome, failure: &Failure) -> Observation {
    Observation {
        reasons: vec![failure.name().to_owned()],
        detail: Some(failure.to_string()),
        ..bare(outcome)
    }
}

fn bare(outcome: StepOutcome) -> Observation {
    Observation {
        outcome,
        reasons: Vec::new(),
        detail: None,
        status: None,
        headers: Vec::new(),
        body: None,
        exchanges: Vec::new(),
        trace: Vec::new(),
    }
}

fn made_up() -> Observation {
    Observation {
        status: Some(200),
        headers: vec![("content-type".into(), "text/plain;charset=UTF-8".into())],
        body: Some(MADE_UP.into()),
        ..bare(StepOutcome::Readable)
    }
}

/// What a page sees that gets the response itself.
fn response(outcome: Outcome) -> Observation {
    let trace = trace::lines(&outcome.trace);
    let seen = match outcome.result {
        Err(failure) => failed(StepOutcome::NetworkError, &failure),
        Ok(seen) => Observation {
            status: (seen.status != 0).then_some(seen.status),
            headers: pairs(&seen.headers),
            outcome: match seen.response_type {
                ResponseType::Basic | ResponseType::Cors => StepOutcome::Readable,
                ResponseType::Opaque => StepOutcome::Opaque,
                ResponseType::OpaqueRedirect => StepOutcome::OpaqueRedirect,
            },
            body: body_of(seen),
            ..bare(StepOutcome::Opaque)
        },
    };
    Observation { trace, ..seen }
}

/// What script reads: the empty string if there is no body.
fn body_of(seen: FilteredResponse) -> Option<ByteString> {
    match seen.response_type {
        ResponseType::Basic | ResponseType::Cors => Some(seen.body.unwrap_or_default().into()),
        ResponseType::Opaque | ResponseType::OpaqueRedirect => None,
    }
}

/// What a page sees of a response that a feature used.
fn used(feature: Feature, page: &Origin, ended: Ended) -> Observation {
    let used = feature.access(page, ended.outcome, ended.last.as_ref());
    let seen = match used.result {
        Err(failure) => failed(StepOutcome::NetworkError, &failure),
        Ok(Access::Open) => bare(StepOutcome::Readable),
        Ok(Access::Closed) => bare(StepOutcome::Opaque),
    };
    Observation {
        trace: trace::lines(&used.trace),
        ..seen
    }
}

/// What a page sees in the performance timeline.
fn timing(ended: &Ended) -> Observation {
    let seen = match &ended.outcome.result {
        Err(failure) => failed(StepOutcome::NetworkError, failure),
        Ok(_) if ended.timed => bare(StepOutcome::Readable),
        Ok(_) => bare(StepOutcome::Opaque),
    };
    Observation {
        trace: trace::lines(&ended.outcome.trace),
        ..seen
    }
}
