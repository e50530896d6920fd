//! The same for elements, workers and the like, for a page's console.

use std::fmt::Write as _;

use crosscheck_vectors::client::{Api, Body, Client, Credentials};

use super::{body, literal};

/// The script that fetches `url` as `client` does; none for what has a form of its own.
pub(super) fn script(client: &Client, url: &str) -> Option<String> {
    let url = literal(&url);
    let link = |rel| element("link", &[("rel", rel)], "href", &url, client);
    Some(match client.api {
        Api::Fetch | Api::Raw | Api::Xhr | Api::XhrSync => return None,
        Api::Beacon => beacon(&url, client),
        Api::DynamicImport => format!("console.log(await import({url}));"),
        Api::EventSource => event_source(&url, client),
        Api::Font => format!("console.log(await new FontFace(\"x\", `url(${{{url}}})`).load());"),
        Api::Form => form(&url, client),
        Api::Iframe => element("iframe", &[], "src", &url, client),
        Api::Img => image(&url, client),
        Api::ImportScripts => format!("importScripts({url}); // in a worker"),
        Api::Media => media(&url, client),
        Api::Module => element("script", &[("type", "module")], "src", &url, client),
        Api::ModulePreload => link("modulepreload"),
        Api::Stylesheet => link("stylesheet"),
        Api::ModuleWorker => format!("new Worker({url}, {{ type: \"module\" }});"),
        Api::Script => classic_script(&url, client),
        Api::ServiceWorker => format!(
            "console.log(await navigator.serviceWorker.register({url}, {{ scope: {url} }}));"
        ),
        Api::SharedWorker => format!("new SharedWorker({url});"),
        Api::StaticImport => static_import(&url),
        Api::Timing => timing(&url, client),
        Api::Track => track(&url, client),
        Api::WebSocket => format!(
            "const socket = new WebSocket({url});\nsocket.onopen = socket.onerror = console.log;"
        ),
        Api::Worker => format!("new Worker({url});"),
    })
}

fn beacon(url: &str, client: &Client) -> String {
    let data = client.body.as_ref().map(body);
    let data = data.map_or_else(String::new, |data| format!(", {data}"));
    format!("console.log(navigator.sendBeacon({url}{data}));")
}

fn event_source(url: &str, client: &Client) -> String {
    let options = if client.credentials == Credentials::Include {
        ", { withCredentials: true }"
    } else {
        ""
    };
    format!(
        "const events = new EventSource({url}{options});\n\
         events.onmessage = events.onerror = console.log;"
    )
}

fn form(url: &str, client: &Client) -> String {
    let mut script = format!(
        "const form = document.createElement(\"form\");\n\
         form.method = \"POST\";\nform.action = {url};\n"
    );
    if let Some(Body::UrlEncoded { fields }) = &client.body {
        for (name, value) in fields {
            // Writing to a string cannot fail.
            let _ = writeln!(
                script,
                "form.append(Object.assign(document.createElement(\"input\"), {{ name: {}, value: {} }}));",
                literal(name),
                literal(value)
            );
        }
    }
    script + "document.body.append(form);\nform.submit();"
}

/// An image, and a canvas that shows whether the page may read it.
fn image(url: &str, client: &Client) -> String {
    element("img", &[], "src", url, client)
        + "\nawait element.decode();\n\
           const canvas = document.createElement(\"canvas\");\n\
           canvas.getContext(\"2d\").drawImage(element, 0, 0);\n\
           console.log(canvas.toDataURL());"
}

/// A sound, and a stream of it, which only a page that may read it gets.
fn media(url: &str, client: &Client) -> String {
    element("audio", &[], "src", url, client)
        + "\nelement.onloadedmetadata = () => console.log(element.captureStream());"
}

/// A script, whose errors have a message only for a page that may read it.
fn classic_script(url: &str, client: &Client) -> String {
    let listen = "addEventListener(\"error\", (event) => console.log(event.message));\n";
    listen.to_owned() + &element("script", &[], "src", url, client)
}

fn static_import(url: &str) -> String {
    let text = literal(&format!("import {url};"));
    format!(
        "const element = document.createElement(\"script\");\n\
         element.type = \"module\";\nelement.text = {text};\n\
         document.head.append(element);"
    )
}

/// A fetch, and its timing, of which only some pages get all.
fn timing(url: &str, client: &Client) -> String {
    let credentials = literal(&client.credentials);
    format!(
        "await fetch({url}, {{ credentials: {credentials} }});\n\
         console.log(performance.getEntriesByName({url})[0].requestStart);"
    )
}

/// A track, and the video without which it is not fetched.
fn track(url: &str, client: &Client) -> String {
    element("track", &[], "src", url, client)
        + "\nconst video = document.createElement(\"video\");\n\
           video.append(element);\ndocument.body.append(video);\n\
           element.track.mode = \"hidden\";"
}

/// An element that says how it ended, with these attributes and those of `client`.
fn element(
    tag: &str,
    fixed: &[(&str, &str)],
    attribute: &str,
    url: &str,
    client: &Client,
) -> String {
    let mut script = format!("const element = document.createElement(\"{tag}\");\n");
    let given = [
        ("crossorigin", client.crossorigin.as_deref()),
        ("integrity", client.integrity.as_deref()),
    ];
    let given = given
        .iter()
        .filter_map(|(name, value)| value.map(|value| (*name, value)));
    for (name, value) in fixed.iter().copied().chain(given) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            script,
            "element.setAttribute(\"{name}\", {});",
            literal(value)
        );
    }
    let _ = writeln!(script, "element.{attribute} = {url};");
    script + "element.onload = element.onerror = console.log;\ndocument.body.append(element);"
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::client::Client;
    use rstest::rstest;
    use serde_json::json;

    use super::script;

    #[rstest]
    #[case("beacon", "navigator.sendBeacon(\"u\", \"a\")")]
    #[case("dynamic-import", "import(\"u\")")]
    #[case("event-source", "new EventSource(\"u\", { withCredentials: true })")]
    #[case("font", "`url(${\"u\"})`")]
    #[case("iframe", "element.src = \"u\"")]
    #[case("img", "canvas.toDataURL()")]
    #[case("import-scripts", "importScripts(\"u\")")]
    #[case("media", "element.captureStream()")]
    #[case("module", "element.setAttribute(\"type\", \"module\")")]
    #[case("module-preload", "element.setAttribute(\"rel\", \"modulepreload\")")]
    #[case("module-worker", "new Worker(\"u\", { type: \"module\" })")]
    #[case("script", "element.setAttribute(\"crossorigin\", \"a\\\"b\")")]
    #[case("service-worker", "navigator.serviceWorker.register(\"u\"")]
    #[case("shared-worker", "new SharedWorker(\"u\")")]
    #[case("static-import", "import \\\"u\\\";")]
    #[case("stylesheet", "element.href = \"u\"")]
    #[case("timing", "performance.getEntriesByName(\"u\")")]
    #[case("track", "element.track.mode")]
    #[case("websocket", "new WebSocket(\"u\")")]
    #[case("worker", "new Worker(\"u\")")]
    fn every_feature_has_a_script(#[case] api: &str, #[case] part: &str) {
        let client = json!({ "api": api, "crossorigin": "a\"b", "credentials": "include",
            "body": { "type": "text", "text": "a" } });
        let client: Client = serde_json::from_value(client).unwrap();
        let script = script(&client, "u").unwrap();
        assert!(script.contains(part), "{script}");
    }

    #[test]
    fn a_form_has_its_fields() {
        let client = json!({ "api": "form",
            "body": { "type": "url-encoded", "fields": [["a", "b'\""]] } });
        let client: Client = serde_json::from_value(client).unwrap();
        let script = script(&client, "u").unwrap();
        assert!(
            script.contains("{ name: \"a\", value: \"b'\\\"\" }"),
            "{script}"
        );
    }
}
