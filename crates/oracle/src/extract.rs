//! Reading header values: the two ways that parse, next to [`HeaderList::get`], which does not.

use crate::{
    header::{HeaderList, is_tab_or_space, trim},
    token::is_token,
};

/// What [`extract_list`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extracted<'a> {
    /// No header of that name.
    Absent,
    /// At least one line does not parse, which spoils the others too.
    Malformed,
    /// The items of all lines, in order; case and duplicates kept; possibly none.
    Items(Vec<&'a [u8]>),
}

impl<'a> Extracted<'a> {
    /// The items, if there was a header and all of it parsed.
    pub fn items(&self) -> Option<&[&'a [u8]]> {
        match self {
            Self::Items(items) => Some(items),
            Self::Absent | Self::Malformed => None,
        }
    }
}

/// What [`extract_max_age`] or [`extract_location`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtractedSingle<T> {
    /// No header of that name.
    Absent,
    /// The value does not parse, or there are several lines where one is allowed.
    Malformed,
    /// The value of the only line.
    Value(T),
}

/// Reads all lines called `name` as comma lists of tokens and appends their items.
///
/// For `Access-Control-Allow-Methods`, `-Allow-Headers` and `-Expose-Headers`, whose items are
/// methods or field names. Items keep case and duplicates. An empty value is an empty list.
///
/// Spec: <https://fetch.spec.whatwg.org/#extract-header-list-values>
pub fn extract_list<'a>(headers: &'a HeaderList, name: &str) -> Extracted<'a> {
    let mut lines = headers.values(name.as_bytes()).peekable();
    if lines.peek().is_none() {
        return Extracted::Absent;
    }
    let mut items = Vec::new();
    for line in lines {
        if append_tokens(line, &mut items).is_none() {
            return Extracted::Malformed;
        }
    }
    Extracted::Items(items)
}

/// Reads `value` as a comma list of tokens, or says `None`.
///
/// Empty items are skipped, spaces and tabs around items too; quotes have no meaning.
///
/// Spec: <https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient>
pub fn parse_token_list(value: &[u8]) -> Option<Vec<&[u8]>> {
    let mut items = Vec::new();
    append_tokens(value, &mut items)?;
    Some(items)
}

/// Reads `Access-Control-Max-Age`, in seconds, from one line of one or more ASCII digits.
///
/// A number too large for the type becomes the largest it can hold.
///
/// Spec: <https://fetch.spec.whatwg.org/#http-access-control-max-age>
pub fn extract_max_age(headers: &HeaderList) -> ExtractedSingle<u64> {
    let digits = match single(headers, b"access-control-max-age") {
        ExtractedSingle::Value(value) => value,
        ExtractedSingle::Absent => return ExtractedSingle::Absent,
        ExtractedSingle::Malformed => return ExtractedSingle::Malformed,
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return ExtractedSingle::Malformed;
    }
    let seconds = digits.iter().fold(0_u64, |seconds, digit| {
        seconds
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    ExtractedSingle::Value(seconds)
}

/// Reads `Location`: one line, whose value may be empty.
///
/// The value is not judged here: the URL parser does that, as in every browser. Read strictly,
/// the grammar behind the standard's words would refuse a space in it, too.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-response-location-url>
pub fn extract_location(headers: &HeaderList) -> ExtractedSingle<&[u8]> {
    single(headers, b"location")
}

/// Cuts `value` at the commas outside double quotes and strips spaces and tabs from the pieces.
///
/// Quotes stay part of a piece, and a backslash inside quotes hides the next byte.
///
/// Spec: <https://fetch.spec.whatwg.org/#header-value-get-decode-and-split>
pub fn get_decode_and_split(value: &[u8]) -> Vec<&[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    value
        .split(|&byte| {
            let separates = byte == b',' && !quoted;
            let escapes = quoted && !escaped && byte == b'\\';
            if byte == b'"' && !escaped {
                quoted = !quoted;
            }
            escaped = escapes;
            separates
        })
        .map(|piece| trim(piece, is_tab_or_space))
        .collect()
}

fn append_tokens<'a>(value: &'a [u8], items: &mut Vec<&'a [u8]>) -> Option<()> {
    for piece in value.split(|&byte| byte == b',') {
        let item = trim(piece, is_tab_or_space);
        if item.is_empty() {
            continue;
        }
        if !is_token(item) {
            return None;
        }
        items.push(item);
    }
    Some(())
}

fn single<'a>(headers: &'a HeaderList, name: &[u8]) -> ExtractedSingle<&'a [u8]> {
    let mut lines = headers.values(name);
    match (lines.next(), lines.next()) {
        (None, _) => ExtractedSingle::Absent,
        (Some(value), None) => ExtractedSingle::Value(value),
        (Some(_), Some(_)) => ExtractedSingle::Malformed,
    }
}

#[cfg(test)]
mod tests;
