//! The parts of an entry that can be written wrongly.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Deserializer, de::Error};

/// A pattern: `*` stands for any text, slashes included, and `?` for one character.
///
/// Brackets and braces stand for themselves, since fields such as `requests[0].method` have them.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    matcher: GlobMatcher,
}

/// The longest pattern that is taken, in bytes: far more than any id has.
pub const LONGEST_PATTERN: usize = 1000;

/// Why a text is no pattern.
#[derive(Clone, Debug, thiserror::Error)]
pub enum InvalidPattern {
    /// It is too long to be compiled.
    #[error("a pattern has {0} bytes, and at most {LONGEST_PATTERN} are taken")]
    TooLong(usize),
    /// It cannot be compiled.
    #[error("`{text}` is not a pattern")]
    Glob {
        /// The pattern.
        text: String,
        /// What is wrong with it.
        source: globset::Error,
    },
}

impl Pattern {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// If `text` is too large to be compiled.
    pub fn parse(text: &str) -> Result<Self, InvalidPattern> {
        if text.len() > LONGEST_PATTERN {
            return Err(InvalidPattern::TooLong(text.len()));
        }
        let literal = text.chars().fold(String::new(), |mut glob, c| {
            if matches!(c, '[' | ']' | '{' | '}' | '\\') {
                glob.push('\\');
            }
            glob.push(c);
            glob
        });
        GlobBuilder::new(&literal)
            .backslash_escape(true)
            .literal_separator(false)
            .build()
            .map(|glob| Self {
                text: text.to_owned(),
                matcher: glob.compile_matcher(),
            })
            .map_err(|source| InvalidPattern::Glob {
                text: text.to_owned(),
                source,
            })
    }

    /// Whether the whole of `text` fits.
    pub fn matches(&self, text: &str) -> bool {
        self.matcher.is_match(text)
    }
}

/// Matches everything.
impl Default for Pattern {
    fn default() -> Self {
        Self::parse("*").expect("a star is a pattern")
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Why something fails: never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// A reason is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reason is empty; say why this fails")]
pub struct NoReason;

impl Reason {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// If nothing but whitespace is in it.
    pub fn parse(text: &str) -> Result<Self, NoReason> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NoReason);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Where something is discussed: an address that a browser opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(String);

/// A text is not a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a link; write an address that begins with https:// or leave it out")]
pub struct InvalidLink(pub String);

impl Link {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// If `text` begins with neither `https://` nor `http://`, or has blanks.
    pub fn parse(text: &str) -> Result<Self, InvalidLink> {
        let mut schemes = ["https://", "http://"].into_iter();
        let rest = schemes.find_map(|scheme| text.strip_prefix(scheme));
        match rest {
            Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
                Ok(Self(text.to_owned()))
            }
            Some(_) | None => Err(InvalidLink(text.to_owned())),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A day, `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(String);

/// A text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day; write it as YYYY-MM-DD")]
pub struct InvalidDate(pub String);

impl Date {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// If `text` is not four digits, a month from 01 and a day from 01 to 31, joined by `-`.
    pub fn parse(text: &str) -> Result<Self, InvalidDate> {
        let is_number = |part: &str, digits: usize, range: std::ops::RangeInclusive<u16>| {
            part.len() == digits
                && part.bytes().all(|b| b.is_ascii_digit())
                && part.parse().is_ok_and(|number| range.contains(&number))
        };
        let parts: Vec<_> = text.split('-').collect();
        let is_day = matches!(parts.as_slice(), [year, month, day]
            if is_number(year, 4, 0..=9999)
                && is_number(month, 2, 1..=12)
                && is_number(day, 2, 1..=31));
        if is_day {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidDate(text.to_owned()))
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
