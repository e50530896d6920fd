//! Commands other than `run`.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
};

use rstest::rstest;

use crate::binary::Bench;

/// A policy that a sound server takes.
const SOUND: &str = r#"{"origins":["https://app.example"],"methods":["GET"],"request_headers":[],
    "response_headers":[],"credentials":false,"max_age":null}"#;

/// All pages below `folder`.
pub(super) fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|ending| ending == "html") {
            found.push(path);
        }
    }
    found
}

fn serve(policy: &str, line: &str) -> crate::binary::Ran {
    let bench = Bench::empty();
    bench.put("policy.json", policy);
    bench.crosscheck(&format!("serve --policy policy.json {line}"))
}

#[test]
fn a_policy_that_a_sound_server_refuses() {
    let refused = SOUND
        .replace(r#"["https://app.example"]"#, r#""*""#)
        .replace("false", "true");
    serve(&refused, "--port 0").refused(&[
        "the reference server refuses `policy.json`",
        "any origin with credentials would let every site act as the user",
        "list the origins or turn credentials off",
        "`--fault` has names",
    ]);
}

#[rstest]
#[case::cut_off("{\"origins\":", &["`policy.json` is no JSON", "EOF"])]
#[case::unknown_field("{\"origin\":\"*\"}", &["`policy.json` is no policy", "unknown field `origin`, expected one of `origins`"])]
#[case::missing_field("{\"origins\":\"*\"}", &["`policy.json` is no policy", "missing field"])]
#[case::an_origin_with_a_path("{\"origins\":[\"https://app.example/a\"],\"methods\":[],\"request_headers\":[],\"response_headers\":[],\"credentials\":false,\"max_age\":null}",
    &["refuses `policy.json`", "an origin has no path; end it after the host or the port"])]
fn a_policy_that_cannot_be_read(#[case] policy: &str, #[case] parts: &[&str]) {
    serve(policy, "--port 0").refused(parts);
}

#[test]
fn a_policy_that_is_not_there() {
    Bench::empty()
        .crosscheck("serve --policy nowhere.json")
        .refused(&["cannot read the policy `nowhere.json`", "No such file"]);
}

#[test]
fn a_port_in_use() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    serve(SOUND, &format!("--port {port}")).refused(&[
        &format!("port {port} is in use"),
        "choose another one with `--port`, or a free one with `--port 0`",
    ]);
}

#[test]
fn an_address_that_others_can_reach() {
    let everywhere = Ipv4Addr::UNSPECIFIED;
    serve(SOUND, &format!("--port 0 --bind {everywhere}")).refused(&[
        &format!("{everywhere} can be reached from other machines"),
        "add `--allow-remote` if you mean it",
    ]);
}

#[test]
fn a_report_of_nothing() {
    Bench::empty()
        .crosscheck("report nowhere")
        .refused(&["cannot use `nowhere/results.json`", "No such file"]);
}

#[rstest]
#[case::cut_off("{\"suite\":", "EOF")]
#[case::something_else("{\"name\":1}", "unknown field `name`")]
fn a_report_of_something_else(#[case] content: &str, #[case] why: &str) {
    let bench = Bench::empty();
    bench.put("out/results.json", content);
    bench
        .crosscheck("report out")
        .refused(&["`out/results.json` cannot be read as results", why]);
    assert_eq!(bench.read("out/results.json"), content);
}

#[test]
fn a_report_of_another_version() {
    let bench = Bench::own();
    bench.run("").ended(0);
    let results = bench.read("out/results.json");
    let older = results.replacen(env!("CARGO_PKG_VERSION"), "0.0.1", 1);
    assert_ne!(results, older);
    bench.put("out/results.json", &older);
    bench.crosscheck("report out").refused(&[
        "`out` was made by suite 0.0.1",
        "use the version that made it",
    ]);
}

#[test]
fn an_export_into_a_folder_that_is_there() {
    let bench = Bench::own();
    bench.put("there/notes", "mine");
    bench
        .crosscheck("vectors export there --vectors suite")
        .refused(&["cannot create `there`", "File exists"]);
    assert_eq!(bench.read("there/notes"), "mine");
}

#[test]
fn a_list_of_nothing() {
    let bench = Bench::own();
    let ran = bench.crosscheck("vectors list --vectors suite --only nowhere/*");
    ran.refused(&["no vector is selected by --only 'nowhere/*'"]);
}
