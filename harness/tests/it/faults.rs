//! Every fault of the reference server is caught by a whole run, and named.

use std::{collections::BTreeSet, sync::LazyLock, time::Duration};

use crosscheck_harness::{
    craft::selftest::{Catch, Found, selftest},
    run::{Config, LegConfig, ledger::Resume, progress::Progress, run, selection::Selection},
    subject::SubjectConfig,
};
use crosscheck_reference::{fault::Fault, site::Setup};
use crosscheck_report::{
    leg::Leg,
    overview::Overview,
    results::{LegResult, Results},
    summary::summary,
    totals::{Conclusion, Totals},
    verdict::{Owner, Verdict},
};
use crosscheck_vectors::{load::Suite, vector::VectorId};
use rstest::rstest;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::binary::Bench;

/// What the selftest finds, once for all tests.
pub(crate) static FOUND: LazyLock<Found> = LazyLock::new(|| {
    let suite = Suite::embedded().unwrap();
    Runtime::new().unwrap().block_on(selftest(&suite)).unwrap()
});

/// Replays the vectors that fit `only` on the wire, against a server that commits `fault`.
fn run_with(suite: &Suite, fault: Option<Fault>, only: &[String]) -> Overview {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        suite: suite.clone(),
        selection: Selection {
            only: only.to_vec(),
            ..Selection::default()
        },
        subject: SubjectConfig::Reference(Setup {
            fault,
            ..Setup::default()
        }),
        legs: vec![LegConfig::Wire],
        known: Vec::new(),
        // One after the other: a fault may consist in remembering earlier requests.
        jobs: 1,
        patience: Duration::from_secs(10),
        out: folder.path().to_owned(),
        outputs: Vec::new(),
        generated: None,
        own: None,
        resume: Resume::No,
    };
    let runtime = Runtime::new().unwrap();
    runtime
        .block_on(run(&config, &Progress::Quiet))
        .unwrap()
        .overview
}

/// Replays the topics of the vectors that catch `fault`: of the first that name its class, which are the
/// gravest of these, and of all if that takes what others say.
fn run_with_catchers(suite: &Suite, fault: Fault, catch: &Catch) -> Overview {
    let topics_of = |ids: &[VectorId]| ids.iter().map(|id| id.topic().to_owned()).collect();
    let run_topics = |topics: &BTreeSet<String>| {
        let mut suite = suite.clone();
        suite.vectors.retain(|id, _| topics.contains(id.topic()));
        run_with(&suite, Some(fault), &[])
    };
    let results = run_topics(&topics_of(&catch.by[..catch.naming.min(2)]));
    if catch.required && results.conclusion() == Conclusion::AsExpected {
        run_topics(&topics_of(&catch.by))
    } else {
        results
    }
}

/// That a finding names the class of `fault`.
fn assert_named(results: &Overview, fault: Fault) {
    let names = summary(results, None).findings.iter().any(|finding| {
        let counts = finding.verdict.is_failure() || finding.verdict == Verdict::RecommendedMissed;
        counts && finding.flags.iter().any(|flag| flag == fault.flag())
    });
    assert!(names, "{fault}: no finding names `{}`", fault.flag());
}

#[test]
fn the_selftest_misses_nothing() {
    assert_eq!(FOUND.faults, Fault::all().len());
    assert_eq!(FOUND.caught, FOUND.faults);
    assert!(FOUND.missed.is_empty(), "{:?}", FOUND.missed);
    assert!(FOUND.unnoticed.is_empty(), "{:?}", FOUND.unnoticed);
}

#[test]
fn without_a_fault_nothing_is_found() {
    let suite = Suite::embedded().unwrap();
    let results = run_with(&suite, None, &["server/*".to_owned()]);
    assert_eq!(results.conclusion(), Conclusion::AsExpected);
    assert_eq!(summary(&results, None).findings, []);
}

#[test]
fn every_fault_ends_a_run_with_a_mismatch_that_names_it() {
    let suite = Suite::embedded().unwrap();
    for (fault, catch) in Fault::all().iter().zip(&FOUND.catches) {
        assert_eq!(catch.fault, fault.to_string());
        let results = run_with_catchers(&suite, *fault, catch);
        // A fault that only breaks advice fails a run that is told to be strict.
        let conclusion = if catch.required {
            Conclusion::Mismatch
        } else {
            assert!(Totals::of(&results).recommended_missed > 0, "{fault}");
            Conclusion::AsExpected
        };
        assert_eq!(results.conclusion(), conclusion, "{fault}");
        assert_eq!(results.subject.fault.as_deref(), Some(&*fault.to_string()));
        assert_named(&results, *fault);
        let by_server = results.vectors.iter().filter(|v| v.verdict.is_failure());
        for vector in by_server {
            assert_eq!(vector.owner, Owner::Server, "{fault}: {}", vector.id);
        }
    }
}

#[rstest]
#[case::over_grant("prefix-match", "failed-over-grant")]
#[case::under_grant("allow-methods-missing", "failed-under-grant")]
#[case::poisoning("cached-decision", "failed-under-grant")]
#[case::configuration("config-null-with-credentials", "recommended-missed")]
fn the_program_ends_with_1_and_names_the_class(#[case] name: &str, #[case] verdict: &str) {
    let fault: Fault = name.parse().unwrap();
    let bench = Bench::empty();
    let line =
        format!("run --leg wire --jobs 1 --fault {name} --only server/* --out out --format json");
    let summary = bench.crosscheck(&line).ended(1).json();
    let findings = summary["findings"].as_array().unwrap();
    let named = findings.iter().any(|finding| {
        let flags = finding["flags"].as_array().unwrap();
        flags.contains(&Value::from(fault.flag()))
            && finding["verdict"].as_str().unwrap().starts_with(verdict)
    });
    assert!(named, "{summary:#}");
}

#[test]
fn reflecting_any_origin_with_credentials_is_an_over_grant_on_both_legs() {
    let id = over_grant_of_reflection();
    let bench = Bench::empty();
    let line =
        format!("run --fault reflect-origin-with-credentials --only {id} --out out --format json");
    let summary = bench.crosscheck(&line).ended(1).json();
    assert_eq!(summary["over_grants"], 1);
    for leg in ["wire", "chromium"] {
        assert_eq!(summary["legs"][leg]["failed_over_grant"], 1, "{summary:#}");
    }
    let results: Results = serde_json::from_str(&bench.read("out/results.json")).unwrap();
    let [vector] = &*results.vectors else {
        panic!("one vector was selected");
    };
    assert_eq!(vector.owner, Owner::Server);
    let [wire, chromium] =
        [Leg::Wire, Leg::browser("chromium")].map(|leg| vector.leg(leg).unwrap());
    let outcomes = |leg: &LegResult| leg.observations.last().unwrap().outcome;
    assert_eq!(outcomes(wire), outcomes(chromium), "wire and browser agree");
}

/// A vector in which a page gets to read what is kept from it if every origin is reflected.
fn over_grant_of_reflection() -> String {
    let suite = Suite::embedded().unwrap();
    let fault = Fault::ReflectOriginWithCredentials;
    let by = &FOUND
        .catches
        .iter()
        .find(|catch| catch.fault == fault.to_string())
        .unwrap()
        .by;
    let only: Vec<_> = by.iter().map(ToString::to_string).collect();
    let results = run_with(&suite, Some(fault), &only);
    let reads = results.vectors.iter().find(|vector| {
        let mismatches = &vector.leg(Leg::Wire).unwrap().mismatches;
        vector.verdict == Verdict::FailedOverGrant
            && mismatches
                .iter()
                .any(|mismatch| mismatch.field == "outcome")
    });
    reads.expect("some page reads too much").id.to_string()
}
