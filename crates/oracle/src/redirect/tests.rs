use rstest::rstest;

use super::*;
use crate::{origin::Origin, request::ReferrerPolicy};

const HOME: &str = "https://a.test";
const FOREIGN: &str = "https://b.test/x#fragment";

fn request(url: &str) -> Request {
    let mut request = Request::new(Origin::parse(HOME).unwrap(), Url::parse(url).unwrap());
    request.mode = RequestMode::Cors;
    request
}

fn response(status: u16, location: &str) -> Response {
    Response::new(status).with_header("Location", location)
}

#[rstest]
#[case::absolute("https://c.test/y", "https://c.test/y#fragment")]
#[case::path("/y", "https://b.test/y#fragment")]
#[case::relative("y?z", "https://b.test/y?z#fragment")]
#[case::scheme_relative("//c.test", "https://c.test/#fragment")]
#[case::own_fragment("/y#z", "https://b.test/y#z")]
#[case::empty_fragment("/y#", "https://b.test/y#")]
#[case::empty("", "https://b.test/x#fragment")]
#[case::query_only("?z", "https://b.test/x?z#fragment")]
#[case::space("/a b", "https://b.test/a%20b#fragment")]
#[case::utf8("/ä", "https://b.test/%C3%A4#fragment")]
#[case::data("data:,x", "data:,x#fragment")]
fn locations(#[case] value: &str, #[case] expected: &str) {
    let expected = LocationUrl::Url(Box::new(Url::parse(expected).unwrap()));
    for status in [301, 302, 303, 307, 308] {
        assert_eq!(
            location_url(&request(FOREIGN), &response(status, value)),
            expected
        );
    }
}

#[test]
fn bytes_that_are_no_utf8_are_code_points() {
    let response = Response::new(302).with_header("Location", b"/\xe4".to_vec());
    let expected = Url::parse("https://b.test/%C3%A4").unwrap();
    assert_eq!(
        location_url(&request("https://b.test/"), &response),
        LocationUrl::Url(Box::new(expected))
    );
}

#[rstest]
#[case::port("https://b.test:99999/")]
#[case::no_host("https://")]
#[case::bad_host("https://a b/")]
fn broken_locations(#[case] value: &str) {
    let response = response(302, value);
    assert_eq!(
        location_url(&request(FOREIGN), &response),
        LocationUrl::Failure
    );
    assert_eq!(
        http_redirect(&mut request(FOREIGN), &response),
        Err(RedirectFailure::Location(value.into()))
    );
}

#[test]
fn two_lines_are_a_failure_even_if_equal() {
    let response = response(302, "/y").with_header("location", "/y");
    assert_eq!(
        http_redirect(&mut request(FOREIGN), &response),
        Err(RedirectFailure::Location(b"/y, /y".to_vec()))
    );
}

#[rstest]
#[case::no_location(Response::new(302))]
#[case::status_200(response(200, "/y"))]
#[case::status_201(response(201, "/y"))]
#[case::status_300(response(300, "/y"))]
#[case::status_304(response(304, "/y"))]
#[case::status_305(response(305, "/y"))]
#[case::status_306(response(306, "/y"))]
fn leads_nowhere(#[case] response: Response) {
    let mut request = request(FOREIGN);
    assert_eq!(location_url(&request, &response), LocationUrl::None);
    assert_eq!(
        http_redirect(&mut request, &response),
        Ok(HttpRedirect::Final)
    );
    assert_eq!(request.redirect_count(), 0);
}

#[rstest]
#[case::data("data:,x")]
#[case::blob("blob:https://a.test/uuid")]
#[case::about("about:blank")]
#[case::ftp("ftp://b.test/")]
#[case::file("file:///x")]
fn other_schemes(#[case] value: &str) {
    let url = Url::parse(value).unwrap();
    assert_eq!(
        http_redirect(&mut request("https://b.test/"), &response(302, value)),
        Err(RedirectFailure::Scheme(Box::new(url)))
    );
}

#[test]
fn twenty_redirects_and_no_more() {
    let mut request = request(FOREIGN);
    for _ in 0..20 {
        let followed = http_redirect(&mut request, &response(302, "/y"));
        assert!(matches!(followed, Ok(HttpRedirect::Followed { .. })));
    }
    assert_eq!(request.redirect_count(), 20);
    assert_eq!(
        http_redirect(&mut request, &response(302, "/y")),
        Err(RedirectFailure::TooMany)
    );
}

#[rstest]
// From home, mode "cors".
#[case::out_with_user(RequestMode::Cors, ResponseTainting::Basic, "https://u@b.test/", true)]
#[case::out_with_password(RequestMode::Cors, ResponseTainting::Basic, "https://:p@b.test/", true)]
#[case::out_with_neither(RequestMode::Cors, ResponseTainting::Basic, "https://@b.test/", false)]
#[case::home_to_home(
    RequestMode::Cors,
    ResponseTainting::Basic,
    "https://u:p@a.test/",
    false
)]
// From a foreign origin: back home is refused, too.
#[case::foreign_to_home(RequestMode::Cors, ResponseTainting::Cors, "https://u:p@a.test/", true)]
#[case::foreign_within(RequestMode::Cors, ResponseTainting::Cors, "https://u:p@b.test/", true)]
#[case::foreign_plain(RequestMode::Cors, ResponseTainting::Cors, "https://b.test/", false)]
// Other modes do not mind.
#[case::no_cors(
    RequestMode::NoCors,
    ResponseTainting::Opaque,
    "https://u:p@b.test/",
    false
)]
#[case::same_origin(
    RequestMode::SameOrigin,
    ResponseTainting::Basic,
    "https://u@b.test/",
    false
)]
#[case::navigate(
    RequestMode::Navigate,
    ResponseTainting::Basic,
    "https://u@b.test/",
    false
)]
fn user_info(
    #[case] mode: RequestMode,
    #[case] tainting: ResponseTainting,
    #[case] location: &str,
    #[case] refused: bool,
) {
    let mut request = request("https://a.test/").with_response_tainting(tainting);
    request.mode = mode;
    let result = http_redirect(&mut request, &response(302, location));
    if refused {
        let url = Box::new(Url::parse(location).unwrap());
        assert_eq!(result, Err(RedirectFailure::Userinfo(url)));
    } else {
        assert!(result.is_ok());
    }
}

#[rstest]
#[case(301, true)]
#[case(302, true)]
#[case(303, false)]
#[case(307, true)]
#[case(308, true)]
fn stream_bodies(#[case] status: u16, #[case] refused: bool) {
    let mut request = request(FOREIGN);
    request.method = b"POST".to_vec();
    request.body = RequestBody::Stream(b"body".to_vec());
    let result = http_redirect(&mut request, &response(status, "/y"));
    assert_eq!(result == Err(RedirectFailure::StreamBody), refused);
}

#[rstest]
#[case(301, "GET", false)]
#[case(301, "HEAD", false)]
#[case(301, "POST", true)]
#[case(301, "PUT", false)]
#[case(301, "DELETE", false)]
#[case(301, "post", false)]
#[case(302, "GET", false)]
#[case(302, "HEAD", false)]
#[case(302, "POST", true)]
#[case(302, "PUT", false)]
#[case(302, "PATCH", false)]
#[case(303, "GET", false)]
#[case(303, "HEAD", false)]
#[case(303, "POST", true)]
#[case(303, "PUT", true)]
#[case(303, "DELETE", true)]
#[case(303, "OPTIONS", true)]
#[case(303, "chicken", true)]
#[case(307, "POST", false)]
#[case(307, "PUT", false)]
#[case(308, "POST", false)]
#[case(308, "PUT", false)]
fn methods(#[case] status: u16, #[case] method: &str, #[case] becomes_get: bool) {
    let mut request = request(FOREIGN);
    request.method = method.into();
    request.body = RequestBody::Bytes(b"body".to_vec());
    for name in [
        "Content-Encoding",
        "Content-Language",
        "Content-Location",
        "Content-Type",
        "X-A",
        "Authorization",
    ] {
        request.headers.push(name, "x");
    }
    let followed = http_redirect(&mut request, &response(status, "/y"));
    let expected = HttpRedirect::Followed {
        removed_authorization: Flag::Unset,
        became_get: Flag::from(becomes_get),
    };
    assert_eq!(followed, Ok(expected));
    let names: Vec<&[u8]> = request.headers.iter().map(|(name, _)| name).collect();
    if becomes_get {
        assert_eq!(request.method, b"GET");
        assert_eq!(request.body, RequestBody::None);
        assert_eq!(names, [b"X-A".as_slice(), b"Authorization"]);
    } else {
        assert_eq!(request.method, method.as_bytes());
        assert_eq!(request.body, RequestBody::Bytes(b"body".to_vec()));
        assert_eq!(names.len(), 6);
    }
}

#[rstest]
#[case::within(FOREIGN, "https://b.test/y", false)]
#[case::default_port("https://b.test/", "https://b.test:443/", false)]
#[case::other_port(FOREIGN, "https://b.test:1/", true)]
#[case::other_scheme(FOREIGN, "http://b.test/", true)]
#[case::other_host(FOREIGN, "https://c.test/", true)]
#[case::from_home("https://a.test/", "https://b.test/", true)]
#[case::to_home(FOREIGN, "https://a.test/", true)]
fn authorization(#[case] from: &str, #[case] to: &str, #[case] removed: bool) {
    let mut request = request(from);
    request.headers.push("aUthorization", "x");
    request.headers.push("X-A", "x");
    let followed = http_redirect(&mut request, &response(307, to));
    assert_eq!(request.headers.contains("authorization"), !removed);
    assert!(request.headers.contains("x-a"));
    let expected = HttpRedirect::Followed {
        removed_authorization: Flag::from(removed),
        became_get: Flag::Unset,
    };
    assert_eq!(followed, Ok(expected));
}

#[rstest]
#[case::absent(&[], ReferrerPolicy::StrictOrigin)]
#[case::given(&["no-referrer"], ReferrerPolicy::NoReferrer)]
#[case::unknown(&["x"], ReferrerPolicy::StrictOrigin)]
fn referrer_policy(#[case] values: &[&str], #[case] expected: ReferrerPolicy) {
    let mut request = request(FOREIGN);
    request.referrer_policy = ReferrerPolicy::StrictOrigin;
    let mut response = response(302, "/y");
    for &value in values {
        response.headers.push("Referrer-Policy", value);
    }
    http_redirect(&mut request, &response).unwrap();
    assert_eq!(request.referrer_policy, expected);
}

/// Repairs one fault after another: what fails then is the next test in the standard's order.
#[test]
fn order_of_tests() {
    let mut request = request(FOREIGN).with_response_tainting(ResponseTainting::Cors);
    for _ in 0..20 {
        request.append_url(Url::parse(FOREIGN).unwrap());
    }
    request.body = RequestBody::Stream(Vec::new());
    let mut check = |location: &str| http_redirect(&mut request, &response(302, location));
    assert!(matches!(
        check("https://u@b.test:x/"),
        Err(RedirectFailure::Location(_))
    ));
    assert!(matches!(
        check("ftp://u@b.test/"),
        Err(RedirectFailure::Scheme(_))
    ));
    assert_eq!(check("https://u@b.test/"), Err(RedirectFailure::TooMany));
    let mut request = self::request(FOREIGN).with_response_tainting(ResponseTainting::Cors);
    request.body = RequestBody::Stream(Vec::new());
    let mut check = |location: &str| http_redirect(&mut request, &response(302, location));
    assert!(matches!(
        check("https://u@b.test/"),
        Err(RedirectFailure::Userinfo(_))
    ));
    assert_eq!(check("https://b.test/"), Err(RedirectFailure::StreamBody));
}
