//! What is audited, and names that nobody has.

use crosscheck_oracle::{Origin, is_bad_port};
use url::Url;

use crosscheck_replay::deployment::may_be_asked_by_secure_pages;

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

/// A source of names that are in nobody's list: letters and digits, a letter first.
#[derive(Debug)]
pub struct Names(u64);

impl Names {
    /// Names that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next name.
    pub fn next_name(&mut self) -> String {
        let mut bits = self.next_number();
        let mut name = String::from("x");
        for _digit in 0..9 {
            let digit = u32::try_from(bits % 36).unwrap_or_default();
            name.extend(char::from_digit(digit, 36));
            bits /= 36;
        }
        name
    }

    /// A port that hardly anything listens on, and that is in nobody's list.
    pub fn next_port(&mut self) -> u16 {
        20000 + u16::try_from(self.next_number() % 20000).unwrap_or_default()
    }

    /// `SplitMix64`: short, and random enough for names.
    fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

/// Whether `text` may be a name of [`Names`], perhaps with `x-` before it or in capitals.
pub fn is_invented(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let name = lower.strip_prefix("x-").unwrap_or(&lower);
    name.len() == 10 && name.starts_with('x') && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{BadTarget, Names, Target, is_invented};

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

    #[test]
    fn names_differ() {
        let mut names = Names::new(1);
        let (one, other) = (names.next_name(), names.next_name());
        assert_ne!(one, other);
        assert!(is_invented(&one) && is_invented(&format!("X-{one}")));
        assert!(!is_invented("x-token") && !is_invented("PUT"));
        assert!((20000..40000).contains(&names.next_port()));
    }
}
