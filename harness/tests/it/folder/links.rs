//! Symbolic links below the folder are not followed.

use std::{fs, os::unix::fs::symlink};

use rstest::rstest;

use super::FEW;
use crate::binary::Bench;

/// A bench with a report in `out`, and `precious/mine.html` beside it.
fn bench() -> Bench {
    let bench = Bench::empty();
    bench.crosscheck(FEW).ended(0);
    bench.put("precious/mine.html", "precious");
    bench
}

#[rstest]
#[case::journal("results.jsonl", "`out/results.jsonl` is a symbolic link")]
#[case::results("results.json", "`out/results.json` is a symbolic link")]
#[case::index("index.html", "`out/index.html` is a symbolic link")]
#[case::list(".crosscheck-files", "`out/.crosscheck-files` is a symbolic link")]
#[case::lock(".crosscheck.lock", "`out/.crosscheck.lock` is a symbolic link")]
fn a_link_in_the_place_of_a_file(#[case] name: &str, #[case] said: &str) {
    let bench = bench();
    let place = bench.path().join("out").join(name);
    fs::remove_file(&place).unwrap();
    symlink(bench.path().join("precious/mine.html"), &place).unwrap();
    bench.crosscheck(FEW).refused(&[said, "move it away"]);
    assert_eq!(bench.read("precious/mine.html"), "precious");
    assert!(place.is_symlink(), "it is still there");
}

#[rstest]
#[case::of_all("v")]
#[case::further_in("v/server")]
fn a_link_in_the_place_of_a_folder(#[case] folder: &str) {
    let bench = bench();
    let place = bench.path().join("out").join(folder);
    fs::remove_dir_all(&place).unwrap();
    symlink(bench.path().join("precious"), &place).unwrap();
    let said = format!("`out/{folder}` is a symbolic link, where crosscheck makes a folder");
    bench.crosscheck(FEW).refused(&[&said]);
    assert_eq!(bench.read("precious/mine.html"), "precious");
    let entries = fs::read_dir(bench.path().join("precious")).unwrap();
    assert_eq!(entries.count(), 1, "nothing was added");
}

#[test]
fn a_folder_in_the_place_of_a_file() {
    let bench = bench();
    let place = bench.path().join("out/index.html");
    fs::remove_file(&place).unwrap();
    bench.put("out/index.html/mine.txt", "precious");
    bench
        .crosscheck(FEW)
        .refused(&["`out/index.html` is a folder, where crosscheck writes a file"]);
    assert_eq!(bench.read("out/index.html/mine.txt"), "precious");
}

#[test]
fn a_journal_that_leads_elsewhere_makes_no_folder_ours() {
    let bench = bench();
    fs::create_dir(bench.path().join("other")).unwrap();
    let journal = bench.path().join("out/results.jsonl");
    let before = fs::read(&journal).unwrap();
    symlink(&journal, bench.path().join("other/results.jsonl")).unwrap();
    let line = FEW.replace("--out out", "--out other");
    bench
        .crosscheck(&line)
        .refused(&["`other` holds files that crosscheck did not write"]);
    assert_eq!(fs::read(&journal).unwrap(), before);
}

#[test]
fn audits_are_not_appended_through_a_link() {
    let bench = Bench::empty();
    bench.put("notes", "");
    symlink(bench.path().join("notes"), bench.path().join("audit.jsonl")).unwrap();
    bench
        .crosscheck("audit http://127.0.0.1:9/ --out audit.jsonl")
        .refused(&["`audit.jsonl` is a symbolic link"]);
    assert_eq!(bench.read("notes"), "");
}

#[test]
fn the_folder_itself_may_be_reached_by_a_link() {
    let bench = Bench::empty();
    fs::create_dir(bench.path().join("disk")).unwrap();
    symlink(bench.path().join("disk"), bench.path().join("out")).unwrap();
    bench.crosscheck(FEW).ended(0);
    assert!(bench.path().join("disk/index.html").is_file());
}
