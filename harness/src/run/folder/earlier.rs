//! Folders that versions without a marker wrote.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
};

use crosscheck_report::implementation::Implementation;
use serde_json::Value;

use super::marker;

/// The files at the top of a report.
const OF_A_RUN: [&str; 6] = [
    "results.json",
    "results.jsonl",
    "style.css",
    "report.js",
    "junit.xml",
    "summary.md",
];

/// The smallest vectors that failed.
const GENERATED: &str = "generated/server/minimal.json";

/// What every page has near its beginning.
const TITLE: &[u8] = " – crosscheck</title>".as_bytes();

/// So many bytes of a page, or of the first line of a journal, are looked at.
const LONGEST_HEAD: u64 = 16 << 10;

/// The places of the tool's own files in `folder`, if it is the report of a run: its `results.jsonl` begins
/// as such a file does.
pub(super) fn report(folder: &Path) -> Option<BTreeSet<String>> {
    is_journal(&folder.join("results.jsonl")).then(|| files_of_report(folder))
}

/// The places of the files in `folder`, which is the report of a run, that the tool wrote: results, looks and
/// summaries by their name, and pages by their title.
pub(super) fn files_of_report(folder: &Path) -> BTreeSet<String> {
    let named = OF_A_RUN.into_iter().chain([GENERATED]);
    let named = named.filter(|place| is_file(&folder.join(place)));
    let mut files: BTreeSet<_> = named.map(str::to_owned).collect();
    files.extend(pages(folder, "", Depth::One));
    files.extend(pages(folder, "v", Depth::All));
    files
}

/// The places of the tool's own files in `folder`, if it is a comparison: something is kept in
/// `implementations`, each in a file that can be read as such.
pub(super) fn comparison(folder: &Path) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for (name, path) in regular_files(&folder.join("implementations")) {
        let Some(stem) = name.strip_suffix(".json") else {
            continue;
        };
        let read = fs::read(&path).ok();
        let is_kept =
            read.is_some_and(|json| serde_json::from_slice::<Implementation>(&json).is_ok());
        if is_kept {
            files.insert(format!("implementations/{name}"));
            let page = format!("implementations/{stem}.html");
            if is_page(&folder.join(&page)) {
                files.insert(page);
            }
        }
    }
    if !files.is_empty() {
        let looks = is_file(&folder.join("style.css")).then(|| "style.css".to_owned());
        files.extend(looks);
        files.extend(pages(folder, "", Depth::One));
    }
    files
}

/// Whether the folder at `path` is one that the tool wrote, with or without a marker.
pub(super) fn is_ours(path: &Path) -> bool {
    is_folder(path)
        && (is_file(&path.join(marker::NAME)) || is_journal(&path.join("results.jsonl")))
}

/// How deep to look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    One,
    All,
}

/// The places of pages below `place` in `folder`.
fn pages(folder: &Path, place: &str, depth: Depth) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![place.to_owned()];
    while let Some(place) = open.pop() {
        let Ok(entries) = fs::read_dir(folder.join(&place)) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let inner = if place.is_empty() {
                name
            } else {
                format!("{place}/{name}")
            };
            if is_folder(&entry.path()) {
                if depth == Depth::All {
                    open.push(inner);
                }
            } else if is_page(&entry.path()) {
                found.push(inner);
            }
        }
    }
    found
}

/// The regular files in `folder`, by name; none if it is no folder, such as a link to one.
fn regular_files(folder: &Path) -> Vec<(String, PathBuf)> {
    if !is_folder(folder) {
        return Vec::new();
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named =
        entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())));
    named.filter(|(_, path)| is_file(path)).collect()
}

/// Whether `path` is a page that the tool drew.
fn is_page(path: &Path) -> bool {
    let is_named_so = path.extension().is_some_and(|ending| ending == "html");
    let has_title = |head: Vec<u8>| head.windows(TITLE.len()).any(|part| part == TITLE);
    is_named_so && is_file(path) && head(path).is_ok_and(has_title)
}

/// Whether `path` begins as `results.jsonl` does, of this version or one before.
fn is_journal(path: &Path) -> bool {
    let first_line = || {
        let mut line = Vec::new();
        let mut file = BufReader::new(File::open(path)?.take(LONGEST_HEAD));
        file.read_until(b'\n', &mut line)?;
        io::Result::Ok(line)
    };
    let says = |line: Vec<u8>| {
        let head: Option<Value> = serde_json::from_slice(&line).ok();
        head.is_some_and(|head| {
            let has = |key: &str, is: fn(&Value) -> bool| head.get(key).is_some_and(is);
            has("suite", Value::is_string)
                && (has("subject", Value::is_string) || has("parts", Value::is_object))
        })
    };
    is_file(path) && first_line().is_ok_and(says)
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?
        .take(LONGEST_HEAD)
        .read_to_end(&mut head)?;
    Ok(head)
}

/// Whether `path` is a regular file, and no link to one.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// Whether `path` is a folder, and no link to one.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}
