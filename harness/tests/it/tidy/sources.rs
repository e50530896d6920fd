//! The sources of all crates.

use std::{fs, net::Ipv4Addr};

use super::{files, root, shown};

/// The most lines of one file.
const LONGEST: usize = 500;

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
