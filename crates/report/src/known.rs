//! Failures that are known, each with a reason; they must still fail.

mod apply;
mod parts;
mod template;
#[cfg(test)]
mod tests;

use std::slice;

pub use apply::{apply, is_known};
pub use parts::{
    Date, InvalidDate, InvalidLink, InvalidPattern, LONGEST_PATTERN, Link, NoReason, Pattern,
    Reason,
};
use serde::{Deserialize, Deserializer, de::Error};
pub use template::template;

use crate::{leg::Leg, mismatch::Mismatch};

/// One file of known failures: a list of `[[known]]` tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    /// The file's name, for messages; not part of the file.
    #[serde(skip)]
    pub file: String,
    /// Its entries, in order; one that lists several ids is as many entries.
    #[serde(default, rename = "known", deserialize_with = "one_by_one")]
    pub entries: Vec<KnownEntry>,
}

/// One known failure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownEntry<Id = Pattern> {
    /// Which vectors fail.
    pub id: Id,
    /// Which fields of the expectation differ; all, if absent.
    #[serde(default)]
    pub assertion: Pattern,
    /// On which leg; on any, if absent.
    #[serde(default)]
    pub leg: Option<Leg>,
    /// Why it fails.
    pub reason: Reason,
    /// Where that is discussed.
    #[serde(default)]
    pub link: Option<Link>,
    /// What the standard says instead.
    #[serde(default)]
    pub standard: Option<String>,
    /// The last day on which this is still an excuse.
    #[serde(default)]
    pub expires: Option<Date>,
}

/// How a file names the vectors that fail for one reason.
#[derive(Deserialize)]
#[serde(untagged, expecting = "`id` is a pattern, or a list of patterns")]
enum Ids {
    One(Pattern),
    Several(Vec<Pattern>),
}

fn one_by_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<KnownEntry>, D::Error> {
    let mut entries = Vec::new();
    for written in Vec::<KnownEntry<Ids>>::deserialize(deserializer)? {
        let ids = match &written.id {
            Ids::One(id) => slice::from_ref(id),
            Ids::Several(ids) => ids.as_slice(),
        };
        if ids.is_empty() {
            return Err(D::Error::custom("an entry names no vector; fill its `id`"));
        }
        entries.extend(ids.iter().map(|id| written.with_id(id.clone())));
    }
    Ok(entries)
}

impl<Id> KnownEntry<Id> {
    fn with_id(&self, id: Pattern) -> KnownEntry {
        KnownEntry {
            id,
            assertion: self.assertion.clone(),
            leg: self.leg,
            reason: self.reason.clone(),
            link: self.link.clone(),
            standard: self.standard.clone(),
            expires: self.expires.clone(),
        }
    }
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
            note.push_str(&link.to_string());
        }
        note
    }
}
