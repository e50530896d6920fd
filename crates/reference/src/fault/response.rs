//! Faults around `Vary`, exposed headers, and responses that are not successes.

use http::{
    HeaderMap, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, VARY,
    },
};

use super::case::{Case, remove, rewrite, set, value};
use crate::respond::{Actual, Decision, Vary};

pub(super) fn no_vary_if_granted(_: &Case<'_>, decision: &mut Decision) {
    if decision.grants_origin() {
        forget_vary(decision);
    }
}

pub(super) fn no_vary_if_refused(case: &Case<'_>, decision: &mut Decision) {
    if case.origin().is_some() && !decision.grants_origin() {
        forget_vary(decision);
    }
}

pub(super) fn no_vary_without_origin(case: &Case<'_>, decision: &mut Decision) {
    if case.origin().is_none() {
        forget_vary(decision);
    }
}

pub(super) fn no_vary_on_head(case: &Case<'_>, decision: &mut Decision) {
    if case.request.method == b"HEAD" {
        forget_vary(decision);
    }
}

pub(super) fn no_vary_for_one(case: &Case<'_>, decision: &mut Decision) {
    if case.intent.origins.listed().len() == 1 {
        forget_vary(decision);
    }
}

/// Copies the request's `Vary` over its own.
pub(super) fn vary_from_request(case: &Case<'_>, decision: &mut Decision) {
    if let Some(value) = case.request.headers.values(&VARY).next() {
        forget_vary(decision);
        set(decision.headers_mut(), VARY, value);
    }
}

/// Says `*` where no origin asks, as if nobody else would get to see it.
pub(super) fn wildcard_without_origin(case: &Case<'_>, decision: &mut Decision) {
    if case.origin().is_none() && matches!(decision, Decision::Actual(_)) {
        set(decision.headers_mut(), ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        forget_vary(decision);
    }
}

fn forget_vary(decision: &mut Decision) {
    match decision {
        Decision::Preflight(preflight) => remove(&mut preflight.headers, &VARY),
        Decision::Actual(actual) => actual.vary = Vary::Nothing,
    }
}

pub(super) fn vary_overwritten(_: StatusCode, actual: Actual, headers: &mut HeaderMap) {
    if actual.vary == Vary::Origin {
        headers.remove(VARY);
    }
    actual.apply(headers);
}

pub(super) fn no_vary_on_errors(status: StatusCode, mut actual: Actual, headers: &mut HeaderMap) {
    if is_error(status) {
        actual.vary = Vary::Nothing;
    }
    actual.apply(headers);
}

pub(super) fn bare_errors(status: StatusCode, actual: Actual, headers: &mut HeaderMap) {
    if !is_error(status) {
        actual.apply(headers);
    }
}

/// Lets anyone read an error, if credentials do not keep them from it.
pub(super) fn open_errors(status: StatusCode, mut actual: Actual, headers: &mut HeaderMap) {
    if is_error(status) && value(&actual.headers, &ACCESS_CONTROL_ALLOW_CREDENTIALS).is_none() {
        set(&mut actual.headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    }
    actual.apply(headers);
}

pub(super) fn bare_redirects(status: StatusCode, actual: Actual, headers: &mut HeaderMap) {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        actual.apply(headers);
    }
}

pub(super) fn bare_not_modified(status: StatusCode, actual: Actual, headers: &mut HeaderMap) {
    if status != StatusCode::NOT_MODIFIED {
        actual.apply(headers);
    }
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

pub(super) fn expose_nothing(_: &Case<'_>, decision: &mut Decision) {
    remove(decision.headers_mut(), &ACCESS_CONTROL_EXPOSE_HEADERS);
}

pub(super) fn expose_only_with_origin(case: &Case<'_>, decision: &mut Decision) {
    if case.origin().is_none() {
        expose_nothing(case, decision);
    }
}

pub(super) fn expose_on_preflight(case: &Case<'_>, decision: &mut Decision) {
    remove(decision.headers_mut(), &ACCESS_CONTROL_EXPOSE_HEADERS);
    if let Some(preflight) = decision.granted_preflight()
        && let Some(names) = case.policy.exposed()
    {
        let headers = &mut preflight.headers;
        set(headers, ACCESS_CONTROL_EXPOSE_HEADERS, names);
    }
}

pub(super) fn expose_only_on_get(case: &Case<'_>, decision: &mut Decision) {
    if case.request.method != b"GET" {
        expose_nothing(case, decision);
    }
}

pub(super) fn expose_request_headers(case: &Case<'_>, decision: &mut Decision) {
    let listed = case.intent.request_headers.listed();
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_EXPOSE_HEADERS,
        |names| {
            let also = listed.iter().map(String::as_bytes);
            let all: Vec<_> = std::iter::once(names).chain(also).collect();
            all.join(&b", "[..])
        },
    );
}

pub(super) fn expose_malformed(_: &Case<'_>, decision: &mut Decision) {
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_EXPOSE_HEADERS,
        |names| [names, b"; x-other"].concat(),
    );
}

/// Answers a request from an origin that may not read without running the application.
pub(super) fn block(case: &Case<'_>, decision: &mut Decision) {
    if case.withholds() && matches!(decision, Decision::Actual(_)) {
        *decision = Decision::answer(StatusCode::FORBIDDEN, Vec::new());
    }
}
