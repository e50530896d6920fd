//! Faults around `Access-Control-Allow-Origin` and `Access-Control-Allow-Credentials`.

use http::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, COOKIE};

use super::{
    case::{Case, has, remove, rewrite, set, value},
    origin::exact,
};
use crate::respond::Decision;

pub(super) fn reflect_with_credentials(case: &Case<'_>, decision: &mut Decision) {
    let Some(origin) = case.origin() else { return };
    if let Some(trusting) = case.trusting(origin) {
        *decision = trusting;
    }
    if decision.grants_origin() {
        set(decision.headers_mut(), ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        send_true(decision);
    }
}

pub(super) fn wildcard(case: &Case<'_>, decision: &mut Decision) {
    if case.intent.credentials && decision.grants_origin() {
        set(decision.headers_mut(), ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        send_true(decision);
    }
}

pub(super) fn misspelt_true(_: &Case<'_>, decision: &mut Decision) {
    let capital = |_: &[u8]| b"True".to_vec();
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_ALLOW_CREDENTIALS,
        capital,
    );
}

pub(super) fn send_false(_: &Case<'_>, decision: &mut Decision) {
    if !has(decision.headers_mut(), &ACCESS_CONTROL_ALLOW_CREDENTIALS) {
        let headers = decision.headers_mut();
        set(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, "false");
    }
}

pub(super) fn unconfigured(_: &Case<'_>, decision: &mut Decision) {
    if decision.grants_origin() {
        send_true(decision);
    }
}

/// Permits credentials, to whatever origin may read, once a cookie has come.
pub(super) fn for_cookies(case: &Case<'_>, decision: &mut Decision) {
    if case.request.headers.values(&COOKIE).next().is_some() && decision.grants_origin() {
        reflect_with_credentials(case, decision);
    }
}

pub(super) fn beside_wildcard(case: &Case<'_>, decision: &mut Decision) {
    if case.intent.origins.is_any() && decision.grants_origin() {
        send_true(decision);
    }
}

pub(super) fn not_on_preflight(_: &Case<'_>, decision: &mut Decision) {
    if let Decision::Preflight(preflight) = decision {
        remove(&mut preflight.headers, &ACCESS_CONTROL_ALLOW_CREDENTIALS);
    }
}

pub(super) fn not_on_actual(_: &Case<'_>, decision: &mut Decision) {
    if let Decision::Actual(actual) = decision {
        remove(&mut actual.headers, &ACCESS_CONTROL_ALLOW_CREDENTIALS);
    }
}

pub(super) fn only_with_cookie(case: &Case<'_>, decision: &mut Decision) {
    if case.request.headers.values(&COOKIE).next().is_none() {
        remove(decision.headers_mut(), &ACCESS_CONTROL_ALLOW_CREDENTIALS);
    }
}

pub(super) fn duplicate_origin(_: &Case<'_>, decision: &mut Decision) {
    let headers = decision.headers_mut();
    if let Some(again) = value(headers, &ACCESS_CONTROL_ALLOW_ORIGIN).cloned() {
        headers.push((ACCESS_CONTROL_ALLOW_ORIGIN, again));
    }
}

pub(super) fn listed_origins(case: &Case<'_>, decision: &mut Decision) {
    if !case.intent.origins.is_any() {
        let all = listing(case);
        let everything = |_: &[u8]| all.into_bytes();
        rewrite(
            decision.headers_mut(),
            &ACCESS_CONTROL_ALLOW_ORIGIN,
            everything,
        );
    }
}

pub(super) fn trailing_slash(_: &Case<'_>, decision: &mut Decision) {
    rewrite(
        decision.headers_mut(),
        &ACCESS_CONTROL_ALLOW_ORIGIN,
        |origin| match origin {
            b"*" => b"*".to_vec(),
            origin => [origin, b"/"].concat(),
        },
    );
}

pub(super) fn empty_if_refused(case: &Case<'_>, decision: &mut Decision) {
    if case.withholds() {
        set(decision.headers_mut(), ACCESS_CONTROL_ALLOW_ORIGIN, "");
    }
}

pub(super) fn listed_origins_if_refused(case: &Case<'_>, decision: &mut Decision) {
    if case.withholds() {
        let all = listing(case);
        set(decision.headers_mut(), ACCESS_CONTROL_ALLOW_ORIGIN, all);
    }
}

pub(super) fn first_listed(case: &Case<'_>, decision: &mut Decision) {
    if let Some(first) = exact(case.intent).next()
        && (decision.grants_origin() || matches!(decision, Decision::Actual(_)))
    {
        set(decision.headers_mut(), ACCESS_CONTROL_ALLOW_ORIGIN, first);
    }
}

fn send_true(decision: &mut Decision) {
    let headers = decision.headers_mut();
    set(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
}

fn listing(case: &Case<'_>) -> String {
    let all: Vec<_> = exact(case.intent).collect();
    all.join(", ")
}
