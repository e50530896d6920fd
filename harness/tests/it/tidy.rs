//! House rules that no compiler sees.

mod adapters;
mod advisories;
mod circles;
mod code;
mod edges;
mod engines;
mod sources;
mod tree;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder of the whole project.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the harness is a folder of the project")
}

/// The folders of all crates, the program's last.
fn crates() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("crates")).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = folders
        .filter(|folder| folder.join("Cargo.toml").is_file())
        .collect();
    assert!(!found.is_empty(), "there are no crates");
    found.sort();
    found.push(root().join("harness"));
    found
}

/// All files below `folder` that end in `.ENDING`, without what builds and version control leave there.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let is_ours = !matches!(&*name, "target" | ".git" | "latest" | "selftest");
                folders.extend(is_ours.then_some(path));
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(
        !found.is_empty(),
        "no .{ending} file below {}",
        folder.display()
    );
    found
}

/// A path below the project's folder, for messages.
fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}
