//! What every published defect's folder holds.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crosscheck_vectors::load::Suite;
use serde::Deserialize;

use super::{root, shown};

/// Verdicts that flag a server.
const VERDICTS: [&str; 4] = [
    "failed-other",
    "failed-over-grant",
    "failed-under-grant",
    "recommended-missed",
];

/// What an `advisory.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defect {
    package: String,
    registry: String,
    advisory: String,
    link: String,
    what: String,
    vulnerable: String,
    fixed: String,
    adapter: PathBuf,
    #[serde(default)]
    arguments: Vec<String>,
    class: String,
    verdict: String,
    vectors: Vec<String>,
}

fn advisories() -> BTreeMap<String, Defect> {
    let all = fs::read_dir(root().join("harness/advisories")).unwrap();
    let files = all.map(|entry| entry.unwrap().path().join("advisory.toml"));
    let named = files.filter(|path| path.is_file()).map(|path| {
        let name = path.parent().unwrap().file_name().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let advisory =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", shown(&path)));
        (name.to_string_lossy().into_owned(), advisory)
    });
    named.collect()
}

/// The version of `package` that is pinned in `folder`.
fn pinned(folder: &Path, advisory: &Defect) -> String {
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let package = &advisory.package;
    let (text, begins, ends) = match &*advisory.registry {
        "npm" => (read("package.json"), format!("\"{package}\": \""), '"'),
        "PyPI" => (read("requirements.txt"), format!("\n{package}=="), '\n'),
        "crates.io" => (
            read("Cargo.toml"),
            format!("\n{package} = {{ version = \"="),
            '"',
        ),
        other => panic!("{}: there is no registry {other}", shown(folder)),
    };
    // Registries do not mind the case of names, nor which of `-` and `_` they have.
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let (text, begins) = (plain(&format!("\n{text}")), plain(&begins));
    let (_, version) = text
        .split_once(&begins)
        .unwrap_or_else(|| panic!("{} lacks {package}", shown(folder)));
    version.split(ends).next().unwrap_or_default().to_owned()
}

#[test]
fn both_versions_of_a_defect_are_pinned() {
    for (name, advisory) in advisories() {
        let folder = root().join("harness/advisories").join(&name);
        assert_eq!(
            pinned(&folder.join("vulnerable"), &advisory),
            advisory.vulnerable,
            "{name}"
        );
        assert_eq!(
            pinned(&folder.join("fixed"), &advisory),
            advisory.fixed,
            "{name}"
        );
        assert_ne!(advisory.vulnerable, advisory.fixed, "{name}");
    }
}

#[test]
fn every_defect_names_a_class_that_its_vectors_point_to() {
    let suite = Suite::embedded().unwrap();
    for (name, advisory) in advisories() {
        assert!(
            VERDICTS.contains(&&*advisory.verdict),
            "{name}: {}",
            advisory.verdict
        );
        assert!(!advisory.vectors.is_empty(), "{name} has no vectors");
        for id in &advisory.vectors {
            let mut vectors = suite.vectors.iter();
            let found = vectors.find(|(found, _)| found.as_str() == id);
            let (_, vector) = found.unwrap_or_else(|| panic!("{name}: there is no {id}"));
            let flags = &vector.flags;
            assert!(
                flags.contains(&advisory.class),
                "{name}: {id} points to {flags:?}"
            );
        }
    }
}

#[test]
fn every_defect_is_told_and_has_an_adapter() {
    let readme = fs::read_to_string(root().join("harness/advisories/README.md")).unwrap();
    let all = advisories();
    assert!(all.len() >= 15, "{} defects", all.len());
    for (name, advisory) in all {
        let row = format!(
            "| [{}]({}) | `{name}` | {} {} → {} |",
            advisory.advisory, advisory.link, advisory.package, advisory.vulnerable, advisory.fixed
        );
        assert!(readme.contains(&row), "the table lacks {row}");
        assert!(advisory.what.ends_with('.'), "{name}: {}", advisory.what);
        let manifest = root().join(&advisory.adapter).join("adapter.toml");
        assert!(
            manifest.is_file(),
            "{name}: {} is missing",
            shown(&manifest)
        );
        let has_blank = |argument: &String| argument.contains(' ');
        assert!(!advisory.arguments.iter().any(has_blank), "{name}");
    }
}
