//! What script gets to see of a response.

use url::Url;

use crate::{
    extract::{Extracted, extract_list},
    header::HeaderList,
    request::{CredentialsMode, Request, ResponseTainting},
    response::{Response, is_null_body_status},
    safelist::{is_cors_safelisted_response_header_name, is_forbidden_response_header_name},
};

/// The type of a filtered response. A network error is a [`Failure`](crate::Failure) instead.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-response-type>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseType {
    /// "basic".
    Basic,
    /// "cors".
    Cors,
    /// "opaque".
    Opaque,
    /// "opaqueredirect".
    OpaqueRedirect,
}

impl ResponseType {
    /// The standard's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Cors => "cors",
            Self::Opaque => "opaque",
            Self::OpaqueRedirect => "opaqueredirect",
        }
    }
}

/// A response as script sees it.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-filtered-response>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilteredResponse {
    /// The type.
    pub response_type: ResponseType,
    /// The status; 0 if opaque.
    pub status: u16,
    /// What script may read: names in lower case, sorted, each once with its combined value.
    pub headers: HeaderList,
    /// The final URL without its fragment; `None` where script sees the empty string.
    pub url: Option<Url>,
    /// Whether script is told that redirects were followed.
    pub redirected: bool,
    /// The body; `None` if there is none that script could read.
    pub body: Option<Vec<u8>>,
}

impl FilteredResponse {
    /// Whether script can read a body, be it an empty one.
    pub const fn is_body_readable(&self) -> bool {
        self.body.is_some()
    }

    /// The response with which redirect mode "manual" ends at a redirect.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect>
    pub fn opaque_redirect(request: &Request) -> Self {
        Self {
            response_type: ResponseType::OpaqueRedirect,
            status: 0,
            headers: HeaderList::new(),
            url: Some(visible_url(request)),
            // The first redirect ends the fetch.
            redirected: false,
            body: None,
        }
    }
}

/// Hides what the response tainting of `request` keeps from script.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-main-fetch>
pub fn filter_response(request: &Request, response: &Response) -> FilteredResponse {
    let (response_type, headers) = match request.response_tainting() {
        ResponseTainting::Basic => (
            ResponseType::Basic,
            visible(response, |name| !is_forbidden_response_header_name(name)),
        ),
        ResponseTainting::Cors => {
            let exposed = exposed_header_names(request, response);
            (
                ResponseType::Cors,
                visible(response, |name| {
                    is_cors_safelisted_response_header_name(name, &exposed)
                }),
            )
        }
        ResponseTainting::Opaque => {
            return FilteredResponse {
                response_type: ResponseType::Opaque,
                status: 0,
                headers: HeaderList::new(),
                url: None,
                redirected: false,
                body: None,
            };
        }
    };
    let no_body = matches!(request.method.as_slice(), b"HEAD" | b"CONNECT")
        || is_null_body_status(response.status);
    FilteredResponse {
        response_type,
        status: response.status,
        headers,
        url: Some(visible_url(request)),
        redirected: request.redirect_count() > 0,
        body: (!no_body).then(|| response.body.clone()),
    }
}

/// The CORS-exposed header-name list of `response`: every name in it for the wildcard, unless the
/// credentials mode is "include"; otherwise what `Access-Control-Expose-Headers` lists.
///
/// Nothing if that header is absent or malformed, which is no error. Names that are hidden in any
/// case may be among these.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list>
pub fn exposed_header_names<'a>(request: &Request, response: &'a Response) -> Vec<&'a [u8]> {
    // By its words the standard also sets the list when it is "failure"; that can only be meant
    // to be excluded.
    match extract_list(&response.headers, "access-control-expose-headers") {
        Extracted::Absent | Extracted::Malformed => Vec::new(),
        Extracted::Items(items) => {
            let wildcard = request.credentials_mode != CredentialsMode::Include
                && items.contains(&b"*".as_slice());
            if wildcard {
                response.headers.iter().map(|(name, _)| name).collect()
            } else {
                items
            }
        }
    }
}

fn visible(response: &Response, is_visible: impl Fn(&[u8]) -> bool) -> HeaderList {
    response.headers.sort_and_combine_where(is_visible)
}

fn visible_url(request: &Request) -> Url {
    let mut url = request.current_url().clone();
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests;
