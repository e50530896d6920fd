//! A draft made a policy that a sound server takes, and that the subject can express.

use std::{collections::BTreeSet, net::Ipv4Addr};

use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};

use super::draft::{Draft, Names, Rule, Site, Wildcard, Wish};

/// What a subject can express, in the words of the adapter protocol.
#[derive(Clone, Debug, Default)]
pub struct Fit {
    lacking: BTreeSet<&'static str>,
}

/// Everything that a policy may need.
const FEATURES: [&str; 12] = [
    "credentials",
    "max-age",
    "methods.any",
    "methods.list",
    "origins.any",
    "origins.list",
    "origins.null",
    "origins.subdomains",
    "request-headers.any",
    "request-headers.list",
    "response-headers.any",
    "response-headers.list",
];

impl Fit {
    /// What a subject can express that `has` some features.
    pub fn of(has: impl Fn(&str) -> bool) -> Self {
        let lacking = FEATURES.into_iter().filter(|feature| !has(feature));
        Self {
            lacking: lacking.collect(),
        }
    }

    fn has(&self, feature: &str) -> bool {
        !self.lacking.contains(feature)
    }

    /// The policy that `draft` stands for: without what the subject lacks, and without what is refused
    /// together with credentials.
    pub(super) fn policy(&self, draft: &Draft) -> Policy {
        let credentials = draft.credentials == Wish::Yes && self.has("credentials");
        let names = |names: &Names, any: &str, list: &str, same: fn(&str, &str) -> bool| {
            let any = names.any == Wildcard::Yes && !credentials && self.has(any);
            match (any, self.has(list)) {
                (true, _) => Listing::Any,
                (false, true) => {
                    let listed = names.listed.iter().map(|&name| name.to_owned());
                    Listing::Listed(once(listed, |one, other| same(one, other)))
                }
                (false, false) => Listing::Listed(Vec::new()),
            }
        };
        let any_origin =
            draft.any_origin == Wildcard::Yes && !credentials && self.has("origins.any");
        let rule = |rule: &Rule| self.rule(rule, credentials);
        Policy {
            origins: if any_origin {
                Listing::Any
            } else {
                Listing::Listed(once(draft.rules.iter().filter_map(rule), OriginRule::eq))
            },
            methods: names(&draft.methods, "methods.any", "methods.list", str::eq),
            request_headers: names(
                &draft.request_headers,
                "request-headers.any",
                "request-headers.list",
                str::eq_ignore_ascii_case,
            ),
            response_headers: names(
                &draft.response_headers,
                "response-headers.any",
                "response-headers.list",
                str::eq_ignore_ascii_case,
            ),
            credentials,
            max_age: if self.has("max-age") {
                draft.max_age
            } else {
                MaxAge::Unset
            },
        }
    }

    fn rule(&self, rule: &Rule, credentials: bool) -> Option<OriginRule> {
        let origin = |site: &Site| {
            let secure = credentials && !is_loopback(&site.host);
            serialized(
                if secure { "https" } else { site.scheme },
                &site.host,
                site.port,
            )
        };
        let exact = |site: &Site| {
            self.has("origins.list")
                .then(|| OriginRule::Exact(origin(site)))
        };
        match rule {
            Rule::Null => (!credentials && self.has("origins.null")).then_some(OriginRule::Null),
            Rule::Below(site) if self.has("origins.subdomains") && has_names_below(&site.host) => {
                Some(OriginRule::SubdomainsOf(origin(site)))
            }
            Rule::Below(site) | Rule::Exact(site) => exact(site),
        }
    }
}

/// The items without those that are the same as an earlier one.
pub(super) fn once<T>(items: impl Iterator<Item = T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for item in items {
        if !kept.iter().any(|known| same(known, &item)) {
            kept.push(item);
        }
    }
    kept
}

/// An origin as browsers write it; `port` is never the scheme's own.
pub(super) fn serialized(scheme: &str, host: &str, port: Option<u16>) -> String {
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    format!("{scheme}://{host}{port}")
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn has_names_below(host: &str) -> bool {
    host.contains('.') && host.parse::<Ipv4Addr>().is_err() && !host.starts_with('[')
}
