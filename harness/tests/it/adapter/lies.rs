//! Adapters that are at fault: each is told what is wrong, and nothing is judged through it.

use rstest::rstest;

use super::{FEW, bench};
use crate::binary::{Bench, Ran};

#[rstest]
#[case::hangs("exec sleep 60", &["did not answer `hello` within 3 s"])]
#[case::ends("echo boom >&2\nexit 3", &["ended instead of answering `hello`", "exit status: 3", "boom"])]
#[case::prints(
    "echo 'Listening on port 80'\nexec $REFERENCE",
    &["`Listening on port 80`", "print logs to stderr"]
)]
#[case::another_message("echo '{\"type\":\"nope\"}'", &["no message of the protocol", "nope"])]
#[case::another_version(
    "$REFERENCE | sed -u 's/\"protocol\":1/\"protocol\":2/'",
    &["version 2 of the protocol"]
)]
#[case::made_up_capability(
    "$REFERENCE | sed -u 's/origins.list/origins.magic/'",
    &["origins.magic", "no message of the protocol"]
)]
#[case::both_ways(
    "$REFERENCE | sed -u 's/\"unsupported\":{}/\"unsupported\":{\"hits\":\"no\"}/'",
    &["`hits` both as a capability and as unsupported"]
)]
#[case::no_instance(
    "$REFERENCE | sed -u 's/\"concurrent_instances\":[0-9]*/\"concurrent_instances\":0/'",
    &["`concurrent_instances` 0; it must run one at least"]
)]
#[case::says_something_twice(
    "$REFERENCE | sed -u 's/\"unsupported\":{}/\"unsupported\":{\"a\":\"no\",\"a\":\"never\"}/'",
    &["no message of the protocol", "`a` is there twice"]
)]
#[case::never_ready("$REFERENCE | sed -u '/\"ready\"/d'", &["did not answer `serve` within 3 s"])]
#[case::dies_at_serve(
    "sed -u '/\"serve\"/Q' | $REFERENCE",
    &["ended instead of answering `serve`"]
)]
#[case::wrong_id(
    "$REFERENCE | sed -u 's/\"ready\",\"id\":[0-9]*/\"ready\",\"id\":99/'",
    &["answered `serve` with", "99"]
)]
#[case::not_listening(
    "$REFERENCE | sed -u 's/\"base_url\":\"[^\"]*/\"base_url\":\"http:\\/\\/127.0.0.1:9/'",
    &["said `ready`, but nothing listens on 127.0.0.1:9"]
)]
#[case::elsewhere(
    "$REFERENCE | sed -u 's/\"base_url\":\"[^\"]*/\"base_url\":\"http:\\/\\/example.com/'",
    &["`http://example.com` is not"]
)]
#[case::no_mark(
    "$REFERENCE | sed -u 's/\"base_url\":\"[^\"]*/&\\/nowhere/'",
    &["`/echo?id=check` was answered with status 404; the contract wants status 200 and `x-crosscheck-handled: check`"]
)]
#[case::understands_anything(
    "sed -u 's/\"origins\":\\[{[^}]*}\\]/\"origins\":\"*\"/' | $REFERENCE",
    &["a kind of origin that does not exist"]
)]
#[case::keeps_the_port(
    "exec 4>&1\n\
     while read -r line; do case $line in\n\
     *'\"stop\"'*) id=${line##*:}; echo \"{\\\"type\\\":\\\"stopped\\\",\\\"id\\\":${id%?}}\" >&4;;\n\
     *) printf '%s\\n' \"$line\";;\n\
     esac; done | $REFERENCE",
    &["said `stopped`, but", "still takes connections"]
)]
fn a_faulty_adapter_is_told_so(#[case] script: &str, #[case] told: &[&str]) {
    bench(script).judge(FEW).refused(told);
}

#[rstest]
#[case::one_policy_for_all(
    "sed -u 's/\"origins\":\\[[^]]*\\]/\"origins\":[\"https:\\/\\/fixed.example\"]/' | $REFERENCE",
    "the origin that the policy lists is not granted"
)]
#[case::everybody(
    "exec $REFERENCE --fault reflect-origin",
    "that the policy does not list is granted"
)]
#[case::hides_a_capability(
    "$REFERENCE | sed -u 's/\"max-age\",//'",
    "it is ready for a policy that needs `max-age`, which its hello does not name"
)]
#[case::keeps_credentials_to_itself(
    "sed -u 's/\"credentials\":true/\"credentials\":false/' | $REFERENCE",
    "the answer to its origin has no `Access-Control-Allow-Credentials: true`"
)]
#[case::outlives_its_input(
    "{ while read -r line; do\n\
     printf '%s\\n' \"$line\"\n\
     case $line in *'\"bye\"'*) exit;; esac\n\
     done; exec sleep 60; } | $REFERENCE",
    "it does not end within two seconds of the end of its input"
)]
#[case::does_not_go(
    "trap '' TERM\n$REFERENCE\nsleep 60",
    "it does not end within two seconds"
)]
#[case::talks_afterwards(
    "($REFERENCE; echo bye >&2) | sed -u '/stopped/a noise'",
    "`noise`; print logs"
)]
fn a_check_finds_more(#[case] script: &str, #[case] told: &str) {
    let ran = bench(script).check("").ended(1);
    assert!(ran.out.contains(told), "{ran:#?}");
}

/// The templates' adapter in Python, with `old` of its program replaced by `new`.
fn check_template(old: &str, new: &str) -> Ran {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/adapters/template");
    let text = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let bench = Bench::empty();
    bench.put("adapter.toml", &text("python.toml"));
    let program = text("adapter.py");
    assert!(program.contains(old), "{program}");
    bench.put("adapter.py", &program.replace(old, new));
    bench.crosscheck("adapter check adapter.toml")
}

#[rstest]
#[case::echo(
    "\"200 OK\"",
    "\"500 Internal Server Error\"",
    "`/echo?id=check` was answered with status 500; the contract wants status 200 and `x-crosscheck-handled: check`"
)]
#[case::no_status_route(
    "\"max-age\"]",
    "\"max-age\", \"routes.status\"]",
    "`/status/404?id=check` was not answered with `x-crosscheck-handled: check`; the contract wants status 404"
)]
#[case::no_redirect_route(
    "\"max-age\"]",
    "\"max-age\", \"routes.redirect\"]",
    "`/redirect?to=https://elsewhere.example/echo&id=check` was answered with status 404; the contract wants status 302 and `location: https://elsewhere.example/echo`"
)]
#[case::no_hits_route(
    "\"max-age\"]",
    "\"max-age\", \"hits\"]",
    "`/__crosscheck/hits?id=check` was answered with status 404; the contract wants status 200"
)]
fn a_check_names_the_route_that_answers_wrongly(
    #[case] old: &str,
    #[case] new: &str,
    #[case] told: &str,
) {
    let ran = check_template(old, new).ended(1);
    assert!(ran.out.contains(told), "{ran:#?}");
    assert!(ran.out.contains("\n1 thing is wrong:"), "{ran:#?}");
}

#[test]
fn a_check_finds_nothing_wrong_with_the_reference() {
    let ran = bench("exec $REFERENCE").check("").ended(0);
    assert!(ran.out.ends_with("nothing is wrong\n"), "{ran:#?}");
    let told = bench("exec $REFERENCE")
        .check("--format json")
        .ended(0)
        .json();
    assert_eq!(told["findings"], serde_json::json!([]));
    assert_eq!(told["hello"]["name"], "reference");
}

#[test]
fn a_check_finds_nothing_wrong_with_a_template() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/adapters/template/python.toml");
    let ran = Bench::empty().crosscheck(&format!("adapter check {template}"));
    let ran = ran.ended(0);
    assert!(ran.out.ends_with("nothing is wrong\n"), "{ran:#?}");
}

#[test]
fn a_server_that_listens_everywhere_is_found() {
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/adapters/template/adapter.py");
    let script = format!(
        "sed 's/make_server(message\\[\"bind\"\\]/make_server(\"0.0.0.0\"/' {template} > everywhere.py\n\
         exec python3 everywhere.py"
    );
    let ran = bench(&script).crosscheck("adapter check adapter").ended(1);
    let told = "it was told to listen on 127.0.0.1, but 127.0.0.2:";
    assert!(ran.out.contains(told), "{ran:#?}");
}

#[test]
fn a_terminal_obeys_no_adapter() {
    let ran = bench("printf '\\033[31mred\\n' >&2; printf '\\033[2Jgone\\n'").judge(FEW);
    ran.told(&["print logs to stderr"]);
}
