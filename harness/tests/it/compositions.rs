//! The reference server behind layers, and around them.

use crosscheck_report::results::Results;
use rstest::rstest;
use serde_json::Value;

use crate::binary::{Bench, Ran};

/// Replays the vectors that fit `only` on the wire against these layers.
fn run(bench: &Bench, layers: &str, only: &str) -> Ran {
    let option = |layer| format!(" --layer {layer}");
    let options: String = layers.split_whitespace().map(option).collect();
    bench.crosscheck(&format!(
        "run --leg wire --only {only} --out out --output json --format json{options}"
    ))
}

#[rstest]
#[case::compression("compression")]
#[case::compression_inside("policy compression")]
#[case::login_inside("policy authentication")]
#[case::proxy_inside("policy cors-proxy")]
#[case::compressed_login("compression policy authentication")]
fn what_keeps_the_policy_passes(#[case] layers: &str) {
    let bench = Bench::empty();
    let summary = run(&bench, layers, "server/*").ended(0).json();
    assert_eq!(summary["findings"], Value::Array(Vec::new()));
    let results: Results = serde_json::from_str(&bench.read("out/results.json")).unwrap();
    let names: Vec<_> = layers.split_whitespace().collect();
    let named = &results.subject.layers;
    assert!(named.join(" ").starts_with(&names.join(" ")), "{named:?}");
    assert_eq!(named.iter().filter(|name| *name == "policy").count(), 1);
}

#[rstest]
#[case::proxy("cors-proxy", "duplicate-header")]
#[case::login("authentication", "preflight-not-answered")]
#[case::gateway("gateway", "reflected-origin")]
#[case::vary("vary", "cache-poisoning")]
#[case::one_of_two("compression cors-proxy", "duplicate-header")]
#[case::the_other("vary compression", "cache-poisoning")]
#[case::one_inside("authentication policy cors-proxy", "preflight-not-answered")]
fn what_breaks_the_policy_is_caught_and_named(#[case] layers: &str, #[case] flag: &str) {
    let summary = run(&Bench::empty(), layers, "server/composition/*")
        .ended(1)
        .json();
    let findings = summary["findings"].as_array().unwrap();
    let named = findings.iter().any(|finding| {
        let flags = finding["flags"].as_array().unwrap();
        let verdict = finding["verdict"].as_str().unwrap();
        flags.contains(&Value::from(flag)) && verdict.starts_with("failed")
    });
    assert!(named, "{summary:#}");
}

#[test]
fn the_report_says_what_was_composed() {
    let bench = Bench::empty();
    let line = "run --leg wire --only server/composition/stranger --out out --layer cors-proxy";
    let ran = bench.crosscheck(line).ended(1);
    assert!(
        ran.out.contains(" in the layers cors-proxy, policy "),
        "{ran:#?}"
    );
    let rerun = "rerun: crosscheck run --layer cors-proxy --layer policy --leg wire --only server/composition/stranger";
    assert!(ran.out.contains(rerun), "{ran:#?}");
    assert!(
        bench
            .read("out/index.html")
            .contains("in the layers cors-proxy, policy")
    );
    assert!(!bench.path().join("out/known-template.toml").exists());
}

#[rstest]
#[case::unknown("--layer proxy", &["no layer is called `proxy`", "`cors-proxy`"])]
#[case::policy_twice("--layer policy --layer policy", &["named more than once"])]
#[case::of_another_server("--layer vary --adapter some", &["cannot be used with"])]
#[case::of_a_deployed_one("--layer vary --policy p --url http://127.0.0.1/", &["cannot be used with"])]
fn what_cannot_be_composed_is_refused(#[case] options: &str, #[case] told: &[&str]) {
    let line = format!("run --leg wire --out out {options}");
    Bench::empty().crosscheck(&line).refused(told);
}
