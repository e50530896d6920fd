//! What the APIs throw.

use thiserror::Error;
use url::Url;

use super::Api;
use crate::request::RequestMode;

/// Why an API threw instead of fetching.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApiError {
    /// A GET or HEAD request has no body.
    #[error("a {} request cannot have a body", .0.escape_ascii())]
    BodyNotAllowed(Vec<u8>),
    /// A service worker's script must be of the page's own origin.
    #[error("`{0}` is of another origin, so it cannot become a service worker")]
    CrossOrigin(Box<Url>),
    /// CONNECT, TRACE and TRACK are forbidden.
    #[error("the method `{}` is forbidden", .method.escape_ascii())]
    ForbiddenMethod {
        /// The API that threw.
        api: Api,
        /// The method.
        method: Vec<u8>,
    },
    /// A name is not a token, or a value has a NUL, LF or CR inside.
    #[error("`{}: {}` is not a header", .name.escape_ascii(), .value.escape_ascii())]
    InvalidHeader {
        /// The API that threw.
        api: Api,
        /// The name.
        name: Vec<u8>,
        /// The value, normalized.
        value: Vec<u8>,
    },
    /// The method is not a token.
    #[error("`{}` is not a method", .method.escape_ascii())]
    InvalidMethod {
        /// The API that threw.
        api: Api,
        /// The method.
        method: Vec<u8>,
    },
    /// An option has a value that is not allowed, or not together with another.
    #[error(transparent)]
    Option(#[from] InvalidOption),
    /// The URL has a user name or password.
    #[error("the URL `{0}` has a user name or password")]
    UrlCredentials(Box<Url>),
}

/// Which option is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidOption {
    /// Script cannot ask for this mode.
    #[error("script cannot ask for mode \"{}\"", .0.name())]
    Mode(RequestMode),
    /// Mode "no-cors" takes only GET, HEAD and POST.
    #[error("mode \"no-cors\" does not take the method `{}`", .0.escape_ascii())]
    NoCorsMethod(Vec<u8>),
    /// Cache mode "only-if-cached" needs mode "same-origin".
    #[error("cache mode \"only-if-cached\" needs mode \"same-origin\", not \"{}\"", .0.name())]
    OnlyIfCached(RequestMode),
    /// A stream as body needs mode "cors" or "same-origin".
    #[error("a stream as body needs mode \"cors\" or \"same-origin\", not \"{}\"", .0.name())]
    StreamMode(RequestMode),
    /// A stream as body cannot outlive its page.
    #[error("a stream as body cannot go with keepalive")]
    StreamWithKeepalive,
    /// A stream as body needs `duplex`.
    #[error("a stream as body needs `duplex`")]
    StreamWithoutDuplex,
    /// The API has nothing of that kind.
    #[error("the API has no {0}")]
    Unavailable(&'static str),
}

/// The exception that script sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exception {
    /// A `DOMException` with that name.
    SecurityError,
    /// A `DOMException` with that name.
    SyntaxError,
    /// A `TypeError`.
    TypeError,
}

impl Exception {
    /// The name that script sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SecurityError => "SecurityError",
            Self::SyntaxError => "SyntaxError",
            Self::TypeError => "TypeError",
        }
    }
}

impl ApiError {
    /// The exception that script sees.
    pub const fn exception(&self) -> Exception {
        match self {
            Self::CrossOrigin(_) | Self::ForbiddenMethod { api: Api::Xhr, .. } => {
                Exception::SecurityError
            }
            Self::InvalidHeader { api: Api::Xhr, .. }
            | Self::InvalidMethod { api: Api::Xhr, .. } => Exception::SyntaxError,
            Self::BodyNotAllowed(_)
            | Self::ForbiddenMethod {
                api: Api::Fetch, ..
            }
            | Self::InvalidHeader {
                api: Api::Fetch, ..
            }
            | Self::InvalidMethod {
                api: Api::Fetch, ..
            }
            | Self::Option(_)
            | Self::UrlCredentials(_) => Exception::TypeError,
        }
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::BodyNotAllowed(_) => "api/body-not-allowed",
            Self::CrossOrigin(_) => "api/cross-origin",
            Self::ForbiddenMethod { .. } => "api/forbidden-method",
            Self::InvalidHeader { .. } => "api/invalid-header",
            Self::InvalidMethod { .. } => "api/invalid-method",
            Self::Option(_) => "api/option",
            Self::UrlCredentials(_) => "api/url-credentials",
        }
    }

    pub(crate) const fn anchor(&self) -> &'static str {
        match self {
            Self::CrossOrigin(_) => "register-algorithm",
            Self::InvalidHeader { api: Api::Xhr, .. } => "the-setrequestheader()-method",
            Self::ForbiddenMethod { api: Api::Xhr, .. }
            | Self::InvalidMethod { api: Api::Xhr, .. } => "the-open()-method",
            Self::InvalidHeader {
                api: Api::Fetch, ..
            } => "concept-headers-append",
            Self::BodyNotAllowed(_)
            | Self::ForbiddenMethod {
                api: Api::Fetch, ..
            }
            | Self::InvalidMethod {
                api: Api::Fetch, ..
            }
            | Self::Option(_)
            | Self::UrlCredentials(_) => "dom-request",
        }
    }

    /// The address of the standard that [`ApiError::anchor`] is in.
    pub(crate) const fn standard(&self) -> &'static str {
        match self {
            Self::CrossOrigin(_) => "https://w3c.github.io/ServiceWorker/",
            Self::ForbiddenMethod { api: Api::Xhr, .. }
            | Self::InvalidHeader { api: Api::Xhr, .. }
            | Self::InvalidMethod { api: Api::Xhr, .. } => "https://xhr.spec.whatwg.org/",
            Self::BodyNotAllowed(_)
            | Self::ForbiddenMethod {
                api: Api::Fetch, ..
            }
            | Self::InvalidHeader {
                api: Api::Fetch, ..
            }
            | Self::InvalidMethod {
                api: Api::Fetch, ..
            }
            | Self::Option(_)
            | Self::UrlCredentials(_) => "https://fetch.spec.whatwg.org/",
        }
    }
}
