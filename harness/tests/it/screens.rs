//! What people read at the terminal, word for word.

use rstest::rstest;

use crate::binary::{Bench, Ran};

/// `text` without what differs from machine to machine and from version to version.
fn steady(text: &str) -> String {
    let versioned = text.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    let lines = versioned
        .lines()
        .map(|line| match line.split_once(" replayed in ") {
            Some((what, _seconds)) => format!("{what} replayed in SECONDS"),
            None => line.trim_end().to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case::program("crosscheck", "")]
#[case::run("run", "run")]
#[case::audit("audit", "audit")]
#[case::serve("serve", "serve")]
#[case::selftest("selftest", "selftest")]
#[case::report("report", "report")]
#[case::vectors("vectors", "vectors")]
#[case::vectors_coverage("vectors-coverage", "vectors coverage")]
#[case::vectors_export("vectors-export", "vectors export")]
#[case::vectors_lint("vectors-lint", "vectors lint")]
#[case::vectors_list("vectors-list", "vectors list")]
#[case::vectors_schema("vectors-schema", "vectors schema")]
fn help(#[case] name: &str, #[case] command: &str) {
    // Help shows the variable's value.
    let variables = [("CROSSCHECK_CHROMIUM", "")];
    let Ran { out, .. } = Bench::empty()
        .crosscheck_with(&format!("{command} --help"), &variables)
        .ended(0);
    insta::assert_snapshot!(format!("help-{name}"), steady(&out));
}

#[test]
fn every_command_is_described() {
    let Ran { out, .. } = Bench::empty().crosscheck("--help").ended(0);
    for command in ["run", "audit", "serve", "selftest", "report", "vectors"] {
        assert!(
            out.contains(&format!("\n  {command} ")),
            "{command} is missing: {out}"
        );
    }
}

#[test]
fn a_failure() {
    let line =
        "run --leg wire --jobs 1 --fault prefix-match --only server/origin-match/* --out out";
    let ran = Bench::empty().crosscheck(line).ended(1);
    insta::assert_snapshot!("failure", steady(&ran.out));
    insta::assert_snapshot!("failure-progress", steady(&ran.err));
}

#[test]
fn nothing_wrong() {
    let ran = Bench::own().run("").ended(0);
    insta::assert_snapshot!("nothing-wrong", steady(&ran.out));
}
