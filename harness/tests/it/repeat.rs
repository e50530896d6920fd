//! Equal runs have equal results, but for when they began and how long they took.

use rstest::rstest;
use serde_json::Value;

use crate::binary::Bench;

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
#[case::adapter(concat!(
    "--leg wire --only server/grant/* --adapter ",
    env!("CARGO_MANIFEST_DIR"),
    "/adapters/template/python.toml"
))]
#[case::forms("--leg chromium --only *form*")]
fn equal_runs_have_equal_results(#[case] line: &str) {
    let bench = Bench::empty();
    let [one, other] = [(); 2].map(|()| results(&bench, line));
    let vectors = |results: &Value| results["vectors"].as_array().unwrap().clone();
    assert!(!vectors(&one).is_empty());
    for (one, other) in vectors(&one).iter().zip(&vectors(&other)) {
        assert_eq!(one, other, "{}", one["id"]);
    }
    assert_eq!(one, other);
}
