use crosscheck_vectors::{
    expect::StepOutcome::{NetworkError, Readable},
    vector::{Kind, VectorId},
};
use rstest::rstest;
use serde_json::json;

use super::{Date, KnownFile, Pattern, apply, template};
use crate::{
    fixture::{leg, mismatch, run, vector},
    leg::Leg,
    mismatch::Effect::{Other, OverGrant},
    overview::VectorVerdict,
    results::StaleEntry,
    verdict::{Owner, Verdict},
};

fn file(entry: &serde_json::Value) -> KnownFile {
    let mut file: KnownFile = serde_json::from_value(json!({ "known": [entry] })).unwrap();
    file.file = "known.toml".to_owned();
    file
}

/// A vector on which only Chromium fails, in two fields, and misses advice.
fn deviating() -> VectorVerdict {
    let mismatches = vec![
        mismatch("outcome", Kind::Required, OverGrant),
        mismatch("requests[0].method", Kind::Required, Other),
        mismatch("responses[0].lists.vary", Kind::Recommended, Other),
    ];
    let legs = vec![
        leg(Leg::Wire, NetworkError, Vec::new()),
        leg(Leg::browser("chromium"), Readable, mismatches),
    ];
    vector("browser/a/b/one", legs)
}

/// A vector on which only Chromium fails, in one of those fields.
fn deviating_less() -> VectorVerdict {
    let mismatches = vec![mismatch("outcome", Kind::Required, OverGrant)];
    vector(
        "browser/a/b/more",
        vec![leg(Leg::browser("chromium"), Readable, mismatches)],
    )
}

fn passing() -> VectorVerdict {
    let legs = vec![leg(Leg::Wire, NetworkError, Vec::new())];
    vector("browser/a/b/two", legs)
}

fn applied(
    vectors: &mut [VectorVerdict],
    unselected: &[&str],
    entry: &serde_json::Value,
) -> Vec<StaleEntry> {
    let unselected: Vec<_> = unselected
        .iter()
        .map(|id| VectorId::parse(id).unwrap())
        .collect();
    let today = Date::parse("2026-11-22").unwrap();
    apply(&[file(entry)], vectors, &unselected, &today)
}

#[rstest]
#[case::everything(json!({"id": "browser/*", "reason": "r"}))]
#[case::exactly(json!({"id": "browser/a/b/one", "leg": "chromium", "reason": "r"}))]
#[case::several(json!({"id": ["browser/a/b/one", "browser/a/*"], "reason": "r"}))]
#[case::last_day(json!({"id": "*/one", "expires": "2026-11-22", "reason": "r"}))]
fn a_failure_that_is_explained_is_known(#[case] entry: serde_json::Value) {
    let mut vectors = [deviating()];
    assert_eq!(applied(&mut vectors, &[], &entry), []);
    let [vector] = vectors;
    assert_eq!(vector.verdict, Verdict::Known);
    assert_eq!(vector.owner, Owner::Browser);
    assert_eq!(
        vector
            .leg(Leg::browser("chromium"))
            .unwrap()
            .note
            .as_deref(),
        Some("r")
    );
}

#[rstest]
#[case::only_one_field(json!({"id": "*", "assertion": "outcome", "reason": "r"}), 0)]
#[case::brackets_are_no_set(json!({"id": "*", "assertion": "requests[0].*", "reason": "r"}), 0)]
#[case::another_field(json!({"id": "*", "assertion": "status", "reason": "r"}), 1)]
#[case::another_leg(json!({"id": "*", "leg": "wire", "reason": "r"}), 1)]
#[case::another_vector(json!({"id": "browser/a/b", "reason": "r"}), 1)]
#[case::expired(json!({"id": "*", "expires": "2026-11-21", "reason": "r"}), 1)]
fn a_failure_that_is_not_explained_stays_one(
    #[case] entry: serde_json::Value,
    #[case] n_stale: usize,
) {
    let mut vectors = [deviating()];
    let stale = applied(&mut vectors, &[], &entry);
    assert_eq!(stale.len(), n_stale, "{stale:?}");
    assert_eq!(
        vectors[0].leg(Leg::browser("chromium")).unwrap().verdict,
        Verdict::FailedOverGrant
    );
}

#[test]
fn several_entries_may_explain_one_failure() {
    let mut first = file(&json!({"id": "*", "assertion": "outcome", "reason": "r"}));
    let second = file(&json!({"id": "*", "assertion": "requests*", "reason": "s"}));
    first.entries.extend(second.entries);
    let mut vectors = [deviating()];
    let today = Date::parse("2026-11-22").unwrap();
    assert_eq!(apply(&[first], &mut vectors, &[], &today), []);
    assert_eq!(vectors[0].verdict, Verdict::Known);
}

#[test]
fn advice_may_be_missed_knowingly() {
    let missed = mismatch("responses[0].lists.vary", Kind::Recommended, Other);
    let mut vectors = [vector(
        "server/a/b",
        vec![leg(Leg::Wire, Readable, vec![missed])],
    )];
    assert_eq!(
        applied(&mut vectors, &[], &json!({"id": "server/*", "reason": "r"})),
        []
    );
    assert_eq!(vectors[0].verdict, Verdict::Known);
}

#[test]
fn an_entry_that_no_longer_fails_is_stale_and_the_pass_unexpected() {
    let mut vectors = [deviating(), passing()];
    let stale = applied(
        &mut vectors,
        &[],
        &json!({"id": "browser/a/b/*", "reason": "r"}),
    );
    assert_eq!(stale[0].problem, "no longer fails so: browser/a/b/two");
    assert_eq!(stale[0].file, "known.toml");
    assert_eq!(vectors[0].verdict, Verdict::Known);
    assert_eq!(vectors[1].verdict, Verdict::UnexpectedPass);
}

#[test]
fn an_entry_for_what_was_not_judged_is_not_stale() {
    let mut blocked = passing();
    blocked.legs[0].verdict = Verdict::BlockedBy;
    let mut vectors = [blocked];
    let entry = |id: &str| json!({"id": id, "reason": "r"});
    assert_eq!(applied(&mut vectors, &[], &entry("*/two")), []);
    assert_eq!(
        applied(&mut vectors, &["server/a/b"], &entry("server/*")),
        []
    );
    let stale = applied(&mut vectors, &["server/a/b"], &entry("server/c*"));
    assert_eq!(stale[0].problem, "it fits no vector");
}

#[rstest]
#[case::empty_reason(json!({"id": "*", "reason": " "}), "the reason is empty")]
#[case::no_reason(json!({"id": "*"}), "missing field `reason`")]
#[case::unknown_field(json!({"id": "*", "reason": "r", "until": "x"}), "unknown field `until`")]
#[case::no_day(json!({"id": "*", "reason": "r", "expires": "2026-13-01"}), "`2026-13-01` is not a day")]
#[case::no_link(json!({"id": "*", "reason": "r", "link": "not a link"}), "`not a link` is not a link")]
#[case::link_to_nothing(json!({"id": "*", "reason": "r", "link": "https://"}), "`https://` is not a link")]
#[case::short_day(json!({"id": "*", "reason": "r", "expires": "2026-1-01"}), "YYYY-MM-DD")]
fn a_wrong_entry_is_refused(#[case] entry: serde_json::Value, #[case] message: &str) {
    let error = serde_json::from_value::<KnownFile>(json!({ "known": [entry] })).unwrap_err();
    assert!(error.to_string().contains(message), "{error}");
}

#[rstest]
#[case("requests[1].headers.origin", "requests[1].headers.origin", true)]
#[case("requests[1].headers.origin", "requests1.headers.origin", false)]
#[case("requests[?].*", "requests[1].headers.origin", true)]
#[case("server/*", "server/a/b/c", true)]
#[case("server/*", "xserver/a", false)]
#[case("{a,b}", "a", false)]
fn star_and_question_mark_are_the_only_wild_cards(
    #[case] pattern: &str,
    #[case] text: &str,
    #[case] fits: bool,
) {
    assert_eq!(Pattern::parse(pattern).unwrap().matches(text), fits);
}

#[test]
fn the_template_names_what_fails_and_leaves_the_reason_open() {
    insta::assert_snapshot!(template(&run(vec![deviating(), deviating_less(), passing()])), @r#"
    [[known]]
    id = [
        "browser/a/b/one",
        "browser/a/b/more",
    ]
    assertion = "outcome"
    leg = "chromium"
    reason = ""

    [[known]]
    id = "browser/a/b/one"
    assertion = "requests[0].method"
    leg = "chromium"
    reason = ""
    "#);
}

#[rstest]
#[case::none(json!([]), "an entry names no vector; fill its `id`")]
#[case::number(json!(1), "`id` is a pattern, or a list of patterns")]
fn an_entry_that_names_no_vector_is_refused(#[case] id: serde_json::Value, #[case] says: &str) {
    let written = json!({ "known": [{"id": id, "reason": "r"}] });
    let refused = serde_json::from_value::<KnownFile>(written).unwrap_err();
    assert_eq!(refused.to_string(), says);
}

#[test]
fn each_of_several_ids_must_still_fail() {
    let mut vectors = [deviating(), passing()];
    let entry = json!({"id": ["browser/a/b/one", "browser/a/b/two", "browser/c"], "reason": "r"});
    let stale = applied(&mut vectors, &[], &entry);
    let ids: Vec<_> = stale.iter().map(|stale| stale.id.as_str()).collect();
    assert_eq!(ids, ["browser/a/b/two", "browser/c"]);
}
