//! actix-cors around an actix-web application.

use std::{
    net::TcpListener,
    sync::{Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use actix_cors::Cors;
use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::{ServerHandle, ServiceRequest, Transform, fn_service},
    http::{StatusCode, header::HeaderValue},
    rt::System,
    web,
};
use crosscheck_adapter::{
    Answer, Application, Failure, Hello, Listing, Policy, Server, is_subdomain, run, version_in,
};
use futures_util::FutureExt;

fn main() {
    log::set_logger(&LAST_ERROR).expect("no other logger is set");
    log::set_max_level(log::LevelFilter::Error);
    let hello = Hello {
        name: "actix-cors",
        version: version_in(include_str!("../Cargo.lock"), "actix-cors"),
        homepage: "https://github.com/actix/actix-extras/tree/main/actix-cors",
        issues: "https://github.com/actix/actix-extras/issues",
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
            "hits",
        ],
        unsupported: &[],
    };
    run(hello, serve);
}

fn serve(policy: Policy, listener: TcpListener) -> Result<Server, Failure> {
    // What is wrong with the options is logged when the middleware is made.
    let service = fn_service(async |request: ServiceRequest| {
        Ok::<_, actix_web::Error>(request.into_response(HttpResponse::Ok()))
    });
    if let Some(Err(())) = cors(&policy).new_transform(service).now_or_never() {
        let said = LAST_ERROR.0.lock().unwrap_or_else(PoisonError::into_inner);
        return Err(Failure::Refused(said.clone()));
    }
    let (say, hear) = mpsc::channel();
    let thread = thread::spawn(move || {
        System::new().block_on(async {
            let application = Application::default();
            let server = HttpServer::new(move || {
                let application = web::Data::new(application.clone());
                App::new()
                    .wrap(cors(&policy))
                    .app_data(application)
                    .configure(routes)
            });
            let server = server.workers(1).disable_signals().listen(listener)?.run();
            drop(say.send(server.handle()));
            server.await
        })
    });
    let refused = |cause: mpsc::RecvError| Failure::Refused(cause.to_string());
    let running = Running {
        handle: hear.recv().map_err(refused)?,
        thread: Some(thread),
    };
    Ok(Box::pin(async move {
        std::future::pending::<()>().await;
        drop(running);
    }))
}

/// A server in a thread of its own, which ends with this.
struct Running {
    handle: ServerHandle,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn cors(policy: &Policy) -> Cors {
    let mut cors = match policy.origins {
        Listing::Any(_) => Cors::default().allow_any_origin(),
        Listing::Listed(_) => Cors::default(),
    };
    for origin in policy.exact_origins() {
        cors = cors.allowed_origin(&origin);
    }
    for parent in policy.parents() {
        cors = cors
            .allowed_origin_fn(move |origin, _request| is_subdomain(origin.as_bytes(), &parent));
    }
    cors = match policy.methods {
        Listing::Any(_) => cors.allow_any_method(),
        Listing::Listed(_) => cors.allowed_methods(policy.all_methods().iter().map(String::as_str)),
    };
    cors = match &policy.request_headers {
        Listing::Any(_) => cors.allow_any_header(),
        Listing::Listed(names) => cors.allowed_headers(names.iter().map(String::as_str)),
    };
    cors = match &policy.response_headers {
        Listing::Any(_) => cors.expose_any_header(),
        Listing::Listed(names) => cors.expose_headers(names.iter().map(String::as_str)),
    };
    if policy.credentials {
        cors = cors.supports_credentials();
    }
    cors.max_age(policy.max_age.map(|age| age.seconds() as usize))
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/echo").to(
            async |application: web::Data<Application>, request: HttpRequest| {
                respond(application.echo(request.query_string()))
            },
        ))
        .service(web::resource("/status/{code}").to(
            async |application: web::Data<Application>,
                   code: web::Path<String>,
                   request: HttpRequest| {
                let answer = application.status(&code, request.query_string());
                answer.map_or_else(|| HttpResponse::NotFound().finish(), respond)
            },
        ))
        .service(web::resource("/redirect").route(web::get().to(
            async |application: web::Data<Application>, request: HttpRequest| {
                respond(application.redirect(request.query_string()))
            },
        )))
        .service(web::resource("/__crosscheck/hits").route(web::get().to(
            async |application: web::Data<Application>, request: HttpRequest| {
                respond(application.hits(request.query_string()))
            },
        )));
}

/// From the types of `http` 1 to those of actix-web.
fn respond(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status().as_u16());
    let mut response = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    for (name, value) in answer.headers() {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            response.append_header((name.as_str(), value));
        }
    }
    response.body(answer.into_body())
}

/// Keeps the last error that was logged.
struct LastError(Mutex<String>);

static LAST_ERROR: LastError = LastError(Mutex::new(String::new()));

impl log::Log for LastError {
    fn enabled(&self, _metadata: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = record.args().to_string();
        eprintln!("{}", record.args());
    }

    fn flush(&self) {}
}
