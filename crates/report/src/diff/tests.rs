use crosscheck_vectors::{
    expect::{Check, Expectation, ExpectedRequest, ResponseAssertion, StepOutcome},
    vector::Kind,
};
use rstest::rstest;
use serde_json::json;

use super::{Demand, Judged, diff};
use crate::{
    fixture::{expectation, observation},
    mismatch::{
        Effect::{self, Other, OverGrant, UnderGrant},
        Mismatch,
    },
    observation::{Exchange, Observation, SeenRequest, SeenResponse},
};

const ADDRESS: &str = "https://api.example/echo";

/// What the page and the server see of a granted PUT.
fn seen() -> Observation {
    let exchange = |method: &str, headers: &[(&str, &str)], body: &str, handled| Exchange {
        request: SeenRequest {
            method: method.into(),
            url: ADDRESS.to_owned(),
            headers: headers.iter().map(|&(n, v)| (n.into(), v.into())).collect(),
            body: body.into(),
        },
        response: Some(answer(200, &[("Access-Control-Allow-Origin", "*")], "")),
        handled: Some(handled),
    };
    Observation {
        status: Some(200),
        headers: vec![("x-a".into(), "1".into())],
        body: Some("ok".into()),
        exchanges: vec![
            exchange(
                "OPTIONS",
                &[
                    ("Origin", "https://app.example"),
                    ("Access-Control-Request-Method", "PUT"),
                ],
                "",
                false,
            ),
            exchange("PUT", &[("Origin", "https://app.example")], "sent", true),
        ],
        ..observation(StepOutcome::Readable)
    }
}

/// What demands exactly that.
fn expect() -> Expectation {
    serde_json::from_value(json!({
        "outcome": "readable", "status": 200, "visible_headers": [["X-A", "1"]],
        "hidden_headers": ["x-b"], "body": "ok",
        "requests": [
            { "method": "OPTIONS", "handled": false, "absent_headers": ["Cookie"],
              "headers": [["origin", "https://app.example"], ["access-control-request-method", "PUT"]] },
            { "method": "PUT", "url": "/echo", "body": "sent", "handled": true }
        ],
        "responses": [{ "of": 0, "check": { "type": "grammar" } }]
    }))
    .unwrap()
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> SeenResponse {
    SeenResponse {
        status,
        headers: headers.iter().map(|&(n, v)| (n.into(), v.into())).collect(),
        body: body.into(),
    }
}

fn mismatches(expect: &Expectation, seen: &Observation, judged: Judged) -> Vec<Mismatch> {
    let demand = Demand {
        step: 0,
        kind: Kind::Required,
        expect,
        address: ADDRESS,
    };
    diff(&demand, seen, judged)
}

fn brief(mismatches: &[Mismatch]) -> Vec<(&str, Effect)> {
    mismatches
        .iter()
        .map(|mismatch| (mismatch.field.as_str(), mismatch.effect))
        .collect()
}

#[test]
fn nothing_differs_from_itself() {
    assert_eq!(mismatches(&expect(), &seen(), Judged::Everything), []);
}

#[rstest]
#[case::status(|e: &mut Expectation| e.status = Some(201), "status", Other)]
#[case::header_value(|e: &mut Expectation| e.visible_headers = vec![("x-a".into(), "2".into())], "visible_headers.x-a", Other)]
#[case::header_missing(|e: &mut Expectation| e.visible_headers = vec![("X-C".into(), "1".into())], "visible_headers.x-c", UnderGrant)]
#[case::header_leaked(|e: &mut Expectation| e.hidden_headers = vec!["X-A".into()], "hidden_headers.x-a", OverGrant)]
#[case::body(|e: &mut Expectation| e.body = Some("no".into()), "body", Other)]
#[case::body_case(|e: &mut Expectation| e.body = Some("OK".into()), "body", Other)]
#[case::method(|e: &mut Expectation| e.requests[1].method = "put".into(), "requests[1].method", Other)]
#[case::path(|e: &mut Expectation| e.requests[1].url = Some("/data".into()), "requests[1].url", Other)]
#[case::url(|e: &mut Expectation| e.requests[0].url = Some("https://b.example/echo".into()), "requests[0].url", Other)]
#[case::header(|e: &mut Expectation| e.requests[0].headers[0].1 = "null".into(), "requests[0].headers.origin", Other)]
#[case::no_header(|e: &mut Expectation| e.requests[0].headers[0].0 = "X-D".into(), "requests[0].headers.x-d", Other)]
#[case::absent(|e: &mut Expectation| e.requests[1].absent_headers = vec!["ORIGIN".into()], "requests[1].absent.origin", Other)]
#[case::sent_body(|e: &mut Expectation| e.requests[1].body = Some(String::new().as_str().into()), "requests[1].body", Other)]
#[case::handled(|e: &mut Expectation| e.requests[1].handled = Some(false), "requests[1].handled", Other)]
#[case::not_handled(|e: &mut Expectation| e.requests[0].handled = Some(true), "requests[0].handled", Other)]
#[case::response(|e: &mut Expectation| e.responses[0].check = Check::StatusIn { any_of: vec![204] }, "responses[0].status-in", Other)]
#[case::no_such_response(|e: &mut Expectation| e.responses[0].of = 2, "responses[2].grammar", Other)]
fn every_field_is_compared(
    #[case] change: fn(&mut Expectation),
    #[case] field: &str,
    #[case] effect: Effect,
) {
    let mut expect = expect();
    change(&mut expect);
    let found = mismatches(&expect, &seen(), Judged::Everything);
    assert_eq!(brief(&found), [(field, effect)]);
}

#[rstest]
#[case::blocked("readable", "network-error", UnderGrant)]
#[case::refused("readable", "api-error", UnderGrant)]
#[case::only_opaque("readable", "opaque", UnderGrant)]
#[case::shared("network-error", "readable", OverGrant)]
#[case::not_refused("api-error", "readable", OverGrant)]
#[case::unsealed("opaque", "readable", OverGrant)]
#[case::followed("opaque-redirect", "readable", OverGrant)]
#[case::opaque_after_all("network-error", "opaque", OverGrant)]
#[case::another_error("network-error", "api-error", Other)]
#[case::no_page("answered", "network-error", Other)]
fn the_outcome_decides_whom_it_hurts(
    #[case] expected: &str,
    #[case] observed: &str,
    #[case] effect: Effect,
) {
    let outcome = |word: &str| serde_json::from_value(json!(word)).unwrap();
    let mut expect = expectation(outcome(expected));
    // Once the outcome differs, nothing else that the page sees is compared.
    expect.status = Some(299);
    expect.reason = Some("mode/same-origin".to_owned());
    let mut seen = observation(outcome(observed));
    seen.reasons = vec!["mode/scheme".to_owned()];
    let found = mismatches(&expect, &seen, Judged::Everything);
    assert_eq!(brief(&found), [("outcome", effect)]);
}

#[rstest]
#[case::told_nothing(&[], 0)]
#[case::told_the_same(&["cors-check/credentials"], 0)]
#[case::one_of_several(&["network/no-response", "cors-check/credentials"], 0)]
#[case::told_another(&["preflight/method"], 1)]
fn a_reason_is_compared_if_the_leg_was_told_one(
    #[case] reasons: &[&str],
    #[case] n_mismatches: usize,
) {
    let mut expect = expectation(StepOutcome::NetworkError);
    expect.reason = Some("cors-check/credentials".to_owned());
    let mut seen = observation(StepOutcome::NetworkError);
    seen.reasons = reasons.iter().map(|&reason| reason.to_owned()).collect();
    let found = mismatches(&expect, &seen, Judged::Everything);
    assert_eq!(found.len(), n_mismatches);
    assert!(found.iter().all(|mismatch| mismatch.field == "reason"));
}

#[rstest]
#[case::payload_leaves_after_a_refusal(&["OPTIONS"], &["OPTIONS", "PUT"], OverGrant)]
#[case::payload_leaves_unasked(&[], &["PUT"], OverGrant)]
#[case::payload_never_leaves(&["OPTIONS", "PUT"], &["OPTIONS"], UnderGrant)]
#[case::asked_without_need(&["PUT"], &["OPTIONS", "PUT"], Other)]
#[case::not_asked(&["OPTIONS", "PUT"], &["PUT"], Other)]
fn a_request_too_many_or_too_few(
    #[case] expected: &[&str],
    #[case] observed: &[&str],
    #[case] effect: Effect,
) {
    let all = seen().exchanges;
    let exchange = |method: &&str| {
        let sent = |exchange: &&Exchange| exchange.request.method.to_text() == **method;
        all.iter().find(sent).unwrap().clone()
    };
    let mut expect = expect();
    expect.responses.clear();
    let request = |method: &&str| -> ExpectedRequest {
        serde_json::from_value(json!({ "method": method })).unwrap()
    };
    expect.requests = expected.iter().map(request).collect();
    let mut seen = seen();
    seen.exchanges = observed.iter().map(exchange).collect();
    let found = mismatches(&expect, &seen, Judged::Everything);
    assert_eq!(brief(&found)[0], ("requests.length", effect));
}

#[test]
fn a_header_line_twice_is_a_mismatch() {
    let mut seen = seen();
    let headers = &mut seen.exchanges[0].request.headers;
    headers.push(("origin".into(), "https://app.example".into()));
    let found = mismatches(&expect(), &seen, Judged::Everything);
    assert_eq!(brief(&found), [("requests[0].headers.origin", Other)]);
}

#[test]
fn whether_the_application_ran_is_compared_only_if_somebody_can_tell() {
    let mut seen = seen();
    for exchange in &mut seen.exchanges {
        exchange.handled = None;
    }
    assert_eq!(mismatches(&expect(), &seen, Judged::Everything), []);
}

#[test]
fn a_fragment_is_never_sent() {
    let mut expect = expect();
    expect.requests[1].url = None;
    let demand = Demand {
        step: 0,
        kind: Kind::Required,
        expect: &expect,
        address: "https://api.example/echo#here",
    };
    assert_eq!(diff(&demand, &seen(), Judged::Everything), []);
}

#[test]
fn without_a_journal_only_the_page_is_judged() {
    let mut seen = seen();
    seen.exchanges.clear();
    assert_eq!(mismatches(&expect(), &seen, Judged::PageOnly), []);
    seen.status = Some(500);
    let found = mismatches(&expect(), &seen, Judged::PageOnly);
    assert_eq!(brief(&found), [("status", Other)]);
}

#[test]
fn an_assertion_may_care_less_than_its_vector() {
    let mut expect = expect();
    expect.responses = vec![ResponseAssertion {
        of: 0,
        kind: Some(Kind::Survey),
        check: Check::StatusIn { any_of: vec![204] },
    }];
    let found = mismatches(&expect, &seen(), Judged::Everything);
    assert_eq!(found[0].kind, Kind::Survey);
}

const ORIGIN: &str = "Access-Control-Allow-Origin";

#[rstest]
#[case::absent(json!({"type": "absent", "header": "vary"}), &[], &[("Vary", "x")])]
#[case::no_cors_headers(json!({"type": "no-cors-headers"}), &[("Vary", "x"), ("Access-Contro", "")], &[("access-CONTROL-x", "")])]
#[case::equals(json!({"type": "equals", "header": "vary", "value": "Origin"}), &[("Vary", "Origin")], &[("Vary", "origin")])]
#[case::equals_one_line(json!({"type": "equals", "header": "vary", "value": "a"}), &[("Vary", "a")], &[("Vary", "a"), ("Vary", "a")])]
#[case::equals_something(json!({"type": "equals", "header": "vary", "value": ""}), &[("Vary", "")], &[])]
#[case::not_equals(json!({"type": "not-equals", "header": "vary", "value": "*"}), &[], &[("Vary", "*")])]
#[case::not_equals_any_line(json!({"type": "not-equals", "header": "vary", "value": "*"}), &[("Vary", "a, *")], &[("Vary", "a"), ("Vary", "*")])]
#[case::not_equals_combined(json!({"type": "not-equals", "header": "vary", "value": "a, b"}), &[("Vary", "a,b")], &[("Vary", "a"), ("Vary", "b")])]
#[case::lists(json!({"type": "lists", "header": "vary", "item": "Origin"}), &[("Vary", "x,\t oRigin ,")], &[("Vary", "xorigin")])]
#[case::lists_over_lines(json!({"type": "lists", "header": "vary", "item": "b"}), &[("Vary", "a"), ("vary", "b")], &[])]
#[case::lists_exactly(json!({"type": "lists-exactly", "header": "acam", "item": "PUT"}), &[("ACAM", "GET, PUT")], &[("ACAM", "put")])]
#[case::lists_not(json!({"type": "lists-not", "header": "acam", "item": "PUT"}), &[("ACAM", "GET, PUTT")], &[("ACAM", "put")])]
#[case::lists_not_missing(json!({"type": "lists-not", "header": "acam", "item": "PUT"}), &[], &[("ACAM", "x"), ("ACAM", "PUT")])]
#[case::lists_once(json!({"type": "lists-once", "header": "vary"}), &[("Vary", "a, b,,")], &[("Vary", "a"), ("Vary", "b, A")])]
#[case::varies(json!({"type": "varies", "by": "Origin"}), &[("Vary", "Accept, origin")], &[("Vary", "Accept")])]
#[case::varies_by_anything(json!({"type": "varies", "by": "Origin"}), &[("Vary", "*")], &[("Cache-Control", "private")])]
#[case::varies_not_if_not_stored(json!({"type": "varies", "by": "Origin"}), &[("Cache-Control", "private, no-store")], &[])]
#[case::digits(json!({"type": "digits", "header": "age"}), &[("Age", "0600")], &[("Age", "600s")])]
#[case::digits_missing(json!({"type": "digits", "header": "age"}), &[], &[("Age", "")])]
#[case::digits_one_line(json!({"type": "digits", "header": "age"}), &[("Age", "1")], &[("Age", "1"), ("Age", "1")])]
#[case::digits_unsigned(json!({"type": "digits", "header": "age"}), &[("Age", "1")], &[("Age", "-1")])]
#[case::tokens(json!({"type": "tokens", "header": "acam"}), &[("ACAM", "GET, x-~|, ,")], &[("ACAM", "GET; PUT")])]
#[case::tokens_unquoted(json!({"type": "tokens", "header": "acam"}), &[("ACAM", "")], &[("ACAM", "GET"), ("ACAM", "\"PUT\"")])]
#[case::origin_star(json!({"type": "grammar"}), &[(ORIGIN, "*")], &[(ORIGIN, "")])]
#[case::origin_null(json!({"type": "grammar"}), &[(ORIGIN, "null")], &[(ORIGIN, "Null")])]
#[case::origin_lines(json!({"type": "grammar"}), &[], &[(ORIGIN, "*"), (ORIGIN, "*")])]
#[case::origin_path(json!({"type": "grammar"}), &[(ORIGIN, "https://a.example")], &[(ORIGIN, "https://a.example/")])]
#[case::origin_port(json!({"type": "grammar"}), &[(ORIGIN, "http://a.example:443")], &[(ORIGIN, "https://a.example:443")])]
#[case::origin_large_port(json!({"type": "grammar"}), &[(ORIGIN, "https://a:65535")], &[(ORIGIN, "https://a:65536")])]
#[case::origin_case(json!({"type": "grammar"}), &[(ORIGIN, "https://a-1.example")], &[(ORIGIN, "https://A.example")])]
#[case::origin_list(json!({"type": "grammar"}), &[(ORIGIN, "app+x://host")], &[(ORIGIN, "https://a, https://b")])]
#[case::origin_address(json!({"type": "grammar"}), &[(ORIGIN, "http://[::1]:8080")], &[(ORIGIN, "http://[::1")])]
#[case::origin_user(json!({"type": "grammar"}), &[(ORIGIN, "http://127.0.0.1")], &[(ORIGIN, "http://u@127.0.0.1")])]
#[case::origin_scheme(json!({"type": "grammar"}), &[(ORIGIN, "https://a.example")], &[(ORIGIN, "a.example")])]
#[case::credentials(json!({"type": "grammar"}), &[("Access-Control-Allow-Credentials", "true")], &[("Access-Control-Allow-Credentials", "false")])]
#[case::methods(json!({"type": "grammar"}), &[("Access-Control-Allow-Methods", "*")], &[("Access-Control-Allow-Methods", "GET PUT")])]
#[case::headers(json!({"type": "grammar"}), &[("Access-Control-Allow-Headers", "x-a,x-b")], &[("Access-Control-Allow-Headers", "x:a")])]
#[case::expose(json!({"type": "grammar"}), &[("Access-Control-Expose-Headers", "x-a")], &[("Access-Control-Expose-Headers", "(x)")])]
#[case::max_age(json!({"type": "grammar"}), &[("Access-Control-Max-Age", "600")], &[("Access-Control-Max-Age", "600s")])]
fn every_check_has_two_sides(
    #[case] check: serde_json::Value,
    #[case] good: &[(&str, &str)],
    #[case] bad: &[(&str, &str)],
) {
    assert_eq!(n_broken(&check, &answer(200, good, "")), 0, "{good:?}");
    assert_eq!(n_broken(&check, &answer(200, bad, "")), 1, "{bad:?}");
}

#[rstest]
#[case::status_in(json!({"type": "status-in", "any_of": [200, 403]}), answer(403, &[], ""), answer(204, &[], ""))]
#[case::status_ok(json!({"type": "status-ok"}), answer(200, &[], ""), answer(300, &[], ""))]
#[case::status_ok_end(json!({"type": "status-ok"}), answer(299, &[], ""), answer(199, &[], ""))]
#[case::empty_body(json!({"type": "empty-body"}), answer(200, &[], ""), answer(200, &[], " "))]
fn status_and_body(
    #[case] check: serde_json::Value,
    #[case] good: SeenResponse,
    #[case] bad: SeenResponse,
) {
    assert_eq!(n_broken(&check, &good), 0);
    assert_eq!(n_broken(&check, &bad), 1);
}

#[test]
fn no_answer_passes_no_check() {
    let mut seen = seen();
    seen.exchanges[0].response = None;
    let found = mismatches(&expect(), &seen, Judged::Everything);
    assert_eq!(found[0].observed, "no answer");
}

#[test]
fn who_hangs_up_is_said_to_have() {
    let mut seen = seen();
    seen.outcome = StepOutcome::NetworkError;
    seen.reasons = vec!["no-response".to_owned()];
    let observed = |seen: &Observation| {
        mismatches(&expect(), seen, Judged::PageOnly)[0]
            .observed
            .clone()
    };
    assert_eq!(observed(&seen), "network-error (`no-response`)");
    let last = seen.exchanges.last_mut().unwrap();
    last.response = None;
    assert_eq!(
        observed(&seen),
        "network-error: the connection ended without an answer to the request"
    );
    let last = seen.exchanges.last_mut().unwrap();
    last.request.method = "OPTIONS".into();
    last.request.headers = vec![
        ("Origin".into(), "https://app.example".into()),
        ("Access-Control-Request-Method".into(), "PUT".into()),
    ];
    assert_eq!(
        observed(&seen),
        "network-error: the connection ended without an answer to the preflight"
    );
}

fn n_broken(check: &serde_json::Value, answer: &SeenResponse) -> usize {
    let mut expect = expect();
    expect.responses = vec![serde_json::from_value(json!({ "of": 0, "check": check })).unwrap()];
    let mut seen = seen();
    seen.exchanges[0].response = Some(answer.clone());
    mismatches(&expect, &seen, Judged::Everything).len()
}
