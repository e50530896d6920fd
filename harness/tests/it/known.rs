//! Failures that are known: `--known FILE`.

use rstest::rstest;
use serde_json::Value;

use crate::binary::{Bench, OWN_ID};

/// A fault, and a vector that fails because of it.
const FAILING: &str = "run --leg wire --fault prefix-match --only server/origin-match/* --out out";

/// Excuses everything that fails.
const ALL: &str = "[[known]]\nid = \"server/origin-match/*\"\nreason = \"It is old.\"\n";

#[rstest]
#[case::unknown_field("id = \"*\"\nreason = \"Old.\"\nresaon = 1\n", &["line 4", "unknown field `resaon`, expected one of"])]
#[case::no_reason("id = \"*\"\n", &["line 1", "missing field `reason`"])]
#[case::empty_reason("id = \"*\"\nreason = \" \"\n", &["line 3", "the reason is empty; say why this fails"])]
#[case::no_id("reason = \"Old.\"\n", &["missing field `id`"])]
#[case::no_day("id = \"*\"\nreason = \"Old.\"\nexpires = \"soon\"\n", &["line 4", "`soon` is not a day; write it as YYYY-MM-DD"])]
#[case::no_leg("id = \"*\"\nreason = \"Old.\"\nleg = \"netscape\"\n", &["line 4", "there is no leg `netscape`; legs are oracle, wire, chromium"])]
#[case::no_toml("id = \n", &["line 2"])]
fn an_entry_that_cannot_be(#[case] entry: &str, #[case] parts: &[&str]) {
    let bench = Bench::own();
    bench.put("known.toml", &format!("[[known]]\n{entry}"));
    let parts = [&["`known.toml` is no file of known failures"], parts].concat();
    bench.run("--known known.toml").refused(&parts);
}

#[test]
fn a_file_that_is_not_there() {
    Bench::own().run("--known nowhere.toml").refused(&[
        "cannot read the known failures in `nowhere.toml`",
        "No such file",
    ]);
}

#[rstest]
#[case::no_longer_fails(OWN_ID, "", "no longer fails so: browser/cors-check/own/granted")]
#[case::fits_nothing("browser/cors-check/own/gone", "", "it fits no vector")]
#[case::ran_out(
    OWN_ID,
    "expires = \"2001-01-01\"\n",
    "it was only good until 2001-01-01"
)]
fn an_entry_that_is_out_of_date(#[case] id: &str, #[case] more: &str, #[case] problem: &str) {
    let bench = Bench::own();
    bench.put(
        "known.toml",
        &format!("[[known]]\nid = \"{id}\"\nreason = \"Old.\"\n{more}"),
    );
    let ran = bench.run("--known known.toml").ended(1);
    assert!(
        ran.out.contains("out-of-date known failure  known.toml"),
        "{ran:#?}"
    );
    assert!(ran.out.contains(problem), "{ran:#?}");
}

#[test]
fn an_entry_about_what_was_not_selected_is_not_out_of_date() {
    let bench = Bench::empty();
    bench.put("known.toml", ALL);
    let line = "run --leg wire --only server/grant/* --known known.toml --out out";
    bench.crosscheck(line).ended(0);
}

#[test]
fn a_failure_that_is_known_is_no_failure() {
    let bench = Bench::empty();
    let summary = bench
        .crosscheck(&format!("{FAILING} --format json"))
        .ended(1)
        .json();
    let failing: Vec<_> = summary["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"].as_str().unwrap().starts_with("failed"))
        .map(|finding| finding["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!failing.is_empty());
    let entries = failing
        .iter()
        .map(|id| format!("[[known]]\nid = \"{id}\"\nreason = \"It is old.\"\n"));
    bench.put("known.toml", &entries.collect::<String>());
    let summary = bench
        .crosscheck(&format!("{FAILING} --known known.toml --format json"))
        .ended(0)
        .json();
    assert_eq!(summary["failed"], 0);
    assert_eq!(summary["legs"]["wire"]["known"], Value::from(failing.len()));
}

#[test]
fn one_entry_does_not_hide_what_it_does_not_say() {
    let bench = Bench::empty();
    let other = ALL.replace("reason", "assertion = \"no.such.field\"\nreason");
    bench.put("known.toml", &other);
    let ran = bench
        .crosscheck(&format!("{FAILING} --known known.toml"))
        .ended(1);
    assert!(
        ran.out.contains("out-of-date known failure  known.toml"),
        "{ran:#?}"
    );
    assert!(ran.out.contains("▲"), "{ran:#?}");
}

/// An adapter whose policies grant no methods, for a subject that fails though nobody asked it to.
const GRUDGING: &str = r#"
import json, subprocess, sys, os
program = os.environ["REFERENCE"]
reference = subprocess.Popen([program, "adapter", "reference"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for line in sys.stdin:
    message = json.loads(line)
    if "policy" in message:
        message["policy"]["methods"] = []
    reference.stdin.write(json.dumps(message) + "\n")
    reference.stdin.flush()
    if message["type"] == "bye":
        break
    sys.stdout.write(reference.stdout.readline())
    sys.stdout.flush()
"#;

/// A folder with that adapter.
fn failing() -> Bench {
    let bench = Bench::empty();
    bench.put("grudging.py", GRUDGING);
    let manifest = "name = \"grudging\"\ncommand = [\"python3\", \"grudging.py\"]\n";
    bench.put("adapter.toml", manifest);
    bench
}

/// Runs the adapter of [`failing`], with further words.
fn run(bench: &Bench, more: &str) -> crate::binary::Ran {
    let line =
        format!("run --adapter . --leg wire --only server/preflight-methods/* --out out {more}");
    bench.crosscheck_with(&line, &[("REFERENCE", crate::binary::PROGRAM)])
}

#[test]
fn a_template_in_which_somebody_wrote_stays() {
    let bench = failing();
    run(&bench, "")
        .ended(1)
        .told(&["put reasons into out/known-template.toml"]);
    let template = bench.read("out/known-template.toml");
    run(&bench, "").ended(1);
    assert_eq!(bench.read("out/known-template.toml"), template);
    assert!(!bench.path().join("out/known-template-2.toml").exists());
    let filled = template.replace("reason = \"\"", "reason = \"Six weeks of reasons.\"");
    assert_ne!(template, filled);
    bench.put("out/known-template.toml", &filled);
    // It excuses everything, so that there is nothing to write.
    run(&bench, "--known out/known-template.toml").ended(0);
    assert_eq!(bench.read("out/known-template.toml"), filled);
    let ran = run(&bench, "").ended(1);
    ran.told(&["put reasons into out/known-template-2.toml"]);
    assert_eq!(bench.read("out/known-template.toml"), filled);
    assert_eq!(bench.read("out/known-template-2.toml"), template);
    // Nobody wrote in the second one.
    run(&bench, "--known ./out/../out/known-template.toml").ended(0);
    assert_eq!(bench.read("out/known-template.toml"), filled);
    assert!(!bench.path().join("out/known-template-2.toml").exists());
}
