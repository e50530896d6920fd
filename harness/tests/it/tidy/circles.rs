//! Modules that use each other in a circle, which makes one module of them all.

mod paths;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use rstest::rstest;

use self::paths::paths;
use super::{crates, files, shown};

/// Paths of modules from the root of their crate, such as `fetch::flow`, with their sources.
type Modules = BTreeMap<String, String>;

/// Which module uses which.
type Uses = BTreeSet<(String, String)>;

#[test]
fn modules_of_a_crate_form_no_circle() {
    let mut found = String::new();
    for folder in crates() {
        let sources = folder.join("src");
        for circle in circles(&uses(&modules(&sources))) {
            write!(found, "\n{}: {circle}", shown(&sources)).unwrap();
        }
    }
    assert!(found.is_empty(), "{found}");
}

/// The modules in `sources`, without those that hold tests. The crate's root has an empty path.
fn modules(sources: &Path) -> Modules {
    let mut found = Modules::new();
    for file in files(sources, "rs") {
        let path = file.strip_prefix(sources).unwrap().with_extension("");
        let names: Vec<_> = path.iter().map(|name| name.to_str().unwrap()).collect();
        let path = match *names {
            ["lib"] => String::new(),
            ["main"] => continue,
            _ if names.contains(&"tests") => continue,
            _ => names.join("::"),
        };
        found.insert(path, fs::read_to_string(&file).unwrap());
    }
    found
}

/// All uses of a module in another.
fn uses(modules: &Modules) -> Uses {
    let root = modules.get("").map(|source| paths(source));
    let exports: BTreeMap<_, _> = root
        .into_iter()
        .flatten()
        .filter_map(|path| Some((*path.last()?, module_of(modules, &path)?)))
        .collect();
    let mut found = Uses::new();
    for (from, source) in modules.iter().filter(|(from, _)| !from.is_empty()) {
        for path in paths(source) {
            let Some(path) = from_root(from, &path) else {
                continue;
            };
            let exported = || path.first().and_then(|name| exports.get(name).cloned());
            if let Some(to) = module_of(modules, &path).or_else(exported) {
                found.insert((from.clone(), to));
            }
        }
    }
    found
}

/// What `path` is in `module` as a path from the crate's root. None if it leads elsewhere: into
/// another crate, or to what stands below `module` itself.
fn from_root<'a>(module: &'a str, path: &[&'a str]) -> Option<Vec<&'a str>> {
    let n_up = path.iter().take_while(|name| **name == "super").count();
    let above = match path.first()? {
        &"crate" => return Some(path[1..].to_vec()),
        _ if n_up == 0 => return None,
        _ => module.rsplitn(n_up + 1, "::").nth(n_up).unwrap_or(""),
    };
    let names = above.split("::").filter(|name| !name.is_empty());
    Some(names.chain(path[n_up..].iter().copied()).collect())
}

/// The longest module that `path` leads to or through.
fn module_of(modules: &Modules, path: &[&str]) -> Option<String> {
    let beginnings = (1..=path.len()).rev().map(|n| path[..n].join("::"));
    beginnings
        .into_iter()
        .find(|begun| modules.contains_key(begun))
}

/// Every circle of modules that stand side by side, with the uses that close it.
fn circles(uses: &Uses) -> Vec<String> {
    let mut levels: BTreeMap<&str, BTreeMap<(&str, &str), Vec<String>>> = BTreeMap::new();
    for (from, to) in uses {
        if let Some((above, pair)) = siblings(from, to) {
            let line = format!("\n    {} -> {}", file(from), file(to));
            let level = levels.entry(above).or_default();
            level.entry(pair).or_default().push(line);
        }
    }
    let of_level = |level: BTreeMap<_, Vec<String>>| {
        let edges: BTreeSet<_> = level.keys().copied().collect();
        let describe = |circle: Vec<&str>| {
            let steps = circle.windows(2).map(|pair| (pair[0], pair[1]));
            let lines: String = steps
                .flat_map(|step| level[&step].iter().cloned())
                .collect();
            format!("{}{lines}", circle.join(" -> "))
        };
        shortest_circles(&edges)
            .into_iter()
            .map(describe)
            .collect::<Vec<_>>()
    };
    levels.into_values().flat_map(of_level).collect()
}

/// What both modules stand below, and which of its modules each of them is or stands below. None if
/// that is the same module, or one of them stands below the other.
fn siblings<'a>(from: &'a str, to: &'a str) -> Option<(&'a str, (&'a str, &'a str))> {
    let mut begin = 0;
    loop {
        let (one, rest) = first_name(&from[begin..]);
        let (other, other_rest) = first_name(&to[begin..]);
        if one != other {
            return Some((&from[..begin], (one, other)));
        }
        if rest.is_empty() || other_rest.is_empty() {
            return None;
        }
        begin += one.len() + "::".len();
    }
}

fn first_name(path: &str) -> (&str, &str) {
    path.split_once("::").unwrap_or((path, ""))
}

/// Where the source of `module` is, below `src`.
fn file(module: &str) -> String {
    format!("{}.rs", module.replace("::", "/"))
}

/// The shortest circle through every node that is in one, each set of nodes once. The first node
/// stands at both ends.
fn shortest_circles<'a>(edges: &BTreeSet<(&'a str, &'a str)>) -> Vec<Vec<&'a str>> {
    let mut found: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
    for start in edges.iter().map(|(from, _)| *from) {
        let mut seen = BTreeSet::new();
        let mut ways = vec![vec![start]];
        while !ways.is_empty() {
            let longer = ways.iter().flat_map(|way| {
                let last = way.last().copied();
                let next = edges.iter().filter(move |(from, _)| Some(*from) == last);
                next.map(|(_, to)| [way.as_slice(), &[*to]].concat())
            });
            ways = longer
                .filter(|way| seen.insert(*way.last().unwrap()))
                .collect();
            if let Some(circle) = ways.iter().find(|way| way.last() == Some(&start)) {
                let nodes = circle.iter().copied().collect();
                found.entry(nodes).or_insert_with(|| circle.clone());
                break;
            }
        }
    }
    found.into_values().collect()
}

#[rstest]
#[case::plain("use crate::a::B;", &["crate a B"])]
#[case::several_lines("use crate::{\n    a::B,\n    c,\n};", &["crate a B", "crate c"])]
#[case::nested("pub use super::{a::{B, c::{self, D}}, e::*};", &["super a B", "super a c self", "super a c D", "super e"])]
#[case::renamed("use crate::{a as b, c::D as _};", &["crate a", "crate c D"])]
#[case::further_up("use super::super::a::B;", &["super super a B"])]
#[case::in_code("fn f() -> super::A { crate::b::c(self.d, self::e::F) }", &["super A", "crate b c", "self", "self e F"])]
#[case::child("use near::A; use self::far::B;", &["near A", "self far B"])]
#[case::visibility("pub(super) fn f() {} pub(crate) use a::B;", &["super", "crate", "a B"])]
#[case::comments("// use crate::a;\n/* use crate::b; */ use crate::/* c */d; // use", &["crate d"])]
#[case::literals(r##"f("use crate::a; \" //", r#"a" use crate::b; "#, '"', b'\'', 'ä'); use crate::c;"##, &["crate c"])]
#[case::lifetimes("impl<'a> A<'a> for super::B<'a> {} fn f() -> impl C + use<'_> {} use crate::d;", &["super B", "crate d"])]
#[case::tests("#[cfg(test)]\nmod tests { use crate::a; mod b { use super::c; } }\nuse crate::d;", &["crate d"])]
#[case::tests_elsewhere("#[cfg(test)]\nmod tests;\n#[cfg(test)] use crate::a::{B};\nuse crate::c;", &["crate c"])]
fn paths_are_read_from_sources(#[case] source: &str, #[case] expected: &[&str]) {
    let found: Vec<_> = paths(source).iter().map(|path| path.join(" ")).collect();
    assert_eq!(found, expected);
}

/// A use in each module, as `MODULE: SOURCE`.
fn crate_of(modules: &[(&str, &str)]) -> Modules {
    let owned = |(path, source): &(&str, &str)| ((*path).to_owned(), (*source).to_owned());
    modules.iter().map(owned).collect()
}

#[rstest]
#[case::by_name("use crate::b::C;", &["a::b -> b"])]
#[case::deeper("use crate::b::d::C;", &["a::b -> b::d"])]
#[case::through_the_root("use crate::Shown;", &["a::b -> b::d"])]
#[case::sibling("use super::c;", &["a::b -> a::c"])]
#[case::up_twice("use super::super::b::C;", &["a::b -> b"])]
#[case::parent("use super::D;", &["a::b -> a"])]
#[case::other_crate("use serde::b::C; use std::fmt;", &[])]
fn a_use_leads_from_module_to_module(#[case] source: &str, #[case] expected: &[&str]) {
    let modules = crate_of(&[
        ("", "mod a; pub mod b; pub use b::d::Shown;"),
        ("a", "mod b; mod c;"),
        ("a::b", source),
        ("a::c", ""),
        ("b", "pub mod d;"),
        ("b::d", "pub struct Shown;"),
    ]);
    let found: Vec<_> = uses(&modules)
        .iter()
        .map(|(from, to)| format!("{from} -> {to}"))
        .collect();
    assert_eq!(found, expected);
}

#[rstest]
#[case::none(&[("a", "use crate::b;"), ("b", "use crate::c;"), ("c", "")], &[])]
#[case::two(
    &[("a", "use crate::b;"), ("b", "use crate::{a, c};"), ("c", "")],
    &["a -> b -> a\n    a.rs -> b.rs\n    b.rs -> a.rs"]
)]
#[case::three(
    &[("a", "use crate::b;"), ("b", "use crate::c;"), ("c", "use crate::a;")],
    &["a -> b -> c -> a\n    a.rs -> b.rs\n    b.rs -> c.rs\n    c.rs -> a.rs"]
)]
#[case::between_their_children(
    &[("a::x", "use crate::b::z;"), ("b::y", "use crate::a::x;"), ("b::z", "")],
    &["a -> b -> a\n    a/x.rs -> b/z.rs\n    b/y.rs -> a/x.rs"]
)]
#[case::one_level_down(
    &[("a", "mod x; mod y;"), ("a::x", "use super::y;"), ("a::y", "use super::x;")],
    &["x -> y -> x\n    a/x.rs -> a/y.rs\n    a/y.rs -> a/x.rs"]
)]
#[case::parent_and_child(&[("a", "use self::b::C;"), ("a::b", "use super::D;")], &[])]
#[case::two_apart(
    &[("a", "use crate::b;"), ("b", "use crate::{a, c};"), ("c", "use crate::d;"), ("d", "use crate::c;")],
    &["a -> b -> a\n    a.rs -> b.rs\n    b.rs -> a.rs", "c -> d -> c\n    c.rs -> d.rs\n    d.rs -> c.rs"]
)]
fn circles_are_found(#[case] modules: &[(&str, &str)], #[case] expected: &[&str]) {
    assert_eq!(circles(&uses(&crate_of(modules))), expected);
}
