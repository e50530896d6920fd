//! What fetch itself puts on the wire.

use url::Url;

use crate::{
    credentials::Credentials,
    header::HeaderList,
    origin::Origin,
    request::{CacheMode, ReferrerPolicy, Request, RequestBody, RequestMode, ResponseTainting},
};

/// The most bytes that the body of a request may have that outlives its page.
pub(crate) const KEEPALIVE_QUOTA: usize = 64 * 1024;

/// What a request on the wire is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// It is the request that was asked for, or a hop of it.
    Actual,
    /// It asks for permission.
    Preflight,
}

/// A request to be put on the wire.
#[derive(Clone, Debug)]
pub struct OutgoingRequest {
    /// What it is for.
    pub purpose: Purpose,
    /// The method, byte for byte.
    pub method: Vec<u8>,
    /// The URL, without fragment and user info.
    pub url: Url,
    /// The headers that fetch puts there, in its order: `Accept`, the author's, `Origin`,
    /// `Access-Control-Request-*`, `Referer`, and those of the cache mode. Without `Cookie` and
    /// what HTTP itself adds.
    pub headers: HeaderList,
    /// The body. The length of a stream is not known beforehand, so no `Content-Length` goes with it.
    pub body: RequestBody,
    /// Whether credentials go with it.
    pub include_credentials: Credentials,
}

impl OutgoingRequest {
    /// The request itself, for its current URL.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    pub(crate) fn actual(request: &Request) -> Self {
        let mut headers = request.headers.clone();
        append_referer(&mut headers, request);
        if let Some(origin) = request_origin_header(request) {
            headers.push("Origin", origin);
        }
        append_cache_headers(&mut headers, request.cache_mode);
        if headers.contains("range") {
            headers.push("Accept-Encoding", "identity");
        }
        Self {
            purpose: Purpose::Actual,
            method: request.method.clone(),
            url: wire_url(request),
            headers,
            body: request.body.clone(),
            include_credentials: request.include_credentials(),
        }
    }

    /// The question whether `request`, with these CORS-unsafe request-header names, may be sent.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    pub(crate) fn preflight(request: &Request, unsafe_names: &[Vec<u8>]) -> Self {
        let mut headers = HeaderList::new();
        headers.push("Accept", "*/*");
        headers.push("Access-Control-Request-Method", request.method.clone());
        if !unsafe_names.is_empty() {
            // A bare comma, unlike everywhere else.
            headers.push("Access-Control-Request-Headers", unsafe_names.join(&b','));
        }
        append_referer(&mut headers, request);
        headers.push("Origin", request.byte_serialized_origin());
        Self {
            purpose: Purpose::Preflight,
            method: b"OPTIONS".to_vec(),
            url: wire_url(request),
            headers,
            body: RequestBody::None,
            include_credentials: Credentials::Omit,
        }
    }
}

/// The value of the `Origin` header of the request for the current URL; `None` for no header.
///
/// Spec: <https://fetch.spec.whatwg.org/#append-a-request-origin-header>
pub fn request_origin_header(request: &Request) -> Option<&[u8]> {
    let always = request.response_tainting() == ResponseTainting::Cors
        || request.mode == RequestMode::WebSocket;
    if always {
        return Some(request.byte_serialized_origin());
    }
    if matches!(request.method.as_slice(), b"GET" | b"HEAD") {
        return None;
    }
    if request.mode != RequestMode::Cors && referrer_policy_hides_origin(request) {
        return Some(b"null");
    }
    Some(request.byte_serialized_origin())
}

/// Whether the referrer policy, which CORS disregards, turns the origin into `null`.
fn referrer_policy_hides_origin(request: &Request) -> bool {
    let url = request.current_url();
    match request.referrer_policy {
        ReferrerPolicy::NoReferrer => true,
        ReferrerPolicy::NoReferrerWhenDowngrade
        | ReferrerPolicy::StrictOrigin
        | ReferrerPolicy::StrictOriginWhenCrossOrigin => match &request.origin {
            Origin::Tuple(origin) => origin.scheme() == "https" && url.scheme() != "https",
            Origin::Opaque(_) => false,
        },
        ReferrerPolicy::SameOrigin => !request.origin.same_origin_as_url(url),
        ReferrerPolicy::Empty
        | ReferrerPolicy::Origin
        | ReferrerPolicy::OriginWhenCrossOrigin
        | ReferrerPolicy::UnsafeUrl => false,
    }
}

fn append_referer(headers: &mut HeaderList, request: &Request) {
    if let Some(referrer) = &request.referrer {
        headers.push("Referer", referrer.as_str());
    }
}

fn append_cache_headers(headers: &mut HeaderList, mode: CacheMode) {
    let conditional = [
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "if-match",
        "if-range",
    ];
    let is_conditional = || conditional.iter().any(|name| headers.contains(name));
    let mode = if mode == CacheMode::Default && is_conditional() {
        CacheMode::NoStore
    } else {
        mode
    };
    let (pragma, cache_control) = match mode {
        CacheMode::NoCache => (None, "max-age=0"),
        CacheMode::NoStore | CacheMode::Reload => (Some("no-cache"), "no-cache"),
        CacheMode::Default | CacheMode::ForceCache | CacheMode::OnlyIfCached => return,
    };
    if let Some(pragma) = pragma
        && !headers.contains("pragma")
    {
        headers.push("Pragma", pragma);
    }
    if !headers.contains("cache-control") {
        headers.push("Cache-Control", cache_control);
    }
}

/// The current URL without what never goes on the wire in it.
fn wire_url(request: &Request) -> Url {
    let mut url = request.current_url().clone();
    url.set_fragment(None);
    // These fail only for URLs that cannot have user info, and so have none.
    let _has_none = url.set_username("").and_then(|()| url.set_password(None));
    url
}

#[cfg(test)]
mod tests;
