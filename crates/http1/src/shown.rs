//! Bytes of a stranger, as a person may read them.

use std::fmt;

/// So many bytes are shown of what may be long.
const SHOWN: usize = 40;

/// A piece of what a peer sent: written with escapes and cut, so that a terminal obeys nothing in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    start: Vec<u8>,
    is_cut: bool,
}

impl From<&[u8]> for Shown {
    fn from(bytes: &[u8]) -> Self {
        let start = bytes.get(..SHOWN).unwrap_or(bytes).to_vec();
        Self {
            is_cut: start.len() < bytes.len(),
            start,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = if self.is_cut { "…" } else { "" };
        write!(f, "{}{more}", self.start.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{SHOWN, Shown};

    #[rstest]
    #[case::plain(b"abc", "abc")]
    #[case::escaped(b"\x1b[2J\0\xff`", "\\x1b[2J\\x00\\xff`")]
    #[case::longest(&[b'a'; SHOWN], &"a".repeat(SHOWN))]
    #[case::cut(&[b'a'; SHOWN + 1], &format!("{}…", "a".repeat(SHOWN)))]
    fn strangers_are_shown_in_bounds(#[case] bytes: &[u8], #[case] expected: &str) {
        assert_eq!(Shown::from(bytes).to_string(), expected);
    }
}
