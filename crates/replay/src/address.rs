//! Where the exchanges of one vector take place.
//!
//! A vector says `https://api.example/data`. The listener that plays all hosts tells vectors apart by
//! the path, so the request goes to `https://api.example/x/TOKEN/EXCHANGE/data`; reports show the
//! vector's own address again. The harness adds no header for this, since that could itself cause a
//! preflight.

mod own;

use url::{Position, Url, form_urlencoded};

/// The origin of a vector's `client.url` when it gives only a path.
const DEFAULT_ORIGIN: &str = "https://api.example";

/// The addresses of one vector in one leg.
#[derive(Clone, Debug)]
pub struct Place {
    prefix: String,
    exchange: String,
    id_in_query: bool,
    /// All there is of the subject, if it is one resource.
    resource: Option<Url>,
    seen: Vec<(String, String)>,
    /// The path of the run's pages; empty if there are none.
    pages: String,
}

/// A vector's URL that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is no URL: {source}")]
pub struct BadUrl {
    /// The text.
    pub url: String,
    /// Why.
    #[source]
    pub source: url::ParseError,
}

impl Place {
    /// Where a script is played: below `prefix`, which names the exchange.
    pub fn of_script(prefix: String, exchange: String) -> Self {
        Self {
            prefix,
            exchange,
            id_in_query: false,
            resource: None,
            seen: Vec::new(),
            pages: String::new(),
        }
    }

    /// A subject under a policy that is nothing but `resource`, and is told of no exchange.
    pub fn of_resource(resource: Url, exchange: String) -> Self {
        Self {
            resource: Some(resource),
            ..Self::of_subject(String::new(), exchange)
        }
    }

    /// Where a subject under a policy answers: below `prefix`, with the exchange in the query.
    pub fn of_subject(prefix: String, exchange: String) -> Self {
        Self {
            prefix,
            exchange,
            id_in_query: true,
            resource: None,
            seen: Vec::new(),
            pages: String::new(),
        }
    }

    /// The same, called from pages at `path`, such as `/page/4f2a`.
    #[must_use]
    pub fn called_from(self, path: String) -> Self {
        Self {
            pages: path,
            ..self
        }
    }

    /// The name under which the journal keeps this vector's requests.
    pub fn exchange(&self) -> &str {
        &self.exchange
    }

    /// What a vector's `client.url` means.
    ///
    /// # Errors
    ///
    /// If it is no URL.
    pub fn parse(&self, url: Option<&str>) -> Result<Url, BadUrl> {
        let text = url.unwrap_or(if self.id_in_query { "/echo" } else { "/data" });
        let whole = if text.starts_with('/') {
            format!("{DEFAULT_ORIGIN}{text}")
        } else {
            text.to_owned()
        };
        Url::parse(&whole).map_err(|source| BadUrl { url: whole, source })
    }

    /// The address that is really requested for `logical`.
    pub fn real(&mut self, logical: &Url) -> Url {
        let mut real = self.resource.clone().unwrap_or_else(|| logical.clone());
        if self.resource.is_none() && matches!(real.scheme(), "http" | "https" | "ws" | "wss") {
            real.set_path(&format!("{}{}", self.prefix, logical.path()));
            if self.id_in_query {
                real.set_query(Some(&self.query(logical)));
            }
        }
        self.seen.push((
            without_fragment(&real).to_owned(),
            without_fragment(logical).to_owned(),
        ));
        real
    }

    /// The vector's own address for what was really requested.
    pub fn logical(&self, real: &str) -> String {
        if let Some(logical) = self.seen_as(real) {
            return logical.to_owned();
        }
        let Ok(url) = Url::parse(real) else {
            return real.to_owned();
        };
        if let Some(logical) = self.seen_as(without_fragment(&url)) {
            return logical.to_owned();
        }
        let mut logical = url.clone();
        logical.set_fragment(None);
        if let Some(path) = url.path().strip_prefix(&*self.prefix) {
            logical.set_path(path);
        }
        if self.id_in_query {
            let own = format!("id={}", self.exchange);
            let kept: Vec<_> = url
                .query()
                .unwrap_or_default()
                .split('&')
                .filter(|pair| *pair != own)
                .collect();
            let kept = kept.join("&");
            logical.set_query((!kept.is_empty()).then_some(&*kept));
        }
        logical.into()
    }

    /// The vector's own address for `real`, without fragment, if a step has asked for that.
    fn seen_as(&self, real: &str) -> Option<&str> {
        let known = self.seen.iter().find(|(seen, _)| seen == real);
        known.map(|(_, logical)| &**logical)
    }

    /// The query with the exchange's id; a redirect's target stays within the subject and gets the id
    /// as well.
    fn query(&self, logical: &Url) -> String {
        let own = format!("id={}", self.exchange);
        let Some(query) = logical.query() else {
            return own;
        };
        let pairs = query
            .split('&')
            .map(|pair| match pair.strip_prefix("to=/") {
                None => pair.to_owned(),
                Some(target) => {
                    let separator = if target.contains('?') || target.contains("%3F") {
                        '&'
                    } else {
                        '?'
                    };
                    let target = percent_decoded(target);
                    let target = format!("{target}{separator}{own}");
                    format!(
                        "to={}",
                        form_urlencoded::byte_serialize(target.as_bytes()).collect::<String>()
                    )
                }
            });
        pairs.chain([own.clone()]).collect::<Vec<_>>().join("&")
    }
}

pub(crate) fn percent_decoded(text: &str) -> String {
    let pair = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}

fn without_fragment(url: &Url) -> &str {
    &url[..Position::AfterQuery]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Place;

    #[test]
    fn a_deployed_resource_is_all_there_is() {
        let resource: url::Url = "https://shop.test/items?page=1".parse().unwrap();
        let mut place = Place::of_resource(resource.clone(), "7".to_owned());
        let logical = place.parse(None).unwrap();
        let real = place.real(&logical);
        assert_eq!(real, resource);
        assert_eq!(place.logical(real.as_str()), "https://api.example/echo");
    }

    #[rstest]
    #[case(None, "https://api.example/x/t/7/data")]
    #[case(Some("/a?b=c"), "https://api.example/x/t/7/a?b=c")]
    #[case(
        Some("http://u:p@c.example:81/a#f"),
        "http://u:p@c.example:81/x/t/7/a#f"
    )]
    #[case(Some("wss://c.example/socket"), "wss://c.example/x/t/7/socket")]
    #[case(Some("data:,x"), "data:,x")]
    fn a_script_is_told_apart_by_its_path(#[case] url: Option<&str>, #[case] real: &str) {
        let mut place = Place::of_script("/x/t/7".to_owned(), "7".to_owned());
        let logical = place.parse(url).unwrap();
        assert_eq!(place.real(&logical).as_str(), real);
    }

    #[rstest]
    #[case(None, "https://api.example/p/t/s/echo?id=7")]
    #[case(Some("/echo?h=X:1"), "https://api.example/p/t/s/echo?h=X:1&id=7")]
    #[case(
        Some("/redirect?to=/echo"),
        "https://api.example/p/t/s/redirect?to=echo%3Fid%3D7&id=7"
    )]
    #[case(
        Some("/redirect?to=/echo%3Fh=X:1"),
        "https://api.example/p/t/s/redirect?to=echo%3Fh%3DX%3A1%26id%3D7&id=7"
    )]
    fn a_subject_sees_the_id_in_the_query(#[case] url: Option<&str>, #[case] real: &str) {
        let mut place = Place::of_subject("/p/t/s".to_owned(), "7".to_owned());
        let logical = place.parse(url).unwrap();
        assert_eq!(place.real(&logical).as_str(), real);
        assert_eq!(place.logical(real), logical.as_str());
    }

    #[rstest]
    #[case("https://c.example/x/t/7/next?a", "https://c.example/next?a")]
    #[case("https://c.example/other", "https://c.example/other")]
    #[case("no url", "no url")]
    fn reports_show_the_vectors_own_address(#[case] real: &str, #[case] logical: &str) {
        let place = Place::of_script("/x/t/7".to_owned(), "7".to_owned());
        assert_eq!(place.logical(real), logical);
    }

    #[test]
    fn an_address_met_on_the_way_loses_the_id() {
        let place = Place::of_subject("/p/t/s".to_owned(), "7".to_owned());
        assert_eq!(
            place.logical("https://api.example/p/t/s/echo?id=7"),
            "https://api.example/echo"
        );
        assert_eq!(
            place.logical("https://a.example/p/t/s/echo?h=X:1&id=7"),
            "https://a.example/echo?h=X:1"
        );
    }
}
