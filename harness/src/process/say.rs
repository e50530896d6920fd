//! What is said to people, on the error stream.

use std::io::{Write as _, stderr};

/// Writes `text`. That nobody reads it any more, as before `2>&1 | head`, changes nothing about a run.
pub(crate) fn say(text: &str) {
    let _unheard = stderr().write_all(text.as_bytes());
}
