//! Faults in answering preflights.

use std::sync::atomic::Ordering;

use crosscheck_http1::token;
use http::{
    HeaderName, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE,
        ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, LOCATION, VARY,
    },
};

use super::case::{Case, remove, rewrite, set};
use crate::respond::{Actual, Decision, Refused, Vary};

const ALLOW_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

pub(super) fn status(_: &Case<'_>, decision: &mut Decision) {
    if let Some(preflight) = decision.granted_preflight() {
        preflight.status = StatusCode::FORBIDDEN;
    }
}

pub(super) fn redirect(case: &Case<'_>, decision: &mut Decision) {
    if let Some(preflight) = decision.granted_preflight() {
        preflight.status = StatusCode::TEMPORARY_REDIRECT;
        let to = [case.request.path(), b"/"].concat();
        set(&mut preflight.headers, LOCATION, to);
    }
}

pub(super) fn reaches_handler(_: &Case<'_>, decision: &mut Decision) {
    if let Decision::Preflight(preflight) = decision {
        let mut headers = std::mem::take(&mut preflight.headers);
        remove(&mut headers, &VARY);
        let vary = Vary::Origin;
        *decision = Decision::Actual(Actual { headers, vary });
    }
}

pub(super) fn options_unknown(_: &Case<'_>, decision: &mut Decision) {
    if matches!(decision, Decision::Preflight(_)) {
        *decision = Decision::answer(StatusCode::METHOD_NOT_ALLOWED, Vec::new());
    }
}

pub(super) fn every_options(case: &Case<'_>, decision: &mut Decision) {
    if let Decision::Actual(actual) = decision
        && case.request.method == b"OPTIONS"
    {
        let mut headers = std::mem::take(&mut actual.headers);
        if actual.vary == Vary::Origin {
            set(&mut headers, VARY, "Origin");
        }
        *decision = Decision::answer(StatusCode::NO_CONTENT, headers);
    }
}

pub(super) fn method_upper_cased(case: &Case<'_>, decision: &mut Decision) {
    if let Some(method) = case.request.requested_method() {
        grant_any_case(case, decision, &method.to_ascii_uppercase());
    }
}

pub(super) fn method_ignoring_case(case: &Case<'_>, decision: &mut Decision) {
    if let Some(method) = case.request.requested_method() {
        grant_any_case(case, decision, method);
    }
}

/// Grants `method` if it is allowed in any spelling.
fn grant_any_case(case: &Case<'_>, decision: &mut Decision, method: &[u8]) {
    let safelisted = ["GET", "HEAD", "POST"].into_iter();
    let listed = case.intent.methods.listed().iter().map(String::as_str);
    let allowed = case.intent.methods.is_any()
        || safelisted
            .chain(listed)
            .any(|item| method.eq_ignore_ascii_case(item.as_bytes()));
    if allowed {
        grant_method(case, decision, method);
    }
}

pub(super) fn method_unlisted(case: &Case<'_>, decision: &mut Decision) {
    if decision.is_refused_for(Refused::Method)
        && let Some(method) = case.request.requested_method()
    {
        grant_method(case, decision, method);
    }
}

/// Fails at a preflight whose method or headers are no tokens.
pub(super) fn odd_fails(case: &Case<'_>, decision: &mut Decision) {
    let headers = case.request.headers;
    let mut methods = headers.values(&ACCESS_CONTROL_REQUEST_METHOD);
    let mut names = headers
        .values(&ACCESS_CONTROL_REQUEST_HEADERS)
        .flat_map(token::list);
    let is_odd = methods.any(|method| !token::is_token(method)) || names.any(|name| name.is_none());
    if is_odd && case.request.method == b"OPTIONS" {
        *decision = Decision::answer(StatusCode::INTERNAL_SERVER_ERROR, Vec::new());
    }
}

pub(super) fn method_unknown(case: &Case<'_>, decision: &mut Decision) {
    const KNOWN: [&[u8]; 4] = [b"DELETE", b"OPTIONS", b"PATCH", b"PUT"];
    let requested = case.request.requested_method().unwrap_or_default();
    if !KNOWN
        .iter()
        .any(|known| requested.eq_ignore_ascii_case(known))
    {
        method_unlisted(case, decision);
    }
}

pub(super) fn safelisted_method_refused(case: &Case<'_>, decision: &mut Decision) {
    let requested = case.request.requested_method().unwrap_or_default();
    let listed = case.intent.methods.listed();
    if !case.intent.methods.is_any() && !listed.iter().any(|item| item.as_bytes() == requested) {
        refuse(case, decision);
    }
}

/// Asks for a method that needs no permission, and answers with `method`.
fn grant_method(case: &Case<'_>, decision: &mut Decision, method: &[u8]) {
    *decision = case.with_header(&ACCESS_CONTROL_REQUEST_METHOD, &[b"GET"]);
    let headers = decision.headers_mut();
    rewrite(headers, &ACCESS_CONTROL_ALLOW_METHODS, |_| method.to_vec());
}

pub(super) fn no_methods(_: &Case<'_>, decision: &mut Decision) {
    remove(decision.headers_mut(), &ACCESS_CONTROL_ALLOW_METHODS);
}

pub(super) fn methods_malformed(_: &Case<'_>, decision: &mut Decision) {
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_ALLOW_METHODS,
        |method| [b"GET; ", method].concat(),
    );
}

pub(super) fn header_unlisted(case: &Case<'_>, decision: &mut Decision) {
    if decision.is_refused_for(Refused::Header) {
        let lines = case.request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
        let names: Vec<_> = lines.flat_map(token::list).flatten().collect();
        grant_headers(case, decision, &names.join(&b", "[..]));
    }
}

pub(super) fn headers_echoed(case: &Case<'_>, decision: &mut Decision) {
    let lines = case.request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
    let raw: Vec<_> = lines.collect();
    if !raw.is_empty() && matches!(decision, Decision::Preflight(_)) {
        grant_headers(case, decision, &raw.join(&b", "[..]));
    }
}

/// Judges the first of the names, and grants all.
pub(super) fn header_first_judged(case: &Case<'_>, decision: &mut Decision) {
    let lines = case.request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
    let names: Vec<_> = lines.flat_map(token::list).flatten().collect();
    if let [first, _, ..] = names.as_slice() {
        *decision = case.with_header(&ACCESS_CONTROL_REQUEST_HEADERS, &[first]);
        if decision.granted_preflight().is_some() {
            grant_headers(case, decision, &names.join(&b", "[..]));
        }
    }
}

pub(super) fn header_first_granted(_: &Case<'_>, decision: &mut Decision) {
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_ALLOW_HEADERS,
        |names| {
            let first = token::list(names).flatten().next();
            first.unwrap_or_default().to_vec()
        },
    );
}

/// Looks at 256 bytes of the list at most.
pub(super) fn header_list_limited(case: &Case<'_>, decision: &mut Decision) {
    let mut lines = case.request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
    if lines.any(|line| line.len() > 256) {
        refuse(case, decision);
    }
}

/// Adds to a list that it keeps.
pub(super) fn header_list_grows(case: &Case<'_>, decision: &mut Decision) {
    let Some(preflight) = decision.granted_preflight() else {
        return;
    };
    let n_before = case.memory.n_preflights.fetch_add(1, Ordering::Relaxed);
    rewrite(
        &mut preflight.headers,
        &ACCESS_CONTROL_ALLOW_HEADERS,
        |names| vec![names; n_before.min(99) + 1].join(&b", "[..]),
    );
}

/// Asks for no headers, and answers with `names`.
fn grant_headers(case: &Case<'_>, decision: &mut Decision, names: &[u8]) {
    *decision = case.with_header(&ACCESS_CONTROL_REQUEST_HEADERS, &[]);
    if let Some(preflight) = decision.granted_preflight() {
        set(&mut preflight.headers, ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
}

pub(super) fn header_case_sensitive(case: &Case<'_>, decision: &mut Decision) {
    let listed = case.intent.request_headers.listed();
    let lines = case.request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
    let mut names = lines.flat_map(token::list).flatten();
    let differs = |name: &[u8]| !listed.iter().any(|item| item.as_bytes() == name);
    if !case.intent.request_headers.is_any() && names.any(differs) {
        refuse(case, decision);
    }
}

pub(super) fn header_blank_refused(case: &Case<'_>, decision: &mut Decision) {
    let mut lines = case.request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
    if lines.any(|line| line.contains(&b' ') || line.contains(&b'\t')) {
        refuse(case, decision);
    }
}

/// Refuses a preflight, by asking for a header that no policy allows.
fn refuse(case: &Case<'_>, decision: &mut Decision) {
    if decision.granted_preflight().is_some() {
        *decision = case.with_header(&ACCESS_CONTROL_REQUEST_HEADERS, &[b"\""]);
    }
}

pub(super) fn header_first_line(case: &Case<'_>, decision: &mut Decision) {
    let lines = case.request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
    let lines: Vec<_> = lines.collect();
    if let [first, _, ..] = lines.as_slice() {
        *decision = case.with_header(&ACCESS_CONTROL_REQUEST_HEADERS, &[first]);
    }
}

pub(super) fn content_type_forgotten(_: &Case<'_>, decision: &mut Decision) {
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_ALLOW_HEADERS,
        |names| {
            let kept = token::list(names).flatten();
            let kept: Vec<_> = kept
                .filter(|name| !name.eq_ignore_ascii_case(b"content-type"))
                .collect();
            kept.join(&b", "[..])
        },
    );
}

pub(super) fn wildcard_for_headers(case: &Case<'_>, decision: &mut Decision) {
    if case.intent.request_headers.is_any() {
        let headers = decision.headers_mut();
        rewrite(headers, &ACCESS_CONTROL_ALLOW_HEADERS, |_| b"*".to_vec());
    }
}

pub(super) fn no_headers(_: &Case<'_>, decision: &mut Decision) {
    remove(decision.headers_mut(), &ACCESS_CONTROL_ALLOW_HEADERS);
}

pub(super) fn headers_malformed(_: &Case<'_>, decision: &mut Decision) {
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_ALLOW_HEADERS,
        |names| [names, b"; x-other"].concat(),
    );
}

/// Tells a refused preflight what the policy lists.
pub(super) fn refusal_lists_policy(case: &Case<'_>, decision: &mut Decision) {
    if let Decision::Preflight(preflight) = decision
        && matches!(preflight.verdict, crate::respond::Verdict::Refused(_))
    {
        let methods = case.intent.methods.listed().join(", ");
        let names = case.intent.request_headers.listed().join(", ");
        set(
            &mut preflight.headers,
            ACCESS_CONTROL_ALLOW_METHODS,
            methods,
        );
        set(&mut preflight.headers, ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
}

pub(super) fn no_max_age(_: &Case<'_>, decision: &mut Decision) {
    remove(decision.headers_mut(), &ACCESS_CONTROL_MAX_AGE);
}

pub(super) fn zero_is_no_max_age(_: &Case<'_>, decision: &mut Decision) {
    decision
        .headers_mut()
        .retain(|(name, value)| name != ACCESS_CONTROL_MAX_AGE || value != "0");
}

pub(super) fn zero_is_negative(_: &Case<'_>, decision: &mut Decision) {
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_MAX_AGE,
        |seconds| match seconds {
            b"0" => b"-1".to_vec(),
            seconds => seconds.to_vec(),
        },
    );
}

pub(super) fn max_age_with_unit(_: &Case<'_>, decision: &mut Decision) {
    rewrite(decision.headers_mut(), &ACCESS_CONTROL_MAX_AGE, |seconds| {
        [seconds, b"s"].concat()
    });
}

pub(super) fn max_age_of_a_year(_: &Case<'_>, decision: &mut Decision) {
    if let Some(preflight) = decision.granted_preflight() {
        set(&mut preflight.headers, ACCESS_CONTROL_MAX_AGE, "31536000");
    }
}

pub(super) fn private_network(_: &Case<'_>, decision: &mut Decision) {
    if let Some(preflight) = decision.granted_preflight() {
        set(&mut preflight.headers, ALLOW_PRIVATE_NETWORK, "true");
    }
}
