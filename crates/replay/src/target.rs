//! One resource of a deployed server: its URL, and what its first answer says about it.

use crosscheck_oracle::{
    Credentials, HeaderList, Origin, OutgoingRequest, Purpose, RequestBody, Response, is_bad_port,
    is_ok_status, is_redirect_status,
};
use url::{Host, Url};

/// Why a URL cannot be audited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    /// It is no URL at all.
    #[error("it is no absolute URL: {0}")]
    Syntax(url::ParseError),
    /// No page can reach it.
    #[error("browsers never connect to port {0}, so no page can ask there")]
    Port(u16),
    /// CORS is about HTTP.
    #[error("its scheme is `{0}`, not `http` or `https`")]
    Scheme(String),
    /// It would be printed.
    #[error("it has a user name or password in it; give them with --header 'Authorization: …'")]
    Secret,
}

/// One resource of a deployed server.
#[derive(Clone, Debug)]
pub struct Target {
    url: Url,
}

impl Target {
    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The origin that it has itself.
    pub fn own_origin(&self) -> Origin {
        Origin::of_url(&self.url)
    }

    /// The scheme of pages that can reach it: a secure page may not ask a plain server, unless that is
    /// on the same machine.
    pub fn page_scheme(&self) -> &'static str {
        if may_be_asked_by_secure_pages(&self.url) {
            "https"
        } else {
            "http"
        }
    }

    /// The same with a query that no cache has seen.
    pub fn aside(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("crosscheck", name);
        url
    }

    /// A place below it that is not there.
    pub fn missing(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        let path = format!("{}/crosscheck-{name}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.set_query(None);
        url
    }
}

impl std::str::FromStr for Target {
    type Err = BadTarget;

    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let mut url = Url::parse(text.trim()).map_err(BadTarget::Syntax)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BadTarget::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadTarget::Secret);
        }
        if let Some(port) = url.port().filter(|port| is_bad_port(*port)) {
            return Err(BadTarget::Port(port));
        }
        url.set_fragment(None);
        Ok(Self { url })
    }
}

/// Whether browsers let pages that came over TLS ask `url`; a plain server only on the same machine.
///
/// Spec: <https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>
pub fn may_be_asked_by_secure_pages(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || loopback
}

/// The request of a navigation to `url`: a GET without `Origin`.
pub fn navigation(url: &Url) -> OutgoingRequest {
    let mut headers = HeaderList::new();
    headers.push("Accept", "*/*");
    OutgoingRequest {
        purpose: Purpose::Actual,
        method: b"GET".to_vec(),
        url: url.clone(),
        headers,
        body: RequestBody::None,
        include_credentials: Credentials::Omit,
    }
}

/// Why the resource that gives `answer` to whoever has no origin may not be the one that is meant.
pub fn unusual(answer: &Response) -> Option<String> {
    let status = answer.status;
    let location = answer.headers.get("location");
    match (status, location) {
        (_, Some(location)) if is_redirect_status(status) => Some(format!(
            "it redirects to `{}`, which was not followed: judge that, too",
            location.escape_ascii()
        )),
        (401 | 407, _) => Some(format!(
            "it answers {status}, so this is about its login check; `--header 'Authorization: …'` gets past it"
        )),
        _ if is_ok_status(status) || status == 304 => None,
        _ => Some(format!(
            "it answers {status}, so this is about its errors; is that the URL that was meant?"
        )),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{BadTarget, Target};

    #[rstest]
    #[case::secure("https://api.example/a?b#c", "https")]
    #[case::plain("http://api.example/", "http")]
    #[case::loopback("http://127.0.0.1:8080/", "https")]
    #[case::localhost("http://localhost/", "https")]
    fn pages_that_can_reach_it(#[case] url: &str, #[case] scheme: &str) {
        let target: Target = url.parse().unwrap();
        assert_eq!(target.page_scheme(), scheme);
        assert_eq!(target.url().fragment(), None);
    }

    #[rstest]
    #[case::other_scheme("ftp://api.example/", BadTarget::Scheme("ftp".to_owned()))]
    #[case::password("https://me:secret@api.example/", BadTarget::Secret)]
    #[case::port("https://api.example:6000/", BadTarget::Port(6000))]
    #[case::relative("/api", BadTarget::Syntax(url::ParseError::RelativeUrlWithoutBase))]
    fn what_cannot_be_audited(#[case] url: &str, #[case] why: BadTarget) {
        assert_eq!(url.parse::<Target>().unwrap_err(), why);
    }

    #[rstest]
    #[case("https://api.example/a/?q=1", "https://api.example/a/crosscheck-n")]
    #[case("https://api.example", "https://api.example/crosscheck-n")]
    fn a_place_that_is_not_there(#[case] url: &str, #[case] missing: &str) {
        let target: Target = url.parse().unwrap();
        assert_eq!(target.missing("n").as_str(), missing);
    }

    #[rstest]
    #[case("https://api.example/a?q=1", "https://api.example/a?q=1&crosscheck=n")]
    #[case("https://api.example", "https://api.example/?crosscheck=n")]
    fn a_query_that_no_cache_has_seen(#[case] url: &str, #[case] aside: &str) {
        let target: Target = url.parse().unwrap();
        assert_eq!(target.aside("n").as_str(), aside);
    }
}
