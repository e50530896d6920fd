//! The whole program with a real Chromium. Where none is installed these fail, and say so.

mod corpus;

use std::path::Path;

use crosscheck_harness::browser::engines::default_engine;
use crosscheck_report::{leg::Leg, results::Results, verdict::Verdict};
use rstest::rstest;
use serde_json::Value;

use crate::binary::Bench;
#[cfg(target_os = "linux")]
use crate::running::{Running, browser_of, signal};

/// Vectors of every kind of page: single calls, opaque origins, cookies, sequences, redirects, XHR,
/// elements, workers, frames, a policy.
const MIXED: [&str; 24] = [
    "browser/append-a-request-origin-header/navigation/*",
    "browser/concept-http-fetch/service-worker/*",
    "browser/concept-scheme-fetch/*",
    "browser/concept-tao-check/*",
    "browser/cors-check/allow-origin/null-for-an-opaque-origin",
    "browser/cors-check/credentials/with-cookie",
    "browser/cors-check/xhr/*",
    "browser/cors-preflight-cache/key/opaque-*",
    "browser/cors-preflight-cache/lifetime/zero",
    "browser/cors-preflight-fetch/request/*",
    "browser/cors-settings-attribute/*",
    "browser/cross-origin-embedder-policy-allows-credentials/*",
    "browser/dom-eventsource/*",
    "browser/dom-worker/*",
    "browser/http-redirect-fetch/taint/*",
    "browser/include-credentials/sending/default-*",
    "browser/methods/refused/*",
    "browser/origin/data-urls/*",
    "browser/origin/opaque/*",
    "browser/populate-request-from-client/*",
    "browser/sendbeacon-method/*",
    "browser/websocket-protocol/*",
    "server/grant/*",
    "server/refused-policies/*",
];

/// Vectors that keep a browser busy for seconds, since permissions run out in them, and some that are
/// done at once.
const LONG: [&str; 3] = [
    "browser/cors-check/byte-comparison/*",
    "browser/cors-preflight-cache/lifetime/one-second-over",
    "browser/cors-preflight-cache/lifetime/reused-and-over",
];

fn line(only: &[&str], rest: &str) -> String {
    require_browser();
    let only = only.join(" --only ");
    format!("run --leg chromium --only {only} --out out {rest}")
}

fn require_browser() {
    let named = std::env::var_os("CROSSCHECK_CHROMIUM");
    if let Err(missing) = default_engine().find(named.as_deref().map(Path::new)) {
        panic!("this test needs a browser: {missing}");
    }
}

fn results(bench: &Bench) -> Results {
    serde_json::from_str(&bench.read("out/results.json")).unwrap()
}

/// The verdicts of the Chromium leg that say that something is wrong.
fn wrong(results: &Results) -> Vec<(&str, Verdict)> {
    let legs = results.vectors.iter().flat_map(|vector| {
        let of_leg = vector
            .legs
            .iter()
            .filter(|leg| leg.leg == Leg::browser("chromium"));
        of_leg.map(|leg| (vector.id.as_str(), leg.verdict))
    });
    legs.filter(|(_, verdict)| {
        verdict.is_failure() || verdict.is_error() || *verdict == Verdict::Skipped
    })
    .collect()
}

#[test]
fn pages_of_every_kind_do_as_the_vectors_say() {
    let bench = Bench::empty();
    let line = line(&MIXED, "--leg wire --format json");
    let summary = bench.crosscheck(&line).ended(0).json();
    let results = results(&bench);
    assert_eq!(wrong(&results), []);
    let of_chromium = |vector: &crosscheck_report::results::VectorResult| {
        vector.leg(Leg::browser("chromium")).unwrap().verdict == Verdict::Passed
    };
    for glob in MIXED {
        let begins = glob.trim_end_matches('*');
        let mut fitting = results
            .vectors
            .iter()
            .filter(|v| v.id.as_str().starts_with(begins));
        assert!(fitting.any(of_chromium), "nothing passed of {glob}");
    }
    assert!(summary["vectors"].as_u64().unwrap() >= 12);
    let engine = &results
        .legs
        .iter()
        .find(|leg| leg.leg == Leg::browser("chromium"))
        .unwrap()
        .engine;
    assert!(
        engine.contains(|c: char| c.is_ascii_digit()),
        "{engine} has no version"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_browser_that_is_killed_is_started_again() {
    let bench = Bench::empty();
    let mut running = Running::start(&bench, &line(&LONG, ""));
    running.wait_for_first_result(&bench);
    let first = browser_of(running.0.id()).expect("it has a browser");
    signal("KILL", first);
    let program = running.0.id();
    running.wait_for("another browser", || {
        browser_of(program).is_some_and(|id| id != first)
    });
    let ran = running.end().ended(0);
    assert!(ran.out.contains("does what is required"), "{ran:#?}");
    let results = results(&bench);
    assert_eq!(wrong(&results), []);
    let ledger = bench.read("out/results.jsonl");
    assert_eq!(
        ledger.lines().count(),
        results.vectors.len() + 1,
        "each is kept once"
    );
}

#[cfg(target_os = "linux")]
#[rstest]
fn a_run_that_is_interrupted_reports_and_goes_on_later(#[values("HUP", "INT", "TERM")] name: &str) {
    let bench = Bench::empty();
    let line = line(&LONG, "--format json");
    let mut running = Running::start(&bench, &line);
    running.wait_for_first_result(&bench);
    let browser = browser_of(running.0.id()).expect("it has a browser");
    signal(name, running.0.id());
    let ran = running.end().ended(2);
    let summary = ran.json();
    let number = |summary: &Value, key: &str| summary["legs"]["chromium"][key].as_u64().unwrap();
    assert!(number(&summary, "skipped") > 0, "{summary:#}");
    assert!(number(&summary, "passed") > 0, "{summary:#}");
    ran.told(&["interrupted", "--resume"]);
    assert!(bench.path().join("out/index.html").is_file());
    let is_gone = || !Path::new(&format!("/proc/{browser}/cmdline")).exists();
    assert!(is_gone(), "{name}: the browser is left behind");

    let kept = bench.read("out/results.jsonl");
    let summary = bench
        .crosscheck(&format!("{line} --resume"))
        .ended(0)
        .json();
    assert_eq!(number(&summary, "skipped"), 0);
    assert!(
        bench.read("out/results.jsonl").starts_with(&kept),
        "what was done is not done again"
    );
}
