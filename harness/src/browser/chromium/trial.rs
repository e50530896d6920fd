//! Finds out why a browser does not come up.
//!
//! The launching crate waits for a browser that is already dead and hides what it said. So if
//! DevTools takes unusually long, the same command is run once more on the side, to hear it.

use std::{
    ffi::OsString,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use tokio::{sync::oneshot, time::sleep};

use super::{profile::environment, sandbox::Sandbox};
use crate::process::{folder::Folder, guard};

/// A start usually takes a third of this.
const UNUSUALLY_LONG: Duration = Duration::from_millis(1500);

/// A browser that dies does so within this time.
const LIFE: Duration = Duration::from_secs(3);

/// What `binary` says before it dies; pending for ever if it lives.
pub(super) async fn complaint(binary: &Path, arguments: &[OsString], sandbox: Sandbox) -> String {
    sleep(UNUSUALLY_LONG).await;
    let (sender, receiver) = oneshot::channel();
    let (binary, arguments) = (binary.to_owned(), arguments.to_vec());
    thread::spawn(move || {
        if let Some(complaint) = run(binary, arguments, sandbox) {
            let _unheard = sender.send(complaint);
        }
    });
    match receiver.await {
        Ok(complaint) => complaint,
        Err(_it_lives) => std::future::pending().await,
    }
}

/// Whether the complaint is about the sandbox that the system does not allow.
pub(super) fn lacks_sandbox(complaint: &str) -> bool {
    complaint.contains("No usable sandbox") || complaint.contains("--no-sandbox")
}

fn run(binary: PathBuf, arguments: Vec<OsString>, sandbox: Sandbox) -> Option<String> {
    guard::stand_by();
    let profile = Folder::fresh().ok()?;
    let mut command = Command::new(binary);
    command
        .arg("--headless")
        .arg("--remote-debugging-port=0")
        .args(arguments);
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    if sandbox == Sandbox::Off {
        command.arg("--no-sandbox");
    }
    command
        .envs(environment(profile.path()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Some(error.to_string()),
    };
    let mut stderr = child.stderr.take()?;
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        // Half a complaint is better than none.
        let _end = stderr.read_to_end(&mut said);
        said
    });
    let tick = Duration::from_millis(50);
    let mut age = Duration::ZERO;
    while age < LIFE {
        if let Ok(Some(status)) = child.try_wait() {
            let said = reader.join().unwrap_or_default();
            return Some(format!("it ended with {status}{}", last_lines(&said)));
        }
        thread::sleep(tick);
        age += tick;
    }
    // It lives, so it has no complaint; should it not obey, there is nothing left to do about it.
    let _ended = child.kill().and_then(|()| child.wait());
    None
}

/// The last three lines, which hold the reason; the rest is noise.
fn last_lines(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let last = lines
        .get(lines.len().saturating_sub(3)..)
        .unwrap_or_default()
        .join("; ");
    if last.is_empty() {
        last
    } else {
        format!(": {last}")
    }
}

#[cfg(test)]
mod tests {
    use super::{lacks_sandbox, last_lines};

    #[test]
    fn a_complaint_is_the_end_of_what_was_said() {
        assert_eq!(
            last_lines(b"one\n\ntwo\nthree\nfour\n"),
            ": two; three; four"
        );
        assert_eq!(last_lines(b"\n"), "");
    }

    #[test]
    fn a_missing_sandbox_is_recognised() {
        assert!(lacks_sandbox(
            "[FATAL:zygote_host_impl_linux.cc] No usable sandbox! Update …"
        ));
        assert!(!lacks_sandbox(
            "error while loading shared libraries: libnss3.so"
        ));
    }
}
