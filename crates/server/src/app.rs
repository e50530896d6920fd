//! A site as an `axum` router, for tests in process.

use std::sync::Arc;

use axum::{Router, body::Body, extract::Request, routing::any};
use http::Response;

use crate::{
    application,
    layer::CorsLayer,
    request::{Headers, RequestHead},
    site::{HITS_PATH, Running, Site},
};

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
pub fn application() -> Router {
    let handler = |request: Request| {
        let response = application::application(&head(&request)).map(Body::from);
        async move { response }
    };
    Router::new().fallback(handler)
}

/// [`application`] under the policy of `site`, without layers around that. It answers a panic with 500;
/// beside it `/__crosscheck/hits?id=` tells how often a handler ran for that id.
pub fn app(site: Site) -> Router {
    let running = Arc::new(Running::new(site));
    let layer = CorsLayer::of(Arc::clone(&running));
    let counting = Arc::clone(&running);
    let handler = move |request: Request| {
        let response = running.run(&head(&request)).map(Body::from);
        async move { response }
    };
    let hits = move |request: Request| {
        let response: Response<Body> = counting.tell_hits(&head(&request)).map(Body::from);
        async move { response }
    };
    Router::new()
        .fallback(handler)
        .layer(layer)
        .route(HITS_PATH, any(hits))
}

fn head(request: &Request) -> RequestHead<'_> {
    let target = request.uri().path_and_query();
    RequestHead {
        method: request.method().as_str().as_bytes(),
        target: target.map_or(b"/", |target| target.as_str().as_bytes()),
        headers: Headers::Map(request.headers()),
    }
}
