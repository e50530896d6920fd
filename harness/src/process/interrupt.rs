//! Signals that end a run: the first one in good order, the second one at once.

use std::{
    future::pending,
    process::exit,
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use tokio::{runtime, sync::watch, time::timeout};

use super::{
    offspring::{self, Family},
    say::say,
};

/// How long an end in good order may take: an adapter has 5 s, a browser as long as an answer, and
/// the report has to be written.
const IN_GOOD_ORDER: Duration = Duration::from_secs(30);

/// How long it may take to say so when there is no end in good order.
const SAID_WITHIN: Duration = Duration::from_millis(200);

/// Ends when Ctrl-C is pressed, the terminal is closed, or the process gets a signal to terminate.
///
/// Listens from the first call on, not only from the first poll: who has just said that Ctrl-C ends it
/// in good order must not die of one that comes at once. A signal that came earlier counts, too.
/// Where signals cannot be listened to it never ends.
///
/// From then on a second signal ends the process at once, and so does an end that takes too long.
/// A thread of its own sees to that, so it does not matter what the others are busy with.
pub(crate) fn interrupted() -> impl Future<Output = ()> {
    static TOLD: OnceLock<Option<watch::Receiver<bool>>> = OnceLock::new();
    let told = TOLD.get_or_init(listen).clone();
    async move {
        if let Some(mut told) = told
            && told.wait_for(|is_told| *is_told).await.is_ok()
        {
            return;
        }
        pending::<()>().await;
    }
}

/// Listens; returns when a signal cannot be missed any more.
fn listen() -> Option<watch::Receiver<bool>> {
    let (tell, told) = watch::channel(false);
    let (ready, is_ready) = mpsc::channel();
    let thread = thread::Builder::new().name("signals".to_owned());
    thread.spawn(move || attend(&tell, &ready)).ok()?;
    is_ready.recv().ok()?;
    Some(told)
}

/// Waits for the first signal, then for the second one.
fn attend(tell: &watch::Sender<bool>, ready: &mpsc::Sender<()>) {
    let Ok(runtime) = runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    runtime.block_on(async {
        let Some(mut signals) = Signals::listen() else {
            return;
        };
        if ready.send(()).is_err() {
            return;
        }
        signals.next().await;
        tell.send_replace(true);
        let again = timeout(IN_GOOD_ORDER, signals.next()).await;
        give_up(match again {
            Ok(()) => "interrupted again: ended at once\n",
            Err(_elapsed) => {
                "interrupted: ended at once, since the end in good order takes too long\n"
            }
        });
    });
}

#[expect(clippy::exit, reason = "the other threads may be busy for ever")]
fn give_up(why: &'static str) -> ! {
    let (tell, told) = mpsc::channel();
    // Whoever keeps the error stream must not keep this process alive.
    thread::spawn(move || {
        say(why);
        tell.send(())
    });
    let _unheard = told.recv_timeout(SAID_WITHIN);
    // What is started meanwhile, and the folders, are left to the guard.
    offspring::kill(&Family::of_this_process());
    exit(2)
}

#[cfg(unix)]
use unix::Signals;
#[cfg(windows)]
use windows::Signals;

#[cfg(unix)]
mod unix {
    use std::fs;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// The signals that end a run.
    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
        /// None if it is ignored, as `nohup` has it.
        hang_up: Option<Signal>,
    }

    impl Signals {
        pub(super) fn listen() -> Option<Self> {
            let hang_up = if ignores_hang_up() {
                None
            } else {
                Some(signal(SignalKind::hangup()).ok()?)
            };
            Some(Self {
                interrupt: signal(SignalKind::interrupt()).ok()?,
                terminate: signal(SignalKind::terminate()).ok()?,
                hang_up,
            })
        }

        pub(super) async fn next(&mut self) {
            let hang_up = async {
                match &mut self.hang_up {
                    Some(hang_up) => hang_up.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
                _ = hang_up => {}
            }
        }
    }

    /// Whether this process was started with `SIGHUP` ignored; only Linux says so.
    fn ignores_hang_up() -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status
            .lines()
            .find_map(|line| line.strip_prefix("SigIgn:"))
            .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        ignored.is_some_and(|mask| mask & 1 == 1)
    }
}

#[cfg(windows)]
mod windows {
    use tokio::signal::windows::{CtrlC, ctrl_c};

    /// The signals that end a run.
    pub(super) struct Signals(CtrlC);

    impl Signals {
        pub(super) fn listen() -> Option<Self> {
            ctrl_c().ok().map(Self)
        }

        pub(super) async fn next(&mut self) {
            self.0.recv().await;
        }
    }
}
