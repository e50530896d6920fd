//! The cookies that the model's client holds.
//!
//! Storing and matching is a library's work; this adds `SameSite`, which depends on the page.

use cookie::SameSite;
use cookie_store::{CookieStore, RawCookie};
use crosscheck_oracle::Origin;
use url::Url;

/// A cookie jar.
#[derive(Debug, Default)]
pub(crate) struct Jar(CookieStore);

impl Jar {
    /// Stores what `set_cookie` asks for, as far as a page of `page` may receive it from `url`.
    ///
    /// A value that is no cookie is ignored, as browsers do.
    pub(crate) fn store(&mut self, page: &Origin, url: &Url, set_cookie: &[u8]) {
        let text = String::from_utf8_lossy(set_cookie).into_owned();
        let Ok(cookie) = RawCookie::parse(text) else {
            return;
        };
        let is_none = cookie.same_site() == Some(SameSite::None);
        let secure = cookie.secure() == Some(true);
        if (is_none && !secure)
            || (!is_none && !same_site(page, url))
            || (secure && url.scheme() != "https")
        {
            return;
        }
        // A cookie that its own attributes forbid for this URL is ignored, too.
        let _refused = self.0.insert_raw(&cookie, url);
    }

    /// The value of the `Cookie` header that a page of `page` sends to `url`; none without cookies.
    pub(crate) fn header(&self, page: &Origin, url: &Url) -> Option<Vec<u8>> {
        let goes = |cookie: &&cookie_store::Cookie<'_>| {
            same_site(page, url) || cookie.same_site() == Some(SameSite::None)
        };
        let mut pairs: Vec<_> = self
            .0
            .matches(url)
            .into_iter()
            .filter(goes)
            .map(|cookie| format!("{}={}", cookie.name(), cookie.value()))
            .collect();
        pairs.sort();
        (!pairs.is_empty()).then(|| pairs.join("; ").into_bytes())
    }
}

/// The site of `page`.
///
/// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site>
pub(crate) fn site(page: &Origin) -> String {
    let Origin::Tuple(tuple) = page else {
        return "null".to_owned();
    };
    let host = tuple.host();
    let domain = psl::domain_str(host).unwrap_or(host);
    format!("{}://{domain}", tuple.scheme())
}

/// Whether `page` and `url` are schemefully same site.
///
/// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#same-site>
fn same_site(page: &Origin, url: &Url) -> bool {
    let Origin::Tuple(tuple) = page else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let registrable = |host: &str| psl::domain_str(host).map(str::to_owned);
    let same_domain = tuple.host() == host
        || registrable(tuple.host()).is_some_and(|domain| Some(domain) == registrable(host));
    tuple.scheme() == url.scheme() && same_domain
}

#[cfg(test)]
mod tests {
    use crosscheck_oracle::Origin;
    use rstest::rstest;
    use url::Url;

    use super::Jar;

    #[rstest]
    #[case::none_goes_everywhere("https://app.example", "a=1; Secure; SameSite=None", Some("a=1"))]
    #[case::none_needs_secure("https://app.example", "a=1; SameSite=None", None)]
    #[case::lax_by_default("https://app.example", "a=1; Secure", None)]
    #[case::lax_on_the_site("https://x.api.example", "a=1; Secure", Some("a=1"))]
    #[case::another_scheme_is_another_site("http://api.example", "a=1; Secure", None)]
    #[case::strict_on_the_site("https://api.example", "a=1; SameSite=Strict", Some("a=1"))]
    #[case::opaque_is_no_site("null", "a=1; Secure; SameSite=None", Some("a=1"))]
    #[case::opaque_is_no_site_lax("null", "a=1; Secure", None)]
    fn same_site_decides(#[case] page: &str, #[case] cookie: &str, #[case] sent: Option<&str>) {
        let url = Url::parse("https://api.example/").unwrap();
        let home = Origin::of_url(&url);
        let page = if page == "null" {
            Origin::Opaque(0)
        } else {
            Origin::parse(page).unwrap()
        };
        let mut jar = Jar::default();
        jar.store(&home, &url, cookie.as_bytes());
        assert_eq!(jar.header(&page, &url).as_deref(), sent.map(str::as_bytes));
    }

    #[rstest]
    #[case("a=1; Secure; SameSite=None", true)]
    #[case("a=1; Secure", false)]
    fn a_foreign_page_stores_only_cookies_for_everybody(
        #[case] cookie: &str,
        #[case] stored: bool,
    ) {
        let url = Url::parse("https://api.example/").unwrap();
        let mut jar = Jar::default();
        jar.store(
            &Origin::parse("https://app.example").unwrap(),
            &url,
            cookie.as_bytes(),
        );
        assert_eq!(jar.header(&Origin::of_url(&url), &url).is_some(), stored);
    }
}
