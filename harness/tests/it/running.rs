//! The program while it runs.

use std::{
    fs,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::binary::{Bench, PROGRAM, Ran};

/// The program at work, which ends with this.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(bench: &Bench, line: &str) -> Self {
        Self::start_with(bench, line, &[])
    }

    /// The same with further variables of the environment.
    pub(crate) fn start_with(bench: &Bench, line: &str, variables: &[(&str, &Path)]) -> Self {
        // Whoever runs the tests may ignore hang-ups, as `nohup` does, and children inherit that.
        let child = Command::new("env")
            .args(["--default-signal=HUP", PROGRAM])
            .args(line.split_whitespace())
            .current_dir(bench.path())
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self(child.unwrap())
    }

    /// Waits until the browser has given the first result, and more are to come.
    pub(crate) fn wait_for_first_result(&mut self, bench: &Bench) {
        let ledger = bench.path().join("out/results.jsonl");
        self.wait_for("a first result", || {
            fs::read_to_string(&ledger).is_ok_and(|text| text.lines().count() > 1)
        });
    }

    pub(crate) fn wait_for(&mut self, what: &str, mut is_there: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !is_there() {
            let ended = self.0.try_wait().unwrap();
            assert_eq!(ended, None, "it ended before there was {what}");
            assert!(Instant::now() < deadline, "there was never {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn end(mut self) -> Ran {
        let read = |stream: &mut dyn std::io::Read| {
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        };
        let out = read(self.0.stdout.as_mut().unwrap());
        let err = read(self.0.stderr.as_mut().unwrap());
        let code = self.0.wait().as_ref().ok().and_then(ExitStatus::code);
        Ran { code, out, err }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Already ended, unless a test failed in between.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// The ids of all processes, with their command lines: words with blanks between them. Those that are
/// dead have none.
pub(crate) fn commands() -> impl Iterator<Item = (u32, String)> {
    let entries = fs::read_dir("/proc").unwrap();
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let commands = ids.map(|id| {
        let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        (id, command)
    });
    commands.filter(|(_, command)| !command.is_empty())
}

/// The ids of the processes that `parent` started.
pub(crate) fn children_of(parent: u32) -> impl Iterator<Item = u32> {
    let ids = commands().map(|(id, _)| id);
    ids.filter(move |id| {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = format!("PPid:\t{parent}");
        status.lines().any(|found| found == line)
    })
}

/// The browser that the process `parent` started: of its children the one with a profile that is
/// nobody's helper.
pub(crate) fn browser_of(parent: u32) -> Option<u32> {
    let children: Vec<_> = children_of(parent).collect();
    let browser = commands().find(|(id, command)| {
        let is_browser = command.contains("--user-data-dir=") && !command.contains("--type=");
        children.contains(id) && is_browser
    });
    browser.map(|(id, _)| id)
}

pub(crate) fn signal(name: &str, id: u32) {
    let told = Command::new("kill")
        .args([&format!("-{name}"), &id.to_string()])
        .status();
    assert!(told.unwrap().success(), "{id} cannot be told {name}");
}

/// Waits until it is so, at most for `patience`.
#[track_caller]
pub(crate) fn wait_until(what: &str, patience: Duration, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !is_so() {
        assert!(Instant::now() < deadline, "it was never so that {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
