//! Ctrl-C, and being told to end.

use std::future::pending;

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::ctrl_c;

/// Ends when Ctrl-C is pressed, or the process is told to terminate.
///
/// Listens from the call on, not only from the first poll: who has just said that Ctrl-C ends it in good
/// order must not die of one that comes at once. Where signals cannot be listened to it never ends.
///
/// # Panics
///
/// Outside a Tokio runtime.
#[cfg(unix)]
pub(crate) fn interrupted() -> impl Future<Output = ()> {
    let signals = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    async move {
        let [Ok(mut interrupt), Ok(mut terminate)] = signals else {
            return pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Ends when Ctrl-C is pressed; listens from the call on. Where that cannot be done it never ends.
///
/// # Panics
///
/// Outside a Tokio runtime.
#[cfg(windows)]
pub(crate) fn interrupted() -> impl Future<Output = ()> {
    let ctrl_c = ctrl_c();
    async move {
        let Ok(mut ctrl_c) = ctrl_c else {
            return pending().await;
        };
        ctrl_c.recv().await;
    }
}
