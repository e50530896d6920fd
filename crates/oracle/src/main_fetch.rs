//! Main fetch: how far a request may go at its current URL, and what that taints.

use thiserror::Error;
use url::Url;

use crate::{
    preflight::{PreflightReason, preflight_reason},
    request::{RedirectMode, Request, RequestMode, ResponseTainting},
};

/// What main fetch decides for a request at its current URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Branch {
    /// The page's own origin, or a mode that CORS does not apply to.
    Basic,
    /// Across origins by the CORS protocol, with nothing to ask first.
    Cors,
    /// Across origins by the CORS protocol, with permission asked for or remembered.
    CorsWithPreflight(PreflightReason),
    /// Across origins with nothing to read.
    Opaque,
}

impl Branch {
    /// The response tainting that comes with it.
    pub const fn response_tainting(self) -> ResponseTainting {
        match self {
            Self::Basic => ResponseTainting::Basic,
            Self::Cors | Self::CorsWithPreflight(_) => ResponseTainting::Cors,
            Self::Opaque => ResponseTainting::Opaque,
        }
    }
}

/// Why nothing is sent at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModeFailure {
    /// The port is on the list of blocked ports.
    #[error("port {0} is blocked")]
    BadPort(u16),
    /// Mode "no-cors" allows no other redirect mode than "follow" across origins.
    #[error("mode \"no-cors\" needs redirect mode \"follow\" across origins")]
    NoCorsRedirect,
    /// Mode "same-origin" allows no other origin.
    #[error("mode \"same-origin\" does not reach `{0}`")]
    SameOrigin(Box<Url>),
    /// URLs of that scheme cannot be fetched like this.
    #[error("`{0}` cannot be fetched in this mode and with this method")]
    Scheme(Box<Url>),
}

/// Decides what a request does at its current URL, given its CORS-unsafe request-header names.
///
/// To be asked again after each redirect, with the tainting that is left from before.
///
/// # Errors
///
/// If the request is a network error before anything is sent.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-main-fetch>
pub fn main_fetch_branch(
    request: &Request,
    unsafe_names: &[Vec<u8>],
) -> Result<Branch, ModeFailure> {
    let url = request.current_url();
    let is_http = is_http(url);
    // Step 7.
    if let Some(port) = url.port()
        && is_http
        && is_bad_port(port)
    {
        return Err(ModeFailure::BadPort(port));
    }
    // Step 12. The first statement that matches.
    let own_origin = request.response_tainting() == ResponseTainting::Basic
        && request.origin.same_origin_as_url(url);
    if own_origin || url.scheme() == "data" {
        return Ok(Branch::Basic);
    }
    match request.mode {
        RequestMode::Navigate | RequestMode::WebSocket => Ok(Branch::Basic),
        RequestMode::SameOrigin => Err(ModeFailure::SameOrigin(Box::new(url.clone()))),
        RequestMode::NoCors if request.redirect_mode != RedirectMode::Follow => {
            Err(ModeFailure::NoCorsRedirect)
        }
        RequestMode::NoCors => Ok(Branch::Opaque),
        RequestMode::Cors if !is_http => Err(ModeFailure::Scheme(Box::new(url.clone()))),
        RequestMode::Cors => {
            Ok(preflight_reason(request, unsafe_names)
                .map_or(Branch::Cors, Branch::CorsWithPreflight))
        }
    }
}

/// Whether `port` is blocked for http and https.
///
/// Spec: <https://fetch.spec.whatwg.org/#bad-port>
pub fn is_bad_port(port: u16) -> bool {
    BAD_PORTS.binary_search(&port).is_ok()
}

pub(crate) fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// The standard's table, sorted.
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

#[cfg(test)]
mod tests;
