//! What a server's operator intends.

mod json;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A CORS policy: intent only, never headers or regular expressions.
///
/// Any value of this type can be written down, also one that a sound server refuses to be
/// configured with (any origin with credentials); whether it is sane is for the server to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Who may read: `"*"`, or a list of origins and patterns.
    pub origins: Listing<OriginRule>,
    /// Methods a page may use beyond GET, HEAD and POST; compared as bytes.
    pub methods: Listing<String>,
    /// Request headers a page may set beyond the safelisted ones; compared without case.
    pub request_headers: Listing<String>,
    /// Response headers a page may read beyond the safelisted ones; compared without case.
    pub response_headers: Listing<String>,
    /// Whether credentialed requests may be read.
    pub credentials: bool,
    /// How long a browser may reuse a granted preflight.
    pub max_age: MaxAge,
}

/// Everything, or what is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing<T> {
    /// `"*"`.
    Any,
    /// The items, in the operator's order.
    Listed(Vec<T>),
}

/// One entry of a policy's origins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OriginRule {
    /// One origin as the operator wrote it; a sane one is a serialised tuple origin.
    Exact(String),
    /// The opaque origin, `"null"`.
    Null,
    /// `{"subdomains_of": ORIGIN}`: origins with the scheme and port of `ORIGIN` whose host has at
    /// least one label before its host.
    SubdomainsOf(String),
}

/// How long a granted preflight may be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxAge {
    /// `"disable"`: never, so `Access-Control-Max-Age: 0`.
    Disable,
    /// So many seconds.
    Seconds(u32),
    /// `null`: say nothing and leave it to the browser (five seconds).
    Unset,
}

impl<T> Listing<T> {
    /// The listed items; none if everything is meant.
    pub fn listed(&self) -> &[T] {
        match self {
            Self::Any => &[],
            Self::Listed(items) => items,
        }
    }

    /// Whether everything is meant.
    pub fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }
}

impl OriginRule {
    /// Whether pages of `origin`, a serialised origin, are meant by this rule.
    pub fn means(&self, origin: &str) -> bool {
        match self {
            Self::Exact(listed) => listed == origin,
            Self::Null => origin == "null",
            Self::SubdomainsOf(base) => base.split_once("://").is_some_and(|(scheme, host)| {
                let rest = origin
                    .strip_prefix(scheme)
                    .and_then(|rest| rest.strip_prefix("://"));
                let labels = rest
                    .and_then(|rest| rest.strip_suffix(host))
                    .and_then(|labels| labels.strip_suffix('.'));
                labels.is_some_and(|labels| !labels.is_empty())
            }),
        }
    }
}

impl Listing<OriginRule> {
    /// Whether the operator means pages of `origin`, a serialised origin, to be let in.
    pub fn means(&self, origin: &str) -> bool {
        self.is_any() || self.listed().iter().any(|rule| rule.means(origin))
    }
}

impl Policy {
    /// What a subject must be able to express to be put into this policy, in the words of the
    /// adapter protocol (`origins.list`, `credentials`, …), sorted.
    pub fn capabilities(&self) -> Vec<&'static str> {
        let origin = |rule: &OriginRule| match rule {
            OriginRule::Exact(_) => "origins.list",
            OriginRule::Null => "origins.null",
            OriginRule::SubdomainsOf(_) => "origins.subdomains",
        };
        let mut needed: Vec<_> = self.origins.listed().iter().map(origin).collect();
        let mut add = |name, wanted: bool| needed.extend(wanted.then_some(name));
        add("origins.any", self.origins.is_any());
        add("credentials", self.credentials);
        add("methods.any", self.methods.is_any());
        add("methods.list", !self.methods.listed().is_empty());
        add("request-headers.any", self.request_headers.is_any());
        add(
            "request-headers.list",
            !self.request_headers.listed().is_empty(),
        );
        add("response-headers.any", self.response_headers.is_any());
        add(
            "response-headers.list",
            !self.response_headers.listed().is_empty(),
        );
        add("max-age", self.max_age != MaxAge::Unset);
        needed.sort_unstable();
        needed.dedup();
        needed
    }
}
