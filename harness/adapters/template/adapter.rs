//! A whole adapter in one file: copy it, and put your own server where `answer` is.

use std::{
    collections::HashMap,
    error::Error,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::{Value, json};

fn hello() -> Value {
    json!({
        "type": "hello", "protocol": 1, "name": "template", "version": "1.0.0", "language": "rust",
        "capabilities": ["origins.list", "origins.any", "origins.null", "credentials", "methods.list",
            "methods.any", "request-headers.list", "request-headers.any", "response-headers.list",
            "response-headers.any", "max-age"],
        "unsupported": {"origins.subdomains": "this server knows no patterns"}, "concurrent_instances": 8,
    })
}

/// The status and the headers that a request is answered with.
fn answer(
    policy: &Value,
    method: &str,
    target: &str,
    request: &HashMap<String, String>,
) -> (u16, String) {
    let mut headers = String::new();
    let mut add = |name: &str, value: &str| headers += &format!("{name}: {value}\r\n");
    let origin = request.get("origin").map_or("", String::as_str);
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
    let asks = !origin.is_empty() && request.contains_key("access-control-request-method");
    if method == "OPTIONS" && asks {
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
        if !policy["max_age"].is_null() {
            let seconds = policy["max_age"].as_u64().unwrap_or(0);
            add("Access-Control-Max-Age", &seconds.to_string());
        }
        return (204, headers);
    }
    let exposed = listed(&policy["response_headers"]).join(", ");
    if allowed && !exposed.is_empty() {
        add("Access-Control-Expose-Headers", &exposed);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
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
    let many = listing.as_array().into_iter().flatten();
    one.chain(many.filter_map(Value::as_str)).collect()
}

/// Answers one request, and closes the connection.
fn converse(policy: &Value, stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let mut request = HashMap::new();
    for line in reader.by_ref().lines() {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let all: &mut String = request.entry(name.to_ascii_lowercase()).or_default();
        *all += if all.is_empty() { "" } else { ", " };
        *all += value.trim();
    }
    let length = request
        .get("content-length")
        .and_then(|length| length.parse().ok());
    io::copy(
        &mut reader.by_ref().take(length.unwrap_or(0)),
        &mut io::sink(),
    )?;
    let (status, headers) = answer(policy, method, target, &request);
    let body = if status == 200 { "{\"ok\":true}" } else { "" };
    let length = if status == 204 {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let body = if method == "HEAD" { "" } else { body };
    let answer = format!("HTTP/1.1 {status} \r\n{headers}{length}Connection: close\r\n\r\n{body}");
    reader.get_mut().write_all(answer.as_bytes())
}

struct Server {
    address: String,
    stopped: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

fn serve(bind: &str, policy: Value) -> io::Result<Server> {
    let listener = TcpListener::bind((bind, 0))?;
    let address = listener.local_addr()?.to_string();
    let (policy, stopped) = (Arc::new(policy), Arc::new(AtomicBool::new(false)));
    let ends = Arc::clone(&stopped);
    let thread = thread::spawn(move || {
        for stream in listener
            .incoming()
            .take_while(|_| !ends.load(Ordering::Relaxed))
        {
            let policy = Arc::clone(&policy);
            thread::spawn(move || stream.and_then(|stream| converse(&policy, stream)));
        }
    });
    Ok(Server {
        address,
        stopped,
        thread,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut servers = HashMap::new();
    for line in io::stdin().lines() {
        let message: Value = serde_json::from_str(&line?)?;
        let (id, policy) = (message["id"].as_u64(), message["policy"].clone());
        let parts = || {
            policy
                .as_object()
                .into_iter()
                .flat_map(|policy| policy.values())
        };
        let any_with_credentials = policy["credentials"] == true && parts().any(|part| part == "*");
        let origins = policy["origins"].as_array();
        let patterns = origins.is_some_and(|origins| origins.iter().any(Value::is_object));
        let reply = match message["type"].as_str() {
            Some("hello") => hello(),
            Some("serve") if any_with_credentials => {
                json!({"type": "refused", "id": id, "reason": "`*` means nothing with credentials"})
            }
            Some("serve") if patterns => {
                let (feature, reason) = ("origins.subdomains", "this server knows no patterns");
                json!({"type": "unsupported", "id": id, "feature": feature, "reason": reason})
            }
            Some("serve") => {
                let server = serve(message["bind"].as_str().unwrap_or_default(), policy)?;
                let base_url = format!("http://{}", server.address);
                servers.insert(id, server);
                json!({"type": "ready", "id": id, "base_url": base_url})
            }
            Some("stop") => {
                if let Some(Server {
                    address,
                    stopped,
                    thread,
                }) = servers.remove(&id)
                {
                    stopped.store(true, Ordering::Relaxed);
                    // Wakes the thread, which sits in `accept`.
                    drop(TcpStream::connect(address));
                    let _ended = thread.join();
                }
                json!({"type": "stopped", "id": id})
            }
            _ => break,
        };
        println!("{reply}");
    }
    Ok(())
}
