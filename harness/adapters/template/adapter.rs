//! An adapter in one file: copy it, and put your own server where `server` is.

use std::{collections::HashMap, error::Error, io, str::FromStr, time::Duration};

use axum::extract::Query;
use axum::response::{AppendHeaders, IntoResponse};
use axum::{Json, Router, routing::any};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower_http::cors::{AllowOrigin, CorsLayer};

// The answer to `hello`: what your server can be asked for, and what it has no option for.
const HELLO: &str = r#"{"type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "rust",
    "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list", "methods.any",
        "request-headers.list", "request-headers.any", "response-headers.list", "response-headers.any", "max-age"],
    "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8}"#;

/// Replace this by your own server's CORS, configured as the policy says.
fn server(policy: &Value) -> Router {
    let mut cors = CorsLayer::new()
        .allow_origin(match &policy["origins"] {
            anyone if anyone == "*" => AllowOrigin::any(),
            listed => AllowOrigin::list(names(listed)),
        })
        .allow_methods(names(&policy["methods"]))
        .allow_headers(names(&policy["request_headers"]))
        .expose_headers(names(&policy["response_headers"]))
        .allow_credentials(policy["credentials"] == true);
    if !policy["max_age"].is_null() {
        let seconds = policy["max_age"].as_u64().unwrap_or(0); // else it is "disable"
        cors = cors.max_age(Duration::from_secs(seconds));
    }
    Router::new().route("/echo", any(echo)).layer(cors)
}

/// What is listed, or `*` alone.
fn names<T: FromStr>(listing: &Value) -> Vec<T> {
    let one = listing.as_str().into_iter();
    let many = listing.as_array().into_iter().flatten();
    let names = one.chain(many.filter_map(Value::as_str));
    names.filter_map(|name| name.parse().ok()).collect()
}

const COOKIE: &str = "crosscheck=1; Secure; SameSite=None; Path=/";

/// The application that the suite visits: yours must answer so, too.
async fn echo(Query(query): Query<Vec<(String, String)>>) -> impl IntoResponse {
    let mut headers = Vec::new();
    for (parameter, value) in query {
        match (parameter.as_str(), value.split_once(':')) {
            ("id", _) => headers.push(("x-crosscheck-handled".to_owned(), value)),
            ("h", Some((name, value))) => headers.push((name.to_owned(), value.to_owned())),
            ("cookie", _) => headers.push(("set-cookie".to_owned(), COOKIE.to_owned())),
            _ => {}
        }
    }
    (AppendHeaders(headers), Json(json!({"ok": true})))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut servers = HashMap::new();
    for line in io::stdin().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        let (id, policy) = (message["id"].as_u64(), &message["policy"]);
        let has_any = policy.to_string().contains(r#""*""#);
        let answer = match message["type"].as_str() {
            Some("hello") => serde_json::from_str(HELLO)?,
            Some("serve") if policy["origins"].to_string().contains('{') => {
                json!({"type": "unsupported", "id": id, "feature": "origins.subdomains", "reason": "no patterns"})
            }
            Some("serve") if policy["credentials"] == true && has_any => {
                json!({"type": "refused", "id": id, "reason": "`*` means nothing with credentials"})
            }
            Some("serve") => {
                let bind = message["bind"].as_str().unwrap_or_default();
                let listener = TcpListener::bind((bind, 0)).await?;
                let base_url = format!("http://{}", listener.local_addr()?);
                let serving = axum::serve(listener, server(policy)).into_future();
                servers.insert(id, tokio::spawn(serving));
                json!({"type": "ready", "id": id, "base_url": base_url})
            }
            Some("stop") => {
                if let Some(server) = servers.remove(&id) {
                    server.abort();
                    let _ended = server.await;
                }
                json!({"type": "stopped", "id": id})
            }
            _ => break,
        };
        println!("{answer}");
    }
    Ok(())
}
