//! The list of the files in a folder that are the tool's own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::run::hexadecimal::hexadecimal;

/// The file's name.
pub(super) const NAME: &str = ".crosscheck-files";

/// The version of its format.
const VERSION: u32 = 1;

/// What the tool wrote into a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Marker {
    version: u32,
    /// Files that may be replaced, by their place in the folder.
    pub(super) files: BTreeSet<String>,
    /// Files for people to write in, with the SHA-256 of what was written: they may be replaced only
    /// as long as that is what they hold.
    #[serde(default)]
    pub(super) templates: BTreeMap<String, String>,
}

impl Marker {
    /// That of a folder in which the tool wrote `files`.
    pub(super) fn of(files: BTreeSet<String>) -> Self {
        Self {
            version: VERSION,
            files,
            templates: BTreeMap::new(),
        }
    }

    /// Reads the text of a marker.
    ///
    /// # Errors
    ///
    /// If it is none, of another version, or names a file that cannot be below its folder. The error
    /// says which of them.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let read: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if read.version != VERSION {
            return Err(format!("it has version {}", read.version));
        }
        let mut places = read.files.iter().chain(read.templates.keys());
        match places.find(|place| !is_below(place)) {
            Some(place) => Err(format!("`{place}` is no file below that folder")),
            None => Ok(read),
        }
    }

    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("names and digests can be written");
        text.push('\n');
        text
    }
}

/// The SHA-256 of `bytes`, in hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Whether `place` is made of plain names.
fn is_below(place: &str) -> bool {
    let is_name = |part: Component<'_>| matches!(part, Component::Normal(_));
    !place.is_empty() && Path::new(place).components().all(is_name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Marker;

    #[test]
    fn a_marker_is_read_as_it_is_written() {
        let mut marker = Marker::of(["v/a/b.html".to_owned(), "index.html".to_owned()].into());
        marker
            .templates
            .insert("known-template.toml".to_owned(), "00".to_owned());
        assert_eq!(Marker::parse(&marker.text()), Ok(marker));
    }

    #[rstest]
    #[case::no_json("", "EOF")]
    #[case::another_version(r#"{"version":2,"files":[]}"#, "it has version 2")]
    #[case::upwards(
        r#"{"version":1,"files":["v/../../x"]}"#,
        "`v/../../x` is no file below"
    )]
    #[case::absolute(r#"{"version":1,"files":["/etc/x"]}"#, "`/etc/x` is no file below")]
    #[case::empty(r#"{"version":1,"files":[""]}"#, "`` is no file below")]
    #[case::a_template(
        r#"{"version":1,"files":[],"templates":{"../x":""}}"#,
        "`../x` is no file below"
    )]
    fn what_is_no_marker_is_refused(#[case] text: &str, #[case] why: &str) {
        let error = Marker::parse(text).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}
