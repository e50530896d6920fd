//! Nothing that was done is lost: not by a crash, not by a second run, not by one that fails.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Command,
};

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

/// The disk is full: no file may grow beyond a block.
#[cfg(unix)]
#[test]
fn results_that_cannot_be_kept_are_told_of() {
    let bench = Bench::own();
    let limited = format!(
        "trap '' XFSZ; ulimit -f 2; exec '{PROGRAM}' run --leg wire --vectors suite --out out"
    );
    let output = Command::new("sh")
        .args(["-c", &limited])
        .current_dir(bench.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot use `out/results.json"), "{said}");
    assert!(!bench.path().join("out/results.json").exists());
}

/// A policy file.
fn policy(max_age: u32, header: &str) -> String {
    json!({
        "origins": ["https://app.example"], "methods": ["PUT"], "request_headers": [header],
        "response_headers": [], "credentials": true, "max_age": max_age
    })
    .to_string()
}

/// A server at an address of its own, ended with the value.
struct Server(std::process::Child, String);

impl Server {
    fn start(bench: &Bench) -> Self {
        let mut child = Command::new(PROGRAM)
            .args("serve --policy policy.json --port 0".split(' '))
            .current_dir(bench.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let (url, _) = line.split_once(' ').expect("it says where it is");
        Self(child, url.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[rstest]
#[case::another_policy("--policy other.json", "which differs in the policy;")]
#[case::a_private_header("--policy policy.json --header X-Key:b", "the private headers")]
#[case::other_certificates("--policy policy.json --insecure", "(trusted then, any now)")]
#[case::other_methods(
    "--policy policy.json --allow-unsafe-methods",
    "(safe ones then, all now)"
)]
#[case::more_patience("--policy policy.json --timeout 11", "(10 s then, 11 s now)")]
fn verdicts_on_a_deployed_server_are_for_what_was_asked(#[case] other: &str, #[case] said: &str) {
    let bench = Bench::empty();
    bench.put("policy.json", &policy(600, "x-token"));
    bench.put("other.json", &policy(5, "x-other"));
    let server = Server::start(&bench);
    let line = format!(
        "run --leg wire --only server/grant/* --quiet --out out --url {}",
        server.1
    );
    bench
        .crosscheck(&format!("{line} --policy policy.json"))
        .ended(0);
    let ledger = bench.read("out/results.jsonl");
    bench
        .crosscheck(&format!("{line} --resume {other}"))
        .refused(&["`out/results.jsonl` is of another run", said]);
    assert_eq!(bench.read("out/results.jsonl"), ledger);
    bench
        .crosscheck(&format!("{line} --resume --policy policy.json"))
        .ended(0);
}

#[rstest]
#[case::leg("--leg chromium", "the legs (wire then, wire and chromium now)")]
#[case::selection("--only server/deny/*", "the selected vectors")]
#[case::layers("--layer gateway", "the layers (none then, gateway, policy now)")]
fn a_run_of_another_kind_is_not_gone_on_with(#[case] other: &str, #[case] said: &str) {
    let bench = Bench::empty();
    bench.crosscheck(LINE).ended(0);
    bench
        .crosscheck(&format!("{LINE} --resume {other}"))
        .refused(&["`out/results.jsonl` is of another run", said]);
}

#[test]
fn another_adapter_of_the_same_name_is_another_subject() {
    let bench = Bench::empty();
    for folder in ["one", "two"] {
        let manifest =
            format!("name = \"same\"\ncommand = ['{PROGRAM}', 'adapter', 'reference']\n");
        bench.put(&format!("{folder}/adapter.toml"), &manifest);
    }
    let line = |folder: &str| format!("{LINE} --adapter {folder}");
    bench.crosscheck(&line("one")).ended(0);
    bench
        .crosscheck(&format!("{} --resume", line("two")))
        .refused(&["is of another run", "the adapter ("]);
    bench
        .crosscheck(&format!("{LINE} --resume"))
        .refused(&["is of another run", "the subject ("]);
    bench
        .crosscheck(&format!("{} --resume", line("one")))
        .ended(0);
}

#[test]
fn verdicts_of_another_engine_are_not_taken_over() {
    let bench = Bench::empty();
    bench.crosscheck(LINE).ended(0);
    let ledger = bench.read("out/results.jsonl");
    let other = ledger.replace("\"engine\":\"HTTP/1.1\"", "\"engine\":\"HTTP/1.0\"");
    assert_ne!(ledger, other);
    bench.put("out/results.jsonl", &other);
    bench
        .crosscheck(&format!("{LINE} --resume"))
        .refused(&["which differs in the engine (HTTP/1.0 then, HTTP/1.1 now)"]);
}

#[test]
fn a_run_says_how_much_is_not_its_own() {
    let bench = Bench::empty();
    bench.crosscheck(LINE).ended(0);
    let n = results(&bench).vectors.len();
    let line = LINE.replace(" --quiet", " --resume");
    let said = |taken: usize, replayed: usize| {
        format!("{taken} verdicts taken over from the earlier run, {replayed} vectors replayed")
    };
    bench.crosscheck(&line).ended(0).told(&[&said(n, 0)]);
    cut(&bench, 3, "");
    bench.crosscheck(&line).ended(0).told(&[&said(2, n - 2)]);
}
