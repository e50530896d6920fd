//! The ways of replaying a vector.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// One way of replaying a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leg {
    /// The model, against the script or the reference server's pure answer; nothing is sent.
    Oracle,
    /// The model, over real sockets.
    Wire,
    /// A browser with this engine.
    Browser(EngineName),
}

/// The name of a browser engine in commands and files, such as `chromium`.
///
/// It is kept in place, so that a leg is a plain value wherever it goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EngineName {
    /// Lower-case letters, digits and hyphens, then zeros.
    bytes: [u8; Self::LONGEST],
}

/// Why a text names no leg.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a leg is `oracle`, `wire` or the name of a browser engine: up to {} lower-case letters, digits and hyphens",
    EngineName::LONGEST
)]
pub struct BadLeg;

impl EngineName {
    /// The longest name, in bytes.
    const LONGEST: usize = 16;

    /// The engine called `name`.
    ///
    /// # Panics
    ///
    /// If that is no name: for constants.
    pub const fn new(name: &str) -> Self {
        match Self::parse(name.as_bytes()) {
            Some(parsed) => parsed,
            None => panic!("an engine's name has up to 16 lower-case letters, digits and hyphens"),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        let length = self.bytes.iter().position(|byte| *byte == 0);
        let name = self.bytes.get(..length.unwrap_or(Self::LONGEST));
        str::from_utf8(name.unwrap_or_default()).unwrap_or_default()
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "lengths are checked, and a constant function has no other way"
    )]
    const fn parse(name: &[u8]) -> Option<Self> {
        if name.is_empty() || name.len() > Self::LONGEST {
            return None;
        }
        let mut bytes = [0; Self::LONGEST];
        let mut at = 0;
        while at < name.len() {
            if !matches!(name[at], b'a'..=b'z' | b'0'..=b'9' | b'-') {
                return None;
            }
            bytes[at] = name[at];
            at += 1;
        }
        Some(Self { bytes })
    }
}

impl Leg {
    /// The leg of the browser engine called `name`.
    ///
    /// # Panics
    ///
    /// If that is no name: for constants.
    pub const fn browser(name: &str) -> Self {
        Self::Browser(EngineName::new(name))
    }

    /// The leg's name in commands and files.
    pub fn word(&self) -> &str {
        match self {
            Self::Oracle => "oracle",
            Self::Wire => "wire",
            Self::Browser(engine) => engine.as_str(),
        }
    }

    /// Whether a browser plays the client.
    pub fn is_browser(self) -> bool {
        match self {
            Self::Browser(_) => true,
            Self::Oracle | Self::Wire => false,
        }
    }
}

impl FromStr for Leg {
    type Err = BadLeg;

    fn from_str(name: &str) -> Result<Self, BadLeg> {
        match name {
            "oracle" => Ok(Self::Oracle),
            "wire" => Ok(Self::Wire),
            engine => {
                let engine = EngineName::parse(engine.as_bytes());
                engine.map(Self::Browser).ok_or(BadLeg)
            }
        }
    }
}

impl Serialize for Leg {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for Leg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl fmt::Debug for EngineName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{BadLeg, Leg};

    #[rstest]
    #[case::oracle("oracle", Leg::Oracle)]
    #[case::wire("wire", Leg::Wire)]
    #[case::engine("some-engine", Leg::browser("some-engine"))]
    #[case::as_long_as_can_be("abcdefghijklmno0", Leg::browser("abcdefghijklmno0"))]
    fn a_leg_is_read_as_it_is_written(#[case] name: &str, #[case] leg: Leg) {
        assert_eq!(name.parse(), Ok(leg));
        assert_eq!(leg.word(), name);
        assert_eq!(serde_json::to_string(&leg).unwrap(), format!("\"{name}\""));
        assert_eq!(leg.is_browser(), !matches!(name, "oracle" | "wire"));
    }

    #[rstest]
    #[case::empty("")]
    #[case::capital("Wire")]
    #[case::too_long("abcdefghijklmnopq")]
    #[case::beyond_ascii("wïre")]
    fn no_other_text_is_a_leg(#[case] name: &str) {
        assert_eq!(name.parse::<Leg>(), Err(BadLeg));
    }

    #[test]
    fn legs_are_in_the_order_of_a_run() {
        let legs = [Leg::Oracle, Leg::Wire, Leg::browser("a"), Leg::browser("b")];
        assert!(legs.is_sorted());
    }
}
