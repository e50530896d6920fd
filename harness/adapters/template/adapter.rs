//! A whole adapter in one file: copy it, and put your own server where `answer` is.

use std::{collections::HashMap, error::Error, io, sync::Arc, thread};

use serde_json::{Value, json};
use tiny_http::{Header, Request, Response, Server};

fn hello() -> Value {
    json!({
        "type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "rust",
        "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list",
            "methods.any", "request-headers.list", "request-headers.any", "response-headers.list",
            "response-headers.any", "max-age"],
        "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8,
    })
}

/// The status and the headers that `request` is answered with.
fn answer(policy: &Value, request: &Request) -> (u16, Vec<(String, String)>) {
    let mut headers = Vec::new();
    let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    let value = |wanted: &'static str| {
        let header = request
            .headers()
            .iter()
            .find(|header| header.field.equiv(wanted));
        header.map(|header| header.value.as_str())
    };
    let origin = value("Origin").unwrap_or_default();
    let anyone = policy["origins"] == "*";
    let allowed = anyone || listed(&policy["origins"]).contains(&origin);
    if !anyone {
        add("Vary", "Origin");
    }
    if allowed {
        add(
            "Access-Control-Allow-Origin",
            if anyone { "*" } else { origin },
        );
    }
    if allowed && policy["credentials"] == true {
        add("Access-Control-Allow-Credentials", "true");
    }
    let asks = !origin.is_empty() && value("Access-Control-Request-Method").is_some();
    if request.method().as_str() == "OPTIONS" && asks {
        if !allowed {
            return (403, headers);
        }
        add(
            "Access-Control-Allow-Methods",
            &listed(&policy["methods"]).join(", "),
        );
        add(
            "Access-Control-Allow-Headers",
            &listed(&policy["request_headers"]).join(", "),
        );
        match &policy["max_age"] {
            Value::Null => {}
            age => add(
                "Access-Control-Max-Age",
                &age.as_u64().unwrap_or(0).to_string(),
            ),
        }
        return (204, headers);
    }
    let exposed = listed(&policy["response_headers"]).join(", ");
    if allowed && !exposed.is_empty() {
        add("Access-Control-Expose-Headers", &exposed);
    }
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    if path != "/echo" {
        return (404, headers);
    }
    add("Content-Type", "application/json");
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match (name.as_ref(), value.split_once(':')) {
            ("id", _) => add("X-Crosscheck-Handled", &value),
            ("h", Some((name, value))) => add(name, value.trim()),
            ("cookie", _) => add("Set-Cookie", "crosscheck=1; Secure; SameSite=None; Path=/"),
            _ => {}
        }
    }
    (200, headers)
}

/// What is listed, or `*` alone.
fn listed(listing: &Value) -> Vec<&str> {
    let one = listing.as_str().into_iter();
    one.chain(
        listing
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str),
    )
    .collect()
}

fn has_patterns(policy: &Value) -> bool {
    let origins = policy["origins"].as_array();
    origins.is_some_and(|origins| origins.iter().any(Value::is_object))
}

fn live(policy: &Value, server: &Server) {
    for request in server.incoming_requests() {
        let (status, headers) = answer(policy, &request);
        let body = if status == 200 { "{\"ok\":true}" } else { "" };
        let mut response = Response::from_string(body).with_status_code(status);
        for (name, value) in headers {
            if let Ok(header) = Header::from_bytes(name, value) {
                response.add_header(header);
            }
        }
        // Clients may have gone.
        let _sent = request.respond(response);
    }
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut servers = HashMap::new();
    for line in io::stdin().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        let (id, policy) = (message["id"].as_u64(), message["policy"].clone());
        let anything = policy
            .as_object()
            .is_some_and(|policy| policy.values().any(|part| part == "*"));
        match message["type"].as_str() {
            Some("hello") => println!("{}", hello()),
            Some("serve") if anything && policy["credentials"] == true => {
                let reason = "`*` means nothing with credentials";
                println!("{}", json!({"type": "refused", "id": id, "reason": reason}));
            }
            Some("serve") if has_patterns(&policy) => {
                let (feature, reason) = ("origins.subdomains", "this server knows no patterns");
                println!(
                    "{}",
                    json!({"type": "unsupported", "id": id, "feature": feature, "reason": reason})
                );
            }
            Some("serve") => {
                let server = Server::http((message["bind"].as_str().unwrap_or_default(), 0))?;
                let base_url = format!("http://{}", server.server_addr());
                let server = Arc::new(server);
                servers.insert(id, Arc::clone(&server));
                thread::spawn(move || live(&policy, &server));
                println!(
                    "{}",
                    json!({"type": "ready", "id": id, "base_url": base_url})
                );
            }
            Some("stop") => {
                if let Some(server) = servers.remove(&id) {
                    server.unblock();
                }
                println!("{}", json!({"type": "stopped", "id": id}));
            }
            _ => break,
        }
    }
    Ok(())
}
