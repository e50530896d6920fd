use serde::Deserialize;

/// What a server's operator intends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    pub origins: Listing<Origin>,
    /// Methods beyond GET, HEAD and POST.
    pub methods: Listing<String>,
    pub request_headers: Listing<String>,
    pub response_headers: Listing<String>,
    pub credentials: bool,
    pub max_age: Option<MaxAge>,
}

/// Everything, or what is listed.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Listing<T> {
    Any(Star),
    Listed(Vec<T>),
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub enum Star {
    #[serde(rename = "*")]
    Star,
}

/// One entry of a policy's origins; the opaque origin is the text `null`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Origin {
    Exact(String),
    Subdomains { subdomains_of: String },
}

/// How long a granted preflight may be reused.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
pub enum MaxAge {
    Seconds(u32),
    Never(Disable),
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub enum Disable {
    #[serde(rename = "disable")]
    Disable,
}

impl MaxAge {
    /// What `Access-Control-Max-Age` shall say.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Seconds(seconds) => seconds,
            Self::Never(_) => 0,
        }
    }
}

impl Policy {
    /// Every method that a page may use: the three that need no permission, and the listed ones.
    pub fn all_methods(&self) -> Vec<String> {
        let mut all: Vec<_> = ["GET", "HEAD", "POST"].map(String::from).into();
        if let Listing::Listed(methods) = &self.methods {
            all.extend(methods.iter().cloned());
        }
        all
    }

    /// The origins written out, without the patterns.
    pub fn exact_origins(&self) -> Vec<String> {
        self.listed_origins()
            .filter_map(|origin| match origin {
                Origin::Exact(origin) => Some(origin.clone()),
                Origin::Subdomains { .. } => None,
            })
            .collect()
    }

    /// The origins whose subdomains are meant.
    pub fn parents(&self) -> Vec<String> {
        self.listed_origins()
            .filter_map(|origin| match origin {
                Origin::Exact(_) => None,
                Origin::Subdomains { subdomains_of } => Some(subdomains_of.clone()),
            })
            .collect()
    }

    fn listed_origins(&self) -> impl Iterator<Item = &Origin> {
        match &self.origins {
            Listing::Any(_) => [].iter(),
            Listing::Listed(origins) => origins.iter(),
        }
    }

    /// What a server must be able to express, in the protocol's words.
    pub(crate) fn features(&self) -> Vec<&'static str> {
        let (exact, parents) = (self.exact_origins(), self.parents());
        let null = exact.iter().any(|origin| origin == "null");
        let listed = exact.iter().any(|origin| origin != "null");
        let has = |listing: &Listing<String>, any, list| match listing {
            Listing::Any(_) => Some(any),
            Listing::Listed(items) => (!items.is_empty()).then_some(list),
        };
        [
            matches!(self.origins, Listing::Any(_)).then_some("origins.any"),
            listed.then_some("origins.list"),
            null.then_some("origins.null"),
            (!parents.is_empty()).then_some("origins.subdomains"),
            has(&self.methods, "methods.any", "methods.list"),
            has(
                &self.request_headers,
                "request-headers.any",
                "request-headers.list",
            ),
            has(
                &self.response_headers,
                "response-headers.any",
                "response-headers.list",
            ),
            self.credentials.then_some("credentials"),
            self.max_age.is_some().then_some("max-age"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Whether `origin` is a subdomain, of any depth, of `parent`, with the same scheme and port: for
/// servers that leave the comparison to a function.
pub fn is_subdomain(origin: &[u8], parent: &str) -> bool {
    let Some((scheme, host)) = parent.split_once("://") else {
        return false;
    };
    let labels = origin
        .strip_prefix(scheme.as_bytes())
        .and_then(|rest| rest.strip_prefix(b"://"))
        .and_then(|rest| rest.strip_suffix(host.as_bytes()))
        .and_then(|labels| labels.strip_suffix(b"."));
    let is_plain = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    labels.is_some_and(|labels| {
        let mut labels = labels.split(|byte| *byte == b'.');
        labels.all(|label| !label.is_empty() && label.iter().all(is_plain))
    })
}
