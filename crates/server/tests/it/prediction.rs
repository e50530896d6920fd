//! The pure prediction, the wire and the `axum` router answer alike.

use axum::body::Body;
use crosscheck_reference::{
    request::{Headers, RequestHead},
    site::{PlainResponse, predict},
};
use crosscheck_server::app::app;
use http::Request;
use http_body_util::BodyExt;
use rstest::rstest;
use tower::ServiceExt;

use crate::client::{Client, LISTED, site, stage};

type Lines<'a> = [(&'a str, &'a str)];

fn predicted(method: &str, target: &str, lines: &Lines<'_>) -> PlainResponse {
    let lines: Vec<_> = lines
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    let head = RequestHead {
        method: method.as_bytes(),
        target: target.as_bytes(),
        headers: Headers::Lines(&lines),
    };
    predict(&site(LISTED), &head)
}

const ORIGIN: (&str, &str) = ("Origin", "https://a.example");
const PUT: (&str, &str) = ("Access-Control-Request-Method", "PUT");
const HEADERS: (&str, &str) = ("Access-Control-Request-Headers", "x-a");
const EVIL: (&str, &str) = ("Origin", "https://evil.example");

#[rstest]
#[case::granted("OPTIONS", "/echo?id=1", &[ORIGIN, PUT, HEADERS])]
#[case::refused("OPTIONS", "/echo?id=1", &[EVIL, PUT])]
#[case::options("OPTIONS", "/echo?id=1", &[ORIGIN])]
#[case::actual("GET", "/echo?id=1&h=Vary:a&h=Vary:b&cookie=1", &[ORIGIN])]
#[case::head("HEAD", "/echo?id=1", &[ORIGIN])]
#[case::refused_actual("PUT", "/echo?id=1", &[EVIL])]
#[case::no_origin("GET", "/echo?id=1", &[])]
#[case::two_origins("GET", "/echo", &[ORIGIN, ORIGIN])]
#[case::redirect("GET", "/redirect?to=/a&code=307", &[ORIGIN])]
#[case::panic("GET", "/panic?id=1&h=x-b:1", &[ORIGIN])]
#[case::not_modified("GET", "/status/304", &[ORIGIN])]
#[case::missing("DELETE", "/nowhere", &[ORIGIN])]
#[case::own_cors_headers("GET", "/echo?h=Access-Control-Allow-Origin:*", &[EVIL])]
#[tokio::test]
async fn three_ways_one_answer(
    #[case] method: &str,
    #[case] target: &str,
    #[case] lines: &Lines<'_>,
) {
    let expected = predicted(method, target, lines);
    assert_eq!(
        over_the_wire(method, target, lines).await,
        as_text(&expected)
    );
    let (status, mut headers, body) = through_the_router(method, target, lines).await;
    assert_eq!((status, body), (expected.status, expected.body.clone()));
    let mut without_length = expected.headers.clone();
    for headers in [&mut headers, &mut without_length] {
        headers.retain(|(name, _)| name != b"content-length");
    }
    assert_eq!(headers, without_length);
    let marked = expected
        .headers
        .iter()
        .any(|(name, _)| name == b"x-crosscheck-handled");
    assert_eq!(marked, expected.handled);
}

fn as_text(response: &PlainResponse) -> String {
    let line = |(name, value): &(Vec<u8>, Vec<u8>)| {
        format!("{}: {}\r\n", name.escape_ascii(), value.escape_ascii())
    };
    let lines: String = response.headers.iter().map(line).collect();
    let body = response.body.escape_ascii();
    format!("{}\r\n{lines}\r\n{body}", response.status).replace("\\\"", "\"")
}

/// The answer from the status code on, without the reason.
async fn over_the_wire(method: &str, target: &str, lines: &Lines<'_>) -> String {
    let stage = stage().await;
    stage.put_site("s", site(LISTED)).unwrap();
    let mut client = Client::connect(&stage).await;
    let lines: Vec<_> = lines
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let answer = client
        .ask(&format!("{method} /p/t0ken/s{target}"), &lines.concat())
        .await;
    let (status, rest) = answer.split_once("\r\n").unwrap();
    format!("{}\r\n{rest}", status.split(' ').nth(1).unwrap())
}

type Raw = (u16, Vec<(Vec<u8>, Vec<u8>)>, Vec<u8>);

async fn through_the_router(method: &str, target: &str, lines: &Lines<'_>) -> Raw {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = app(site(LISTED)).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str().into(), value.as_bytes().into()));
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), headers.collect(), body.to_vec())
}

#[tokio::test]
async fn the_router_counts_hits_outside_the_policy() {
    let app = app(site(LISTED));
    let ask = |method: &'static str, uri: &'static str| {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("origin", "https://a.example");
        app.clone().oneshot(request.body(Body::empty()).unwrap())
    };
    ask("PUT", "/echo?id=1").await.unwrap();
    let response = ask("GET", "/__crosscheck/hits?id=1").await.unwrap();
    assert!(
        response
            .headers()
            .keys()
            .all(|name| !name.as_str().starts_with("access-control"))
    );
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "{\"hits\":1}");
}
