use crosscheck_oracle::{
    CacheMode, Credentials, HeaderList, Millis, OutgoingRequest, Purpose, RequestBody, Response,
};
use rstest::rstest;

use super::{Asked, Found, HttpCache, Whose};

fn request(method: &str, lines: &[(&str, &str)]) -> OutgoingRequest {
    OutgoingRequest {
        purpose: Purpose::Actual,
        method: method.into(),
        url: "https://api.example/data".parse().unwrap(),
        headers: list(lines),
        body: RequestBody::None,
        include_credentials: Credentials::Omit,
    }
}

fn list(lines: &[(&str, &str)]) -> HeaderList {
    let pair = |(name, value): &(&str, &str)| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
    lines.iter().map(pair).collect()
}

fn response(status: u16, lines: &[(&str, &str)]) -> Response {
    Response {
        status,
        headers: list(lines),
        body: b"stored".to_vec(),
    }
}

fn asked(request: &OutgoingRequest, mode: CacheMode, seconds: u64) -> Asked<'_> {
    Asked {
        request,
        mode,
        partition: b"https://app.example",
        now: Millis(seconds * 1000),
    }
}

/// `usable`, `nothing`, or the validators.
fn found(cache: &HttpCache, asked: &Asked<'_>) -> String {
    match cache.find(asked) {
        Found::Nothing => "nothing".to_owned(),
        Found::Usable(_) => "usable".to_owned(),
        Found::Doubtful(validation) => {
            let header = |(name, value): &(&str, Vec<u8>)| {
                format!("{name}: {}", String::from_utf8_lossy(value))
            };
            let headers: Vec<_> = validation.headers.iter().map(header).collect();
            format!("validate {}", headers.join("; "))
        }
    }
}

fn with(whose: Whose, answer: &[(&str, &str)]) -> HttpCache {
    let mut cache = HttpCache::new(whose);
    let first = request("GET", &[("Origin", "https://a.example")]);
    cache.note(
        &asked(&first, CacheMode::Default, 0),
        &response(200, answer),
    );
    cache
}

#[rstest]
#[case::nothing_said(&[], "nothing")]
#[case::lifetime(&[("Cache-Control", "max-age=60")], "usable")]
#[case::over(&[("Cache-Control", "max-age=5")], "validate ")]
#[case::over_with_validator(&[("Cache-Control", "max-age=5"), ("ETag", "\"1\"")], "validate If-None-Match: \"1\"")]
#[case::always_validated(&[("Cache-Control", "no-cache"), ("Last-Modified", "Sun, 01 Nov 2026 00:00:00 GMT")], "validate If-Modified-Since: Sun, 01 Nov 2026 00:00:00 GMT")]
#[case::never_stored(&[("Cache-Control", "max-age=60, no-store")], "nothing")]
#[case::varies_by_the_other_line(&[("Cache-Control", "max-age=60"), ("Vary", "Accept"), ("Vary", "Origin")], "nothing")]
#[case::varies_by_everything(&[("Cache-Control", "max-age=60"), ("Vary", "*")], "nothing")]
#[case::varies_by_what_is_the_same(&[("Cache-Control", "max-age=60"), ("Vary", "Accept")], "usable")]
fn what_another_origin_gets_ten_seconds_later(
    #[case] answer: &[(&str, &str)],
    #[case] expected: &str,
) {
    let cache = with(Whose::Private, answer);
    let later = request("GET", &[("Origin", "https://b.example")]);
    assert_eq!(
        found(&cache, &asked(&later, CacheMode::Default, 10)),
        expected
    );
}

#[rstest]
#[case(CacheMode::Default, 10, "usable")]
#[case(CacheMode::NoStore, 10, "nothing")]
#[case(CacheMode::Reload, 10, "nothing")]
#[case(CacheMode::NoCache, 10, "validate ")]
#[case(CacheMode::ForceCache, 100, "usable")]
#[case(CacheMode::Default, 100, "validate ")]
fn the_mode_decides(#[case] mode: CacheMode, #[case] seconds: u64, #[case] expected: &str) {
    let cache = with(Whose::Private, &[("Cache-Control", "max-age=60")]);
    let again = request("GET", &[]);
    assert_eq!(found(&cache, &asked(&again, mode, seconds)), expected);
}

#[rstest]
#[case::shared(Whose::Shared, "nothing")]
#[case::private(Whose::Private, "usable")]
fn only_a_private_cache_keeps_what_is_private(#[case] whose: Whose, #[case] expected: &str) {
    let cache = with(whose, &[("Cache-Control", "private, max-age=60")]);
    let again = request("GET", &[]);
    assert_eq!(
        found(&cache, &asked(&again, CacheMode::Default, 1)),
        expected
    );
}

#[rstest]
#[case::own_conditions("GET", &[("If-None-Match", "\"1\"")])]
#[case::range("GET", &[("Range", "bytes=0-1")])]
#[case::other_method("HEAD", &[])]
fn some_requests_go_past_the_cache(#[case] method: &str, #[case] lines: &[(&str, &str)]) {
    let cache = with(Whose::Private, &[("Cache-Control", "max-age=60")]);
    let past = request(method, lines);
    assert_eq!(
        found(&cache, &asked(&past, CacheMode::Default, 1)),
        "nothing"
    );
}

#[test]
fn another_partition_gets_nothing() {
    let cache = with(Whose::Private, &[("Cache-Control", "max-age=60")]);
    let again = request("GET", &[]);
    let elsewhere = Asked {
        partition: b"https://other.example",
        ..asked(&again, CacheMode::Default, 1)
    };
    assert_eq!(found(&cache, &elsewhere), "nothing");
}

#[rstest]
#[case(204, "nothing")]
#[case(403, "usable")]
fn a_change_that_went_well_is_the_end_of_what_is_stored(
    #[case] status: u16,
    #[case] expected: &str,
) {
    let mut cache = with(Whose::Private, &[("Cache-Control", "max-age=60")]);
    let change = request("PUT", &[]);
    cache.note(
        &asked(&change, CacheMode::Default, 1),
        &response(status, &[]),
    );
    let again = request("GET", &[]);
    assert_eq!(
        found(&cache, &asked(&again, CacheMode::Default, 2)),
        expected
    );
}

#[test]
fn a_304_replaces_headers_and_keeps_the_rest() {
    let stored = [
        ("Cache-Control", "no-cache"),
        ("ETag", "\"1\""),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Kept", "yes"),
        ("Content-Length", "6"),
    ];
    let mut cache = with(Whose::Private, &stored);
    let again = request("GET", &[]);
    let now = asked(&again, CacheMode::Default, 1);
    let Found::Doubtful(validation) = cache.find(&now) else {
        panic!("it may not be used unasked");
    };
    let news = [
        ("access-control-allow-origin", "https://b.example"),
        ("X-New", "1"),
        ("Content-Length", "0"),
    ];
    let updated = cache.freshen(&now, &validation, &response(304, &news));
    let updated = updated.unwrap();
    assert_eq!(updated.status, 200);
    assert_eq!(updated.body, b"stored");
    let header = |name: &str| updated.headers.get(name).unwrap().into_owned();
    assert_eq!(header("access-control-allow-origin"), b"https://b.example");
    assert_eq!(header("x-kept"), b"yes");
    assert_eq!(header("x-new"), b"1");
    assert_eq!(header("content-length"), b"6");
}

#[test]
fn a_shared_cache_says_how_old_its_answer_is() {
    let cache = with(Whose::Shared, &[("Cache-Control", "max-age=60")]);
    let again = request("GET", &[]);
    let Found::Usable(response) = cache.find(&asked(&again, CacheMode::Default, 0)) else {
        panic!("it is fresh");
    };
    assert_eq!(response.headers.get("age").unwrap().into_owned(), b"0");
}
