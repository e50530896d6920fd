use rstest::rstest;
use url::Url;

use super::*;
use crate::{
    fetch::{Reply, Step, fetch},
    preflight_cache::{Millis, PreflightCache},
};

const PAGE: &str = "https://a.test";
const OWN: &str = "https://a.test/x";
const OTHER: &str = "https://b.test/x";

fn request(feature: Feature, url: &str, attribute: CorsAttribute) -> Request {
    let origin = Origin::parse(PAGE).unwrap();
    feature.request(origin, Url::parse(url).unwrap(), attribute)
}

/// What the page gets when the answer is `response`.
fn end(feature: Feature, request: Request, response: &Response) -> Result<Access, Failure> {
    let mut cache = PreflightCache::new();
    let mut step = fetch(request, &mut cache, Millis(0));
    loop {
        step = match step {
            Step::Send(send) => {
                send.awaiting
                    .receive(Reply::Response(response), &mut cache, Millis(0))
            }
            Step::Done(outcome) => {
                let page = Origin::parse(PAGE).unwrap();
                return feature.access(&page, *outcome, Some(response)).result;
            }
        }
    }
}

#[rstest]
#[case::image(
    Feature::Image,
    CorsAttribute::NoCors,
    "no-cors",
    CredentialsMode::Include
)]
#[case::image_anonymous(
    Feature::Image,
    CorsAttribute::Anonymous,
    "cors",
    CredentialsMode::SameOrigin
)]
#[case::image_credentialed(
    Feature::Image,
    CorsAttribute::UseCredentials,
    "cors",
    CredentialsMode::Include
)]
#[case::module(
    Feature::Module,
    CorsAttribute::NoCors,
    "cors",
    CredentialsMode::SameOrigin
)]
#[case::module_credentialed(
    Feature::Module,
    CorsAttribute::UseCredentials,
    "cors",
    CredentialsMode::Include
)]
#[case::font(
    Feature::Font,
    CorsAttribute::NoCors,
    "cors",
    CredentialsMode::SameOrigin
)]
#[case::track(
    Feature::Track,
    CorsAttribute::NoCors,
    "same-origin",
    CredentialsMode::Include
)]
#[case::track_anonymous(
    Feature::Track,
    CorsAttribute::Anonymous,
    "cors",
    CredentialsMode::SameOrigin
)]
#[case::imported(
    Feature::ImportedScript,
    CorsAttribute::NoCors,
    "no-cors",
    CredentialsMode::SameOrigin
)]
#[case::worker(
    Feature::WorkerScript,
    CorsAttribute::NoCors,
    "same-origin",
    CredentialsMode::SameOrigin
)]
#[case::navigation(
    Feature::Navigation,
    CorsAttribute::NoCors,
    "navigate",
    CredentialsMode::Include
)]
#[case::socket(
    Feature::WebSocket,
    CorsAttribute::NoCors,
    "websocket",
    CredentialsMode::Include
)]
fn modes(
    #[case] feature: Feature,
    #[case] attribute: CorsAttribute,
    #[case] mode: &str,
    #[case] credentials: CredentialsMode,
) {
    let request = request(feature, OTHER, attribute);
    assert_eq!(request.mode.name(), mode);
    assert_eq!(request.credentials_mode, credentials);
    assert!(!request.unsafe_request.is_set());
}

#[rstest]
#[case::none(None, "no-cors", None)]
#[case::text(
    Some(CallBody::Text("a".to_owned())),
    "no-cors",
    Some("text/plain;charset=UTF-8")
)]
#[case::json(
    Some(CallBody::Blob { content_type: "application/json".to_owned(), bytes: Vec::new() }),
    "cors",
    Some("application/json")
)]
#[case::untyped(Some(CallBody::Buffer(vec![0])), "no-cors", None)]
fn the_type_decides_the_mode_of_a_beacon(
    #[case] data: Option<CallBody>,
    #[case] mode: &str,
    #[case] content_type: Option<&str>,
) {
    let url = Url::parse(OTHER).unwrap();
    let request = Request::beacon(Origin::parse(PAGE).unwrap(), url, data).unwrap();
    assert_eq!(request.mode.name(), mode);
    assert_eq!(request.unsafe_request.is_set(), mode == "cors");
    let seen = request.headers.get("content-type");
    assert_eq!(seen.as_deref(), content_type.map(str::as_bytes));
}

#[rstest]
#[case(65_536, true)]
#[case(65_537, false)]
fn a_beacon_has_a_limit(#[case] n_bytes: usize, #[case] fits: bool) {
    let url = Url::parse(OTHER).unwrap();
    let data = CallBody::Buffer(vec![0; n_bytes]);
    let request = Request::beacon(Origin::parse(PAGE).unwrap(), url, Some(data));
    assert_eq!(request.is_ok(), fits);
}

#[test]
fn a_form_is_posted_with_its_origin() {
    let fields = vec![("a".to_owned(), "b c".to_owned())];
    let url = Url::parse(OTHER).unwrap();
    let request = Request::form(Origin::parse(PAGE).unwrap(), url, fields);
    let Step::Send(send) = fetch(request, &mut PreflightCache::new(), Millis(0)) else {
        panic!("a navigation is sent");
    };
    let sent = |name: &str| {
        send.request
            .headers
            .get(name)
            .map(std::borrow::Cow::into_owned)
    };
    assert_eq!(sent("origin").as_deref(), Some(PAGE.as_bytes()));
    assert_eq!(
        sent("content-type").as_deref(),
        Some(b"application/x-www-form-urlencoded".as_slice())
    );
    assert_eq!(send.request.body.bytes(), Some(b"a=b+c".as_slice()));
}

#[rstest]
#[case::own(OWN, CorsAttribute::NoCors, false, Ok(Access::Open))]
#[case::other(OTHER, CorsAttribute::NoCors, false, Ok(Access::Closed))]
#[case::other_allowed(OTHER, CorsAttribute::Anonymous, true, Ok(Access::Open))]
#[case::other_refused(
    OTHER,
    CorsAttribute::Anonymous,
    false,
    Err("cors-check/missing-origin")
)]
fn an_image_is_open_only_by_permission(
    #[case] url: &str,
    #[case] attribute: CorsAttribute,
    #[case] allowed: bool,
    #[case] expected: Result<Access, &str>,
) {
    let mut response = Response::new(200);
    if allowed {
        response.headers.push("Access-Control-Allow-Origin", "*");
    }
    let request = request(Feature::Image, url, attribute);
    let seen = end(Feature::Image, request, &response);
    assert_eq!(seen.map_err(|failure| failure.name()), expected);
}

#[rstest]
#[case::image(Feature::Image, 404, "text/html", true)]
#[case::script(Feature::Script, 200, "text/html", true)]
#[case::script_missing(Feature::Script, 404, "text/javascript", false)]
#[case::module(Feature::Module, 200, "Text/JavaScript; charset=utf-8", true)]
#[case::module_type(Feature::Module, 200, "text/plain", false)]
#[case::worker_type(Feature::WorkerScript, 200, "text/html", false)]
#[case::stylesheet(Feature::Stylesheet, 200, "text/css", true)]
#[case::stylesheet_type(Feature::Stylesheet, 200, "text/plain", false)]
#[case::events(Feature::EventSource, 200, "text/event-stream", true)]
#[case::events_status(Feature::EventSource, 204, "text/event-stream", false)]
#[case::socket(Feature::WebSocket, 101, "", true)]
#[case::socket_status(Feature::WebSocket, 200, "", false)]
fn features_are_choosy(
    #[case] feature: Feature,
    #[case] status: u16,
    #[case] content_type: &str,
    #[case] taken: bool,
) {
    let response = Response::new(status).with_header("Content-Type", content_type);
    let seen = end(
        feature,
        request(feature, OWN, CorsAttribute::NoCors),
        &response,
    );
    let expected = if taken {
        Ok(Access::Open)
    } else {
        Err(Failure::Unusable { status })
    };
    assert_eq!(seen, expected);
}

#[rstest]
#[case::own(Feature::Navigation, OWN, Access::Open)]
#[case::other(Feature::Navigation, OTHER, Access::Closed)]
#[case::beacon(Feature::Beacon, OWN, Access::Closed)]
fn some_tell_nothing(#[case] feature: Feature, #[case] url: &str, #[case] expected: Access) {
    let seen = end(
        feature,
        request(feature, url, CorsAttribute::NoCors),
        &Response::new(403),
    );
    assert_eq!(seen, Ok(expected));
    let page = Origin::parse(PAGE).unwrap();
    let outcome = Outcome {
        result: Err(Failure::NoResponse),
        trace: Trace::default(),
    };
    let failed = feature.access(&page, outcome, None);
    assert_eq!(failed.result, Ok(Access::Closed));
}
