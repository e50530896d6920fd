//! The CORS check: may this response be shared with the page?

use thiserror::Error;
use url::Url;

use crate::{
    request::{CredentialsMode, Request},
    response::Response,
};

/// Why a response may not be shared.
///
/// The standard has one failure where the origins differ; here it is named by the look of the
/// value, which tells people more. The rule itself is a comparison of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CorsCheckFailure {
    /// The credentials mode is "include" and the value is not exactly `true`.
    #[error("`Access-Control-Allow-Credentials` is {}, not `true`, but the credentials mode is \"include\"", quoted(.value.as_deref()))]
    Credentials {
        /// The value of `Access-Control-Allow-Credentials`, if there is one.
        value: Option<Vec<u8>>,
    },
    /// The value is no URL and so cannot be an origin.
    #[error("`Access-Control-Allow-Origin` is `{}`, which is not an origin", .value.escape_ascii())]
    InvalidOrigin {
        /// The value of `Access-Control-Allow-Origin`.
        value: Vec<u8>,
    },
    /// There is no `Access-Control-Allow-Origin`.
    #[error("the response has no `Access-Control-Allow-Origin`")]
    MissingOrigin,
    /// The value is not one origin: it has a space or a comma in it.
    #[error("`Access-Control-Allow-Origin` is `{}`, which is more than one origin", .value.escape_ascii())]
    MultipleOrigins {
        /// The value of `Access-Control-Allow-Origin`, lines joined.
        value: Vec<u8>,
    },
    /// The value is another origin than the request's.
    #[error("`Access-Control-Allow-Origin` is `{}`, but the request's origin is `{}`", .value.escape_ascii(), .origin.escape_ascii())]
    OriginMismatch {
        /// The value of `Access-Control-Allow-Origin`.
        value: Vec<u8>,
        /// The request's origin, byte-serialized.
        origin: Vec<u8>,
    },
    /// The value is `*`, but the credentials mode is "include".
    #[error(
        "`Access-Control-Allow-Origin` is `*`, which is no wildcard with credentials mode \"include\""
    )]
    WildcardWithCredentials,
}

/// Decides whether `response` may be shared with the origin of `request`.
///
/// Values are compared as bytes, so `https://a.test/` does not match `https://a.test`. The
/// credentials mode decides, not whether any credentials were sent.
///
/// # Errors
///
/// The first rule that the response breaks.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-cors-check>
pub fn cors_check(request: &Request, response: &Response) -> Result<(), CorsCheckFailure> {
    let Some(value) = response.headers.get("access-control-allow-origin") else {
        return Err(CorsCheckFailure::MissingOrigin);
    };
    let credentialed = request.credentials_mode == CredentialsMode::Include;
    // Step 3. The wildcard answers for every origin, but never for credentials.
    if !credentialed && *value == *b"*" {
        return Ok(());
    }
    let origin = request.byte_serialized_origin();
    if *value != *origin {
        return Err(name_mismatch(value.into_owned(), origin));
    }
    if !credentialed {
        return Ok(());
    }
    let credentials = response.headers.get("access-control-allow-credentials");
    if credentials.as_deref() == Some(b"true") {
        return Ok(());
    }
    Err(CorsCheckFailure::Credentials {
        value: credentials.map(std::borrow::Cow::into_owned),
    })
}

/// Names the failure of step 4 by the look of the value.
fn name_mismatch(value: Vec<u8>, origin: &[u8]) -> CorsCheckFailure {
    // Step 3 let the wildcard pass unless the mode is "include".
    if value == b"*" {
        CorsCheckFailure::WildcardWithCredentials
    } else if value.iter().any(|byte| matches!(byte, b' ' | b',')) {
        CorsCheckFailure::MultipleOrigins { value }
    } else if value == b"null" || is_absolute_url(&value) {
        let origin = origin.to_vec();
        CorsCheckFailure::OriginMismatch { value, origin }
    } else {
        CorsCheckFailure::InvalidOrigin { value }
    }
}

fn is_absolute_url(value: &[u8]) -> bool {
    let text: String = value.iter().copied().map(char::from).collect();
    Url::parse(&text).is_ok()
}

fn quoted(value: Option<&[u8]>) -> String {
    value.map_or_else(
        || "missing".to_owned(),
        |value| format!("`{}`", value.escape_ascii()),
    )
}

#[cfg(test)]
mod tests;
