//! `adapter.toml`, and what must be there before an adapter is started.

use rstest::rstest;

use super::FEW;
use crate::binary::Bench;

#[rstest]
#[case::no_file("", &["there is no adapter `adapter`; `ls harness/adapters/*/adapter.toml` lists"])]
#[case::unknown_field("name = \"a\"\ncommand = [\"true\"]\nport = 80", &["line 3", "unknown field `port`"])]
#[case::no_command("name = \"a\"", &["missing field `command`"])]
#[case::empty_command("name = \"a\"\ncommand = []", &["an empty `command`"])]
#[case::name_elsewhere("name = \"../a\"\ncommand = [\"true\"]", &["the name `../a`"])]
#[case::missing_program(
    "name = \"a\"\ncommand = [\"true\"]\nneeds = [\"no-such-program\"]",
    &["needs `no-such-program`, which is not on the PATH"]
)]
#[case::not_installed(
    "name = \"never-set-up\"\ncommand = [\"true\"]\nset_up = [\"true\"]",
    &["`never-set-up` is not installed", "./justw adapters never-set-up"]
)]
#[case::no_such_command(
    "name = \"a\"\ncommand = [\"no-such-program\"]",
    &["`no-such-program` cannot be started"]
)]
fn an_adapter_that_cannot_be_used(#[case] content: &str, #[case] told: &[&str]) {
    let bench = Bench::empty();
    if !content.is_empty() {
        bench.put("adapter/adapter.toml", content);
    }
    bench.judge(FEW).refused(told);
}

#[test]
fn set_up_fills_a_home_of_its_own() {
    let bench = Bench::empty();
    bench.put(
        "adapter/adapter.toml",
        "name = \"homely\"\ncommand = [\"{home}/program\", \"{home}\"]\n\
         set_up = [\"sh\", \"set-up.sh\", \"{home}\"]\nneeds = [\"sh\"]\n",
    );
    bench.put(
        "adapter/set-up.sh",
        "test \"$1\" = \"$CROSSCHECK_ADAPTER_HOME\" || exit 9\ncd \"$1\"\n\
         printf '#!/bin/sh\\necho \"$CROSSCHECK_ADAPTER_HOME $1\" >&2\\n' > program\n\
         chmod +x program\ntouch ready\n",
    );
    let homes = bench.path().join("homes");
    let variables = [("CROSSCHECK_ADAPTERS", homes.to_str().unwrap())];
    let set_up = "adapter set-up adapter";
    bench.crosscheck_with(set_up, &variables).ended(0);
    assert!(homes.join("homely/ready").is_file());
    let ran = bench.crosscheck_with("run --adapter adapter --leg wire --out out", &variables);
    let home = homes.join("homely");
    let home = home.to_str().unwrap();
    ran.refused(&[
        "ended instead of answering `hello`",
        &format!("{home} {home}"),
    ]);
}

#[test]
fn a_set_up_that_fails_is_told() {
    let bench = Bench::empty();
    bench.put(
        "adapter/adapter.toml",
        "name = \"a\"\ncommand = [\"true\"]\nset_up = [\"sh\", \"-c\", \"exit 7\"]\n",
    );
    let homes = bench.path().join("homes");
    let variables = [("CROSSCHECK_ADAPTERS", homes.to_str().unwrap())];
    let ran = bench
        .crosscheck_with("adapter set-up adapter", &variables)
        .ended(2);
    ran.told(&["its set-up failed (exit status: 7)"]);
}

#[test]
fn what_is_wrong_with_an_adapter_is_said_once() {
    let bench = Bench::empty();
    bench.put("bad.toml", "name = 3");
    let ran = bench.crosscheck("adapter set-up nosuch bad.toml").ended(2);
    let told = ["nosuch", "invalid type: integer `3`"];
    for text in told {
        assert_eq!(ran.err.matches(text).count(), 1, "{ran:#?}");
    }
}

#[test]
fn either_a_fault_or_an_adapter() {
    let ran = Bench::empty().judge("--fault reflect-origin");
    assert_eq!(ran.code, Some(2), "{ran:#?}");
}
