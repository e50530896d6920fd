//! Failures that are known, each with a reason; they must still fail.

mod apply;
mod parts;
mod template;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use apply::{apply, is_known};
pub use parts::{Date, InvalidDate, InvalidPattern, NoReason, Pattern, Reason};
pub use template::template;

use crate::{diff::Mismatch, observation::Leg};

/// One file of known failures: a list of `[[known]]` tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    /// The file's name, for messages; not part of the file.
    #[serde(skip)]
    pub file: String,
    /// Its entries, in order.
    #[serde(default, rename = "known")]
    pub entries: Vec<KnownEntry>,
}

/// One known failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownEntry {
    /// Which vectors fail.
    pub id: Pattern,
    /// Which fields of the expectation differ; all, if absent.
    #[serde(default)]
    pub assertion: Pattern,
    /// On which leg; on any, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<Leg>,
    /// Why it fails.
    pub reason: Reason,
    /// Where that is discussed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What the standard says instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// The last day on which this is still an excuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

impl KnownEntry {
    fn is_about(&self, leg: Leg) -> bool {
        self.leg.is_none_or(|wanted| wanted == leg)
    }

    fn excuses(&self, leg: Leg, mismatch: &Mismatch) -> bool {
        self.is_about(leg) && self.assertion.matches(&mismatch.field)
    }

    fn note(&self) -> String {
        let mut note = self.reason.to_string();
        if let Some(standard) = &self.standard {
            note.push_str(" — the standard: ");
            note.push_str(standard);
        }
        if let Some(link) = &self.link {
            note.push_str(" — ");
            note.push_str(link);
        }
        note
    }
}
