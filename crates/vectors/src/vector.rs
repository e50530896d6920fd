//! One vector, and the file that holds it.

mod json;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::kind::Kind;
use crate::{client::Client, expect::Expectation, policy::Policy, script::Script};

/// One suite file: all vectors of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuiteFile {
    /// The topic in a few words.
    pub title: String,
    /// What the vectors of this file have in common, in a sentence or two.
    pub about: String,
    /// The vectors.
    pub vectors: Vec<Vector>,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Unique in its file; lower-case words joined by `-`.
    pub name: String,
    /// A sentence saying what must happen.
    pub title: String,
    /// One sentence saying why.
    pub why: String,
    /// How much the standard cares.
    pub kind: Kind,
    /// The rows of `requirements.json` that this vector tests, at least one.
    pub requirements: Vec<String>,
    /// The claims of `concepts.json` that this vector shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concepts: Vec<String>,
    /// The weakness classes of `flags.json` that a failure points to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// What the subject must be capable of, beyond its policy: `routes.status`, `routes.redirect`,
    /// `routes.panic`, `hits`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Ids of vectors without whose success this one says nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<VectorId>,
    /// The server's intent, if this vector judges servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicySource>,
    /// The server's answers, if this vector judges clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<Script>,
    /// What stands between clients and server; nothing, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<Through>,
    /// The exchanges, in order.
    pub steps: Vec<VectorStep>,
}

/// What stands between clients and server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// An HTTP cache that all clients share. Each step then is a visit of a client of its own, and must
    /// end as expected whichever visit comes before it.
    SharedCache,
}

/// Where a vector's policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// Written in the vector.
    Inline(Policy),
    /// A file of `vectors/policies`, by its name without ending.
    Suite(String),
}

/// One exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VectorStep {
    /// What the page does.
    pub client: Client,
    /// What it must lead to.
    pub expect: Expectation,
}

/// A policy with the reason why it is in the suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyFile {
    /// The policy in a few words.
    pub title: String,
    /// If present, a sound server refuses to be configured with this policy, for this reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse_because: Option<String>,
    /// The policy.
    pub policy: Policy,
}

/// A vector's stable name: `FOLDER/TOPIC/NAME`, never reused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct VectorId(String);

/// Why a text is no vector id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an id: use lower-case words of letters and digits joined by `-`, in at least three parts joined by `/`"
)]
pub struct InvalidVectorId(pub String);

impl VectorId {
    /// Checks `text`.
    ///
    /// # Errors
    ///
    /// If `text` is not at least three parts joined by `/`, each of them words of lower-case letters
    /// and digits joined by `-`. So an id is always a safe file name and fragment.
    pub fn parse(text: &str) -> Result<Self, InvalidVectorId> {
        let is_word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let parts = text.split('/').count();
        if parts >= 3 && text.split('/').all(|part| part.split('-').all(is_word)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidVectorId(text.to_owned()))
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All but the last part: the suite file's place, without its ending.
    pub fn topic(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(topic, _)| topic)
    }
}

impl<'de> Deserialize<'de> for VectorId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for VectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::VectorId;

    #[rstest]
    #[case("server/vary/on-refused", true)]
    #[case("browser/cors-check/allow-origin/two-lines", true)]
    #[case("server/vary", false)]
    #[case("../vary/x", false)]
    #[case("server/vary/x--y", false)]
    #[case("server/vary/X", false)]
    #[case("server//x", false)]
    fn an_id_is_a_safe_path(#[case] text: &str, #[case] good: bool) {
        assert_eq!(VectorId::parse(text).is_ok(), good);
    }
}
