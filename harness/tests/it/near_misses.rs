//! Which families of near misses each fault of the reference server lets in.

use std::collections::{BTreeMap, BTreeSet};

use crosscheck_reference::{
    fault::Fault,
    request::{Headers, RequestHead},
    site::{Site, predict},
};
use crosscheck_vectors::{
    near_miss::{Asker, Fresh, NEAR_MISSES, NearMiss, Registered, Trusted},
    policy::Policy,
};
use rstest::rstest;
use serde_json::json;
use url::Url;

/// The origin that is resembled: one of which every family has a member.
const TRUSTED: &str = "https://my.shop.example.com";

/// The families that each fault lets in where [`TRUSTED`] is listed: those of roles with `+` before their
/// names, `SIGNS` for all that have a sign behind the trusted host, `ALL` for all. Other faults let in none.
const LISTED: &[(&str, &str)] = &[
    ("case-insensitive-origin", "+upper"),
    ("malformed-origin-echoed", MALFORMED),
    ("port-blind", "+longer-port +port"),
    (
        "prefix-match",
        "+suffix +longer +hyphen-suffix SIGNS +longer-port +port userinfo +trailing-dot +twice +slash \
         +path +default-port +space-list",
    ),
    ("proxy-adds-any-origin", "ALL"),
    ("reflect-origin", "ALL"),
    ("reflect-origin-with-credentials", "ALL"),
    ("scheme-blind", "+scheme"),
    (
        "special-character-ends-origin",
        "SIGNS userinfo +space-list",
    ),
    ("subdomains-trusted", "+subdomain +www +twice"),
    (
        "substring-match",
        "+suffix +prefix +hyphen-prefix +longer +substring +hyphen-suffix SIGNS +longer-port +port +scheme \
         scheme-below +subdomain +www userinfo path +trailing-dot +twice +slash +path +userinfo \
         +default-port +space-list",
    ),
    (
        "suffix-match",
        "+prefix +hyphen-prefix +subdomain +www path +twice +userinfo",
    ),
    ("unescaped-dot", "+dot inner-dot +hyphen"),
    ("www-trusted", "+www"),
];

/// The same where what is below [`TRUSTED`] is trusted, beyond what is meant by that.
const PATTERN: &[(&str, &str)] = &[
    ("malformed-origin-echoed", MALFORMED),
    ("pattern-crosses-labels", "+prefix +hyphen-prefix"),
    ("proxy-adds-any-origin", "ALL"),
    ("reflect-origin", "ALL"),
    ("reflect-origin-with-credentials", "ALL"),
];

/// What no browser sends as an origin.
const MALFORMED: &str = "+backtick +brace special-escape special-quote special-closing-brace special-caret \
    special-bar special-tab userinfo path +upper +slash +path +userinfo +default-port +space-list";

/// Names that are no secret.
#[derive(Debug)]
struct Plain;

impl Fresh for Plain {
    fn next_name(&mut self) -> String {
        "evil".to_owned()
    }

    fn next_port(&mut self) -> u16 {
        23456
    }
}

/// As vectors name the family, or else as audits do.
fn name(family: &NearMiss) -> String {
    let role = family.role.map(|role| format!("+{role}"));
    role.unwrap_or_else(|| family.audit.unwrap().to_owned())
}

/// The member of `family` that resembles [`TRUSTED`].
fn member(family: &NearMiss) -> String {
    let url = Url::parse(TRUSTED).unwrap();
    let trusted = Trusted::of_url(&url);
    let registered = Registered::Domain("example.com");
    let made = match family.role {
        Some(_) => family.resembling(&trusted, &mut Asker::Vector),
        None => family.resembling(
            &Trusted {
                registered,
                ..trusted
            },
            &mut Asker::Audit(&mut Plain),
        ),
    };
    made.unwrap_or_else(|| panic!("{} has no member", name(family)))
}

/// The families that `written` names.
fn families(written: &str) -> BTreeSet<String> {
    let is_sign = |family: &&NearMiss| {
        let sign = family.audit.and_then(|name| name.strip_prefix("special-"));
        sign.is_some_and(|sign| sign != "hyphen")
    };
    let all = NEAR_MISSES.iter();
    let of_word = |word| match word {
        "ALL" => all.clone().map(name).collect(),
        "SIGNS" => all.clone().filter(is_sign).map(name).collect(),
        name => vec![name.to_owned()],
    };
    written.split_whitespace().flat_map(of_word).collect()
}

fn policy(origins: &serde_json::Value) -> Policy {
    serde_json::from_value(json!({
        "origins": origins, "methods": [], "request_headers": [], "response_headers": [],
        "credentials": false, "max_age": null
    }))
    .unwrap()
}

/// The families that `site` lets in.
fn let_in(site: &Site) -> BTreeSet<String> {
    let is_let_in = |family: &&NearMiss| {
        let origin = member(family);
        let lines = [
            (&b"host"[..], &b"api.example"[..]),
            (b"origin", origin.as_bytes()),
        ];
        let request = RequestHead {
            method: b"GET",
            target: b"/echo",
            headers: Headers::Lines(&lines),
        };
        let answer = predict(site, &request);
        let mut allowed = answer.headers.iter();
        allowed.any(|(name, value)| {
            name == b"access-control-allow-origin" && (value == origin.as_bytes() || value == b"*")
        })
    };
    NEAR_MISSES.iter().filter(is_let_in).map(name).collect()
}

#[rstest]
#[case::listed(json!([TRUSTED]), LISTED)]
#[case::pattern(json!([{ "subdomains_of": TRUSTED }]), PATTERN)]
fn each_fault_lets_in_its_families(
    #[case] origins: serde_json::Value,
    #[case] expected: &[(&str, &str)],
) {
    let policy = policy(&origins);
    let meant = let_in(&Site::try_from(&policy).unwrap());
    let expected: BTreeMap<_, _> = expected.iter().copied().collect();
    for fault in Fault::all() {
        let site = Site::with_fault(&policy, *fault).unwrap();
        let expected = expected.get(fault.name()).map_or("", |families| families);
        let expected: BTreeSet<_> = &families(expected) - &meant;
        assert_eq!(&let_in(&site) - &meant, expected, "{fault}");
    }
    let is_fault = |name: &&str| name.parse::<Fault>().is_ok();
    assert!(expected.keys().all(is_fault), "{expected:?}");
}

#[test]
fn a_sane_server_lets_in_what_is_below_a_pattern() {
    let sane = |origins| let_in(&Site::try_from(&policy(&origins)).unwrap());
    assert_eq!(sane(json!([TRUSTED])), families(""));
    let below = json!([{ "subdomains_of": TRUSTED }]);
    assert_eq!(sane(below), families("+subdomain +twice +www"));
}
