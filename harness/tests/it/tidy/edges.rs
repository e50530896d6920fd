//! Which crate may use what.

use std::{collections::BTreeSet, fs};

use rstest::rstest;
use toml::{Table, Value};

use super::{files, root};

/// What only the program itself may use: it alone prints, exits and talks to browsers.
const ONLY_HARNESS: [&str; 5] = ["clap", "headless_chrome", "indicatif", "miette", "reqwest"];

/// What reaches a network.
const NETWORK: [&str; 10] = [
    "axum",
    "h2",
    "headless_chrome",
    "hyper",
    "reqwest",
    "tokio",
    "tokio-rustls",
    "tokio-tungstenite",
    "tower",
    "tower-http",
];

fn manifest(folder: &str) -> Table {
    let path = root().join(folder).join("Cargo.toml");
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// The names in the tables `[NAME]` of a crate's manifest, those for some targets only included.
fn names(manifest: &Table, tables: &[&str]) -> BTreeSet<String> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(|targets| targets.values());
    let places = targets.filter_map(Value::as_table).chain([manifest]);
    places
        .flat_map(|place| tables.iter().filter_map(|table| place.get(*table)))
        .filter_map(Value::as_table)
        .flat_map(|table| table.keys().cloned())
        .collect()
}

/// What the crate in `folder` needs to be built.
fn needs(folder: &str) -> BTreeSet<String> {
    names(&manifest(folder), &["dependencies", "build-dependencies"])
}

#[test]
fn the_members_are_the_six_crates() {
    let workspace = manifest(".");
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let members: Vec<_> = members.iter().filter_map(Value::as_str).collect();
    assert_eq!(
        members,
        [
            "crates/crosscheck",
            "crates/oracle",
            "crates/vectors",
            "crates/server",
            "crates/report",
            "harness"
        ]
    );
    let (adapters, manifests): (Vec<_>, Vec<_>) = files(root(), "toml")
        .into_iter()
        .filter(|path| path.ends_with("Cargo.toml"))
        .partition(|path| {
            let is_below = |folder| path.starts_with(root().join(folder));
            is_below("harness/adapters") || is_below("harness/advisories")
        });
    assert_eq!(manifests.len(), members.len() + 1, "{manifests:?}");
    // Adapters need what they test, which is nothing to the suite's own lock file.
    for path in adapters {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\n[workspace]"), "{}", path.display());
    }
}

#[test]
fn the_oracle_needs_three_crates() {
    let pure: BTreeSet<_> = ["data-url", "thiserror", "url"].map(str::to_owned).into();
    assert_eq!(needs("crates/oracle"), pure);
}

#[test]
fn the_server_never_meets_the_oracle() {
    let all = names(
        &manifest("crates/server"),
        &["dependencies", "build-dependencies", "dev-dependencies"],
    );
    let strangers = [
        "crosscheck-oracle",
        "crosscheck-report",
        "crosscheck-harness",
    ];
    for stranger in strangers {
        assert!(!all.contains(stranger), "the server uses {stranger}");
    }
    for file in files(&root().join("crates/server"), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("crosscheck_oracle"), "{}", file.display());
    }
}

#[rstest]
#[case::oracle("crates/oracle")]
#[case::vectors("crates/vectors")]
#[case::report("crates/report")]
fn only_server_and_harness_reach_a_network(#[case] folder: &str) {
    let needs = needs(folder);
    for name in NETWORK {
        assert!(!needs.contains(name), "{folder} uses {name}");
    }
}

#[rstest]
#[case::oracle("crates/oracle")]
#[case::vectors("crates/vectors")]
#[case::server("crates/server")]
#[case::report("crates/report")]
fn only_the_harness_has_a_command_line(#[case] folder: &str) {
    let needs = needs(folder);
    for name in ONLY_HARNESS {
        assert!(!needs.contains(name), "{folder} uses {name}");
    }
    for name in ["anyhow", "crosscheck-harness"] {
        assert!(!needs.contains(name), "{folder} uses {name}");
    }
}

#[test]
fn the_report_reads_no_disk_and_no_clock() {
    for file in files(&root().join("crates/report/src"), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["std::fs", "SystemTime", "Instant::now", "std::env"] {
            assert!(!text.contains(word), "{} has {word}", file.display());
        }
    }
}

#[test]
fn the_vectors_use_the_oracle_for_its_words_only() {
    for file in files(&root().join("crates/vectors/src"), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        for line in text
            .lines()
            .filter(|line| line.contains("crosscheck_oracle"))
        {
            assert_eq!(
                line,
                "use crosscheck_oracle::Failure;",
                "{}",
                file.display()
            );
        }
    }
}

#[rstest]
#[case("crates/crosscheck")]
#[case("crates/oracle")]
#[case("crates/vectors")]
#[case("crates/server")]
#[case("crates/report")]
#[case("harness")]
fn versions_and_lints_are_those_of_the_workspace(#[case] folder: &str) {
    let manifest = manifest(folder);
    assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true));
    for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let Some(table) = manifest.get(table).and_then(Value::as_table) else {
            continue;
        };
        for (name, wanted) in table {
            let inherits = wanted.get("workspace").and_then(Value::as_bool);
            assert_eq!(inherits, Some(true), "{folder}: {name}");
        }
    }
}
