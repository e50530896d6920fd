//! A site: the application under one policy.

use std::{
    collections::{HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use crosscheck_vectors::policy::Policy;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE},
};

use crate::{
    application,
    compose::{Composition, Layer, Work},
    fault::{Committed, Fault, Memory},
    policy::{Configured, Refusal},
    query,
    request::RequestHead,
    respond::{self, Actual, Decision, Preflight},
};

/// The path, outside the policy, that tells how often a handler ran for an `id`.
pub const HITS_PATH: &str = "/__crosscheck/hits";

/// So many ids are counted; the oldest are forgotten first.
const MOST_IDS: usize = 65_536;

/// A policy, at most one fault committed under it, and the layers around it.
#[derive(Clone, Debug)]
pub struct Site {
    policy: Configured,
    committed: Option<Committed>,
    layers: Composition,
}

/// How the server is set up, whatever its policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// What it does wrong.
    pub fault: Option<Fault>,
    /// What stands around the policy.
    pub layers: Composition,
}

/// A response as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainResponse {
    /// The status code.
    pub status: u16,
    /// Header lines in order, names in lower case, `content-length` included.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body; empty for HEAD and for a status without body.
    pub body: Vec<u8>,
    /// Whether a route's handler ran.
    pub handled: bool,
}

impl Site {
    /// A site that does what `policy` says.
    pub fn new(policy: Configured) -> Self {
        Self {
            policy,
            committed: None,
            layers: Composition::default(),
        }
    }

    /// A site that commits `fault` under `policy`.
    ///
    /// # Errors
    ///
    /// The reason why the policy is refused, unless accepting it is the fault.
    pub fn with_fault(policy: &Policy, fault: Fault) -> Result<Self, Refusal> {
        let committed = Committed::new(fault, policy.clone());
        let layers = Composition::default();
        let site = Self {
            policy: Configured::try_from(&committed.acceptable())?,
            committed: Some(committed),
            layers: layers.clone(),
        };
        Ok(site.composed(&layers))
    }

    /// The same site with `layers` around its policy.
    #[must_use]
    pub fn composed(mut self, layers: &Composition) -> Self {
        let front = self.committed.as_ref().and_then(Committed::front);
        self.layers = match front {
            None => layers.clone(),
            Some(front) => layers.clone().with(front),
        };
        self
    }

    fn decide(&self, request: &RequestHead<'_>, memory: &Memory) -> Decision {
        match &self.committed {
            None => respond::respond(&self.policy, request),
            Some(committed) => committed.decide(&self.policy, request, memory),
        }
    }

    fn finish(&self, status: StatusCode, actual: Actual, headers: &mut HeaderMap) {
        match &self.committed {
            None => actual.apply(headers),
            Some(committed) => committed.finish(status, actual, headers),
        }
    }
}

impl Setup {
    /// The server under `policy`.
    ///
    /// # Errors
    ///
    /// The reason why the policy is refused, unless accepting it is the fault.
    pub fn site(&self, policy: &Policy) -> Result<Site, Refusal> {
        let site = match self.fault {
            None => Site::try_from(policy),
            Some(fault) => Site::with_fault(policy, fault),
        };
        site.map(|site| site.composed(&self.layers))
    }
}

impl TryFrom<&Policy> for Site {
    type Error = Refusal;

    fn try_from(policy: &Policy) -> Result<Self, Refusal> {
        Configured::try_from(policy).map(Self::new)
    }
}

/// What a fresh server with `site` answers to `request`: the same code, without sockets.
pub fn predict(site: &Site, request: &RequestHead<'_>) -> PlainResponse {
    let response = Running::new(site.clone()).answer(request);
    let handled = application::was_handled(&response);
    let (parts, body) = response.into_parts();
    let headers = parts.headers.iter();
    PlainResponse {
        status: parts.status.as_u16(),
        headers: headers
            .map(|(name, value)| (name.as_str().into(), value.as_bytes().into()))
            .collect(),
        body: body.into(),
        handled,
    }
}

/// A site with what it remembers.
#[derive(Debug)]
pub struct Running {
    site: Site,
    memory: Memory,
    hits: Mutex<Hits>,
}

#[derive(Debug, Default)]
struct Hits {
    counts: HashMap<Vec<u8>, u64>,
    /// The ids in the order of their first hit.
    ids: VecDeque<Vec<u8>>,
}

impl Running {
    /// `site`, to which nothing has happened yet.
    pub fn new(site: Site) -> Self {
        Self {
            site,
            memory: Memory::default(),
            hits: Mutex::default(),
        }
    }

    /// What the policy decides about `request`.
    pub fn decide(&self, request: &RequestHead<'_>) -> Decision {
        self.site.decide(request, &self.memory)
    }

    /// Puts the headers of the policy into an answer of the application.
    pub fn finish(&self, status: StatusCode, actual: Actual, headers: &mut HeaderMap) {
        self.site.finish(status, actual, headers);
    }

    /// The whole answer, framed for the wire.
    pub fn answer(&self, request: &RequestHead<'_>) -> Response<Bytes> {
        if request.path() == HITS_PATH.as_bytes() {
            return framed(self.tell_hits(request), request.method);
        }
        let response = self.through(self.site.layers.layers(), request);
        framed(response, request.method)
    }

    /// The answer of `layers` and of the application behind them.
    fn through(&self, layers: &[Layer], request: &RequestHead<'_>) -> Response<Bytes> {
        let Some((layer, behind)) = layers.split_first() else {
            return self.run(request);
        };
        match layer.work() {
            Work::Answers(answer) => {
                answer(request).unwrap_or_else(|| self.through(behind, request))
            }
            Work::Changes(change) => {
                let mut response = self.through(behind, request);
                change(request, &mut response);
                response
            }
            Work::Decides => match self.decide(request) {
                Decision::Preflight(preflight) => preflight.into_response(),
                Decision::Actual(actual) => {
                    let mut response = self.through(behind, request);
                    let status = response.status();
                    self.finish(status, actual, response.headers_mut());
                    response
                }
            },
        }
    }

    /// Runs the application, and counts it if a handler ran.
    pub fn run(&self, request: &RequestHead<'_>) -> Response<Bytes> {
        let response = catch_unwind(AssertUnwindSafe(|| application::application(request)))
            .unwrap_or_else(|_panic| application::panicked(request));
        if application::was_handled(&response) {
            self.count(query::parameter(request.query(), "id").unwrap_or_default());
        }
        response
    }

    /// How often a handler ran for the `id` parameter, as JSON.
    pub fn tell_hits(&self, request: &RequestHead<'_>) -> Response<Bytes> {
        if !matches!(request.method, b"GET" | b"HEAD") {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            let allowed = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, allowed);
            return response;
        }
        let id = query::parameter(request.query(), "id").unwrap_or_default();
        let hits = self.hits.lock().unwrap_or_else(PoisonError::into_inner);
        let count = hits.counts.get(&id).copied().unwrap_or_default();
        let mut response = Response::new(Bytes::from(format!("{{\"hits\":{count}}}")));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }

    fn count(&self, id: Vec<u8>) {
        let mut hits = self.hits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = hits.counts.get_mut(&id) {
            *count += 1;
            return;
        }
        if hits.ids.len() == MOST_IDS
            && let Some(oldest) = hits.ids.pop_front()
        {
            hits.counts.remove(&oldest);
        }
        hits.ids.push_back(id.clone());
        hits.counts.insert(id, 1);
    }
}

impl Preflight {
    /// The response, with an empty body.
    pub fn into_response<B: Default>(self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.reserve(self.headers.len());
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        response
    }
}

/// Says how long the body is, and leaves it out for HEAD.
fn framed(mut response: Response<Bytes>, method: &[u8]) -> Response<Bytes> {
    let headers_only = matches!(response.status().as_u16(), 204 | 304);
    let length = HeaderValue::from(response.body().len());
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.extend((!headers_only).then_some((CONTENT_LENGTH, length)));
    if method == b"HEAD" {
        *response.body_mut() = Bytes::new();
    }
    response
}
