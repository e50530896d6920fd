use rstest::rstest;

use super::*;

#[test]
fn unsafe_bytes() {
    let listed = b"\"():<>?@[\\]{}\x7f";
    for byte in 0..=u8::MAX {
        let expected = (byte < 0x20 && byte != 0x09) || listed.contains(&byte);
        assert_eq!(
            is_cors_unsafe_request_header_byte(byte),
            expected,
            "{byte:#04x}"
        );
    }
}

#[rstest]
#[case::accept(b"Accept")]
#[case::content_type(b"Content-Type")]
fn unsafe_bytes_spoil_a_value(#[case] name: &[u8]) {
    for byte in 0..=u8::MAX {
        let value = [b"text/plain;a=".as_slice(), &[byte], b"b"].concat();
        assert_eq!(
            is_cors_safelisted_request_header(name, &value),
            !is_cors_unsafe_request_header_byte(byte),
            "{byte:#04x}"
        );
    }
}

#[rstest]
#[case::accept_language(b"Accept-Language")]
#[case::content_language(b"content-language")]
fn language_bytes(#[case] name: &[u8]) {
    let listed = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz *,-.;=";
    for byte in 0..=u8::MAX {
        assert_eq!(
            is_cors_safelisted_request_header(name, &[b'e', byte, b'n']),
            listed.contains(&byte),
            "{byte:#04x}"
        );
    }
}

#[rstest]
#[case::accept("accept", "*/*", true)]
#[case::accept_empty("Accept", "", true)]
#[case::accept_inner_tab("Accept", "a\tb", true)]
#[case::accept_parenthesis("Accept", "a(b", false)]
#[case::language_empty("Accept-Language", "", true)]
#[case::language("Accept-Language", "de-AT, de;q=0.9, *;q=0.5", true)]
#[case::language_underscore("Accept-Language", "en_US", false)]
#[case::language_slash("Content-Language", "a/b", false)]
#[case::language_plus("Content-Language", "a+b", false)]
#[case::language_quote("Content-Language", "\"en\"", false)]
#[case::content_language_empty("Content-Language", "", true)]
#[case::form("Content-Type", "application/x-www-form-urlencoded", true)]
#[case::multipart("Content-Type", "multipart/form-data; boundary=x", true)]
#[case::text("content-type", "text/plain", true)]
#[case::text_any_case("CONTENT-TYPE", "TEXT/PLAIN ; a=b", true)]
#[case::text_garbage("Content-Type", "text/plain;garbage", true)]
#[case::text_quoted_parameter("Content-Type", "text/plain;a=\"b\"", false)]
#[case::json("Content-Type", "application/json", false)]
#[case::json_in_a_parameter("Content-Type", "text/plain; application/json", true)]
#[case::two_types("Content-Type", "text/plain,application/json", false)]
#[case::two_safe_types("Content-Type", "text/plain,text/plain", false)]
#[case::type_empty("Content-Type", "", false)]
#[case::type_without_slash("Content-Type", "text", false)]
#[case::range("Range", "bytes=0-", true)]
#[case::range_closed("range", "bytes=5-5", true)]
#[case::range_suffix("Range", "bytes=-500", false)]
#[case::range_upper_case_unit("Range", "BYTES=0-", false)]
#[case::range_empty("Range", "", false)]
#[case::custom("X-Custom", "", false)]
#[case::authorization("Authorization", "", false)]
#[case::user_agent("User-Agent", "x", false)]
#[case::last_event_id("Last-Event-ID", "1", false)]
#[case::cache_control("Cache-Control", "no-cache", false)]
#[case::dpr("DPR", "2", false)]
#[case::width("Width", "100", false)]
#[case::viewport_width("Viewport-Width", "100", false)]
#[case::save_data("Save-Data", "on", false)]
#[case::device_memory("Device-Memory", "4", false)]
#[case::rtt("RTT", "50", false)]
#[case::downlink("Downlink", "10", false)]
#[case::ect("ECT", "4g", false)]
#[case::longer_name("Accept-", "*/*", false)]
fn safelisted(#[case] name: &str, #[case] value: &str, #[case] expected: bool) {
    let safelisted = is_cors_safelisted_request_header(name.as_bytes(), value.as_bytes());
    assert_eq!(safelisted, expected);
}

#[rstest]
#[case::accept("Accept", "")]
#[case::accept_language("Accept-Language", "")]
#[case::content_language("Content-Language", "")]
#[case::content_type("Content-Type", "text/plain;")]
#[case::range("Range", "bytes=")]
fn at_most_128_bytes(#[case] name: &str, #[case] start: &str) {
    let value = |length: usize| {
        let end = if name == "Range" { "-" } else { "" };
        let fill = "1".repeat(length - start.len() - end.len());
        format!("{start}{fill}{end}")
    };
    let safelisted =
        |value: &str| is_cors_safelisted_request_header(name.as_bytes(), value.as_bytes());
    assert_eq!(value(128).len(), 128);
    assert!(safelisted(&value(128)));
    assert!(!safelisted(&value(129)));
}

#[test]
fn the_limit_counts_bytes_not_characters() {
    assert!(is_cors_safelisted_request_header(b"Accept", &[0xFF; 128]));
    assert!(!is_cors_safelisted_request_header(b"Accept", &[0xFF; 129]));
}

fn unsafe_names(headers: &[(&str, &str)]) -> Vec<String> {
    cors_unsafe_request_header_names(&headers.iter().copied().collect())
        .into_iter()
        .map(|name| String::from_utf8(name).unwrap())
        .collect()
}

#[rstest]
#[case::none(&[], &[])]
#[case::all_safelisted(&[("Accept", "*/*"), ("Content-Type", "text/plain")], &[])]
#[case::sorted(&[("X-B", "1"), ("X-A", "2")], &["x-a", "x-b"])]
#[case::sorted_by_byte(&[("x_a", "1"), ("x-a", "2"), ("X", "3"), ("x~", "4")], &["x", "x-a", "x_a", "x~"])]
#[case::unique(&[("X-A", "1"), ("x-a", "2")], &["x-a"])]
#[case::safelisted_left_out(&[("X-A", "1"), ("Accept", "*/*")], &["x-a"])]
#[case::value_decides(&[("Content-Type", "application/json")], &["content-type"])]
#[case::one_of_two_values(&[("Content-Type", "text/plain"), ("Content-Type", "a/b")], &["content-type"])]
#[case::two_safe_values(&[("Content-Type", "text/plain"), ("Content-Type", "text/plain")], &[])]
fn unsafe_header_names(#[case] headers: &[(&str, &str)], #[case] expected: &[&str]) {
    assert_eq!(unsafe_names(headers), expected);
}

#[test]
fn entries_are_measured_one_by_one() {
    let value = "a".repeat(101);
    assert_eq!(
        unsafe_names(&[("Accept", &value), ("Accept", &value)]),
        [""; 0]
    );
}

#[test]
fn at_most_1024_bytes_together() {
    let value = "a".repeat(128);
    let mut headers = vec![("Accept", value.as_str()); 8];
    assert_eq!(unsafe_names(&headers), [""; 0]);
    headers.push(("Accept-Language", ""));
    assert_eq!(unsafe_names(&headers), [""; 0]);
    headers.push(("Content-Language", "a"));
    assert_eq!(
        unsafe_names(&headers),
        ["accept", "accept-language", "content-language"]
    );
}

#[test]
fn unsafe_values_do_not_count_towards_the_1024_bytes() {
    let value = "a".repeat(128);
    let long = "a".repeat(5000);
    let mut headers = vec![("Accept", value.as_str()); 8];
    headers.push(("X-Long", &long));
    assert_eq!(unsafe_names(&headers), ["x-long"]);
    headers.push(("Accept", "a"));
    assert_eq!(unsafe_names(&headers), ["accept", "x-long"]);
}

#[rstest]
#[case::exact("Authorization", true)]
#[case::any_case("aUTHORIZATION", true)]
#[case::proxy("Proxy-Authorization", false)]
#[case::other("X-Custom", false)]
fn non_wildcard_names(#[case] name: &str, #[case] expected: bool) {
    assert_eq!(
        is_cors_non_wildcard_request_header_name(name.as_bytes()),
        expected
    );
}

#[test]
fn forbidden_names_in_any_case_with_any_value() {
    for name in FORBIDDEN_REQUEST_HEADERS {
        assert!(is_forbidden_request_header(name, b""));
        assert!(is_forbidden_request_header(
            &name.to_ascii_uppercase(),
            b"x"
        ));
    }
}

#[rstest]
#[case::proxy("Proxy-Anything", "x", true)]
#[case::proxy_prefix_alone("PROXY-", "x", true)]
#[case::proxy_without_dash("Proxy", "x", false)]
#[case::sec("sEc-Fetch-Mode", "x", true)]
#[case::sec_without_dash("Second", "x", false)]
#[case::user_agent("User-Agent", "x", false)]
#[case::authorization("Authorization", "x", false)]
#[case::content_type("Content-Type", "x", false)]
#[case::content_encoding("Content-Encoding", "x", false)]
#[case::accept("Accept", "x", false)]
#[case::cache_control("Cache-Control", "x", false)]
#[case::access_control_allow_origin("Access-Control-Allow-Origin", "x", false)]
#[case::private_network("Access-Control-Request-Private-Network", "x", false)]
#[case::cookie3("Cookie3", "x", false)]
#[case::override_safe("X-HTTP-Method-Override", "PUT", false)]
#[case::override_forbidden("X-HTTP-Method-Override", "TRACE", true)]
#[case::override_any_case("x-http-method", "track", true)]
#[case::override_in_a_list("X-Method-Override", "GET, CONNECT", true)]
#[case::override_empty_items("X-Method-Override", ",,TRACE,", true)]
#[case::override_quoted("X-Method-Override", "\"TRACE\"", false)]
#[case::override_in_quotes("X-Method-Override", "\"GET,TRACE\"", false)]
#[case::override_longer("X-Method-Override", "TRACER", false)]
#[case::override_other_name("X-Methods-Override", "TRACE", false)]
fn forbidden_headers(#[case] name: &str, #[case] value: &str, #[case] expected: bool) {
    let forbidden = is_forbidden_request_header(name.as_bytes(), value.as_bytes());
    assert_eq!(forbidden, expected);
}

#[rstest]
#[case::accept("Accept", "*/*", true)]
#[case::accept_language("Accept-Language", "en", true)]
#[case::content_language("Content-Language", "en", true)]
#[case::content_type("Content-Type", "text/plain", true)]
#[case::unsafe_value("Content-Type", "application/json", false)]
#[case::range_is_left_out("Range", "bytes=0-", false)]
#[case::custom("X-Custom", "x", false)]
fn no_cors_safelisted(#[case] name: &str, #[case] value: &str, #[case] expected: bool) {
    let safelisted = is_no_cors_safelisted_request_header(name.as_bytes(), value.as_bytes());
    assert_eq!(safelisted, expected);
}

#[rstest]
#[case::content_encoding("Content-Encoding", true)]
#[case::content_language("content-language", true)]
#[case::content_location("Content-Location", true)]
#[case::content_type("CONTENT-TYPE", true)]
#[case::content_length("Content-Length", false)]
#[case::range("Range", false)]
fn request_body_headers(#[case] name: &str, #[case] expected: bool) {
    assert_eq!(is_request_body_header_name(name.as_bytes()), expected);
}

#[rstest]
#[case::range("rAnge", true)]
#[case::accept("Accept", false)]
fn privileged_no_cors_names(#[case] name: &str, #[case] expected: bool) {
    assert_eq!(
        is_privileged_no_cors_request_header_name(name.as_bytes()),
        expected
    );
}

#[rstest]
#[case::cache_control("Cache-Control", &[], true)]
#[case::content_language("Content-Language", &[], true)]
#[case::content_length("Content-Length", &[], true)]
#[case::content_type("Content-Type", &[], true)]
#[case::expires("Expires", &[], true)]
#[case::last_modified("Last-Modified", &[], true)]
#[case::pragma("Pragma", &[], true)]
#[case::etag("ETag", &[], false)]
#[case::exposed("ETag", &["etag"], true)]
#[case::wildcard_is_a_name_here("ETag", &["*"], false)]
#[case::header_called_wildcard("*", &["*"], true)]
#[case::set_cookie_by_name("Set-Cookie", &["set-cookie"], false)]
#[case::set_cookie2_by_name("Set-Cookie2", &["set-cookie2"], false)]
fn safelisted_response_names(#[case] name: &str, #[case] exposed: &[&str], #[case] expected: bool) {
    let exposed: Vec<&[u8]> = exposed.iter().map(|name| name.as_bytes()).collect();
    assert_eq!(
        is_cors_safelisted_response_header_name(name.as_bytes(), &exposed),
        expected
    );
}
