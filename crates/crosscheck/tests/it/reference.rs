//! The reference server, sound and with each of its faults.

use axum::{
    Router,
    body::Body,
    http::Request,
    routing::{get, post},
};
use crosscheck::{Conformance, Findings, Policy, Unfit, assert_conforms, echo};
use crosscheck_reference::{fault::Fault, site::Site};
use crosscheck_server::layer::CorsLayer;
use rstest::rstest;
use tower::{ServiceBuilder, ServiceExt};

use super::shop;

fn layer(policy: &Policy) -> CorsLayer {
    CorsLayer::new(Site::try_from(policy).expect("the policy is sound"))
}

fn faulty_layer(policy: &Policy, fault: &str) -> CorsLayer {
    let fault: Fault = fault.parse().expect("there is such a fault");
    CorsLayer::new(Site::with_fault(policy, fault).expect("the policy is sound"))
}

fn sound(policy: &Policy) -> Router {
    echo().layer(layer(policy))
}

fn with_fault(policy: &Policy, fault: &str) -> Router {
    echo().layer(faulty_layer(policy, fault))
}

#[test]
fn a_sound_server_conforms() {
    assert_conforms(&shop(), sound);
}

#[tokio::test]
async fn also_inside_an_async_test() {
    assert_conforms(&shop(), sound);
}

#[test]
fn any_service_will_do() {
    assert_conforms(&shop(), |policy| {
        ServiceBuilder::new()
            .layer(layer(policy))
            .service_fn(|request: Request<Body>| echo().oneshot(request))
    });
}

#[test]
fn a_sound_server_conforms_under_every_policy() {
    let routes = ["routes.status", "routes.redirect"];
    let findings = Conformance::judge_everywhere(&routes, |policy| match Site::try_from(policy) {
        Ok(site) => Ok(echo().layer(CorsLayer::new(site))),
        Err(refusal) => Err(Unfit::Refused(refusal.to_string())),
    });
    assert!(findings.conforms(), "{findings}");
    assert!(findings.passed > 200, "{findings}");
}

#[rstest]
#[case("reflect-origin", "over-grant")]
#[case("prefix-match", "over-grant")]
#[case("preflight-status", "under-grant")]
fn a_fault_is_told_with_its_exchange(#[case] fault: &str, #[case] verdict: &str) {
    let findings = Conformance::under(&shop()).judge(|policy| with_fault(policy, fault));
    let text = findings.to_string();
    assert!(!findings.conforms(), "{text}");
    assert!(text.contains(verdict), "{text}");
    assert!(text.contains("> Origin: https://"), "{text}");
}

#[test]
#[should_panic(expected = "over-grant")]
fn an_over_grant_panics() {
    assert_conforms(&shop(), |policy| with_fault(policy, "reflect-origin"));
}

#[test]
#[should_panic(expected = "no sound server can be put into this policy")]
fn an_unsound_policy_panics() {
    let mut policy = shop();
    policy.origins = crosscheck::Listing::Any;
    policy.credentials = true;
    assert_conforms(&policy, sound);
}

/// An application without the routes that vectors know.
fn items(policy: &Policy) -> Router {
    Router::new()
        .route("/api/items", get(|| async { "[]" }).put(|| async { "ok" }))
        .layer(layer(policy))
}

/// The same behind a layer that reflects origins.
fn reflecting_items(policy: &Policy) -> Router {
    Router::new()
        .route("/api/items", get(|| async { "[]" }))
        .layer(faulty_layer(policy, "reflect-origin"))
}

#[test]
fn a_resource_of_its_own_is_judged() {
    let judged = Conformance::under(&shop()).at("/api/items");
    let findings = judged.judge(items);
    assert!(findings.conforms(), "{findings}");
    assert!(findings.passed > 40, "{findings}");
    assert!(!judged.judge(reflecting_items).conforms());
}

#[test]
fn a_message_shows_what_was_asked() {
    let judged = Conformance::under(&shop()).at("/api/items?page=1");
    let text = judged.judge(reflecting_items).to_string();
    assert!(
        text.contains("> GET https://api.example/api/items?page=1\n"),
        "{text}"
    );
    assert!(!text.contains("/echo"), "{text}");
}

#[test]
fn a_defect_is_told_once() {
    let judged = Conformance::under(&shop()).at("/api/items");
    let findings = judged.judge(reflecting_items);
    let text = findings.to_string();
    assert!(findings.failures.len() > 100, "{text}");
    assert!(text.lines().count() < 150, "{text}");
    assert!(text.contains("\n      and 9"), "{text}");
    let first = text.lines().nth(2).unwrap();
    assert!(first.starts_with("▲ over-grant  "), "{text}");
}

#[test]
#[should_panic(expected = "the application answers 404 to `GET /api/typo`: name a path")]
fn a_path_that_is_not_served_is_not_judged() {
    Conformance::under(&shop()).at("/api/typo").assert(items);
}

#[test]
#[should_panic(expected = "the application answers 404 to `GET /echo`: add that route")]
fn an_application_without_the_routes_is_not_judged() {
    assert_conforms(&shop(), items);
}

#[test]
fn a_missing_resource_may_be_meant() {
    let judged = Conformance::under(&shop()).at_missing("/api/none");
    assert!(judged.judge(items).conforms());
    assert!(!judged.judge(reflecting_items).conforms());
}

#[test]
fn a_resource_need_not_take_get() {
    let judged = Conformance::under(&shop()).at("/api/orders");
    let orders = |policy: &Policy| {
        Router::new()
            .route("/api/orders", post(|| async { "ordered" }))
            .layer(layer(policy))
    };
    judged.assert(orders);
}

#[test]
fn nothing_judged_is_no_success() {
    assert!(!Findings::default().conforms());
}
