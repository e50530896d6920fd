//! The suite, tested by itself: nothing in a vector is there for nothing.

use std::collections::BTreeMap;

use crosscheck_harness::craft::selftest::flips;
use crosscheck_replay::{
    agree::{agree, prediction},
    case::cases,
};
use crosscheck_vectors::load::{Files, LoadError, Problem, Suite, embedded_files};
use serde_json::{Map, Value, json};

/// A suite of one vector, with no more around it than it needs.
struct Small {
    files: Files,
    place: String,
    file: Value,
}

#[test]
fn every_expectation_is_noticed_when_it_is_turned_round() {
    let suite = Suite::embedded().unwrap();
    let cases = cases(&suite, None);
    agree(&cases).expect("a test of its own says where the oracle disagrees");
    let mut n_flips = 0;
    let mut unnoticed = Vec::new();
    for case in &cases {
        let predicted = prediction(case);
        let flips = flips(&case.vector);
        assert!(!flips.is_empty(), "{} expects nothing", case.id);
        for flip in flips.iter().filter(|_| !predicted.is_empty()) {
            n_flips += 1;
            if !flip.is_noticed(&predicted) {
                unnoticed.push(format!("{}: {}", case.id, flip.field));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
    assert!(n_flips > 8 * cases.len(), "only {n_flips} flips");
}

#[test]
fn a_vector_without_a_mandatory_field_is_refused() {
    let mut counts = BTreeMap::new();
    for small in smalls() {
        for pointer in mandatory(&small.file) {
            let mut file = small.file.clone();
            remove(&mut file, &pointer);
            let problems = small.problems(&file);
            assert!(
                !problems.is_empty(),
                "{} without {pointer} is read",
                small.place
            );
            assert_eq!(problems[0].file, small.place);
            *counts.entry(last(&pointer).to_owned()).or_insert(0) += 1;
        }
    }
    // So that no list below can silently come to nothing.
    for key in [
        "about",
        "check",
        "client",
        "expect",
        "header",
        "kind",
        "method",
        "name",
        "of",
        "origin",
        "outcome",
        "policy",
        "reason",
        "requests",
        "requirements",
        "script",
        "set_cookie",
        "status",
        "steps",
        "title",
        "type",
        "url",
        "value",
        "vectors",
        "why",
    ] {
        assert!(
            counts.contains_key(key),
            "{key} was never left out: {counts:?}"
        );
    }
}

#[test]
fn an_unknown_field_is_refused_wherever_it_stands() {
    let mut accepted = BTreeMap::new();
    for small in smalls() {
        let mut pointers = Vec::new();
        objects(&small.file, "", &mut pointers);
        for pointer in pointers {
            let mut file = small.file.clone();
            let object = file.pointer_mut(&pointer).unwrap();
            object["crosscheck_unknown"] = json!(true);
            let found = small.problems(&file);
            if !found
                .iter()
                .any(|problem| problem.message.contains("crosscheck_unknown"))
            {
                let object = small.file.pointer(&pointer).unwrap();
                accepted.insert(object.to_string(), format!("{} {pointer}", small.place));
            }
        }
    }
    assert!(
        accepted.is_empty(),
        "unknown fields are taken in: {accepted:#?}"
    );
}

impl Small {
    fn problems(&self, file: &Value) -> Vec<Problem> {
        let mut files = self.files.clone();
        files.insert(self.place.clone(), file.to_string().into_bytes());
        match Suite::parse(&files) {
            Ok(_) => Vec::new(),
            Err(LoadError::Problems(problems)) => problems,
            Err(other) => panic!("{other}"),
        }
    }
}

/// Every vector of the suite as a suite of its own, which is sound.
fn smalls() -> impl Iterator<Item = Small> {
    let all = embedded_files();
    let json = |place: &str| -> Value { serde_json::from_slice(&all[place]).unwrap() };
    let tables = [
        (
            "requirements.json",
            "requirements",
            json("requirements.json"),
        ),
        ("concepts.json", "concepts", json("concepts.json")),
        ("flags.json", "flags", json("flags.json")),
    ];
    let suites: Vec<_> = all
        .keys()
        .filter(|place| place.starts_with("server/") || place.starts_with("browser/"))
        .map(|place| (place.clone(), json(place)))
        .collect();
    suites.into_iter().flat_map(move |(place, suite)| {
        let vectors = suite["vectors"].as_array().unwrap().clone();
        let small = |mut vector: Value| {
            // Other vectors are not there to be depended on.
            vector.as_object_mut().unwrap().remove("depends_on");
            let mut files: Files = tables
                .iter()
                .map(|(file, key, table)| ((*file).to_owned(), rows(table, key, &vector[key])))
                .collect();
            if let Some(policy) = vector.get("policy").and_then(Value::as_str) {
                let policy = format!("policies/{policy}.json");
                files.insert(policy.clone(), all[&policy].clone());
            }
            let mut file = suite.clone();
            file["vectors"] = json!([vector]);
            let small = Small {
                files,
                place: place.clone(),
                file,
            };
            assert_eq!(small.problems(&small.file), []);
            small
        };
        vectors.into_iter().map(small).collect::<Vec<_>>()
    })
}

/// The rows of `table` that a vector names.
fn rows(table: &Value, key: &str, named: &Value) -> Vec<u8> {
    let none = Vec::new();
    let named = named.as_array().unwrap_or(&none);
    let mut kept = table.clone();
    kept[key]
        .as_array_mut()
        .unwrap()
        .retain(|row| named.contains(&row["id"]));
    kept.to_string().into_bytes()
}

/// Where the fields are that a suite file of one vector cannot do without.
fn mandatory(file: &Value) -> Vec<String> {
    let mut found: Vec<_> = ["title", "about", "vectors"]
        .map(|key| format!("/{key}"))
        .into();
    let mut add = |place: &str, keys: &[&str]| {
        let object = file.pointer(place).and_then(Value::as_object).unwrap();
        let present = keys.iter().filter(|key| object.contains_key(**key));
        found.extend(present.map(|key| format!("{place}/{key}")));
    };
    let always = [
        "name",
        "title",
        "why",
        "kind",
        "requirements",
        "steps",
        "policy",
        "script",
    ];
    add("/vectors/0", &always);
    let steps = file.pointer("/vectors/0/steps").unwrap();
    for (number, step) in steps.as_array().unwrap().iter().enumerate() {
        let step_at = format!("/vectors/0/steps/{number}");
        add(&step_at, &["client", "expect"]);
        add(&format!("{step_at}/client"), &["origin"]);
        add(
            &format!("{step_at}/expect"),
            &["outcome", "reason", "status", "requests"],
        );
        let n_items = |path: &str| {
            let items = step.pointer(path).and_then(Value::as_array);
            items.map_or(0, Vec::len)
        };
        for index in 0..n_items("/client/cookies") {
            add(
                &format!("{step_at}/client/cookies/{index}"),
                &["url", "set_cookie"],
            );
        }
        for index in 0..n_items("/expect/requests") {
            add(&format!("{step_at}/expect/requests/{index}"), &["method"]);
        }
        for index in 0..n_items("/expect/responses") {
            let response = format!("{step_at}/expect/responses/{index}");
            add(&response, &["of", "check"]);
            let check = format!("{response}/check");
            add(&check, &["type", "header", "value", "item", "any_of"]);
        }
        if step.pointer("/client/body").is_some() {
            add(
                &format!("{step_at}/client/body"),
                &["type", "text", "fields", "bytes", "markup"],
            );
        }
    }
    found
}

/// Where the objects are in `value`, which is at `place`.
fn objects(value: &Value, place: &str, found: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered.map(|(at, item)| (at.to_string(), item)).collect()
        }
        Value::Object(fields) => {
            found.push(place.to_owned());
            fields
                .iter()
                .map(|(key, field)| (key.clone(), field))
                .collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (key, value) in inner {
        objects(value, &format!("{place}/{key}"), found);
    }
}

fn remove(file: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = file.pointer_mut(parent).and_then(Value::as_object_mut);
    let removed = parent.map(|parent: &mut Map<_, _>| parent.shift_remove(key));
    assert!(removed.flatten().is_some(), "{pointer} is not there");
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}
