use rstest::rstest;

use super::*;
use crate::origin::Origin;

fn request(tainting: ResponseTainting) -> Request {
    let origin = Origin::parse("https://a.test").unwrap();
    let url = Url::parse("https://b.test/x?y#z").unwrap();
    Request::new(origin, url).with_response_tainting(tainting)
}

fn response(headers: &[(&str, &str)]) -> Response {
    let mut response = Response::new(200);
    response.headers.extend(headers.iter().copied());
    response.body = b"body".to_vec();
    response
}

fn names(request: &Request, headers: &[(&str, &str)]) -> Vec<String> {
    filter_response(request, &response(headers))
        .headers
        .iter()
        .map(|(name, _)| String::from_utf8(name.to_vec()).unwrap())
        .collect()
}

const EXPOSE: &str = "Access-Control-Expose-Headers";

const SAFELIST: [(&str, &str); 7] = [
    ("Cache-Control", "no-cache"),
    ("Content-Language", "en"),
    ("Content-Length", "4"),
    ("Content-Type", "text/plain"),
    ("Expires", "0"),
    ("Last-Modified", "x"),
    ("Pragma", "no-cache"),
];

#[test]
fn basic_shows_all_but_cookies() {
    let headers = [
        ("X-A", "1"),
        ("Set-Cookie", "a=b"),
        ("set-cookie2", "a=b"),
        ("ETag", "x"),
    ];
    let request = request(ResponseTainting::Basic);
    assert_eq!(names(&request, &headers), ["etag", "x-a"]);
    let filtered = filter_response(&request, &response(&headers));
    assert_eq!(filtered.response_type, ResponseType::Basic);
    assert_eq!(filtered.status, 200);
    assert_eq!(filtered.url.unwrap().as_str(), "https://b.test/x?y");
    assert!(!filtered.redirected);
    assert_eq!(filtered.body.as_deref(), Some(b"body".as_slice()));
}

#[test]
fn cors_shows_the_safelist() {
    let mut headers = SAFELIST.to_vec();
    headers.extend([("X-A", "1"), ("ETag", "x"), ("Set-Cookie", "a=b")]);
    let request = request(ResponseTainting::Cors);
    let expected: Vec<String> = SAFELIST
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    assert_eq!(names(&request, &headers), expected);
    let filtered = filter_response(&request, &response(&headers));
    assert_eq!(filtered.response_type, ResponseType::Cors);
    assert_eq!(filtered.body.as_deref(), Some(b"body".as_slice()));
}

#[rstest]
#[case::none(&[], &[])]
#[case::named(&["X-A"], &["x-a"])]
#[case::any_case(&["x-a, ETAG"], &["etag", "x-a"])]
#[case::several_lines(&["X-A", "ETag"], &["etag", "x-a"])]
#[case::empty_first_line(&["", "X-A"], &["x-a"])]
#[case::empty_items(&[",,X-A,"], &["x-a"])]
#[case::not_in_the_response(&["X-Missing"], &[])]
#[case::set_cookie(&["Set-Cookie, Set-Cookie2, X-A"], &["x-a"])]
#[case::syntax(&["X-A, a b"], &[])]
#[case::syntax_on_another_line(&["X-A", "a;b"], &[])]
#[case::quoted_wildcard(&["\"*\""], &[])]
fn expose_headers(#[case] values: &[&str], #[case] expected: &[&str]) {
    let mut headers = vec![
        ("X-A", "1"),
        ("ETag", "x"),
        ("Set-Cookie", "a"),
        ("Set-Cookie2", "b"),
    ];
    headers.extend(values.iter().map(|value| (EXPOSE, *value)));
    for mode in [
        CredentialsMode::Omit,
        CredentialsMode::SameOrigin,
        CredentialsMode::Include,
    ] {
        let mut request = request(ResponseTainting::Cors);
        request.credentials_mode = mode;
        assert_eq!(names(&request, &headers), expected, "{mode:?}");
    }
}

#[rstest]
#[case::alone(&["*"], &["*", "access-control-expose-headers", "etag", "x-a"], &["*"])]
#[case::among_others(
    &["X-A, *"],
    &["*", "access-control-expose-headers", "etag", "x-a"],
    &["*", "x-a"]
)]
#[case::on_another_line(
    &["X-A", "*"],
    &["*", "access-control-expose-headers", "etag", "x-a"],
    &["*", "x-a"]
)]
fn expose_wildcard(
    #[case] values: &[&str],
    #[case] without_credentials: &[&str],
    #[case] with_credentials: &[&str],
) {
    let mut headers = vec![("X-A", "1"), ("ETag", "x"), ("Set-Cookie", "a"), ("*", "y")];
    headers.extend(values.iter().map(|value| (EXPOSE, *value)));
    let mut request = request(ResponseTainting::Cors);
    assert_eq!(names(&request, &headers), without_credentials);
    request.credentials_mode = CredentialsMode::Include;
    assert_eq!(names(&request, &headers), with_credentials);
}

#[test]
fn values_are_combined() {
    let headers = [("X-A", "1"), ("x-a", ""), ("X-A", "2"), (EXPOSE, "x-a")];
    let filtered = filter_response(&request(ResponseTainting::Cors), &response(&headers));
    assert_eq!(filtered.headers.get("x-a").unwrap(), b"1, , 2".as_slice());
    assert_eq!(filtered.headers.len(), 1);
}

#[test]
fn opaque_shows_nothing() {
    let third = Url::parse("https://c.test/").unwrap();
    let request = request(ResponseTainting::Opaque).with_redirect_to(third);
    let filtered = filter_response(&request, &response(&SAFELIST));
    let expected = FilteredResponse {
        response_type: ResponseType::Opaque,
        status: 0,
        headers: HeaderList::new(),
        url: None,
        redirected: false,
        body: None,
    };
    assert_eq!(filtered, expected);
}

#[test]
fn an_opaque_redirect_shows_the_url_of_the_request() {
    let filtered = FilteredResponse::opaque_redirect(&request(ResponseTainting::Cors));
    assert_eq!(filtered.response_type, ResponseType::OpaqueRedirect);
    assert_eq!(filtered.status, 0);
    assert!(filtered.headers.is_empty());
    assert_eq!(filtered.url.unwrap().as_str(), "https://b.test/x?y");
    assert!(!filtered.redirected);
    assert_eq!(filtered.body, None);
}

#[test]
fn redirects_show_by_the_final_url_and_a_flag() {
    let request = request(ResponseTainting::Cors)
        .with_redirect_to(Url::parse("https://b.test/2#fragment").unwrap());
    let filtered = filter_response(&request, &response(&[]));
    assert_eq!(filtered.url.unwrap().as_str(), "https://b.test/2");
    assert!(filtered.redirected);
}

#[rstest]
#[case::get(b"GET", 200, true)]
#[case::post(b"POST", 404, true)]
#[case::redirect_status(b"GET", 302, true)]
#[case::head(b"HEAD", 200, false)]
#[case::lower_case_head_is_another_method(b"head", 200, true)]
#[case::no_content(b"GET", 204, false)]
#[case::reset_content(b"GET", 205, false)]
#[case::not_modified(b"GET", 304, false)]
#[case::partial_content(b"GET", 206, true)]
fn bodies(#[case] method: &[u8], #[case] status: u16, #[case] readable: bool) {
    let mut request = request(ResponseTainting::Cors);
    request.method = method.to_vec();
    let mut response = response(&[]);
    response.status = status;
    let filtered = filter_response(&request, &response);
    assert_eq!(filtered.is_body_readable(), readable);
    assert_eq!(filtered.status, status);
}

#[rstest]
#[case(ResponseType::Basic, "basic")]
#[case(ResponseType::Cors, "cors")]
#[case(ResponseType::Opaque, "opaque")]
#[case(ResponseType::OpaqueRedirect, "opaqueredirect")]
fn type_names(#[case] response_type: ResponseType, #[case] name: &str) {
    assert_eq!(response_type.name(), name);
}
