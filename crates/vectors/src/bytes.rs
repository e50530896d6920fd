//! Byte strings in JSON.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Bytes, written in JSON as a string whose code points 0–255 stand for one byte each.
///
/// This is the standard's isomorphic encoding, so a vector can hold any header value, a 0xA0 or a
/// vertical tab included. A code point above 255 is refused.
///
/// Spec: <https://infra.spec.whatwg.org/#isomorphic-encode>
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteString(Vec<u8>);

impl ByteString {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, one code point each: what JSON and reports show.
    pub fn to_text(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&[u8]> for ByteString {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<Vec<u8>> for ByteString {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// Takes the UTF-8 bytes of `text`; for text from a vector file use [`Deserialize`].
impl From<&str> for ByteString {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<ByteString> for Vec<u8> {
    fn from(bytes: ByteString) -> Self {
        bytes.0
    }
}

impl fmt::Debug for ByteString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// Shows printable ASCII as it is and escapes everything else.
impl fmt::Display for ByteString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl Serialize for ByteString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de> Deserialize<'de> for ByteString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.chars()
            .map(|c| {
                u8::try_from(c).map_err(|_too_large| {
                    de::Error::custom(format_args!(
                        "`{c}` (U+{:04X}) is not one byte; write each byte as a code point up to U+00FF",
                        u32::from(c)
                    ))
                })
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl JsonSchema for ByteString {
    fn schema_name() -> Cow<'static, str> {
        "ByteString".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Bytes: each code point from U+0000 to U+00FF stands for one byte.",
            "pattern": "^[\\u0000-\\u00ff]*$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ByteString;

    #[test]
    fn every_byte_survives_json() {
        let all = ByteString::from((0..=255).collect::<Vec<u8>>());
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(serde_json::from_str::<ByteString>(&json).unwrap(), all);
    }

    #[test]
    fn code_points_above_255_are_refused() {
        let error = serde_json::from_str::<ByteString>("\"\u{100}\"").unwrap_err();
        assert!(error.to_string().contains("U+0100"), "{error}");
    }
}
