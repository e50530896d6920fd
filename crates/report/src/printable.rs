//! Text of strangers made safe to print: escaped and of limited length.

use std::fmt::Write as _;

use crosscheck_vectors::bytes::ByteString;

/// The longest value that a mismatch quotes, in characters.
const LONGEST_VALUE: usize = 400;

/// `text` on one line, cut after `limit` characters with a word on how much is missing; control
/// characters, which a terminal would obey and XML forbids, become `�`.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    let visible = |c: char| match c {
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        _ if c.is_control() => '\u{fffd}',
        _ => c,
    };
    let mut kept: String = text.chars().take(limit).map(visible).collect();
    let n_cut = text.chars().skip(limit).count();
    if n_cut > 0 {
        // Writing to a string cannot fail.
        let _ = write!(kept, "… ({n_cut} more)");
    }
    kept
}

/// `text` between backticks, on one line of printable ASCII; what does not fit in is escaped.
pub(crate) fn quoted(text: &ByteString) -> String {
    format!("`{}`", clip(&escaped(text.as_bytes()), LONGEST_VALUE))
}

/// Like [`quoted`], for text that is no header value.
pub(crate) fn quoted_text(text: &str) -> String {
    format!("`{}`", clip(&escaped(text.as_bytes()), LONGEST_VALUE))
}

/// Printable ASCII but the backtick as it is, all else as `\xNN` or one of `\r`, `\n`, `\t`, `\\`.
pub(crate) fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, &byte| {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b' '..=b'~' if byte != b'`' => text.push(char::from(byte)),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
        text
    })
}

/// Quotes `items` and joins them; `none` if there are none.
pub(crate) fn quoted_list<'a>(items: impl IntoIterator<Item = &'a ByteString>) -> String {
    let items: Vec<_> = items.into_iter().map(quoted).collect();
    if items.is_empty() {
        "none".to_owned()
    } else {
        clip(&items.join(", "), LONGEST_VALUE)
    }
}

#[cfg(test)]
mod tests {
    use super::{clip, quoted};

    #[test]
    fn long_text_says_how_much_is_missing() {
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("äöüx", 3), "äöü… (1 more)");
        assert_eq!(clip("a\x1b[2J\nb", 9), "a\u{fffd}[2J\u{fffd}b");
    }

    #[test]
    fn control_bytes_and_backticks_are_escaped() {
        let hostile = b"a`\x1b[31m\r\n\xff\\".as_slice().into();
        assert_eq!(quoted(&hostile), "`a\\x60\\x1b[31m\\r\\n\\xff\\\\`");
    }
}
