//! How to see it again, by hand.

mod feature;

use std::fmt::Write as _;

use crosscheck_vectors::client::{
    Api, Body, Cache, Client, Credentials, Duplex, Mode, Redirect, ReferrerPolicy,
};
use serde::Serialize;
use serde_json::json;

use crate::{
    observation::{SeenRequest, lines},
    printable::clip,
    shell::shell_word,
};

/// The longest command that is shown, in characters.
const LONGEST: usize = 4000;

/// How often a byte must follow itself for a text to be written as a repetition.
const SHORTEST_RUN: usize = 256;

/// Header lines that curl writes itself.
const FROM_CURL: [&str; 3] = ["host", "content-length", "connection"];

/// A `curl` command that sends `request`.
pub(super) fn curl(request: &SeenRequest) -> String {
    let method = match request.method.as_bytes() {
        b"GET" => String::new(),
        b"HEAD" => " --head".to_owned(),
        _ => format!(" --request {}", shell_word(request.method.as_bytes())),
    };
    let mut command = format!(
        "curl --include{method} {}",
        shell_word(request.url.as_bytes())
    );
    for (name, value) in &request.headers {
        let lower = name.to_text().to_ascii_lowercase();
        if !FROM_CURL.contains(&lower.as_str()) {
            // Only so does curl send a header without a value.
            let line = match value.as_bytes() {
                b"" => [name.as_bytes(), b";"].concat(),
                value => [name.as_bytes(), b": ", value].concat(),
            };
            // Writing to a string cannot fail.
            let _ = write!(command, " \\\n  --header {}", shell_word(&line));
        }
    }
    if !request.body.is_empty() {
        let has_type = lines(&request.headers, b"content-type").next().is_some();
        if !has_type {
            // Else curl adds a type of its own.
            command.push_str(" \\\n  --header Content-Type:");
        }
        let body = match repeated(request.body.as_bytes()) {
            Some((byte, n)) => format!("\"$(head -c {n} /dev/zero | tr '\\0' {byte})\""),
            None => shell_word(request.body.as_bytes()),
        };
        // A body may begin with `@`, which the other options take for a file.
        let _ = write!(command, " \\\n  --data-raw {body}");
    }
    shortened(&command)
}

/// The letter or digit that `bytes` repeat, and how often, if that is worth saying.
fn repeated(bytes: &[u8]) -> Option<(char, usize)> {
    let (first, rest) = bytes.split_first()?;
    let is_long = rest.len() >= SHORTEST_RUN && first.is_ascii_alphanumeric();
    (is_long && rest.iter().all(|byte| byte == first)).then_some((char::from(*first), bytes.len()))
}

/// The script that makes the call; none for a raw request, which no page can make.
pub(super) fn script(client: &Client, url: &str) -> Option<String> {
    let script = if client.api == Api::Fetch {
        fetch(client, url)
    } else if matches!(client.api, Api::Xhr | Api::XhrSync) {
        xhr(client, url)
    } else {
        feature::script(client, url)?
    };
    Some(shortened(&script))
}

fn fetch(client: &Client, url: &str) -> String {
    let mut options = Vec::new();
    let mut add = |name: &str, value: String| options.push(format!("  {name}: {value},\n"));
    if client.method.as_bytes() != b"GET" {
        add("method", literal(&client.method));
    }
    if !client.headers.is_empty() {
        add("headers", literal(&client.headers));
    }
    if let Some(body) = &client.body {
        add("body", self::body(body));
        if let Body::Stream {
            duplex: Duplex::Half,
            ..
        } = body
        {
            add("duplex", literal(&Duplex::Half));
        }
    }
    if client.mode != Mode::Cors {
        add("mode", literal(&client.mode));
    }
    if client.credentials != Credentials::SameOrigin {
        add("credentials", literal(&client.credentials));
    }
    if client.redirect != Redirect::Follow {
        add("redirect", literal(&client.redirect));
    }
    if client.referrer_policy != ReferrerPolicy::Empty {
        add("referrerPolicy", literal(&client.referrer_policy));
    }
    if client.cache != Cache::Default {
        add("cache", literal(&client.cache));
    }
    if client.keepalive {
        add("keepalive", literal(&true));
    }
    if let Some(integrity) = &client.integrity {
        add("integrity", literal(integrity));
    }
    let url = literal(&url);
    if options.is_empty() {
        format!(
            "const response = await fetch({url});\nconsole.log(response.status, await response.text());"
        )
    } else {
        format!(
            "const response = await fetch({url}, {{\n{}}});\nconsole.log(response.status, await response.text());",
            options.concat()
        )
    }
}

fn xhr(client: &Client, url: &str) -> String {
    use crosscheck_vectors::client::UploadListener;
    let listener = "xhr.upload.onprogress = () => {};\n";
    let is_async = client.api != Api::XhrSync;
    let more = match (&client.username, &client.password) {
        (None, None) if is_async => String::new(),
        (None, None) => ", false".to_owned(),
        (username, password) => {
            format!(", {is_async}, {}, {}", literal(username), literal(password))
        }
    };
    let mut script = format!(
        "const xhr = new XMLHttpRequest();\nxhr.open({}, {}{more});\n",
        literal(&client.method),
        literal(&url)
    );
    for (name, value) in &client.headers {
        // Writing to a string cannot fail.
        let _ = writeln!(
            script,
            "xhr.setRequestHeader({}, {});",
            literal(name),
            literal(value)
        );
    }
    if client.credentials == Credentials::Include {
        script.push_str("xhr.withCredentials = true;\n");
    }
    script.push_str("xhr.onloadend = () => console.log(xhr.status, xhr.responseText);\n");
    if client.upload_listener == UploadListener::BeforeSend {
        script.push_str(listener);
    }
    let body = client.body.as_ref().map(body).unwrap_or_default();
    let _ = writeln!(script, "xhr.send({body});");
    if client.upload_listener == UploadListener::AfterSend {
        script.push_str(listener);
    }
    script.trim_end().to_owned()
}

fn body(body: &Body) -> String {
    match body {
        Body::Blob { content_type, text } => {
            let options = json!({ "type": content_type });
            format!("new Blob([{}], {options})", literal(text))
        }
        Body::Buffer { bytes } => format!("new Uint8Array({}).buffer", literal(&bytes.as_bytes())),
        Body::Document { markup, kind } => {
            use crosscheck_vectors::client::DocumentKind;
            let kind = match kind {
                DocumentKind::Html => "text/html",
                DocumentKind::Xml => "application/xml",
            };
            format!(
                "new DOMParser().parseFromString({}, {})",
                literal(markup),
                literal(&kind)
            )
        }
        Body::FormData { fields } => format!(
            "{}.reduce((data, [name, value]) => (data.append(name, value), data), new FormData())",
            literal(fields)
        ),
        Body::Stream { text, .. } => format!("new Blob([{}]).stream()", literal(text)),
        Body::Text { text } => match repeated(text.as_bytes()) {
            Some((byte, n)) => format!("{}.repeat({n})", literal(&byte)),
            None => literal(text),
        },
        Body::UrlEncoded { fields } => format!("new URLSearchParams({})", literal(fields)),
    }
}

/// `value` as JavaScript writes it.
fn literal<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Cuts a command that nobody would paste.
fn shortened(text: &str) -> String {
    if text.chars().nth(LONGEST).is_none() {
        return text.to_owned();
    }
    text.lines()
        .map(|line| clip(line, LONGEST / 4) + "\n")
        .take(40)
        .collect()
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::client::Client;
    use rstest::rstest;
    use serde_json::json;

    use super::{curl, repeated, script};
    use crate::observation::SeenRequest;

    #[test]
    fn curl_sends_what_was_seen() {
        let request = SeenRequest {
            method: "PUT".into(),
            url: "https://api.example/echo".to_owned(),
            headers: vec![
                ("Host".into(), "api.example".into()),
                ("Origin".into(), "null".into()),
            ],
            body: "{}".into(),
        };
        insta::assert_snapshot!(curl(&request), @r"
        curl --include --request PUT https://api.example/echo \
          --header 'Origin: null' \
          --header Content-Type: \
          --data-raw '{}'
        ");
    }

    #[test]
    fn curl_sends_empty_headers_and_long_bodies() {
        let request = SeenRequest {
            method: "POST".into(),
            url: "https://api.example/echo".to_owned(),
            headers: vec![
                ("X-A".into(), "".into()),
                ("Content-Type".into(), "text/plain".into()),
            ],
            body: "k".repeat(300).as_str().into(),
        };
        insta::assert_snapshot!(curl(&request), @r#"
        curl --include --request POST https://api.example/echo \
          --header 'X-A;' \
          --header 'Content-Type: text/plain' \
          --data-raw "$(head -c 300 /dev/zero | tr '\0' k)"
        "#);
    }

    #[test]
    fn only_long_repetitions_are_written_as_such() {
        assert_eq!(repeated(&[b'k'; 257]), Some(('k', 257)));
        assert_eq!(repeated(&[b'k'; 256]), None);
        assert_eq!(repeated(&[b'\''; 300]), None);
        assert_eq!(repeated(&[&[b'k'; 300][..], b"l"].concat()), None);
        assert_eq!(repeated(b""), None);
    }

    #[rstest]
    #[case::long(json!({"body": {"type": "text", "text": "k".repeat(300)}}), r#"  body: "k".repeat(300),"#)]
    #[case::plain(json!({}), r#"fetch("https://a.example/");"#)]
    #[case::method(json!({"method": "PUT"}), r#"  method: "PUT","#)]
    #[case::headers(json!({"headers": [["X-A", "1"]]}), r#"  headers: [["X-A","1"]],"#)]
    #[case::stream(json!({"body": {"type": "stream", "text": "x"}}), r#"  duplex: "half","#)]
    #[case::credentials(json!({"credentials": "include"}), r#"  credentials: "include","#)]
    #[case::mode(json!({"mode": "no-cors"}), r#"  mode: "no-cors","#)]
    #[case::redirect(json!({"redirect": "manual"}), r#"  redirect: "manual","#)]
    #[case::cache(json!({"cache": "no-store"}), r#"  cache: "no-store","#)]
    #[case::buffer(json!({"body": {"type": "buffer", "bytes": "\u{ff}a"}}), "new Uint8Array([255,97]).buffer")]
    #[case::form(json!({"body": {"type": "form-data", "fields": [["a", "b"]]}}), r#"[["a","b"]].reduce"#)]
    #[case::xhr(json!({"api": "xhr", "credentials": "include"}), "xhr.withCredentials = true;")]
    #[case::sync(json!({"api": "xhr-sync"}), r#"xhr.open("GET", "https://a.example/", false);"#)]
    #[case::user(json!({"api": "xhr", "username": "u"}), r#""https://a.example/", true, "u", null);"#)]
    #[case::late(json!({"api": "xhr", "upload_listener": "after-send"}), "xhr.send();\nxhr.upload")]
    fn the_script_makes_the_call(#[case] client: serde_json::Value, #[case] part: &str) {
        let client: Client = serde_json::from_value(client).unwrap();
        let script = script(&client, "https://a.example/").unwrap();
        assert!(script.contains(part), "{script}");
    }

    #[test]
    fn no_page_makes_a_raw_request() {
        let client: Client = serde_json::from_value(json!({"api": "raw"})).unwrap();
        assert_eq!(script(&client, "https://a.example/"), None);
    }
}
