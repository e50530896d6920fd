//! The sources of all crates.

use std::{fs, net::Ipv4Addr};

use rstest::rstest;

use super::{
    code::{code, is_word, item, n_newlines, pieces, sources},
    files, root, shown,
};

/// The most lines of one file.
const LONGEST: usize = 500;

/// The most lines of one function, from `fn` to the brace that ends it. Tests may have more.
const LONGEST_FUNCTION: usize = 60;

/// What no source has, in pieces so that this file does not have it either.
const NEVER: [[&str; 2]; 5] = [
    ["#[igno", "re"],
    ["#[all", "ow("],
    ["tod", "o!("],
    ["unimplem", "ented!("],
    ["TO", "DO"],
];

#[test]
fn files_are_short() {
    for file in files(root(), "rs") {
        let n_lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(n_lines <= LONGEST, "{} has {n_lines} lines", shown(&file));
    }
}

#[test]
fn functions_are_short() {
    let mut too_long = Vec::new();
    for file in sources() {
        for (line, n_lines) in functions(&fs::read_to_string(&file).unwrap()) {
            if n_lines > LONGEST_FUNCTION {
                too_long.push(format!("{}:{line}: {n_lines} lines", shown(&file)));
            }
        }
    }
    assert!(too_long.is_empty(), "{too_long:#?}");
}

/// Every function in `source` that has a body and is built for more than tests: the number of its first line,
/// and how many lines it has.
fn functions(source: &str) -> Vec<(usize, usize)> {
    let code = code(source);
    let pieces = pieces(&code);
    let mut found = Vec::new();
    let mut line = 1;
    for (at, piece) in pieces.iter().enumerate() {
        let rest = &pieces[at..];
        if let ["fn", " ", name, ..] = *rest
            && is_word(name)
        {
            let function = item(rest);
            if function.last() == Some(&"}") {
                found.push((line, 1 + n_newlines(&function.concat())));
            }
        }
        line += n_newlines(piece);
    }
    found
}

#[rstest]
#[case::one_line("fn a() {}", &[(1, 1)])]
#[case::documented("/// A.\n#[must_use]\npub fn a(\n    b: C,\n) -> D {\n    // e\n    f\n}", &[(3, 6)])]
#[case::only_declared("trait A {\n    fn b(\n        &self,\n    ) -> C;\n\n    fn d() {\n    }\n}", &[(6, 2)])]
#[case::declared_with_bounds("trait A {\n    fn b()\n    where\n        Self: Sized;\n    fn c() {}\n}", &[(5, 1)])]
#[case::one_in_another("fn a() {\n    fn b() {\n    }\n}", &[(1, 4), (2, 2)])]
#[case::braces_in_literals("fn a() {\n    b(\"}\", '}');\n}", &[(1, 3)])]
#[case::pointer("type A = fn(B);\nfn c() {\n}", &[(2, 2)])]
#[case::test("#[cfg(test)]\nmod tests {\n    fn a() {}\n}", &[])]
fn functions_are_counted(#[case] source: &str, #[case] expected: &[(usize, usize)]) {
    assert_eq!(functions(source), expected);
}

#[test]
fn a_module_stands_beside_its_folder() {
    for file in files(root(), "rs") {
        assert!(!file.ends_with("mod.rs"), "{}", shown(&file));
    }
}

#[test]
fn nothing_is_left_out_or_waved_through() {
    for file in files(root(), "rs") {
        let text = fs::read_to_string(&file).unwrap();
        for word in NEVER.map(|pieces| pieces.concat()) {
            assert!(!text.contains(&word), "{} has {word}", shown(&file));
        }
    }
}

#[test]
fn a_lib_holds_modules_and_docs_only() {
    for file in files(root(), "rs") {
        if !file.ends_with("src/lib.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{}", shown(&file));
        for word in ["fn ", "struct ", "enum ", "impl "] {
            let line = text
                .lines()
                .find(|line| line.trim_start().starts_with(word));
            assert_eq!(line, None, "{}", shown(&file));
        }
    }
}

#[test]
fn tests_talk_to_no_machine_but_this_one() {
    let talking =
        ["crates/server/tests", "harness"].map(|folder| files(&root().join(folder), "rs"));
    for file in talking.concat() {
        let text = fs::read_to_string(&file).unwrap();
        for call in ["connect(", "bind(", "SocketAddr::from(", "\"http://"] {
            for after in text.split(call).skip(1) {
                let digits = after.trim_start_matches(['"', '(', '[']);
                let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.');
                let address = digits.get(..end.unwrap_or_default()).unwrap_or_default();
                if let Ok(address) = address.parse::<Ipv4Addr>() {
                    assert!(address.is_loopback(), "{} uses {address}", shown(&file));
                }
            }
        }
    }
}
