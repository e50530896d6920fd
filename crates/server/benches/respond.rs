//! What a policy costs per request, beside the CORS layer of `tower-http` with the same policy.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use axum::body::Body;
use criterion::{Criterion, criterion_group, criterion_main};
use crosscheck_reference::site::Site;
use crosscheck_server::layer;
use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, Service, service_fn};
use tower_http::cors;

const ORIGIN: &str = "https://app.example.com";
const OTHER: &str = "https://admin.example.com";

fn ours() -> layer::CorsLayer {
    let names =
        |names: &[&str]| Listing::Listed(names.iter().copied().map(str::to_owned).collect());
    let origin = |origin: &str| OriginRule::Exact(origin.to_owned());
    let policy = Policy {
        origins: Listing::Listed(vec![origin(OTHER), origin(ORIGIN)]),
        methods: names(&["PUT", "DELETE"]),
        request_headers: names(&["content-type", "x-a"]),
        response_headers: names(&["x-b", "x-c"]),
        credentials: true,
        max_age: MaxAge::Seconds(600),
    };
    layer::CorsLayer::new(Site::try_from(&policy).expect("the policy is sane"))
}

fn theirs() -> cors::CorsLayer {
    let name = HeaderName::from_static;
    cors::CorsLayer::new()
        .allow_origin([OTHER, ORIGIN].map(HeaderValue::from_static))
        .allow_methods([Method::PUT, Method::DELETE])
        .allow_headers([name("content-type"), name("x-a")])
        .expose_headers([name("x-b"), name("x-c")])
        .allow_credentials(true)
        .max_age(Duration::from_mins(10))
}

fn request(method: Method, lines: &[(&'static str, &'static str)]) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = method;
    let headers = request.headers_mut();
    for name in ["host", "user-agent", "accept", "accept-language", "referer"] {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static("any value"));
    }
    for (name, value) in lines {
        let name = HeaderName::from_static(name);
        headers.insert(name, HeaderValue::from_static(value));
    }
    request
}

fn application(_: Request<()>) -> Ready<Result<Response<Body>, Infallible>> {
    let mut response = Response::new(Body::empty());
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert("content-type", json);
    ready(Ok(response))
}

/// Calls `service` once; nothing in it ever waits.
fn call<S>(service: &mut S, request: Request<()>) -> Response<Body>
where
    S: Service<Request<()>, Response = Response<Body>, Error = Infallible>,
{
    let mut context = Context::from_waker(Waker::noop());
    let future = pin!(service.call(request));
    match future.poll(&mut context) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => unreachable!("the application is always ready"),
    }
}

fn compare(criterion: &mut Criterion) {
    let asked = [
        ("origin", ORIGIN),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type,x-a"),
    ];
    let refused = [("origin", "https://evil.example.com")];
    let requests = [
        ("preflight", request(Method::OPTIONS, &asked)),
        ("actual", request(Method::PUT, &[("origin", ORIGIN)])),
        ("refused", request(Method::PUT, &refused)),
        ("same-origin", request(Method::GET, &[])),
    ];
    for (name, request) in requests {
        let mut group = criterion.benchmark_group(name);
        let mut service = ours().layer(service_fn(application));
        group.bench_function("crosscheck", |bencher| {
            bencher.iter(|| call(&mut service, black_box(request.clone())));
        });
        let mut service = theirs().layer(service_fn(application));
        group.bench_function("tower-http", |bencher| {
            bencher.iter(|| call(&mut service, black_box(request.clone())));
        });
        group.finish();
    }
}

criterion_group!(benches, compare);
criterion_main!(benches);
