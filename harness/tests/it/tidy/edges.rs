//! Which crate may use what.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{crates, files, root, shown};

/// What a crate in `crates` may use.
struct Edges {
    /// The crate's folder.
    name: &'static str,
    /// The other crates of the project that it may use.
    crates: &'static [&'static str],
    /// Those that its tests may use besides.
    tests: &'static [&'static str],
    /// How it stays apart from the world outside.
    apart: Apart,
}

/// How a crate stays apart from the world outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Apart {
    /// It may listen and connect.
    Sockets,
    /// It knows no network, but reads files.
    Files,
    /// It knows neither network nor files, but waits for whoever does.
    Waits,
    /// It waits for nothing, either.
    Pure,
}

const EDGES: [Edges; 9] = [
    Edges {
        name: "audit",
        crates: &["oracle", "replay", "report", "vectors"],
        tests: &[],
        apart: Apart::Waits,
    },
    Edges {
        name: "crosscheck",
        crates: &["oracle", "reference", "replay", "report", "vectors"],
        tests: &["server"],
        apart: Apart::Sockets,
    },
    Edges {
        name: "http1",
        crates: &[],
        tests: &[],
        apart: Apart::Pure,
    },
    Edges {
        name: "oracle",
        crates: &[],
        tests: &[],
        apart: Apart::Pure,
    },
    Edges {
        name: "reference",
        crates: &["http1", "vectors"],
        tests: &[],
        apart: Apart::Pure,
    },
    Edges {
        name: "replay",
        crates: &["http1", "oracle", "reference", "report", "vectors"],
        tests: &[],
        apart: Apart::Waits,
    },
    Edges {
        name: "report",
        crates: &["oracle", "vectors"],
        tests: &[],
        apart: Apart::Pure,
    },
    Edges {
        name: "server",
        crates: &["http1", "reference", "vectors"],
        tests: &[],
        apart: Apart::Sockets,
    },
    Edges {
        name: "vectors",
        crates: &["oracle"],
        tests: &[],
        apart: Apart::Files,
    },
];

/// What only the program itself may use: it alone prints, exits and talks to browsers.
const ONLY_HARNESS: [&str; 5] = ["clap", "headless_chrome", "indicatif", "miette", "reqwest"];

/// What reaches a network, or only serves those that do.
const NETWORK: [&str; 14] = [
    "axum",
    "h2",
    "headless_chrome",
    "hyper",
    "mio",
    "rcgen",
    "reqwest",
    "rustls",
    "socket2",
    "tokio",
    "tokio-rustls",
    "tokio-tungstenite",
    "tower",
    "tower-http",
];

/// What waits.
const ASYNC: [&str; 3] = ["async-trait", "futures", "futures-util"];

/// TLS, HTTP/2 and browsers, which judging a service in process needs none of.
const HEAVY: [&str; 9] = [
    "h2",
    "headless_chrome",
    "hyper",
    "rcgen",
    "reqwest",
    "rustls",
    "tokio-rustls",
    "tokio-tungstenite",
    "tungstenite",
];

/// What a crate that is apart from the world outside does not write.
const OUTSIDE: [&str; 8] = [
    "fs::",
    "env::",
    "process::",
    "SystemTime::now",
    "Instant::now",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
];

/// Tables of what is needed to build a crate.
const BUILDS: [&str; 2] = ["dependencies", "build-dependencies"];

const TESTS: [&str; 1] = ["dev-dependencies"];

fn manifest(folder: &Path) -> Table {
    let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    text.parse().unwrap()
}

/// What stands in the tables called `tables` of a crate's manifest, those for some targets only included.
fn dependencies(manifest: &Table, tables: &[&str]) -> Vec<(String, Value)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(|targets| targets.values());
    let places = targets.filter_map(Value::as_table).chain([manifest]);
    places
        .flat_map(|place| tables.iter().filter_map(|table| place.get(*table)))
        .filter_map(Value::as_table)
        .flat_map(|table| table.clone().into_iter())
        .collect()
}

/// The names of what the crate in `folder` has in its tables called `tables`.
fn names(folder: &Path, tables: &[&str]) -> BTreeSet<String> {
    let all = dependencies(&manifest(folder), tables).into_iter();
    all.map(|(name, _)| name).collect()
}

/// The project's own crates among `names`, by their folders.
fn own(names: &BTreeSet<String>) -> BTreeSet<&str> {
    let of_package = |name: &String| name == "crosscheck" || name.starts_with("crosscheck-");
    let own = names.iter().filter(|name| of_package(name));
    own.map(|name| name.strip_prefix("crosscheck-").unwrap_or(name))
        .collect()
}

/// The crates below `crates`: what they may use, and where they are.
fn libraries() -> Vec<(&'static Edges, PathBuf)> {
    let folders = crates()
        .into_iter()
        .filter(|folder| !folder.ends_with("harness"));
    folders
        .map(|folder| {
            let edges = EDGES.iter().find(|edges| folder.ends_with(edges.name));
            let edges = edges.unwrap_or_else(|| panic!("what may {} use?", shown(&folder)));
            (edges, folder)
        })
        .collect()
}

#[test]
fn every_crate_is_a_member_and_nothing_else() {
    let workspace = manifest(root());
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let members: Vec<_> = members.iter().filter_map(Value::as_str).collect();
    let folders: Vec<_> = crates().iter().map(|folder| shown(folder)).collect();
    assert_eq!(members, folders);
    let (adapters, manifests): (Vec<_>, Vec<_>) = files(root(), "toml")
        .into_iter()
        .filter(|path| path.ends_with("Cargo.toml"))
        .partition(|path| {
            let is_below = |folder| path.starts_with(root().join(folder));
            is_below("harness/adapters") || is_below("harness/advisories")
        });
    assert_eq!(manifests.len(), members.len() + 1, "{manifests:?}");
    // Adapters need what they test, which is nothing to the suite's own lock file.
    for path in adapters {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("\n[workspace]"), "{}", shown(&path));
    }
}

#[test]
fn packages_are_named_after_their_folders() {
    for folder in crates() {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let package = manifest(&folder)["package"]["name"].clone();
        let expected = match name {
            "crosscheck" => name.to_owned(),
            _ => format!("crosscheck-{name}"),
        };
        assert_eq!(package.as_str(), Some(&*expected));
    }
}

#[test]
fn crates_use_only_those_that_they_may() {
    for (edges, folder) in libraries() {
        let allowed: BTreeSet<_> = edges.crates.iter().copied().collect();
        let needed = names(&folder, &BUILDS);
        let stray: Vec<_> = own(&needed).difference(&allowed).copied().collect();
        assert!(stray.is_empty(), "{} uses {stray:?}", edges.name);
        let allowed: BTreeSet<_> = [edges.crates, edges.tests].concat().into_iter().collect();
        let needed = names(&folder, &TESTS);
        let stray: Vec<_> = own(&needed).difference(&allowed).copied().collect();
        assert!(stray.is_empty(), "tests of {} use {stray:?}", edges.name);
    }
}

#[test]
fn the_oracle_needs_three_crates() {
    let pure: BTreeSet<_> = ["data-url", "thiserror", "url"].map(str::to_owned).into();
    assert_eq!(names(&root().join("crates/oracle"), &BUILDS), pure);
}

#[test]
fn the_side_of_the_server_never_meets_the_oracle() {
    for folder in ["crates/http1", "crates/reference", "crates/server"] {
        let folder = root().join(folder);
        if !folder.exists() {
            continue;
        }
        for file in files(&folder, "rs") {
            let text = fs::read_to_string(&file).unwrap();
            assert!(!text.contains("crosscheck_oracle"), "{}", shown(&file));
        }
    }
}

#[test]
fn the_vectors_use_the_oracle_for_its_words_only() {
    for file in files(&root().join("crates/vectors/src"), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        for line in text
            .lines()
            .filter(|line| line.contains("crosscheck_oracle"))
        {
            assert_eq!(line, "use crosscheck_oracle::Failure;", "{}", shown(&file));
        }
    }
}

#[test]
fn crates_stay_apart_from_the_world_outside() {
    for (edges, folder) in libraries() {
        let needed = names(&folder, &BUILDS);
        let barred: &[&[&str]] = match edges.apart {
            Apart::Sockets => &[],
            Apart::Files | Apart::Waits => &[&NETWORK],
            Apart::Pure => &[&NETWORK, &ASYNC],
        };
        for name in barred.concat() {
            assert!(!needed.contains(name), "{} uses {name}", edges.name);
        }
        if edges.apart >= Apart::Waits {
            for file in files(&folder.join("src"), "rs") {
                let text = fs::read_to_string(&file).unwrap();
                for word in OUTSIDE {
                    assert!(!text.contains(word), "{} has {word}", shown(&file));
                }
            }
        }
    }
}

#[test]
fn only_the_harness_has_a_command_line() {
    for (edges, folder) in libraries() {
        let needed = names(&folder, &BUILDS);
        for name in ONLY_HARNESS.iter().chain(&["anyhow"]) {
            assert!(!needed.contains(*name), "{} uses {name}", edges.name);
        }
    }
}

#[test]
fn a_service_is_judged_without_tls_and_browsers() {
    let tree = tree_of("crosscheck");
    for name in HEAVY {
        assert!(!tree.contains(name), "`crosscheck` needs {name}");
    }
    assert!(tree.contains("crosscheck-replay"), "{tree:?}");
    assert!(tree.contains("serde_core"), "{tree:?}");
    assert!(tree_of("crosscheck-server").contains("rustls"));
}

/// The names of all packages that `package` is built from. Of the project's own crates their manifests say
/// what is for tests only; of all others the lock file has what any feature and any target needs.
fn tree_of(package: &str) -> BTreeSet<String> {
    let lock: Table = fs::read_to_string(root().join("Cargo.lock"))
        .unwrap()
        .parse()
        .unwrap();
    let own: BTreeMap<_, _> = crates()
        .iter()
        .map(|folder| {
            let name = manifest(folder)["package"]["name"].clone();
            (name.as_str().unwrap().to_owned(), names(folder, &BUILDS))
        })
        .collect();
    let text = |package: &Value, key: &str| package[key].as_str().unwrap().to_owned();
    let mut seen = BTreeSet::new();
    // A name, with its version where the lock file has several.
    let mut open = vec![package.to_owned()];
    while let Some(next) = open.pop() {
        for package in lock["package"].as_array().unwrap() {
            let (name, version) = (text(package, "name"), text(package, "version"));
            let is_next = next == name || next == format!("{name} {version}");
            if !is_next || !seen.insert((name.clone(), version)) {
                continue;
            }
            let needed = package.get("dependencies").and_then(Value::as_array);
            for needed in needed.into_iter().flatten().filter_map(Value::as_str) {
                let needed_name = needed.split(' ').next().unwrap();
                let builds = own.get(&name);
                if builds.is_none_or(|names| names.contains(needed_name)) {
                    open.push(needed.to_owned());
                }
            }
        }
    }
    assert!(!seen.is_empty(), "there is no package {package}");
    seen.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn nothing_depends_on_features() {
    for folder in crates() {
        let manifest = manifest(&folder);
        assert!(!manifest.contains_key("features"), "{}", shown(&folder));
        for (name, wanted) in dependencies(&manifest, &BUILDS) {
            let optional = wanted.get("optional");
            assert_eq!(optional, None, "{}: {name}", shown(&folder));
        }
        for file in files(&folder.join("src"), "rs") {
            let text = fs::read_to_string(&file).unwrap();
            let asks = |line: &&str| line.contains("cfg") && line.contains("feature = ");
            assert_eq!(text.lines().find(asks), None, "{}", shown(&file));
        }
    }
}

#[test]
fn versions_and_lints_are_those_of_the_workspace() {
    for folder in crates() {
        let manifest = manifest(&folder);
        let lints = manifest["lints"]["workspace"].as_bool();
        assert_eq!(lints, Some(true), "{}", shown(&folder));
        for (name, wanted) in dependencies(&manifest, &[BUILDS.as_slice(), &TESTS].concat()) {
            let inherits = wanted.get("workspace").and_then(Value::as_bool);
            assert_eq!(inherits, Some(true), "{}: {name}", shown(&folder));
        }
    }
}
