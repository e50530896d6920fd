//! However a run ends, nothing of it stays behind.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    binary::{Bench, PROGRAM},
    running::{Running, children_of, commands, signal, wait_until},
};

/// Longer than the guard takes.
const SOON: Duration = Duration::from_secs(10);

/// A vector that keeps a browser busy for seconds, and some that are done at once.
const LINE: &str = "run --leg chromium --only browser/cors-check/byte-comparison/* \
    --only browser/cors-preflight-cache/lifetime/one-second-over --out out --quiet";

/// A run of [`LINE`] whose browser is at work, with its folder for what is temporary.
fn at_work(bench: &Bench) -> (Running, PathBuf) {
    let folder = bench.path().join("temporary");
    fs::create_dir(&folder).unwrap();
    let mut running = Running::start_with(bench, LINE, &[("TMPDIR", &folder)]);
    running.wait_for_first_result(bench);
    (running, folder)
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

fn names(folder: &Path) -> bool {
    let folder = folder.to_str().unwrap();
    commands().any(|(_, command)| command.contains(folder))
}

#[test]
fn a_killed_run_leaves_no_browser_and_no_profile() {
    let bench = Bench::empty();
    let (running, folder) = at_work(&bench);
    assert!(!is_empty(&folder) && names(&folder), "there is no browser");
    let guard = guard_of(running.0.id());
    signal("KILL", running.0.id());
    wait_until("no browser is left", SOON, || !names(&folder));
    wait_until("no profile is left", SOON, || is_empty(&folder));
    wait_until("no guard is left", SOON, || {
        !commands().any(|(id, _)| id == guard)
    });
}

#[test]
fn signals_that_end_others_do_not_end_the_guard() {
    let bench = Bench::empty();
    let (running, folder) = at_work(&bench);
    let guard = guard_of(running.0.id());
    for name in ["HUP", "INT", "QUIT", "TERM"] {
        signal(name, guard);
    }
    signal("KILL", running.0.id());
    wait_until("no browser is left", SOON, || !names(&folder));
    wait_until("no profile is left", SOON, || is_empty(&folder));
}

#[test]
fn a_run_that_ends_by_itself_takes_its_guard_along() {
    let bench = Bench::empty();
    let (running, folder) = at_work(&bench);
    let guard = guard_of(running.0.id());
    running.end().ended(0);
    assert!(is_empty(&folder));
    assert!(!commands().any(|(id, _)| id == guard));
}

#[test]
fn what_a_run_without_a_guard_left_is_removed_by_the_next() {
    let bench = Bench::empty();
    let (running, folder) = at_work(&bench);
    let id = running.0.id();
    let children: Vec<_> = children_of(id).collect();
    signal("KILL", guard_of(id));
    signal("KILL", id);
    for child in children {
        signal("KILL", child);
    }
    wait_until("the browser is gone", SOON, || !names(&folder));
    assert!(!is_empty(&folder), "nothing was left");
    let line = "run --leg chromium --only browser/cors-check/byte-comparison/* --out out --quiet";
    let next = Running::start_with(&bench, line, &[("TMPDIR", &folder)]);
    next.end().ended(0);
    assert!(is_empty(&folder));
}

#[test]
fn who_is_to_outlive_the_terminal_does() {
    let bench = Bench::empty();
    bench.put(
        "policy.json",
        r#"{"origins":["https://app.example"],"methods":[],"request_headers":[],
            "response_headers":[],"credentials":false,"max_age":null}"#,
    );
    // What `nohup` does.
    let script = format!("trap '' HUP; exec {PROGRAM} serve --policy policy.json --port 0");
    let child = Command::new("sh")
        .args(["-c", &script])
        .current_dir(bench.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = Running(child.unwrap());
    let mut told = String::new();
    let out = running.0.stdout.as_mut().unwrap();
    BufReader::new(out).read_line(&mut told).unwrap();
    let id = running.0.id();
    signal("HUP", id);
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    assert!(ignores_hang_up(&status), "it listens: {status}");
    assert_eq!(running.0.try_wait().unwrap(), None);
    signal("TERM", id);
    running.end().ended(0);
}

fn ignores_hang_up(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    u64::from_str_radix(mask.unwrap().trim(), 16).unwrap() & 1 == 1
}

/// The guard of the run `id`.
fn guard_of(id: u32) -> u32 {
    let guards = commands().filter(|(_, command)| command.contains(&format!("guard {id}-")));
    let ids: Vec<_> = guards.map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 1, "{id} has guards: {ids:?}");
    ids[0]
}
