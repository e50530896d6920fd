//! Every way in which a fetch can fail, under one name each.

use thiserror::Error;

use crate::{
    api::ApiError, cors_check::CorsCheckFailure, main_fetch::ModeFailure,
    preflight::PreflightFailure, redirect::RedirectFailure,
};

/// Why script gets no response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// The API threw before anything was fetched.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The actual response, or a redirect on the way, may not be shared.
    #[error(transparent)]
    CorsCheck(#[from] CorsCheckFailure),
    /// `Cross-Origin-Resource-Policy` forbids the use of an opaque response.
    #[error("`Cross-Origin-Resource-Policy` forbids this origin to use the response")]
    Corp,
    /// There is integrity metadata, but no body that could be compared with it.
    #[error("the request has integrity metadata, but the response has no readable body")]
    Integrity,
    /// The body of a keepalive request is too long.
    #[error("the body of a keepalive request has {n_bytes} bytes, more than 65536")]
    KeepaliveQuota {
        /// The length of the body.
        n_bytes: usize,
    },
    /// The mode forbids the request.
    #[error(transparent)]
    Mode(#[from] ModeFailure),
    /// There was no answer to the actual request.
    #[error("there was no response")]
    NoResponse,
    /// The preflight did not grant the request.
    #[error(transparent)]
    Preflight(#[from] PreflightFailure),
    /// A redirect could not be followed.
    #[error(transparent)]
    Redirect(#[from] RedirectFailure),
    /// A service worker answered with a response that the request may not have.
    #[error("a service worker may not answer this request with {what}")]
    ServiceWorker {
        /// The kind of response.
        what: &'static str,
    },
    /// The answer asks for a password, and the body cannot be sent again with one.
    #[error("the response asks for credentials, and the body to be sent with them is a stream")]
    StreamUnauthorized,
    /// The response has a status or a type that the feature does not take.
    #[error("the response with status {status} is of no use to what asked for it")]
    Unusable {
        /// The status.
        status: u16,
    },
}

/// All names, sorted.
const NAMES: [&str; 44] = [
    "api/body-not-allowed",
    "api/cross-origin",
    "api/forbidden-method",
    "api/invalid-header",
    "api/invalid-method",
    "api/option",
    "api/url-credentials",
    "cors-check/credentials",
    "cors-check/invalid-origin",
    "cors-check/missing-origin",
    "cors-check/multiple-origins",
    "cors-check/origin-mismatch",
    "cors-check/wildcard-with-credentials",
    "keepalive/quota",
    "mode/bad-port",
    "mode/no-cors-redirect",
    "mode/same-origin",
    "mode/scheme",
    "network/no-response",
    "network/stream-unauthorized",
    "preflight/authorization",
    "preflight/cors-check/credentials",
    "preflight/cors-check/invalid-origin",
    "preflight/cors-check/missing-origin",
    "preflight/cors-check/multiple-origins",
    "preflight/cors-check/origin-mismatch",
    "preflight/cors-check/wildcard-with-credentials",
    "preflight/header",
    "preflight/headers-syntax",
    "preflight/method",
    "preflight/methods-syntax",
    "preflight/no-response",
    "preflight/redirect",
    "preflight/status",
    "redirect/location",
    "redirect/mode-error",
    "redirect/scheme",
    "redirect/stream-body",
    "redirect/too-many",
    "redirect/userinfo",
    "response/corp",
    "response/integrity",
    "response/service-worker",
    "response/unusable",
];

impl Failure {
    /// The stable name, such as `cors-check/missing-origin`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Api(error) => error.name(),
            Self::CorsCheck(failure) => cors_check_names(failure).0,
            Self::Corp => "response/corp",
            Self::Integrity => "response/integrity",
            Self::KeepaliveQuota { .. } => "keepalive/quota",
            Self::Mode(failure) => match failure {
                ModeFailure::BadPort(_) => "mode/bad-port",
                ModeFailure::NoCorsRedirect => "mode/no-cors-redirect",
                ModeFailure::SameOrigin(_) => "mode/same-origin",
                ModeFailure::Scheme(_) => "mode/scheme",
            },
            Self::NoResponse => "network/no-response",
            Self::Preflight(failure) => preflight_name(failure),
            Self::Redirect(failure) => match failure {
                RedirectFailure::Location(_) => "redirect/location",
                RedirectFailure::ModeError(_) => "redirect/mode-error",
                RedirectFailure::Scheme(_) => "redirect/scheme",
                RedirectFailure::StreamBody => "redirect/stream-body",
                RedirectFailure::TooMany => "redirect/too-many",
                RedirectFailure::Userinfo(_) => "redirect/userinfo",
            },
            Self::ServiceWorker { .. } => "response/service-worker",
            Self::StreamUnauthorized => "network/stream-unauthorized",
            Self::Unusable { .. } => "response/unusable",
        }
    }

    /// The fragment of the section that was broken: of the Fetch Standard, or of the
    /// one that [`Failure::url`] is in.
    pub const fn anchor(&self) -> &'static str {
        match self {
            Self::Api(error) => error.anchor(),
            Self::CorsCheck(_) | Self::Preflight(PreflightFailure::CorsCheck(_)) => {
                "concept-cors-check"
            }
            Self::Corp => "cross-origin-resource-policy-internal-check",
            Self::Mode(ModeFailure::BadPort(_)) => "bad-port",
            Self::Integrity | Self::Mode(_) => "concept-main-fetch",
            Self::KeepaliveQuota { .. } | Self::NoResponse | Self::StreamUnauthorized => {
                "concept-http-network-or-cache-fetch"
            }
            Self::Preflight(_) => "cors-preflight-fetch-0",
            Self::Redirect(RedirectFailure::ModeError(_)) | Self::ServiceWorker { .. } => {
                "concept-http-fetch"
            }
            Self::Redirect(_) => "concept-http-redirect-fetch",
            Self::Unusable { .. } => "ok-status",
        }
    }

    /// The step of that section, such as `step 4`; empty where the standard gives no number.
    pub const fn step(&self) -> &'static str {
        match self {
            Self::Api(_)
            | Self::Corp
            | Self::KeepaliveQuota { .. }
            | Self::NoResponse
            | Self::StreamUnauthorized
            | Self::Unusable { .. } => "",
            Self::ServiceWorker { .. } => "step 5",
            Self::CorsCheck(failure) | Self::Preflight(PreflightFailure::CorsCheck(failure)) => {
                cors_check_names(failure).2
            }
            Self::Integrity => "step 23",
            Self::Mode(failure) => match failure {
                ModeFailure::BadPort(_) => "step 7",
                ModeFailure::NoCorsRedirect
                | ModeFailure::SameOrigin(_)
                | ModeFailure::Scheme(_) => "step 12",
            },
            Self::Preflight(failure) => match failure {
                PreflightFailure::NoResponse => "step 6",
                PreflightFailure::Redirect(_) | PreflightFailure::Status(_) => "step 7",
                PreflightFailure::MethodsSyntax(_) | PreflightFailure::HeadersSyntax(_) => {
                    "step 7.3"
                }
                PreflightFailure::Method(_) => "step 7.5",
                PreflightFailure::Authorization => "step 7.6",
                PreflightFailure::Header(_) | PreflightFailure::CorsCheck(_) => "step 7.7",
            },
            Self::Redirect(failure) => match failure {
                RedirectFailure::ModeError(_) => "",
                RedirectFailure::Location(_) => "step 5",
                RedirectFailure::Scheme(_) => "step 6",
                RedirectFailure::TooMany => "step 7",
                RedirectFailure::Userinfo(_) => "steps 9 and 10",
                RedirectFailure::StreamBody => "step 11",
            },
        }
    }

    /// The address of the section that was broken.
    pub fn url(&self) -> String {
        let standard = match self {
            Self::Api(error) => error.standard(),
            Self::CorsCheck(_)
            | Self::Corp
            | Self::Integrity
            | Self::KeepaliveQuota { .. }
            | Self::Mode(_)
            | Self::NoResponse
            | Self::Preflight(_)
            | Self::Redirect(_)
            | Self::ServiceWorker { .. }
            | Self::StreamUnauthorized
            | Self::Unusable { .. } => "https://fetch.spec.whatwg.org/",
        };
        format!("{standard}#{}", self.anchor())
    }

    /// Every name that [`Failure::name`] can give, sorted.
    pub const fn all_names() -> &'static [&'static str] {
        &NAMES
    }
}

/// The name on an actual response, the one on a preflight response, and the step.
const fn cors_check_names(
    failure: &CorsCheckFailure,
) -> (&'static str, &'static str, &'static str) {
    match failure {
        CorsCheckFailure::Credentials { .. } => (
            "cors-check/credentials",
            "preflight/cors-check/credentials",
            "step 8",
        ),
        CorsCheckFailure::InvalidOrigin { .. } => (
            "cors-check/invalid-origin",
            "preflight/cors-check/invalid-origin",
            "step 4",
        ),
        CorsCheckFailure::MissingOrigin => (
            "cors-check/missing-origin",
            "preflight/cors-check/missing-origin",
            "step 2",
        ),
        CorsCheckFailure::MultipleOrigins { .. } => (
            "cors-check/multiple-origins",
            "preflight/cors-check/multiple-origins",
            "step 4",
        ),
        CorsCheckFailure::OriginMismatch { .. } => (
            "cors-check/origin-mismatch",
            "preflight/cors-check/origin-mismatch",
            "step 4",
        ),
        CorsCheckFailure::WildcardWithCredentials => (
            "cors-check/wildcard-with-credentials",
            "preflight/cors-check/wildcard-with-credentials",
            "step 4",
        ),
    }
}

const fn preflight_name(failure: &PreflightFailure) -> &'static str {
    match failure {
        PreflightFailure::Authorization => "preflight/authorization",
        PreflightFailure::CorsCheck(failure) => cors_check_names(failure).1,
        PreflightFailure::Header(_) => "preflight/header",
        PreflightFailure::HeadersSyntax(_) => "preflight/headers-syntax",
        PreflightFailure::Method(_) => "preflight/method",
        PreflightFailure::MethodsSyntax(_) => "preflight/methods-syntax",
        PreflightFailure::NoResponse => "preflight/no-response",
        PreflightFailure::Redirect(_) => "preflight/redirect",
        PreflightFailure::Status(_) => "preflight/status",
    }
}

#[cfg(test)]
mod tests;
