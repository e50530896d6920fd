//! Servers judged through adapters: well-behaved ones, and those that hang, die, lie and print.

mod answers;
mod connections;
#[cfg(target_os = "linux")]
mod left;
mod lies;
mod manifest;
mod mouth;
mod schema;

use std::{process::Command, time::Instant};

use rstest::rstest;
use serde_json::{Value, json};

use crate::binary::{Bench, PROGRAM, Ran};

/// A few vectors that any server under a policy can be asked.
const FEW: &str = "--only server/grant/*";

/// A folder with an adapter that runs `script` with `sh`; `$REFERENCE` is the reference server's own.
fn bench(script: &str) -> Bench {
    let bench = Bench::empty();
    bench.put(
        "adapter/adapter.toml",
        "name = \"test\"\ncommand = [\"sh\", \"adapter.sh\"]\n",
    );
    let script = format!("REFERENCE=\"{PROGRAM} adapter reference\"\n{script}\n");
    bench.put("adapter/adapter.sh", &script);
    bench
}

impl Bench {
    /// Replays vectors on the wire through the adapter.
    fn judge(&self, line: &str) -> Ran {
        self.crosscheck(&format!(
            "run --adapter adapter --leg wire --out out --timeout 1 {line}"
        ))
    }

    /// Checks the adapter.
    fn check(&self, line: &str) -> Ran {
        self.crosscheck(&format!("adapter check adapter --timeout 1 {line}"))
    }
}

/// How many vectors came to `verdict` on `leg`.
fn count(summary: &Value, leg: &str, verdict: &str) -> u64 {
    summary["legs"][leg][verdict].as_u64().unwrap()
}

#[test]
fn it_is_said_that_a_sound_server_refuses_a_policy() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/adapters/template/python.toml");
    let only = "server/refused-policies/http-with-credentials";
    let line = format!("run --adapter {template} --leg wire --only {only} --out out");
    let ran = Bench::empty().crosscheck(&line).ended(0);
    let told = "wire: the server took a policy that a sound one refuses; refusing it passes. \
                Why: whoever is on the path to `http://legacy.example` could act as the user";
    assert!(ran.out.contains(told), "{ran:#?}");
}

#[test]
fn a_sound_server_passes_all_that_judges_servers() {
    let bench = bench("exec $REFERENCE");
    let ran = bench.judge("--format json").ended(0);
    let summary = ran.json();
    assert_eq!(summary["subject"], "reference");
    assert_eq!(count(&summary, "wire", "passed"), summary["vectors"]);
    let judged = summary["vectors"].as_u64().unwrap();
    assert!(judged > 200, "{judged} vectors judge servers");
    let page = bench.read("out/index.html");
    assert!(page.contains("rust"), "the report says who was judged");
    assert!(!ran.err.contains("warning"), "{ran:#?}");
}

#[test]
fn browsers_meet_it_through_the_stage() {
    let bench = bench("exec $REFERENCE");
    let ran = bench.crosscheck(
        "run --adapter adapter --leg chromium --out out --format json --only server/grant/* \
         --only server/redirects/* --only server/errors/* --only server/credentials/* \
         --only server/classify/*",
    );
    let summary = ran.ended(0).json();
    let passed = count(&summary, "chromium", "passed");
    assert_eq!(count(&summary, "chromium", "failed"), 0, "{summary:#}");
    assert!(passed > 20, "{summary:#}");
}

#[test]
fn a_fault_is_found_through_an_adapter_too() {
    let bench = bench("exec $REFERENCE --fault reflect-origin");
    let ran = bench.judge("--only server/deny/* --format json").ended(1);
    ran.told(&["warning: an origin that the policy does not list is granted"]);
    assert!(ran.json()["over_grants"].as_u64().unwrap() > 0, "{ran:#?}");
    bench.check("").ended(1);
}

#[test]
fn one_instance_at_a_time_is_enough() {
    let one = r#"s/"concurrent_instances":[0-9]*/"concurrent_instances":1/"#;
    let bench = bench(&format!("$REFERENCE | sed -u '{one}'"));
    let summary = bench.judge("--format json").ended(0).json();
    assert_eq!(count(&summary, "wire", "passed"), summary["vectors"]);
}

#[test]
fn a_program_may_serve_once_in_its_life() {
    let bench = bench(
        "echo started >> starts\n$REFERENCE | sed -u 's/\"one_shot\":false/\"one_shot\":true/'",
    );
    let summary = bench
        .judge("--only server/deny/* --format json")
        .ended(0)
        .json();
    assert_eq!(count(&summary, "wire", "passed"), summary["vectors"]);
    let n_starts = bench.read("adapter/starts").lines().count();
    assert!(n_starts > 2, "it was started {n_starts} times");
    bench.check("").ended(0);
}

#[test]
fn what_it_does_not_support_is_not_applicable() {
    let without = r#"s/"methods.any",//; s/"routes.panic",//; s/"unsupported":{}/"unsupported":{"methods.any":"no such option"}/"#;
    let bench = bench(&format!("$REFERENCE | sed -u '{without}'"));
    let summary = bench.judge("--format json").ended(0).json();
    let skipped = count(&summary, "wire", "not_applicable");
    assert!(skipped > 3, "{skipped} vectors need what is not there");
    let results = bench.read("out/results.json");
    for why in [
        "the subject does not support `methods.any`: no such option",
        "the subject does not support `routes.panic`: it is not among its capabilities",
    ] {
        assert!(results.contains(why), "{why}");
    }
}

#[test]
fn a_refusal_is_a_result() {
    // Nothing that the reference server takes is refused, but what cannot be meant is.
    let bench = bench("exec $REFERENCE");
    let summary = bench
        .judge("--only server/refused-policies/* --format json")
        .ended(0)
        .json();
    assert_eq!(count(&summary, "wire", "passed"), summary["vectors"]);
    let results = bench.read("out/results.json");
    assert!(results.contains("refused to be configured so"));
}

#[test]
fn a_refusal_of_a_sound_policy_withholds_what_was_asked_for() {
    let refusal =
        r#"s/"type":"ready","id":\([0-9]*\),.*/"type":"refused","id":\1,"reason":"not today"}/"#;
    // The check needs an answer to its own two origins, so only later ones are refused.
    let bench = bench(&format!("$REFERENCE | sed -u '7,99{{{refusal}}}'"));
    let ran = bench.judge(&format!("{FEW} --format json")).ended(1);
    let summary = ran.json();
    assert!(summary["under_grants"].as_u64().unwrap() > 0, "{summary:#}");
    assert!(
        bench
            .read("out/results.json")
            .contains("it refused: not today")
    );
}

#[rstest]
#[case::error(r#"{"type":"error","id":\1,"message":"no such file"}"#, "no such file")]
#[case::undeclared(
    r#"{"type":"unsupported","id":\1,"feature":"magic","reason":"none"}"#,
    "says that `magic` is unsupported, which its hello does not"
)]
fn what_cannot_be_started_is_not_judged(#[case] answer: &str, #[case] why: &str) {
    let instead = format!(r#"s/.*"type":"ready","id":\([0-9]*\),.*/{answer}/"#);
    let bench = bench(&format!("$REFERENCE | sed -u '7,99{{{instead}}}'"));
    let summary = bench.judge(&format!("{FEW} --format json")).ended(2).json();
    assert!(count(&summary, "wire", "setup_error") > 0, "{summary:#}");
    assert_eq!(count(&summary, "wire", "failed"), 0, "{summary:#}");
    assert!(bench.read("out/results.json").contains(why));
}

#[test]
fn nothing_of_an_adapter_stays_behind() {
    // Neither the program nor what it started listens to words or signals.
    let bench = bench(
        "trap '' TERM\necho $$ > program\n(exec sleep 77) &\necho $! > child\n$REFERENCE\n\
         while :; do sleep 1; done",
    );
    let started = Instant::now();
    bench.judge(FEW).ended(0);
    let took = started.elapsed();
    assert!((5..15).contains(&took.as_secs()), "it took {took:?}");
    for file in ["adapter/program", "adapter/child"] {
        let pid = bench.read(file);
        let mut shown = Command::new("ps");
        shown.args(["-o", "stat=", "-p", pid.trim()]);
        let state = String::from_utf8(shown.output().unwrap().stdout).unwrap();
        // What nobody has buried yet is dead all the same.
        let is_dead = state.is_empty() || state.starts_with('Z');
        assert!(is_dead, "{file} still runs ({state})");
    }
}

#[test]
fn its_own_known_failures_are_known() {
    let bench = bench("exec $REFERENCE --fault vary-missing-granted");
    let only = "--only server/vary/granted --format json";
    let failing = bench.judge(only).ended(1).json();
    let id = failing["findings"][0]["id"].as_str().unwrap();
    bench.put(
        "adapter/known.toml",
        &format!("[[known]]\nid = \"{id}\"\nassertion = \"*\"\nreason = \"told so\"\n"),
    );
    let summary = bench.judge(only).ended(0).json();
    assert_eq!(count(&summary, "wire", "known"), 1, "{summary:#}");
}

#[test]
fn its_own_known_failure_that_no_suite_has_is_out_of_date() {
    let bench = bench("exec $REFERENCE");
    let known = "[[known]]\nid = \"server/vary/grantde\"\nreason = \"told so\"\n";
    bench.put("adapter/known.toml", known);
    let ran = bench.judge("--only server/vary/granted").ended(1);
    assert!(ran.out.contains("it fits no vector"), "{ran:#?}");
}

#[test]
fn its_own_known_failure_may_be_about_vectors_that_another_suite_lacks() {
    let bench = bench("exec $REFERENCE");
    let known = "[[known]]\nid = \"server/vary/granted\"\nreason = \"told so\"\n";
    bench.put("adapter/known.toml", known);
    let own = json!({
        "title": "Own", "about": "A suite of one's own.",
        "vectors": [{
            "name": "granted", "title": "A listed origin reads.", "why": "It is listed.",
            "kind": "required", "requirements": ["server/actual/allowed-origin-echoed"],
            "policy": "two-origins",
            "steps": [{
                "client": { "origin": "{allowed_origin}" },
                "expect": {
                    "outcome": "readable", "status": 200,
                    "requests": [{ "method": "GET", "headers": [["Origin", "{allowed_origin}"]] }]
                }
            }]
        }]
    });
    bench.put("own/server/own.json", &own.to_string());
    bench.judge("--vectors own").ended(0);
}
