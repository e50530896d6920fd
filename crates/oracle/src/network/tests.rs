use rstest::rstest;

use super::*;
use crate::request::{CredentialsMode, RequestBody};

fn request(origin: &str, url: &str, method: &str, mode: RequestMode) -> Request {
    let mut request = Request::new(Origin::parse(origin).unwrap(), Url::parse(url).unwrap());
    request.method = method.into();
    request.mode = mode;
    request
}

fn origin_header(request: &Request) -> Option<&str> {
    request_origin_header(request).map(|value| std::str::from_utf8(value).unwrap())
}

#[rstest]
#[case::get("GET")]
#[case::head("HEAD")]
#[case::post("POST")]
fn cors_tainting_always_sends_the_origin(#[case] method: &str) {
    for policy in [
        ReferrerPolicy::NoReferrer,
        ReferrerPolicy::SameOrigin,
        ReferrerPolicy::StrictOrigin,
    ] {
        let mut request = request(
            "https://a.test",
            "http://b.test/",
            method,
            RequestMode::Cors,
        )
        .with_response_tainting(ResponseTainting::Cors);
        request.referrer_policy = policy;
        assert_eq!(origin_header(&request), Some("https://a.test"));
    }
}

#[rstest]
#[case::cors_get("GET", RequestMode::Cors, None)]
#[case::cors_head("HEAD", RequestMode::Cors, None)]
#[case::cors_post("POST", RequestMode::Cors, Some("https://a.test"))]
#[case::cors_put("PUT", RequestMode::Cors, Some("https://a.test"))]
#[case::cors_options("OPTIONS", RequestMode::Cors, Some("https://a.test"))]
#[case::cors_lower_case_get_is_another_method("get", RequestMode::Cors, Some("https://a.test"))]
#[case::same_origin_get("GET", RequestMode::SameOrigin, None)]
#[case::same_origin_post("POST", RequestMode::SameOrigin, Some("https://a.test"))]
#[case::no_cors_get("GET", RequestMode::NoCors, None)]
#[case::no_cors_post("POST", RequestMode::NoCors, Some("https://a.test"))]
#[case::navigate_get("GET", RequestMode::Navigate, None)]
#[case::navigate_post("POST", RequestMode::Navigate, Some("https://a.test"))]
#[case::websocket("GET", RequestMode::WebSocket, Some("https://a.test"))]
fn basic_tainting(#[case] method: &str, #[case] mode: RequestMode, #[case] expected: Option<&str>) {
    let request = request("https://a.test", "https://a.test/", method, mode);
    assert_eq!(origin_header(&request), expected);
}

#[rstest]
#[case::no_referrer(ReferrerPolicy::NoReferrer, ["null", "null", "null"])]
#[case::no_referrer_when_downgrade(
    ReferrerPolicy::NoReferrerWhenDowngrade,
    ["https://a.test", "https://a.test", "null"]
)]
#[case::strict_origin(
    ReferrerPolicy::StrictOrigin,
    ["https://a.test", "https://a.test", "null"]
)]
#[case::strict_origin_when_cross_origin(
    ReferrerPolicy::StrictOriginWhenCrossOrigin,
    ["https://a.test", "https://a.test", "null"]
)]
#[case::same_origin(ReferrerPolicy::SameOrigin, ["https://a.test", "null", "null"])]
#[case::origin(
    ReferrerPolicy::Origin,
    ["https://a.test", "https://a.test", "https://a.test"]
)]
#[case::origin_when_cross_origin(
    ReferrerPolicy::OriginWhenCrossOrigin,
    ["https://a.test", "https://a.test", "https://a.test"]
)]
#[case::unsafe_url(
    ReferrerPolicy::UnsafeUrl,
    ["https://a.test", "https://a.test", "https://a.test"]
)]
fn outside_mode_cors_the_referrer_policy_counts(
    #[case] policy: ReferrerPolicy,
    #[case] expected: [&str; 3],
) {
    let urls = ["https://a.test/", "https://b.test/", "http://b.test/"];
    for (url, expected) in urls.into_iter().zip(expected) {
        for mode in [RequestMode::NoCors, RequestMode::Navigate] {
            let mut request = request("https://a.test", url, "POST", mode);
            request.referrer_policy = policy;
            assert_eq!(origin_header(&request), Some(expected), "{url} {mode:?}");
            // Mode "cors" disregards it even where the page's own origin is asked.
            request.mode = RequestMode::Cors;
            assert_eq!(origin_header(&request), Some("https://a.test"));
        }
    }
}

#[test]
fn a_page_without_tls_cannot_downgrade() {
    let mut request = request(
        "http://a.test",
        "http://b.test/",
        "POST",
        RequestMode::NoCors,
    );
    request.referrer_policy = ReferrerPolicy::StrictOrigin;
    assert_eq!(origin_header(&request), Some("http://a.test"));
}

#[test]
fn redirect_taint_makes_it_null() {
    let request = request(
        "https://a.test",
        "https://b.test/",
        "GET",
        RequestMode::Cors,
    )
    .with_response_tainting(ResponseTainting::Cors)
    .with_redirect_to(Url::parse("https://c.test/").unwrap());
    assert_eq!(origin_header(&request), Some("null"));
}

fn lines(headers: &HeaderList) -> Vec<String> {
    headers
        .iter()
        .map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
        .collect()
}

#[test]
fn the_actual_request() {
    let mut request = request(
        "https://a.test",
        "https://u:p@b.test/x?y#z",
        "PATCH",
        RequestMode::Cors,
    )
    .with_response_tainting(ResponseTainting::Cors);
    request.headers.push("X-A", "1");
    request.headers.push("x-a", "2");
    request.body = RequestBody::Bytes(b"body".to_vec());
    request.referrer = Some(Url::parse("https://a.test/").unwrap());
    request.credentials_mode = CredentialsMode::Include;
    let outgoing = OutgoingRequest::actual(&request);
    assert_eq!(outgoing.purpose, Purpose::Actual);
    assert_eq!(outgoing.method, b"PATCH");
    assert_eq!(outgoing.url.as_str(), "https://b.test/x?y");
    assert_eq!(outgoing.body.bytes(), Some(b"body".as_slice()));
    assert_eq!(outgoing.include_credentials, Credentials::Include);
    assert_eq!(
        lines(&outgoing.headers),
        [
            "X-A: 1",
            "x-a: 2",
            "Referer: https://a.test/",
            "Origin: https://a.test"
        ]
    );
}

#[test]
fn the_preflight_request() {
    let mut request = request(
        "https://a.test",
        "https://b.test/x?y#z",
        "pAtCh",
        RequestMode::Cors,
    )
    .with_response_tainting(ResponseTainting::Cors);
    request.headers.push("Authorization", "secret");
    request.headers.push("Accept", "text/html");
    request.body = RequestBody::Bytes(b"body".to_vec());
    request.credentials_mode = CredentialsMode::Include;
    request.cache_mode = CacheMode::NoStore;
    let names = [b"authorization".to_vec(), b"x-a".to_vec()];
    let outgoing = OutgoingRequest::preflight(&request, &names);
    assert_eq!(outgoing.purpose, Purpose::Preflight);
    assert_eq!(outgoing.method, b"OPTIONS");
    assert_eq!(outgoing.url.as_str(), "https://b.test/x?y");
    assert_eq!(outgoing.body.bytes(), None);
    assert_eq!(outgoing.include_credentials, Credentials::Omit);
    assert_eq!(
        lines(&outgoing.headers),
        [
            "Accept: */*",
            "Access-Control-Request-Method: pAtCh",
            "Access-Control-Request-Headers: authorization,x-a",
            "Origin: https://a.test"
        ]
    );
    let outgoing = OutgoingRequest::preflight(&request, &[]);
    assert!(!outgoing.headers.contains("Access-Control-Request-Headers"));
}

#[rstest]
#[case::default(CacheMode::Default, &[], &[])]
#[case::force_cache(CacheMode::ForceCache, &[], &[])]
#[case::only_if_cached(CacheMode::OnlyIfCached, &[], &[])]
#[case::no_cache(CacheMode::NoCache, &[], &["Cache-Control: max-age=0"])]
#[case::no_store(CacheMode::NoStore, &[], &["Pragma: no-cache", "Cache-Control: no-cache"])]
#[case::reload(CacheMode::Reload, &[], &["Pragma: no-cache", "Cache-Control: no-cache"])]
#[case::author_cache_control(
    CacheMode::NoStore,
    &[("cache-control", "x")],
    &["cache-control: x", "Pragma: no-cache"]
)]
#[case::author_pragma(
    CacheMode::Reload,
    &[("pragma", "x")],
    &["pragma: x", "Cache-Control: no-cache"]
)]
#[case::conditional(
    CacheMode::Default,
    &[("If-None-Match", "x")],
    &["If-None-Match: x", "Pragma: no-cache", "Cache-Control: no-cache"]
)]
#[case::conditional_in_another_mode(
    CacheMode::ForceCache,
    &[("If-None-Match", "x")],
    &["If-None-Match: x"]
)]
#[case::range(CacheMode::Default, &[("Range", "x")], &["Range: x", "Accept-Encoding: identity"])]
fn cache_modes(
    #[case] mode: CacheMode,
    #[case] headers: &[(&str, &str)],
    #[case] expected: &[&str],
) {
    let mut request = request(
        "https://a.test",
        "https://a.test/",
        "GET",
        RequestMode::Cors,
    );
    request.headers.extend(headers.iter().copied());
    request.cache_mode = mode;
    let outgoing = OutgoingRequest::actual(&request);
    assert_eq!(lines(&outgoing.headers), expected);
}
