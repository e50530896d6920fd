//! What the program prints, and where.

use std::{collections::BTreeSet, fs};

use crosscheck_report::results::Results;
use crosscheck_vectors::{
    load::Suite,
    vector::{Vector, VectorId},
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::binary::{Bench, OWN, OWN_ID, PROGRAM, own};

fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_summary_for_programs_has_its_keys() {
    let bench = Bench::empty();
    let line =
        "run --leg wire --fault prefix-match --only server/origin-match/* --out out --format json";
    let summary = bench.crosscheck(line).ended(1).json();
    assert_eq!(
        keys(&summary),
        [
            "suite",
            "subject",
            "vectors",
            "over_grants",
            "under_grants",
            "recommended_missed",
            "failed",
            "skipped",
            "not_applicable",
            "seconds",
            "legs",
            "findings",
            "report"
        ]
    );
    assert_eq!(keys(&summary["legs"]), ["wire"]);
    let wire = keys(&summary["legs"]["wire"]);
    assert!(
        wire.contains(&"passed") && wire.contains(&"failed"),
        "{wire:?}"
    );
    let findings = summary["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    for finding in findings {
        assert_eq!(
            keys(finding),
            ["id", "leg", "verdict", "kind", "flags", "summary"]
        );
    }
    assert_eq!(summary["report"], "out/index.html");
    assert_eq!(summary["subject"], "reference");
}

#[test]
fn numbers_add_up() {
    let bench = Bench::empty();
    let line = "run --leg wire --fault reflect-origin --only server/* --out out --format json";
    let summary = bench.crosscheck(line).ended(1).json();
    let number = |value: &Value| value.as_u64().unwrap();
    let wire = &summary["legs"]["wire"];
    let failed =
        ["over_grant", "under_grant", "other"].map(|how| number(&wire[format!("failed_{how}")]));
    assert_eq!(failed.iter().sum::<u64>(), number(&wire["failed"]));
    assert_eq!(number(&summary["failed"]), number(&wire["failed"]));
    assert_eq!(number(&summary["over_grants"]), failed[0]);
    let every: u64 = wire.as_object().unwrap().values().map(number).sum();
    assert_eq!(every - number(&wire["failed"]), number(&summary["vectors"]));
    let results: Results = serde_json::from_str(&bench.read("out/results.json")).unwrap();
    let all = Suite::embedded().unwrap().vectors.len();
    assert_eq!(results.vectors.len() + results.not_selected, all);
    assert_eq!(results.vectors.len() as u64, number(&summary["vectors"]));
}

#[test]
fn results_go_to_the_output_and_talk_to_the_error_stream() {
    let ran = Bench::own().run("").ended(0);
    assert!(ran.out.starts_with("reference "), "{ran:#?}");
    assert!(ran.out.contains("1 passed"), "{ran:#?}");
    ran.told(&["wire: 1 vectors replayed in", "report: out/index.html"]);
    assert!(!ran.out.contains("report:") && !ran.out.contains("replayed"));
}

#[rstest]
#[case::text("--quiet")]
#[case::json("-q --format json")]
fn quiet_means_nothing_but_results(#[case] options: &str) {
    let ran = Bench::own().run(options).ended(0);
    assert_eq!(ran.err, "");
    assert!(!ran.out.is_empty());
}

#[test]
fn a_pipe_gets_no_colours() {
    let bench = Bench::empty();
    let line = "run --leg wire --fault prefix-match --only server/origin-match/* --out out";
    for (options, variables) in [
        ("", [].as_slice()),
        ("--no-color", &[]),
        ("", &[("NO_COLOR", "1")]),
    ] {
        let ran = bench
            .crosscheck_with(&format!("{line} {options}"), variables)
            .ended(1);
        assert!(
            !ran.out.contains('\x1b') && !ran.err.contains('\x1b'),
            "{ran:#?}"
        );
    }
}

#[test]
fn json_alone_makes_no_pages() {
    let bench = Bench::own();
    let summary = bench.run("--output json --format json").ended(0).json();
    assert_eq!(summary["report"], Value::Null);
    let names: BTreeSet<_> = fs::read_dir(bench.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(
        names.into_iter().collect::<Vec<_>>(),
        [
            ".crosscheck-files",
            ".crosscheck.lock",
            "results.json",
            "results.jsonl"
        ]
    );
}

#[test]
fn the_report_can_be_made_again() {
    let bench = Bench::empty();
    bench
        .crosscheck("run --leg wire --only server/grant/* --out out")
        .ended(0);
    let index = bench.read("out/index.html");
    fs::remove_file(bench.path().join("out/index.html")).unwrap();
    let ran = bench.crosscheck("report out").ended(0);
    ran.told(&["report: out/index.html"]);
    assert_eq!(ran.out, "");
    assert_eq!(
        bench.read("out/index.html"),
        index,
        "same input, same bytes"
    );
}

#[test]
fn a_report_of_failures_says_so_with_its_exit_code() {
    let bench = Bench::empty();
    let line = "run --leg wire --fault prefix-match --only server/origin-match/* --out out";
    bench.crosscheck(line).ended(1);
    bench.crosscheck("report out --quiet").ended(1);
}

#[test]
fn vectors_list_knows_every_id() {
    let suite = Suite::embedded().unwrap();
    let rows = Bench::empty()
        .crosscheck("vectors list --format json")
        .ended(0)
        .json();
    let listed: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    let ids: Vec<_> = suite.vectors.keys().map(VectorId::as_str).collect();
    assert_eq!(listed, ids);
    let ran = Bench::own()
        .crosscheck("vectors list --vectors suite")
        .ended(0);
    assert_eq!(
        ran.out,
        format!("{OWN_ID}  A page reads what names its origin.\n")
    );
}

#[test]
fn a_suite_of_ones_own_comes_in_place_of_the_other_or_beside_it() {
    let n_embedded = Suite::embedded().unwrap().vectors.len();
    let bench = Bench::own();
    let n_listed = |line: &str| {
        let rows = bench.crosscheck(line).ended(0).json();
        rows.as_array().unwrap().len()
    };
    let line = "vectors list --format json --vectors suite";
    assert_eq!(n_listed(line), 1);
    assert_eq!(n_listed(&format!("{line} --and-embedded")), n_embedded + 1);
    bench
        .crosscheck("vectors list --and-embedded")
        .refused(&["--vectors <DIR>"]);
}

#[test]
fn vectors_lint_says_what_is_sound() {
    let n = Suite::embedded().unwrap().vectors.len();
    let ran = Bench::empty().crosscheck("vectors lint").ended(0);
    assert_eq!(
        ran.out,
        format!("{n} vectors are sound, and the oracle agrees with each.\n")
    );
    let json = Bench::own().crosscheck("vectors lint --vectors suite --format json");
    assert_eq!(
        json.ended(0).json(),
        json!({ "vectors": 1, "problems": [] })
    );
}

#[test]
fn vectors_coverage_accounts_for_every_requirement() {
    let coverage = Bench::empty()
        .crosscheck("vectors coverage --format json")
        .ended(0)
        .json();
    assert_eq!(
        keys(&coverage),
        [
            "requirements",
            "covered",
            "accounted",
            "uncovered",
            "concepts"
        ]
    );
    let n = |key: &str| coverage[key].as_array().unwrap().len() as u64;
    let covered = coverage["covered"].as_u64().unwrap();
    let all = coverage["requirements"].as_u64().unwrap();
    assert_eq!(covered + n("accounted") + n("uncovered"), all);
    for row in coverage["accounted"].as_array().unwrap() {
        assert_eq!(keys(row), ["id", "reason"]);
    }
    let own = Bench::own()
        .crosscheck("vectors coverage --vectors suite")
        .ended(0);
    assert!(
        own.out
            .starts_with(&format!("1 of {all} requirements are covered")),
        "{own:#?}"
    );
}

#[test]
fn vectors_export_writes_literals() {
    let bench = Bench::empty();
    bench.crosscheck("vectors export all").ended(0);
    let mut n_vectors = 0;
    for (id, _) in Suite::embedded().unwrap().vectors {
        let text = bench.read(&format!("all/{}.json", id.topic()));
        n_vectors += usize::from(text.contains(&format!("\"{id}\"")));
        for role in ["{allowed_", "{denied_", "{other_", "{exposed_"] {
            assert!(!text.contains(role), "{id}: {role} is left");
        }
    }
    assert_eq!(n_vectors, Suite::embedded().unwrap().vectors.len());
    let own_bench = Bench::own();
    own_bench
        .crosscheck("vectors export all --vectors suite")
        .ended(0);
    let exported: Value = serde_json::from_str(&own_bench.read(&format!("all/{OWN}"))).unwrap();
    assert_eq!(exported["vectors"][0]["id"], OWN_ID);
    let read = |vector: &Value| serde_json::from_value::<Vector>(vector.clone()).unwrap();
    assert_eq!(
        read(&exported["vectors"][0]["vector"]),
        read(&own()["vectors"][0])
    );
}

#[test]
fn vectors_schema_is_the_published_one() {
    let ran = Bench::empty().crosscheck("vectors schema").ended(0);
    let published = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/vector.schema.json");
    assert_eq!(ran.out, fs::read_to_string(published).unwrap());
}

#[rstest]
#[case::all_right("run --leg wire --only server/origin-match/* --out out", 0)]
#[case::failures(
    "run --leg wire --fault prefix-match --only server/origin-match/* --out out",
    1
)]
#[case::refused("run --only no/such/vector --out out", 2)]
fn nobody_has_to_read_what_is_said(#[case] line: &str, #[case] code: i32) {
    let bench = Bench::empty();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = std::process::Command::new(PROGRAM)
        .args(line.split_whitespace())
        .current_dir(bench.path())
        .stdout(writer.try_clone().unwrap())
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(ended.code(), Some(code));
}
