//! The guard: a second process that ends what this one started, should this one not do so itself.
//!
//! It waits at the end of a pipe of this process. The system closes the pipe when this process ends,
//! however that comes about. Then the guard kills the browsers and adapters that are left, removes
//! their folders, and ends as well.

use std::{
    env, io,
    process::{Child, ExitCode},
    sync::{Mutex, PoisonError},
};

/// The first word of the guard's command line. It is no command for people.
const COMMAND: &str = "guard";

/// Whether there is a guard.
#[derive(Debug)]
enum Guard {
    /// There is none, and none is wanted.
    Unwanted,
    /// It is to be started before anything else is.
    Wanted,
    /// It stands.
    Standing(Child),
}

static GUARD: Mutex<Guard> = Mutex::new(Guard::Unwanted);

/// Has a guard started before the first browser or adapter. Only the program `crosscheck` can be a
/// guard, so only that may ask for one.
pub(crate) fn wanted() {
    *GUARD.lock().unwrap_or_else(PoisonError::into_inner) = Guard::Wanted;
}

/// Starts the guard if one is wanted and there is none. To be called before a process is started.
pub(crate) fn stand_by() {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    if matches!(*guard, Guard::Wanted) {
        *guard = match start() {
            Ok(child) => Guard::Standing(child),
            // All is as it should be as long as this process ends in good order.
            Err(_no_guard) => Guard::Unwanted,
        };
    }
}

/// Has the guard do its work now, and waits until it is gone. Blocks.
pub(crate) fn dismiss() {
    let mut guard = GUARD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Guard::Standing(child) = &mut *guard {
        drop(child.stdin.take());
        // It ends by itself, after a few seconds at most.
        let _ended = child.wait();
    }
    *guard = Guard::Unwanted;
}

/// What the marks of a process begin with, if this process was started as its guard.
pub(crate) fn of_which() -> Option<String> {
    let mut words = env::args_os().skip(1);
    let run = words
        .next()
        .filter(|word| word == COMMAND)
        .and(words.next());
    run?.into_string().ok()
}

/// Is the guard of the process whose marks begin with `run`.
#[cfg(unix)]
pub(crate) fn guard(run: &str) -> ExitCode {
    unix::guard(run)
}

/// Elsewhere there is no guard.
#[cfg(not(unix))]
pub(crate) fn guard(_run: &str) -> ExitCode {
    ExitCode::from(2)
}

#[cfg(unix)]
fn start() -> io::Result<Child> {
    unix::start()
}

#[cfg(not(unix))]
fn start() -> io::Result<Child> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
mod unix {
    use std::{
        env, io,
        os::unix::process::CommandExt as _,
        path::{Path, PathBuf},
        process::{Child, Command, ExitCode, Stdio},
        thread,
        time::{Duration, Instant},
    };

    use tokio::{
        runtime::Builder,
        signal::unix::{Signal, SignalKind, signal},
    };

    use super::COMMAND;
    use crate::process::{
        folder,
        offspring::{self, Family, MARK},
    };

    /// How long the guard may take.
    const AT_MOST: Duration = Duration::from_secs(5);

    /// How long it waits before it looks again.
    const TICK: Duration = Duration::from_millis(10);

    pub(super) fn start() -> io::Result<Child> {
        // The terminal's Ctrl-C, and who ends the group of this process, must not reach the guard; nor
        // must a run that this process is part of.
        Command::new(program()?)
            .args([COMMAND, offspring::run()])
            .env_remove(MARK)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }

    /// This program, even if its file has been replaced.
    fn program() -> io::Result<PathBuf> {
        let running = Path::new("/proc/self/exe");
        if running.exists() {
            return Ok(running.to_owned());
        }
        env::current_exe()
    }

    pub(super) fn guard(run: &str) -> ExitCode {
        let deaf = deafen();
        // Nothing ever comes, so the end is the end of the other process; so is an error.
        let _end = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let mut family = Family::of_run(run);
        let deadline = Instant::now() + AT_MOST;
        let mut n_quiet = 0;
        // A process may be started, or a file written, while the others are killed.
        while n_quiet < 2 && Instant::now() < deadline {
            family.adopt(folder::of_run(run));
            let n_killed = offspring::kill(&family);
            n_quiet = if n_killed == 0 { n_quiet + 1 } else { 0 };
            thread::sleep(TICK);
        }
        family.folders().for_each(folder::remove);
        drop(deaf);
        ExitCode::SUCCESS
    }

    /// Has the signals that end others do nothing: the guard ends after them.
    fn deafen() -> Option<Vec<Signal>> {
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let _inside = runtime.enter();
        let kinds = [
            SignalKind::hangup(),
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::terminate(),
        ];
        kinds.into_iter().map(|kind| signal(kind).ok()).collect()
    }
}
