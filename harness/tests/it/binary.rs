//! The program, run in a folder of its own.

use std::{fs, path::Path, time::Duration};

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Where the program is.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_crosscheck");

/// The place of the suite file that most tests use.
pub(crate) const OWN: &str = "browser/cors-check/own.json";

/// The id of its vector.
pub(crate) const OWN_ID: &str = "browser/cors-check/own/granted";

/// Longer than anything here takes.
const AT_MOST: Duration = Duration::from_mins(1);

/// A folder with a suite in `suite`, in which the program is run.
pub(crate) struct Bench(TempDir);

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Bench {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder whose suite has the one file of [`own`].
    pub(crate) fn own() -> Self {
        Self::with(&own())
    }

    /// A folder whose suite has the one file `content`.
    pub(crate) fn with(content: &Value) -> Self {
        let bench = Self::empty();
        bench.put(&format!("suite/{OWN}"), &content.to_string());
        bench
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with its folders.
    pub(crate) fn put(&self, place: &str, content: &str) {
        let path = self.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, place: &str) -> String {
        fs::read_to_string(self.path().join(place)).unwrap()
    }

    /// Runs the program with the words of `line`.
    pub(crate) fn crosscheck(&self, line: &str) -> Ran {
        self.crosscheck_with(line, &[])
    }

    /// The same with further variables of the environment.
    pub(crate) fn crosscheck_with(&self, line: &str, variables: &[(&str, &str)]) -> Ran {
        let output = Command::new(PROGRAM)
            .args(line.split_whitespace())
            .current_dir(self.path())
            .env_remove("NO_COLOR")
            .envs(variables.iter().copied())
            .timeout(AT_MOST)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Replays the suite on the wire, with further words.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.crosscheck(&format!("run --leg wire --vectors suite --out out {line}"))
    }
}

impl Ran {
    /// That it ended with `code`.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.err.contains("panicked"), "{self:#?}");
        self
    }

    /// That nothing could be judged, and that the person at the terminal was told all of `parts`.
    #[track_caller]
    pub(crate) fn refused(self, parts: &[&str]) {
        let ran = self.ended(2);
        assert_eq!(
            ran.out, "",
            "results are none, so nothing is printed as such"
        );
        ran.told(parts);
    }

    /// That the error stream has all of `parts`, however its lines are broken.
    #[track_caller]
    pub(crate) fn told(&self, parts: &[&str]) {
        assert!(
            !self.err.contains('\x1b'),
            "a pipe gets no colours: {self:#?}"
        );
        let told = squeezed(&self.err);
        for part in parts {
            assert!(
                told.contains(&squeezed(part)),
                "not told of {part:?}: {self:#?}"
            );
        }
    }

    /// The one JSON object on the standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// `text` without blanks and the lines that errors are framed with.
fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !"│×╰─▶├".contains(*c))
        .collect()
}

/// A suite file with one vector, with which the oracle agrees.
pub(crate) fn own() -> Value {
    json!({
        "title": "Own", "about": "A suite of one's own.",
        "vectors": [{
            "name": "granted",
            "title": "A page reads what names its origin.",
            "why": "The header is the origin, byte for byte.",
            "kind": "required",
            "requirements": ["fetch/cors-check/exact-origin"],
            "script": [{ "headers": [["Access-Control-Allow-Origin", "https://app.example"]] }],
            "steps": [{
                "client": { "origin": "https://app.example" },
                "expect": {
                    "outcome": "readable", "status": 200,
                    "requests": [{ "method": "GET", "headers": [["Origin", "https://app.example"]] }]
                }
            }]
        }]
    })
}

/// [`own`] with the value at `pointer`, below its vector, changed; objects get new keys, too.
pub(crate) fn own_with(pointer: &str, value: Value) -> Value {
    let mut file = own();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = file.pointer_mut(&format!("/vectors/0{parent}")).unwrap();
    if let Value::Array(items) = parent {
        items[key.parse::<usize>().unwrap()] = value;
    } else {
        parent[key] = value;
    }
    file
}
