//! The application that vectors expect, as an `axum` router.

use axum::{Router, body::Body, extract::Request};
use crosscheck_reference::{application::application, request::RequestHead};

/// The application under no policy: what stands behind the layer that is to be judged.
///
/// | path | answer |
/// | --- | --- |
/// | `/echo` | 200 |
/// | `/status/{code}` | that status, 200 to 599 |
/// | `/redirect?to=URL` | 302, or what `code` says |
/// | `/panic` | a panic |
/// | anything else | 404 |
///
/// Every route takes any method, marks its response with `x-crosscheck-handled: ID`, adds the
/// header of each `h` parameter (`Name:value`), and sets a cookie with `cookie=1`.
pub fn echo() -> Router {
    let handler = |request: Request| {
        let response = application(&RequestHead::from(&request)).map(Body::from);
        async move { response }
    };
    Router::new().fallback(handler)
}
