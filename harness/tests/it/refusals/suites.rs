//! Suites that are not sound.

use rstest::rstest;
use serde_json::{Value, json};

use crate::binary::{Bench, OWN, OWN_ID, Ran, own, own_with};

/// That `run` and `lint` both refuse the suite of `bench`, with the same words.
#[track_caller]
fn refused(bench: &Bench, parts: &[&str]) {
    bench.run("").refused(parts);
    bench
        .crosscheck("vectors lint --vectors suite")
        .refused(parts);
    assert!(!bench.path().join("out/results.json").exists());
}

#[rstest]
#[case::unknown_field("/knid", json!(1), "vectors[0].knid", "unknown field `knid`")]
#[case::unknown_in_client("/steps/0/client/orign", json!(1), "vectors[0].steps[0].client.orign", "unknown field")]
#[case::unknown_in_expect("/steps/0/expect/staus", json!(1), "vectors[0].steps[0].expect.staus", "unknown field")]
#[case::unknown_in_request("/steps/0/expect/requests/0/x", json!(1), "requests[0].x", "unknown field `x`")]
#[case::unknown_in_script("/script/0/stats", json!(1), "vectors[0].script[0].stats", "unknown field")]
#[case::outcome("/steps/0/expect/outcome", json!("legible"), "steps[0].expect.outcome", "unknown variant `legible`, expected one of")]
#[case::a_number_for_a_name("/name", json!(7), "vectors[0].name", "expected a string")]
#[case::path_for_a_name("/name", json!("../../etc/passwd"), "vectors[0].name", "is not an id: use lower-case words")]
#[case::requirement("/requirements/0", json!("fetch/cors-check/made-up"), OWN_ID, "`fetch/cors-check/made-up`, which is not in `requirements.json`")]
#[case::no_requirement("/requirements", json!([]), OWN_ID, "name the rows of `requirements.json`")]
#[case::flag("/flags", json!(["made-up"]), OWN_ID, "`flags` names `made-up`, which is not in `flags.json`")]
#[case::dependency("/depends_on", json!(["browser/cors-check/own/other"]), OWN_ID, "which does not exist")]
#[case::role("/steps/0/client/origin", json!("{allowed_origin}"), OWN_ID, "needs a policy; write the literal value")]
#[case::two_sides("/policy", json!("single-origin"), OWN_ID, "has both `policy` and `script`")]
fn a_field_that_is_wrong(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] place: &str,
    #[case] message: &str,
) {
    refused(
        &Bench::with(&own_with(pointer, value)),
        &["1 problem in the vectors", OWN, place, message],
    );
}

#[test]
fn json_that_is_cut_off() {
    let bench = Bench::empty();
    let whole = own().to_string();
    bench.put(&format!("suite/{OWN}"), &whole[..whole.len() / 2]);
    refused(&bench, &[OWN, "EOF while parsing", "line 1 column"]);
}

#[test]
fn all_problems_are_told_at_once() {
    let bench = Bench::with(&own_with("/why", json!("No full stop")));
    bench.put("suite/browser/cors-check/other.json", "{");
    bench.put("suite/server/third.json", "[]");
    let ran = bench.run("");
    ran.refused(&[
        "2 problems",
        "browser/cors-check/other.json",
        "EOF while parsing",
        "server/third.json: line 1: an object `{…}` is expected here, not a list",
    ]);
}

#[test]
fn the_oracle_has_the_last_word_before_anything_is_sent() {
    let denied = json!({
        "outcome": "network-error", "reason": "cors-check/missing-origin",
        "requests": [{ "method": "GET" }]
    });
    let bench = Bench::with(&own_with("/steps/0/expect", denied));
    refused(
        &bench,
        &[
            "the oracle disagrees with 1 vector",
            OWN_ID,
            "steps[0].expect.outcome: the vector says network-error, the oracle readable",
        ],
    );
    assert!(!bench.path().join("out").exists(), "nothing was started");
}

#[test]
fn a_folder_without_suite_files() {
    let bench = Bench::empty();
    bench.put("suite/notes.json", "{}");
    refused(
        &bench,
        &[
            "`suite` holds no suite file",
            "expected `server/TOPIC.json`",
        ],
    );
    Bench::empty()
        .run("")
        .refused(&["cannot read `suite`", "No such file"]);
}

#[test]
fn markup_in_a_vector_is_text_in_the_report() {
    let evil = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let mut file = own_with("/title", json!(format!("{evil}.")));
    file["title"] = json!(evil);
    file["about"] = json!(evil);
    file["vectors"][0]["why"] = json!(format!("{evil}."));
    file["vectors"][0]["script"][0]["headers"] = json!([
        ["Access-Control-Allow-Origin", "https://app.example"],
        ["X-Evil", evil]
    ]);
    file["vectors"][0]["script"][0]["body"] = json!(evil);
    let bench = Bench::with(&file);
    let Ran { out, .. } = bench.run("").ended(0);
    assert!(!out.contains('\x1b'));
    let mut n_pages = 0;
    for page in super::commands::pages(&bench.path().join("out")) {
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(!text.contains("<script>alert"), "{}", page.display());
        assert!(!text.contains("<img src=x"), "{}", page.display());
        n_pages += usize::from(
            text.contains("&#60;script&#62;alert") || text.contains("&lt;script&gt;alert"),
        );
    }
    assert!(n_pages > 0, "the title is on no page");
}
