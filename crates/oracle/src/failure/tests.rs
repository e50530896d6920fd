use std::collections::BTreeSet;

use url::Url;

use super::*;
use crate::{
    api::{Api, InvalidOption},
    request::RequestMode,
};

fn cors_check_failures() -> [CorsCheckFailure; 6] {
    let value = b"https://x.test".to_vec();
    [
        CorsCheckFailure::Credentials { value: None },
        CorsCheckFailure::InvalidOrigin {
            value: value.clone(),
        },
        CorsCheckFailure::MissingOrigin,
        CorsCheckFailure::MultipleOrigins {
            value: value.clone(),
        },
        CorsCheckFailure::OriginMismatch {
            value,
            origin: b"https://a.test".to_vec(),
        },
        CorsCheckFailure::WildcardWithCredentials,
    ]
}

fn api_failures(api: Api) -> Vec<Failure> {
    let method = b"x".to_vec();
    let errors = [
        ApiError::BodyNotAllowed(method.clone()),
        ApiError::CrossOrigin(Box::new(Url::parse("https://b.test/").unwrap())),
        ApiError::ForbiddenMethod {
            api,
            method: method.clone(),
        },
        ApiError::InvalidHeader {
            api,
            name: method.clone(),
            value: method.clone(),
        },
        ApiError::InvalidMethod { api, method },
        ApiError::Option(InvalidOption::Mode(RequestMode::Navigate)),
        ApiError::UrlCredentials(Box::new(Url::parse("https://u@a.test/").unwrap())),
    ];
    errors.map(Failure::Api).into()
}

/// One failure of each kind.
fn failures() -> Vec<Failure> {
    let url = Box::new(Url::parse("https://b.test/").unwrap());
    let name = b"x-a".to_vec();
    let mut failures = api_failures(Api::Fetch);
    failures.extend([
        Failure::Corp,
        Failure::Integrity,
        Failure::KeepaliveQuota { n_bytes: 65537 },
        Failure::NoResponse,
        Failure::ServiceWorker {
            what: "an opaque response",
        },
        Failure::StreamUnauthorized,
        Failure::Unusable { status: 404 },
        Failure::Mode(ModeFailure::BadPort(1)),
        Failure::Mode(ModeFailure::NoCorsRedirect),
        Failure::Mode(ModeFailure::SameOrigin(url.clone())),
        Failure::Mode(ModeFailure::Scheme(url.clone())),
        Failure::Preflight(PreflightFailure::Authorization),
        Failure::Preflight(PreflightFailure::Header(name.clone())),
        Failure::Preflight(PreflightFailure::HeadersSyntax(name.clone())),
        Failure::Preflight(PreflightFailure::Method(name.clone())),
        Failure::Preflight(PreflightFailure::MethodsSyntax(name.clone())),
        Failure::Preflight(PreflightFailure::NoResponse),
        Failure::Preflight(PreflightFailure::Redirect(302)),
        Failure::Preflight(PreflightFailure::Status(403)),
        Failure::Redirect(RedirectFailure::Location(name)),
        Failure::Redirect(RedirectFailure::ModeError(302)),
        Failure::Redirect(RedirectFailure::Scheme(url.clone())),
        Failure::Redirect(RedirectFailure::StreamBody),
        Failure::Redirect(RedirectFailure::TooMany),
        Failure::Redirect(RedirectFailure::Userinfo(url)),
    ]);
    for failure in cors_check_failures() {
        failures.push(Failure::CorsCheck(failure.clone()));
        failures.push(Failure::Preflight(PreflightFailure::CorsCheck(failure)));
    }
    failures
}

#[test]
fn every_failure_has_a_name_of_its_own() {
    let failures = failures();
    let names: BTreeSet<&str> = failures.iter().map(Failure::name).collect();
    assert_eq!(names.len(), failures.len());
    let sorted: Vec<&str> = names.into_iter().collect();
    assert_eq!(sorted, Failure::all_names());
}

#[test]
fn preflight_names_are_the_others_with_a_prefix() {
    for failure in cors_check_failures() {
        let actual = Failure::CorsCheck(failure.clone());
        let preflight = Failure::Preflight(PreflightFailure::CorsCheck(failure));
        assert_eq!(preflight.name(), format!("preflight/{}", actual.name()));
        assert_eq!(preflight.anchor(), actual.anchor());
        assert_eq!(preflight.step(), actual.step());
    }
}

#[test]
fn messages_are_fragments() {
    for failure in failures() {
        let message = failure.to_string();
        assert!(!message.ends_with('.'), "{message}");
        let first = message.chars().next().unwrap();
        assert!(!first.is_uppercase(), "{message}");
    }
}

#[test]
fn addresses() {
    let by_name = |name: &str| {
        let failure = failures().into_iter().find(|it| it.name() == name);
        failure.unwrap().url()
    };
    assert_eq!(
        by_name("cors-check/origin-mismatch"),
        "https://fetch.spec.whatwg.org/#concept-cors-check"
    );
    assert_eq!(
        by_name("preflight/method"),
        "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0"
    );
    assert_eq!(
        by_name("redirect/location"),
        "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch"
    );
    let xhr: Vec<String> = api_failures(Api::Xhr).iter().map(Failure::url).collect();
    assert_eq!(
        xhr[2..5],
        [
            "https://xhr.spec.whatwg.org/#the-open()-method",
            "https://xhr.spec.whatwg.org/#the-setrequestheader()-method",
            "https://xhr.spec.whatwg.org/#the-open()-method",
        ]
    );
}
