//! What every adapter's folder holds.

use std::{fs, path::PathBuf};

use crosscheck_report::known::KnownFile;
use crosscheck_vectors::load::Suite;
use serde_json::Value;
use toml::Table;

use super::{files, root, shown};

/// Folders beside the adapters that hold none.
const NONE: [&str; 2] = ["lib", "template"];

fn folders() -> Vec<PathBuf> {
    let all = fs::read_dir(root().join("harness/adapters")).unwrap();
    let folders = all.map(|entry| entry.unwrap().path()).filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        path.is_dir() && !NONE.contains(&&*name)
    });
    folders.collect()
}

/// The files of that name, of adapters and of published defects.
fn each(name: &str) -> Vec<(String, String)> {
    let (_, ending) = name.rsplit_once('.').unwrap();
    let all = files(&root().join("harness"), ending).into_iter();
    let named = all.filter(|path| path.ends_with(name));
    let read = |path: PathBuf| (shown(&path), fs::read_to_string(&path).unwrap());
    let read: Vec<_> = named.map(read).collect();
    assert!(!read.is_empty(), "no adapter has a {name}");
    read
}

#[test]
fn adapters_are_named_as_their_folders() {
    for folder in folders() {
        let text = fs::read_to_string(folder.join("adapter.toml")).unwrap();
        let file: Table = text.parse().unwrap();
        let name = file["name"].as_str().unwrap();
        assert!(folder.ends_with(name), "{}", shown(&folder));
    }
}

#[test]
fn known_failures_fit_a_vector_and_say_where_it_is_discussed() {
    let suite = Suite::embedded().unwrap();
    for (path, text) in each("known.toml") {
        let file: KnownFile = toml::from_str(&text).unwrap();
        for entry in file.entries {
            let id = &entry.id;
            let fits = suite.vectors.keys().any(|other| id.matches(other.as_str()));
            assert!(fits, "{path}: {id} fits no vector");
            assert!(entry.link.is_some(), "{path}: {id} has no link");
        }
    }
}

#[test]
fn node_packages_are_pinned_without_addresses() {
    for (path, text) in each("package.json") {
        let file: Value = serde_json::from_str(&text).unwrap();
        for (name, version) in file["dependencies"].as_object().unwrap() {
            let exact = version.as_str().unwrap();
            let is_exact = exact.starts_with(|c: char| c.is_ascii_digit());
            assert!(is_exact, "{path}: {name} {exact}");
        }
    }
    for (path, text) in each("package-lock.json") {
        for word in ["://", "\"resolved\""] {
            assert!(!text.contains(word), "{path} has {word}");
        }
    }
}

#[test]
fn python_packages_are_pinned() {
    for (path, text) in each("requirements.txt") {
        for line in text.lines() {
            let pinned = line.split_once("==");
            assert!(pinned.is_some(), "{path}: {line}");
        }
    }
}
