use rstest::rstest;

use super::*;
use crate::cors_check::CorsCheckFailure;

#[rstest]
#[case::cors_check(
    What::CorsCheck {
        allow_origin: b"https://a.test".to_vec(),
        credentials: Credentials::Include,
    },
    "`Access-Control-Allow-Origin` is `https://a.test`, which admits the page, \
     and `Access-Control-Allow-Credentials` is `true`"
)]
#[case::wildcard(
    What::CorsCheck { allow_origin: b"*".to_vec(), credentials: Credentials::Omit },
    "`Access-Control-Allow-Origin` is `*`, which admits the page"
)]
#[case::no_headers(What::HeadersAllowed(Vec::new()), "no header needs permission")]
#[case::headers(
    What::HeadersAllowed(vec![b"a".to_vec(), b"b".to_vec()]),
    "these headers are allowed: `a,b`"
)]
#[case::method(What::MethodAllowed(b"PUT\xff".to_vec()), r"the method `PUT\xff` is allowed")]
#[case::sent(
    What::Sent {
        method: b"GET".to_vec(),
        origin: Some(b"null".to_vec()),
        credentials: Credentials::Omit,
    },
    "sent GET with `Origin: null`, without credentials"
)]
#[case::sent_without_origin(
    What::Sent { method: b"GET".to_vec(), origin: None, credentials: Credentials::Include },
    "sent GET without `Origin`, with credentials"
)]
#[case::tainting(
    What::Tainting(ResponseTainting::Cors),
    "the response tainting is cors"
)]
#[case::stored(
    What::PermissionStored { n_methods: 1, n_header_names: 2, max_age: 5 },
    "methods (1) and header names (2) are remembered for 5 seconds"
)]
#[case::filtered(
    What::Filtered(ResponseType::OpaqueRedirect),
    "script gets a response of type opaqueredirect"
)]
fn sentences(#[case] what: What, #[case] expected: &str) {
    assert_eq!(what.to_string(), expected);
}

#[test]
fn a_trace_is_one_line_for_each_step() {
    let mut trace = Trace::default();
    trace.note("concept-main-fetch", "step 12", What::PreflightNotNeeded);
    trace.pass("cors-preflight-fetch-0", "", What::OkStatus(204));
    trace.fail(Failure::CorsCheck(CorsCheckFailure::OriginMismatch {
        value: b"https://a.test".to_vec(),
        origin: b"https://b.test".to_vec(),
    }));
    assert_eq!(
        trace.to_string(),
        "note #concept-main-fetch step 12: no preflight is needed\n\
         pass #cors-preflight-fetch-0: the status 204 is an ok status\n\
         fail #concept-cors-check step 4: `Access-Control-Allow-Origin` is `https://a.test`, \
         but the request's origin is `https://b.test`\n"
    );
    assert_eq!(trace.steps().len(), 3);
}
