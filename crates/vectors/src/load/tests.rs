use std::collections::BTreeSet;

use rstest::rstest;

use super::{Files, LoadError, Problem, Suite, embedded_files};
use crate::{coverage::Coverage, schema, vector::PolicySource};

const GOOD: &str = r#"{"title":"t","about":"a","vectors":[{"name":"one","title":"It is.","why":"So.",
    "kind":"required","requirements":["fetch/cors-check/missing-acao"],"script":[{}],
    "steps":[{"client":{"origin":"https://a.example"},
              "expect":{"outcome":"network-error","reason":"cors-check/missing-origin","requests":[]}}]}]}"#;

fn problems(place: &str, content: &str) -> Vec<Problem> {
    let mut files: Files = embedded_files();
    files.retain(|place, _| !place.starts_with("server/") && !place.starts_with("browser/"));
    files.insert(place.to_owned(), content.as_bytes().to_vec());
    match Suite::parse(&files) {
        Ok(_) => Vec::new(),
        Err(LoadError::Problems(problems)) => problems,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_sound_file_is_read() {
    assert_eq!(problems("browser/cors-check/x.json", GOOD), []);
}

#[rstest]
#[case::unknown_field(
    "\"kind\"",
    "\"knid\":1,\"kind\"",
    "vectors[0].knid",
    "unknown field `knid`"
)]
#[case::unknown_nested_field(
    "\"origin\":",
    "\"orign\":1,\"origin\":",
    "vectors[0].steps[0].client.orign",
    "unknown field"
)]
#[case::unknown_kind("required\"", "vital\"", "vectors[0].kind", "unknown variant `vital`")]
#[case::unknown_row(
    "missing-acao",
    "missing-acoa",
    "browser/cors-check/x/one",
    "not in `requirements.json`"
)]
#[case::unknown_reason(
    "missing-origin",
    "no-origin",
    "browser/cors-check/x/one",
    "no failure name"
)]
#[case::no_reason(
    "\"reason\":\"cors-check/missing-origin\",",
    "",
    "browser/cors-check/x/one",
    "needs a `reason`"
)]
#[case::name("\"one\"", "\"One\"", "vectors[0].name", "is not an id")]
#[case::no_script(
    "\"script\":[{}],",
    "",
    "browser/cors-check/x/one",
    "neither `policy` nor `script`"
)]
#[case::role(
    "https://a.example",
    "{allowed_origin}",
    "browser/cors-check/x/one",
    "needs a policy"
)]
#[case::sentence("It is.", "It is", "browser/cors-check/x/one", "is not a sentence")]
#[case::status(
    "[{}]",
    "[{\"status\":99}]",
    "browser/cors-check/x/one",
    "not three digits"
)]
#[case::truncated(
    "}]}]}",
    "",
    "line 4 column",
    "this is no JSON: EOF while parsing an object"
)]
#[case::empty(GOOD, "", "line 1 column 0", "this is no JSON: EOF")]
#[case::list(GOOD, "\n[]", "line 1", "an object `{…}` is expected here, not a list")]
#[case::list_inside(
    "\"steps\":[{",
    "\"steps\":[[],{",
    "vectors[0].steps[0]",
    "an object `{…}` is expected here, not a list, at line 3 column"
)]
#[case::string(GOOD, "\"t\"", "line 1 column 3", "expected struct SuiteFile")]
#[case::more(
    "]}]}",
    "]}]} {}",
    "line 4 column",
    "this is no JSON: trailing characters"
)]
#[case::foreign_field(
    "\"origin\":",
    "\"crossorigin\":\"\",\"origin\":",
    "browser/cors-check/x/one",
    "`client.crossorigin` says nothing"
)]
#[case::foreign_method(
    "\"origin\":",
    "\"api\":\"img\",\"method\":\"PUT\",\"origin\":",
    "browser/cors-check/x/one",
    "`client.method` says nothing"
)]
#[case::element_in_a_worker(
    "\"origin\":",
    "\"api\":\"img\",\"context\":\"worker\",\"origin\":",
    "browser/cors-check/x/one",
    "no such `api` in this `context`"
)]
#[case::import_in_a_page(
    "\"origin\":",
    "\"api\":\"import-scripts\",\"origin\":",
    "browser/cors-check/x/one",
    "no such `api` in this `context`"
)]
#[case::origin_of_a_data_url(
    "\"origin\":",
    "\"context\":\"data-frame\",\"origin\":",
    "browser/cors-check/x/one",
    "has the `origin` `null`"
)]
#[case::origin_to_inherit(
    "\"origin\":\"https://a.example\"",
    "\"context\":\"blob-frame\",\"origin\":\"null\"",
    "browser/cors-check/x/one",
    "needs an `origin`"
)]
#[case::two_places_at_once(
    "\"origin\":",
    "\"context\":\"worker\",\"service_worker\":\"answers\",\"origin\":",
    "browser/cors-check/x/one",
    "only one of"
)]
#[case::service_worker_of_nobody(
    "\"origin\":\"https://a.example\"",
    "\"service_worker\":\"answers\",\"origin\":\"null\"",
    "browser/cors-check/x/one",
    "has no `service_worker`"
)]
#[case::two_addresses(
    "\"origin\":",
    "\"url\":\"/x\",\"blob\":{\"content_type\":\"\",\"text\":\"\"},\"origin\":",
    "browser/cors-check/x/one",
    "takes the place of"
)]
#[case::empty_form(
    "\"origin\":",
    "\"api\":\"form\",\"origin\":",
    "browser/cors-check/x/one",
    "a form needs a `body`"
)]
fn a_problem_has_its_place(
    #[case] from: &str,
    #[case] to: &str,
    #[case] place: &str,
    #[case] message: &str,
) {
    let found = problems("browser/cors-check/x.json", &GOOD.replacen(from, to, 1));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].file, "browser/cors-check/x.json");
    assert!(found[0].place.starts_with(place), "{found:?}");
    assert!(found[0].message.contains(message), "{found:?}");
}

#[rstest]
#[case::sound(r#""policy":"single-origin""#, 2, "", None)]
#[case::one_visit(r#""policy":"single-origin""#, 1, "", Some("at least two steps"))]
#[case::handled(
    r#""policy":"single-origin""#,
    2,
    r#","handled":true"#,
    Some("`handled` cannot be told")
)]
#[case::script(r#""script":[{}]"#, 2, "", Some("it needs a `policy`"))]
fn visits_through_a_cache(
    #[case] server: &str,
    #[case] n_steps: usize,
    #[case] more: &str,
    #[case] message: Option<&str>,
) {
    let step = format!(
        r#"{{"client":{{"origin":"https://app.example"}},"expect":{{"outcome":"readable","status":200,
            "requests":[{{"method":"GET"{more}}}]}}}}"#
    );
    let file = format!(
        r#"{{"title":"t","about":"a","vectors":[{{"name":"one","title":"It is.","why":"So.",
            "kind":"required","requirements":["fetch/cors-check/missing-acao"],
            "through":"shared-cache",{server},"steps":[{}]}}]}}"#,
        vec![step; n_steps].join(",")
    );
    let folder = if message.is_some_and(|message| message.contains("policy")) {
        "browser/cors-check"
    } else {
        "server"
    };
    let found = problems(&format!("{folder}/x.json"), &file);
    let found: Vec<_> = found.iter().map(|problem| &*problem.message).collect();
    assert_eq!(found.len(), usize::from(message.is_some()), "{found:?}");
    assert!(
        found
            .iter()
            .all(|problem| problem.contains(message.unwrap_or_default())),
        "{found:?}"
    );
}

#[test]
fn all_problems_are_told_at_once() {
    let two = GOOD
        .replace("missing-acao", "nothing")
        .replace("It is.", "It is");
    assert_eq!(problems("browser/cors-check/x.json", &two).len(), 2);
}

#[test]
fn a_vector_may_not_depend_on_itself() {
    let looped = GOOD.replace(
        "\"script\"",
        "\"depends_on\":[\"browser/cors-check/x/one\"],\"script\"",
    );
    let found = problems("browser/cors-check/x.json", &looped);
    assert!(
        found
            .iter()
            .any(|problem| problem.message.contains("leads back")),
        "{found:?}"
    );
}

#[test]
fn the_embedded_suite_is_sound_and_uses_all_its_policies() {
    let suite = match Suite::embedded() {
        Ok(suite) => suite,
        Err(LoadError::Problems(problems)) => {
            panic!(
                "{}",
                problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("\n")
            )
        }
        Err(other) => panic!("{other}"),
    };
    let used: BTreeSet<_> = suite
        .vectors
        .values()
        .filter_map(|vector| match &vector.policy {
            Some(PolicySource::Suite(name)) => Some(name),
            _ => None,
        })
        .collect();
    let unused: Vec<_> = suite
        .policies
        .keys()
        .filter(|name| !used.contains(name))
        .collect();
    assert!(unused.is_empty(), "no vector uses {unused:?}");
}

#[test]
fn every_claim_is_shown() {
    let coverage = Coverage::of(&Suite::embedded().unwrap());
    assert_eq!(coverage.unproven().collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn every_suite_file_obeys_the_published_schema() {
    let files = embedded_files();
    let published = &files["vector.schema.json"];
    assert_eq!(
        String::from_utf8_lossy(published),
        schema::schema(),
        "`vectors/vector.schema.json` is stale; run `./justw schema`"
    );
    let validator = jsonschema::validator_for(&serde_json::from_slice(published).unwrap()).unwrap();
    for (place, content) in &files {
        if place.starts_with("server/") || place.starts_with("browser/") {
            let errors: Vec<_> = validator
                .iter_errors(&serde_json::from_slice(content).unwrap())
                .map(|error| format!("{place}: {}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }
}
