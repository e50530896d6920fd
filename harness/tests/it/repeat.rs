//! Equal runs have equal results, but for when they began and how long they took.

use rstest::rstest;
use serde_json::Value;

use crate::binary::{Bench, PROGRAM};

/// The results of a run of `line`.
fn results(bench: &Bench, line: &str) -> Value {
    bench.crosscheck(&format!("run {line} --output json --quiet --out out"));
    let mut results: Value = serde_json::from_str(&bench.read("out/results.json")).unwrap();
    for own in ["started", "seconds"] {
        results.as_object_mut().unwrap().remove(own).unwrap();
    }
    results
}

#[rstest]
#[case::wire("--leg wire --only server/* --only browser/cors-check/*")]
#[case::generated("--leg wire --generate 20 --seed 1")]
#[case::adapter("--leg wire --only server/grant/* --adapter .")]
#[case::forms("--leg chromium --only */form-data --only */posts-of-every-type")]
#[case::sockets("--leg chromium --only browser/websocket-protocol/*")]
fn equal_runs_have_equal_results(#[case] line: &str) {
    let bench = Bench::empty();
    let manifest = format!("name = \"own\"\ncommand = ['{PROGRAM}', 'adapter', 'reference']\n");
    bench.put("adapter.toml", &manifest);
    let [one, other] = [(); 2].map(|()| results(&bench, line));
    let vectors = |results: &Value| results["vectors"].as_array().unwrap().clone();
    assert!(!vectors(&one).is_empty());
    for (one, other) in vectors(&one).iter().zip(&vectors(&other)) {
        assert_eq!(one, other, "{}", one["id"]);
    }
    assert_eq!(one, other);
}
