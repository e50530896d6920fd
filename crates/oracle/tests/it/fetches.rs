//! Laws of whole fetches.

use crosscheck_oracle::{
    Credentials, CredentialsMode, Failure, PreflightCache, Purpose, RedirectMode, RequestMode,
    Response, ResponseType, TraceVerdict,
};
use proptest::prelude::*;

use crate::{
    play::play,
    strategies::{call, response},
};

const FOREIGN: &str = "https://b.test/";

fn responses() -> impl Strategy<Value = Vec<Response>> {
    prop::collection::vec(response(), 0..50)
}

proptest! {
    #[test]
    fn every_fetch_ends_and_says_why(call in call(), responses in responses()) {
        let (sent, outcome) = play(call, &responses, &mut PreflightCache::new());
        // 21 hops, each with a preflight.
        prop_assert!(sent.len() <= 42);
        let last = outcome.trace.steps().last();
        prop_assert!(last.is_some());
        let last = last.unwrap();
        match &outcome.result {
            Ok(_) => prop_assert_eq!(last.verdict, TraceVerdict::Pass),
            Err(failure) => {
                prop_assert_eq!(last.verdict, TraceVerdict::Fail);
                prop_assert_eq!(last.anchor, failure.anchor());
                prop_assert!(Failure::all_names().contains(&failure.name()));
            }
        }
        let n_failed = outcome.trace.steps().iter()
            .filter(|step| step.verdict == TraceVerdict::Fail)
            .count();
        prop_assert_eq!(n_failed, usize::from(outcome.result.is_err()));
    }

    #[test]
    fn the_same_input_gives_the_same_output(call in call(), responses in responses()) {
        let first = play(call.clone(), &responses, &mut PreflightCache::new());
        let second = play(call, &responses, &mut PreflightCache::new());
        prop_assert_eq!(first.1.result, second.1.result);
        prop_assert_eq!(first.1.trace, second.1.trace);
        prop_assert_eq!(first.0.len(), second.0.len());
        for (first, second) in first.0.iter().zip(&second.0) {
            prop_assert_eq!(&first.headers, &second.headers);
            prop_assert_eq!(&first.url, &second.url);
        }
    }

    #[test]
    fn requests_keep_to_the_rules(call in call(), responses in responses()) {
        let mode = call.mode;
        let credentials = call.credentials;
        let (sent, outcome) = play(call, &responses, &mut PreflightCache::new());
        for (index, request) in sent.iter().enumerate() {
            prop_assert!(request.headers.values(b"origin").count() <= 1);
            prop_assert_eq!(request.headers.values(b"accept").count() > 0, true);
            prop_assert!(!request.headers.contains("cookie"));
            prop_assert!(!request.headers.contains("sec-x"));
            prop_assert!(request.url.fragment().is_none());
            if credentials == CredentialsMode::Omit {
                prop_assert_eq!(request.include_credentials, Credentials::Omit);
            }
            if request.purpose == Purpose::Preflight {
                prop_assert_eq!(mode, RequestMode::Cors);
                prop_assert_eq!(request.method.as_slice(), b"OPTIONS");
                prop_assert_eq!(request.body.bytes(), None);
                prop_assert_eq!(request.include_credentials, Credentials::Omit);
                prop_assert_eq!(
                    request.headers.values(b"access-control-request-method").count(), 1
                );
                // What follows is the request that was asked about, or nothing.
                if let Some(actual) = sent.get(index + 1) {
                    prop_assert_eq!(actual.purpose, Purpose::Actual);
                    prop_assert_eq!(&actual.url, &request.url);
                    let asked = request.headers.get("access-control-request-method");
                    prop_assert_eq!(asked.as_deref(), Some(actual.method.as_slice()));
                    let origin = actual.headers.get("origin");
                    prop_assert_eq!(origin, request.headers.get("origin"));
                }
            } else {
                prop_assert!(!request.headers.contains("access-control-request-method"));
            }
        }
        if let Ok(response) = &outcome.result {
            let opaque = matches!(
                response.response_type,
                ResponseType::Opaque | ResponseType::OpaqueRedirect
            );
            prop_assert!(!opaque || (response.body.is_none() && response.headers.is_empty()));
            prop_assert_eq!(opaque, response.status == 0);
        }
    }

    #[test]
    fn redirect_modes_bound_the_number_of_requests(
        mut call in call(),
        responses in responses(),
        mode in prop::sample::select(vec![RedirectMode::Error, RedirectMode::Manual]),
    ) {
        call.redirect = mode;
        let (sent, _) = play(call, &responses, &mut PreflightCache::new());
        let n_actual = sent.iter().filter(|it| it.purpose == Purpose::Actual).count();
        prop_assert!(n_actual <= 1);
    }

    #[test]
    fn a_remembered_permission_changes_no_result(mut call in call(), status in 200_u16..300) {
        call.url = FOREIGN.parse().unwrap();
        call.mode = RequestMode::Cors;
        call.credentials = CredentialsMode::SameOrigin;
        let shared = Response::new(status)
            .with_header("Access-Control-Allow-Origin", "*")
            .with_header("Access-Control-Allow-Methods", "*")
            .with_header("Access-Control-Allow-Headers", "*, Authorization");
        let mut cache = PreflightCache::new();
        prop_assume!(call.clone().into_request().is_ok());
        let (first_sent, first) = play(call.clone(), &vec![shared.clone(); 2], &mut cache);
        let (second_sent, second) = play(call, &[shared], &mut cache);
        prop_assert!(first.result.is_ok());
        prop_assert_eq!(first.result, second.result);
        prop_assert_eq!(cache.is_empty(), first_sent.len() == 1);
        prop_assert_eq!(second_sent.len(), 1);
        prop_assert_eq!(second_sent[0].purpose, Purpose::Actual);
    }
}
