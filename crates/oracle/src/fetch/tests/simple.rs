//! Requests that ask for no permission.

use rstest::rstest;

use super::*;
use crate::{
    api::CallBody,
    request::{Blob, Flag},
    trace::{TraceVerdict, What},
};

#[test]
fn own_origin() {
    let played = play(call(HOME), &[Some(Response::new(200))]);
    assert_eq!(played.lines, ["GET https://a.test/ -"]);
    assert_eq!(played.result(), "basic");
}

#[test]
fn own_origin_never_asks() {
    let mut own = put(HOME);
    own.headers.push((b"X-A".to_vec(), b"1".to_vec()));
    let played = play(own, &[Some(Response::new(200))]);
    assert_eq!(played.lines, ["PUT https://a.test/ https://a.test"]);
    assert_eq!(played.result(), "basic");
}

#[test]
fn another_origin() {
    let played = play(call(FOREIGN), &[Some(shared())]);
    assert_eq!(played.lines, ["GET https://b.test/ https://a.test"]);
    assert_eq!(played.result(), "cors");
    assert_eq!(played.response().body.as_deref(), Some(b"body".as_slice()));
    let request = &played.sent[0];
    assert_eq!(request.purpose, Purpose::Actual);
    assert_eq!(request.headers.get("accept").unwrap(), b"*/*".as_slice());
    assert_eq!(request.headers.len(), 2);
}

#[test]
fn an_author_accept_replaces_the_default() {
    let mut call = call(FOREIGN);
    call.headers.push((b"accept".to_vec(), b"a/b".to_vec()));
    let played = play(call, &[Some(shared())]);
    let accept = played.sent[0].headers.get("accept").unwrap();
    assert_eq!(*accept, *b"a/b");
}

#[test]
fn a_failed_check_comes_after_the_request() {
    let mut call = call(FOREIGN);
    call.method = b"POST".to_vec();
    call.body = Some(CallBody::Text("x".to_owned()));
    let played = play(call, &[Some(Response::new(200))]);
    assert_eq!(played.lines, ["POST https://b.test/ https://a.test"]);
    assert_eq!(played.sent[0].body.bytes(), Some(b"x".as_slice()));
    assert_eq!(played.result(), "cors-check/missing-origin");
}

#[test]
fn an_error_status_is_readable_if_shared() {
    let mut response = shared();
    response.status = 500;
    let played = play(call(FOREIGN), &[Some(response)]);
    assert_eq!(played.response().status, 500);
}

#[test]
fn no_response() {
    for url in [HOME, FOREIGN] {
        let played = play(call(url), &[None]);
        assert_eq!(played.result(), "network/no-response");
    }
}

#[test]
fn an_opaque_page_sends_null() {
    let call = Call::new(Origin::Opaque(1), Url::parse(FOREIGN).unwrap());
    let null = Response::new(200).with_header("Access-Control-Allow-Origin", "null");
    let played = play(call, &[Some(null)]);
    assert_eq!(played.lines, ["GET https://b.test/ null"]);
    assert_eq!(played.result(), "cors");
}

#[test]
fn no_cors_is_opaque() {
    let mut call = call(FOREIGN);
    call.mode = RequestMode::NoCors;
    let played = play(call, &[Some(Response::new(500))]);
    assert_eq!(played.lines, ["GET https://b.test/ -"]);
    assert_eq!(played.result(), "opaque");
    assert_eq!(played.response().status, 0);
    assert_eq!(played.response().body, None);
}

#[test]
fn no_cors_post_sends_the_origin_unless_the_policy_hides_it() {
    let mut call = call(FOREIGN);
    call.mode = RequestMode::NoCors;
    call.method = b"POST".to_vec();
    let played = play(call.clone(), &[Some(shared())]);
    assert_eq!(played.lines, ["POST https://b.test/ https://a.test"]);
    // The page has no policy of its own, so the default one sees the downgrade.
    call.url = Url::parse("http://b.test/").unwrap();
    let played = play(call, &[Some(shared())]);
    assert_eq!(played.lines, ["POST http://b.test/ null"]);
}

#[rstest]
#[case::blocks("same-origin", "response/corp")]
#[case::allows("cross-origin", "opaque")]
fn resource_policy_guards_opaque_responses(#[case] value: &str, #[case] expected: &str) {
    let response = shared().with_header("Cross-Origin-Resource-Policy", value);
    let mut no_cors = call(FOREIGN);
    no_cors.mode = RequestMode::NoCors;
    assert_eq!(play(no_cors, &[Some(response.clone())]).result(), expected);
    // It has no say where CORS has.
    assert_eq!(play(call(FOREIGN), &[Some(response)]).result(), "cors");
}

#[rstest]
#[case::same_origin(
    RequestMode::SameOrigin,
    RedirectMode::Follow,
    FOREIGN,
    "mode/same-origin"
)]
#[case::no_cors(
    RequestMode::NoCors,
    RedirectMode::Manual,
    FOREIGN,
    "mode/no-cors-redirect"
)]
#[case::scheme(
    RequestMode::Cors,
    RedirectMode::Follow,
    "ftp://b.test/",
    "mode/scheme"
)]
#[case::about(RequestMode::Cors, RedirectMode::Follow, "about:blank", "mode/scheme")]
#[case::about_config(
    RequestMode::NoCors,
    RedirectMode::Follow,
    "about:config",
    "mode/scheme"
)]
#[case::port(
    RequestMode::Cors,
    RedirectMode::Follow,
    "https://b.test:22/",
    "mode/bad-port"
)]
#[case::own_port(
    RequestMode::Cors,
    RedirectMode::Follow,
    "https://a.test:22/",
    "mode/bad-port"
)]
#[case::file(RequestMode::NoCors, RedirectMode::Follow, "file:///x", "mode/scheme")]
fn nothing_is_sent(
    #[case] mode: RequestMode,
    #[case] redirect: RedirectMode,
    #[case] url: &str,
    #[case] expected: &str,
) {
    let mut call = call(url);
    call.mode = mode;
    call.redirect = redirect;
    assert_eq!(play(call, &[]).result(), expected);
}

#[test]
fn data_urls_are_basic_in_every_mode() {
    for mode in [
        RequestMode::Cors,
        RequestMode::NoCors,
        RequestMode::SameOrigin,
    ] {
        let mut call = call("data:text/x,body#z");
        call.mode = mode;
        let played = play(call, &[]);
        let response = played.response();
        assert_eq!(played.result(), "basic");
        assert_eq!(response.status, 200);
        assert_eq!(response.body.as_deref(), Some(b"body".as_slice()));
        assert_eq!(
            response.headers.get("content-type").unwrap(),
            b"text/x".as_slice()
        );
        assert_eq!(response.url.as_ref().unwrap().as_str(), "data:text/x,body");
    }
    assert_eq!(play(call("data:broken"), &[]).result(), "mode/scheme");
}

#[rstest]
#[case::get("GET", "blob:https://a.test/uuid", "basic")]
#[case::head("HEAD", "blob:https://a.test/uuid", "mode/scheme")]
#[case::post("POST", "blob:https://a.test/uuid", "mode/scheme")]
#[case::foreign("GET", "blob:https://b.test/uuid", "mode/scheme")]
fn blob_urls(#[case] method: &str, #[case] url: &str, #[case] expected: &str) {
    let mut call = call(url);
    call.method = method.into();
    call.blob = Some(Blob {
        content_type: "text/x".to_owned(),
        bytes: b"body".to_vec(),
    });
    let played = play(call.clone(), &[]);
    assert_eq!(played.result(), expected);
    if expected == "basic" {
        assert_eq!(played.response().body.as_deref(), Some(b"body".as_slice()));
        let length = played.response().headers.get("content-length");
        assert_eq!(length.unwrap(), b"4".as_slice());
    }
    // A URL without an entry was revoked, or never was one.
    call.blob = None;
    assert_eq!(play(call, &[]).result(), "mode/scheme");
}

#[test]
fn about_blank_is_empty_where_the_mode_lets_it() {
    let mut call = call("about:blank");
    call.mode = RequestMode::NoCors;
    assert_eq!(play(call, &[]).result(), "opaque");
}

#[rstest]
#[case::readable(RequestMode::Cors, "GET", 200, "cors")]
#[case::opaque(RequestMode::NoCors, "GET", 200, "response/integrity")]
#[case::head(RequestMode::Cors, "HEAD", 200, "response/integrity")]
#[case::no_content(RequestMode::Cors, "GET", 204, "response/integrity")]
fn integrity_needs_a_body(
    #[case] mode: RequestMode,
    #[case] method: &str,
    #[case] status: u16,
    #[case] expected: &str,
) {
    let mut call = call(FOREIGN);
    call.mode = mode;
    call.method = method.into();
    call.integrity = Some("sha256-x".to_owned());
    let mut response = shared();
    response.status = status;
    assert_eq!(
        play(call.clone(), &[Some(response.clone())]).result(),
        expected
    );
    // The empty string is no metadata.
    call.integrity = Some(String::new());
    assert_ne!(play(call, &[Some(response)]).result(), "response/integrity");
}

#[rstest]
#[case::at_the_quota(65536, true)]
#[case::above(65537, false)]
fn keepalive(#[case] n_bytes: usize, #[case] allowed: bool) {
    let mut call = call(FOREIGN);
    call.method = b"POST".to_vec();
    call.body = Some(CallBody::Buffer(vec![0; n_bytes]));
    assert_eq!(play(call.clone(), &[Some(shared())]).result(), "cors");
    call.keepalive = Flag::Set;
    if allowed {
        assert_eq!(play(call, &[Some(shared())]).result(), "cors");
    } else {
        assert_eq!(play(call, &[]).result(), "keepalive/quota");
    }
}

#[test]
fn the_fragment_stays_at_home() {
    let played = play(call("https://b.test/x#y"), &[Some(shared())]);
    assert_eq!(played.sent[0].url.as_str(), "https://b.test/x");
    let url = played.response().url.as_ref().unwrap();
    assert_eq!(url.as_str(), "https://b.test/x");
}

#[test]
fn websockets_send_the_origin_and_need_no_cors() {
    let origin = Origin::parse("https://a.test").unwrap();
    let request = Request::websocket(origin, Url::parse("wss://b.test/").unwrap());
    let mut cache = PreflightCache::new();
    let step = fetch(request, &mut cache, NOW);
    let played = drive(step, &[Some(Response::new(101))], &mut cache, NOW);
    assert_eq!(played.lines, ["GET https://b.test/ https://a.test"]);
    assert_eq!(played.result(), "basic");
    assert_eq!(played.credentials(), [Credentials::Include]);
}

#[test]
fn the_referrer_follows_the_policy() {
    let mut call = call(FOREIGN);
    call.referrer = Some(Url::parse("https://a.test/secret").unwrap());
    call.method = b"PUT".to_vec();
    let played = play(call, &[Some(granted()), Some(shared())]);
    for request in &played.sent {
        let referrer = request.headers.get("referer").unwrap();
        assert_eq!(*referrer, *b"https://a.test/");
    }
}

#[test]
fn the_failing_step_is_the_last_of_the_trace() {
    let played = play(call(FOREIGN), &[Some(Response::new(200))]);
    let failure = played.outcome.result.unwrap_err();
    let last = played.outcome.trace.steps().last().unwrap();
    assert_eq!(last.anchor, "concept-cors-check");
    assert_eq!(last.step, "step 2");
    assert_eq!(last.verdict, TraceVerdict::Fail);
    assert_eq!(last.what, What::Failed(Box::new(failure)));
}

#[test]
fn a_fetch_in_progress_can_be_looked_at() {
    let Step::Send(send) = call(FOREIGN).start(&mut PreflightCache::new(), NOW) else {
        panic!("a request is due");
    };
    assert_eq!(send.awaiting.request().current_url().as_str(), FOREIGN);
    assert!(!send.awaiting.trace().steps().is_empty());
}

#[test]
fn a_call_that_throws_sends_nothing() {
    let mut call = call(FOREIGN);
    call.method = b"TRACE".to_vec();
    let Step::Done(outcome) = call.start(&mut PreflightCache::new(), Millis(0)) else {
        panic!("nothing may be sent");
    };
    assert_eq!(outcome.result.unwrap_err().name(), "api/forbidden-method");
    assert_eq!(outcome.trace.steps().len(), 1);
}
