//! What a server's operator intends.

mod json;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::capability::Capability;

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
    /// What a subject must be able to express to be put into this policy, sorted by name.
    pub fn capabilities(&self) -> Vec<Capability> {
        let origin = |rule: &OriginRule| match rule {
            OriginRule::Exact(_) => Capability::OriginsList,
            OriginRule::Null => Capability::OriginsNull,
            OriginRule::SubdomainsOf(_) => Capability::OriginsSubdomains,
        };
        let mut needed: Vec<_> = self.origins.listed().iter().map(origin).collect();
        let mut add = |capability, wanted: bool| needed.extend(wanted.then_some(capability));
        add(Capability::OriginsAny, self.origins.is_any());
        add(Capability::Credentials, self.credentials);
        let lists = [
            (
                &self.methods,
                Capability::MethodsAny,
                Capability::MethodsList,
            ),
            (
                &self.request_headers,
                Capability::RequestHeadersAny,
                Capability::RequestHeadersList,
            ),
            (
                &self.response_headers,
                Capability::ResponseHeadersAny,
                Capability::ResponseHeadersList,
            ),
        ];
        for (names, any, list) in lists {
            add(any, names.is_any());
            add(list, !names.listed().is_empty());
        }
        add(Capability::MaxAge, self.max_age != MaxAge::Unset);
        needed.sort_unstable_by_key(|capability| capability.word());
        needed.dedup();
        needed
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Policy;
    use crate::capability::Capability;

    const NOTHING: &str = r#"{"origins":[],"methods":[],"request_headers":[],"response_headers":[],
        "credentials":false,"max_age":null}"#;
    const EVERYTHING: &str = r#"{"origins":["null","https://a.example",{"subdomains_of":"https://b.example"},
        "https://c.example"],"methods":["PUT"],"request_headers":["x-a"],"response_headers":["x-b"],
        "credentials":true,"max_age":"disable"}"#;
    const ANYTHING: &str = r#"{"origins":"*","methods":"*","request_headers":"*","response_headers":"*",
        "credentials":false,"max_age":60}"#;

    fn needed(policy: &str) -> Vec<&'static str> {
        let policy: Policy = serde_json::from_str(policy).unwrap();
        policy
            .capabilities()
            .into_iter()
            .map(Capability::word)
            .collect()
    }

    #[rstest]
    #[case::nothing(NOTHING, &[])]
    #[case::everything(EVERYTHING, &["credentials", "max-age", "methods.list", "origins.list", "origins.null",
        "origins.subdomains", "request-headers.list", "response-headers.list"])]
    #[case::anything(ANYTHING, &["max-age", "methods.any", "origins.any", "request-headers.any", "response-headers.any"])]
    fn a_policy_needs_what_it_names(#[case] policy: &str, #[case] expected: &[&str]) {
        assert_eq!(needed(policy), expected);
    }

    #[test]
    fn what_no_policy_needs_is_for_vectors_to_require() {
        let by_policies = [EVERYTHING, ANYTHING].map(needed).concat();
        let is_left = |capability: &Capability| !by_policies.contains(&capability.word());
        let left: Vec<_> = Capability::ALL.into_iter().filter(is_left).collect();
        assert_eq!(left, Capability::BEYOND_POLICIES);
    }
}
