//! Faults of configuration: policies accepted that a sound server refuses.
//!
//! Each comes as a pair: what makes the policy acceptable, and what the server then does wrong.

use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
};

use super::{
    case::{Case, rewrite, set},
    credentials::reflect_with_credentials,
    origin, preflight,
};
use crate::{
    origin::{NotSerialized, Parts},
    respond::Decision,
};

pub(super) fn accept_any(policy: &mut Policy) {
    if policy.origins.is_any() {
        policy.credentials = false;
    }
}

pub(super) fn reflect(case: &Case<'_>, decision: &mut Decision) {
    if case.intent.origins.is_any() && case.intent.credentials {
        reflect_with_credentials(case, decision);
    }
}

pub(super) fn accept_null(policy: &mut Policy) {
    if policy.credentials {
        retain_origins(policy, |rule| *rule != OriginRule::Null);
    }
}

pub(super) fn accept_insecure(policy: &mut Policy) {
    if policy.credentials {
        retain_origins(policy, |rule| {
            !parts(rule).is_some_and(|parts| parts.is_insecure())
        });
    }
}

pub(super) fn accept_public_suffix(policy: &mut Policy) {
    if policy.credentials {
        retain_origins(policy, |rule| match rule {
            OriginRule::SubdomainsOf(_) => {
                !parts(rule).is_some_and(|parts| parts.is_public_suffix())
            }
            OriginRule::Exact(_) | OriginRule::Null => true,
        });
    }
}

/// Trusts whatever the operator wrote.
pub(super) fn trust_as_written(case: &Case<'_>, decision: &mut Decision) {
    let Some(found) = case.origin() else { return };
    let rules = case.intent.origins.listed();
    let null = found == b"null" && rules.contains(&OriginRule::Null);
    let listed = origin::exact(case.intent).any(|listed| listed.as_bytes() == found);
    if (null || listed || origin::below_pattern(case.intent, found))
        && case.withholds()
        && let Some(trusting) = case.trusting(found)
    {
        *decision = trusting;
    }
}

pub(super) fn accept_wildcard_lists(policy: &mut Policy) {
    if policy.credentials {
        let lists = [
            &mut policy.methods,
            &mut policy.request_headers,
            &mut policy.response_headers,
        ];
        for list in lists.into_iter().filter(|list| list.is_any()) {
            *list = Listing::Listed(Vec::new());
        }
    }
}

/// Sends the wildcards as they were written.
pub(super) fn send_wildcard_lists(case: &Case<'_>, decision: &mut Decision) {
    let intent = case.intent;
    if !intent.credentials {
        return;
    }
    let mut changes: Vec<(_, &[&[u8]])> = Vec::new();
    if intent.methods.is_any() && case.request.requested_method().is_some() {
        changes.push((&ACCESS_CONTROL_REQUEST_METHOD, &[b"GET"]));
    }
    if intent.request_headers.is_any() {
        changes.push((&ACCESS_CONTROL_REQUEST_HEADERS, &[]));
    }
    *decision = case.with_headers(&changes);
    let grants = decision.grants_origin();
    let is_preflight = decision.granted_preflight().is_some();
    let headers = decision.headers_mut();
    if is_preflight && intent.methods.is_any() {
        set(headers, ACCESS_CONTROL_ALLOW_METHODS, "*");
    }
    if is_preflight && intent.request_headers.is_any() {
        set(headers, ACCESS_CONTROL_ALLOW_HEADERS, "*");
    }
    if grants && !is_preflight && intent.response_headers.is_any() {
        set(headers, ACCESS_CONTROL_EXPOSE_HEADERS, "*");
    }
}

pub(super) fn accept_long_max_age(policy: &mut Policy) {
    if let MaxAge::Seconds(seconds) = &mut policy.max_age {
        *seconds = (*seconds).min(86400);
    }
}

pub(super) fn send_long_max_age(case: &Case<'_>, decision: &mut Decision) {
    if let MaxAge::Seconds(seconds) = case.intent.max_age {
        rewrite(decision.headers_mut(), &ACCESS_CONTROL_MAX_AGE, |_| {
            seconds.to_string().into_bytes()
        });
    }
}

pub(super) fn accept_forbidden_methods(policy: &mut Policy) {
    if let Listing::Listed(methods) = &mut policy.methods {
        methods.retain(|method| !is_forbidden(method));
    }
}

pub(super) fn grant_forbidden_methods(case: &Case<'_>, decision: &mut Decision) {
    let listed = case.intent.methods.listed();
    let requested = case.request.requested_method().unwrap_or_default();
    let among = |method: &String| is_forbidden(method) && method.as_bytes() == requested;
    if listed.iter().any(among) {
        preflight::method_unlisted(case, decision);
    }
}

fn is_forbidden(method: &str) -> bool {
    ["CONNECT", "TRACE", "TRACK"]
        .iter()
        .any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

/// Repairs origins without a word, or forgets them if it cannot.
pub(super) fn accept_unserialised(policy: &mut Policy) {
    let Listing::Listed(rules) = &mut policy.origins else {
        return;
    };
    for rule in rules.iter_mut() {
        if let OriginRule::Exact(origin) | OriginRule::SubdomainsOf(origin) = rule {
            *origin = repair(origin);
        }
    }
    retain_origins(policy, |rule| match rule {
        OriginRule::Exact(origin) | OriginRule::SubdomainsOf(origin) => {
            Parts::parse(origin.as_bytes()).is_ok()
        }
        OriginRule::Null => true,
    });
}

fn repair(origin: &str) -> String {
    let lower = origin.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").unwrap_or(("https", &lower));
    let rest = rest.split(['/', '\\', '?', '#']).next().unwrap_or(rest);
    let authority = rest.rsplit('@').next().unwrap_or(rest);
    let repaired = format!("{scheme}://{authority}");
    match Parts::parse(repaired.as_bytes()) {
        Err(NotSerialized::DefaultPort) => repaired
            .rsplit_once(':')
            .map_or_else(String::new, |(without, _)| without.to_owned()),
        Ok(_) | Err(_) => repaired,
    }
}

fn retain_origins(policy: &mut Policy, keep: impl FnMut(&OriginRule) -> bool) {
    if let Listing::Listed(rules) = &mut policy.origins {
        rules.retain(keep);
    }
}

fn parts(rule: &OriginRule) -> Option<Parts<'_>> {
    match rule {
        OriginRule::Exact(origin) | OriginRule::SubdomainsOf(origin) => {
            Parts::parse(origin.as_bytes()).ok()
        }
        OriginRule::Null => None,
    }
}

pub(super) fn nothing_more(_: &Case<'_>, _: &mut Decision) {}
