//! What this process shares with the world outside: the date, the error stream, signals.

pub(crate) mod clock;
pub(crate) mod interrupt;
pub(crate) mod say;
