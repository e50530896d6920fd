//! HTTP caches: the one that a browser has for itself, and one that many clients share.
//!
//! Whether a response may be stored and used again is a library's judgement (RFC 9111); this keeps the
//! responses, byte for byte, and does with them what Fetch says.

use std::time::{Duration, SystemTime};

use crosscheck_oracle::{CacheMode, HeaderList, Millis, OutgoingRequest, Purpose, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_cache_semantics::{BeforeRequest, CacheOptions, CachePolicy};
use url::{Position, Url};

/// Whose cache it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// One browser's.
    Private,
    /// Everyone's.
    Shared,
}

/// An HTTP cache, which knows no time of its own.
#[derive(Debug)]
pub(crate) struct HttpCache {
    whose: Whose,
    stored: Vec<Stored>,
}

/// A response with what decides about its use.
#[derive(Debug)]
struct Stored {
    url: Url,
    partition: Vec<u8>,
    policy: CachePolicy,
    response: Response,
}

/// One request, as a cache looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The request.
    pub(crate) request: &'a OutgoingRequest,
    /// What its page wants of caches.
    pub(crate) mode: CacheMode,
    /// What is stored for one partition serves no other.
    pub(crate) partition: &'a [u8],
    /// When.
    pub(crate) now: Millis,
}

/// What a cache has for a request.
#[derive(Debug)]
pub(crate) enum Found {
    /// Nothing; the request goes out as it is.
    Nothing,
    /// A response that may be used.
    Usable(Response),
    /// A response that must be validated first.
    Doubtful(Validation),
}

/// How a stored response is validated.
#[derive(Debug)]
pub(crate) struct Validation {
    /// The headers to be added to the request.
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
    stored: usize,
}

impl HttpCache {
    /// An empty cache.
    pub(crate) fn new(whose: Whose) -> Self {
        let stored = Vec::new();
        Self { whose, stored }
    }

    /// What there is for this request; of several responses the latest.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    pub(crate) fn find(&self, asked: &Asked<'_>) -> Found {
        let skipped = matches!(asked.mode, CacheMode::NoStore | CacheMode::Reload);
        if self.stored.is_empty() || skipped || !asked.is_plain_get() {
            return Found::Nothing;
        }
        let Some(head) = head(asked.request) else {
            return Found::Nothing;
        };
        let own = |(_, stored): &(usize, &Stored)| stored.partition == asked.partition;
        for (index, stored) in self.stored.iter().enumerate().rev().filter(own) {
            let usable = match stored.policy.before_request(&head, asked.time()) {
                BeforeRequest::Fresh(_) => asked.mode != CacheMode::NoCache,
                BeforeRequest::Stale { matches: true, .. } => {
                    matches!(asked.mode, CacheMode::ForceCache | CacheMode::OnlyIfCached)
                }
                BeforeRequest::Stale { matches: false, .. } => continue,
            };
            if usable {
                return Found::Usable(self.handed_out(&stored.response));
            }
            return Found::Doubtful(Validation {
                headers: validators(&stored.response.headers),
                stored: index,
            });
        }
        Found::Nothing
    }

    /// Takes note of an answer from the network.
    pub(crate) fn note(&mut self, asked: &Asked<'_>, response: &Response) {
        let request = asked.request;
        let is_safe = matches!(&*request.method, b"GET" | b"HEAD" | b"OPTIONS");
        if !is_safe && (200..400).contains(&response.status) {
            // A change that went well makes what is stored out of date.
            self.stored.retain(|stored| stored.url != request.url);
        }
        if !can_last(response) || asked.mode == CacheMode::NoStore || !asked.is_plain_get() {
            return;
        }
        let storable = self
            .policy(asked, response)
            .filter(CachePolicy::is_storable);
        self.stored.extend(storable.map(|policy| Stored {
            url: request.url.clone(),
            partition: asked.partition.to_vec(),
            policy,
            response: response.clone(),
        }));
    }

    /// What is stored, brought up to date by the 304 that came of `validation`: its headers take the
    /// place of stored ones of their name, and all others stay.
    ///
    /// Spec: <https://httpwg.org/specs/rfc9111.html#update>
    pub(crate) fn freshen(
        &mut self,
        asked: &Asked<'_>,
        validation: &Validation,
        not_modified: &Response,
    ) -> Option<Response> {
        let mut updated = self.stored.get(validation.stored)?.response.clone();
        let news: Vec<_> = not_modified
            .headers
            .iter()
            .filter(|(name, _)| !describes_body(name))
            .collect();
        for (name, _) in &news {
            updated.headers.remove(name);
        }
        for (name, value) in news {
            updated.headers.push(name, value);
        }
        let policy = self.policy(asked, &updated)?;
        let stored = self.stored.get_mut(validation.stored)?;
        stored.policy = policy;
        stored.response = updated.clone();
        Some(updated)
    }

    fn policy(&self, asked: &Asked<'_>, response: &Response) -> Option<CachePolicy> {
        let mut answer = http::Response::new(());
        *answer.status_mut() = StatusCode::from_u16(response.status).ok()?;
        *answer.headers_mut() = map(&response.headers);
        let options = CacheOptions {
            shared: self.whose == Whose::Shared,
            ..CacheOptions::default()
        };
        let head = head(asked.request)?;
        let policy = CachePolicy::new_options(&head, &answer, asked.time(), options);
        Some(policy)
    }

    fn handed_out(&self, response: &Response) -> Response {
        let mut response = response.clone();
        if self.whose == Whose::Shared {
            response.headers.set("Age", "0");
        }
        response
    }
}

impl Asked<'_> {
    /// Whether a cache may answer: a page that brings conditions of its own wants to hear the server.
    fn is_plain_get(&self) -> bool {
        let conditions = [
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "range",
        ];
        let request = self.request;
        request.method == b"GET"
            && request.purpose == Purpose::Actual
            && !conditions.iter().any(|name| request.headers.contains(name))
    }

    fn time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.now.0)
    }
}

/// Whether anything in `response` lets it be used again; most have nothing.
fn can_last(response: &Response) -> bool {
    let says = ["cache-control", "etag", "expires", "last-modified"];
    says.iter().any(|name| response.headers.contains(name))
}

fn describes_body(name: &[u8]) -> bool {
    let names: [&[u8]; 4] = [
        b"content-encoding",
        b"content-length",
        b"content-range",
        b"transfer-encoding",
    ];
    names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn validators(headers: &HeaderList) -> Vec<(&'static str, Vec<u8>)> {
    let pairs = [
        ("If-None-Match", "etag"),
        ("If-Modified-Since", "last-modified"),
    ];
    let validator = |(name, of)| Some((name, headers.get(of)?.into_owned()));
    pairs.into_iter().filter_map(validator).collect()
}

/// The head of `request` as the library wants it; none if it cannot be told.
fn head(request: &OutgoingRequest) -> Option<http::request::Parts> {
    let head = http::Request::builder()
        .method(&*request.method)
        .uri(&request.url[..Position::AfterQuery])
        .body(());
    let (mut parts, ()) = head.ok()?.into_parts();
    parts.headers = map(&request.headers);
    Some(parts)
}

/// The headers that can matter to a cache; what the library's types refuse cannot.
fn map(headers: &HeaderList) -> HeaderMap {
    let pair = |(name, value): (&[u8], &[u8])| {
        let name = HeaderName::from_bytes(name).ok()?;
        Some((name, HeaderValue::from_bytes(value).ok()?))
    };
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter().filter_map(pair) {
        map.append(name, value);
    }
    map
}

#[cfg(test)]
mod tests;
