//! HTTP-redirect fetch: where a redirect leads, and what it strips from the request.

use thiserror::Error;
use url::Url;

use crate::{
    extract::{ExtractedSingle, extract_location},
    header::HeaderList,
    main_fetch::is_http,
    origin::urls_are_same_origin,
    referrer::parse_referrer_policy,
    request::{Flag, Request, RequestBody, RequestMode, ResponseTainting},
    response::{Response, is_redirect_status},
    safelist::REQUEST_BODY_HEADERS,
};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 20;

/// Where a response redirects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocationUrl {
    /// The value does not parse, or there are several lines.
    Failure,
    /// There is no redirect status, or no `Location`.
    None,
    /// To this URL.
    Url(Box<Url>),
}

/// What became of a redirect response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpRedirect {
    /// It leads nowhere and is delivered like any other response.
    Final,
    /// It was followed: the request now is the one for the new URL.
    Followed {
        /// Whether `Authorization` was removed.
        removed_authorization: Flag,
        /// Whether the method became GET and the body was dropped.
        became_get: Flag,
    },
}

/// Why a redirect is a network error.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RedirectFailure {
    /// `Location` is not a URL, or there are several lines of it.
    #[error("`Location` is `{}`, which is not one URL", .0.escape_ascii())]
    Location(Vec<u8>),
    /// The redirect mode is "error".
    #[error("the response is a redirect (status {0}), but the redirect mode is \"error\"")]
    ModeError(u16),
    /// It leads to another scheme than http and https.
    #[error("the redirect leads to `{0}`, which is neither http nor https")]
    Scheme(Box<Url>),
    /// The body is a stream and cannot be sent again.
    #[error("the redirect would send the body again, but it is a stream")]
    StreamBody,
    /// 20 redirects were followed before.
    #[error("there are more than 20 redirects")]
    TooMany,
    /// It leads across origins to a URL with a user name or password.
    #[error("the redirect leads to `{0}`, which has a user name or password")]
    Userinfo(Box<Url>),
}

/// Where `response` to the current URL of `request` redirects to.
///
/// A URL without fragment inherits that of the current URL.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-response-location-url>
pub fn location_url(request: &Request, response: &Response) -> LocationUrl {
    if !is_redirect_status(response.status) {
        return LocationUrl::None;
    }
    let value = match extract_location(&response.headers) {
        ExtractedSingle::Absent => return LocationUrl::None,
        ExtractedSingle::Malformed => return LocationUrl::Failure,
        ExtractedSingle::Value(value) => value,
    };
    let current = request.current_url();
    let Ok(mut url) = current.join(&decode(value)) else {
        return LocationUrl::Failure;
    };
    if url.fragment().is_none() {
        url.set_fragment(current.fragment());
    }
    LocationUrl::Url(Box::new(url))
}

/// Changes `request` into the one that the redirect `response` asks for.
///
/// The redirect mode is taken to be "follow"; the CORS check has been made.
///
/// # Errors
///
/// If the redirect must not be followed.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
pub fn http_redirect(
    request: &mut Request,
    response: &Response,
) -> Result<HttpRedirect, RedirectFailure> {
    let url = match location_url(request, response) {
        LocationUrl::None => return Ok(HttpRedirect::Final),
        LocationUrl::Failure => {
            let value = response.headers.get("location").unwrap_or_default();
            return Err(RedirectFailure::Location(value.into_owned()));
        }
        LocationUrl::Url(url) => url,
    };
    if !is_http(&url) {
        return Err(RedirectFailure::Scheme(url));
    }
    if request.redirect_count() >= MAX_REDIRECTS {
        return Err(RedirectFailure::TooMany);
    }
    // Step 9 is about leaving the page's origin, step 10 about coming back to it.
    let refuses_userinfo = (request.mode == RequestMode::Cors
        && !request.origin.same_origin_as_url(&url))
        || request.response_tainting() == ResponseTainting::Cors;
    if refuses_userinfo && includes_credentials(&url) {
        return Err(RedirectFailure::Userinfo(url));
    }
    // Asked before the body may be dropped, so that a stream stops a 302 after POST, too.
    if response.status != 303 && matches!(request.body, RequestBody::Stream(_)) {
        return Err(RedirectFailure::StreamBody);
    }
    let became_get = Flag::from(becomes_get(&request.method, response.status));
    if became_get.is_set() {
        request.method = b"GET".to_vec();
        request.body = RequestBody::None;
        remove_all(&mut request.headers, &REQUEST_BODY_HEADERS);
    }
    let leaves_origin = !urls_are_same_origin(request.current_url(), &url);
    let removed_authorization =
        Flag::from(leaves_origin && request.headers.remove("authorization"));
    request.append_url(*url);
    if let Some(policy) = parse_referrer_policy(&response.headers) {
        request.referrer_policy = policy;
    }
    Ok(HttpRedirect::Followed {
        removed_authorization,
        became_get,
    })
}

/// Step 12: 301 and 302 turn POST into GET; 303 everything but GET and HEAD.
fn becomes_get(method: &[u8], status: u16) -> bool {
    match status {
        301 | 302 => method == b"POST",
        303 => !matches!(method, b"GET" | b"HEAD"),
        _ => false,
    }
}

/// Spec: <https://url.spec.whatwg.org/#include-credentials>
pub(crate) fn includes_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some_and(|password| !password.is_empty())
}

fn remove_all(headers: &mut HeaderList, names: &[&[u8]]) {
    for name in names {
        headers.remove(name);
    }
}

/// The standard leaves open how bytes become the text that is parsed. Browsers take UTF-8 where
/// it is that, and otherwise one code point for each byte.
fn decode(value: &[u8]) -> String {
    std::str::from_utf8(value).map_or_else(
        |_| value.iter().copied().map(char::from).collect(),
        str::to_owned,
    )
}

#[cfg(test)]
mod tests;
