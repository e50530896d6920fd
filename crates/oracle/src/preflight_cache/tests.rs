use rstest::rstest;

use super::*;
use crate::{origin::Origin, request::Flag};

const NOW: Millis = Millis(1_000_000);

fn request(method: &str, mode: CredentialsMode) -> Request {
    let origin = Origin::parse("https://a.test").unwrap();
    let mut request = Request::new(origin, Url::parse("https://b.test/x").unwrap());
    request.method = method.into();
    request.credentials_mode = mode;
    request
}

fn plain() -> Request {
    request("GET", CredentialsMode::SameOrigin)
}

fn credentialed() -> Request {
    request("GET", CredentialsMode::Include)
}

fn grant<'a>(methods: &'a [&'a str], header_names: &'a [&'a str], max_age: u64) -> Grant<'a> {
    Grant {
        methods: methods.iter().map(|method| method.as_bytes()).collect(),
        header_names: header_names.iter().map(|name| name.as_bytes()).collect(),
        max_age,
    }
}

fn stored(request: &Request, methods: &[&str], header_names: &[&str]) -> PreflightCache {
    let mut cache = PreflightCache::new();
    cache.store(request, &grant(methods, header_names, 600), NOW);
    cache
}

#[rstest]
#[case::exact("PUT", &["PUT"], true)]
#[case::other("DELETE", &["PUT"], false)]
#[case::other_case("put", &["PUT"], false)]
#[case::wildcard("PUT", &["*"], true)]
#[case::one_of_several("PUT", &["DELETE", "PUT"], true)]
#[case::method_called_wildcard("*", &["PUT"], false)]
fn methods(#[case] method: &str, #[case] listed: &[&str], #[case] expected: bool) {
    let cache = stored(&plain(), listed, &[]);
    assert_eq!(
        cache.method_match(&plain(), method.as_bytes(), NOW),
        expected
    );
    // A method is no header name.
    assert!(!cache.header_name_match(&plain(), method.as_bytes(), NOW));
}

#[rstest]
#[case::exact("x-a", &["x-a"], true)]
#[case::any_case("X-a", &["x-A"], true)]
#[case::other("x-b", &["x-a"], false)]
#[case::wildcard("x-a", &["*"], true)]
#[case::wildcard_without_authorization("Authorization", &["*"], false)]
#[case::authorization_by_name("authorization", &["*", "Authorization"], true)]
fn header_names(#[case] name: &str, #[case] listed: &[&str], #[case] expected: bool) {
    let cache = stored(&plain(), &[], listed);
    assert_eq!(
        cache.header_name_match(&plain(), name.as_bytes(), NOW),
        expected
    );
    assert!(!cache.method_match(&plain(), name.as_bytes(), NOW));
}

#[rstest]
#[case::at_once(600, 0, true)]
#[case::just_before(600, 599_999, true)]
#[case::just_then(600, 600_000, false)]
#[case::after(600, 600_001, false)]
#[case::default_before(5, 4_999, true)]
#[case::default_then(5, 5_000, false)]
#[case::zero(0, 0, false)]
#[case::forever(u64::MAX, u64::MAX / 2, true)]
fn expiry(#[case] max_age: u64, #[case] later: u64, #[case] expected: bool) {
    let mut cache = PreflightCache::new();
    cache.store(&plain(), &grant(&["PUT"], &["x-a"], max_age), NOW);
    let now = Millis(NOW.0 + later);
    assert_eq!(cache.method_match(&plain(), b"PUT", now), expected);
    assert_eq!(cache.header_name_match(&plain(), b"x-a", now), expected);
}

#[rstest]
#[case::below(10, 9, true)]
#[case::at_the_limit(10, 10, false)]
#[case::shorter_max_age(3600, 10, false)]
fn limits(#[case] limit: u64, #[case] seconds: u64, #[case] expected: bool) {
    let mut cache = PreflightCache::with_limit(limit);
    let max_age = if limit == 3600 { 10 } else { u64::MAX };
    cache.store(&plain(), &grant(&["PUT"], &[], max_age), NOW);
    let now = NOW.plus_seconds(seconds);
    assert_eq!(cache.method_match(&plain(), b"PUT", now), expected);
}

#[test]
fn entries_serve_only_their_url() {
    let cache = stored(&plain(), &["PUT"], &[]);
    for url in [
        "https://b.test/",
        "https://b.test/x?",
        "https://b.test/x#y",
        "https://b.test:1/x",
        "http://b.test/x",
    ] {
        let other = Request::new(plain().origin, Url::parse(url).unwrap());
        assert!(!cache.method_match(&other, b"PUT", NOW), "{url}");
    }
}

#[test]
fn entries_serve_only_their_origin() {
    let cache = stored(&plain(), &["PUT"], &[]);
    let mut other = plain();
    other.origin = Origin::parse("https://x.a.test").unwrap();
    assert!(!cache.method_match(&other, b"PUT", NOW));
    other.origin = Origin::Opaque(1);
    assert!(!cache.method_match(&other, b"PUT", NOW));
}

#[test]
fn opaque_origins_share_entries_under_null() {
    let mut request = plain();
    request.origin = Origin::Opaque(1);
    let cache = stored(&request, &["PUT"], &[]);
    request.origin = Origin::Opaque(2);
    assert!(cache.method_match(&request, b"PUT", NOW));
}

#[test]
fn entries_serve_only_their_partition() {
    let cache = stored(&plain(), &["PUT"], &[]);
    let mut other = plain();
    other.network_partition_key = b"c.test".to_vec();
    assert!(!cache.method_match(&other, b"PUT", NOW));
}

#[test]
fn credentials() {
    let cache = stored(&credentialed(), &["PUT"], &[]);
    let omit = request("GET", CredentialsMode::Omit);
    for request in [credentialed(), plain(), omit] {
        assert!(cache.method_match(&request, b"PUT", NOW));
    }
    let cache = stored(&plain(), &["PUT"], &[]);
    assert!(cache.method_match(&plain(), b"PUT", NOW));
    assert!(!cache.method_match(&credentialed(), b"PUT", NOW));
}

#[test]
fn a_credentialed_wildcard_matches_later_methods_by_the_letter() {
    let cache = stored(&credentialed(), &["*"], &["*"]);
    assert!(cache.method_match(&credentialed(), b"PUT", NOW));
    assert!(cache.header_name_match(&credentialed(), b"x-a", NOW));
}

#[test]
fn results_accumulate() {
    let mut cache = stored(&plain(), &["PUT"], &["x-a"]);
    cache.store(&plain(), &grant(&["DELETE"], &["x-b"], 600), NOW);
    for method in [b"PUT".as_slice(), b"DELETE"] {
        assert!(cache.method_match(&plain(), method, NOW));
    }
    for name in [b"x-a", b"x-b"] {
        assert!(cache.header_name_match(&plain(), name, NOW));
    }
    assert_eq!(cache.len(), 4);
}

#[test]
fn a_new_max_age_counts_from_the_new_preflight() {
    let mut cache = stored(&plain(), &["PUT"], &[]);
    let later = NOW.plus_seconds(500);
    cache.store(&plain(), &grant(&["PUT"], &[], 600), later);
    assert_eq!(cache.len(), 1);
    assert!(cache.method_match(&plain(), b"PUT", NOW.plus_seconds(1099)));
    assert!(!cache.method_match(&plain(), b"PUT", NOW.plus_seconds(1100)));
}

#[test]
fn a_new_max_age_may_be_shorter() {
    let mut cache = stored(&plain(), &["PUT"], &["x-a"]);
    cache.store(&plain(), &grant(&["PUT"], &["X-A"], 0), NOW);
    assert!(!cache.method_match(&plain(), b"PUT", NOW));
    assert!(!cache.header_name_match(&plain(), b"x-a", NOW));
    assert!(cache.is_empty());
}

#[test]
fn an_entry_that_matches_is_renewed_instead_of_added() {
    // The wildcard matches PUT, so it is the wildcard that is renewed.
    let mut cache = stored(&plain(), &["*"], &["*"]);
    cache.store(&plain(), &grant(&["PUT"], &["x-a"], 1000), NOW);
    assert_eq!(cache.len(), 2);
    assert!(cache.method_match(&plain(), b"DELETE", NOW.plus_seconds(999)));
    // It does not match Authorization, which is added.
    cache.store(&plain(), &grant(&[], &["authorization"], 1000), NOW);
    assert_eq!(cache.len(), 3);
}

#[test]
fn a_request_without_credentials_renews_credentialed_entries() {
    let mut cache = stored(&credentialed(), &["PUT"], &[]);
    cache.store(&plain(), &grant(&["PUT"], &[], 1000), NOW);
    assert_eq!(cache.len(), 1);
    assert!(cache.method_match(&credentialed(), b"PUT", NOW.plus_seconds(999)));
}

#[test]
fn a_request_with_credentials_adds_its_own_entry() {
    let mut cache = stored(&plain(), &["PUT"], &[]);
    cache.store(&credentialed(), &grant(&["PUT"], &[], 600), NOW);
    assert_eq!(cache.len(), 2);
    assert!(cache.method_match(&credentialed(), b"PUT", NOW));
}

#[test]
fn expired_entries_do_not_count_as_matches_when_storing() {
    let mut cache = stored(&plain(), &["*"], &[]);
    let later = NOW.plus_seconds(600);
    cache.store(&plain(), &grant(&["PUT"], &[], 600), later);
    assert!(cache.method_match(&plain(), b"PUT", later));
    assert!(!cache.method_match(&plain(), b"DELETE", later));
    assert_eq!(cache.len(), 1);
}

#[test]
fn clearing_disregards_credentials_and_spares_others() {
    let other = plain().with_redirect_to(Url::parse("https://b.test/other").unwrap());
    for cleared in [plain(), credentialed()] {
        let mut cache = stored(&plain(), &["PUT"], &["x-a"]);
        cache.store(&credentialed(), &grant(&["PUT"], &[], 600), NOW);
        cache.store(&other, &grant(&["PUT"], &[], 600), NOW);
        assert_eq!(cache.len(), 4);
        cache.clear(&cleared);
        assert_eq!(cache.len(), 1);
        assert!(cache.method_match(&other, b"PUT", NOW));
    }
}

#[rstest]
#[case::safelisted_method("GET", Flag::Unset, &[], true)]
#[case::safelisted_method_forced("GET", Flag::Set, &[], false)]
#[case::listed_method("PUT", Flag::Unset, &[], true)]
#[case::listed_method_forced("PUT", Flag::Set, &[], true)]
#[case::other_method("DELETE", Flag::Unset, &[], false)]
#[case::listed_header("PUT", Flag::Unset, &["x-a"], true)]
#[case::other_header("PUT", Flag::Unset, &["x-a", "x-b"], false)]
fn permits(
    #[case] method: &str,
    #[case] forced: Flag,
    #[case] unsafe_names: &[&str],
    #[case] expected: bool,
) {
    let cache = stored(&plain(), &["PUT"], &["x-a"]);
    let mut request = request(method, CredentialsMode::SameOrigin);
    request.use_cors_preflight = forced;
    let names: Vec<Vec<u8>> = unsafe_names.iter().map(|name| (*name).into()).collect();
    assert_eq!(cache.permits(&request, &names, NOW), expected);
    assert!(!cache.permits(&request, &names, NOW.plus_seconds(600)) || method == "GET");
}

#[test]
fn entries_show_what_is_remembered() {
    let cache = stored(&credentialed(), &["PUT", "*"], &["X-A"]);
    let entries: Vec<CacheEntry<'_>> = cache.entries().collect();
    let permissions: Vec<_> = entries.iter().map(|entry| entry.permission).collect();
    assert_eq!(
        permissions,
        [
            CachedPermission::Method(b"*"),
            CachedPermission::Method(b"PUT"),
            CachedPermission::HeaderName(b"x-a"),
        ]
    );
    let entry = entries[0];
    assert_eq!(entry.origin, b"https://a.test");
    assert_eq!(entry.url.as_str(), "https://b.test/x");
    assert_eq!(entry.credentials, Credentials::Include);
    assert_eq!(entry.expires, NOW.plus_seconds(600));
}

#[test]
fn purging_drops_what_has_expired() {
    let mut cache = stored(&plain(), &["PUT"], &[]);
    cache.store(&plain(), &grant(&[], &["x-a"], 1000), NOW);
    cache.purge(NOW.plus_seconds(599));
    assert_eq!(cache.len(), 2);
    cache.purge(NOW.plus_seconds(600));
    assert_eq!(cache.len(), 1);
    cache.purge(NOW.plus_seconds(1000));
    assert!(cache.is_empty());
}
