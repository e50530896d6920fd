use rstest::rstest;

use super::*;
use crate::{
    origin::Origin,
    request::CredentialsMode::{Include, Omit, SameOrigin},
};

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
const ALLOW_CREDENTIALS: &str = "Access-Control-Allow-Credentials";

fn request(origin: &str, mode: CredentialsMode) -> Request {
    let url = Url::parse("https://b.test/").unwrap();
    let mut request = Request::new(Origin::parse(origin).unwrap(), url);
    request.credentials_mode = mode;
    request
}

/// Judges a response by the name of the failure; `pass` if there is none.
fn check(request: &Request, headers: &[(&str, &str)]) -> &'static str {
    let mut response = Response::new(200);
    response.headers.extend(headers.iter().copied());
    match cors_check(request, &response) {
        Ok(()) => "pass",
        Err(CorsCheckFailure::Credentials { .. }) => "credentials",
        Err(CorsCheckFailure::InvalidOrigin { .. }) => "invalid",
        Err(CorsCheckFailure::MissingOrigin) => "missing",
        Err(CorsCheckFailure::MultipleOrigins { .. }) => "multiple",
        Err(CorsCheckFailure::OriginMismatch { .. }) => "mismatch",
        Err(CorsCheckFailure::WildcardWithCredentials) => "wildcard",
    }
}

#[rstest]
#[case::absent(&[], "missing")]
#[case::wildcard(&["*"], "pass")]
#[case::exact(&["https://a.test"], "pass")]
#[case::blanks_around(&[" \thttps://a.test\t "], "pass")]
#[case::blanks_around_the_wildcard(&[" *\t"], "pass")]
#[case::empty(&[""], "invalid")]
#[case::null(&["null"], "mismatch")]
#[case::slash(&["https://a.test/"], "mismatch")]
#[case::path(&["https://a.test/x"], "mismatch")]
#[case::fragment(&["https://a.test#"], "mismatch")]
#[case::upper_case_host(&["https://A.test"], "mismatch")]
#[case::upper_case_scheme(&["HTTPS://a.test"], "mismatch")]
#[case::user_info(&["https://u@a.test"], "mismatch")]
#[case::default_port(&["https://a.test:443"], "mismatch")]
#[case::other_port(&["https://a.test:8443"], "mismatch")]
#[case::other_scheme(&["http://a.test"], "mismatch")]
#[case::subdomain(&["https://x.a.test"], "mismatch")]
#[case::parent(&["https://test"], "mismatch")]
#[case::suffix(&["https://a.test.evil"], "mismatch")]
#[case::pattern(&["https://*.test"], "mismatch")]
#[case::host_and_port(&["localhost:18801"], "mismatch")]
#[case::host(&["a.test"], "invalid")]
#[case::scheme_relative(&["//a.test"], "invalid")]
#[case::dash(&["-"], "invalid")]
#[case::doubled_wildcard(&["**"], "invalid")]
#[case::quoted_wildcard(&["\"*\""], "invalid")]
#[case::null_upper_case(&["NULL"], "invalid")]
#[case::vertical_tab(&["https://a.test\x0b"], "mismatch")]
#[case::wildcard_and_vertical_tab(&["*\x0b"], "invalid")]
#[case::comma_list(&["https://a.test,https://b.test"], "multiple")]
#[case::space_list(&["https://a.test https://b.test"], "multiple")]
#[case::comma_after(&["https://a.test,"], "multiple")]
#[case::two_lines(&["https://a.test", "https://a.test"], "multiple")]
#[case::two_wildcards(&["*", "*"], "multiple")]
#[case::empty_then_wildcard(&["", "*"], "multiple")]
#[case::wildcard_then_empty(&["*", ""], "multiple")]
fn allow_origin(#[case] values: &[&str], #[case] expected: &str) {
    let headers: Vec<_> = values.iter().map(|value| (ALLOW_ORIGIN, *value)).collect();
    for mode in [Omit, SameOrigin] {
        assert_eq!(check(&request("https://a.test", mode), &headers), expected);
    }
    // With credentials the same values fail, except that the wildcard is no wildcard.
    let mut headers = headers;
    headers.push((ALLOW_CREDENTIALS, "true"));
    let expected = if values.len() == 1 && values[0].trim_matches([' ', '\t']) == "*" {
        "wildcard"
    } else {
        expected
    };
    assert_eq!(
        check(&request("https://a.test", Include), &headers),
        expected
    );
}

#[rstest]
#[case::absent(&[], "credentials")]
#[case::exact(&["true"], "pass")]
#[case::blanks_around(&["\ttrue "], "pass")]
#[case::capitalized(&["True"], "credentials")]
#[case::upper_case(&["TRUE"], "credentials")]
#[case::number(&["1"], "credentials")]
#[case::yes(&["yes"], "credentials")]
#[case::false_(&["false"], "credentials")]
#[case::empty(&[""], "credentials")]
#[case::quoted(&["\"true\""], "credentials")]
#[case::list(&["true, true"], "credentials")]
#[case::two_lines(&["true", "true"], "credentials")]
#[case::vertical_tab(&["true\x0b"], "credentials")]
fn allow_credentials(#[case] values: &[&str], #[case] expected: &str) {
    let mut headers = vec![(ALLOW_ORIGIN, "https://a.test")];
    headers.extend(values.iter().map(|value| (ALLOW_CREDENTIALS, *value)));
    assert_eq!(
        check(&request("https://a.test", Include), &headers),
        expected
    );
    // Without the mode the header has no influence.
    for mode in [Omit, SameOrigin] {
        assert_eq!(check(&request("https://a.test", mode), &headers), "pass");
    }
}

#[rstest]
#[case::null(&[(ALLOW_ORIGIN, "null")], "pass")]
#[case::null_upper_case(&[(ALLOW_ORIGIN, "Null")], "invalid")]
#[case::wildcard(&[(ALLOW_ORIGIN, "*")], "pass")]
#[case::other(&[(ALLOW_ORIGIN, "https://a.test")], "mismatch")]
#[case::absent(&[], "missing")]
fn opaque_origin(#[case] headers: &[(&str, &str)], #[case] expected: &str) {
    assert_eq!(check(&request("null", SameOrigin), headers), expected);
}

#[test]
fn null_with_credentials_opens_a_response_to_opaque_origins() {
    let headers = [(ALLOW_ORIGIN, "null"), (ALLOW_CREDENTIALS, "true")];
    assert_eq!(check(&request("null", Include), &headers), "pass");
    assert_eq!(
        check(&request("null", Include), &headers[..1]),
        "credentials"
    );
}

#[test]
fn after_a_tainting_redirect_only_null_and_the_wildcard_match() {
    let third = Url::parse("https://c.test/").unwrap();
    let request = request("https://a.test", SameOrigin).with_redirect_to(third);
    assert_eq!(check(&request, &[(ALLOW_ORIGIN, "null")]), "pass");
    assert_eq!(check(&request, &[(ALLOW_ORIGIN, "*")]), "pass");
    assert_eq!(
        check(&request, &[(ALLOW_ORIGIN, "https://a.test")]),
        "mismatch"
    );
}

#[test]
fn the_status_does_not_matter() {
    let request = request("https://a.test", SameOrigin);
    for status in [200, 204, 301, 304, 401, 404, 500, 599] {
        let response = Response::new(status);
        assert!(cors_check(&request, &response).is_err());
        assert!(cors_check(&request, &response.with_header(ALLOW_ORIGIN, "*")).is_ok());
    }
}

#[rstest]
#[case::mismatch(
    SameOrigin,
    Some("https://x.test"),
    "`Access-Control-Allow-Origin` is `https://x.test`, but the request's origin is `https://a.test`"
)]
#[case::credentials(
    Include,
    Some("https://a.test"),
    "`Access-Control-Allow-Credentials` is missing, not `true`, but the credentials mode is \"include\""
)]
#[case::missing(SameOrigin, None, "the response has no `Access-Control-Allow-Origin`")]
fn messages(
    #[case] mode: CredentialsMode,
    #[case] allow_origin: Option<&str>,
    #[case] expected: &str,
) {
    let mut response = Response::new(200);
    if let Some(value) = allow_origin {
        response.headers.push(ALLOW_ORIGIN, value);
    }
    let failure = cors_check(&request("https://a.test", mode), &response).unwrap_err();
    assert_eq!(failure.to_string(), expected);
}
