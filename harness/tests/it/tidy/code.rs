//! Sources in Rust, read as far as house rules need: what is a comment, what a literal, and what is built for
//! tests only.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rstest::rstest;

use super::{crates, files};

/// What an item begins with that is built for tests only.
pub(crate) const FOR_TESTS: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];

/// The sources of all crates, without those that are built for tests only.
pub(crate) fn sources() -> Vec<PathBuf> {
    let all = crates().into_iter();
    let all: Vec<_> = all
        .flat_map(|folder| files(&folder.join("src"), "rs"))
        .collect();
    let of_tests: Vec<_> = all
        .iter()
        .flat_map(|path| modules_of_tests(path, &fs::read_to_string(path).unwrap()))
        .collect();
    let is_program = |path: &PathBuf| {
        let module = path.with_extension("");
        !of_tests.iter().any(|folder| module.starts_with(folder))
    };
    all.into_iter().filter(is_program).collect()
}

/// The modules that the source at `path` declares for tests only: their files without the ending.
fn modules_of_tests(path: &Path, source: &str) -> Vec<PathBuf> {
    let folder = if path.ends_with("lib.rs") || path.ends_with("main.rs") {
        path.parent().unwrap().to_owned()
    } else {
        path.with_extension("")
    };
    let lines: Vec<_> = source.lines().map(str::trim).collect();
    let declared = lines
        .windows(2)
        .filter(|pair| pair[0] == FOR_TESTS.concat());
    let names = declared.filter_map(|pair| pair[1].strip_suffix(';')?.split_once("mod "));
    names.map(|(_, name)| folder.join(name)).collect()
}

/// `source` without its comments and without what is built for tests only. Every line stays where it is.
pub(crate) fn code(source: &str) -> String {
    let pieces = pieces(source);
    let mut rest = &*pieces;
    let mut code = String::with_capacity(source.len());
    while let Some(first) = rest.first() {
        let is_test = rest.starts_with(&FOR_TESTS);
        let n_pieces = if is_test { item(rest).len() } else { 1 };
        let (here, after) = rest.split_at(n_pieces);
        if is_test || is_comment(first) {
            code.extend(here.iter().map(|piece| "\n".repeat(n_newlines(piece))));
        } else {
            code.push_str(first);
        }
        rest = after;
    }
    code
}

/// The item that `pieces` begin with: up to the first `;`, or to the end of the first block.
pub(crate) fn item<'t, 's>(pieces: &'t [&'s str]) -> &'t [&'s str] {
    let mut depth = 0_usize;
    for (at, piece) in pieces.iter().enumerate() {
        match *piece {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "}" if depth > 1 => depth -= 1,
            "}" => return &pieces[..=at],
            ";" if depth == 0 => return &pieces[..=at],
            _ => {}
        }
    }
    pieces
}

/// All of `source` in pieces: words, comments, literals, `::`, and single characters.
pub(crate) fn pieces(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = match comment_or_literal(rest) {
            0 if rest.starts_with("::") => 2,
            0 if in_word(first) => rest.find(|c| !in_word(c)).unwrap_or(rest.len()),
            0 => first.len_utf8(),
            length => length,
        };
        let (piece, after) = rest.split_at(length);
        found.push(piece);
        rest = after;
    }
    found
}

pub(crate) fn is_comment(piece: &str) -> bool {
    piece.starts_with("//") || piece.starts_with("/*")
}

/// Whether a piece is a string or a character.
pub(crate) fn is_literal(piece: &str) -> bool {
    piece.len() > 1 && piece.contains(['"', '\'']) && !is_comment(piece)
}

pub(crate) fn is_word(piece: &str) -> bool {
    piece.starts_with(in_word) && !is_literal(piece)
}

pub(crate) fn n_newlines(text: &str) -> usize {
    text.matches('\n').count()
}

fn in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes at the front of `rest` are a comment, a string or a character.
fn comment_or_literal(rest: &str) -> usize {
    let until = |from: usize, end: &str| {
        let at = rest.get(from..).and_then(|text| text.find(end));
        at.map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("//") {
        until(2, "\n")
    } else if rest.starts_with("/*") {
        until(2, "*/")
    } else if let Some(text) = rest.strip_prefix('"') {
        let mut escaped = false;
        let ends = |c| {
            let is_end = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        };
        text.find(ends).map_or(rest.len(), |at| at + 2)
    } else if let Some((opening, closing)) = raw_quotes(rest) {
        until(opening.len(), &closing)
    } else if rest.starts_with("'\\") {
        until(3, "'")
    } else {
        // What is no character is a lifetime.
        let mut quoted = rest.strip_prefix('\'').unwrap_or_default().chars();
        let inside = quoted.next().map_or(0, char::len_utf8);
        if quoted.next() == Some('\'') {
            inside + 2
        } else {
            0
        }
    }
}

/// What begins and ends the raw string that `rest` begins with.
fn raw_quotes(rest: &str) -> Option<(&str, String)> {
    let after = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r')?;
    let (signs, _) = after.split_once('"')?;
    let is_raw = signs.bytes().all(|sign| sign == b'#');
    let opening = &rest[..=rest.find('"')?];
    is_raw.then(|| (opening, format!("\"{signs}")))
}

#[rstest]
#[case::comment("a; // b\nc;", "a; \nc;")]
#[case::documentation("//! a\n\n/// b\nfn c() {}", "\n\n\nfn c() {}")]
#[case::block("a /* b\n c */ d", "a \n d")]
#[case::comment_in_a_string(r#"a("// b", '"', "c")"#, r#"a("// b", '"', "c")"#)]
#[case::raw_string("a(r#\"\"// b\"#) // c", "a(r#\"\"// b\"#) ")]
#[case::module_of_tests("a;\n#[cfg(test)]\nmod tests {\n    b\n}\nc;", "a;\n\n\n\n\nc;")]
#[case::brace_in_a_string("#[cfg(test)]\nmod tests {\n    a(\"}\");\n}\nb;", "\n\n\n\nb;")]
#[case::tests_elsewhere("#[cfg(test)]\nmod tests;\na;", "\n\na;")]
#[case::function_for_tests(
    "impl A {\n    #[cfg(test)]\n    pub fn b(c: [u8; 2]) -> D {\n        e\n    }\n    f",
    "impl A {\n    \n\n\n\n    f"
)]
#[case::other_condition("#[cfg(unix)]\nmod a;", "#[cfg(unix)]\nmod a;")]
fn comments_and_tests_are_no_code(#[case] source: &str, #[case] expected: &str) {
    assert_eq!(code(source), expected);
}

#[rstest]
#[case::root("src/lib.rs", "#[cfg(test)]\nmod fixture;", &["src/fixture"])]
#[case::module("src/a.rs", "mod b;\n#[cfg(test)]\nmod tests;\n", &["src/a/tests"])]
#[case::visible("src/a/b.rs", "#[cfg(test)]\npub(crate) mod c;", &["src/a/b/c"])]
#[case::inside("src/a.rs", "#[cfg(test)]\nmod tests {\n}", &[])]
#[case::program("src/a.rs", "mod tests;", &[])]
fn files_of_tests_are_declared(
    #[case] path: &str,
    #[case] source: &str,
    #[case] expected: &[&str],
) {
    let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
    assert_eq!(modules_of_tests(Path::new(path), source), expected);
}
