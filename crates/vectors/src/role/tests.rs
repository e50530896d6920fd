use rstest::rstest;
use serde_json::json;

use super::{RoleError, fill_text, resolve};
use crate::policy::Policy;

fn policy(origins: &serde_json::Value) -> Policy {
    serde_json::from_value(json!({
        "origins": origins, "methods": ["GET", "PUT", "PATCH"], "request_headers": ["content-type", "X-A"],
        "response_headers": ["x-total"], "credentials": false, "max_age": 60
    }))
    .unwrap()
}

#[rstest]
#[case("allowed_origin", "https://app.example")]
#[case("other_allowed_origin", "https://b.example:444")]
#[case("denied_origin", "https://denied.example")]
#[case("allowed_origin+suffix", "https://app.example.evil.example")]
#[case("allowed_origin+prefix", "https://evilapp.example")]
#[case("allowed_origin+substring", "https://xapp.example.evil.example")]
#[case("allowed_origin+dot", "https://appxexample")]
#[case("allowed_origin+port", "https://app.example:8443")]
#[case("other_allowed_origin+port", "https://b.example:8443")]
#[case("allowed_origin+scheme", "http://app.example")]
#[case("other_allowed_origin+scheme", "http://b.example:444")]
#[case("allowed_origin+subdomain", "https://sub.app.example")]
#[case("allowed_origin+trailing-dot", "https://app.example.")]
#[case("allowed_origin+tld", "https://app.test")]
#[case("allowed_origin+longer", "https://app.examples")]
#[case("allowed_origin+shorter", "https://pp.example")]
#[case("allowed_origin+twice", "https://app.example.app.example")]
#[case("other_allowed_origin+hyphen", "https://b-example:444")]
#[case("allowed_origin+www", "https://www.app.example")]
#[case("allowed_origin+hyphen-suffix", "https://app.example-evil.example")]
#[case("allowed_origin+hyphen-prefix", "https://evil-app.example")]
#[case("allowed_origin+longer-port", "https://app.example:4430")]
#[case("other_allowed_origin+longer-port", "https://b.example:4440")]
#[case("allowed_origin+look-alike", "https://xn--pp-6kc.example")]
#[case("other_allowed_origin+tilde", "https://b.example~.evil.example:444")]
#[case("allowed_origin+apostrophe", "https://app.example'.evil.example")]
#[case("allowed_origin+upper", "HTTPS://APP.EXAMPLE")]
#[case("allowed_origin+userinfo", "https://user@app.example")]
#[case("allowed_origin+default-port", "https://app.example:443")]
#[case("allowed_subdomain", "https://sub.d.example")]
#[case("bare_domain", "https://d.example")]
#[case("sibling_domain", "https://evild.example")]
#[case("allowed_method", "PUT")]
#[case("other_allowed_method", "PATCH")]
#[case("allowed_method+case", "patch")]
#[case("denied_method", "DELETE")]
#[case("allowed_header", "X-A")]
#[case("denied_header", "x-denied")]
#[case("exposed_header", "x-total")]
#[case("hidden_header", "x-hidden")]
#[case("max_age", "60")]
fn a_role_is_filled_from_the_policy(#[case] role: &str, #[case] expected: &str) {
    let origins = json!(["https://app.example", "https://b.example:444", { "subdomains_of": "https://d.example" }]);
    assert_eq!(resolve(role, &policy(&origins)).unwrap(), expected);
}

#[rstest]
#[case::nobody_is_denied("denied_origin", json!("*"))]
#[case::one_origin_has_no_other("other_allowed_origin", json!(["https://a.example"]))]
#[case::no_pattern("allowed_subdomain", json!(["https://a.example"]))]
#[case::near_miss_is_listed("allowed_origin+scheme", json!(["https://a.example", "http://a.example"]))]
#[case::near_miss_fits_a_pattern("allowed_origin+subdomain", json!(["https://a.example", { "subdomains_of": "https://a.example" }]))]
#[case::no_parent("allowed_origin+parent", json!(["https://a.example"]))]
#[case::one_letter("allowed_origin+shorter", json!(["https://a.example"]))]
#[case::no_longer_port("allowed_origin+longer-port", json!(["https://a.example:8443"]))]
#[case::no_twin("allowed_origin+look-alike", json!(["https://127.0.0.1"]))]
#[case::default_port_of_an_odd_port("allowed_origin+default-port", json!(["https://a.example:81"]))]
fn a_role_can_be_out_of_reach(#[case] role: &str, #[case] origins: serde_json::Value) {
    let error = resolve(role, &policy(&origins)).unwrap_err();
    assert!(matches!(error, RoleError::NotApplicable { .. }), "{error}");
}

#[rstest]
#[case("allowed_orgin")]
#[case("allowed_origin+sufix")]
#[case("denied_method+case")]
fn an_unknown_role_is_an_error(#[case] role: &str) {
    let policy = policy(&json!(["https://app.example"]));
    assert_eq!(
        resolve(role, &policy),
        Err(RoleError::Unknown(role.to_owned()))
    );
}

#[rstest]
#[case(
    "{allowed_method} to {allowed_origin}/x",
    "PUT to https://app.example/x"
)]
#[case("{url:https://a.example/b}", "{url:https://a.example/b}")]
#[case("a{b", "a{b")]
#[case("{{allowed_method}}", "{PUT}")]
#[case("", "")]
fn only_roles_are_replaced(#[case] text: &str, #[case] expected: &str) {
    let policy = policy(&json!(["https://app.example"]));
    assert_eq!(fill_text(text, &policy).unwrap(), expected);
}
