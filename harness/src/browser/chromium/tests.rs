mod failures;
mod listener;
mod reasons;

use std::{sync::Arc, time::Duration};

use listener::{Answer, Listener, PAGE_PATH, url, value};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Chromium, Visibility, create_target, find::find_binary};
use crate::browser::{
    call::{Call, Cookie, Ending, Frame, Jar, Outcome, Place, Witness},
    engine::{Browser as _, Names, Options},
};

const APP: &str = "https://app.example";
const API: &str = "https://api.example";

fn options(listener: &Listener) -> Options {
    Options {
        binary: find_binary(
            std::env::var_os("CROSSCHECK_CHROMIUM")
                .as_deref()
                .map(AsRef::as_ref),
        )
        .unwrap(),
        stage: listener.address,
        spki: listener.spki.clone(),
        trusted: None,
        page_path: PAGE_PATH.to_owned(),
        timeout: Duration::from_secs(10),
    }
}

async fn browser() -> (Listener, Chromium) {
    let listener = Listener::start().await;
    let browser = Chromium::launch(options(&listener), &Names::All)
        .await
        .unwrap();
    (listener, browser)
}

/// Grants what the tests ask for, without credentials.
fn grant() -> Answer {
    Answer::new(
        200,
        &[
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Methods", "PUT"),
            ("Access-Control-Allow-Headers", "x-a"),
            ("Access-Control-Expose-Headers", "x-seen"),
            ("X-Seen", "yes"),
            ("X-Hidden", "yes"),
        ],
    )
}

/// Lets pages of `app.example` read with credentials.
fn grant_with_credentials() -> Answer {
    Answer::new(
        200,
        &[
            ("Access-Control-Allow-Origin", APP),
            ("Access-Control-Allow-Credentials", "true"),
        ],
    )
}

/// A cookie that `api.example` sets.
fn cookie(set_cookie: &str) -> Cookie {
    Cookie {
        url: format!("{API}/"),
        set_cookie: set_cookie.to_owned(),
    }
}

/// A call of the granting URL at `api.example`.
fn call(id: &str, client: Value) -> Call {
    Call {
        id: id.to_owned(),
        url: url(API, id, &grant(), &grant()),
        client,
    }
}

async fn one(browser: &Chromium, place: &Place, call: Call) -> Ending {
    browser
        .run(place, &[call], Witness::Quiet)
        .await
        .unwrap()
        .remove(0)
}

fn sent<'a>(ending: &'a Ending, name: &str) -> Option<&'a str> {
    value(
        ending
            .body
            .as_deref()
            .expect("the answer's body is the request"),
        name,
    )
}

/// Calls whose endings differ in what the page sees.
fn calls_of_all_kinds() -> [Call; 6] {
    let put = json!({ "method": "PUT", "headers": [["x-a", "\u{e9}"]],
        "body": { "type": "buffer", "bytes": "\u{0}\u{ff}" } });
    let mut xhr = put.clone();
    xhr["api"] = "xhr".into();
    let post = json!({ "method": "POST", "body": { "type": "text", "text": "a" } });
    let no_cors = json!({ "method": "GET", "mode": "no-cors" });
    let manual = json!({ "method": "GET", "redirect": "manual" });
    let to_itself = Answer::new(
        302,
        &[("Access-Control-Allow-Origin", "*"), ("Location", "x")],
    );
    [
        call("get", json!({ "method": "GET" })),
        call("put", put),
        call("xhr", xhr),
        call("post", post),
        call("no-cors", no_cors),
        Call {
            id: "manual".to_owned(),
            url: url(API, "manual", &grant(), &to_itself),
            client: manual,
        },
    ]
}

#[tokio::test]
async fn calls_end_as_the_page_sees_them() {
    let (listener, browser) = browser().await;
    let product = browser.version().split_once(' ').unwrap();
    assert!(
        ["Chromium", "HeadlessShell"].contains(&product.0),
        "{product:?}"
    );
    assert!(
        product.1.starts_with(|c: char| c.is_ascii_digit()),
        "{product:?}"
    );

    let calls = calls_of_all_kinds();
    let endings = browser
        .run(&Place::top(APP), &calls, Witness::Quiet)
        .await
        .unwrap();

    let ids: Vec<&str> = endings.iter().map(|ending| ending.id.as_str()).collect();
    assert_eq!(ids, ["get", "put", "xhr", "post", "no-cors", "manual"]);
    let [get, put, xhr, post, no_cors, manual] = endings.as_slice() else {
        unreachable!()
    };
    assert_eq!((get.outcome, get.status), (Outcome::Readable, Some(200)));
    assert_eq!(get.response_type.as_deref(), Some("cors"));
    assert_eq!(get.url, calls[0].url);
    assert_eq!(sent(get, "origin"), Some(APP));
    assert_eq!(sent(get, "host"), Some("api.example"));
    let seen = |name: &str| get.headers.iter().find(|header| header.0 == name);
    assert_eq!(
        seen("x-seen"),
        Some(&("x-seen".to_owned(), "yes".to_owned()))
    );
    assert_eq!(seen("x-hidden"), None);
    for ending in [put, xhr] {
        assert_eq!(
            (ending.outcome, ending.status),
            (Outcome::Readable, Some(200))
        );
        assert_eq!(sent(ending, "content-length"), Some("2"));
        let names: Vec<&str> = ending
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["content-length", "x-seen"]);
        assert_eq!(listener.methods(&ending.id), ["OPTIONS", "PUT"]);
    }
    assert_eq!(sent(post, "content-type"), Some("text/plain;charset=UTF-8"));
    assert_eq!(
        (no_cors.outcome, no_cors.status),
        (Outcome::Opaque, Some(0))
    );
    assert_eq!((no_cors.body.as_ref(), no_cors.headers.len()), (None, 0));
    assert_eq!(
        (manual.outcome, manual.status),
        (Outcome::OpaqueRedirect, Some(0))
    );
    Box::new(browser).close().await;
}

#[tokio::test]
async fn bytes_pass_unchanged() {
    let (_listener, browser) = browser().await;
    for api in ["fetch", "xhr"] {
        let put = json!({ "api": api, "method": "PUT", "headers": [["x-a", "\u{80}\u{ff}\t."]],
            "body": { "type": "text", "text": "\u{20ac}" } });
        let ending = one(
            &browser,
            &Place::top(APP),
            call(&format!("bytes-{api}"), put),
        )
        .await;
        assert_eq!(sent(&ending, "x-a"), Some("\u{80}\u{ff}\t."));
        assert_eq!(sent(&ending, "content-length"), Some("3"));
    }
    Box::new(browser).close().await;
}

#[tokio::test]
async fn every_origin_and_port_leads_to_the_listener() {
    let (listener, browser) = browser().await;
    let origins = [
        APP,
        "http://app.example",
        "http://app.example:8080",
        "https://app.example:8443",
        "https://api.example",
        "http://a.localhost:3000",
        "http://127.0.0.1:5000",
        "https://xn--bcher-kva.example",
    ];
    let runs = origins.iter().enumerate().map(|(n, origin)| {
        let call = call(&format!("from-{n}"), json!({ "method": "PUT" }));
        let (browser, place) = (&browser, Place::top(*origin));
        async move { one(browser, &place, call).await }
    });
    for (ending, origin) in futures_util::future::join_all(runs)
        .await
        .iter()
        .zip(origins)
    {
        // An insecure page on a public name may reach loopback here, since it comes from there.
        assert_eq!(ending.outcome, Outcome::Readable, "{origin}: {ending:?}");
        assert_eq!(sent(ending, "origin"), Some(origin));
        let same_origin = origin == API;
        assert_eq!(
            ending.response_type.as_deref(),
            Some(if same_origin { "basic" } else { "cors" })
        );
        let requests: &[&str] = if same_origin {
            &["PUT"]
        } else {
            &["OPTIONS", "PUT"]
        };
        assert_eq!(listener.methods(&ending.id), requests, "{origin}");
    }
    Box::new(browser).close().await;
}

#[tokio::test]
async fn a_sandboxed_frame_has_an_opaque_origin() {
    let (_listener, browser) = browser().await;
    let place = Place {
        frame: Frame::Sandboxed,
        ..Place::top(APP)
    };
    let calls: Vec<Call> = (0..20)
        .map(|n| call(&format!("opaque-{n}"), json!({ "method": "PUT" })))
        .collect();
    let (one_batch, another) = tokio::join!(
        browser.run(&place, &calls[..10], Witness::Quiet),
        browser.run(&place, &calls[10..], Witness::Quiet),
    );
    let endings = [one_batch.unwrap(), another.unwrap()].concat();
    assert_eq!(endings.len(), 20);
    for ending in endings {
        assert_eq!(
            (ending.outcome, sent(&ending, "origin")),
            (Outcome::Readable, Some("null"))
        );
    }
    let top = one(
        &browser,
        &Place::top(APP),
        call("top", json!({ "method": "GET" })),
    )
    .await;
    assert_eq!(sent(&top, "origin"), Some(APP));
    Box::new(browser).close().await;
}

#[tokio::test]
async fn jars_keep_their_cookies_apart() {
    let (_listener, browser) = browser().await;
    let credentialed = grant_with_credentials();
    let ask = async |jar, id: &str, credentials: &str| {
        let call = Call {
            id: id.to_owned(),
            url: url(API, id, &credentialed, &credentialed),
            client: json!({ "method": "GET", "credentials": credentials }),
        };
        let ending = one(
            &browser,
            &Place {
                jar,
                ..Place::top(APP)
            },
            call,
        )
        .await;
        sent(&ending, "cookie").map(str::to_owned)
    };
    let cookies = [
        cookie("sid=1; Secure; SameSite=None; HttpOnly"),
        cookie("lax=1; Secure; SameSite=Lax"),
        cookie("elsewhere=1; Secure; SameSite=None; Path=/elsewhere"),
    ];
    browser.set_cookies(Jar::Isolated, &cookies).await.unwrap();

    assert_eq!(
        ask(Jar::Isolated, "a", "include").await.as_deref(),
        Some("sid=1")
    );
    assert_eq!(ask(Jar::Isolated, "b", "omit").await, None);
    assert_eq!(ask(Jar::Isolated, "c", "same-origin").await, None);
    assert_eq!(ask(Jar::Shared, "d", "include").await, None);
    browser
        .set_cookies(Jar::Shared, &[cookie("sid=2; Secure; SameSite=None")])
        .await
        .unwrap();
    browser.clear_cookies(Jar::Isolated).await.unwrap();
    assert_eq!(ask(Jar::Isolated, "e", "include").await, None);
    assert_eq!(
        ask(Jar::Shared, "f", "include").await.as_deref(),
        Some("sid=2")
    );

    let misnamed = cookie("__Host-a=1; Secure; Path=/x");
    let error = browser
        .set_cookies(Jar::Shared, &[misnamed])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("__Host-a=1"), "{error}");
    Box::new(browser).close().await;
}

#[tokio::test]
async fn batches_of_one_page_keep_apart() {
    let (_listener, browser) = browser().await;
    let place = Place::top(APP);
    let batch = |method: &str, prefix: &str| -> Vec<Call> {
        let client = json!({ "method": method });
        (0..60)
            .map(|n| call(&format!("{prefix}-{n}"), client.clone()))
            .collect()
    };
    // The answers grant PUT only.
    let (granted, one, other) = (batch("PUT", "a"), batch("PATCH", "b"), batch("PATCH", "c"));
    let (granted, one, other) = tokio::join!(
        browser.run(&place, &granted, Witness::Quiet),
        browser.run(&place, &one, Witness::Reasons),
        browser.run(&place, &other, Witness::Reasons),
    );
    for (n, ending) in granted.unwrap().iter().enumerate() {
        assert_eq!(ending.id, format!("a-{n}"));
        assert_eq!(ending.outcome, Outcome::Readable);
    }
    for (prefix, endings) in [("b", one.unwrap()), ("c", other.unwrap())] {
        for (n, ending) in endings.iter().enumerate() {
            assert_eq!(ending.id, format!("{prefix}-{n}"));
            assert_eq!(ending.outcome, Outcome::NetworkError);
            let code = ending.cors_error.as_ref().map(|error| error.code.as_str());
            assert_eq!(code, Some("MethodDisallowedByPreflightResponse"));
        }
    }
    Box::new(browser).close().await;
}

#[tokio::test]
async fn no_page_shows_a_file() {
    let (_listener, browser) = browser().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.html");
    std::fs::write(&file, "private").unwrap();
    let address = url::Url::from_file_path(&file).unwrap();
    let devtools = &browser.devtools;
    let target = create_target(devtools, None, address.as_str(), Visibility::Tab).await;
    let params = json!({ "targetId": target.unwrap(), "flatten": true });
    let attached = devtools
        .call("Target.attachToTarget", params)
        .await
        .unwrap();
    let id = attached["sessionId"].as_str().unwrap();
    let session = devtools.session(id, Arc::new(|_, _| {}));
    let shown = async {
        loop {
            let shown = session.evaluate("location.href").await.unwrap();
            let shown = shown.as_str().unwrap_or_default().to_owned();
            if shown != "about:blank" {
                break shown;
            }
        }
    };
    let shown = timeout(Duration::from_secs(10), shown).await.unwrap();
    assert!(shown.starts_with("chrome-error:"), "it shows {shown}");
    Box::new(browser).close().await;
}
