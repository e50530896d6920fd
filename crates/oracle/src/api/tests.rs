use rstest::rstest;

use super::*;

mod bodies;

fn call(api: Api) -> Call {
    let origin = Origin::parse("https://a.test").unwrap();
    let url = Url::parse("https://b.test/").unwrap();
    match api {
        Api::Fetch => Call::new(origin, url),
        Api::Xhr => Call::xhr(origin, url),
    }
}

fn with_headers(mut call: Call, headers: &[(&str, &str)]) -> Call {
    call.headers = headers
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect();
    call
}

fn with_body(mut call: Call, method: &str, body: CallBody) -> Call {
    call.method = method.into();
    call.body = Some(body);
    call
}

fn lines(request: &Request) -> Vec<String> {
    request
        .headers
        .iter()
        .map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
        .collect()
}

fn text() -> CallBody {
    CallBody::Text("ä".to_owned())
}

#[test]
fn defaults() {
    for api in [Api::Fetch, Api::Xhr] {
        let request = call(api).into_request().unwrap();
        assert_eq!(request.method, b"GET");
        assert_eq!(request.mode, RequestMode::Cors);
        assert_eq!(request.credentials_mode, CredentialsMode::SameOrigin);
        assert_eq!(request.redirect_mode, RedirectMode::Follow);
        assert_eq!(request.cache_mode, CacheMode::Default);
        assert_eq!(request.unsafe_request, Flag::Set);
        assert_eq!(request.use_cors_preflight, Flag::Unset);
        assert!(request.headers.is_empty());
        assert_eq!(request.body, RequestBody::None);
    }
}

#[test]
fn options_reach_the_request() {
    let mut call = call(Api::Fetch);
    call.method = b"put".to_vec();
    call.credentials = CredentialsMode::Include;
    call.mode = RequestMode::SameOrigin;
    call.redirect = RedirectMode::Manual;
    call.referrer_policy = ReferrerPolicy::Origin;
    call.referrer = Some(call.url.clone());
    call.cache = CacheMode::OnlyIfCached;
    call.keepalive = Flag::Set;
    call.integrity = Some("sha256-x".to_owned());
    call.network_partition_key = b"key".to_vec();
    call.embedder_policy = EmbedderPolicy::RequireCorp;
    let request = call.into_request().unwrap();
    assert_eq!(request.method, b"PUT");
    assert_eq!(request.credentials_mode, CredentialsMode::Include);
    assert_eq!(request.mode, RequestMode::SameOrigin);
    assert_eq!(request.redirect_mode, RedirectMode::Manual);
    assert_eq!(request.referrer_policy, ReferrerPolicy::Origin);
    assert!(request.referrer.is_some());
    assert_eq!(request.cache_mode, CacheMode::OnlyIfCached);
    assert_eq!(request.keepalive, Flag::Set);
    assert_eq!(request.integrity_metadata, "sha256-x");
    assert_eq!(request.network_partition_key, b"key");
    assert_eq!(request.embedder_policy, EmbedderPolicy::RequireCorp);
}

#[rstest]
#[case::fetch(Api::Fetch, Exception::TypeError, Exception::TypeError)]
#[case::xhr(Api::Xhr, Exception::SyntaxError, Exception::SecurityError)]
fn methods(#[case] api: Api, #[case] invalid: Exception, #[case] forbidden: Exception) {
    for method in ["", "a b", "GET\n", "é"] {
        let mut call = call(api);
        call.method = method.into();
        let error = call.into_request().unwrap_err();
        assert_eq!(error.name(), "api/invalid-method");
        assert_eq!(error.exception(), invalid);
    }
    for method in ["CONNECT", "trace", "Track"] {
        let mut call = call(api);
        call.method = method.into();
        let error = call.into_request().unwrap_err();
        assert_eq!(error.name(), "api/forbidden-method");
        assert_eq!(error.exception(), forbidden);
    }
}

#[rstest]
#[case::fetch(Api::Fetch, Exception::TypeError)]
#[case::xhr(Api::Xhr, Exception::SyntaxError)]
fn invalid_headers(#[case] api: Api, #[case] exception: Exception) {
    for (name, value) in [
        ("", "x"),
        ("a b", "x"),
        ("a:", "x"),
        ("a", "x\0y"),
        ("a", "x\ny"),
        ("a", "x\ry"),
        // Looked at before it is found to be forbidden.
        ("Host", "x\ny"),
    ] {
        let error = with_headers(call(api), &[(name, value)])
            .into_request()
            .unwrap_err();
        assert_eq!(error.name(), "api/invalid-header");
        assert_eq!(error.exception(), exception);
    }
}

#[rstest]
#[case::kept(&[("X-A", "1"), ("Accept", "*/*")], &["X-A: 1", "Accept: */*"])]
#[case::normalized(&[("X-A", "\r\n 1\t\n")], &["X-A: 1"])]
#[case::forbidden_dropped(&[("Host", "x"), ("Sec-A", "x"), ("Cookie", "x"), ("X-A", "1")], &["X-A: 1"])]
#[case::override_dropped(&[("X-HTTP-Method", "TRACE"), ("X-Method-Override", "PUT")], &["X-Method-Override: PUT"])]
fn header_lists(#[case] headers: &[(&str, &str)], #[case] expected: &[&str]) {
    for api in [Api::Fetch, Api::Xhr] {
        let request = with_headers(call(api), headers).into_request().unwrap();
        assert_eq!(lines(&request), expected);
    }
}

#[test]
fn fetch_keeps_repeated_names_and_xhr_joins_them() {
    let headers = [("Accept", "a"), ("X-A", "1"), ("accept", "b")];
    let fetch = with_headers(call(Api::Fetch), &headers)
        .into_request()
        .unwrap();
    assert_eq!(lines(&fetch), ["Accept: a", "X-A: 1", "accept: b"]);
    let xhr = with_headers(call(Api::Xhr), &headers)
        .into_request()
        .unwrap();
    assert_eq!(lines(&xhr), ["Accept: a, b", "X-A: 1"]);
}

#[rstest]
#[case::safelisted(&[("Accept", "x"), ("Content-Type", "text/plain")], &["Accept: x", "Content-Type: text/plain"])]
#[case::unsafe_value(&[("Content-Type", "application/json"), ("Accept", "(")], &[])]
#[case::other_names(&[("X-A", "1"), ("Authorization", "x"), ("Range", "bytes=0-")], &[])]
#[case::combined_value(&[("Content-Type", "text/plain"), ("Content-Type", "text/plain")], &["Content-Type: text/plain"])]
#[case::combined_languages(&[("Accept-Language", "en"), ("Accept-Language", "de")], &["Accept-Language: en", "Accept-Language: de"])]
fn no_cors_headers(#[case] headers: &[(&str, &str)], #[case] expected: &[&str]) {
    let mut call = with_headers(call(Api::Fetch), headers);
    call.mode = RequestMode::NoCors;
    assert_eq!(lines(&call.into_request().unwrap()), expected);
}

#[test]
fn no_cors_measures_the_combined_value() {
    for (length, n_kept) in [(63, 2), (64, 1)] {
        let half = "a".repeat(length);
        // Two halves and the separator between them: 128 bytes, then 130.
        let headers = [("Accept", half.as_str()), ("Accept", half.as_str())];
        let mut call = with_headers(call(Api::Fetch), &headers);
        call.mode = RequestMode::NoCors;
        assert_eq!(call.into_request().unwrap().headers.len(), n_kept);
    }
}

#[rstest]
#[case::user("https://u@b.test/", true)]
#[case::password("https://:p@b.test/", true)]
#[case::neither("https://@b.test/", false)]
fn credentials_in_the_url(#[case] url: &str, #[case] refused: bool) {
    let url = Url::parse(url).unwrap();
    let mut fetch = call(Api::Fetch);
    fetch.url = url.clone();
    let expected = ApiError::UrlCredentials(Box::new(url.clone()));
    assert_eq!(fetch.into_request().err(), refused.then_some(expected));
    let mut xhr = call(Api::Xhr);
    xhr.url = url;
    assert!(xhr.into_request().is_ok());
}

#[rstest]
#[case::post("POST", true)]
#[case::head("head", true)]
#[case::put("PUT", false)]
#[case::custom("chicken", false)]
fn no_cors_methods(#[case] method: &str, #[case] allowed: bool) {
    let mut call = call(Api::Fetch);
    call.mode = RequestMode::NoCors;
    call.method = method.into();
    let error = call.into_request().err().map(|error| error.name());
    assert_eq!(error, (!allowed).then_some("api/option"));
}

#[rstest]
#[case::navigate(RequestMode::Navigate, CacheMode::Default, false)]
#[case::websocket(RequestMode::WebSocket, CacheMode::Default, false)]
#[case::only_if_cached_cors(RequestMode::Cors, CacheMode::OnlyIfCached, false)]
#[case::only_if_cached_no_cors(RequestMode::NoCors, CacheMode::OnlyIfCached, false)]
#[case::only_if_cached_same_origin(RequestMode::SameOrigin, CacheMode::OnlyIfCached, true)]
#[case::force_cache(RequestMode::Cors, CacheMode::ForceCache, true)]
fn modes(#[case] mode: RequestMode, #[case] cache: CacheMode, #[case] allowed: bool) {
    let mut call = call(Api::Fetch);
    call.mode = mode;
    call.cache = cache;
    let error = call.into_request().err().map(|error| error.name());
    assert_eq!(error, (!allowed).then_some("api/option"));
}

#[test]
fn an_upload_listener_forces_a_preflight() {
    let mut xhr = call(Api::Xhr);
    xhr.upload_listener = Flag::Set;
    let request = xhr.into_request().unwrap();
    assert_eq!(request.use_cors_preflight, Flag::Set);
    let mut fetch = call(Api::Fetch);
    fetch.upload_listener = Flag::Set;
    assert_eq!(fetch.into_request().unwrap_err().name(), "api/option");
}

#[test]
fn xhr_has_no_options_of_fetch() {
    type Change = fn(&mut Call);
    let changes: [(&str, Change); 9] = [
        ("mode", |call| call.mode = RequestMode::NoCors),
        ("credentials mode \"omit\"", |call| {
            call.credentials = CredentialsMode::Omit;
        }),
        ("redirect mode", |call| call.redirect = RedirectMode::Error),
        ("referrer policy", |call| {
            call.referrer_policy = ReferrerPolicy::Origin;
        }),
        ("cache mode", |call| call.cache = CacheMode::NoStore),
        ("keepalive", |call| call.keepalive = Flag::Set),
        ("integrity metadata", |call| {
            call.integrity = Some(String::new());
        }),
        ("duplex", |call| call.duplex = Some(Duplex::Half)),
        ("stream body", |call| {
            call.body = Some(CallBody::Stream(Vec::new()));
        }),
    ];
    for (name, change) in changes {
        let mut call = call(Api::Xhr);
        change(&mut call);
        let expected = InvalidOption::Unavailable(name).into();
        assert_eq!(call.into_request().unwrap_err(), expected);
    }
}

#[test]
fn order_of_arguments() {
    let mut call = with_headers(call(Api::Fetch), &[("a b", "x")]);
    call.url = Url::parse("https://u@b.test/").unwrap();
    call.mode = RequestMode::Navigate;
    call.method = b"TRACE".to_vec();
    let mut names = Vec::new();
    let mut refuse = |call: &Call| {
        let error = call.clone().into_request().unwrap_err();
        names.push(error.name());
    };
    refuse(&call);
    call.url = Url::parse("https://b.test/").unwrap();
    refuse(&call);
    call.mode = RequestMode::Cors;
    refuse(&call);
    call.method = b"GET".to_vec();
    call.body = Some(text());
    refuse(&call);
    call.headers.clear();
    refuse(&call);
    assert_eq!(
        names,
        [
            "api/url-credentials",
            "api/option",
            "api/forbidden-method",
            "api/invalid-header",
            "api/body-not-allowed"
        ]
    );
}

#[test]
fn an_xhr_is_opened_with_a_user_name_and_a_password() {
    let mut xhr = call(Api::Xhr);
    (xhr.username, xhr.password) = (Some("u@".to_owned()), Some("p".to_owned()));
    let request = xhr.into_request().unwrap();
    let url = request.current_url();
    assert_eq!((url.username(), url.password()), ("u%40", Some("p")));

    let mut fetch = call(Api::Fetch);
    fetch.username = Some("u".to_owned());
    assert_eq!(fetch.into_request().unwrap_err().name(), "api/option");
}

#[rstest]
#[case(Exception::SecurityError, "SecurityError")]
#[case(Exception::SyntaxError, "SyntaxError")]
#[case(Exception::TypeError, "TypeError")]
fn exceptions_have_the_names_that_script_sees(#[case] exception: Exception, #[case] name: &str) {
    assert_eq!(exception.name(), name);
}
