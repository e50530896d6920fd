//! The wire leg: the model over real sockets.

mod raw;

use std::{net::SocketAddr, time::Duration};

use crosscheck_oracle::{HeaderList, OutgoingRequest, Response};
use crosscheck_report::{
    observation::{Leg, Observation},
    results::LegResult,
    verdict::Verdict,
};
use crosscheck_server::{HANDLED, stage::Stage};
use crosscheck_vectors::{
    bytes::ByteString,
    script::{Answer, Script},
};
use reqwest::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use url::Position;

use crate::{
    address::Place,
    case::{Case, ServerPart},
    drive::{Answered, DriveError, Transport, TransportError, play},
    http1::LARGEST_ANSWER,
    judge::{chain, leg_result, settled, unjudged},
    playground::Playground,
};
use raw::RawClient;
pub use raw::render;

/// Replays cases over plain sockets, whatever their URLs' schemes: the subject is on this machine.
#[derive(Clone, Debug)]
pub struct Wire {
    http: reqwest::Client,
    address: SocketAddr,
    patience: Duration,
}

/// Which client a case needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bytes {
    /// The HTTP library's are good enough.
    AsTheLibraryLikes,
    /// Some would be refused or altered by it.
    Exact,
}

impl Wire {
    /// A wire to the listener at `address`; no answer may take longer than `patience`.
    ///
    /// # Errors
    ///
    /// If the HTTP library cannot be set up.
    pub fn new(address: SocketAddr, patience: Duration) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .http1_only()
            .tcp_nodelay(true)
            .timeout(patience)
            .build()?;
        Ok(Self {
            http,
            address,
            patience,
        })
    }

    /// What comes of `case` on this leg, replayed under an exchange of its own.
    pub async fn judge(&self, case: &Case, playground: &Playground) -> LegResult {
        if let Some(result) = settled(case, Leg::Wire) {
            return result;
        }
        let mut place = playground.set_up(case, &playground.new_exchange());
        match self.replay(case, &mut place, &playground.stage).await {
            Ok(observations) => leg_result(case, Leg::Wire, observations),
            Err(error) => unjudged(Leg::Wire, Verdict::HarnessError, chain(&error)),
        }
    }

    /// What each step of `case` leads to.
    ///
    /// # Errors
    ///
    /// If the vector cannot be played, or the subject cannot be judged.
    pub async fn replay(
        &self,
        case: &Case,
        place: &mut Place,
        stage: &Stage,
    ) -> Result<Vec<Observation>, DriveError> {
        let bytes = match &case.server {
            ServerPart::Script(script) => needed_by(script),
            ServerPart::NotApplicable(_) | ServerPart::Refused { .. } | ServerPart::Site(_) => {
                Bytes::AsTheLibraryLikes
            }
        };
        let judges_server = matches!(case.server, ServerPart::Site(_));
        let exact = RawClient::new(self.address, self.patience);
        let mut session = Session {
            wire: self,
            exact,
            bytes,
            judges_server,
        };
        let played = play(&case.vector, place, &mut session).await;
        // The reference server's own word on what ran; a handler that panics cannot say so itself.
        let entries = stage.journal().take(place.exchange());
        // Nothing more will be asked of it, and memory must not grow with what is replayed.
        stage.forget_exchange(place.exchange());
        let mut observed = played?;
        let exchanges = observed
            .iter_mut()
            .flat_map(|observation| &mut observation.exchanges);
        if judges_server {
            for (exchange, entry) in exchanges.zip(entries) {
                exchange.handled = Some(entry.is_handled());
            }
        }
        Ok(observed)
    }
}

struct Session<'a> {
    wire: &'a Wire,
    exact: RawClient,
    bytes: Bytes,
    judges_server: bool,
}

impl Transport for Session<'_> {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| TransportError {
            method: String::from_utf8_lossy(&request.method).into_owned(),
            url: request.url.to_string(),
            source,
        };
        let library = match self.bytes {
            Bytes::AsTheLibraryLikes => self.wire.request(request),
            Bytes::Exact => None,
        };
        let response = match library {
            None => self
                .exact
                .send(request)
                .await
                .map_err(|error| failed(error.into()))?,
            Some(library) => receive(self.wire.http.execute(library).await)
                .await
                .map_err(|error| failed(error.into()))?,
        };
        let handled = response
            .as_ref()
            .map(|response| response.headers.contains(HANDLED.as_str()));
        let handled = handled.filter(|_| self.judges_server);
        Ok(Answered { response, handled })
    }
}

impl Wire {
    /// `request` as the HTTP library has it; none if it cannot.
    fn request(&self, request: &OutgoingRequest) -> Option<reqwest::Request> {
        let target = &request.url[Position::BeforePath..Position::AfterQuery];
        let url = format!("http://{}{target}", self.address).parse().ok()?;
        let method = reqwest::Method::from_bytes(&request.method).ok()?;
        let mut headers = HeaderMap::new();
        let authority = &request.url[Position::BeforeHost..Position::AfterPort];
        headers.insert(HOST, HeaderValue::from_str(authority).ok()?);
        for (name, value) in &request.headers {
            headers.append(
                HeaderName::from_bytes(name).ok()?,
                HeaderValue::from_bytes(value).ok()?,
            );
        }
        // The library adds this header if it is missing.
        if !headers.contains_key("accept") {
            return None;
        }
        let mut library = reqwest::Request::new(method, url);
        *library.headers_mut() = headers;
        *library.body_mut() = request.body.clone().map(reqwest::Body::from);
        Some(library)
    }
}

/// The answer; none if the connection broke, or what came is no HTTP answer.
async fn receive(
    sent: Result<reqwest::Response, reqwest::Error>,
) -> Result<Option<Response>, reqwest::Error> {
    let mut answer = match sent {
        Err(error) if error.is_connect() || error.is_timeout() => return Err(error),
        Err(_broken) => return Ok(None),
        Ok(answer) => answer,
    };
    let headers: HeaderList = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().as_bytes().to_vec(), value.as_bytes().to_vec()))
        .collect();
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= LARGEST_ANSWER => {
                body.extend_from_slice(&chunk);
            }
            // What is longer is cut: no vector looks that far.
            Ok(Some(_) | None) => break,
            Err(error) if error.is_timeout() => return Err(error),
            Err(_broken) => return Ok(None),
        }
    }
    Ok(Some(Response {
        status: answer.status().as_u16(),
        headers,
        body,
    }))
}

/// Which client can take the answers of `script`: the HTTP library takes no control bytes in values, no
/// odd names, and no answers that are none.
fn needed_by(script: &Script) -> Bytes {
    let readable = |answer: &Answer| {
        let header = |(name, value): &(ByteString, ByteString)| {
            HeaderName::from_bytes(name.as_bytes()).is_ok()
                && HeaderValue::from_bytes(value.as_bytes()).is_ok()
        };
        answer.raw.is_none() && answer.headers.iter().all(header)
    };
    if script.0.iter().all(readable) {
        Bytes::AsTheLibraryLikes
    } else {
        Bytes::Exact
    }
}
