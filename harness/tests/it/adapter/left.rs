//! Programs that do not want to end, and what they start.

use std::{
    fs,
    fs::File,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use super::mouth::{GRANT, MOUTH, bench, serve, vector};
use crate::{
    binary::Bench,
    running::{Running, commands, signal, wait_until},
};

/// Longer than the guard takes.
const SOON: Duration = Duration::from_secs(10);

/// How soon a second signal ends a run.
const AT_ONCE: Duration = Duration::from_secs(2);

/// While its server is at work it ends for no word and no signal that it can refuse; `pids` has its
/// ids, `told` says that it heard `bye`.
fn deaf() -> String {
    let stop = "*'\"stop\"'*) exit;;";
    let hears = format!("*'\"bye\"'*) echo bye >> told;;\n    {stop}");
    let mouth = MOUTH.replace(stop, &hears);
    assert_ne!(mouth, MOUTH);
    format!("trap '' HUP INT TERM\necho $$ >> pids\n{mouth}while :; do sleep 1; done\n")
}

/// A run that waits for the answer to its one vector.
fn busy(script: &str) -> (Bench, Running) {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let port = serve({
        let asked = asked.clone();
        move |head, _| {
            if head.contains("/status/200") {
                File::create(&asked).unwrap();
                thread::sleep(Duration::from_mins(1));
            }
            Some(format!("{GRANT}ok"))
        }
    });
    let bench = bench(
        port,
        script,
        &[vector("slow", &[("GET", "/status/200", 200)])],
    );
    let line = "run --adapter adapter --leg wire --vectors suite --out out --timeout 30";
    let mut running = Running::start(&bench, line);
    running.wait_for("a request", || asked.exists());
    (bench, running)
}

/// Those of the processes in `file` that are alive.
fn alive(bench: &Bench, file: &str) -> Vec<u32> {
    let ids = bench.read(&format!("adapter/{file}"));
    let ids = ids.lines().map(|id| id.trim().parse().unwrap());
    ids.filter(|id| commands().any(|(other, _)| other == *id))
        .collect()
}

fn place(bench: &Bench, name: &str) -> PathBuf {
    bench.path().join(name)
}

#[test]
fn a_program_that_ignores_everything_ends_with_a_killed_run() {
    let (bench, running) = busy(&deaf());
    assert!(!alive(&bench, "pids").is_empty());
    signal("KILL", running.0.id());
    wait_until("the adapter is gone", SOON, || {
        alive(&bench, "pids").is_empty()
    });
}

#[test]
fn a_second_signal_ends_a_run_at_once() {
    let (bench, mut running) = busy(&deaf());
    signal("INT", running.0.id());
    let told = place(&bench, "adapter/told");
    running.wait_for("a farewell", || told.exists());
    // In good order it would be over when the adapter is killed, after 5 s.
    let again = Instant::now();
    signal("TERM", running.0.id());
    wait_until("the run is over", AT_ONCE, || {
        running.0.try_wait().unwrap().is_some()
    });
    assert!(again.elapsed() < AT_ONCE);
    running.end().ended(2).told(&["interrupted again"]);
    wait_until("the adapter is gone", AT_ONCE, || {
        alive(&bench, "pids").is_empty()
    });
}

#[test]
fn a_child_in_a_session_of_its_own_ends_with_the_program() {
    let script = format!("setsid sleep 300 > silence 2>&1 & echo $! >> children\n{MOUTH}");
    let port = serve(|_, _| Some(format!("{GRANT}ok")));
    let bench = bench(
        port,
        &script,
        &[vector("one", &[("GET", "/status/200", 200)])],
    );
    bench.judge("--vectors suite").ended(0);
    assert!(
        !fs::read(place(&bench, "adapter/children"))
            .unwrap()
            .is_empty()
    );
    assert_eq!(alive(&bench, "children"), [0; 0]);
}

#[test]
fn a_child_in_a_session_of_its_own_ends_with_a_killed_run() {
    let script = format!("setsid sleep 300 > silence 2>&1 & echo $! >> children\n{MOUTH}");
    let (bench, running) = busy(&script);
    assert!(!alive(&bench, "children").is_empty());
    signal("KILL", running.0.id());
    wait_until("the child is gone", SOON, || {
        alive(&bench, "children").is_empty()
    });
}
