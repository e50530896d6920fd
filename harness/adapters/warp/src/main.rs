//! warp's CORS filter.

use std::net::TcpListener;

use crosscheck_adapter::{Application, Failure, Hello, Listing, Policy, Server, run, version_in};
use warp::{Filter, Rejection, filters::cors::Builder, reject, reply::Response};

fn main() {
    let hello = Hello {
        name: "warp",
        version: version_in(include_str!("../Cargo.lock"), "warp"),
        homepage: "https://github.com/seanmonstar/warp",
        issues: "https://github.com/seanmonstar/warp/issues",
        capabilities: &[
            "origins.list",
            "origins.any",
            "credentials",
            "methods.list",
            "request-headers.list",
            "response-headers.list",
            "max-age",
            "routes.status",
            "routes.redirect",
            "hits",
        ],
        unsupported: &[
            ("origins.null", "`allow_origin` wants a scheme and a host"),
            ("origins.subdomains", "`allow_origin` takes no pattern"),
            ("methods.any", "`allow_methods` takes no wildcard"),
            ("request-headers.any", "`allow_headers` takes no wildcard"),
            ("response-headers.any", "`expose_headers` takes no wildcard"),
        ],
    };
    run(hello, serve);
}

fn serve(policy: Policy, listener: TcpListener) -> Result<Server, Failure> {
    let application = Application::default();
    let routes = hits(&application).or(routes(&application).with(cors(&policy)));
    let listener = tokio::net::TcpListener::from_std(listener);
    let listener = listener.map_err(|cause| Failure::Refused(cause.to_string()))?;
    Ok(Box::pin(warp::serve(routes).incoming(listener).run()))
}

fn cors(policy: &Policy) -> Builder {
    let mut cors = warp::cors()
        .allow_methods(policy.all_methods().iter().map(String::as_str))
        .allow_credentials(policy.credentials);
    cors = match policy.origins {
        Listing::Any(_) => cors.allow_any_origin(),
        Listing::Listed(_) => cors.allow_origins(policy.exact_origins().iter().map(String::as_str)),
    };
    if let Listing::Listed(names) = &policy.request_headers {
        cors = cors.allow_headers(names.iter().map(String::as_str));
    }
    if let Listing::Listed(names) = &policy.response_headers {
        cors = cors.expose_headers(names.iter().map(String::as_str));
    }
    match policy.max_age {
        Some(age) => cors.max_age(age.seconds()),
        None => cors,
    }
}

fn routes(
    application: &Application,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let [echo, status, redirect] = [(); 3].map(|()| application.clone());
    let echo = warp::path!("echo")
        .and(query())
        .map(move |query: String| reply(echo.echo(&query)));
    let status =
        warp::path!("status" / String)
            .and(query())
            .and_then(move |code: String, query: String| {
                let answer = status.status(&code, &query);
                async { answer.map(reply).ok_or_else(reject::not_found) }
            });
    let redirect = warp::path!("redirect")
        .and(warp::get())
        .and(query())
        .map(move |query: String| reply(redirect.redirect(&query)));
    echo.or(status).unify().or(redirect).unify()
}

fn hits(
    application: &Application,
) -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + use<> {
    let application = application.clone();
    warp::path!("__crosscheck" / "hits")
        .and(query())
        .map(move |query: String| reply(application.hits(&query)))
}

fn query() -> impl Filter<Extract = (String,), Error = std::convert::Infallible> + Clone {
    warp::query::raw().or(warp::any().map(String::new)).unify()
}

fn reply(answer: impl warp::Reply) -> Response {
    answer.into_response()
}
