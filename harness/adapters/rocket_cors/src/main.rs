//! rocket_cors, as a fairing.

use std::{
    collections::HashSet,
    net::TcpListener,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use crosscheck_adapter::{
    Answer, Application, Failure, Hello, Listing, Policy, Server, run, version_in,
};
use rocket::{
    Config, Data, Request, Response, Route, Shutdown,
    config::LogLevel,
    data::ToByteUnit,
    fairing::AdHoc,
    http::{Method, Status},
    route::{self, Outcome},
};
use rocket_cors::{AllowedHeaders, AllowedOrigins, Cors, CorsOptions};

fn main() {
    let hello = Hello {
        name: "rocket_cors",
        version: version_in(include_str!("../Cargo.lock"), "rocket_cors"),
        homepage: "https://github.com/lawliet89/rocket_cors",
        issues: "https://github.com/lawliet89/rocket_cors/issues",
        capabilities: &[
            "origins.list",
            "origins.any",
            "origins.null",
            "origins.subdomains",
            "credentials",
            "methods.list",
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
        unsupported: &[
            ("methods.any", "`allowed_methods` takes no wildcard"),
            (
                "methods.custom",
                "Rocket knows no methods but the registered ones",
            ),
        ],
    };
    run(hello, serve);
}

fn serve(policy: Policy, listener: TcpListener) -> Result<Server, Failure> {
    let cors = cors(&policy)?;
    let refused = |cause: &dyn std::fmt::Display| Failure::Refused(cause.to_string());
    let address = listener.local_addr().map_err(|cause| refused(&cause))?;
    // Rocket binds its port by itself.
    drop(listener);
    let (say, hear) = mpsc::channel();
    let liftoff = AdHoc::on_liftoff("say", move |rocket| {
        let _heard = say.send(rocket.shutdown());
        Box::pin(std::future::ready(()))
    });
    let config = Config {
        address: address.ip(),
        port: address.port(),
        workers: 1,
        log_level: LogLevel::Off,
        shutdown: rocket::config::Shutdown {
            ctrlc: false,
            signals: HashSet::new(),
            grace: 0,
            mercy: 0,
            ..Default::default()
        },
        ..Config::release_default()
    };
    let thread = thread::spawn(move || {
        let rocket = rocket::custom(config)
            .attach(cors)
            .attach(liftoff)
            .mount("/", routes());
        let ended = rocket::execute(rocket.launch());
        if let Err(cause) = ended {
            eprintln!("{cause}");
        }
    });
    let shutdown = hear.recv().map_err(|cause| refused(&cause))?;
    let running = Running {
        shutdown,
        thread: Some(thread),
    };
    Ok(Box::pin(async move {
        std::future::pending::<()>().await;
        drop(running);
    }))
}

/// A server in a thread of its own, which ends with this.
struct Running {
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

fn cors(policy: &Policy) -> Result<Cors, Failure> {
    let methods = policy.all_methods();
    let methods = methods.iter().map(|method| method.parse());
    let methods = methods.collect::<Result<_, ()>>();
    let options = CorsOptions {
        allowed_origins: origins(policy),
        allowed_methods: methods.map_err(|()| Failure::Unsupported("methods.custom"))?,
        allowed_headers: match &policy.request_headers {
            Listing::Any(_) => AllowedHeaders::all(),
            Listing::Listed(names) => {
                AllowedHeaders::some(&names.iter().map(String::as_str).collect::<Vec<_>>())
            }
        },
        allow_credentials: policy.credentials,
        expose_headers: match &policy.response_headers {
            Listing::Any(_) => HashSet::from(["*".into()]),
            Listing::Listed(names) => names.iter().cloned().collect(),
        },
        max_age: policy.max_age.map(|age| age.seconds() as usize),
        ..Default::default()
    };
    options
        .to_cors()
        .map_err(|cause| Failure::Refused(cause.to_string()))
}

fn origins(policy: &Policy) -> AllowedOrigins {
    if let Listing::Any(_) = policy.origins {
        return AllowedOrigins::all();
    }
    let (null, exact): (Vec<_>, Vec<_>) = policy
        .exact_origins()
        .into_iter()
        .partition(|origin| origin == "null");
    let parents = policy.parents();
    let patterns = parents.iter().filter_map(|parent| {
        let (scheme, host) = parent.split_once("://")?;
        Some(format!(
            r"^{scheme}://([a-z0-9_-]+\.)+{}$",
            host.replace('.', r"\.")
        ))
    });
    let mut origins = AllowedOrigins::some(&exact, &patterns.collect::<Vec<_>>());
    if let AllowedOrigins::Some(origins) = &mut origins {
        origins.allow_null = !null.is_empty();
    }
    origins
}

fn routes() -> Vec<Route> {
    // No OPTIONS, which the fairing takes care of; HEAD is answered by what answers GET.
    const ANY: [Method; 6] = [
        Method::Get,
        Method::Put,
        Method::Post,
        Method::Delete,
        Method::Patch,
        Method::Trace,
    ];
    let application = Application::default();
    let route = |method, path, answer: fn(&Application, &str) -> Answer| {
        Route::new(method, path, Handler(application.clone(), answer))
    };
    let mut routes = vec![
        route(Method::Get, "/redirect", Application::redirect),
        route(Method::Get, "/__crosscheck/hits", Application::hits),
    ];
    for method in ANY {
        let status = StatusHandler(application.clone());
        routes.push(route(method, "/echo", Application::echo));
        routes.push(route(method, "/panic", Application::panic));
        routes.push(Route::new(method, "/status/<code>", status));
    }
    routes
}

/// A route whose answer depends on the query alone.
#[derive(Clone)]
struct Handler(Application, fn(&Application, &str) -> Answer);

#[rocket::async_trait]
impl route::Handler for Handler {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        drain(data).await;
        respond(self.1(&self.0, query(request)))
    }
}

#[derive(Clone)]
struct StatusHandler(Application);

#[rocket::async_trait]
impl route::Handler for StatusHandler {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        drain(data).await;
        let code = request.param::<&str>(1).and_then(Result::ok);
        let answer = code.and_then(|code| self.0.status(code, query(request)));
        answer.map_or_else(|| Outcome::Error(Status::NotFound), respond)
    }
}

async fn drain(data: Data<'_>) {
    let _read = data
        .open(1.mebibytes())
        .stream_to(rocket::tokio::io::sink())
        .await;
}

fn query<'r>(request: &'r Request<'_>) -> &'r str {
    request.uri().query().map_or("", |query| query.as_str())
}

fn respond<'r>(answer: Answer) -> Outcome<'r> {
    let (parts, body) = answer.into_parts();
    let mut response = Response::build();
    response.status(Status::new(parts.status.as_u16()));
    for (name, value) in &parts.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        response.raw_header_adjoin(name.to_string(), value.into_owned());
    }
    response.sized_body(body.len(), std::io::Cursor::new(body));
    Outcome::Success(response.finalize())
}
