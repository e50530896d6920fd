//! The browser's side of the Fetch Standard's CORS protocol, as pure functions.
//!
//! [`fetch()`] plays one request against whatever answers it is given: it says what to put on
//! the wire next ([`Step::Send`]), takes the answer ([`Awaiting::receive`]) and ends with what
//! script gets to see ([`Step::Done`]). The same code so predicts an exchange from a script of
//! canned answers, and drives a real one. It does no IO, reads no clock, and depends on nothing
//! but its arguments.
//!
//! ```
//! use crosscheck_oracle::{Call, Millis, Origin, PreflightCache, Reply, Response, Step};
//!
//! let page = Origin::parse("https://app.example")?;
//! let mut call = Call::new(page, "https://api.example/data".parse()?);
//! call.method = b"PUT".to_vec();
//!
//! let mut cache = PreflightCache::new();
//! let Step::Send(preflight) = call.start(&mut cache, Millis(0)) else {
//!     panic!("PUT needs permission");
//! };
//! assert_eq!(preflight.request.method, b"OPTIONS");
//!
//! let refusal = Response::new(403);
//! let reply = Reply::Response(&refusal);
//! let Step::Done(outcome) = preflight.awaiting.receive(reply, &mut cache, Millis(20)) else {
//!     panic!("without permission nothing more is sent");
//! };
//! let failure = outcome.result.unwrap_err();
//! assert_eq!(failure.name(), "preflight/cors-check/missing-origin");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | the standard's term | here |
//! | --- | --- |
//! | header list; get; get, decode, and split | [`HeaderList`]; [`HeaderList::get`]; [`get_decode_and_split`] |
//! | extract header list values | [`extract_list`], [`extract_max_age`], [`extract_location`] |
//! | method; forbidden, CORS-safelisted, normalize | [`is_method`]; [`is_forbidden_method`], [`is_cors_safelisted_method`], [`normalize_method`] |
//! | forbidden request-header | [`is_forbidden_request_header`] |
//! | CORS-safelisted request-header | [`is_cors_safelisted_request_header`] |
//! | CORS-unsafe request-header names | [`cors_unsafe_request_header_names`] |
//! | origin; byte-serializing a request origin | [`Origin`]; [`Request::byte_serialized_origin`] |
//! | `fetch()`, `XMLHttpRequest` | [`Call`], [`Api`] |
//! | create a potential-CORS request; elements, workers, beacons, `WebSocket` | [`Request::potential_cors`]; [`Feature`] |
//! | main fetch | [`main_fetch_branch`] |
//! | CORS check; TAO check | [`cors_check()`]; [`tao_check`] |
//! | CORS-preflight fetch | [`needs_preflight`], [`judge_preflight`] |
//! | CORS-preflight cache | [`PreflightCache`] |
//! | HTTP-redirect fetch | [`location_url`], [`http_redirect`] |
//! | cross-origin resource policy check | [`cross_origin_resource_policy_check`] |
//! | filtered response | [`FilteredResponse`] |
//! | a service worker's response, in HTTP fetch | [`service_worker_response_check`] |
//!
//! Left to the caller: cookies, HTTP authentication, the HTTP cache and what HTTP itself adds
//! (`Host`, `Content-Length`, `Accept-Encoding`, `User-Agent`). Not modelled: Content Security Policy, mixed content, HSTS, and the digests of integrity metadata.

mod api;
mod corp;
mod cors_check;
mod credentials;
mod extract;
mod failure;
mod feature;
mod fetch;
mod filter;
mod header;
mod main_fetch;
mod method;
mod mime;
mod network;
mod origin;
mod preflight;
mod preflight_cache;
mod range;
mod redirect;
mod referrer;
mod request;
mod response;
mod revision;
mod safelist;
mod scheme_fetch;
mod service_worker;
mod site;
mod tao;
mod token;
mod trace;

pub use api::{Api, ApiError, Call, CallBody, DocumentType, Duplex, Exception, InvalidOption};
pub use corp::cross_origin_resource_policy_check;
pub use cors_check::{CorsCheckFailure, cors_check};
pub use credentials::Credentials;
pub use extract::{
    Extracted, ExtractedSingle, extract_list, extract_location, extract_max_age,
    get_decode_and_split, parse_token_list,
};
pub use failure::Failure;
pub use feature::{Access, Feature, Used};
pub use fetch::{Awaiting, Outcome, Reply, Send, Step, fetch};
pub use filter::{FilteredResponse, ResponseType, exposed_header_names, filter_response};
pub use header::{HeaderList, Headers, is_header_name, is_header_value, normalize_header_value};
pub use main_fetch::{Branch, ModeFailure, is_bad_port, main_fetch_branch};
pub use method::{is_cors_safelisted_method, is_forbidden_method, is_method, normalize_method};
pub use network::{OutgoingRequest, Purpose, request_origin_header};
pub use origin::{Origin, OriginParseError, TupleOrigin};
pub use preflight::{
    Grant, PreflightFailure, PreflightReason, judge_preflight, needs_preflight, preflight_reason,
};
pub use preflight_cache::{CacheEntry, CachedPermission, Millis, PreflightCache};
pub use range::{SimpleRange, parse_single_range};
pub use redirect::{HttpRedirect, LocationUrl, RedirectFailure, http_redirect, location_url};
pub use referrer::{determine_referrer, parse_referrer_policy};
pub use request::{
    Blob, CacheMode, CorsAttribute, CredentialsMode, EmbedderPolicy, Flag, RedirectMode,
    ReferrerPolicy, Request, RequestBody, RequestMode, ResponseTainting,
};
pub use response::{Response, is_null_body_status, is_ok_status, is_redirect_status};
pub use revision::FETCH_REVISION;
pub use safelist::{
    cors_unsafe_request_header_names, is_cors_non_wildcard_request_header_name,
    is_cors_safelisted_request_header, is_cors_safelisted_response_header_name,
    is_cors_unsafe_request_header_byte, is_forbidden_request_header,
    is_forbidden_response_header_name, is_no_cors_safelisted_request_header,
    is_privileged_no_cors_request_header_name, is_request_body_header_name,
};
pub use service_worker::service_worker_response_check;
pub use site::{RegistrableDomain, registrable_domain_by_labels, schemelessly_same_site};
pub use tao::tao_check;
pub use token::{is_tchar, is_token};
pub use trace::{Trace, TraceStep, TraceVerdict, What};
