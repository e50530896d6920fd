//! Faults of layers that were stacked: a proxy, a gateway or a compressor that knows nothing of the
//! policy behind it.

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_REQUEST_HEADERS, VARY,
    },
};

use super::{
    case::{Case, set},
    credentials::send_true,
};
use crate::respond::{Actual, Decision};

/// Adds a line of its own to whatever comes through.
pub(super) fn any_origin_added(_: &Case<'_>, decision: &mut Decision) {
    let any = HeaderValue::from_static("*");
    let headers = decision.headers_mut();
    headers.push((ACCESS_CONTROL_ALLOW_ORIGIN, any));
}

/// Answers every preflight itself.
pub(super) fn preflights_granted(case: &Case<'_>, decision: &mut Decision) {
    let Decision::Preflight(_) = decision else {
        return;
    };
    let mut headers = Vec::new();
    set(&mut headers, VARY, "Origin");
    if let (Some(origin), Some(method)) = (case.origin(), case.request.requested_method()) {
        set(&mut headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        set(&mut headers, ACCESS_CONTROL_ALLOW_METHODS, method);
    }
    let requested = &ACCESS_CONTROL_REQUEST_HEADERS;
    for names in case.request.headers.values(requested) {
        set(&mut headers, ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
    *decision = Decision::answer(StatusCode::NO_CONTENT, headers);
    send_true(decision);
}

/// Says what its own work varies by, and forgets what it found.
pub(super) fn vary_replaced(_: StatusCode, actual: Actual, headers: &mut HeaderMap) {
    actual.apply(headers);
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
}
