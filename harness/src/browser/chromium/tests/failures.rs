//! Calls that the interface refuses, and browsers that do not work.

use std::{path::PathBuf, process::Command, time::Duration};

use serde_json::{Value, json};

use super::{super::Chromium, API, APP, Listener, browser, call, grant, one, options, url};
use crate::browser::{
    call::{Call, Frame, Jar, Outcome, Place, Witness},
    engine::{Browser as _, Names, Options},
    error::BrowserError,
};

fn refused_calls() -> Vec<(&'static str, Value)> {
    vec![
        ("TypeError", json!({ "method": "TRACE" })),
        ("TypeError", json!({ "method": "G T" })),
        (
            "TypeError",
            json!({ "method": "GET", "headers": [["a b", "1"]] }),
        ),
        (
            "TypeError",
            json!({ "method": "GET", "headers": [["x-a", "1\n2"]] }),
        ),
        ("TypeError", json!({ "method": "GET", "mode": "navigate" })),
        ("TypeError", json!({ "method": "PUT", "mode": "no-cors" })),
        (
            "TypeError",
            json!({ "method": "GET", "cache": "only-if-cached" }),
        ),
        (
            "TypeError",
            json!({ "method": "GET", "body": { "type": "text", "text": "a" } }),
        ),
        (
            "TypeError",
            json!({ "method": "POST", "keepalive": true, "body": { "type": "stream", "text": "a" } }),
        ),
        ("SyntaxError", json!({ "api": "xhr", "method": "G T" })),
        ("SecurityError", json!({ "api": "xhr", "method": "trace" })),
        (
            "SyntaxError",
            json!({ "api": "xhr", "method": "GET", "headers": [["a b", "1"]] }),
        ),
    ]
}

#[tokio::test]
async fn refused_calls_are_told_from_failed_ones() {
    let (listener, browser) = browser().await;
    let refused = refused_calls();
    let calls: Vec<Call> = refused
        .iter()
        .enumerate()
        .map(|(n, (_, client))| call(&format!("refused-{n}"), client.clone()))
        .collect();
    let endings = browser
        .run(&Place::top(APP), &calls, Witness::Quiet)
        .await
        .unwrap();
    for (ending, (exception, client)) in endings.iter().zip(&refused) {
        assert_eq!(ending.outcome, Outcome::ApiError, "{client}: {ending:?}");
        let text = ending.exception.as_deref().unwrap();
        assert!(text.starts_with(exception), "{client}: {text}");
        assert!(listener.methods(&ending.id).is_empty(), "{client}");
    }
    let mut with_user_info = call("userinfo", json!({ "method": "GET" }));
    with_user_info.url = with_user_info.url.replace("https://", "https://u:p@");
    let ending = one(&browser, &Place::top(APP), with_user_info).await;
    assert_eq!(ending.outcome, Outcome::ApiError, "{ending:?}");
    Box::new(browser).close().await;
}

#[tokio::test]
async fn a_call_without_an_answer_times_out() {
    let listener = Listener::start().await;
    let patience = Duration::from_secs(2);
    let options = Options {
        timeout: patience,
        ..options(&listener)
    };
    let browser = Chromium::launch(options, &Names::All).await.unwrap();
    for api in ["fetch", "xhr"] {
        let id = format!("slow-{api}");
        let slow = call(&id, json!({ "method": "GET", "api": api }));
        let ending = one(&browser, &Place::top(APP), slow).await;
        assert_eq!(ending.outcome, Outcome::Timeout, "{ending:?}");
    }
    Box::new(browser).close().await;
}

#[tokio::test]
async fn a_killed_browser_is_gone() {
    let (listener, browser) = browser().await;
    let place = Place::top(APP);
    one(&browser, &place, call("before", json!({ "method": "GET" }))).await;
    let profile = browser.process().profile().to_owned();
    assert!(profile.is_dir());
    let slow = [call("slow", json!({ "method": "GET" }))];
    let batch = browser.run(&place, &slow, Witness::Reasons);
    let kill = async {
        let id = browser.process().id().unwrap().to_string();
        listener.arrival("slow").await;
        assert!(
            Command::new("kill")
                .args(["-9", &id])
                .status()
                .unwrap()
                .success()
        );
    };
    let (batch, ()) = tokio::join!(batch, kill);
    assert!(matches!(batch, Err(BrowserError::Gone)), "{batch:?}");
    let again = browser.run(&place, &slow, Witness::Quiet).await;
    assert!(matches!(again, Err(BrowserError::Gone)), "{again:?}");
    let other = Place {
        frame: Frame::Top,
        jar: Jar::Isolated,
        ..Place::top("https://b.example")
    };
    let again = browser.run(&other, &slow, Witness::Quiet).await;
    assert!(matches!(again, Err(BrowserError::Gone)), "{again:?}");
    drop(browser);
    assert!(!profile.exists());
}

#[tokio::test]
async fn a_crashed_page_is_replaced() {
    let (listener, browser) = browser().await;
    let place = Place::top(APP);
    let slow = [call("slow", json!({ "method": "GET" }))];
    let crash = async {
        listener.arrival("slow").await;
        let cell = browser.page(&place);
        let session = cell.get().unwrap().session();
        session.call("Page.crash", json!({})).await
    };
    let batch = tokio::select! {
        batch = browser.run(&place, &slow, Witness::Quiet) => batch,
        answer = crash => panic!("a crash has no answer: {answer:?}"),
    };
    assert!(
        matches!(batch, Err(BrowserError::Crashed { .. })),
        "{batch:?}"
    );
    let ending = one(&browser, &place, call("after", json!({ "method": "GET" }))).await;
    assert_eq!(ending.outcome, Outcome::Readable);
    Box::new(browser).close().await;
}

#[tokio::test]
async fn a_page_that_hangs_is_noticed() {
    let listener = Listener::start().await;
    let options = Options {
        timeout: Duration::from_secs(2),
        ..options(&listener)
    };
    let browser = Chromium::launch(options, &Names::All).await.unwrap();
    let place = Place::top(APP);
    one(&browser, &place, call("before", json!({ "method": "GET" }))).await;
    let cell = browser.page(&place);
    let hang = cell.get().unwrap().session().evaluate("for (;;);");
    let stuck = [call("stuck", json!({ "method": "GET" }))];
    let batch = tokio::select! {
        // Its message goes first.
        biased;
        answer = hang => panic!("the page answered: {answer:?}"),
        batch = browser.run(&place, &stuck, Witness::Quiet) => batch,
    };
    assert!(matches!(batch, Err(BrowserError::Hung { .. })), "{batch:?}");
    let profile = browser.process().profile().to_owned();
    Box::new(browser).close().await;
    assert!(!profile.exists());
}

#[tokio::test]
async fn the_profile_goes_with_the_browser() {
    let (_listener, browser) = browser().await;
    let profile = browser.process().profile().to_owned();
    one(
        &browser,
        &Place::top(APP),
        call("get", json!({ "method": "GET" })),
    )
    .await;
    assert!(profile.is_dir());
    Box::new(browser).close().await;
    assert!(!profile.exists());
}

#[tokio::test]
async fn a_page_that_is_not_served_is_an_error() {
    let listener = Listener::start().await;
    let options = Options {
        page_path: "/nothing".to_owned(),
        timeout: Duration::from_secs(3),
        ..options(&listener)
    };
    let browser = Chromium::launch(options, &Names::All).await.unwrap();
    let calls = [call("get", json!({ "method": "GET" }))];
    // Port 25 is on the standard's list of bad ports.
    for (origin, shown) in [
        (APP, "/nothing"),
        ("http://app.example:25", "an error page"),
    ] {
        let error = browser
            .run(&Place::top(origin), &calls, Witness::Quiet)
            .await
            .unwrap_err();
        assert!(matches!(error, BrowserError::Page { .. }), "{error:?}");
        assert!(error.to_string().contains(shown), "{error}");
    }
    Box::new(browser).close().await;
}

#[tokio::test]
async fn a_program_that_is_no_browser_is_reported_soon() {
    let listener = Listener::start().await;
    for (binary, complaint) in [
        ("false", "exit status: 1"),
        ("/nowhere/chromium", "No such file"),
    ] {
        let found = super::find_binary(Some(binary.as_ref()));
        let binary = found.unwrap_or_else(|_missing| PathBuf::from(binary));
        let options = Options {
            binary,
            ..options(&listener)
        };
        let error = Chromium::launch(options, &Names::All).await.unwrap_err();
        assert!(matches!(error, BrowserError::Launch { .. }), "{error:?}");
        assert!(error.to_string().contains(complaint), "{error}");
    }
}

#[tokio::test]
async fn an_unknown_body_is_the_callers_mistake() {
    let (_listener, browser) = browser().await;
    let client = json!({ "method": "POST", "body": { "type": "video" } });
    let call = Call {
        id: "a".to_owned(),
        url: url(API, "a", &grant(), &grant()),
        client,
    };
    for frame in [Frame::Top, Frame::Sandboxed] {
        let place = Place {
            frame,
            ..Place::top(APP)
        };
        let error = browser
            .run(&place, std::slice::from_ref(&call), Witness::Quiet)
            .await;
        let Err(BrowserError::Exception(text)) = error else {
            panic!("{error:?}")
        };
        assert!(text.contains("unknown body type: video"), "{text}");
    }
    Box::new(browser).close().await;
}
