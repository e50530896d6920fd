//! The browser's reasons, one call per CORS error that can be provoked.

use serde_json::{Value, json};

use super::{super::reason::reasons, API, APP, Answer, browser, grant, url};
use crate::browser::{
    call::{Call, CorsError, Ending, Frame, Outcome, Place, Witness},
    engine::Browser as _,
};

const ALLOW: (&str, &str) = ("Access-Control-Allow-Origin", "*");

fn plain(status: u16, headers: &[(&str, &str)]) -> Answer {
    Answer::new(status, headers)
}

fn allow(value: &str) -> Answer {
    Answer::new(200, &[("Access-Control-Allow-Origin", value)])
}

fn bare() -> Answer {
    plain(200, &[])
}

fn redirect(location: &str) -> Answer {
    plain(302, &[ALLOW, ("Location", location)])
}

fn get() -> Value {
    json!({ "method": "GET" })
}

fn put() -> Value {
    json!({ "method": "PUT", "headers": [["x-a", "1"]] })
}

fn including(mut client: Value) -> Value {
    client["credentials"] = "include".into();
    client
}

/// What is sent, what is answered to the preflight and to the rest, and the standard's name for it.
struct Case(&'static str, Value, Answer, Answer);

fn cases() -> Vec<Case> {
    [
        answers_not_shared(),
        preflights_not_shared(),
        preflights_without_permission(),
        no_final_answers(),
        modes_and_policies(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Answers that fail the CORS check.
fn answers_not_shared() -> Vec<Case> {
    vec![
        Case("cors-check/missing-origin", get(), grant(), bare()),
        Case(
            "cors-check/wildcard-with-credentials",
            including(get()),
            grant(),
            allow("*"),
        ),
        Case(
            "cors-check/multiple-origins",
            get(),
            grant(),
            allow("https://app.example, *"),
        ),
        Case("cors-check/invalid-origin", get(), grant(), allow("-")),
        Case(
            "cors-check/origin-mismatch",
            get(),
            grant(),
            allow("https://app.example/"),
        ),
        Case(
            "cors-check/credentials",
            including(get()),
            grant(),
            allow(APP),
        ),
    ]
}

/// Preflight answers that fail the CORS check.
fn preflights_not_shared() -> Vec<Case> {
    vec![
        Case(
            "preflight/cors-check/missing-origin",
            put(),
            bare(),
            grant(),
        ),
        Case(
            "preflight/cors-check/wildcard-with-credentials",
            including(put()),
            grant(),
            grant(),
        ),
        Case(
            "preflight/cors-check/multiple-origins",
            put(),
            allow("* *"),
            grant(),
        ),
        Case(
            "preflight/cors-check/invalid-origin",
            put(),
            allow("app.example"),
            grant(),
        ),
        Case(
            "preflight/cors-check/origin-mismatch",
            put(),
            allow("null"),
            grant(),
        ),
        Case(
            "preflight/cors-check/credentials",
            including(put()),
            allow(APP),
            grant(),
        ),
    ]
}

/// Preflights that end without permission for another reason.
fn preflights_without_permission() -> Vec<Case> {
    let lacks =
        |lists: &[(&'static str, &'static str)]| Answer::new(200, &[&[ALLOW], lists].concat());
    let methods = "Access-Control-Allow-Methods";
    let headers = "Access-Control-Allow-Headers";
    let authorized = json!({ "method": "GET", "headers": [["authorization", "a"]] });
    vec![
        Case("preflight/status", put(), plain(404, &[ALLOW]), grant()),
        Case("preflight/redirect", put(), redirect("/"), grant()),
        Case(
            "preflight/methods-syntax",
            put(),
            lacks(&[(methods, "P UT")]),
            grant(),
        ),
        Case(
            "preflight/headers-syntax",
            put(),
            lacks(&[(headers, "x a")]),
            grant(),
        ),
        Case(
            "preflight/method",
            put(),
            lacks(&[(headers, "x-a")]),
            grant(),
        ),
        Case(
            "preflight/header",
            put(),
            lacks(&[(methods, "PUT")]),
            grant(),
        ),
        Case(
            "preflight/authorization",
            authorized,
            lacks(&[(headers, "x-a")]),
            grant(),
        ),
        Case("preflight/no-response", put(), Answer::none(), grant()),
    ]
}

/// Requests without an answer, and redirects that are not followed.
fn no_final_answers() -> Vec<Case> {
    vec![
        Case("network/no-response", get(), grant(), Answer::none()),
        Case(
            "redirect/userinfo",
            get(),
            grant(),
            redirect("https://u:p@b.example/"),
        ),
        Case("redirect/scheme", get(), grant(), redirect("data:,x")),
        Case("redirect/location", get(), grant(), redirect("https://:x/")),
        Case("redirect/too-many", get(), grant(), redirect("/loop")),
        Case(
            "redirect/mode-error",
            json!({ "method": "GET", "redirect": "error" }),
            grant(),
            redirect("/"),
        ),
    ]
}

/// Requests that their mode rules out, and answers that integrity or resource policy does.
fn modes_and_policies() -> Vec<Case> {
    vec![
        Case(
            "mode/same-origin",
            json!({ "method": "GET", "mode": "same-origin" }),
            grant(),
            grant(),
        ),
        Case(
            "mode/no-cors-redirect",
            json!({ "method": "GET", "mode": "no-cors", "redirect": "manual" }),
            grant(),
            grant(),
        ),
        Case(
            "response/integrity",
            json!({ "method": "GET", "mode": "no-cors",
                "integrity": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" }),
            grant(),
            grant(),
        ),
        Case(
            "response/corp",
            json!({ "method": "GET", "mode": "no-cors" }),
            grant(),
            plain(200, &[("Cross-Origin-Resource-Policy", "same-origin")]),
        ),
    ]
}

fn calls(cases: &[Case]) -> Vec<Call> {
    let mut calls: Vec<Call> = cases
        .iter()
        .map(|Case(name, client, preflight, actual)| {
            let id = name.replace('/', "-");
            Call {
                url: url(API, &id, preflight, actual),
                id,
                client: client.clone(),
            }
        })
        .collect();
    let port = url(
        "https://api.example:25",
        "mode-bad-port",
        &grant(),
        &grant(),
    );
    calls.push(Call {
        id: "mode-bad-port".to_owned(),
        url: port,
        client: get(),
    });
    let scheme = "about:mode-scheme".to_owned();
    calls.push(Call {
        id: "mode-scheme".to_owned(),
        url: scheme,
        client: get(),
    });
    calls
}

fn first_reason(ending: &Ending) -> Option<String> {
    let names = reasons(ending.cors_error.as_ref(), ending.net_error.as_deref());
    names.first().map(|name| name.replace('/', "-"))
}

#[tokio::test]
async fn each_failure_is_explained() {
    let (listener, browser) = browser().await;
    let cases = cases();
    let calls = calls(&cases);
    let endings = browser
        .run(&Place::top(APP), &calls, Witness::Reasons)
        .await
        .unwrap();
    let mut wrong = Vec::new();
    for ending in &endings {
        assert_eq!(ending.outcome, Outcome::NetworkError, "{ending:?}");
        assert_eq!((ending.status, ending.body.as_deref()), (None, None));
        let names = reasons(ending.cors_error.as_ref(), ending.net_error.as_deref());
        if !names.iter().any(|name| name.replace('/', "-") == ending.id) {
            wrong.push((&ending.id, &ending.cors_error, &ending.net_error));
        }
        if ending.id.starts_with("preflight-") && ending.id != "preflight-no-response" {
            assert_eq!(listener.methods(&ending.id), ["OPTIONS"]);
        }
    }
    assert_eq!(wrong, []);
    Box::new(browser).close().await;
}

#[tokio::test]
async fn parameters_tell_what_was_wrong() {
    let (_listener, browser) = browser().await;
    let calls: Vec<Call> = calls(&cases())
        .into_iter()
        .filter(|call| ["cors-check-origin-mismatch", "preflight-method"].contains(&&*call.id))
        .collect();
    let endings = browser
        .run(&Place::top(APP), &calls, Witness::Reasons)
        .await
        .unwrap();
    let errors: Vec<CorsError> = endings
        .into_iter()
        .map(|ending| ending.cors_error.unwrap())
        .collect();
    let error = |code: &str, parameter: &str| CorsError {
        code: code.to_owned(),
        parameter: parameter.to_owned(),
    };
    assert_eq!(
        errors,
        [
            error("AllowOriginMismatch", "https://app.example/"),
            error("MethodDisallowedByPreflightResponse", "PUT"),
        ]
    );
    Box::new(browser).close().await;
}

#[tokio::test]
async fn frames_and_xhr_get_reasons_too() {
    let (_listener, browser) = browser().await;
    let opaque = Place {
        frame: Frame::Sandboxed,
        ..Place::top(APP)
    };
    for (place, api, id) in [(opaque, "fetch", "frame"), (Place::top(APP), "xhr", "xhr")] {
        let mut client = put();
        client["api"] = api.into();
        let url = url(API, id, &allow("https://other.example"), &grant());
        let call = Call {
            id: id.to_owned(),
            url,
            client,
        };
        let ending = browser
            .run(&place, &[call], Witness::Reasons)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(ending.outcome, Outcome::NetworkError, "{id}");
        let reason = first_reason(&ending);
        assert_eq!(
            reason.as_deref(),
            Some("preflight-cors-check-origin-mismatch"),
            "{id}"
        );
    }
    Box::new(browser).close().await;
}

#[tokio::test]
async fn a_quiet_batch_has_no_reasons() {
    let (listener, browser) = browser().await;
    let calls: Vec<Call> = calls(&cases())
        .into_iter()
        .filter(|call| call.id == "preflight-method" || call.id == "cors-check-missing-origin")
        .collect();
    for ending in browser
        .run(&Place::top(APP), &calls, Witness::Quiet)
        .await
        .unwrap()
    {
        assert_eq!(ending.outcome, Outcome::NetworkError);
        assert_eq!(
            ending.exception.as_deref(),
            Some("TypeError: Failed to fetch")
        );
        assert_eq!((ending.cors_error, ending.net_error), (None, None));
    }
    assert_eq!(listener.methods("preflight-method"), ["OPTIONS"]);
    assert_eq!(listener.methods("cors-check-missing-origin"), ["GET"]);
    Box::new(browser).close().await;
}

#[tokio::test]
async fn steps_with_one_id_have_a_reason_each() {
    let (_listener, browser) = browser().await;
    let place = Place::top(APP);
    let same_origin = json!({ "method": "GET", "mode": "same-origin" });
    let steps = [
        (get(), plain(200, &[]), Some("MissingAllowOriginHeader")),
        (get(), Answer::none(), None),
        (same_origin, grant(), Some("DisallowedByMode")),
        (get(), allow("-"), Some("InvalidAllowOriginValue")),
    ];
    for (client, answer, code) in steps {
        let url = url(API, "step", &grant(), &answer);
        let id = "step".to_owned();
        let call = Call { id, url, client };
        let ending = browser
            .run(&place, &[call], Witness::Reasons)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(ending.outcome, Outcome::NetworkError);
        assert_eq!(ending.cors_error.map(|error| error.code).as_deref(), code);
    }
    Box::new(browser).close().await;
}
