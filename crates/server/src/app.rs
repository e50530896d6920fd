//! A site as an `axum` router, for tests in process.

use std::sync::Arc;

use axum::{Router, body::Body, extract::Request, routing::any};
use crosscheck_reference::{
    request::RequestHead,
    site::{HITS_PATH, Running, Site},
};
use http::Response;

use crate::layer::CorsLayer;

/// The application under the policy of `site`, without layers around that. It answers a panic with 500;
/// beside it `/__crosscheck/hits?id=` tells how often a handler ran for that id.
pub fn app(site: Site) -> Router {
    let running = Arc::new(Running::new(site));
    let layer = CorsLayer::of(Arc::clone(&running));
    let counting = Arc::clone(&running);
    let handler = move |request: Request| {
        let response = running.run(&RequestHead::from(&request)).map(Body::from);
        async move { response }
    };
    let hits = move |request: Request| {
        let response: Response<Body> = counting
            .tell_hits(&RequestHead::from(&request))
            .map(Body::from);
        async move { response }
    };
    Router::new()
        .fallback(handler)
        .layer(layer)
        .route(HITS_PATH, any(hits))
}
