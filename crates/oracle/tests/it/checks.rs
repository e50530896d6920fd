//! Laws of the two judgements, of taint and of filtering.

use crosscheck_oracle::{
    CredentialsMode, Flag, HeaderList, Origin, Request, Response, ResponseTainting, cors_check,
    cors_unsafe_request_header_names, filter_response, judge_preflight,
};
use proptest::prelude::*;
use url::Url;

use crate::strategies::{request, response, token_list, url};

fn granted(request: &Request, response: &Response) -> bool {
    let names = cors_unsafe_request_header_names(&request.headers);
    judge_preflight(request, &names, response).is_ok()
}

fn with_mode(request: &Request, mode: CredentialsMode) -> Request {
    let mut request = request.clone();
    request.credentials_mode = mode;
    request
}

/// `response` with what makes it pass the CORS check of `request` in every credentials mode.
fn shared(request: &Request, response: &Response) -> Response {
    let mut response = response.clone();
    let origin = request.byte_serialized_origin();
    response.headers.set("Access-Control-Allow-Origin", origin);
    response
        .headers
        .set("Access-Control-Allow-Credentials", "true");
    response
}

/// A response with an ok status whose lists of methods and headers parse.
fn well_formed() -> impl Strategy<Value = Response> {
    let lines = |name| prop::collection::vec(token_list().prop_map(move |list| (name, list)), 0..3);
    (
        lines("Access-Control-Allow-Methods"),
        lines("Access-Control-Allow-Headers"),
    )
        .prop_map(|(methods, headers)| {
            let mut response = Response::new(204);
            response.headers.extend(methods);
            response.headers.extend(headers);
            response
        })
}

fn without_line(response: &Response, index: usize) -> Response {
    let lines = response.headers.iter().enumerate();
    let kept = lines.filter(|(other, _)| *other != index);
    Response {
        headers: kept.map(|(_, header)| header).collect::<HeaderList>(),
        ..response.clone()
    }
}

proptest! {
    #[test]
    fn what_passes_with_credentials_passes_without(
        request in request(),
        response in prop_oneof![response(), well_formed()],
        is_shared in any::<bool>(),
    ) {
        let response = if is_shared { shared(&request, &response) } else { response };
        let include = with_mode(&request, CredentialsMode::Include);
        let omit = with_mode(&request, CredentialsMode::Omit);
        let same_origin = with_mode(&request, CredentialsMode::SameOrigin);
        if cors_check(&include, &response).is_ok() {
            prop_assert!(cors_check(&omit, &response).is_ok());
        }
        if granted(&include, &response) {
            prop_assert!(granted(&omit, &response));
        }
        prop_assert_eq!(cors_check(&omit, &response), cors_check(&same_origin, &response));
        prop_assert_eq!(granted(&omit, &response), granted(&same_origin, &response));
    }

    #[test]
    fn the_check_is_a_comparison_of_bytes(request in request(), response in response()) {
        let allow_origin = response.headers.get("access-control-allow-origin");
        let allow_credentials = response.headers.get("access-control-allow-credentials");
        let include = request.credentials_mode == CredentialsMode::Include;
        let is_exact = allow_origin.as_deref() == Some(request.byte_serialized_origin());
        let is_wildcard = allow_origin.as_deref() == Some(b"*");
        let expected = if include {
            is_exact && allow_credentials.as_deref() == Some(b"true")
        } else {
            is_exact || is_wildcard
        };
        prop_assert_eq!(cors_check(&request, &response).is_ok(), expected);
    }

    #[test]
    fn a_preflight_that_passes_would_have_been_shared(
        request in request(),
        response in prop_oneof![response(), well_formed()],
        is_shared in any::<bool>(),
    ) {
        let response = if is_shared { shared(&request, &response) } else { response };
        if granted(&request, &response) {
            prop_assert!(cors_check(&request, &response).is_ok());
            prop_assert!((200..300).contains(&response.status));
        }
    }

    #[test]
    fn removing_a_line_never_grants_more(mut request in request(), response in well_formed()) {
        let response = shared(&request, &response);
        // A forced preflight grants its method where the header is absent, and a line that does
        // not parse is better gone; neither is so here.
        request.use_cors_preflight = Flag::Unset;
        if !granted(&request, &response) {
            for index in 0..response.headers.len() {
                prop_assert!(!granted(&request, &without_line(&response, index)));
            }
        }
    }

    #[test]
    fn adding_a_well_formed_line_never_grants_less(
        mut request in request(),
        response in well_formed(),
        list in token_list(),
    ) {
        let response = shared(&request, &response);
        request.use_cors_preflight = Flag::Unset;
        if granted(&request, &response) {
            for name in ["Access-Control-Allow-Methods", "Access-Control-Allow-Headers"] {
                let more = response.clone().with_header(name, list.clone());
                prop_assert!(granted(&request, &more));
            }
        }
    }

    #[test]
    fn an_author_header_less_never_needs_more_permission(
        request in request(),
        response in well_formed(),
    ) {
        let response = shared(&request, &response);
        if granted(&request, &response) {
            for name in ["X-A", "x-b", "authorization", "content-type"] {
                let mut fewer = request.clone();
                fewer.headers.remove(name);
                prop_assert!(granted(&fewer, &response));
            }
        }
    }

    #[test]
    fn taint_is_sticky(request in request(), urls in prop::collection::vec(url(), 0..4)) {
        let was_tainted = request.has_redirect_taint();
        let request = urls.into_iter().fold(request, Request::with_redirect_to);
        prop_assert!(!was_tainted || request.has_redirect_taint());
        prop_assert!(
            !request.has_redirect_taint() || request.byte_serialized_origin() == b"null"
        );
    }

    #[test]
    fn a_serialized_origin_parses_to_itself(host in "[a-z0-9]{1,8}(\\.[a-z][a-z0-9]{0,5}){1,2}", port in any::<u16>()) {
        let url = Url::parse(&format!("https://{host}:{port}/x"));
        prop_assume!(url.is_ok());
        let origin = Origin::of_url(&url.unwrap());
        let parsed = Origin::parse(origin.serialize()).unwrap();
        prop_assert_eq!(&parsed, &origin);
        prop_assert!(parsed.same_origin(&origin));
    }

    #[test]
    fn credentials_never_show_more(request in request(), response in response()) {
        let names = |mode| {
            let request =
                with_mode(&request, mode).with_response_tainting(ResponseTainting::Cors);
            filter_response(&request, &response).headers
        };
        let without = names(CredentialsMode::Omit);
        for (name, value) in &names(CredentialsMode::Include) {
            let visible = without.get(name);
            prop_assert_eq!(visible.as_deref(), Some(value));
        }
    }

    #[test]
    fn only_what_was_received_is_shown_and_never_cookies(
        request in request(),
        response in response(),
    ) {
        for tainting in [ResponseTainting::Basic, ResponseTainting::Cors, ResponseTainting::Opaque] {
            let request = request.clone().with_response_tainting(tainting);
            let shown = filter_response(&request, &response).headers;
            prop_assert!(!shown.contains("set-cookie") && !shown.contains("set-cookie2"));
            for (name, value) in &shown {
                let received = response.headers.get(name);
                prop_assert_eq!(received.as_deref(), Some(value));
            }
            prop_assert!(tainting != ResponseTainting::Opaque || shown.is_empty());
        }
    }
}
