//! Where an engine may be named.

use std::{fs, path::Path};

use super::{
    code::{code, sources},
    root, shown,
};

/// The one engine that there is, under the names of its browsers.
const NAMES: [&str; 2] = ["chromium", "chrome"];

/// What only this engine has, and the list of engines.
const OWN: [&str; 3] = [
    "harness/src/browser/chromium.rs",
    "harness/src/browser/chromium",
    "harness/src/browser/engines.rs",
];

/// The module that declares the engine's own, and how.
const DECLARES: (&str, &str) = ("harness/src/browser.rs", "pub mod chromium;");

#[test]
fn code_of_no_engine_names_none() {
    let mut found = Vec::new();
    for path in sources() {
        if OWN.iter().any(|own| path.starts_with(root().join(own))) {
            continue;
        }
        let code = code(&fs::read_to_string(&path).unwrap());
        for (number, line) in code.lines().enumerate() {
            if names_an_engine(&path, line) {
                found.push(format!("{}:{}: {}", shown(&path), number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn names_an_engine(path: &Path, line: &str) -> bool {
    let (module, declaration) = DECLARES;
    if path == root().join(module) && line == declaration {
        return false;
    }
    // A scheme that servers meet, whatever it is called after.
    let line = line.to_lowercase().replace("chrome-extension", "");
    NAMES.iter().any(|name| line.contains(name))
}

#[test]
fn an_engine_is_named_where_it_belongs() {
    for own in OWN {
        assert!(root().join(own).exists(), "{own} is gone");
    }
    let named = |path: &str| {
        let path = root().join(path);
        let code = code(&fs::read_to_string(&path).unwrap());
        code.lines().any(|line| names_an_engine(&path, line))
    };
    assert!(named("harness/src/browser/chromium.rs"));
    assert!(named("harness/src/browser/engines.rs"));
}
