//! Every fault does what its name says.

use std::collections::BTreeSet;

use crosscheck_reference::{
    fault::Fault,
    request::{Headers, RequestHead},
    site::{Site, predict},
};
use rstest::rstest;

use crate::client::{Client, LISTED, policy, stage};

const ANONYMOUS: &str = r#"{
    "origins": ["https://a.example"], "methods": ["PUT", "purge"],
    "request_headers": ["X-A", "content-type"], "response_headers": [],
    "credentials": false, "max_age": "disable"}"#;

const OPEN: &str = r#"{
    "origins": "*", "methods": "*", "request_headers": "*", "response_headers": "*",
    "credentials": false, "max_age": null}"#;

const PATTERN: &str = r#"{
    "origins": [{"subdomains_of": "https://a.example"}], "methods": [], "request_headers": [],
    "response_headers": [], "credentials": false, "max_age": null}"#;

/// The faults that no single request to a sane policy shows; each has a test of its own.
fn shown_otherwise(fault: Fault) -> bool {
    fault.flag() == "config-accepted"
        || matches!(fault, Fault::CachedDecision | Fault::HeaderListGrows)
}

struct Probe {
    fault: Fault,
    policy: &'static str,
    request: &'static str,
    differs: BTreeSet<String>,
}

fn probes() -> Vec<Probe> {
    let text = include_str!("faults.txt");
    let blocks = text.split("\n\n").skip(1);
    let probe = |block: &'static str| {
        let mut lines = block.lines();
        let (fault, policy) = lines.next().unwrap().split_once(' ').unwrap();
        let policy = match policy {
            "anonymous" => ANONYMOUS,
            "listed" => LISTED,
            "open" => OPEN,
            "pattern" => PATTERN,
            other => panic!("no policy {other}"),
        };
        Probe {
            fault: fault.parse().unwrap(),
            policy,
            request: lines.next().unwrap(),
            differs: lines.map(str::to_owned).collect(),
        }
    };
    blocks.map(probe).collect()
}

/// What the answer says: its status and its header lines.
fn ask(site: &Site, request: &str) -> BTreeSet<String> {
    let mut parts = request.split("; ");
    let (method, target) = parts.next().unwrap().split_once(' ').unwrap();
    let lines: Vec<_> = parts
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    let head = RequestHead {
        method: method.as_bytes(),
        target: target.as_bytes(),
        headers: Headers::Lines(&lines),
    };
    let response = predict(site, &head);
    let mut facts = BTreeSet::from([response.status.to_string()]);
    for (name, value) in &response.headers {
        // The length and type of a body say nothing about the policy.
        if name.starts_with(b"content-") {
            continue;
        }
        let line = format!("{}: {}", name.escape_ascii(), value.escape_ascii());
        if !facts.insert(line.trim_end().to_owned()) {
            facts.insert(format!("again {line}"));
        }
    }
    facts
}

#[test]
fn faults_differ_from_sanity_as_described() {
    for probe in probes() {
        let intent = policy(probe.policy);
        let sane = ask(&Site::try_from(&intent).unwrap(), probe.request);
        let faulty = Site::with_fault(&intent, probe.fault).unwrap();
        let faulty = ask(&faulty, probe.request);
        let lost = sane.difference(&faulty).map(|fact| format!("- {fact}"));
        let won = faulty.difference(&sane).map(|fact| format!("+ {fact}"));
        let differs: BTreeSet<_> = lost.chain(won).collect();
        assert_eq!(differs, probe.differs, "{}", probe.fault);
        assert!(!differs.is_empty(), "{}", probe.fault);
    }
}

#[test]
fn every_fault_is_shown() {
    let shown: Vec<_> = probes().iter().map(|probe| probe.fault).collect();
    for fault in Fault::all() {
        assert!(shown.contains(fault) != shown_otherwise(*fault), "{fault}");
    }
    assert_eq!(
        Fault::all()
            .iter()
            .filter(|fault| shown_otherwise(**fault))
            .count(),
        10
    );
}

/// `origins` and `rest` with credentials.
fn insane(origins: &str, rest: &str) -> String {
    format!("{{\"origins\":{origins},{rest},\"credentials\":true}}")
}

const NAMES: &str =
    r#""methods":["PUT"],"request_headers":["x-a"],"response_headers":["x-b"],"max_age":null"#;
const WILDCARDS: &str =
    r#""methods":"*","request_headers":"*","response_headers":"*","max_age":null"#;
const LONG: &str =
    r#""methods":["PUT"],"request_headers":[],"response_headers":[],"max_age":604800"#;
const TRACE: &str =
    r#""methods":["TRACE"],"request_headers":[],"response_headers":[],"max_age":null"#;

#[rstest]
#[case::any("config-any-with-credentials", r#""*""#, NAMES, "GET /echo; Origin: https://evil.example",
    &["access-control-allow-origin: https://evil.example", "access-control-allow-credentials: true", "access-control-expose-headers: x-b"])]
#[case::wildcard("wildcard-with-credentials", r#""*""#, NAMES, "GET /echo; Origin: https://evil.example",
    &["access-control-allow-origin: *", "access-control-allow-credentials: true"])]
#[case::null("config-null-with-credentials", r#"["null"]"#, NAMES, "GET /echo; Origin: null",
    &["access-control-allow-origin: null", "access-control-allow-credentials: true"])]
#[case::insecure("config-insecure-origin", r#"["http://a.example"]"#, NAMES, "GET /echo; Origin: http://a.example",
    &["access-control-allow-origin: http://a.example", "access-control-allow-credentials: true"])]
#[case::public_suffix("config-public-suffix", r#"[{"subdomains_of":"https://github.io"}]"#, NAMES, "GET /echo; Origin: https://evil.github.io",
    &["access-control-allow-origin: https://evil.github.io", "access-control-allow-credentials: true"])]
#[case::wildcard_lists("config-wildcard-lists", r#"["https://a.example"]"#, WILDCARDS,
    "OPTIONS /echo; Origin: https://a.example; Access-Control-Request-Method: PUT; Access-Control-Request-Headers: x-a",
    &["204", "access-control-allow-methods: *", "access-control-allow-headers: *"])]
#[case::exposed_wildcard("config-wildcard-lists", r#"["https://a.example"]"#, WILDCARDS, "GET /echo; Origin: https://a.example",
    &["access-control-expose-headers: *", "access-control-allow-credentials: true"])]
#[case::path("config-unserialised-origin", r#"["HTTPS://me@A.example:443/app"]"#, NAMES, "GET /echo; Origin: https://a.example",
    &["access-control-allow-origin: https://a.example"])]
#[case::forbidden_method("config-forbidden-method", r#"["https://a.example"]"#, TRACE,
    "OPTIONS /echo; Origin: https://a.example; Access-Control-Request-Method: TRACE",
    &["204", "access-control-allow-methods: TRACE"])]
#[case::max_age("config-max-age-unbounded", r#"["https://a.example"]"#, LONG,
    "OPTIONS /echo; Origin: https://a.example; Access-Control-Request-Method: PUT",
    &["204", "access-control-max-age: 604800"])]
fn insane_policies_are_accepted(
    #[case] fault: &str,
    #[case] origins: &str,
    #[case] rest: &str,
    #[case] request: &str,
    #[case] expected: &[&str],
) {
    let policy = policy(&insane(origins, rest));
    Site::try_from(&policy).unwrap_err();
    Site::with_fault(&policy, Fault::DuplicateAllowOrigin).unwrap_err();
    let site = Site::with_fault(&policy, fault.parse().unwrap()).unwrap();
    let facts = ask(&site, request);
    for fact in expected {
        assert!(facts.contains(*fact), "no {fact} in {facts:?}");
    }
}

#[tokio::test]
async fn a_cached_decision_is_kept_for_later_origins() {
    let stage = stage().await;
    let site = Site::with_fault(&policy(LISTED), Fault::CachedDecision).unwrap();
    stage.put_site("s", site).unwrap();
    let mut client = Client::connect(&stage).await;
    for origin in [
        "https://a.example",
        "https://b.example:8443",
        "https://evil.example",
    ] {
        let line = "GET /p/t0ken/s/echo";
        let answer = client.ask(line, &format!("Origin: {origin}\r\n")).await;
        assert!(
            answer.contains("\r\naccess-control-allow-origin: https://a.example\r\n"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_list_grows_with_each_preflight() {
    let stage = stage().await;
    let site = Site::with_fault(&policy(LISTED), Fault::HeaderListGrows).unwrap();
    stage.put_site("s", site).unwrap();
    let mut client = Client::connect(&stage).await;
    for names in ["x-a", "x-a, x-a", "x-a, x-a, x-a"] {
        let line = "OPTIONS /p/t0ken/s/echo";
        let lines = "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\
            Access-Control-Request-Headers: x-a\r\n";
        let answer = client.ask(line, lines).await;
        let granted = format!("\r\naccess-control-allow-headers: {names}\r\n");
        assert!(answer.contains(&granted), "{answer}");
    }
}
