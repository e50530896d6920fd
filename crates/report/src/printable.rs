//! Text of strangers made safe to print: with nothing hidden, and of limited length.

use std::fmt::Write as _;

use crosscheck_vectors::bytes::ByteString;

use crate::words::counted;

/// The longest value that a mismatch quotes, in characters.
const LONGEST_VALUE: usize = 400;

/// `text` with its line ends, safe for a terminal, a log and a page.
///
/// Control characters, which a terminal would obey and XML forbids, become `�`. Bidi controls, which
/// would show text in another order than it has, become escapes such as `\u{202e}`.
pub fn text(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// The same on one line: line ends become `�` as well.
pub fn line(text: &str) -> String {
    visible(text.chars())
}

/// The same on one line, cut after `limit` characters of `text` with a word on how much is missing.
pub fn clip(text: &str, limit: usize) -> String {
    let mut kept = visible(text.chars().take(limit));
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

/// Printable ASCII and line ends as they are, all else as `\xNN`; cut after `limit` bytes with a word on
/// how many are missing.
pub(crate) fn message(bytes: &[u8], limit: usize) -> String {
    let mut text = String::new();
    for &byte in bytes.iter().take(limit) {
        match byte {
            b' '..=b'~' | b'\n' => text.push(char::from(byte)),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    if bytes.len() > limit {
        let more = counted(bytes.len() - limit, "more byte", "more bytes");
        let _ = write!(text, "… ({more})");
    }
    text
}

/// `chars`, each as it can be shown.
fn visible(chars: impl Iterator<Item = char>) -> String {
    chars.fold(String::new(), |mut text, c| {
        match c {
            '\u{fffe}' | '\u{ffff}' => text.push(char::REPLACEMENT_CHARACTER),
            _ if c.is_control() => text.push(char::REPLACEMENT_CHARACTER),
            _ if is_bidi_control(c) => text.extend(c.escape_unicode()),
            _ => text.push(c),
        }
        text
    })
}

/// Whether `c` has Unicode's property `Bidi_Control`: it is not seen, and changes the order in which
/// text around it is shown.
///
/// Spec: <https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters>
fn is_bidi_control(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{clip, line, message, quoted, text};

    #[rstest]
    #[case::plain("naïve, 日本 ✓ `code` \\u", "naïve, 日本 ✓ `code` \\u")]
    #[case::escape("a\x1b[31mb", "a�[31mb")]
    #[case::null("\0", "�")]
    #[case::tab("a\tb", "a�b")]
    #[case::carriage_return("a\rb", "a�b")]
    #[case::delete("\x7f", "�")]
    #[case::c1_csi("\u{9b}2J", "�2J")]
    #[case::next_line("\u{85}", "�")]
    #[case::no_character_of_xml("\u{fffe}\u{ffff}", "��")]
    #[case::arabic_letter_mark("\u{61c}", r"\u{61c}")]
    #[case::marks(
        "\u{200d}\u{200e}\u{200f}\u{2010}",
        "\u{200d}\\u{200e}\\u{200f}\u{2010}"
    )]
    #[case::embeddings("\u{202a}\u{202b}\u{202c}", r"\u{202a}\u{202b}\u{202c}")]
    #[case::overrides("\u{202d}\u{202e}\u{202f}", "\\u{202d}\\u{202e}\u{202f}")]
    #[case::isolates(
        "\u{2066}\u{2067}\u{2068}\u{2069}",
        r"\u{2066}\u{2067}\u{2068}\u{2069}"
    )]
    #[case::spoofed("user\u{202e}nimda", r"user\u{202e}nimda")]
    fn what_is_not_seen_becomes_visible(#[case] hidden: &str, #[case] visible: &str) {
        assert_eq!(line(hidden), visible);
        assert_eq!(text(hidden), visible);
        assert_eq!(clip(hidden, hidden.len()), visible);
        assert_eq!(text(visible), visible, "printable text stays as it is");
    }

    #[rstest]
    #[case::nothing("", "", "")]
    #[case::between("a\nb", "a\nb", "a�b")]
    #[case::at_the_ends("\na\n", "\na\n", "�a�")]
    #[case::of_dos("a\r\n\x1bb", "a�\n�b", "a���b")]
    fn only_text_keeps_its_line_ends(
        #[case] of_lines: &str,
        #[case] as_text: &str,
        #[case] as_line: &str,
    ) {
        assert_eq!(text(of_lines), as_text);
        assert_eq!(line(of_lines), as_line);
        assert_eq!(clip(of_lines, 99), as_line);
    }

    #[rstest]
    #[case::fits("äöü", 3, "äöü")]
    #[case::cut("äöüx", 3, "äöü… (1 more)")]
    #[case::nothing_left("ab", 0, "… (2 more)")]
    #[case::cut_and_visible("a\x1b[2J\nb", 5, "a�[2J… (2 more)")]
    #[case::an_escape_stays_whole("\u{202e}ab", 1, r"\u{202e}… (2 more)")]
    fn long_text_says_how_much_is_missing(
        #[case] long: &str,
        #[case] limit: usize,
        #[case] clipped: &str,
    ) {
        assert_eq!(clip(long, limit), clipped);
    }

    #[test]
    fn control_bytes_and_backticks_are_escaped() {
        let hostile = b"a`\x1b[31m\r\n\xff\\".as_slice().into();
        assert_eq!(quoted(&hostile), "`a\\x60\\x1b[31m\\r\\n\\xff\\\\`");
    }

    #[rstest]
    #[case::escaped(b"a\x00\xff\nb", 9, "a\\x00\\xff\nb")]
    #[case::cut(b"abcd", 2, "ab… (2 more bytes)")]
    fn bytes_of_a_message_are_escaped_and_cut(
        #[case] bytes: &[u8],
        #[case] limit: usize,
        #[case] shown: &str,
    ) {
        assert_eq!(message(bytes, limit), shown);
    }
}
