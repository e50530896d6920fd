//! How strongly the standard speaks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much the standard cares; the strongest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A conforming client reaches another outcome than the policy declares, or a grammar is broken.
    Required,
    /// The standard's advice, or strong practice; missing it flips no outcome.
    Recommended,
    /// Reported, never judged.
    Survey,
}
