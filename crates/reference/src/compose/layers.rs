//! What proxies, gateways and logins do that know nothing of the policy beside them.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS,
        AUTHORIZATION, COOKIE, ORIGIN, VARY, WWW_AUTHENTICATE,
    },
};

use crate::request::RequestHead;

/// What needs a login. Whoever asks for anything else counts as logged in, unless that is a
/// preflight, which never carries credentials.
const GUARDED: &[u8] = b"/status/401";

/// Asks for credentials where there are none.
pub(super) fn challenge(request: &RequestHead<'_>) -> Option<Response<Bytes>> {
    let carries = |name: &HeaderName| request.headers.values(name).next().is_some();
    let is_guarded = request.requested_method().is_some() || request.path() == GUARDED;
    if !is_guarded || carries(&AUTHORIZATION) || carries(&COOKIE) {
        return None;
    }
    let mut response = bodiless(StatusCode::UNAUTHORIZED);
    let basic = HeaderValue::from_static("Basic");
    response.headers_mut().insert(WWW_AUTHENTICATE, basic);
    Some(response)
}

/// Grants a preflight whatever it asks for.
pub(super) fn grant(request: &RequestHead<'_>) -> Option<Response<Bytes>> {
    let method = request.requested_method()?;
    let origin = request.headers.values(&ORIGIN).next()?;
    let mut response = bodiless(StatusCode::NO_CONTENT);
    let requested = request.headers.values(&ACCESS_CONTROL_REQUEST_HEADERS);
    let lines = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (ACCESS_CONTROL_ALLOW_CREDENTIALS, b"true"),
        (ACCESS_CONTROL_ALLOW_METHODS, method),
        (VARY, b"Origin"),
    ];
    let names = requested.map(|names| (ACCESS_CONTROL_ALLOW_HEADERS, names));
    for (name, value) in lines.into_iter().chain(names) {
        // What cannot be sent is not granted.
        if let Ok(value) = HeaderValue::from_bytes(value) {
            response.headers_mut().append(name, value);
        }
    }
    Some(response)
}

/// Adds its own lines to whatever comes through.
pub(super) fn permit_all(request: &RequestHead<'_>, response: &mut Response<Bytes>) {
    let headers = response.headers_mut();
    let mut add = |name, value| headers.append(name, HeaderValue::from_static(value));
    add(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    if request.requested_method().is_some() {
        add(ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE");
        add(ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type");
    }
}

/// Says what its own work varies by, and forgets what it found.
pub(super) fn replace_vary(_: &RequestHead<'_>, response: &mut Response<Bytes>) {
    let replaced = HeaderValue::from_static("Accept-Encoding");
    response.headers_mut().insert(VARY, replaced);
}

fn bodiless(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
