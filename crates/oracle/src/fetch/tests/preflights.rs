//! Requests that need permission.

use rstest::rstest;

use super::*;
use crate::{
    api::{CallBody, Duplex},
    request::{Flag, RequestBody},
};

const ASKED: &str = "OPTIONS https://b.test/ https://a.test";
const SENT: &str = "PUT https://b.test/ https://a.test";

#[test]
fn granted_and_sent() {
    let played = play(put(FOREIGN), &[Some(granted()), Some(shared())]);
    assert_eq!(played.lines, [ASKED, SENT]);
    assert_eq!(played.result(), "cors");
    assert_eq!(played.sent[0].purpose, Purpose::Preflight);
    assert_eq!(played.sent[1].purpose, Purpose::Actual);
}

#[test]
fn one_preflight_asks_for_method_and_headers() {
    let mut call = put(FOREIGN);
    for (name, value) in [("X-A", "1"), ("Authorization", "x"), ("Accept", "a")] {
        call.headers.push((name.into(), value.into()));
    }
    let played = play(call, &[Some(granted()), Some(shared())]);
    let asked = &played.sent[0].headers;
    let get = |name: &str| asked.get(name).unwrap().escape_ascii().to_string();
    assert_eq!(get("Access-Control-Request-Method"), "PUT");
    assert_eq!(get("Access-Control-Request-Headers"), "authorization,x-a");
    assert_eq!(get("Accept"), "*/*");
    assert!(!asked.contains("authorization"));
    assert!(played.sent[1].headers.contains("authorization"));
}

#[rstest]
#[case::not_shared(Some(Response::new(200)), "preflight/cors-check/missing-origin")]
#[case::status(Some(redirect(404, "/")), "preflight/status")]
#[case::redirect(Some(redirect(301, "/")), "preflight/redirect")]
#[case::method(Some(shared()), "preflight/method")]
#[case::no_response(None, "preflight/no-response")]
fn refused_and_not_sent(#[case] reply: Option<Response>, #[case] expected: &str) {
    let mut cache = PreflightCache::new();
    let played = play_with(put(FOREIGN), &[reply], &mut cache, NOW);
    assert_eq!(played.lines, [ASKED]);
    assert_eq!(played.result(), expected);
    assert!(cache.is_empty());
}

#[test]
fn a_grant_does_not_cover_the_response() {
    let played = play(put(FOREIGN), &[Some(granted()), Some(Response::new(200))]);
    assert_eq!(played.lines, [ASKED, SENT]);
    assert_eq!(played.result(), "cors-check/missing-origin");
}

#[test]
fn permission_is_remembered_until_it_expires() {
    let mut cache = PreflightCache::new();
    let both = [Some(granted()), Some(shared())];
    let one = [Some(shared())];
    let mut lines = |replies: &[Option<Response>], seconds: u64| {
        let now = NOW.plus_seconds(seconds);
        play_with(put(FOREIGN), replies, &mut cache, now).lines
    };
    assert_eq!(lines(&both, 0), [ASKED, SENT]);
    assert_eq!(lines(&one, 59), [SENT]);
    assert_eq!(lines(&both, 60), [ASKED, SENT]);
    assert_eq!(lines(&one, 119), [SENT]);
}

#[test]
fn everything_listed_is_remembered() {
    let mut cache = PreflightCache::new();
    play_with(
        put(FOREIGN),
        &[Some(granted()), Some(shared())],
        &mut cache,
        NOW,
    );
    let mut delete = call(FOREIGN);
    delete.method = b"DELETE".to_vec();
    delete.headers.push((b"x-A".to_vec(), b"1".to_vec()));
    let played = play_with(delete.clone(), &[Some(shared())], &mut cache, NOW);
    assert_eq!(played.lines, ["DELETE https://b.test/ https://a.test"]);
    delete.headers.push((b"X-B".to_vec(), b"1".to_vec()));
    let played = play_with(delete, &[Some(granted())], &mut cache, NOW);
    assert_eq!(played.result(), "preflight/header");
}

#[test]
fn a_refusal_takes_back_earlier_permission() {
    let mut cache = PreflightCache::new();
    play_with(
        put(FOREIGN),
        &[Some(granted()), Some(shared())],
        &mut cache,
        NOW,
    );
    assert!(!cache.is_empty());
    let mut patch = call(FOREIGN);
    patch.method = b"PATCH".to_vec();
    let played = play_with(patch, &[Some(granted())], &mut cache, NOW);
    assert_eq!(played.result(), "preflight/method");
    assert!(cache.is_empty());
}

#[rstest]
#[case::not_shared(Some(Response::new(200)))]
#[case::no_response(None)]
fn a_failure_of_the_actual_request_takes_back_permission(#[case] reply: Option<Response>) {
    let mut cache = PreflightCache::new();
    play_with(put(FOREIGN), &[Some(granted()), reply], &mut cache, NOW);
    assert!(cache.is_empty());
}

#[test]
fn a_simple_request_takes_nothing_back() {
    let mut cache = PreflightCache::new();
    play_with(
        put(FOREIGN),
        &[Some(granted()), Some(shared())],
        &mut cache,
        NOW,
    );
    let n_entries = cache.len();
    play_with(call(FOREIGN), &[Some(Response::new(200))], &mut cache, NOW);
    assert_eq!(cache.len(), n_entries);
}

#[test]
fn a_missing_body_for_integrity_takes_nothing_back() {
    let mut cache = PreflightCache::new();
    let mut call = put(FOREIGN);
    call.integrity = Some("sha256-x".to_owned());
    let mut empty = shared();
    empty.status = 204;
    let played = play_with(call, &[Some(granted()), Some(empty)], &mut cache, NOW);
    assert_eq!(played.result(), "response/integrity");
    assert!(!cache.is_empty());
}

#[test]
fn an_upload_listener_asks_for_a_simple_request_and_is_remembered() {
    let mut cache = PreflightCache::new();
    let mut xhr = Call::xhr(call(FOREIGN).origin, Url::parse(FOREIGN).unwrap());
    xhr.upload_listener = Flag::Set;
    let played = play_with(
        xhr.clone(),
        &[Some(shared()), Some(shared())],
        &mut cache,
        NOW,
    );
    assert_eq!(played.lines, [ASKED, "GET https://b.test/ https://a.test"]);
    assert!(
        !played.sent[0]
            .headers
            .contains("access-control-request-headers")
    );
    let played = play_with(xhr, &[Some(shared())], &mut cache, NOW);
    assert_eq!(played.lines, ["GET https://b.test/ https://a.test"]);
}

#[test]
fn a_stream_asks() {
    let mut stream = call(FOREIGN);
    stream.method = b"POST".to_vec();
    stream.body = Some(CallBody::Stream(b"x".to_vec()));
    stream.duplex = Some(Duplex::Half);
    let played = play(stream, &[Some(shared()), Some(shared())]);
    assert_eq!(played.lines, [ASKED, "POST https://b.test/ https://a.test"]);
    assert_eq!(played.sent[0].body, RequestBody::None);
    assert_eq!(played.sent[1].body, RequestBody::Stream(b"x".to_vec()));
}

#[test]
fn options_asks_with_options() {
    let mut options = call(FOREIGN);
    options.method = b"options".to_vec();
    let preflight = shared().with_header("Access-Control-Allow-Methods", "OPTIONS");
    let played = play(options, &[Some(preflight), Some(shared())]);
    assert_eq!(played.lines, [ASKED, ASKED]);
    let asks = |index: usize| {
        let headers = &played.sent[index].headers;
        headers.contains("access-control-request-method")
    };
    assert!(asks(0) && !asks(1));
}

#[test]
fn elements_never_ask() {
    let origin = call(FOREIGN).origin;
    let mut request = Request::new(origin, Url::parse(FOREIGN).unwrap());
    request.mode = RequestMode::Cors;
    request.headers.push("X-A", "1");
    let mut cache = PreflightCache::new();
    let step = fetch(request, &mut cache, NOW);
    let played = drive(step, &[Some(shared())], &mut cache, NOW);
    assert_eq!(played.lines, ["GET https://b.test/ https://a.test"]);
}

#[test]
fn the_quota_is_judged_after_the_preflight() {
    let mut call = put(FOREIGN);
    call.body = Some(CallBody::Buffer(vec![0; 65537]));
    call.keepalive = Flag::Set;
    let mut cache = PreflightCache::new();
    let played = play_with(call, &[Some(granted())], &mut cache, NOW);
    assert_eq!(played.lines, [ASKED]);
    assert_eq!(played.result(), "keepalive/quota");
    assert!(cache.is_empty());
}

#[test]
fn the_browsers_limit_is_obeyed() {
    let mut cache = PreflightCache::with_limit(10);
    play_with(
        put(FOREIGN),
        &[Some(granted()), Some(shared())],
        &mut cache,
        NOW,
    );
    let now = NOW.plus_seconds(10);
    let played = play_with(
        put(FOREIGN),
        &[Some(granted()), Some(shared())],
        &mut cache,
        now,
    );
    assert_eq!(played.lines, [ASKED, SENT]);
}

#[test]
fn the_trace_tells_what_was_passed_before_the_failure() {
    let mut call = put(FOREIGN);
    call.headers.push((b"X-B".to_vec(), b"1".to_vec()));
    let played = play(call, &[Some(granted())]);
    let lines: Vec<String> = played
        .outcome
        .trace
        .steps()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        [
            "note #concept-main-fetch step 12: the response tainting is cors",
            "note #concept-main-fetch step 12: a preflight is needed: the method is not safelisted",
            "note #cors-preflight-fetch-0: sent OPTIONS with `Origin: https://a.test`, \
             without credentials",
            "pass #concept-cors-check step 3: `Access-Control-Allow-Origin` is `*`, \
             which admits the page",
            "pass #cors-preflight-fetch-0 step 7: the status 200 is an ok status",
            "pass #cors-preflight-fetch-0 step 7.5: the method `PUT` is allowed",
            "fail #cors-preflight-fetch-0 step 7.7: the preflight response does not list `x-b` in \
             `Access-Control-Allow-Headers`",
        ]
    );
}
