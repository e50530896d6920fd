use crosscheck_vectors::policy::Policy;
use http::{HeaderMap, HeaderValue, header::VARY};
use rstest::rstest;

use super::{Actual, Decision, HeaderLines, Refused, Vary, Verdict, respond};
use crate::{
    policy::Configured,
    request::{Headers, RequestHead},
};

/// A policy in JSON, with `{…}` for the parts that are not the subject of the test.
fn policy(origins: &str, rest: &str) -> Configured {
    let json = format!("{{\"origins\":{origins},{rest}}}");
    let policy: Policy = serde_json::from_str(&json).unwrap();
    Configured::try_from(&policy).unwrap()
}

const LISTED: &str = r#"["https://a.example", "https://b.example:8443"]"#;
const PLAIN: &str = r#""methods":["PUT","purge"],"request_headers":["X-Api-Key","content-type"],
    "response_headers":["X-B","x-c"],"credentials":false,"max_age":600"#;
const CREDENTIALED: &str = r#""methods":["PUT"],"request_headers":["authorization"],
    "response_headers":["x-b"],"credentials":true,"max_age":"disable""#;
const OPEN: &str = r#""methods":"*","request_headers":"*","response_headers":"*",
    "credentials":false,"max_age":null"#;
const BARE: &str = r#""methods":[],"request_headers":[],"response_headers":[],
    "credentials":false,"max_age":null"#;

fn decide(policy: &Configured, method: &str, lines: &[(&str, &str)]) -> Decision {
    let lines: Vec<_> = lines
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    respond(
        policy,
        &RequestHead {
            method: method.as_bytes(),
            target: b"/",
            headers: Headers::Lines(&lines),
        },
    )
}

fn text(headers: &HeaderLines) -> Vec<String> {
    let line = |(name, value): &(http::HeaderName, HeaderValue)| {
        let name = name.as_str().replace("access-control-", "ac-");
        format!("{name}: {}", value.as_bytes().escape_ascii())
    };
    headers.iter().map(line).collect()
}

fn actual(policy: &Configured, method: &str, lines: &[(&str, &str)]) -> (Vec<String>, Vary) {
    match decide(policy, method, lines) {
        Decision::Actual(actual) => (text(&actual.headers), actual.vary),
        Decision::Preflight(preflight) => panic!("{preflight:?}"),
    }
}

/// The headers of a preflight without `Vary`, which all have; its verdict; its status.
fn preflight(policy: &Configured, lines: &[(&str, &str)]) -> (Verdict, u16, Vec<String>) {
    match decide(policy, "OPTIONS", lines) {
        Decision::Preflight(preflight) => {
            let mut headers = text(&preflight.headers);
            let vary =
                "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
            assert_eq!(headers.pop().as_deref(), Some(vary));
            (preflight.verdict, preflight.status.as_u16(), headers)
        }
        Decision::Actual(actual) => panic!("{actual:?}"),
    }
}

#[rstest]
#[case::both_headers("OPTIONS", &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")], true)]
#[case::any_spelling_of_names("OPTIONS", &[("oRIGIN", "https://a.example"), ("access-control-request-METHOD", "PUT")], true)]
#[case::refused_origin("OPTIONS", &[("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT")], true)]
#[case::two_origins("OPTIONS", &[("Origin", "https://a.example"), ("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")], true)]
#[case::no_origin("OPTIONS", &[("Access-Control-Request-Method", "PUT")], false)]
#[case::no_requested_method("OPTIONS", &[("Origin", "https://a.example")], false)]
#[case::other_method("GET", &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")], false)]
#[case::lower_case_method("options", &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")], false)]
#[case::empty_requested_method("OPTIONS", &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "")], false)]
#[case::two_requested_methods("OPTIONS", &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT, POST")], false)]
#[case::two_lines("OPTIONS", &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Method", "PUT")], false)]
fn what_a_preflight_is(
    #[case] method: &str,
    #[case] lines: &[(&str, &str)],
    #[case] expected: bool,
) {
    let decision = decide(&policy(LISTED, PLAIN), method, lines);
    assert_eq!(matches!(decision, Decision::Preflight(_)), expected);
}

#[rstest]
#[case::listed(LISTED, "https://a.example", true)]
#[case::listed_with_port(LISTED, "https://b.example:8443", true)]
#[case::unlisted(LISTED, "https://evil.example", false)]
#[case::other_scheme(LISTED, "http://a.example", false)]
#[case::no_port(LISTED, "https://b.example", false)]
#[case::added_port(LISTED, "https://a.example:8443", false)]
#[case::default_port(LISTED, "https://a.example:443", false)]
#[case::upper_case(LISTED, "https://A.example", false)]
#[case::trailing_slash(LISTED, "https://a.example/", false)]
#[case::trailing_dot(LISTED, "https://a.example.", false)]
#[case::prefix(LISTED, "https://a.example.evil.test", false)]
#[case::suffix(LISTED, "https://evila.example", false)]
#[case::subdomain(LISTED, "https://x.a.example", false)]
#[case::dot(LISTED, "https://axexample", false)]
#[case::user_info(LISTED, "https://a.example@evil.test", false)]
#[case::several(LISTED, "https://a.example, https://b.example:8443", false)]
#[case::empty(LISTED, "", false)]
#[case::null(LISTED, "null", false)]
#[case::null_listed(r#"["null"]"#, "null", true)]
#[case::null_in_capitals(r#"["null"]"#, "NULL", false)]
#[case::below(
    r#"[{"subdomains_of":"https://b.example:8443"}]"#,
    "https://x.b.example:8443",
    true
)]
#[case::deep_below(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://y.x.b.example",
    true
)]
#[case::bare(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://b.example",
    false
)]
#[case::across_labels(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://evilb.example",
    false
)]
#[case::empty_label(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://.b.example",
    false
)]
#[case::below_other_port(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://x.b.example:444",
    false
)]
#[case::below_other_scheme(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "http://x.b.example",
    false
)]
#[case::below_in_capitals(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://X.b.example",
    false
)]
#[case::junk_below(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://evil.test/.b.example",
    false
)]
#[case::user_info_below(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://x@y.b.example",
    false
)]
#[case::backtick_below(
    r#"[{"subdomains_of":"https://b.example"}]"#,
    "https://evil.test`.b.example",
    false
)]
fn matching(#[case] origins: &str, #[case] origin: &str, #[case] allowed: bool) {
    let policy = policy(origins, BARE);
    let (headers, vary) = actual(&policy, "GET", &[("Origin", origin)]);
    let echoed = [format!("ac-allow-origin: {origin}")];
    assert_eq!(headers, if allowed { &echoed[..] } else { &[] });
    assert_eq!(vary, Vary::Origin);

    let asked = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
    ];
    let verdict = preflight(&policy, &asked).0;
    let refused = Verdict::Refused(Refused::Origin);
    assert_eq!(verdict, if allowed { Verdict::Granted } else { refused });
}

#[rstest]
#[case::any(r#""*""#, OPEN, Some("https://x.example"), &["ac-allow-origin: *", "ac-expose-headers: *"], Vary::Nothing)]
#[case::any_null(r#""*""#, OPEN, Some("null"), &["ac-allow-origin: *", "ac-expose-headers: *"], Vary::Nothing)]
#[case::any_without_origin(r#""*""#, OPEN, None, &["ac-allow-origin: *", "ac-expose-headers: *"], Vary::Nothing)]
#[case::any_exposing_some(r#""*""#, PLAIN, None, &["ac-allow-origin: *", "ac-expose-headers: X-B, x-c"], Vary::Nothing)]
#[case::listed(LISTED, PLAIN, Some("https://a.example"), &["ac-allow-origin: https://a.example", "ac-expose-headers: X-B, x-c"], Vary::Origin)]
#[case::listed_exposing_all(LISTED, OPEN, Some("https://a.example"), &["ac-allow-origin: https://a.example", "ac-expose-headers: *"], Vary::Origin)]
#[case::listed_exposing_none(LISTED, BARE, Some("https://a.example"), &["ac-allow-origin: https://a.example"], Vary::Origin)]
#[case::credentials(LISTED, CREDENTIALED, Some("https://a.example"), &["ac-allow-origin: https://a.example", "ac-allow-credentials: true", "ac-expose-headers: x-b"], Vary::Origin)]
#[case::credentials_refused(LISTED, CREDENTIALED, Some("https://evil.example"), &[], Vary::Origin)]
#[case::credentials_without_origin(LISTED, CREDENTIALED, None, &[], Vary::Origin)]
#[case::one_origin_is_dynamic(r#"["https://a.example"]"#, PLAIN, None, &[], Vary::Origin)]
#[case::nobody("[]", PLAIN, Some("https://a.example"), &[], Vary::Origin)]
fn actual_headers(
    #[case] origins: &str,
    #[case] rest: &str,
    #[case] origin: Option<&str>,
    #[case] expected: &[&str],
    #[case] vary: Vary,
    #[values("GET", "POST", "OPTIONS", "PATCH")] method: &str,
) {
    let lines: Vec<_> = origin
        .map(|origin| ("Origin", origin))
        .into_iter()
        .collect();
    let found = actual(&policy(origins, rest), method, &lines);
    let expected = expected.iter().map(|line| (*line).to_owned()).collect();
    assert_eq!(found, (expected, vary));
}

#[test]
fn repeated_origin_is_no_origin() {
    let lines = [("Origin", "https://a.example"); 2];
    let (headers, vary) = actual(&policy(LISTED, PLAIN), "GET", &lines);
    assert_eq!(headers, [""; 0]);
    assert_eq!(vary, Vary::Origin);
}

#[rstest]
#[case::malformed("https://a.example/")]
#[case::empty("")]
fn a_preflight_of_no_origin_is_refused_by_an_open_policy(#[case] origin: &str) {
    let asked = [("Origin", origin), ("Access-Control-Request-Method", "GET")];
    let (verdict, _, headers) = preflight(&policy(r#""*""#, OPEN), &asked);
    assert_eq!(verdict, Verdict::Refused(Refused::Origin));
    assert_eq!(headers, [""; 0]);
}

#[rstest]
#[case::safelisted_method(PLAIN, "POST", &[], &["ac-allow-methods: POST", "ac-max-age: 600"])]
#[case::listed_method(PLAIN, "PUT", &[], &["ac-allow-methods: PUT", "ac-max-age: 600"])]
#[case::lower_case_listed(PLAIN, "purge", &[], &["ac-allow-methods: purge", "ac-max-age: 600"])]
#[case::any_method(OPEN, "patch", &[], &["ac-allow-methods: patch"])]
#[case::headers_in_any_case(PLAIN, "PUT", &["x-api-key,CONTENT-TYPE"], &["ac-allow-methods: PUT", "ac-allow-headers: x-api-key, CONTENT-TYPE", "ac-max-age: 600"])]
#[case::blanks_and_empty_items(PLAIN, "PUT", &["\tx-api-key , ,,content-type "], &["ac-allow-methods: PUT", "ac-allow-headers: x-api-key, content-type", "ac-max-age: 600"])]
#[case::several_lines(PLAIN, "PUT", &["x-api-key", "content-type"], &["ac-allow-methods: PUT", "ac-allow-headers: x-api-key, content-type", "ac-max-age: 600"])]
#[case::empty_list(PLAIN, "PUT", &[""], &["ac-allow-methods: PUT", "ac-max-age: 600"])]
#[case::any_header_names_authorization(OPEN, "GET", &["authorization,x-a"], &["ac-allow-methods: GET", "ac-allow-headers: authorization, x-a"])]
#[case::credentials(CREDENTIALED, "PUT", &["authorization"], &["ac-allow-credentials: true", "ac-allow-methods: PUT", "ac-allow-headers: authorization", "ac-max-age: 0"])]
fn granted(
    #[case] rest: &str,
    #[case] method: &str,
    #[case] requested: &[&str],
    #[case] expected: &[&str],
) {
    let mut asked = vec![
        ("Origin", "https://a.example"),
        ("Access-Control-Request-Method", method),
    ];
    asked.extend(
        requested
            .iter()
            .map(|line| ("Access-Control-Request-Headers", *line)),
    );
    let (verdict, status, headers) = preflight(&policy(LISTED, rest), &asked);
    assert_eq!((verdict, status), (Verdict::Granted, 204));
    assert_eq!(headers[0], "ac-allow-origin: https://a.example");
    assert_eq!(&headers[1..], expected);
}

#[rstest]
#[case::origin_first("https://evil.example", "TEAPOT", "x a", Refused::Origin)]
#[case::list_before_method("https://a.example", "TEAPOT", "x a, y", Refused::HeaderList)]
#[case::method_before_header("https://a.example", "TEAPOT", "x-evil", Refused::Method)]
#[case::method_case("https://a.example", "put", "", Refused::Method)]
#[case::safelisted_method_case("https://a.example", "post", "", Refused::Method)]
#[case::wildcard_method("https://a.example", "*", "", Refused::Method)]
#[case::header("https://a.example", "PUT", "x-api-key,x-evil", Refused::Header)]
#[case::wildcard_header("https://a.example", "PUT", "*", Refused::Header)]
#[case::safelisted_header("https://a.example", "PUT", "accept", Refused::Header)]
#[case::quoted("https://a.example", "PUT", "\"x-api-key\"", Refused::HeaderList)]
fn refused(
    #[case] origin: &str,
    #[case] method: &str,
    #[case] requested: &str,
    #[case] because: Refused,
) {
    let asked = [
        ("Origin", origin),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", requested),
    ];
    let found = preflight(&policy(LISTED, PLAIN), &asked);
    assert_eq!(found, (Verdict::Refused(because), 403, Vec::new()));
}

#[test]
fn an_endless_list_is_refused_even_where_any_header_is_allowed() {
    let ask = |list: &str| {
        let asked = [
            ("Origin", "https://a.example"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", list),
        ];
        preflight(&policy(r#""*""#, OPEN), &asked).0
    };
    assert_eq!(ask(&"a,".repeat(4096)), Verdict::Granted);
    assert_eq!(
        ask(&"a,".repeat(4097)),
        Verdict::Refused(Refused::HeaderList)
    );
}

#[test]
fn an_open_policy_with_any_origin_grants_with_a_wildcard() {
    let asked = [("Origin", "null"), ("Access-Control-Request-Method", "PUT")];
    let (verdict, _, headers) = preflight(&policy(r#""*""#, OPEN), &asked);
    assert_eq!(verdict, Verdict::Granted);
    assert_eq!(headers, ["ac-allow-origin: *", "ac-allow-methods: PUT"]);
}

#[rstest]
#[case::none(&[], &["Origin"])]
#[case::other(&["Accept-Encoding"], &["Accept-Encoding", "Origin"])]
#[case::there(&["accept, ORIGIN"], &["accept, ORIGIN"])]
#[case::on_a_later_line(&["accept", "origin"], &["accept", "origin"])]
#[case::everything(&["*"], &["*"])]
#[case::similar(&["x-origin"], &["x-origin", "Origin"])]
fn vary_is_added_to(#[case] before: &[&'static str], #[case] after: &[&str]) {
    let mut headers = HeaderMap::new();
    for value in before {
        headers.append(VARY, HeaderValue::from_static(value));
    }
    let actual = Actual {
        headers: Vec::new(),
        vary: Vary::Origin,
    };
    actual.apply(&mut headers);
    let found: Vec<_> = headers.get_all(VARY).iter().collect();
    assert_eq!(found, after);
}

#[test]
fn the_layer_alone_sends_cors_headers() {
    let mut headers = HeaderMap::new();
    for name in [
        "access-control-allow-origin",
        "access-control-expose-headers",
        "x-a",
    ] {
        headers.append(name, HeaderValue::from_static("*"));
    }
    let Decision::Actual(actual) = decide(
        &policy(LISTED, CREDENTIALED),
        "GET",
        &[("origin", "https://evil.example")],
    ) else {
        panic!("not a preflight");
    };
    actual.apply(&mut headers);
    let names: Vec<_> = headers.keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names, ["x-a", "vary"]);
}

#[test]
fn no_policy_with_credentials_sends_a_wildcard() {
    let policy = policy(LISTED, CREDENTIALED);
    assert!(policy.allows_credentials());
    for method in ["GET", "*"] {
        for header in ["authorization", "*"] {
            let asked = [
                ("Origin", "https://a.example"),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", header),
            ];
            for headers in [
                preflight(&policy, &asked).2,
                actual(&policy, "GET", &asked).0,
            ] {
                assert!(
                    headers.iter().all(|line| !line.contains('*')),
                    "{headers:?}"
                );
            }
        }
    }
}

#[test]
fn any_origin_has_no_credentials() {
    let open = policy(r#""*""#, OPEN);
    assert!(open.allows_any_origin() && !open.allows_credentials());
}
