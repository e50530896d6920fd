use rstest::rstest;
use url::Url;

use super::*;
use crate::{origin::Origin, request::Flag};

const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

fn request(method: &str, headers: &[(&str, &str)], mode: CredentialsMode) -> Request {
    let origin = Origin::parse("https://a.test").unwrap();
    let mut request = Request::new(origin, Url::parse("https://b.test/").unwrap());
    request.method = method.into();
    request.headers.extend(headers.iter().copied());
    request.credentials_mode = mode;
    request.unsafe_request = Flag::Set;
    request
}

/// A response that passes everything that is asked before methods and headers.
fn shared(headers: &[(&str, &str)]) -> Response {
    let mut response = Response::new(200)
        .with_header("Access-Control-Allow-Origin", "https://a.test")
        .with_header("Access-Control-Allow-Credentials", "true");
    response.headers.extend(headers.iter().copied());
    response
}

fn judge(request: &Request, response: &Response) -> Result<(), PreflightFailure> {
    let names = cors_unsafe_request_header_names(&request.headers);
    judge_preflight(request, &names, response).map(|_| ())
}

const MODES: [CredentialsMode; 3] = [
    CredentialsMode::Omit,
    CredentialsMode::SameOrigin,
    CredentialsMode::Include,
];

#[rstest]
#[case::simple("GET", &[], None)]
#[case::safelisted_header("POST", &[("Content-Type", "text/plain")], None)]
#[case::method("PUT", &[], Some(PreflightReason::Method))]
#[case::lower_case_patch("patch", &[], Some(PreflightReason::Method))]
#[case::options("OPTIONS", &[], Some(PreflightReason::Method))]
#[case::header("GET", &[("X-A", "")], Some(PreflightReason::Headers))]
#[case::json("POST", &[("Content-Type", "application/json")], Some(PreflightReason::Headers))]
#[case::both("PUT", &[("X-A", "")], Some(PreflightReason::Method))]
fn reasons(
    #[case] method: &str,
    #[case] headers: &[(&str, &str)],
    #[case] expected: Option<PreflightReason>,
) {
    for mode in MODES {
        let mut request = request(method, headers, mode);
        let names = cors_unsafe_request_header_names(&request.headers);
        assert_eq!(preflight_reason(&request, &names), expected);
        assert_eq!(needs_preflight(&request), expected.is_some());
        request.unsafe_request = Flag::Unset;
        assert_eq!(preflight_reason(&request, &names), None);
        request.use_cors_preflight = Flag::Set;
        let forced = preflight_reason(&request, &names);
        assert_eq!(forced, Some(PreflightReason::Forced));
    }
}

#[rstest]
#[case::listed(&["PUT"], true, true)]
#[case::among_others(&["GET, PUT"], true, true)]
#[case::on_another_line(&["GET", "PUT"], true, true)]
#[case::wildcard(&["*"], true, false)]
#[case::wildcard_among_others(&["GET, *"], true, false)]
#[case::absent(&[], false, false)]
#[case::empty(&[""], false, false)]
#[case::other(&["DELETE"], false, false)]
#[case::lower_case(&["put"], false, false)]
fn methods(
    #[case] values: &[&str],
    #[case] without_credentials: bool,
    #[case] with_credentials: bool,
) {
    let headers: Vec<_> = values.iter().map(|value| (METHODS, *value)).collect();
    for mode in MODES {
        let allowed = if mode == CredentialsMode::Include {
            with_credentials
        } else {
            without_credentials
        };
        let expected = if allowed {
            Ok(())
        } else {
            Err(PreflightFailure::Method(b"PUT".to_vec()))
        };
        assert_eq!(
            judge(&request("PUT", &[], mode), &shared(&headers)),
            expected
        );
    }
}

#[rstest]
#[case::upper_case_list("patch", "PATCH", false)]
#[case::exact("patch", "patch", true)]
#[case::upper_case_method("PATCH", "patch", false)]
#[case::method_called_wildcard("*", "*", true)]
fn methods_are_compared_by_bytes(#[case] method: &str, #[case] list: &str, #[case] allowed: bool) {
    let request = request(method, &[], CredentialsMode::Include);
    assert_eq!(
        judge(&request, &shared(&[(METHODS, list)])).is_ok(),
        allowed
    );
}

#[test]
fn safelisted_methods_need_no_listing() {
    for method in ["GET", "HEAD", "POST"] {
        for mode in MODES {
            let request = request(method, &[("X-A", "1")], mode);
            let granted = shared(&[(METHODS, "DELETE"), (HEADERS, "x-a")]);
            assert_eq!(judge(&request, &granted), Ok(()));
        }
    }
}

#[test]
fn a_forced_preflight_implies_the_method_only_if_the_header_is_absent() {
    let mut request = request("PUT", &[], CredentialsMode::Include);
    request.use_cors_preflight = Flag::Set;
    assert_eq!(judge(&request, &shared(&[])), Ok(()));
    let expected = Err(PreflightFailure::Method(b"PUT".to_vec()));
    assert_eq!(judge(&request, &shared(&[(METHODS, "")])), expected);
    assert_eq!(judge(&request, &shared(&[(METHODS, "GET")])), expected);
    let response = shared(&[]);
    let grant = judge_preflight(&request, &[], &response).unwrap();
    assert_eq!(grant.methods, [b"PUT"]);
}

#[rstest]
#[case::listed(&["x-a, x-b"], None, None)]
#[case::any_case(&["X-A, X-B"], None, None)]
#[case::several_lines(&["x-b", "x-a"], None, None)]
#[case::empty_items(&[",x-a,,x-b,"], None, None)]
#[case::wildcard(&["*"], None, Some("x-a"))]
#[case::wildcard_among_others(&["x-a, *"], None, Some("x-b"))]
#[case::absent(&[], Some("x-a"), Some("x-a"))]
#[case::empty(&[""], Some("x-a"), Some("x-a"))]
#[case::first_missing(&["x-b"], Some("x-a"), Some("x-a"))]
#[case::second_missing(&["x-a"], Some("x-b"), Some("x-b"))]
#[case::prefix(&["x-, x-b"], Some("x-a"), Some("x-a"))]
fn headers(
    #[case] values: &[&str],
    #[case] without_credentials: Option<&str>,
    #[case] with_credentials: Option<&str>,
) {
    let headers: Vec<_> = values.iter().map(|value| (HEADERS, *value)).collect();
    for mode in MODES {
        let missing = if mode == CredentialsMode::Include {
            with_credentials
        } else {
            without_credentials
        };
        let expected = missing.map_or(Ok(()), |name| Err(PreflightFailure::Header(name.into())));
        let request = request("GET", &[("X-B", "1"), ("X-A", "1")], mode);
        assert_eq!(judge(&request, &shared(&headers)), expected);
    }
}

#[rstest]
#[case::by_name("authorization", true)]
#[case::any_case("Authorization", true)]
#[case::wildcard("*", false)]
#[case::wildcard_and_name("*, authorization", true)]
#[case::other("x-a", false)]
fn authorization_is_never_covered_by_the_wildcard(#[case] list: &str, #[case] allowed: bool) {
    for mode in MODES {
        let request = request("GET", &[("AUTHORIZATION", "x")], mode);
        let expected = if allowed {
            Ok(())
        } else {
            Err(PreflightFailure::Authorization)
        };
        assert_eq!(judge(&request, &shared(&[(HEADERS, list)])), expected);
    }
}

#[test]
fn a_header_called_wildcard_is_listed_by_that_name() {
    let request = request("GET", &[("*", "x")], CredentialsMode::Include);
    assert_eq!(judge(&request, &shared(&[(HEADERS, "*")])), Ok(()));
}

#[rstest]
#[case::methods(METHODS, &["PUT", "a b"], PreflightFailure::MethodsSyntax(b"PUT, a b".to_vec()))]
#[case::headers(HEADERS, &["x-a", "\"x\""], PreflightFailure::HeadersSyntax(b"x-a, \"x\"".to_vec()))]
fn one_bad_line_fails_even_where_nothing_needed_permission(
    #[case] name: &str,
    #[case] values: &[&str],
    #[case] expected: PreflightFailure,
) {
    let headers: Vec<_> = values.iter().map(|value| (name, *value)).collect();
    let mut request = request("GET", &[], CredentialsMode::SameOrigin);
    request.use_cors_preflight = Flag::Set;
    assert_eq!(judge(&request, &shared(&headers)), Err(expected));
}

#[rstest]
#[case(199, false)]
#[case(200, true)]
#[case(204, true)]
#[case(299, true)]
#[case(300, false)]
#[case(301, false)]
#[case(304, false)]
#[case(401, false)]
#[case(403, false)]
#[case(404, false)]
#[case(405, false)]
#[case(500, false)]
fn statuses(#[case] status: u16, #[case] allowed: bool) {
    let mut response = shared(&[(METHODS, "PUT")]);
    response.status = status;
    let expected = if allowed {
        Ok(())
    } else {
        Err(PreflightFailure::Status(status))
    };
    let request = request("PUT", &[], CredentialsMode::SameOrigin);
    assert_eq!(judge(&request, &response), expected);
}

#[rstest]
#[case(301, PreflightFailure::Redirect(301))]
#[case(302, PreflightFailure::Redirect(302))]
#[case(303, PreflightFailure::Redirect(303))]
#[case(307, PreflightFailure::Redirect(307))]
#[case(308, PreflightFailure::Redirect(308))]
#[case(300, PreflightFailure::Status(300))]
#[case(304, PreflightFailure::Status(304))]
#[case(305, PreflightFailure::Status(305))]
fn redirects(#[case] status: u16, #[case] expected: PreflightFailure) {
    let mut response = shared(&[(METHODS, "PUT"), ("Location", "/x")]);
    response.status = status;
    let request = request("PUT", &[], CredentialsMode::SameOrigin);
    assert_eq!(judge(&request, &response), Err(expected));
}

/// Repairs one fault after another: what fails then is the next test in the standard's order.
#[test]
fn order_of_tests() {
    let headers = [("Authorization", "x"), ("X-A", "1")];
    let request = request("PUT", &headers, CredentialsMode::SameOrigin);
    let mut response = Response::new(500)
        .with_header(METHODS, "a b")
        .with_header(HEADERS, "a b");
    let missing = PreflightFailure::CorsCheck(CorsCheckFailure::MissingOrigin);
    assert_eq!(judge(&request, &response), Err(missing));
    response.headers.push("Access-Control-Allow-Origin", "*");
    let status = PreflightFailure::Status(500);
    assert_eq!(judge(&request, &response), Err(status));
    response.status = 204;
    let methods = PreflightFailure::MethodsSyntax(b"a b".to_vec());
    assert_eq!(judge(&request, &response), Err(methods));
    response.headers.set(METHODS, "GET");
    let headers = PreflightFailure::HeadersSyntax(b"a b".to_vec());
    assert_eq!(judge(&request, &response), Err(headers));
    response.headers.set(HEADERS, "x-b");
    let method = PreflightFailure::Method(b"PUT".to_vec());
    assert_eq!(judge(&request, &response), Err(method));
    response.headers.set(METHODS, "PUT");
    let authorization = PreflightFailure::Authorization;
    assert_eq!(judge(&request, &response), Err(authorization));
    response.headers.set(HEADERS, "authorization");
    let header = PreflightFailure::Header(b"x-a".to_vec());
    assert_eq!(judge(&request, &response), Err(header));
    response.headers.set(HEADERS, "authorization, x-a");
    assert_eq!(judge(&request, &response), Ok(()));
}

#[test]
fn the_credentials_mode_of_the_actual_request_decides() {
    let request = request("PUT", &[], CredentialsMode::Include);
    let wildcard = Response::new(200)
        .with_header("Access-Control-Allow-Origin", "*")
        .with_header(METHODS, "PUT");
    assert_eq!(
        judge(&request, &wildcard),
        Err(PreflightFailure::CorsCheck(
            CorsCheckFailure::WildcardWithCredentials
        ))
    );
    let uncredentialed = Response::new(200)
        .with_header("Access-Control-Allow-Origin", "https://a.test")
        .with_header(METHODS, "PUT");
    assert_eq!(
        judge(&request, &uncredentialed),
        Err(PreflightFailure::CorsCheck(CorsCheckFailure::Credentials {
            value: None
        }))
    );
}

#[rstest]
#[case::absent(&[], 5)]
#[case::zero(&["0"], 0)]
#[case::given(&["600"], 600)]
#[case::negative(&["-1"], 5)]
#[case::plus(&["+600"], 5)]
#[case::empty(&[""], 5)]
#[case::two_lines(&["600", "600"], 5)]
#[case::enormous(&["99999999999999999999"], u64::MAX)]
fn max_age(#[case] values: &[&str], #[case] expected: u64) {
    let headers: Vec<_> = values.iter().map(|value| (MAX_AGE, *value)).collect();
    let request = request("GET", &[], CredentialsMode::SameOrigin);
    let response = shared(&headers);
    let grant = judge_preflight(&request, &[], &response).unwrap();
    assert_eq!(grant.max_age, expected);
}

#[test]
fn everything_listed_is_granted() {
    let request = request("PUT", &[], CredentialsMode::SameOrigin);
    let response = shared(&[(METHODS, "PUT, x"), (METHODS, "*"), (HEADERS, "A, b")]);
    let grant = judge_preflight(&request, &[], &response).unwrap();
    let methods: [&[u8]; 3] = [b"PUT", b"x", b"*"];
    assert_eq!(grant.methods, methods);
    assert_eq!(grant.header_names, [b"A", b"b"]);
}

#[test]
fn other_headers_do_not_matter() {
    let request = request("PUT", &[], CredentialsMode::SameOrigin);
    let response = shared(&[("Allow", "GET"), ("Vary", "*"), (METHODS, "PUT")]);
    assert_eq!(judge(&request, &response), Ok(()));
    let response = shared(&[("Allow", "PUT")]);
    assert!(judge(&request, &response).is_err());
}
