//! The tree: names at the root, links between documents, suite files.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use super::{files, root, shown};

/// All that may be seen in the project's folder.
const ROOT: [&str; 14] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "crates",
    "harness",
    "justfile",
    "justw",
    "reports",
    "vectors",
];

#[test]
fn the_root_holds_few_names() {
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let ignored: BTreeSet<_> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_allowed =
            name.starts_with('.') || ROOT.contains(&&*name) || ignored.contains(&*name);
        assert!(
            is_allowed,
            "`{name}` does not belong into the project's folder"
        );
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    assert!(root().join("README.md").is_file(), "there is no front door");
    for file in files(root(), "md") {
        let text = fs::read_to_string(&file).unwrap();
        for target in links(&text) {
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            let to = if path.is_empty() {
                file.clone()
            } else {
                file.parent().unwrap().join(path)
            };
            assert!(to.exists(), "{} links to {target}", shown(&file));
            if !fragment.is_empty() && to.extension().is_some_and(|ending| ending == "md") {
                let found = headings(&to).contains(fragment);
                assert!(found, "{} links to {target}", shown(&file));
            }
        }
    }
}

/// The targets of Markdown's links that stay within the project; none from blocks of code.
fn links(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|prose| prose.split("](").skip(1))
        .filter_map(|after| after.split_once(')'))
        .map(|(target, _)| target)
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

/// The fragments of a document's headings, as they are shown on the web.
fn headings(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    let fragment = |line: &str| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        heading
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect::<String>()
    };
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(fragment)
        .collect()
}

#[test]
fn suite_files_are_written_alike() {
    let mut titles = BTreeSet::new();
    for folder in ["vectors/server", "vectors/browser"] {
        for path in files(&root().join(folder), "json") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.ends_with("}\n"), "{} ends otherwise", shown(&path));
            assert!(
                !text.contains('\t') && !text.contains('\r'),
                "{}",
                shown(&path)
            );
            let file: Value = serde_json::from_str(&text).unwrap();
            let title = file["title"].as_str().unwrap().to_owned();
            assert!(
                titles.insert((folder, title.clone())),
                "{title} is there twice"
            );
            let about = file["about"].as_str().unwrap();
            assert!(
                about.ends_with('.'),
                "{}: `about` is no sentence",
                shown(&path)
            );
            let vectors = file["vectors"].as_array().unwrap();
            assert!(!vectors.is_empty(), "{} is empty", shown(&path));
            let mut sentences = BTreeSet::new();
            for vector in vectors {
                let title = vector["title"].as_str().unwrap();
                assert!(
                    sentences.insert(title),
                    "{}: {title} is there twice",
                    shown(&path)
                );
            }
        }
    }
}

#[test]
fn vectors_name_no_implementation() {
    let products = [
        "chrom",
        "firefox",
        "webkit",
        "safari",
        "tower-http",
        "express",
        "nginx",
    ];
    for folder in ["vectors/server", "vectors/browser", "vectors/policies"] {
        for path in files(&root().join(folder), "json") {
            let text = fs::read_to_string(&path).unwrap().to_lowercase();
            // A scheme that servers meet, whatever it is called after.
            let text = text.replace("chrome-extension", "");
            for product in products {
                assert!(!text.contains(product), "{} names {product}", shown(&path));
            }
        }
    }
}
