//! Reading a suite: all of it, or every problem in it.

use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc};

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

pub use crate::suite::{Problem, Suite, Topic};
use crate::{
    catalogue::{Accounted, AccountedFile, Concepts, Flags, Requirements},
    file, lint,
    vector::{SuiteFile, VectorId},
};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../vectors");

/// Why a suite could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder could not be read.
    #[error("cannot read `{path}`")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There are no suite files.
    #[error(
        "`{0}` holds no suite file; expected `server/TOPIC.json` or `browser/ANCHOR/TOPIC.json`"
    )]
    Empty(String),
    /// Something is wrong in the files; all of it.
    #[error("{} problems in the vectors", .0.len())]
    Problems(Vec<Problem>),
}

/// The files of a suite: their places below its folder, with `/`, and their content.
pub type Files = BTreeMap<String, Vec<u8>>;

impl Suite {
    /// The suite that is part of this library.
    ///
    /// # Errors
    ///
    /// Every problem in it, if it was built from a broken tree.
    pub fn embedded() -> Result<Self, LoadError> {
        Self::parse(&embedded_files())
    }

    /// The suite in `folder`, in place of or beside the embedded one; requirements, concepts, flags and
    /// policies that `folder` lacks are the embedded ones.
    ///
    /// # Errors
    ///
    /// If something cannot be read, there is nothing, or anything is wrong in it.
    pub fn read(folder: &Path, beside_embedded: BesideEmbedded) -> Result<Self, LoadError> {
        let mut own = Files::new();
        read_folder(folder, "", &mut own)?;
        if !own.keys().any(|place| topic_of(place).is_some()) {
            return Err(LoadError::Empty(folder.display().to_string()));
        }
        Self::of(own, beside_embedded)
    }

    /// The suite of the files in `own`, in place of or beside the embedded one, as [`read`](Self::read).
    ///
    /// # Errors
    ///
    /// If anything is wrong in it.
    pub fn of(own: Files, beside_embedded: BesideEmbedded) -> Result<Self, LoadError> {
        let mut files = embedded_files();
        if beside_embedded == BesideEmbedded::No {
            files.retain(|place, _| topic_of(place).is_none());
        }
        files.extend(own);
        Self::parse(&files)
    }

    /// Parses and checks `files`.
    ///
    /// # Errors
    ///
    /// All problems, in the order of files.
    pub fn parse(files: &Files) -> Result<Self, LoadError> {
        let mut reader = Reader {
            files,
            problems: Vec::new(),
        };
        let mut suite = reader.catalogue();
        for place in files.keys() {
            if let Some(name) = policy_of(place) {
                suite
                    .policies
                    .extend(reader.one(place).map(|policy| (name.to_owned(), policy)));
            } else if let Some(topic) = topic_of(place) {
                reader.topic(place, topic, &mut suite);
            }
        }
        let mut problems = reader.problems;
        if problems.is_empty() {
            problems = lint::lint(&suite);
        }
        if problems.is_empty() {
            Ok(suite)
        } else {
            Err(LoadError::Problems(problems))
        }
    }
}

/// Whether a user's suite comes in addition to the embedded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BesideEmbedded {
    /// It takes its place.
    No,
    /// It is added.
    Yes,
}

/// The files that the embedded suite was made from.
pub fn embedded_files() -> Files {
    let mut files = Files::new();
    let mut folders = vec![&EMBEDDED];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            let place = file.path().to_string_lossy().replace('\\', "/");
            files.insert(place, file.contents().to_vec());
        }
    }
    files
}

/// `open` for `policies/open.json`; none for anything but a policy.
fn policy_of(place: &str) -> Option<&str> {
    place.strip_prefix("policies/")?.strip_suffix(".json")
}

/// `server/vary` for `server/vary.json`; none for anything but a suite file.
fn topic_of(place: &str) -> Option<&str> {
    let topic = place.strip_suffix(".json")?;
    let in_server = topic
        .strip_prefix("server/")
        .is_some_and(|rest| !rest.contains('/'));
    let in_browser = topic
        .strip_prefix("browser/")
        .is_some_and(|rest| rest.split('/').count() == 2);
    (in_server || in_browser).then_some(topic)
}

fn read_folder(folder: &Path, below: &str, files: &mut Files) -> Result<(), LoadError> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |source| LoadError::Unreadable { path, source }
    };
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let entry = entry.map_err(unreadable(folder))?;
        let path = entry.path();
        let place = format!("{below}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            read_folder(&path, &format!("{place}/"), files)?;
        } else if [".json", ".toml"]
            .iter()
            .any(|ending| place.ends_with(ending))
        {
            files.insert(place, file::read(&path).map_err(unreadable(&path))?);
        }
    }
    Ok(())
}

struct Reader<'a> {
    files: &'a Files,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// A suite without vectors and policies: what they refer to.
    fn catalogue(&mut self) -> Suite {
        Suite {
            vectors: BTreeMap::new(),
            topics: BTreeMap::new(),
            policies: BTreeMap::new(),
            requirements: self
                .one("requirements.json")
                .unwrap_or_else(|| Requirements {
                    sources: Vec::new(),
                    requirements: Vec::new(),
                }),
            concepts: self.one("concepts.json").unwrap_or_else(|| Concepts {
                concepts: Vec::new(),
            }),
            flags: self
                .one("flags.json")
                .unwrap_or_else(|| Flags { flags: Vec::new() }),
            accounted: self.accounted("accounted.toml"),
        }
    }

    /// Adds `topic` and its vectors, which stand in `file`, to `suite`.
    fn topic(&mut self, file: &str, topic: &str, suite: &mut Suite) {
        let Some(SuiteFile {
            title,
            about,
            vectors,
        }) = self.one(file)
        else {
            return;
        };
        suite
            .topics
            .insert(topic.to_owned(), Topic { title, about });
        for (index, vector) in vectors.into_iter().enumerate() {
            let at = format!("vectors[{index}].name");
            let id = match VectorId::parse(&format!("{topic}/{}", vector.name)) {
                Ok(id) => id,
                Err(error) => {
                    self.problem(file, at, error.to_string());
                    continue;
                }
            };
            if suite.vectors.insert(id.clone(), Arc::new(vector)).is_some() {
                let message = format!("`{id}` is there twice; ids are unique");
                self.problem(file, at, message);
            }
        }
    }

    fn problem(&mut self, file: &str, place: String, message: String) {
        self.problems.push(Problem {
            file: file.to_owned(),
            place,
            message,
        });
    }

    fn one<T: DeserializeOwned>(&mut self, file: &str) -> Option<T> {
        let Some(content) = self.files.get(file) else {
            self.problem(file, ".".to_owned(), "is missing".to_owned());
            return None;
        };
        if content.trim_ascii_start().starts_with(b"[") {
            self.problem(file, "line 1".to_owned(), NO_OBJECT.to_owned());
            return None;
        }
        let mut json = serde_json::Deserializer::from_slice(content);
        let parsed = serde_path_to_error::deserialize(&mut json);
        let ended = |value| match json.end() {
            Ok(()) => Ok(value),
            Err(error) => Err(in_file(&error)),
        };
        let parsed = parsed
            .map_err(|error| in_object(&error.path().to_string(), error.inner()))
            .and_then(ended);
        match parsed {
            Ok(value) => Some(value),
            Err((place, message)) => {
                self.problem(file, place, message);
                None
            }
        }
    }

    fn accounted(&mut self, file: &str) -> Vec<Accounted> {
        let text = self
            .files
            .get(file)
            .map(|content| String::from_utf8_lossy(content));
        match toml::from_str::<AccountedFile>(text.as_deref().unwrap_or_default()) {
            Ok(parsed) => parsed.accounted,
            Err(error) => {
                self.problem(file, ".".to_owned(), error.to_string());
                Vec::new()
            }
        }
    }
}

/// What is said of a list in the place of an object, which serde takes for one.
const NO_OBJECT: &str = "an object `{…}` is expected here, not a list";

/// Place and message of an error at `path`.
fn in_object(path: &str, error: &serde_json::Error) -> (String, String) {
    let text = error.to_string();
    let has_path = error.is_data() && !matches!(path, "." | "?");
    let (place, message) = if has_path {
        (path.to_owned(), text)
    } else {
        in_file(error)
    };
    let is_list = message.starts_with("invalid length") && message.contains("expected struct ");
    if is_list {
        let (line, column) = (error.line(), error.column());
        let message = format!("{NO_OBJECT}, at line {line} column {column}");
        return (place, message);
    }
    (place, message)
}

/// Place and message of an error that no path leads to.
fn in_file(error: &serde_json::Error) -> (String, String) {
    let place = format!("line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let message = text.strip_suffix(&format!(" at {place}")).unwrap_or(&text);
    let no_json = if error.is_data() {
        ""
    } else {
        "this is no JSON: "
    };
    (place, format!("{no_json}{message}"))
}

#[cfg(test)]
mod tests;
