//! Private values kept out of everything that is printed or kept.
//!
//! Bytes are judged as they came; only what is shown of them passes through here.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use crosscheck_vectors::bytes::ByteString;

use crate::{observation::Exchange, results::LegResult};

/// What stands for what is private.
pub const CONCEALED: &str = "(private)";

/// A value of fewer bytes is in many answers for reasons of its own, and nobody's secret.
const SHORTEST: usize = 6;

/// Longer values that are in many answers for reasons of their own.
const COMMON: [&str; 14] = [
    "application/javascript",
    "application/json",
    "application/xml",
    "bearer",
    "default",
    "deflate",
    "enabled",
    "keep-alive",
    "localhost",
    "no-cache",
    "no-store",
    "private",
    "text/html",
    "text/plain",
];

/// Base64 that is shorter than this says nothing of a secret.
const SHORTEST_BASE64: usize = 8;

/// Private values, each in the spellings in which a server may send it back.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    finder: Option<AhoCorasick>,
}

impl Secrets {
    /// The secrets in the `values` of private headers: each value whole, what follows its scheme, each
    /// cookie's value, and user and password of Basic credentials; longer than five bytes and not common.
    ///
    /// They are found as they are, percent-encoded, in Base64 at any alignment, and in any case.
    pub fn of<V: AsRef<[u8]>>(values: impl IntoIterator<Item = V>) -> Self {
        let mut spellings: Vec<Vec<u8>> = Vec::new();
        for value in values {
            for part in parts(value.as_ref()) {
                if part.len() >= SHORTEST && !is_common(&part) {
                    spellings.extend(spelled(&part));
                }
            }
        }
        spellings.sort_unstable();
        spellings.dedup();
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&spellings);
        Self {
            finder: finder.ok().filter(|_| !spellings.is_empty()),
        }
    }

    /// Whether there is nothing to conceal.
    pub fn is_empty(&self) -> bool {
        self.finder.is_none()
    }

    /// `text` without what is private.
    pub fn conceal<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match &self.finder {
            Some(finder) if finder.is_match(text) => {
                let mut kept = String::with_capacity(text.len());
                finder.replace_all_with(text, &mut kept, |_, _, kept| {
                    kept.push_str(CONCEALED);
                    true
                });
                Cow::Owned(kept)
            }
            Some(_) | None => Cow::Borrowed(text),
        }
    }

    /// Takes what is private out of `result`.
    pub fn conceal_in(&self, result: &mut LegResult) {
        if self.is_empty() {
            return;
        }
        self.text(result.note.as_mut());
        for mismatch in &mut result.mismatches {
            self.text([
                &mut mismatch.field,
                &mut mismatch.expected,
                &mut mismatch.observed,
            ]);
        }
        for seen in &mut result.observations {
            self.text(seen.detail.as_mut());
            self.headers(&mut seen.headers);
            self.bytes(seen.body.as_mut());
            seen.exchanges
                .iter_mut()
                .for_each(|exchange| self.exchange(exchange));
            self.text(seen.trace.iter_mut().map(|line| &mut line.text));
        }
    }

    fn exchange(&self, exchange: &mut Exchange) {
        let request = &mut exchange.request;
        self.text([&mut request.url]);
        self.headers(&mut request.headers);
        self.bytes([&mut request.method, &mut request.body]);
        if let Some(response) = &mut exchange.response {
            self.headers(&mut response.headers);
            self.bytes([&mut response.body]);
        }
    }

    fn headers(&self, headers: &mut [(ByteString, ByteString)]) {
        let lines = headers.iter_mut();
        self.bytes(lines.flat_map(|(name, value)| [name, value]));
    }

    fn text<'t>(&self, texts: impl IntoIterator<Item = &'t mut String>) {
        for text in texts {
            if let Cow::Owned(concealed) = self.conceal(text) {
                *text = concealed;
            }
        }
    }

    fn bytes<'b>(&self, strings: impl IntoIterator<Item = &'b mut ByteString>) {
        let Some(finder) = &self.finder else { return };
        for bytes in strings {
            if finder.is_match(bytes.as_bytes()) {
                let mut kept = Vec::with_capacity(bytes.as_bytes().len());
                finder.replace_all_with_bytes(bytes.as_bytes(), &mut kept, |_, _, kept| {
                    kept.extend_from_slice(CONCEALED.as_bytes());
                    true
                });
                *bytes = kept.into();
            }
        }
    }
}

/// The value, and what of it is a secret by itself.
fn parts(value: &[u8]) -> Vec<Vec<u8>> {
    let value = value.trim_ascii();
    let mut parts = vec![value.to_vec()];
    let blank = value.iter().position(|byte| *byte == b' ');
    if let Some((_scheme, rest)) = blank.and_then(|at| value.split_at_checked(at)) {
        let rest = rest.trim_ascii();
        parts.push(rest.to_vec());
        if let Ok(decoded) = STANDARD.decode(rest) {
            parts.extend(decoded.splitn(2, |byte| *byte == b':').map(<[u8]>::to_vec));
            parts.push(decoded);
        }
    }
    // Cookies, and parameters as of Digest.
    for pair in value.split(|byte| matches!(byte, b';' | b',')) {
        if let Some(at) = pair.iter().position(|byte| *byte == b'=')
            && let Some(value) = pair.get(at + 1..)
        {
            let quotes = |byte: &u8| matches!(byte, b'"' | b' ' | b'\t');
            let start = value.iter().position(|byte| !quotes(byte));
            let end = value.iter().rposition(|byte| !quotes(byte));
            if let (Some(start), Some(end)) = (start, end) {
                parts.push(value.get(start..=end).unwrap_or_default().to_vec());
            }
        }
    }
    parts
}

fn is_common(part: &[u8]) -> bool {
    let mut common = COMMON.iter();
    common.any(|common| part.eq_ignore_ascii_case(common.as_bytes()))
}

/// The spellings of `part` in which it may come back; any case is found without being listed.
fn spelled(part: &[u8]) -> Vec<Vec<u8>> {
    let mut spelled = vec![
        part.to_vec(),
        percent_encoded(part, |byte| byte.is_ascii_alphanumeric()),
        percent_encoded(part, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
        }),
        percent_encoded(part, |byte| {
            byte.is_ascii_alphanumeric() || b"-._~!*'()".contains(&byte)
        }),
        percent_encoded(part, |byte| {
            byte.is_ascii_graphic() && !b"\"#%<>?`{}".contains(&byte)
        }),
        part.escape_ascii().to_string().into_bytes(),
        String::from_utf8_lossy(part)
            .replace('/', "\\/")
            .into_bytes(),
    ];
    for shift in 0..3 {
        for engine in [&STANDARD, &URL_SAFE] {
            let inner = inner_base64(part, shift, engine);
            spelled.extend((inner.len() >= SHORTEST_BASE64).then_some(inner));
        }
    }
    spelled
}

fn percent_encoded(part: &[u8], is_kept: impl Fn(u8) -> bool) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(3 * part.len());
    for &byte in part {
        if is_kept(byte) {
            encoded.push(byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}

/// The characters of Base64 that depend on `part` alone where `shift` bytes stand before it.
fn inner_base64(part: &[u8], shift: usize, engine: &base64::engine::GeneralPurpose) -> Vec<u8> {
    let before = std::iter::repeat_n(&0, shift);
    let shifted: Vec<u8> = before.chain(part).copied().collect();
    let encoded = engine.encode(&shifted);
    let start = (8 * shift).div_ceil(6);
    let end = 8 * shifted.len() / 6;
    encoded
        .as_bytes()
        .get(start..end)
        .unwrap_or_default()
        .to_vec()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{CONCEALED, Secrets};

    const TOKEN: &str = "Bearer s3cr/t+A9_z.é";

    #[rstest]
    #[case::whole("Bearer s3cr/t+A9_z.é", true)]
    #[case::without_scheme("<p>s3cr/t+A9_z.é</p>", true)]
    #[case::upper_case("S3CR/T+A9_Z.é", true)]
    #[case::percent("?t=s3cr%2Ft%2BA9_z.%C3%A9", true)]
    #[case::percent_lower("?t=s3cr%2ft%2bA9_z.%c3%a9", true)]
    #[case::base64_of_the_token("czNjci90K0E5X3ouw6k=", true)]
    #[case::base64_of_the_value("QmVhcmVyIHMzY3IvdCtBOV96LsOp", true)]
    #[case::base64_within_more("eDpzM2NyL3QrQTlfei7DqTp5", true)]
    #[case::another("Bearer s3cr/t+B9", false)]
    #[case::its_scheme("WWW-Authenticate: Bearer", false)]
    fn a_credential_is_found_however_it_is_spelled(#[case] text: &str, #[case] is_private: bool) {
        let secrets = Secrets::of([TOKEN]);
        let concealed = secrets.conceal(text);
        assert_eq!(concealed.contains(CONCEALED), is_private, "{concealed}");
        assert_eq!(concealed == text, !is_private);
    }

    #[rstest]
    #[case::a_cookie("sid=abcdef123; theme=dark", "abcdef123", true)]
    #[case::a_short_one("sid=abcdef123; theme=dark", "a dark theme", false)]
    #[case::basic("Basic YWxhZGRpbjpvcGVuc2VzYW1l", "opensesame", true)]
    #[case::a_scheme_of_urls("https", "https://a.example", false)]
    #[case::one_letter("a", "aaa", false)]
    #[case::part_of_what_stands_for_it("private", "Cache-Control: private", false)]
    #[case::common("application/json", "Content-Type: application/json", false)]
    fn only_what_can_be_a_secret_is_one(
        #[case] value: &str,
        #[case] text: &str,
        #[case] is_private: bool,
    ) {
        let secrets = Secrets::of([value]);
        assert_eq!(secrets.conceal(text).contains(CONCEALED), is_private);
    }

    #[test]
    fn no_values_conceal_nothing() {
        let secrets = Secrets::of::<&str>([]);
        assert!(secrets.is_empty());
        assert_eq!(secrets.conceal("anything"), "anything");
    }
}
