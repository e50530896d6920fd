use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};
use rstest::rstest;

use super::{Configured, NameList, Refusal};
use crate::NotSerialized;

fn exact(origin: &str) -> OriginRule {
    OriginRule::Exact(origin.to_owned())
}

fn below(origin: &str) -> OriginRule {
    OriginRule::SubdomainsOf(origin.to_owned())
}

fn names(names: &[&str]) -> Listing<String> {
    Listing::Listed(names.iter().copied().map(str::to_owned).collect())
}

/// One https origin, a few names, with credentials: taken as it is.
fn sane() -> Policy {
    Policy {
        origins: Listing::Listed(vec![exact("https://app.example.com")]),
        methods: names(&["PUT", "patch"]),
        request_headers: names(&["X-A"]),
        response_headers: names(&["X-B"]),
        credentials: true,
        max_age: MaxAge::Seconds(600),
    }
}

fn refusal(policy: &Policy) -> Option<Refusal> {
    Configured::try_from(policy).err()
}

/// Checks what is said about `origins` with credentials, and without.
fn check_origins(origins: &Listing<OriginRule>, expected: &[Option<Refusal>; 2]) {
    let policy = |credentials| Policy {
        origins: origins.clone(),
        credentials,
        ..sane()
    };
    let found = [true, false].map(|credentials| refusal(&policy(credentials)));
    assert_eq!(found, *expected);
}

#[test]
fn any_origin() {
    let refused = Some(Refusal::AnyOriginWithCredentials);
    check_origins(&Listing::Any, &[refused, None]);
}

#[test]
fn null() {
    let refused = Some(Refusal::NullWithCredentials);
    check_origins(&Listing::Listed(vec![OriginRule::Null]), &[refused, None]);
}

#[rstest]
#[case::no_origin_at_all(vec![])]
#[case::loopback(vec![exact("http://localhost:3000"), exact("http://[::1]"), exact("http://127.0.0.1")])]
#[case::pattern(vec![below("https://example.com")])]
#[case::pattern_over_loopback(vec![below("http://localhost:3000")])]
#[case::own_scheme(vec![exact("chrome-extension://abcdefgh")])]
fn taken(#[case] rules: Vec<OriginRule>) {
    check_origins(&Listing::Listed(rules), &[None, None]);
}

#[rstest]
#[case::insecure(exact("http://app.example.com"))]
#[case::insecure_pattern(below("http://example.com"))]
#[case::looks_like_loopback(exact("http://localhost.example.com"))]
fn insecure_with_credentials(#[case] rule: OriginRule) {
    let (OriginRule::Exact(origin) | OriginRule::SubdomainsOf(origin)) = &rule else {
        panic!("no origin");
    };
    let origin = origin.clone();
    let refused = Some(Refusal::InsecureOriginWithCredentials { origin });
    check_origins(&Listing::Listed(vec![rule]), &[refused, None]);
}

#[rstest]
#[case::top_level("https://com")]
#[case::two_levels("https://co.uk")]
#[case::hosting("https://github.io")]
#[case::port("https://github.io:8443")]
fn public_suffix_with_credentials(#[case] origin: &str) {
    let refused = Some(Refusal::PublicSuffixWithCredentials {
        origin: origin.to_owned(),
    });
    check_origins(&Listing::Listed(vec![below(origin)]), &[refused, None]);
}

#[rstest]
#[case::path("https://app.example.com/a", NotSerialized::Path)]
#[case::trailing_slash("https://app.example.com/", NotSerialized::TrailingSlash)]
#[case::upper_case("https://App.example.com", NotSerialized::UpperCase)]
#[case::default_port("https://app.example.com:443", NotSerialized::DefaultPort)]
#[case::user_info("https://me@app.example.com", NotSerialized::UserInfo)]
#[case::unicode("https://\u{e4}pp.example.com", NotSerialized::NotAscii)]
#[case::no_scheme("app.example.com", NotSerialized::NoScheme)]
#[case::wildcard_host("https://", NotSerialized::Host)]
fn not_an_origin(#[case] origin: &str, #[case] because: NotSerialized) {
    for rule in [exact(origin), below(origin)] {
        let origin = origin.to_owned();
        let refused = Some(Refusal::NotAnOrigin { origin, because });
        let rules = vec![exact("https://fine.example.com"), rule];
        check_origins(&Listing::Listed(rules), &[refused.clone(), refused]);
    }
}

#[test]
fn addresses_have_no_subdomains() {
    let origin = "https://127.0.0.1".to_owned();
    let refused = Some(Refusal::PatternOverAddress { origin });
    let rules = vec![below("https://127.0.0.1")];
    check_origins(&Listing::Listed(rules), &[refused.clone(), refused]);
}

/// Puts `listing` into one of the lists of names.
fn with_list(list: NameList, listing: Listing<String>) -> Policy {
    let mut policy = sane();
    match list {
        NameList::Methods => policy.methods = listing,
        NameList::RequestHeaders => policy.request_headers = listing,
        NameList::ResponseHeaders => policy.response_headers = listing,
    }
    policy
}

#[rstest]
fn lists_of_names(
    #[values(NameList::Methods, NameList::RequestHeaders, NameList::ResponseHeaders)]
    list: NameList,
) {
    let mut any = with_list(list, Listing::Any);
    let refused = Some(Refusal::AnyWithCredentials { list });
    assert_eq!(refusal(&any), refused);
    any.credentials = false;
    assert_eq!(refusal(&any), None);

    let item = with_list(list, names(&["ok", "*"]));
    assert_eq!(refusal(&item), Some(Refusal::WildcardItem { list }));

    for name in ["", "a b", "x-\u{e4}", "a,b", "a:"] {
        let refused = Refusal::NotAToken {
            list,
            name: name.to_owned(),
        };
        let policy = with_list(list, names(&["ok", name]));
        assert_eq!(refusal(&policy), Some(refused));
    }
}

#[rstest]
#[case("CONNECT")]
#[case("TRACE")]
#[case("TRACK")]
#[case::any_case("trace")]
fn forbidden_methods(#[case] method: &str) {
    let policy = with_list(NameList::Methods, names(&["PUT", method]));
    let method = method.to_owned();
    assert_eq!(refusal(&policy), Some(Refusal::ForbiddenMethod { method }));
}

#[rstest]
#[case::nothing(MaxAge::Unset, None)]
#[case::off(MaxAge::Disable, None)]
#[case::longest(MaxAge::Seconds(86400), None)]
#[case::too_long(MaxAge::Seconds(86401), Some(Refusal::MaxAge { seconds: 86401 }))]
fn ages(#[case] max_age: MaxAge, #[case] expected: Option<Refusal>) {
    let policy = Policy { max_age, ..sane() };
    assert_eq!(refusal(&policy), expected);
}

#[test]
fn messages_say_what_to_do() {
    let policy = Policy {
        origins: Listing::Any,
        ..sane()
    };
    let message = refusal(&policy).unwrap().to_string();
    assert!(message.contains("list the origins"), "{message}");
    let refused = with_list(NameList::ResponseHeaders, Listing::Any);
    let message = refusal(&refused).unwrap().to_string();
    assert!(message.contains("`response_headers`"), "{message}");
}
