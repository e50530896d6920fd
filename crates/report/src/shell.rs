//! Words of a shell.

use std::fmt::Write as _;

/// One word of a POSIX shell, or of one that knows `$'…'` if there are bytes that need it.
pub(crate) fn shell_word(bytes: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._/:=?&%,@+*".contains(b);
    let printable = |b: &u8| b.is_ascii_graphic() || *b == b' ';
    if bytes.iter().all(printable) {
        let text = String::from_utf8_lossy(bytes);
        let is_bare = !bytes.is_empty()
            && bytes.iter().all(plain)
            && !bytes.iter().any(|b| b"?&*".contains(b));
        return if is_bare {
            text.into_owned()
        } else {
            format!("'{}'", text.replace('\'', r"'\''"))
        };
    }
    let escaped = bytes.iter().fold(String::new(), |mut word, byte| {
        match byte {
            b'\'' | b'\\' => word.extend(['\\', char::from(*byte)]),
            _ if printable(byte) => word.push(char::from(*byte)),
            _ => {
                // Writing to a string cannot fail.
                let _ = write!(word, "\\x{byte:02x}");
            }
        }
        word
    });
    format!("$'{escaped}'")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::shell_word;

    #[rstest]
    #[case("PUT", "PUT")]
    #[case("", "''")]
    #[case("https://a.example/echo", "https://a.example/echo")]
    #[case("/echo?a=1&b=*", "'/echo?a=1&b=*'")]
    #[case("it's; rm -rf $HOME", r"'it'\''s; rm -rf $HOME'")]
    #[case("a'\\\n\x07", r"$'a\'\\\x0a\x07'")]
    fn a_shell_word_is_one_word(#[case] text: &str, #[case] word: &str) {
        assert_eq!(shell_word(text.as_bytes()), word);
    }
}
