//! What a service worker may answer with.

use crate::{
    failure::Failure,
    filter::{FilteredResponse, ResponseType},
    request::{RedirectMode, Request, RequestMode},
};

/// Whether a service worker may answer `request` with `response`, as script got it before.
///
/// Such an answer takes the place of preflight and CORS check; only its type has to fit.
///
/// # Errors
///
/// If it is a network error for the page.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-http-fetch>
pub fn service_worker_response_check(
    request: &Request,
    response: &FilteredResponse,
) -> Result<(), Failure> {
    let forbidden = [
        (
            response.response_type == ResponseType::Cors && request.mode == RequestMode::SameOrigin,
            "a cors response",
        ),
        (
            response.response_type == ResponseType::Opaque && request.mode != RequestMode::NoCors,
            "an opaque response",
        ),
        (
            response.response_type == ResponseType::OpaqueRedirect
                && request.redirect_mode != RedirectMode::Manual,
            "an opaque redirect",
        ),
        (
            response.redirected && request.redirect_mode != RedirectMode::Follow,
            "a response that was redirected",
        ),
    ];
    match forbidden.into_iter().find(|(is_so, _)| *is_so) {
        None => Ok(()),
        Some((_, what)) => Err(Failure::ServiceWorker { what }),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::*;
    use crate::{header::HeaderList, origin::Origin};

    #[rstest]
    #[case::basic(
        ResponseType::Basic,
        RequestMode::Cors,
        RedirectMode::Follow,
        false,
        true
    )]
    #[case::cors(
        ResponseType::Cors,
        RequestMode::Cors,
        RedirectMode::Follow,
        false,
        true
    )]
    #[case::cors_at_home(
        ResponseType::Cors,
        RequestMode::SameOrigin,
        RedirectMode::Follow,
        false,
        false
    )]
    #[case::opaque(
        ResponseType::Opaque,
        RequestMode::Cors,
        RedirectMode::Follow,
        false,
        false
    )]
    #[case::opaque_asked_for(
        ResponseType::Opaque,
        RequestMode::NoCors,
        RedirectMode::Follow,
        false,
        true
    )]
    #[case::redirect(
        ResponseType::OpaqueRedirect,
        RequestMode::Cors,
        RedirectMode::Follow,
        false,
        false
    )]
    #[case::manual(
        ResponseType::OpaqueRedirect,
        RequestMode::Cors,
        RedirectMode::Manual,
        false,
        true
    )]
    #[case::redirected(
        ResponseType::Basic,
        RequestMode::Cors,
        RedirectMode::Error,
        true,
        false
    )]
    #[case::followed(
        ResponseType::Basic,
        RequestMode::Cors,
        RedirectMode::Follow,
        true,
        true
    )]
    fn types_must_fit(
        #[case] response_type: ResponseType,
        #[case] mode: RequestMode,
        #[case] redirect: RedirectMode,
        #[case] redirected: bool,
        #[case] fits: bool,
    ) {
        let url = Url::parse("https://b.test/").unwrap();
        let mut request = Request::new(Origin::parse("https://a.test").unwrap(), url);
        request.mode = mode;
        request.redirect_mode = redirect;
        let response = FilteredResponse {
            response_type,
            status: 200,
            headers: HeaderList::new(),
            url: None,
            redirected,
            body: None,
        };
        assert_eq!(
            service_worker_response_check(&request, &response).is_ok(),
            fits
        );
    }
}
