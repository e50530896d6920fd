//! Vectors that are made up: what they say, what they find, and what is left of what fails.

mod shrink;

use std::collections::BTreeMap;

use crosscheck_harness::craft::generate::{Law, Source, fit::Fit, origin_of};
use crosscheck_replay::{agree::agree, case::cases};
use crosscheck_vectors::{
    client::{Api, Client, Credentials},
    expect::StepOutcome,
    load::{BesideEmbedded, Suite},
    policy::{Listing, Policy},
    vector::{Kind, Vector},
};
use rstest::rstest;
use serde_json::Value;

use crate::binary::{Bench, Ran};

/// An adapter that needs nothing installed.
const ADAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/adapters/template/python.toml");

fn source(seed: u64) -> Source {
    Source {
        seed,
        fit: Fit::default(),
    }
}

fn suite(source: &Source, n: u32) -> Suite {
    Suite::of(source.files(n), BesideEmbedded::No).unwrap()
}

#[test]
fn the_same_seed_makes_the_same_vectors() {
    assert_eq!(source(1).files(60), source(1).files(60));
    assert_ne!(source(1).files(60), source(2).files(60));
    let (few, many) = (suite(&source(1), 20), suite(&source(1), 60));
    for (id, vector) in &few.vectors {
        assert_eq!(
            many.vectors[id], *vector,
            "the number of others changes {id}"
        );
    }
}

#[test]
fn every_law_has_its_turn() {
    let mut turns: BTreeMap<Law, usize> = BTreeMap::new();
    for id in suite(&source(1), 60).vectors.keys() {
        let (law, _) = origin_of(id).unwrap();
        *turns.entry(law).or_default() += 1;
    }
    assert_eq!(turns, Law::ALL.map(|law| (law, 10)).into());
}

#[test]
fn they_obey_the_rules_of_suites_and_the_oracle_agrees() {
    for seed in 0..4 {
        let suite = suite(&source(seed), 300);
        assert_eq!(suite.vectors.len(), 300);
        agree(&cases(&suite, None)).unwrap();
    }
}

/// What is written down is what the operator means, read off the policy without any server.
#[test]
fn they_say_what_the_policy_means() {
    let (mut n_granted, mut n_withheld) = (0, 0);
    for vector in suite(&source(5), 600).vectors.values() {
        let policy = policy(vector);
        for step in &vector.steps {
            if step.client.api == Api::Raw {
                assert_eq!(vector.kind, Kind::Recommended);
                continue;
            }
            let granted = means(&policy, &step.client);
            let expected = if granted {
                n_granted += 1;
                StepOutcome::Readable
            } else {
                n_withheld += 1;
                StepOutcome::NetworkError
            };
            assert_eq!(
                step.expect.outcome, expected,
                "{policy:?} {:?}",
                step.client
            );
        }
    }
    assert!(
        n_granted > 300 && n_withheld > 300,
        "{n_granted} {n_withheld}"
    );
}

fn policy(vector: &Vector) -> Policy {
    let json = serde_json::to_value(&vector.policy).unwrap();
    serde_json::from_value(json).unwrap()
}

fn means(policy: &Policy, client: &Client) -> bool {
    let listed = |list: &Listing<String>, is: &dyn Fn(&str) -> bool| {
        list.is_any() || list.listed().iter().any(|item| is(item))
    };
    let method = client.method.to_text();
    let mut headers = client.headers.iter();
    policy.origins.means(client.origin.as_deref().unwrap())
        && (client.credentials != Credentials::Include || policy.credentials)
        && (method == "GET" || listed(&policy.methods, &|item| item == method))
        && headers.all(|(name, _)| {
            listed(&policy.request_headers, &|item| {
                item.eq_ignore_ascii_case(&name.to_text())
            })
        })
}

#[test]
fn a_subject_is_asked_for_nothing_that_it_cannot_express() {
    let can = ["origins.list", "methods.list", "credentials"];
    let source = Source {
        seed: 1,
        fit: Fit::of(|feature| can.contains(&feature)),
    };
    let suite = suite(&source, 120);
    assert!(suite.vectors.len() > 90, "{}", suite.vectors.len());
    for vector in suite.vectors.values() {
        for feature in policy(vector).capabilities() {
            assert!(can.contains(&feature.word()), "{feature:?}");
        }
    }
}

/// Runs with made-up vectors on the wire, one after the other: a fault may consist in remembering.
fn run(bench: &Bench, line: &str) -> Ran {
    bench.crosscheck(&format!(
        "run --leg wire --jobs 1 --out out --output json {line}"
    ))
}

#[test]
fn a_sound_server_passes() {
    let bench = Bench::empty();
    let ran = run(&bench, "--generate 200 --seed 3 --format json").ended(0);
    let summary = ran.json();
    assert_eq!(summary["legs"]["wire"]["passed"], 200, "{summary:#}");
    assert_eq!(summary["minimal"], Value::Array(Vec::new()));
    assert_eq!(summary["generated"]["seed"], 3);
}

#[test]
fn a_sound_adapter_passes() {
    let line = format!("--adapter {ADAPTER} --generate 200 --seed 3 --format json");
    let summary = run(&Bench::empty(), &line).ended(0).json();
    assert_eq!(summary["failed"], 0, "{summary:#}");
    assert!(summary["vectors"].as_u64().unwrap() > 150, "{summary:#}");
    assert_eq!(summary["not_applicable"], 0, "{summary:#}");
}

#[rstest]
#[case::suffix("suffix-match", "failed-over-grant", 1)]
#[case::prefix("prefix-match", "failed-over-grant", 1)]
#[case::dot("unescaped-dot", "failed-over-grant", 1)]
#[case::substring("substring-match", "failed-over-grant", 1)]
#[case::port("port-blind", "failed-over-grant", 1)]
#[case::scheme("scheme-blind", "failed-over-grant", 1)]
#[case::null("null-trusted", "failed-over-grant", 1)]
#[case::pattern("pattern-crosses-labels", "failed-over-grant", 1)]
#[case::first("allow-origin-first-listed", "failed-under-grant", 1)]
#[case::memory("cached-decision", "failed-under-grant", 2)]
#[case::method("method-case-ignored", "recommended-missed", 1)]
#[case::upper("method-upper-cased", "recommended-missed", 1)]
#[case::expose("expose-missing", "failed-under-grant", 1)]
#[case::lines("header-first-line-only", "recommended-missed", 1)]
#[case::header("header-case-sensitive", "failed-under-grant", 1)]
#[case::credentials("credentials-missing-on-actual", "failed-under-grant", 1)]
fn a_fault_is_found_and_made_small(
    #[case] fault: &str,
    #[case] verdict: &str,
    #[case] n_steps: usize,
) {
    let bench = Bench::empty();
    let line = format!("--fault {fault} --generate 240 --seed 1 --format json");
    let summary = run(&bench, &line).ended(1).json();
    let found = summary["findings"].as_array().unwrap();
    assert!(found.iter().any(|finding| finding["verdict"] == verdict));
    let minimal = summary["minimal"].as_array().unwrap();
    let is_small = |vector: &Value| {
        let n = |field: &str| vector["policy"][field].as_array().map_or(9, Vec::len);
        let steps = vector["steps"].as_array().unwrap().len();
        steps <= n_steps && n("origins") <= 2 && n("methods") + n("response_headers") <= 1
    };
    assert!(minimal.iter().any(is_small), "{minimal:#?}");

    // The same again, byte for byte.
    let saved = bench.read("out/generated/server/minimal.json");
    run(&bench, &line).ended(1);
    assert_eq!(bench.read("out/generated/server/minimal.json"), saved);

    // It can be taken along.
    bench
        .crosscheck("vectors lint --vectors out/generated")
        .ended(0);
    let line = format!("--fault {fault} --vectors out/generated --format json");
    let again = run(&bench, &line).ended(1).json();
    let fails = again["findings"].as_array().unwrap();
    assert!(!fails.is_empty(), "{again:#}");
}

#[test]
fn a_suffix_match_at_the_terminal() {
    let bench = Bench::empty();
    let ran = run(&bench, "--fault suffix-match --generate 50 --seed 1").ended(1);
    let (_, small) = ran.out.split_once("made up by ").unwrap();
    insta::assert_snapshot!(small);
}

#[test]
fn a_seed_that_nobody_gave_is_told() {
    let bench = Bench::empty();
    let ran = run(&bench, "--generate 6").ended(0);
    let (_, told) = ran
        .out
        .split_once("made up by --generate 6 --seed ")
        .unwrap();
    let seed = told.trim();
    let summary = run(&bench, &format!("--generate 6 --seed {seed} --format json"));
    assert_eq!(
        summary.ended(0).json()["generated"]["seed"].to_string(),
        seed
    );
}

#[test]
fn what_an_earlier_run_left_is_removed() {
    let bench = Bench::empty();
    run(&bench, "--fault reflect-origin --generate 12 --seed 1").ended(1);
    assert!(bench.path().join("out/generated").exists());
    run(&bench, "--generate 12 --seed 1").ended(0);
    assert!(!bench.path().join("out/generated").exists());
}

#[test]
fn the_embedded_vectors_can_come_along() {
    let line = "--generate 6 --seed 1 --and-embedded --only server/generated-* --only server/grant/* \
                --format json";
    let summary = run(&Bench::empty(), line).ended(0).json();
    assert!(summary["vectors"].as_u64().unwrap() > 10, "{summary:#}");
}

#[test]
fn an_interrupted_run_goes_on_with_its_seed() {
    let bench = Bench::empty();
    run(&bench, "--generate 6 --seed 1").ended(0);
    run(&bench, "--generate 6 --seed 1 --resume").ended(0);
    run(&bench, "--generate 6 --seed 2 --resume").refused(&["is of another run"]);
    run(&bench, "--generate 6 --resume")
        .refused(&["`--resume` needs the `--seed` of the run that was interrupted"]);
}

#[rstest]
#[case::none("--generate 0", "0 is not in 1..=100000")]
#[case::no_number("--generate many", "invalid digit found in string")]
#[case::seed_alone("--seed 1", "--generate <N>")]
#[case::bad_seed("--generate 1 --seed -1", "unexpected argument '-1' found")]
#[case::deployed(
    "--generate 1 --url http://localhost:1 --policy p.json",
    "'--generate <N>' cannot be used with '--url <URL>'"
)]
#[case::own("--generate 1 --vectors suite", "cannot be used with")]
#[case::beside_nothing("--and-embedded", "required arguments were not provided")]
fn what_makes_no_sense_is_refused(#[case] line: &str, #[case] why: &str) {
    run(&Bench::empty(), line).refused(&[why]);
}
