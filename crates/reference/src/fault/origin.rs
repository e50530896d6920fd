//! Faulty comparisons of origins: each says whether it trusts an origin that the policy does not.

use crosscheck_vectors::policy::{OriginRule, Policy};
use http::{
    HeaderName, StatusCode,
    header::{ACCESS_CONTROL_ALLOW_ORIGIN, COOKIE, HOST, ORIGIN},
};

use super::case::{Case, set};
use crate::{origin::Parts, respond::Decision};

pub(super) fn any(_: &Policy, _: &[u8]) -> bool {
    true
}

pub(super) fn starting_with_listed(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| origin.starts_with(listed.as_bytes()))
}

pub(super) fn ending_with_listed(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| {
        let (scheme, authority) = split(listed.as_bytes());
        split(origin).0 == scheme && origin.ends_with(authority)
    })
}

pub(super) fn containing_listed(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| {
        let (_, authority) = split(listed.as_bytes());
        origin
            .windows(authority.len().max(1))
            .any(|window| window == authority)
    })
}

pub(super) fn dots_match_anything(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| {
        let mut pairs = listed.bytes().zip(origin);
        listed.len() == origin.len()
            && pairs.all(|(wanted, found)| wanted == b'.' || wanted == *found)
    })
}

pub(super) fn ignoring_case(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| origin.eq_ignore_ascii_case(listed.as_bytes()))
}

pub(super) fn ignoring_scheme(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| split(listed.as_bytes()).1 == split(origin).1)
}

pub(super) fn ignoring_port(policy: &Policy, origin: &[u8]) -> bool {
    compare(policy, exact, origin, |listed, found| {
        listed.scheme == found.scheme && listed.host == found.host
    })
}

pub(super) fn loopback(_: &Policy, origin: &[u8]) -> bool {
    Parts::parse(origin).is_ok_and(|origin| origin.is_loopback())
}

pub(super) fn internal(_: &Policy, origin: &[u8]) -> bool {
    Parts::parse(origin).is_ok_and(|origin| origin.host.ends_with(".internal"))
}

pub(super) fn null(_: &Policy, origin: &[u8]) -> bool {
    origin == b"null"
}

pub(super) fn with_www(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| {
        let (scheme, authority) = split(listed.as_bytes());
        let (found_scheme, found) = split(origin);
        scheme == found_scheme && found.strip_prefix(b"www.") == Some(authority)
    })
}

/// Hosts below which anybody may put up a page.
pub(super) fn on_shared_hosting(_: &Policy, origin: &[u8]) -> bool {
    const SUFFIXES: [&[u8]; 3] = [b".github.io", b".vercel.app", b".netlify.app"];
    SUFFIXES.iter().any(|suffix| origin.ends_with(suffix))
}

pub(super) fn below_listed(policy: &Policy, origin: &[u8]) -> bool {
    compare(policy, exact, origin, is_below)
}

pub(super) fn below_pattern(policy: &Policy, origin: &[u8]) -> bool {
    compare(policy, patterns, origin, is_below)
}

pub(super) fn bare_domain(policy: &Policy, origin: &[u8]) -> bool {
    patterns(policy).any(|base| base.as_bytes() == origin)
}

pub(super) fn ending_with_pattern(policy: &Policy, origin: &[u8]) -> bool {
    compare(policy, patterns, origin, |base, found| {
        same_scheme_and_port(base, found) && found.host.ends_with(base.host)
    })
}

pub(super) fn malformed(_: &Policy, origin: &[u8]) -> bool {
    origin != b"null" && Parts::parse(origin).is_err()
}

pub(super) fn up_to_special_character(policy: &Policy, origin: &[u8]) -> bool {
    exact(policy).any(|listed| {
        let beyond = origin.strip_prefix(listed.as_bytes());
        beyond.and_then(<[u8]>::first).is_some_and(|next| {
            !next.is_ascii_alphanumeric() && !matches!(next, b'.' | b'-' | b':' | b'/')
        })
    })
}

/// Reads the first of several `Origin` lines.
pub(super) fn first_line(case: &Case<'_>, decision: &mut Decision) {
    let lines: Vec<_> = case.request.headers.values(&ORIGIN).collect();
    if let [first, _, ..] = lines.as_slice() {
        *decision = case.with_header(&ORIGIN, &[first]);
    }
}

/// Takes `X-Origin` for the origin where there is none.
pub(super) fn x_origin(case: &Case<'_>, decision: &mut Decision) {
    const X_ORIGIN: HeaderName = HeaderName::from_static("x-origin");
    let stated = case.request.headers.values(&X_ORIGIN).next();
    if case.origin().is_none()
        && let Some(stated) = stated
    {
        *decision = case.with_header(&ORIGIN, &[stated]);
    }
}

/// Takes an origin with the server's own host for the server's own, whatever scheme and port it has.
pub(super) fn own_host(case: &Case<'_>, decision: &mut Decision) {
    let own = case.request.headers.values(&HOST).next();
    let own = own.and_then(|host| host.split(|&byte| byte == b':').next());
    trust_if(case, decision, |origin| {
        let parts = Parts::parse(origin).ok();
        parts.map(|parts| parts.host.as_bytes()) == own
    });
}

pub(super) fn null_with_cookie(case: &Case<'_>, decision: &mut Decision) {
    let has_cookie = case.request.headers.values(&COOKIE).next().is_some();
    trust_if(case, decision, |origin| has_cookie && origin == b"null");
}

pub(super) fn any_for_head(case: &Case<'_>, decision: &mut Decision) {
    trust_if(case, decision, |_| case.request.method == b"HEAD");
}

/// Decides as if the origin were listed, if it is withheld and `trusts` it.
fn trust_if(case: &Case<'_>, decision: &mut Decision, trusts: impl Fn(&[u8]) -> bool) {
    if let Some(origin) = case.origin()
        && case.withholds()
        && trusts(origin)
        && let Some(trusting) = case.trusting(origin)
    {
        *decision = trusting;
    }
}

pub(super) fn refused_fails(case: &Case<'_>, decision: &mut Decision) {
    if case.withholds() {
        *decision = Decision::answer(StatusCode::INTERNAL_SERVER_ERROR, Vec::new());
    }
}

/// Fails at an origin that is not that of a page on the web, and not permitted either.
pub(super) fn odd_fails(case: &Case<'_>, decision: &mut Decision) {
    let is_odd = |origin| Parts::parse(origin).is_err();
    if case.withholds() && case.origin().is_some_and(is_odd) {
        *decision = Decision::answer(StatusCode::INTERNAL_SERVER_ERROR, Vec::new());
    }
}

/// Writes down that there is no origin as if it were one.
pub(super) fn null_without_origin(case: &Case<'_>, decision: &mut Decision) {
    if case.origin().is_none() && !case.intent.origins.is_any() {
        let headers = decision.headers_mut();
        set(headers, ACCESS_CONTROL_ALLOW_ORIGIN, "null");
    }
}

/// Judges the origin of the first request only.
pub(super) fn first_request(case: &Case<'_>, decision: &mut Decision) {
    if case.origin().is_none() {
        return;
    }
    let verdict = case
        .memory
        .first_verdict
        .get_or_init(|| crate::respond::judge_origin(case.policy, case.request.headers));
    *decision = crate::respond::respond_as(case.policy, case.request, verdict.clone());
}

/// The listed origins, without patterns.
pub(super) fn exact(policy: &Policy) -> impl Iterator<Item = &str> {
    policy
        .origins
        .listed()
        .iter()
        .filter_map(|rule| match rule {
            OriginRule::Exact(origin) => Some(origin.as_str()),
            OriginRule::Null | OriginRule::SubdomainsOf(_) => None,
        })
}

/// What the patterns are based on.
pub(super) fn patterns(policy: &Policy) -> impl Iterator<Item = &str> {
    policy
        .origins
        .listed()
        .iter()
        .filter_map(|rule| match rule {
            OriginRule::SubdomainsOf(origin) => Some(origin.as_str()),
            OriginRule::Exact(_) | OriginRule::Null => None,
        })
}

/// Whether `same` holds for the parts of one of the policy's origins and those of `origin`.
fn compare<'p, I: Iterator<Item = &'p str>>(
    policy: &'p Policy,
    chosen: fn(&'p Policy) -> I,
    origin: &[u8],
    same: fn(&Parts<'_>, &Parts<'_>) -> bool,
) -> bool {
    let Ok(found) = Parts::parse(origin) else {
        return false;
    };
    chosen(policy)
        .filter_map(|listed| Parts::parse(listed.as_bytes()).ok())
        .any(|listed| same(&listed, &found))
}

fn is_below(base: &Parts<'_>, found: &Parts<'_>) -> bool {
    let above = found.host.strip_suffix(base.host);
    same_scheme_and_port(base, found) && above.is_some_and(|above| above.ends_with('.'))
}

fn same_scheme_and_port(one: &Parts<'_>, other: &Parts<'_>) -> bool {
    one.scheme == other.scheme && one.port == other.port
}

/// Scheme and authority; no scheme if there is no `://`.
fn split(origin: &[u8]) -> (&[u8], &[u8]) {
    let at = origin.windows(3).position(|window| window == b"://");
    at.and_then(|at| Some((origin.get(..at)?, origin.get(at + 3..)?)))
        .unwrap_or((b"", origin))
}
