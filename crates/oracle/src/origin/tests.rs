use rstest::rstest;

use super::*;

fn origin(text: &str) -> Origin {
    Origin::parse(text).unwrap()
}

fn of_url(url: &str) -> Origin {
    Origin::of_url(&Url::parse(url).unwrap())
}

#[rstest]
#[case::http("http://a.test/x?y#z", "http://a.test")]
#[case::https("https://a.test/", "https://a.test")]
#[case::default_port("http://a.test:80/", "http://a.test")]
#[case::default_port_https("https://a.test:443/", "https://a.test")]
#[case::port_of_the_other_scheme("http://a.test:443/", "http://a.test:443")]
#[case::other_port("http://a.test:8080/", "http://a.test:8080")]
#[case::upper_case("HTTP://A.TEST/", "http://a.test")]
#[case::user_info("http://u:p@a.test/", "http://a.test")]
#[case::international("http://münchen.test/", "http://xn--mnchen-3ya.test")]
#[case::ipv4("http://127.0.0.1/", "http://127.0.0.1")]
#[case::ipv4_other_form("http://0x7f.1/", "http://127.0.0.1")]
#[case::ipv6("http://[0:0:0:0:0:0:0:1]:81/", "http://[::1]:81")]
#[case::ipv6_upper_case("http://[2001:DB8::1]/", "http://[2001:db8::1]")]
#[case::trailing_dot("http://a.test./", "http://a.test.")]
#[case::ws("ws://a.test:80/", "ws://a.test")]
#[case::wss("wss://a.test:1/", "wss://a.test:1")]
#[case::ftp("ftp://a.test:21/", "ftp://a.test")]
#[case::blob("blob:https://a.test/uuid", "https://a.test")]
#[case::blob_of_opaque("blob:null/uuid", "null")]
#[case::blob_of_ftp("blob:ftp://a.test/uuid", "null")]
#[case::data("data:,x", "null")]
#[case::about("about:blank", "null")]
#[case::file("file:///x", "null")]
#[case::unknown_scheme("x://a.test/", "null")]
fn origins_of_urls(#[case] url: &str, #[case] expected: &str) {
    let origin = of_url(url);
    assert_eq!(origin.serialize(), expected);
    assert_eq!(origin.to_string(), expected);
}

#[rstest]
#[case::host("https://a.test")]
#[case::port("http://a.test:8080")]
#[case::ipv6("http://[::1]:8080")]
#[case::null("null")]
fn serialized_origins_parse(#[case] text: &str) {
    assert_eq!(origin(text).serialize(), text);
}

#[rstest]
#[case::slash("https://a.test/", "https://a.test")]
#[case::path("https://a.test/x", "https://a.test")]
#[case::query("https://a.test?x", "https://a.test")]
#[case::fragment("https://a.test#x", "https://a.test")]
#[case::upper_case_scheme("HTTPS://a.test", "https://a.test")]
#[case::upper_case_host("https://A.test", "https://a.test")]
#[case::default_port("https://a.test:443", "https://a.test")]
#[case::empty_port("https://a.test:", "https://a.test")]
#[case::user_info("https://u@a.test", "https://a.test")]
#[case::unicode("https://ä.test", "https://xn--4ca.test")]
#[case::leading_space(" https://a.test", "https://a.test")]
#[case::trailing_space("https://a.test ", "https://a.test")]
fn other_spellings_do_not_parse(#[case] text: &str, #[case] expected: &str) {
    let error = Origin::parse(text).unwrap_err();
    assert_eq!(
        error,
        OriginParseError::NotSerialized {
            text: text.to_owned(),
            expected: expected.to_owned()
        }
    );
}

#[rstest]
#[case::empty("")]
#[case::host("a.test")]
#[case::scheme_relative("//a.test")]
#[case::wildcard("*")]
#[case::null_upper_case("NULL")]
fn other_texts_are_no_urls(#[case] text: &str) {
    let error = Origin::parse(text).unwrap_err();
    assert!(matches!(error, OriginParseError::Url { .. }), "{error}");
}

#[rstest]
#[case::data("data:,x", "data")]
#[case::host_and_port("localhost:8080", "localhost")]
#[case::file("file:///x", "file")]
fn schemes_with_opaque_origins_do_not_parse(#[case] text: &str, #[case] scheme: &str) {
    assert_eq!(
        Origin::parse(text).unwrap_err(),
        OriginParseError::OpaqueScheme(scheme.to_owned())
    );
}

#[rstest]
#[case::same("https://a.test", "https://a.test/x", true)]
#[case::default_port("https://a.test", "https://a.test:443/", true)]
#[case::scheme("https://a.test", "http://a.test/", false)]
#[case::host("https://a.test", "https://b.test/", false)]
#[case::subdomain("https://a.test", "https://x.a.test/", false)]
#[case::port("https://a.test", "https://a.test:8443/", false)]
#[case::name_and_address("http://localhost", "http://127.0.0.1/", false)]
#[case::websocket("http://a.test", "ws://a.test/", false)]
#[case::blob("https://a.test", "blob:https://a.test/uuid", true)]
#[case::foreign_blob("https://a.test", "blob:https://b.test/uuid", false)]
#[case::data("https://a.test", "data:,x", false)]
#[case::opaque("null", "data:,x", false)]
#[case::opaque_and_tuple("null", "https://a.test/", false)]
fn same_origin(#[case] text: &str, #[case] url: &str, #[case] expected: bool) {
    let origin = origin(text);
    let url = Url::parse(url).unwrap();
    assert_eq!(origin.same_origin_as_url(&url), expected);
    assert_eq!(origin.same_origin(&Origin::of_url(&url)), expected);
    assert_eq!(Origin::of_url(&url).same_origin(&origin), expected);
}

#[test]
fn an_opaque_origin_is_the_same_only_as_itself() {
    assert!(Origin::Opaque(1).same_origin(&Origin::Opaque(1)));
    assert!(!Origin::Opaque(1).same_origin(&Origin::Opaque(2)));
    assert!(!Origin::Opaque(0).same_origin(&Origin::Opaque(0)));
}

#[rstest]
#[case::no_port("https://a.test", "https", "a.test", None)]
#[case::port("http://a.test:81", "http", "a.test", Some(81))]
#[case::ipv6("http://[::1]", "http", "[::1]", None)]
fn parts(#[case] text: &str, #[case] scheme: &str, #[case] host: &str, #[case] port: Option<u16>) {
    let Origin::Tuple(tuple) = origin(text) else {
        panic!("{text} is a tuple");
    };
    assert_eq!(
        (tuple.scheme(), tuple.host(), tuple.port()),
        (scheme, host, port)
    );
}

#[rstest]
#[case::same("https://a.test/x", "https://a.test:443/y", true)]
#[case::scheme("https://a.test/", "http://a.test/", false)]
#[case::host("https://a.test/", "https://b.test/", false)]
#[case::port("https://a.test/", "https://a.test:1/", false)]
#[case::opaque("data:,x", "data:,x", false)]
fn urls(#[case] a: &str, #[case] b: &str, #[case] expected: bool) {
    let (a, b) = (Url::parse(a).unwrap(), Url::parse(b).unwrap());
    assert_eq!(urls_are_same_origin(&a, &b), expected);
}
