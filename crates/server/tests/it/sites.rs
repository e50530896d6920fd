//! Sites: the application under a policy.

use crosscheck_reference::{fault::Fault, site::Site};
use crosscheck_server::{
    journal::AnsweredBy,
    stage::{Reach, Stage},
};
use rstest::rstest;

use crate::client::{Client, LISTED, policy, site, stage};

const ALLOWED: &str = "Origin: https://a.example\r\n";
const PREFLIGHT: &str = "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n";

async fn listed() -> (Stage, Client) {
    let stage = stage().await;
    stage.put_site("s", site(LISTED)).unwrap();
    let client = Client::connect(&stage).await;
    (stage, client)
}

#[rstest]
#[case::echo("/echo", "200 OK")]
#[case::missing("/missing", "404 Not Found")]
#[case::error("/status/503", "503 Service Unavailable")]
#[case::not_modified("/status/304", "304 Not Modified")]
#[case::redirect("/redirect?to=https://b.example/", "302 Found")]
#[case::panic("/panic", "500 Internal Server Error")]
#[case::bad_parameter("/echo?h=x", "400 Bad Request")]
#[tokio::test]
async fn every_response_is_under_the_policy(#[case] path: &str, #[case] status: &str) {
    let (_stage, mut client) = listed().await;
    let answer = client.ask(&format!("GET /p/t0ken/s{path}"), ALLOWED).await;
    let expected = "\r\naccess-control-allow-origin: https://a.example\r\naccess-control-allow-credentials: true\r\naccess-control-expose-headers: x-b\r\nvary: Origin\r\n";
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
        "{answer}"
    );
    assert!(answer.contains(expected), "{answer}");
    let refused = client
        .ask(&format!("GET /p/t0ken/s{path}"), "Origin: null\r\n")
        .await;
    assert!(
        refused.starts_with(&format!("HTTP/1.1 {status}\r\n")),
        "{refused}"
    );
    assert!(
        !refused.contains("access-control") && refused.contains("\r\nvary: Origin\r\n"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_echo_byte_for_byte() {
    let (_stage, mut client) = listed().await;
    let line = "GET /p/t0ken/s/echo?id=7&h=Vary:accept&h=X-B:%e4&cookie=1";
    let expected = [
        "HTTP/1.1 200 OK",
        "content-type: application/json",
        "vary: accept",
        "vary: Origin",
        "x-b: \u{e4}",
        "set-cookie: crosscheck=1; Secure; SameSite=None; Path=/",
        "x-crosscheck-handled: 7",
        "access-control-allow-origin: https://a.example",
        "access-control-allow-credentials: true",
        "access-control-expose-headers: x-b",
        "content-length: 11",
        "",
        "{\"ok\":true}",
    ];
    let answer = client.ask(line, ALLOWED).await;
    assert_eq!(answer.split("\r\n").collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn preflights_run_no_handler() {
    let (stage, mut client) = listed().await;
    stage.journal().open("7");
    for _ in 0..3 {
        let answer = client.ask("OPTIONS /p/t0ken/s/echo?id=7", PREFLIGHT).await;
        assert!(
            answer.starts_with("HTTP/1.1 204 No Content\r\n"),
            "{answer}"
        );
        assert!(!answer.contains("handled"), "{answer}");
    }
    let hits = "GET /p/t0ken/s/__crosscheck/hits?id=7";
    assert!(client.ask(hits, ALLOWED).await.ends_with("{\"hits\":0}"));
    client.ask("OPTIONS /p/t0ken/s/echo?id=7", ALLOWED).await;
    client.ask("PUT /p/t0ken/s/echo?id=7", ALLOWED).await;
    client.ask("GET /p/t0ken/s/nowhere?id=7", ALLOWED).await;
    let answer = client.ask(hits, ALLOWED).await;
    assert!(
        answer.ends_with("{\"hits\":2}") && !answer.contains("access-control"),
        "{answer}"
    );
    let by: Vec<_> = stage
        .journal()
        .close("7")
        .iter()
        .map(|entry| entry.answered_by)
        .collect();
    let expected = [
        AnsweredBy::Site,
        AnsweredBy::Site,
        AnsweredBy::Site,
        AnsweredBy::Site,
        AnsweredBy::Handler,
        AnsweredBy::Handler,
        AnsweredBy::Site,
        AnsweredBy::Site,
    ];
    assert_eq!(by, expected);
}

#[tokio::test]
async fn requests_of_exchanges_that_nobody_opened_are_not_kept() {
    let (stage, mut client) = listed().await;
    client.ask("GET /p/t0ken/s/echo?id=8", "").await;
    assert!(stage.journal().take("8").is_empty());
    stage.journal().open("8");
    client.ask("GET /p/t0ken/s/echo?id=8", "").await;
    assert_eq!(stage.journal().take("8").len(), 1);
    stage.journal().close("8");
    client.ask("GET /p/t0ken/s/echo?id=8", "").await;
    assert!(stage.journal().take("8").is_empty());
}

#[tokio::test]
async fn a_site_put_again_is_another_one() {
    let (stage, mut client) = listed().await;
    let faulty = Site::with_fault(&policy(LISTED), Fault::ReflectOrigin).unwrap();
    stage.put_site("s", faulty).unwrap();
    let answer = client
        .ask("GET /p/t0ken/s/echo", "Origin: https://evil.example\r\n")
        .await;
    assert!(
        answer.contains("access-control-allow-origin: https://evil.example\r\n"),
        "{answer}"
    );
    stage.forget_site("s");
    let answer = client.ask("GET /p/t0ken/s/echo", ALLOWED).await;
    assert!(
        answer.starts_with("HTTP/1.1 404 ") && !answer.contains("access-control"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_site_can_stand_alone() {
    let bind = "127.0.0.1:0".parse().unwrap();
    let stage = Stage::serve_site(bind, site(LISTED), Reach::Loopback)
        .await
        .unwrap();
    let mut client = Client::connect(&stage).await;
    let answer = client.ask("GET /echo?id=1", ALLOWED).await;
    assert!(
        answer.contains("access-control-allow-origin: https://a.example\r\n"),
        "{answer}"
    );
    let answer = client
        .ask("GET http://api.example/status/204", ALLOWED)
        .await;
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    let answer = client.ask("GET /__crosscheck/hits?id=1", "").await;
    assert!(answer.ends_with("{\"hits\":1}"), "{answer}");
    let answer = client.ask("POST /__crosscheck/hits?id=1", "").await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
}
