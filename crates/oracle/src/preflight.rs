//! The CORS-preflight fetch: when permission is needed, and what grants it.

use thiserror::Error;

use crate::{
    cors_check::{CorsCheckFailure, cors_check},
    extract::{Extracted, ExtractedSingle, extract_list, extract_max_age},
    method::is_cors_safelisted_method,
    request::{CredentialsMode, Request},
    response::{Response, is_ok_status, is_redirect_status},
    safelist::{cors_unsafe_request_header_names, is_cors_non_wildcard_request_header_name},
};

/// For how many seconds permission lasts if the answer does not say.
const DEFAULT_MAX_AGE: u64 = 5;

/// What makes permission necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PreflightReason {
    /// The use-CORS-preflight flag: an upload listener or a stream as body.
    Forced,
    /// A header that is not safelisted.
    Headers,
    /// A method that is not safelisted.
    Method,
}

/// What a preflight response grants: everything it lists, not just what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant<'a> {
    /// The methods, among them perhaps `*`, in order.
    pub methods: Vec<&'a [u8]>,
    /// The header names, among them perhaps `*`, in order and as they were spelled.
    pub header_names: Vec<&'a [u8]>,
    /// For how many seconds, before any limit of the browser.
    pub max_age: u64,
}

/// Why a preflight response does not grant the request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PreflightFailure {
    /// `Authorization` is not listed by name, which it must be.
    #[error(
        "the preflight response does not list `authorization` in `Access-Control-Allow-Headers`, which no wildcard covers"
    )]
    Authorization,
    /// The response may not be shared with the page.
    #[error("the preflight response fails the CORS check: {0}")]
    CorsCheck(CorsCheckFailure),
    /// A header name is not listed.
    #[error("the preflight response does not list `{}` in `Access-Control-Allow-Headers`", .0.escape_ascii())]
    Header(Vec<u8>),
    /// `Access-Control-Allow-Headers` is not a comma list of tokens.
    #[error("`Access-Control-Allow-Headers` of the preflight response is `{}`, which is no list of header names", .0.escape_ascii())]
    HeadersSyntax(Vec<u8>),
    /// The method is not listed.
    #[error("the preflight response does not list `{}` in `Access-Control-Allow-Methods`", .0.escape_ascii())]
    Method(Vec<u8>),
    /// `Access-Control-Allow-Methods` is not a comma list of tokens.
    #[error("`Access-Control-Allow-Methods` of the preflight response is `{}`, which is no list of methods", .0.escape_ascii())]
    MethodsSyntax(Vec<u8>),
    /// There was no answer to the preflight request.
    #[error("there was no response to the preflight request")]
    NoResponse,
    /// The answer is a redirect, with a `Location`.
    #[error("the preflight response is a redirect (status {0}), which is never followed")]
    Redirect(u16),
    /// The status is not an ok status.
    #[error("the preflight response has status {0}, not one from 200 to 299")]
    Status(u16),
}

/// Whether `request` may only be sent across origins with permission.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-main-fetch>
pub fn needs_preflight(request: &Request) -> bool {
    preflight_reason(request, &cors_unsafe_request_header_names(&request.headers)).is_some()
}

/// What makes permission necessary for `request`, given its CORS-unsafe request-header names.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-main-fetch>
pub fn preflight_reason(request: &Request, unsafe_names: &[Vec<u8>]) -> Option<PreflightReason> {
    if request.use_cors_preflight.is_set() {
        Some(PreflightReason::Forced)
    } else if !request.unsafe_request.is_set() {
        None
    } else if !is_cors_safelisted_method(&request.method) {
        Some(PreflightReason::Method)
    } else if !unsafe_names.is_empty() {
        Some(PreflightReason::Headers)
    } else {
        None
    }
}

/// Decides whether `response` to the preflight grants `request`, whose CORS-unsafe
/// request-header names are `unsafe_names`.
///
/// Nothing else of the response matters: not its body, `Allow`, `Vary` or `Set-Cookie`.
///
/// # Errors
///
/// The first test that the response fails, in the standard's order; where the standard makes two
/// tests at once, methods come before headers.
///
/// Spec: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
pub fn judge_preflight<'a>(
    request: &'a Request,
    unsafe_names: &[Vec<u8>],
    response: &'a Response,
) -> Result<Grant<'a>, PreflightFailure> {
    cors_check(request, response).map_err(PreflightFailure::CorsCheck)?;
    check_status(response)?;
    let methods =
        list(response, "access-control-allow-methods").map_err(PreflightFailure::MethodsSyntax)?;
    let header_names = list(response, "access-control-allow-headers")
        .map_err(PreflightFailure::HeadersSyntax)?
        .unwrap_or_default();
    // Step 7.4 is meant to make forced preflights cacheable. Standing before the next step, it
    // also grants a method that is neither safelisted nor listed.
    let methods = match methods {
        None if request.use_cors_preflight.is_set() => vec![request.method.as_slice()],
        methods => methods.unwrap_or_default(),
    };
    let wildcard = |items: &[&[u8]]| {
        request.credentials_mode != CredentialsMode::Include && items.contains(&b"*".as_slice())
    };
    let method = request.method.as_slice();
    if !methods.contains(&method) && !is_cors_safelisted_method(method) && !wildcard(&methods) {
        return Err(PreflightFailure::Method(method.to_vec()));
    }
    let is_listed = |name: &[u8]| {
        header_names
            .iter()
            .any(|listed| listed.eq_ignore_ascii_case(name))
    };
    let unlisted_non_wildcard = request
        .headers
        .iter()
        .any(|(name, _)| is_cors_non_wildcard_request_header_name(name) && !is_listed(name));
    if unlisted_non_wildcard {
        return Err(PreflightFailure::Authorization);
    }
    if !wildcard(&header_names)
        && let Some(name) = unsafe_names.iter().find(|name| !is_listed(name))
    {
        return Err(PreflightFailure::Header(name.clone()));
    }
    let max_age = match extract_max_age(&response.headers) {
        ExtractedSingle::Value(seconds) => seconds,
        ExtractedSingle::Absent | ExtractedSingle::Malformed => DEFAULT_MAX_AGE,
    };
    Ok(Grant {
        methods,
        header_names,
        max_age,
    })
}

fn check_status(response: &Response) -> Result<(), PreflightFailure> {
    let status = response.status;
    if is_ok_status(status) {
        Ok(())
    } else if is_redirect_status(status) && response.headers.contains("location") {
        Err(PreflightFailure::Redirect(status))
    } else {
        Err(PreflightFailure::Status(status))
    }
}

/// The items of a list header, `None` if absent, or its value if it does not parse.
fn list<'a>(response: &'a Response, name: &str) -> Result<Option<Vec<&'a [u8]>>, Vec<u8>> {
    match extract_list(&response.headers, name) {
        Extracted::Absent => Ok(None),
        Extracted::Items(items) => Ok(Some(items)),
        Extracted::Malformed => {
            let value = response.headers.get(name).unwrap_or_default();
            Err(value.into_owned())
        }
    }
}

#[cfg(test)]
mod tests;
