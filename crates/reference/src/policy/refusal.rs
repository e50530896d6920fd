//! Why a policy is not taken.

use crate::origin::NotSerialized;

/// Why a sound server does not let itself be configured with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Reading with credentials from any origin.
    #[error(
        "any origin with credentials would let every site act as the user; list the origins or turn credentials off"
    )]
    AnyOriginWithCredentials,
    /// `*` in a list whose meaning browsers change once credentials are sent.
    #[error(
        "browsers take `*` for {list} literally once credentials are sent; list the names or turn credentials off"
    )]
    AnyWithCredentials {
        /// Which list.
        list: NameList,
    },
    /// A method that pages can never use.
    #[error("no page can send the method `{method}`; take it off the list")]
    ForbiddenMethod {
        /// As it was written.
        method: String,
    },
    /// Reading with credentials from pages that anybody on the way can alter.
    #[error(
        "whoever is on the path to `{origin}` could act as the user; use https or turn credentials off"
    )]
    InsecureOriginWithCredentials {
        /// As it was written.
        origin: String,
    },
    /// A permission that could not be taken back for days.
    #[error("a max age of {seconds} seconds keeps revoked permissions alive; use at most 86400")]
    MaxAge {
        /// As it was written.
        seconds: u32,
    },
    /// A name that is not a token.
    #[error("`{name}` cannot stand in {list}; it is not a token")]
    NotAToken {
        /// Which list.
        list: NameList,
        /// As it was written.
        name: String,
    },
    /// An origin that no browser ever sends.
    #[error("`{origin}` is not a serialised origin")]
    NotAnOrigin {
        /// As it was written.
        origin: String,
        /// What is wrong with it.
        #[source]
        because: NotSerialized,
    },
    /// Reading with credentials from any sandboxed document.
    #[error(
        "every sandboxed document has the origin `null` and could act as the user; take it off the list or turn credentials off"
    )]
    NullWithCredentials,
    /// Subdomains of an address.
    #[error("`{origin}` is an address and has no subdomains; list the origin itself")]
    PatternOverAddress {
        /// As it was written.
        origin: String,
    },
    /// Reading with credentials from domains that anybody can register.
    #[error(
        "anybody can register a name below `{origin}`; name the registered domain or turn credentials off"
    )]
    PublicSuffixWithCredentials {
        /// As it was written.
        origin: String,
    },
    /// `*` as an item of a list.
    #[error("`*` is an item of {list}; write \"*\" instead of the list, or take it off")]
    WildcardItem {
        /// Which list.
        list: NameList,
    },
}

/// The lists of names in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameList {
    /// `methods`
    Methods,
    /// `request_headers`
    RequestHeaders,
    /// `response_headers`
    ResponseHeaders,
}

impl std::fmt::Display for NameList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Methods => "`methods`",
            Self::RequestHeaders => "`request_headers`",
            Self::ResponseHeaders => "`response_headers`",
        })
    }
}
