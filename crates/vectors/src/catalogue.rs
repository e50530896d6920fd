//! What vectors refer to: requirements, claims and weakness classes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `requirements.json`: every row that the suite must cover.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// The documents that rows cite.
    pub sources: Vec<Source>,
    /// The rows.
    pub requirements: Vec<Requirement>,
}

/// A document.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The part of a row's `source` before `#`.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Which revision is meant.
    pub version: String,
    /// Its address, to which the fragment is appended.
    pub url: String,
}

/// One thing that a standard or good practice demands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its id.
    pub id: String,
    /// Document and fragment.
    pub source: String,
    /// Whom it binds: `browser`, `server` or `client-api`.
    pub applies_to: String,
    /// `must`, `should`, `may`, `security-must` or `security-should`.
    pub level: String,
    /// What must hold.
    pub statement: String,
    /// Where it shows: `wire`, `browser`.
    pub observable: Vec<String>,
    /// How to see it.
    pub how: String,
    /// What else is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// `concepts.json`: claims about CORS that the suite proves.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concepts {
    /// The claims, in order.
    pub concepts: Vec<Concept>,
}

/// One claim.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// `C01` and so on.
    pub id: String,
    /// The chapter it belongs to.
    pub section: String,
    /// The claim.
    pub claim: String,
}

/// `flags.json`: weakness classes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    /// The classes.
    pub flags: Vec<Flag>,
}

/// One weakness class.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Its id.
    pub id: String,
    /// The weakness in a few words.
    pub title: String,
    /// Who is hurt, and how.
    pub effect: String,
    /// Published vulnerabilities of this class.
    pub cves: Vec<String>,
    /// Where to read on.
    pub links: Vec<String>,
}

/// `accounted.toml`: requirements that no vector can reach.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountedFile {
    /// The rows.
    #[serde(default)]
    pub accounted: Vec<Accounted>,
}

/// One requirement that no vector can reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounted {
    /// The row.
    pub id: String,
    /// Why nothing can reach it.
    pub reason: String,
}
