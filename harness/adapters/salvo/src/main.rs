//! salvo's `Cors` handler.

use std::net::TcpListener;

use crosscheck_adapter::{
    Answer, Application, Failure, Hello, Listing, Policy, Server, is_subdomain, run, version_in,
};
use salvo::{
    Depot, FlowCtrl, Handler, Request, Response, Router, Service, async_trait,
    catch_panic::CatchPanic,
    conn::tcp::TcpAcceptor,
    cors::{AllowHeaders, AllowMethods, AllowOrigin, Any, Cors, CorsHandler, ExposeHeaders},
    http::{HeaderName, HeaderValue, Method, StatusCode},
};

fn main() {
    let hello = Hello {
        name: "salvo",
        version: version_in(include_str!("../Cargo.lock"), "salvo-cors"),
        homepage: "https://github.com/salvo-rs/salvo",
        issues: "https://github.com/salvo-rs/salvo/issues",
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
    let service = Service::new(routes())
        .hoop(cors(&policy)?)
        .hoop(CatchPanic::new());
    let service = service.hoop(salvo::affix_state::inject(Application::default()));
    let acceptor = tokio::net::TcpListener::from_std(listener).and_then(TcpAcceptor::try_from);
    let acceptor = acceptor.map_err(|cause| Failure::Refused(cause.to_string()))?;
    Ok(Box::pin(salvo::Server::new(acceptor).serve(service)))
}

fn cors(policy: &Policy) -> Result<CorsHandler, Failure> {
    let cors = Cors::new()
        .allow_origin(origins(policy)?)
        .allow_methods(match policy.methods {
            Listing::Any(_) => AllowMethods::any(),
            Listing::Listed(_) => AllowMethods::list(parsed::<Method>(&policy.all_methods())?),
        })
        .allow_headers(match &policy.request_headers {
            Listing::Any(_) => AllowHeaders::any(),
            Listing::Listed(names) => AllowHeaders::list(parsed::<HeaderName>(names)?),
        })
        .expose_headers(match &policy.response_headers {
            Listing::Any(_) => ExposeHeaders::any(),
            Listing::Listed(names) => ExposeHeaders::list(parsed::<HeaderName>(names)?),
        })
        .allow_credentials(policy.credentials);
    let cors = match policy.max_age {
        Some(age) => cors.max_age(u64::from(age.seconds())),
        None => cors,
    };
    Ok(cors.into_handler())
}

fn origins(policy: &Policy) -> Result<AllowOrigin, Failure> {
    if let Listing::Any(_) = policy.origins {
        return Ok(Any.into());
    }
    let (exact, parents) = (
        parsed::<HeaderValue>(&policy.exact_origins())?,
        policy.parents(),
    );
    if parents.is_empty() {
        return Ok(exact.into());
    }
    Ok(AllowOrigin::dynamic(move |origin, _request, _depot| {
        let origin = origin?;
        let is_subdomain = |parent: &String| is_subdomain(origin.as_bytes(), parent);
        (exact.contains(origin) || parents.iter().any(is_subdomain)).then(|| origin.clone())
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

fn routes() -> Router {
    Router::new()
        .push(Router::with_path("echo").goal(Route(Application::echo)))
        .push(Router::with_path("status/{code}").goal(Status))
        .push(Router::with_path("redirect").get(Route(Application::redirect)))
        .push(Router::with_path("panic").goal(Route(Application::panic)))
        .push(Router::with_path("__crosscheck/hits").get(Route(Application::hits)))
}

/// A route whose answer depends on the query alone.
struct Route(fn(&Application, &str) -> Answer);

#[async_trait]
impl Handler for Route {
    async fn handle(
        &self,
        request: &mut Request,
        depot: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        let query = request.uri().query().unwrap_or_default();
        if let Ok(application) = depot.get_typed::<Application>() {
            render(response, self.0(application, query));
        }
    }
}

struct Status;

#[async_trait]
impl Handler for Status {
    async fn handle(
        &self,
        request: &mut Request,
        depot: &mut Depot,
        response: &mut Response,
        _: &mut FlowCtrl,
    ) {
        let code = request.param::<String>("code").unwrap_or_default();
        let query = request.uri().query().unwrap_or_default();
        let application = depot.get_typed::<Application>().ok();
        match application.and_then(|application| application.status(&code, query)) {
            Some(answer) => render(response, answer),
            None => drop(response.status_code(StatusCode::NOT_FOUND)),
        }
    }
}

fn render(response: &mut Response, answer: Answer) {
    let (parts, body) = answer.into_parts();
    response.status_code(parts.status);
    response.headers_mut().extend(parts.headers);
    response.body(body);
}
