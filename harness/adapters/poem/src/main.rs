//! poem's `Cors` middleware.

use std::net::TcpListener;

use crosscheck_adapter::{
    Answer, Application, Failure, Hello, Listing, Policy, Server, run, version_in,
};
use poem::{
    Endpoint, EndpointExt, IntoResponse, Request, Response, Route,
    endpoint::make_sync,
    get,
    http::StatusCode,
    listener::TcpAcceptor,
    middleware::{CatchPanic, Cors},
};

fn main() {
    let hello = Hello {
        name: "poem",
        version: version_in(include_str!("../Cargo.lock"), "poem"),
        homepage: "https://github.com/poem-web/poem",
        issues: "https://github.com/poem-web/poem/issues",
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
            "max-age",
            "routes.status",
            "routes.redirect",
            "routes.panic",
            "hits",
        ],
        unsupported: &[("response-headers.any", "`expose_headers` takes names only")],
    };
    run(hello, serve);
}

fn serve(policy: Policy, listener: TcpListener) -> Result<Server, Failure> {
    let application = Application::default();
    let policed = routes(&application)
        .with(CatchPanic::new())
        .with(cors(&policy));
    let routes = Route::new()
        .at(
            "/__crosscheck/hits",
            get(on(&application, Application::hits)),
        )
        .nest("/", policed);
    let acceptor = TcpAcceptor::from_std(listener);
    let acceptor = acceptor.map_err(|cause| Failure::Refused(cause.to_string()))?;
    Ok(Box::pin(async {
        if let Err(cause) = poem::Server::new_with_acceptor(acceptor).run(routes).await {
            eprintln!("{cause}");
        }
    }))
}

fn cors(policy: &Policy) -> Cors {
    let mut cors = Cors::new().allow_credentials(policy.credentials);
    // Nothing listed means any to this middleware, for origins, methods and headers alike.
    cors = cors.allow_origins(policy.exact_origins());
    for parent in policy.parents() {
        cors = cors.allow_origin_regex(parent.replacen("://", "://*.", 1));
    }
    if let Listing::Listed(_) = policy.methods {
        cors = cors.allow_methods(policy.all_methods().iter().map(String::as_str));
    }
    if let Listing::Listed(names) = &policy.request_headers {
        cors = cors.allow_headers(names);
    }
    if let Listing::Listed(names) = &policy.response_headers {
        cors = cors.expose_headers(names);
    }
    match policy.max_age {
        Some(age) => cors.max_age(age.seconds().try_into().unwrap_or(i32::MAX)),
        None => cors,
    }
}

fn routes(application: &Application) -> Route {
    let status = application.clone();
    Route::new()
        .at("/echo", on(application, Application::echo))
        .at(
            "/status/:code",
            make_sync(move |request: Request| {
                let code = request.raw_path_param("code");
                let query = request.uri().query().unwrap_or_default();
                let answer = code.and_then(|code| status.status(code, query));
                answer.map_or_else(|| StatusCode::NOT_FOUND.into_response(), respond)
            }),
        )
        .at("/redirect", get(on(application, Application::redirect)))
        .at("/panic", on(application, Application::panic))
}

fn on(
    application: &Application,
    route: fn(&Application, &str) -> Answer,
) -> impl Endpoint<Output = Response> + 'static + use<> {
    let application = application.clone();
    make_sync(move |request: Request| {
        respond(route(
            &application,
            request.uri().query().unwrap_or_default(),
        ))
    })
}

fn respond(answer: Answer) -> Response {
    let (parts, body) = answer.into_parts();
    let mut response = Response::builder().status(parts.status).body(body);
    *response.headers_mut() = parts.headers;
    response
}
