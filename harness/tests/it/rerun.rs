//! The command that a run prints for what fails does the same again when it is pasted into a shell.

use std::{fs, process::Command};

use serde_json::Value;

use crate::{
    binary::{Bench, PROGRAM},
    tidy::root,
};

/// The commands that `out` says to run again, each with the ids that it is printed below.
fn told(out: &str) -> Vec<(String, Vec<String>)> {
    let mut told = Vec::new();
    let mut ids = Vec::new();
    for line in out.lines() {
        if let Some(command) = line.trim_start().strip_prefix("rerun: ") {
            told.push((command.to_owned(), std::mem::take(&mut ids)));
            continue;
        }
        let words = line.split_whitespace().map(str::to_owned);
        ids.extend(words.filter(|word| word.starts_with("server/")));
    }
    told
}

/// Pastes `command` into a shell, and reads what it leaves.
fn pasted(bench: &Bench, command: &str) -> Value {
    let ran = Command::new("sh")
        .args([
            "-c",
            &format!("crosscheck() {{ \"$PROGRAM\" \"$@\"; }}; {command}"),
        ])
        .env("PROGRAM", PROGRAM)
        .current_dir(bench.path())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(1), "{command}: {ran:?}");
    serde_json::from_str(&bench.read("reports/latest/results.json")).unwrap()
}

fn assert_repeated(bench: &Bench, run: &str) {
    let ran = bench.crosscheck(run).ended(1);
    let commands = told(&ran.out);
    assert!(!commands.is_empty(), "{}", ran.out);
    for (command, ids) in commands {
        let results = pasted(bench, &command);
        assert_eq!(results["subject"]["fault"], "prefix-match");
        let legs = results["legs"].as_array().unwrap();
        assert_eq!(legs.len(), 1);
        assert_eq!(legs[0]["leg"], "wire");
        let vectors = results["vectors"].as_array().unwrap();
        for id in ids {
            let again = vectors.iter().find(|vector| vector["id"] == id.as_str());
            let again = again.unwrap_or_else(|| panic!("{command} leaves out {id}"));
            assert_ne!(again["verdict"], "passed", "{id}");
        }
    }
}

#[test]
fn a_group_is_replayed_as_a_whole() {
    let run = "run --leg wire --fault prefix-match --only server/origin-match/* --out out";
    assert_repeated(&Bench::empty(), run);
}

#[test]
fn vectors_of_ones_own_are_replayed() {
    let bench = Bench::empty();
    let file = "server/origin-match.json";
    let suite = fs::read_to_string(root().join("vectors").join(file)).unwrap();
    bench.put(
        &format!("own/{file}"),
        &suite.replace("\"suffix\"", "\"own-suffix\""),
    );
    assert_repeated(
        &bench,
        "run --leg wire --fault prefix-match --vectors own --out out",
    );
}
