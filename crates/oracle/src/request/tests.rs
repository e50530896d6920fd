use rstest::rstest;

use super::*;

fn request(urls: &[&str]) -> Request {
    let mut urls = urls.iter().map(|url| Url::parse(url).unwrap());
    let origin = Origin::parse("https://a.test").unwrap();
    let first = Request::new(origin, urls.next().unwrap());
    urls.fold(first, Request::with_redirect_to)
}

#[rstest]
#[case::own_url(&["https://a.test/"], false)]
#[case::foreign_url(&["https://b.test/"], false)]
#[case::within_own_origin(&["https://a.test/", "https://a.test/2"], false)]
#[case::leaving_home(&["https://a.test/", "https://b.test/"], false)]
#[case::leaving_home_late(&["https://a.test/", "https://a.test/2", "https://b.test/"], false)]
#[case::within_a_foreign_origin(&["https://b.test/", "https://b.test/2"], false)]
#[case::foreign_to_third(&["https://b.test/", "https://c.test/"], true)]
#[case::foreign_to_home(&["https://b.test/", "https://a.test/"], true)]
#[case::there_and_back(&["https://b.test/", "https://c.test/", "https://b.test/"], true)]
#[case::sticky(&["https://b.test/", "https://c.test/", "https://c.test/2"], true)]
#[case::home_foreign_home(&["https://a.test/", "https://b.test/", "https://a.test/"], true)]
#[case::other_port(&["https://b.test/", "https://b.test:1/"], true)]
#[case::same_site(&["https://x.b.test/", "https://y.b.test/"], true)]
fn redirect_taint(#[case] urls: &[&str], #[case] tainted: bool) {
    let request = request(urls);
    assert_eq!(request.has_redirect_taint(), tainted);
    let expected = if tainted { "null" } else { "https://a.test" };
    assert_eq!(request.byte_serialized_origin(), expected.as_bytes());
}

#[test]
fn an_opaque_origin_is_null_without_taint() {
    let url = Url::parse("https://b.test/").unwrap();
    let request = Request::new(Origin::Opaque(1), url);
    assert!(!request.has_redirect_taint());
    assert_eq!(request.byte_serialized_origin(), b"null");
}

#[rstest]
#[case::include_basic(
    CredentialsMode::Include,
    ResponseTainting::Basic,
    Credentials::Include
)]
#[case::include_cors(CredentialsMode::Include, ResponseTainting::Cors, Credentials::Include)]
#[case::include_opaque(
    CredentialsMode::Include,
    ResponseTainting::Opaque,
    Credentials::Include
)]
#[case::same_origin_basic(
    CredentialsMode::SameOrigin,
    ResponseTainting::Basic,
    Credentials::Include
)]
#[case::same_origin_cors(CredentialsMode::SameOrigin, ResponseTainting::Cors, Credentials::Omit)]
#[case::same_origin_opaque(
    CredentialsMode::SameOrigin,
    ResponseTainting::Opaque,
    Credentials::Omit
)]
#[case::omit_basic(CredentialsMode::Omit, ResponseTainting::Basic, Credentials::Omit)]
#[case::omit_cors(CredentialsMode::Omit, ResponseTainting::Cors, Credentials::Omit)]
fn include_credentials(
    #[case] mode: CredentialsMode,
    #[case] tainting: ResponseTainting,
    #[case] expected: Credentials,
) {
    let mut request = request(&["https://b.test/"]).with_response_tainting(tainting);
    request.credentials_mode = mode;
    assert_eq!(request.include_credentials(), expected);
}

#[rstest]
#[case::cross_origin(RequestMode::NoCors, &["https://b.test/"], Credentials::Omit)]
#[case::same_origin(RequestMode::NoCors, &["https://a.test/"], Credentials::Include)]
#[case::back_home(
    RequestMode::NoCors,
    &["https://b.test/", "https://a.test/"],
    Credentials::Omit
)]
#[case::cors_is_unaffected(RequestMode::Cors, &["https://b.test/"], Credentials::Include)]
fn credentialless(#[case] mode: RequestMode, #[case] urls: &[&str], #[case] expected: Credentials) {
    let mut request = request(urls);
    request.mode = mode;
    request.credentials_mode = CredentialsMode::Include;
    request.embedder_policy = EmbedderPolicy::Credentialless;
    assert_eq!(request.include_credentials(), expected);
    request.embedder_policy = EmbedderPolicy::RequireCorp;
    assert_eq!(request.include_credentials(), Credentials::Include);
}

#[rstest]
#[case::none(CorsAttribute::NoCors, RequestMode::NoCors, CredentialsMode::Include)]
#[case::anonymous(
    CorsAttribute::Anonymous,
    RequestMode::Cors,
    CredentialsMode::SameOrigin
)]
#[case::credentials(
    CorsAttribute::UseCredentials,
    RequestMode::Cors,
    CredentialsMode::Include
)]
fn elements(
    #[case] attribute: CorsAttribute,
    #[case] mode: RequestMode,
    #[case] credentials_mode: CredentialsMode,
) {
    let url = Url::parse("https://b.test/").unwrap();
    let request = Request::potential_cors(Origin::Opaque(1), url, attribute);
    assert_eq!(
        (request.mode, request.credentials_mode),
        (mode, credentials_mode)
    );
    // Elements never need a preflight.
    assert_eq!(request.unsafe_request, Flag::Unset);
}

#[test]
fn initial_values() {
    let request = request(&["https://b.test/x#y"]);
    assert_eq!(request.method, b"GET");
    assert_eq!(request.mode, RequestMode::NoCors);
    assert_eq!(request.credentials_mode, CredentialsMode::SameOrigin);
    assert_eq!(request.redirect_mode, RedirectMode::Follow);
    assert_eq!(request.response_tainting(), ResponseTainting::Basic);
    assert_eq!(request.current_url().as_str(), "https://b.test/x#y");
    assert_eq!(request.redirect_count(), 0);
    assert_eq!(request.body.bytes(), None);
}

#[test]
fn the_url_list_grows_with_redirects() {
    let request = request(&["https://a.test/", "https://b.test/", "https://c.test/"]);
    let urls: Vec<&str> = request.url_list().map(Url::as_str).collect();
    assert_eq!(
        urls,
        ["https://a.test/", "https://b.test/", "https://c.test/"]
    );
    assert_eq!(request.current_url().as_str(), "https://c.test/");
    assert_eq!(request.redirect_count(), 2);
}

#[rstest]
#[case::ws("ws://b.test/x", "http://b.test/x")]
#[case::wss("wss://b.test/x", "https://b.test/x")]
#[case::http("http://b.test/x", "http://b.test/x")]
#[case::https("https://b.test/x", "https://b.test/x")]
fn websockets(#[case] url: &str, #[case] expected: &str) {
    let request = Request::websocket(Origin::Opaque(1), Url::parse(url).unwrap());
    assert_eq!(request.current_url().as_str(), expected);
    assert_eq!(request.mode, RequestMode::WebSocket);
    assert_eq!(request.credentials_mode, CredentialsMode::Include);
    assert_eq!(request.redirect_mode, RedirectMode::Error);
}
