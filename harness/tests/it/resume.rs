//! Nothing that was done is lost: not by a crash, not by a second run, not by one that fails.

use std::{fs, process::Command};

use crosscheck_report::results::Results;
use rstest::rstest;
use serde_json::json;

use crate::binary::{Bench, OWN, PROGRAM, own_with};

/// A run with enough vectors to be cut in two.
const LINE: &str = "run --leg wire --only server/grant/* --out out --quiet";

fn results(bench: &Bench) -> Results {
    serde_json::from_str(&bench.read("out/results.json")).unwrap()
}

/// Keeps the first `n` lines of what was done, and `rest`.
fn cut(bench: &Bench, n: usize, rest: &str) {
    let ledger = bench.read("out/results.jsonl");
    let lines: Vec<_> = ledger.split_inclusive('\n').collect();
    assert!(lines.len() > n + 1, "there is nothing to cut");
    bench.put(
        "out/results.jsonl",
        &format!("{}{rest}", lines[..n].concat()),
    );
}

#[rstest]
#[case::between_two_lines("")]
#[case::within_a_line("{\"id\":\"server/gra")]
#[case::within_a_character("{\"id\":\"\u{fffd}")]
fn a_run_goes_on_where_it_was_cut(#[case] rest: &str) {
    let bench = Bench::empty();
    bench.crosscheck(LINE).ended(0);
    let (whole, ledger) = (results(&bench), bench.read("out/results.jsonl"));
    cut(&bench, 3, rest);
    let kept = bench.read("out/results.jsonl");
    bench.crosscheck(&format!("{LINE} --resume")).ended(0);
    let again = bench.read("out/results.jsonl");
    assert_eq!(
        again.lines().count(),
        ledger.lines().count(),
        "no more than the rest is replayed"
    );
    assert!(again.starts_with(kept.trim_end_matches(rest)));
    let resumed = results(&bench);
    assert_eq!(resumed.vectors.len(), whole.vectors.len());
    for (one, other) in whole.vectors.iter().zip(&resumed.vectors) {
        assert_eq!((&one.id, one.verdict), (&other.id, other.verdict));
    }
}

#[test]
fn a_line_that_is_damaged_in_the_middle_is_not_passed_over() {
    let bench = Bench::empty();
    bench.crosscheck(LINE).ended(0);
    let ledger = bench.read("out/results.jsonl");
    let damaged = ledger.replacen("\"result\":{", "\"result\":[", 1);
    assert_ne!(ledger, damaged);
    bench.put("out/results.jsonl", &damaged);
    bench.crosscheck(&format!("{LINE} --resume")).refused(&[
        "`out/results.jsonl` line 2 cannot be read",
        "run without `--resume`",
    ]);
    assert_eq!(bench.read("out/results.jsonl"), damaged);
}

#[rstest]
#[case::another_fault("--fault prefix-match")]
#[case::another_suite("--vectors suite --and-embedded")]
fn another_run_is_not_gone_on_with(#[case] other: &str) {
    let bench = Bench::own();
    bench.crosscheck(LINE).ended(0);
    let ledger = bench.read("out/results.jsonl");
    bench
        .crosscheck(&format!("{LINE} --resume {other}"))
        .refused(&[
            "`out/results.jsonl` is of another run (reference",
            "run without `--resume`",
        ]);
    assert_eq!(bench.read("out/results.jsonl"), ledger);
}

#[test]
fn nothing_to_go_on_with_is_a_run_like_any_other() {
    let bench = Bench::empty();
    bench.crosscheck(&format!("{LINE} --resume")).ended(0);
    assert!(!results(&bench).vectors.is_empty());
}

#[test]
fn two_runs_do_not_write_to_one_folder() {
    let bench = Bench::own();
    bench.run("").ended(0);
    let ledger = fs::File::open(bench.path().join("out/results.jsonl")).unwrap();
    ledger.lock().unwrap();
    let before = bench.read("out/results.json");
    bench.run("").refused(&[
        "another run is writing to `out`",
        "wait for it, or give another folder with `--out`",
    ]);
    assert_eq!(bench.read("out/results.json"), before);
    ledger.unlock().unwrap();
    bench.run("").ended(0);
}

#[test]
fn two_runs_work_beside_each_other() {
    let bench = Bench::empty();
    let start = |out: &str| {
        Command::new(PROGRAM)
            .args("run --leg wire --only server/grant/* --quiet --out".split(' '))
            .arg(out)
            .current_dir(bench.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut runs = ["one", "two"].map(start);
    for run in &mut runs {
        assert!(run.wait().unwrap().success());
    }
    for out in ["one", "two"] {
        assert!(bench.path().join(out).join("index.html").is_file());
    }
}

#[rstest]
#[case::nothing_selected("--only nowhere/*")]
#[case::no_browser("--leg chromium --chromium /nonexistent")]
#[case::no_such_fault("--fault none-such")]
fn a_run_that_cannot_begin_leaves_the_last_results(#[case] failing: &str) {
    let bench = Bench::own();
    bench.run("").ended(0);
    let before = bench.read("out/results.json");
    let ledger = bench.read("out/results.jsonl");
    bench.run(failing).ended(2);
    assert_eq!(bench.read("out/results.json"), before);
    assert_eq!(bench.read("out/results.jsonl"), ledger);
    assert!(bench.path().join("out/index.html").is_file());
}

#[test]
fn a_suite_that_broke_leaves_the_last_results() {
    let bench = Bench::own();
    bench.run("").ended(0);
    let before = bench.read("out/results.json");
    bench.put(
        &format!("suite/{OWN}"),
        &own_with("/kind", json!("vital")).to_string(),
    );
    bench.run("").ended(2);
    assert_eq!(bench.read("out/results.json"), before);
}

#[cfg(unix)]
#[test]
fn results_that_cannot_be_kept_are_told_of() {
    // A device that is always full.
    let full = std::path::Path::new("/dev/full");
    assert!(
        full.exists(),
        "this system has no device that is always full"
    );
    let bench = Bench::own();
    fs::create_dir(bench.path().join("out")).unwrap();
    std::os::unix::fs::symlink(full, bench.path().join("out/results.jsonl")).unwrap();
    bench.run("").refused(&["cannot use `out/results.jsonl`"]);
    assert!(!bench.path().join("out/results.json").exists());
}
