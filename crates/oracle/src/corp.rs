//! `Cross-Origin-Resource-Policy`, which guards responses that CORS leaves opaque.

use crate::{
    origin::Origin,
    request::{EmbedderPolicy, Request},
    response::Response,
    site::schemelessly_same_site,
};

/// What the header says, or what the embedder policy reads into its absence.
enum Policy {
    CrossOrigin,
    SameOrigin,
    SameSite,
}

/// Whether `response` to the current URL of `request` may be used; applied to opaque tainting.
///
/// The value is compared exactly: lists, repeated headers and other case count as absent.
///
/// Spec: <https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check>
pub fn cross_origin_resource_policy_check(request: &Request, response: &Response) -> bool {
    let url = request.current_url();
    match policy(request, response) {
        Policy::CrossOrigin => true,
        Policy::SameOrigin => request.origin.same_origin_as_url(url),
        Policy::SameSite => {
            let target = Origin::of_url(url);
            // A response that came securely is not given to a page that did not.
            let page_is_secure = match &request.origin {
                Origin::Tuple(tuple) => tuple.scheme() == "https",
                Origin::Opaque(_) => false,
            };
            schemelessly_same_site(&request.origin, &target, request.registrable_domain)
                && (page_is_secure || url.scheme() != "https")
        }
    }
}

fn policy(request: &Request, response: &Response) -> Policy {
    let value = response.headers.get("cross-origin-resource-policy");
    match value.as_deref() {
        Some(b"cross-origin") => Policy::CrossOrigin,
        Some(b"same-origin") => Policy::SameOrigin,
        Some(b"same-site") => Policy::SameSite,
        Some(_) | None => match request.embedder_policy {
            EmbedderPolicy::RequireCorp => Policy::SameOrigin,
            EmbedderPolicy::Credentialless if request.include_credentials().is_included() => {
                Policy::SameOrigin
            }
            EmbedderPolicy::Credentialless | EmbedderPolicy::UnsafeNone => Policy::CrossOrigin,
        },
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::*;
    use crate::request::CredentialsMode;

    fn request(origin: &str, url: &str) -> Request {
        Request::new(Origin::parse(origin).unwrap(), Url::parse(url).unwrap())
    }

    #[rstest]
    #[case::absent("https://a.test", "https://b.test/", &[], true)]
    #[case::cross_origin("https://a.test", "https://b.test/", &["cross-origin"], true)]
    #[case::same_origin_blocks("https://a.test", "https://b.test/", &["same-origin"], false)]
    #[case::same_origin_allows("https://a.test", "https://a.test/", &["same-origin"], true)]
    #[case::same_origin_port("https://a.test", "https://a.test:1/", &["same-origin"], false)]
    #[case::same_site_blocks("https://a.test", "https://b.test/", &["same-site"], false)]
    #[case::same_site_allows("https://a.test", "https://x.a.test/", &["same-site"], true)]
    #[case::same_site_upgrade("http://a.test", "https://x.a.test/", &["same-site"], false)]
    #[case::same_site_downgrade("https://a.test", "http://x.a.test/", &["same-site"], true)]
    #[case::same_site_plain("http://a.test", "http://x.a.test/", &["same-site"], true)]
    #[case::opaque_page("null", "http://x.a.test/", &["same-site"], false)]
    #[case::other_case("https://a.test", "https://b.test/", &["Same-Origin"], true)]
    #[case::unknown("https://a.test", "https://b.test/", &["none"], true)]
    #[case::empty("https://a.test", "https://b.test/", &[""], true)]
    #[case::list("https://a.test", "https://b.test/", &["same-site, same-origin"], true)]
    #[case::twice("https://a.test", "https://b.test/", &["same-origin", "same-origin"], true)]
    fn without_embedder_policy(
        #[case] origin: &str,
        #[case] url: &str,
        #[case] values: &[&str],
        #[case] expected: bool,
    ) {
        let mut response = Response::new(200);
        for &value in values {
            response.headers.push("Cross-Origin-Resource-Policy", value);
        }
        let allowed = cross_origin_resource_policy_check(&request(origin, url), &response);
        assert_eq!(allowed, expected);
    }

    #[rstest]
    #[case::none(EmbedderPolicy::UnsafeNone, CredentialsMode::Include, true)]
    #[case::require_corp(EmbedderPolicy::RequireCorp, CredentialsMode::Include, false)]
    #[case::credentialless(EmbedderPolicy::Credentialless, CredentialsMode::Include, true)]
    fn embedder_policy_stands_in_for_the_header(
        #[case] embedder_policy: EmbedderPolicy,
        #[case] credentials_mode: CredentialsMode,
        #[case] expected: bool,
    ) {
        let mut request = request("https://a.test", "https://b.test/");
        request.embedder_policy = embedder_policy;
        request.credentials_mode = credentials_mode;
        let allowed = cross_origin_resource_policy_check(&request, &Response::new(200));
        assert_eq!(allowed, expected);
    }

    #[test]
    fn credentialless_blocks_what_came_with_credentials() {
        let mut request = request("https://a.test", "https://b.test/");
        request.embedder_policy = EmbedderPolicy::Credentialless;
        // Only outside mode "no-cors" does that policy leave credentials in place.
        request.mode = crate::request::RequestMode::Navigate;
        request.credentials_mode = CredentialsMode::Include;
        assert!(!cross_origin_resource_policy_check(
            &request,
            &Response::new(200)
        ));
    }
}
