//! `--out DIR`: nothing is deleted or replaced there that the tool did not write.

#[cfg(unix)]
mod links;

use std::fs;

use rstest::rstest;

use crate::binary::Bench;

/// A run of a few vectors.
pub(crate) const FEW: &str = "run --leg wire --only server/grant/* --quiet --out out";

/// What a refusal of somebody else's folder says to do.
const ADVICE: &str = "name an empty or a new folder with --out, or remove them";

#[rstest]
#[case::a_run(FEW)]
#[case::generated("run --leg wire --generate 5 --seed 1 --output json --quiet --out out")]
#[case::resumed("run --leg wire --only server/grant/* --quiet --out out --resume")]
fn a_folder_of_somebody_else_is_refused(#[case] line: &str) {
    let bench = Bench::empty();
    let files = ["index.html", "v/src/main.v", "generated/mine.txt"];
    for file in files {
        bench.put(&format!("out/{file}"), "precious");
    }
    let said = "`out` holds files that crosscheck did not write, such as `generated`:";
    bench.crosscheck(line).refused(&[said, ADVICE]);
    for file in files {
        assert_eq!(bench.read(&format!("out/{file}")), "precious");
    }
    let entries = fs::read_dir(bench.path().join("out")).unwrap();
    assert_eq!(entries.count(), 3, "nothing was added");
}

#[rstest]
#[case::results("results.json", "{}")]
#[case::journal("results.jsonl", "{\"mine\":true}\n")]
#[case::hidden(".gitignore", "*")]
fn one_foreign_file_is_enough(#[case] name: &str, #[case] content: &str) {
    let bench = Bench::empty();
    bench.put(&format!("out/{name}"), content);
    let such_as = format!("such as `{name}`");
    bench.crosscheck(FEW).refused(&[&such_as, ADVICE]);
    assert_eq!(bench.read(&format!("out/{name}")), content);
}

#[test]
fn an_empty_folder_is_taken() {
    let bench = Bench::empty();
    fs::create_dir(bench.path().join("out")).unwrap();
    bench.crosscheck(FEW).ended(0);
    assert!(
        bench
            .read("out/.crosscheck-files")
            .contains("\"index.html\"")
    );
}

#[test]
fn foreign_files_in_a_folder_of_ours_stay() {
    let bench = Bench::empty();
    bench.crosscheck(FEW).ended(0);
    let mine = ["v/mine.txt", "v/server/mine.html", "generated/mine.txt"];
    for file in mine {
        bench.put(&format!("out/{file}"), "precious");
    }
    let page = |topic: &str| bench.path().join("out/v/server").join(topic);
    assert!(page("grant").exists());
    bench
        .crosscheck("run --leg wire --only server/deny/* --quiet --out out")
        .ended(0);
    assert!(page("deny").exists() && !page("grant").exists());
    let line = "run --leg wire --generate 5 --seed 1 --output json --quiet --out out";
    bench.crosscheck(line).ended(0);
    for file in mine {
        assert_eq!(bench.read(&format!("out/{file}")), "precious");
    }
}

#[test]
fn a_foreign_file_in_the_place_of_one_of_ours_is_not_replaced() {
    let bench = Bench::empty();
    bench.crosscheck(&format!("{FEW} --output json")).ended(0);
    let before = bench.read("out/results.jsonl");
    bench.put("out/index.html", "precious");
    bench
        .crosscheck(FEW)
        .refused(&["crosscheck did not write `out/index.html`, so it does not replace it"]);
    assert_eq!(bench.read("out/index.html"), "precious");
    assert_eq!(bench.read("out/results.jsonl"), before, "it was not begun");
}

#[rstest]
#[case::no_json("{", "EOF")]
#[case::another_version(r#"{"version":9,"files":[]}"#, "it has version 9")]
#[case::beyond_the_folder(
    r#"{"version":1,"files":["../precious.txt"]}"#,
    "`../precious.txt` is no file below that folder"
)]
fn a_damaged_list_is_not_guessed(#[case] list: &str, #[case] why: &str) {
    let bench = Bench::empty();
    bench.crosscheck(FEW).ended(0);
    bench.put("precious.txt", "precious");
    bench.put("out/.crosscheck-files", list);
    let index = bench.read("out/index.html");
    let said = "`out/.crosscheck-files` is no list of the files that crosscheck wrote";
    bench.crosscheck(FEW).refused(&[said, why]);
    assert_eq!(bench.read("precious.txt"), "precious");
    assert_eq!(bench.read("out/index.html"), index);
}

/// Versions before 0.1.0 had no list.
#[test]
fn a_report_without_a_list_is_taken_if_its_journal_is_one() {
    let bench = Bench::empty();
    bench.crosscheck(FEW).ended(0);
    fs::remove_file(bench.path().join("out/.crosscheck-files")).unwrap();
    let journal = bench.read("out/results.jsonl");
    let (_, results) = journal.split_once('\n').unwrap();
    let head = r#"{"suite":"0.1.0","vectors":1,"subject":"reference 0.1.0 None []"}"#;
    bench.put("out/results.jsonl", &format!("{head}\n{results}"));
    bench.put("out/v/mine.html", "precious");
    bench.put("out/known-template.toml", "precious");
    bench
        .crosscheck("run --leg wire --only server/deny/* --quiet --out out")
        .ended(0);
    assert!(!bench.path().join("out/v/server/grant").exists());
    assert_eq!(bench.read("out/v/mine.html"), "precious");
    assert_eq!(bench.read("out/known-template.toml"), "precious");
}

#[test]
fn the_report_of_results_alone_can_be_made() {
    let bench = Bench::empty();
    bench.crosscheck(FEW).ended(0);
    bench.put("copy/results.json", &bench.read("out/results.json"));
    bench.crosscheck("report copy --quiet").ended(0);
    assert_eq!(bench.read("copy/index.html"), bench.read("out/index.html"));
    bench.put("other/results.json", &bench.read("out/results.json"));
    bench.put("other/index.html", "precious");
    bench
        .crosscheck("report other --quiet")
        .refused(&["crosscheck did not write `other/index.html`"]);
    assert_eq!(bench.read("other/index.html"), "precious");
}

#[test]
fn a_comparison_is_not_drawn_over_somebody_elses_pages() {
    let bench = Bench::empty();
    bench.crosscheck(FEW).ended(0);
    bench.put("site/index.html", "precious");
    bench
        .crosscheck("compare out --out site --quiet")
        .refused(&["`site` holds files that crosscheck did not write, such as `index.html`"]);
    assert_eq!(bench.read("site/index.html"), "precious");
}

#[test]
fn a_comparison_can_stand_above_the_runs() {
    let bench = Bench::empty();
    let run = FEW.replace("--out out", "--out reports/latest");
    bench.crosscheck(&run).ended(0);
    bench.crosscheck("compare reports/latest --quiet").ended(0);
    assert!(bench.path().join("reports/index.html").is_file());
}

#[rstest]
#[case::text("mine\n")]
#[case::other_json("{\"mine\":true}\n")]
#[case::one_line("{\"mine\":true}")]
fn audits_are_not_appended_to_somebody_elses_file(#[case] content: &str) {
    let bench = Bench::empty();
    bench.put("mine.json", content);
    for more in ["", " --resume"] {
        bench
            .crosscheck(&format!("audit http://127.0.0.1:9/ --out mine.json{more}"))
            .refused(&["`mine.json` holds what crosscheck did not write"]);
        assert_eq!(bench.read("mine.json"), content);
    }
}

#[test]
fn a_file_is_no_folder() {
    let bench = Bench::empty();
    bench.put("out", "precious");
    bench
        .crosscheck(FEW)
        .refused(&["`out` is not a folder: name an empty or a new folder with --out"]);
    assert_eq!(bench.read("out"), "precious");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written() {
    let line = FEW.replace("--out out", "--out /proc/crosscheck");
    Bench::empty()
        .crosscheck(&line)
        .refused(&["cannot use `/proc/crosscheck`"]);
}

#[rstest]
#[case::a_run(FEW)]
#[case::a_report("report out --quiet")]
#[case::a_comparison("compare out --out out --quiet")]
fn one_writes_at_a_time(#[case] line: &str) {
    let bench = Bench::empty();
    bench.crosscheck(FEW).ended(0);
    let lock = fs::File::open(bench.path().join("out/.crosscheck.lock")).unwrap();
    lock.lock().unwrap();
    let before = bench.read("out/results.json");
    bench.crosscheck(line).refused(&[
        "another run is writing to `out`",
        "wait for it, or give another folder with `--out`",
    ]);
    assert_eq!(bench.read("out/results.json"), before);
    lock.unlock().unwrap();
    bench.crosscheck(FEW).ended(0);
}
