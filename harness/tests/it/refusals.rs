//! Input that nothing can be judged with: exit code 2, and a message that says what, where and what to
//! do about it.

mod commands;
mod suites;

use rstest::rstest;

use crate::binary::Bench;

#[rstest]
#[case::fault(
    "--fault reflect-orign",
    &["no fault is called `reflect-orign`", "did you mean `reflect-origin`?"]
)]
#[case::nothing_selected(
    "--only nowhere/*",
    &["no vector is selected by --only 'nowhere/*'", "`crosscheck vectors list` shows all ids"]
)]
#[case::all_skipped("--skip *", &["no vector is selected by --skip '*'"])]
#[case::no_such_kind("--kind survey", &["no vector is selected by --kind survey"])]
#[case::bad_glob("--only server/[", &["`server/[` is no glob", "unclosed character class"])]
#[case::bad_skip("--skip server/{", &["`server/{` is no glob"])]
#[case::shard_beyond("--shard 5/4", &["`5/4` is no shard", "write `1/4` for the first of four"])]
#[case::shard_zero("--shard 0/4", &["`0/4` is no shard", "write `1/4`"])]
#[case::shard_word("--shard one", &["`one` is no shard", "write `1/4`"])]
#[case::empty_shard("--shard 2/2", &["no vector is selected by --shard 2/2"])]
#[case::jobs("--jobs 0", &["'--jobs <N>'", "0 is not in 1..=1024"])]
#[case::timeout("--timeout 0", &["'--timeout <SECONDS>'", "0 is not in 1.."])]
#[case::leg("--leg netscape", &["'netscape'", "[possible values: wire, chromium]"])]
#[case::output("--output pdf", &["'pdf'", "[possible values: html, json"])]
#[case::option("--vektors x", &["'--vektors'", "similar argument", "'--vectors'"])]
fn a_choice_that_cannot_be(#[case] choice: &str, #[case] parts: &[&str]) {
    Bench::own().run(choice).refused(parts);
}

#[rstest]
#[case::option("--chromium /nonexistent/chromium", "")]
#[case::variable("", "/nonexistent/chromium")]
fn a_browser_that_is_not_there(#[case] option: &str, #[case] variable: &str) {
    let bench = Bench::own();
    let variables = [("CROSSCHECK_CHROMIUM", variable)];
    let variables = if variable.is_empty() {
        &[]
    } else {
        &variables[..]
    };
    bench
        .crosscheck_with(
            &format!("run --vectors suite --out out {option}"),
            variables,
        )
        .refused(&[
            "there is no program `/nonexistent/chromium`",
            "install Chromium or set CROSSCHECK_CHROMIUM",
            "`--leg wire`",
        ]);
    assert!(!bench.path().join("out").exists(), "nothing was started");
}

#[test]
fn no_browser_at_all() {
    let bench = Bench::own();
    let nowhere = bench.path().display().to_string();
    bench
        .crosscheck_with("run --vectors suite --out out", &[("PATH", &nowhere)])
        .refused(&[
            "no Chromium was found",
            "looked on PATH for chromium",
            "`--leg wire`",
        ]);
}

#[test]
fn a_browser_that_is_none() {
    let bench = Bench::own();
    let line = "run --leg chromium --vectors suite --out out --timeout 5 --chromium /bin/false";
    bench
        .crosscheck(line)
        .refused(&["the browser cannot be started", "/bin/false"]);
}

#[test]
fn results_that_cannot_be_put_where_they_should() {
    let bench = Bench::own();
    bench.put("taken", "a file");
    bench
        .crosscheck("run --leg wire --vectors suite --out taken")
        .refused(&["`taken` is not a folder"]);
    assert_eq!(bench.read("taken"), "a file");
}
