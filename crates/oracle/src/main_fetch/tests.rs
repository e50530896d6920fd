use rstest::rstest;

use super::*;
use crate::{origin::Origin, preflight::PreflightReason, request::Flag};

const OWN: &str = "https://a.test/";
const FOREIGN: &str = "https://b.test/";

fn request(mode: RequestMode, url: &str) -> Request {
    let origin = Origin::parse("https://a.test").unwrap();
    let mut request = Request::new(origin, Url::parse(url).unwrap());
    request.mode = mode;
    request.unsafe_request = Flag::Set;
    request
}

fn branch(request: &Request) -> Result<Branch, ModeFailure> {
    let names = crate::safelist::cors_unsafe_request_header_names(&request.headers);
    main_fetch_branch(request, &names)
}

#[rstest]
#[case::own_cors(RequestMode::Cors, OWN, Branch::Basic)]
#[case::own_no_cors(RequestMode::NoCors, OWN, Branch::Basic)]
#[case::own_same_origin(RequestMode::SameOrigin, OWN, Branch::Basic)]
#[case::foreign_cors(RequestMode::Cors, FOREIGN, Branch::Cors)]
#[case::foreign_no_cors(RequestMode::NoCors, FOREIGN, Branch::Opaque)]
#[case::foreign_navigate(RequestMode::Navigate, FOREIGN, Branch::Basic)]
#[case::foreign_websocket(RequestMode::WebSocket, FOREIGN, Branch::Basic)]
#[case::other_port(RequestMode::Cors, "https://a.test:8443/", Branch::Cors)]
#[case::other_scheme(RequestMode::Cors, "http://a.test/", Branch::Cors)]
#[case::subdomain(RequestMode::Cors, "https://x.a.test/", Branch::Cors)]
#[case::data_cors(RequestMode::Cors, "data:,x", Branch::Basic)]
#[case::data_no_cors(RequestMode::NoCors, "data:,x", Branch::Basic)]
#[case::data_same_origin(RequestMode::SameOrigin, "data:,x", Branch::Basic)]
#[case::own_blob(RequestMode::Cors, "blob:https://a.test/uuid", Branch::Basic)]
#[case::about_no_cors(RequestMode::NoCors, "about:blank", Branch::Opaque)]
fn goes(#[case] mode: RequestMode, #[case] url: &str, #[case] expected: Branch) {
    assert_eq!(branch(&request(mode, url)), Ok(expected));
}

#[rstest]
#[case::about(RequestMode::Cors, "about:blank")]
#[case::foreign_blob(RequestMode::Cors, "blob:https://b.test/uuid")]
#[case::ftp(RequestMode::Cors, "ftp://b.test/")]
#[case::file(RequestMode::Cors, "file:///x")]
#[case::unknown(RequestMode::Cors, "x://b.test/")]
fn fails_by_scheme(#[case] mode: RequestMode, #[case] url: &str) {
    let expected = ModeFailure::Scheme(Box::new(Url::parse(url).unwrap()));
    assert_eq!(branch(&request(mode, url)), Err(expected));
}

#[test]
fn same_origin_mode_refuses_other_origins() {
    for url in [FOREIGN, "about:blank", "https://a.test:1234/"] {
        let expected = ModeFailure::SameOrigin(Box::new(Url::parse(url).unwrap()));
        assert_eq!(
            branch(&request(RequestMode::SameOrigin, url)),
            Err(expected)
        );
    }
}

#[rstest]
#[case::error(RedirectMode::Error)]
#[case::manual(RedirectMode::Manual)]
fn no_cors_across_origins_needs_to_follow(#[case] mode: RedirectMode) {
    let mut request = request(RequestMode::NoCors, FOREIGN);
    request.redirect_mode = mode;
    assert_eq!(branch(&request), Err(ModeFailure::NoCorsRedirect));
    let mut own = self::request(RequestMode::NoCors, OWN);
    own.redirect_mode = mode;
    assert_eq!(branch(&own), Ok(Branch::Basic));
    let mut cors = self::request(RequestMode::Cors, FOREIGN);
    cors.redirect_mode = mode;
    assert_eq!(branch(&cors), Ok(Branch::Cors));
}

#[rstest]
#[case::cors(RequestMode::Cors, ResponseTainting::Cors, Ok(Branch::Cors))]
#[case::no_cors(RequestMode::NoCors, ResponseTainting::Opaque, Ok(Branch::Opaque))]
fn tainting_never_falls_back_at_home(
    #[case] mode: RequestMode,
    #[case] tainting: ResponseTainting,
    #[case] expected: Result<Branch, ModeFailure>,
) {
    let request = request(mode, OWN).with_response_tainting(tainting);
    assert_eq!(branch(&request), expected);
}

#[rstest]
#[case::method(RequestMode::Cors, Branch::CorsWithPreflight(PreflightReason::Method))]
#[case::no_cors(RequestMode::NoCors, Branch::Opaque)]
#[case::navigate(RequestMode::Navigate, Branch::Basic)]
fn preflights_are_for_mode_cors(#[case] mode: RequestMode, #[case] expected: Branch) {
    let mut request = request(mode, FOREIGN);
    request.method = b"PUT".to_vec();
    assert_eq!(branch(&request), Ok(expected));
    let mut own = self::request(mode, OWN);
    own.method = b"PUT".to_vec();
    assert_eq!(branch(&own), Ok(Branch::Basic));
}

#[test]
fn bad_ports_come_first() {
    for mode in [
        RequestMode::Cors,
        RequestMode::NoCors,
        RequestMode::SameOrigin,
        RequestMode::Navigate,
        RequestMode::WebSocket,
    ] {
        let request = request(mode, "https://b.test:6000/");
        assert_eq!(branch(&request), Err(ModeFailure::BadPort(6000)));
    }
    // Other schemes have no bad ports.
    assert!(matches!(
        branch(&request(RequestMode::Cors, "ftp://b.test:6000/")),
        Err(ModeFailure::Scheme(_))
    ));
}

#[test]
fn bad_ports_are_sorted_for_the_search() {
    assert!(BAD_PORTS.is_sorted());
    assert!(BAD_PORTS.iter().all(|&port| is_bad_port(port)));
}

#[rstest]
#[case(0, true)]
#[case(1, true)]
#[case(2, false)]
#[case(21, true)]
#[case(22, true)]
#[case(24, false)]
#[case(80, false)]
#[case(443, false)]
#[case(8080, false)]
#[case(5060, true)]
#[case(6664, false)]
#[case(6665, true)]
#[case(6669, true)]
#[case(6670, false)]
#[case(6679, true)]
#[case(6697, true)]
#[case(10080, true)]
#[case(10081, false)]
#[case(65535, false)]
fn bad_ports(#[case] port: u16, #[case] expected: bool) {
    assert_eq!(is_bad_port(port), expected);
}

#[rstest]
#[case(Branch::Basic, ResponseTainting::Basic)]
#[case(Branch::Cors, ResponseTainting::Cors)]
#[case(
    Branch::CorsWithPreflight(PreflightReason::Forced),
    ResponseTainting::Cors
)]
#[case(Branch::Opaque, ResponseTainting::Opaque)]
fn branches_taint(#[case] branch: Branch, #[case] tainting: ResponseTainting) {
    assert_eq!(branch.response_tainting(), tainting);
}
