//! What this process shares with the world outside: the date, the error stream, signals, the
//! processes that it starts and their folders.

pub(crate) mod clock;
pub(crate) mod folder;
pub(crate) mod guard;
pub(crate) mod interrupt;
pub(crate) mod offspring;
pub(crate) mod say;
