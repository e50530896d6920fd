//! HTTP authentication that the model's client holds.

use base64::{Engine, engine::general_purpose::STANDARD};
use crosscheck_oracle::Origin;
use url::Url;

use crate::address::percent_decoded;

/// What was accepted, as `Authorization` values by the origin that asked for it.
///
/// A browser keeps it by realm and path; a vector asks in one place only.
///
/// Spec: <https://fetch.spec.whatwg.org/#authentication-entry>
#[derive(Debug, Default)]
pub(super) struct Passwords(Vec<(Origin, Vec<u8>)>);

impl Passwords {
    /// What goes with a request for `url`.
    pub(super) fn get(&self, url: &Url) -> Option<Vec<u8>> {
        let origin = Origin::of_url(url);
        let found = self.0.iter().rev().find(|(known, _)| *known == origin);
        found.map(|(_, value)| value.clone())
    }

    /// Answers a challenge with the user name and password in `url`, and keeps them.
    pub(super) fn answer(&mut self, url: &Url) -> Vec<u8> {
        let username = percent_decoded(url.username());
        let password = percent_decoded(url.password().unwrap_or_default());
        let pair = format!("{username}:{password}");
        let value = format!("Basic {}", STANDARD.encode(pair)).into_bytes();
        self.0.push((Origin::of_url(url), value.clone()));
        value
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use url::Url;

    use super::Passwords;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    /// The example of RFC 7617.
    #[test]
    fn a_challenge_is_answered_with_what_the_url_holds() {
        let mut passwords = Passwords::default();
        let answer = passwords.answer(&url("https://Aladdin:open%20sesame@a.test/x"));
        assert_eq!(answer, b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }

    #[rstest]
    #[case("https://a.test/y", true)]
    #[case("https://a.test:8443/y", false)]
    #[case("https://b.test/y", false)]
    fn what_was_accepted_goes_to_its_origin(#[case] address: &str, #[case] goes: bool) {
        let mut passwords = Passwords::default();
        passwords.answer(&url("https://u:p@a.test/x"));
        assert_eq!(passwords.get(&url(address)).is_some(), goes);
    }
}
