//! tower-http's `CorsLayer` around an axum router.

use std::{net::TcpListener, time::Duration};

use axum::{
    Router,
    extract::{Path, RawQuery},
    http::{HeaderName, HeaderValue, Method, StatusCode},
    response::IntoResponse,
    routing::{any, get},
};
use crosscheck_adapter::{
    Application, Failure, Hello, Listing, Policy, Server, is_subdomain, run, version_in,
};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders},
};

fn main() {
    let hello = Hello {
        name: "tower-http",
        version: version_in(include_str!("../Cargo.lock"), "tower-http"),
        homepage: "https://github.com/tower-rs/tower-http",
        issues: "https://github.com/tower-rs/tower-http/issues",
        capabilities: &[
            "origins.list",
            "origins.any",
            "origins.null",
            "origins.subdomains",
            "credentials",
            "methods.list",
            "methods.any",
            "request-headers.list",
            "request-headers.any",
            "response-headers.list",
            "response-headers.any",
            "max-age",
            "routes.status",
            "routes.redirect",
            "routes.panic",
            "hits",
        ],
        unsupported: &[],
    };
    run(hello, serve);
}

fn serve(policy: Policy, listener: TcpListener) -> Result<Server, Failure> {
    let application = Application::default();
    let layers = ServiceBuilder::new()
        .layer(cors(&policy)?)
        .layer(CatchPanicLayer::new());
    let router = routes(&application).layer(layers).route(
        "/__crosscheck/hits",
        get(move |RawQuery(query)| async move { application.hits(&query.unwrap_or_default()) }),
    );
    let listener = tokio::net::TcpListener::from_std(listener);
    let listener = listener.map_err(|cause| Failure::Refused(cause.to_string()))?;
    Ok(Box::pin(async {
        if let Err(cause) = axum::serve(listener, router).await {
            eprintln!("{cause}");
        }
    }))
}

fn cors(policy: &Policy) -> Result<CorsLayer, Failure> {
    let layer = CorsLayer::new()
        .allow_origin(origins(policy)?)
        .allow_methods(match &policy.methods {
            Listing::Any(_) => AllowMethods::any(),
            Listing::Listed(_) => parsed::<Method>(&policy.all_methods())?.into(),
        })
        .allow_headers(match &policy.request_headers {
            Listing::Any(_) => AllowHeaders::any(),
            Listing::Listed(names) => parsed::<HeaderName>(names)?.into(),
        })
        .expose_headers(match &policy.response_headers {
            Listing::Any(_) => ExposeHeaders::any(),
            Listing::Listed(names) => parsed::<HeaderName>(names)?.into(),
        })
        .allow_credentials(policy.credentials);
    Ok(match policy.max_age {
        Some(age) => layer.max_age(Duration::from_secs(age.seconds().into())),
        None => layer,
    })
}

fn origins(policy: &Policy) -> Result<AllowOrigin, Failure> {
    if let Listing::Any(_) = policy.origins {
        return Ok(AllowOrigin::any());
    }
    let (exact, parents) = (policy.exact_origins(), policy.parents());
    if parents.is_empty() {
        return Ok(AllowOrigin::list(parsed::<HeaderValue>(&exact)?));
    }
    Ok(AllowOrigin::predicate(move |origin, _request| {
        let origin = origin.as_bytes();
        exact.iter().any(|exact| exact.as_bytes() == origin)
            || parents.iter().any(|parent| is_subdomain(origin, parent))
    }))
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    items: &[String],
) -> Result<Vec<T>, Failure> {
    let parsed = items.iter().map(|item| item.parse::<T>());
    parsed
        .collect::<Result<_, _>>()
        .map_err(|cause| Failure::Refused(cause.to_string()))
}

fn routes(application: &Application) -> Router {
    let [echo, status, redirect, panic] = [(); 4].map(|()| application.clone());
    Router::new()
        .route(
            "/echo",
            any(move |RawQuery(query)| async move { echo.echo(&query.unwrap_or_default()) }),
        )
        .route(
            "/status/{code}",
            any(
                move |Path(code): Path<String>, RawQuery(query)| async move {
                    let answer = status.status(&code, &query.unwrap_or_default());
                    answer.map_or_else(
                        || StatusCode::NOT_FOUND.into_response(),
                        IntoResponse::into_response,
                    )
                },
            ),
        )
        .route(
            "/redirect",
            get(
                move |RawQuery(query)| async move { redirect.redirect(&query.unwrap_or_default()) },
            ),
        )
        .route(
            "/panic",
            any(move |RawQuery(query)| async move { panic.panic(&query.unwrap_or_default()) }),
        )
}
