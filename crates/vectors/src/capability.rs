//! What a subject must be able to do for a policy or a vector.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a subject can be asked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Capability {
    /// `max_age`: a number, or `"disable"`.
    #[serde(rename = "max-age")]
    MaxAge,
    /// `credentials: true`.
    #[serde(rename = "credentials")]
    Credentials,
    /// It tells how often a handler ran.
    #[serde(rename = "hits")]
    Hits,
    /// `methods: "*"`.
    #[serde(rename = "methods.any")]
    MethodsAny,
    /// Methods by name.
    #[serde(rename = "methods.list")]
    MethodsList,
    /// `origins: "*"`.
    #[serde(rename = "origins.any")]
    OriginsAny,
    /// Origins by name.
    #[serde(rename = "origins.list")]
    OriginsList,
    /// The opaque origin, `"null"`.
    #[serde(rename = "origins.null")]
    OriginsNull,
    /// `{"subdomains_of": ORIGIN}`.
    #[serde(rename = "origins.subdomains")]
    OriginsSubdomains,
    /// `request_headers: "*"`.
    #[serde(rename = "request-headers.any")]
    RequestHeadersAny,
    /// Request headers by name.
    #[serde(rename = "request-headers.list")]
    RequestHeadersList,
    /// `response_headers: "*"`.
    #[serde(rename = "response-headers.any")]
    ResponseHeadersAny,
    /// Response headers by name.
    #[serde(rename = "response-headers.list")]
    ResponseHeadersList,
    /// `ANY /panic`.
    #[serde(rename = "routes.panic")]
    RoutesPanic,
    /// `GET /redirect?to=URL`.
    #[serde(rename = "routes.redirect")]
    RoutesRedirect,
    /// `ANY /status/{code}`.
    #[serde(rename = "routes.status")]
    RoutesStatus,
}

impl Capability {
    /// All of them, sorted by name.
    pub const ALL: [Self; 16] = [
        Self::Credentials,
        Self::Hits,
        Self::MaxAge,
        Self::MethodsAny,
        Self::MethodsList,
        Self::OriginsAny,
        Self::OriginsList,
        Self::OriginsNull,
        Self::OriginsSubdomains,
        Self::RequestHeadersAny,
        Self::RequestHeadersList,
        Self::ResponseHeadersAny,
        Self::ResponseHeadersList,
        Self::RoutesPanic,
        Self::RoutesRedirect,
        Self::RoutesStatus,
    ];

    /// Those that no policy needs: a vector names them itself, sorted by name.
    pub const BEYOND_POLICIES: [Self; 4] = [
        Self::Hits,
        Self::RoutesPanic,
        Self::RoutesRedirect,
        Self::RoutesStatus,
    ];

    /// Its name in vectors and in the adapter protocol.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Hits => "hits",
            Self::MaxAge => "max-age",
            Self::MethodsAny => "methods.any",
            Self::MethodsList => "methods.list",
            Self::OriginsAny => "origins.any",
            Self::OriginsList => "origins.list",
            Self::OriginsNull => "origins.null",
            Self::OriginsSubdomains => "origins.subdomains",
            Self::RequestHeadersAny => "request-headers.any",
            Self::RequestHeadersList => "request-headers.list",
            Self::ResponseHeadersAny => "response-headers.any",
            Self::ResponseHeadersList => "response-headers.list",
            Self::RoutesPanic => "routes.panic",
            Self::RoutesRedirect => "routes.redirect",
            Self::RoutesStatus => "routes.status",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Capability;

    #[test]
    fn capabilities_are_spelled_as_serde_writes_them() {
        for capability in Capability::ALL {
            assert_eq!(serde_json::to_value(capability).unwrap(), capability.word());
        }
        assert!(Capability::ALL.is_sorted_by_key(|capability| capability.word()));
    }
}
