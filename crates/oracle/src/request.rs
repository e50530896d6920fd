//! The request as the fetch algorithm sees it.

use url::Url;

use crate::{
    credentials::Credentials,
    header::HeaderList,
    origin::{Origin, urls_are_same_origin},
    site::{RegistrableDomain, registrable_domain_by_labels},
};

mod modes;

pub use modes::{
    CacheMode, CorsAttribute, CredentialsMode, EmbedderPolicy, Flag, RedirectMode, ReferrerPolicy,
    RequestMode, ResponseTainting,
};

/// A request, with what the page and its client contribute to it.
///
/// [`Request::new`] gives the standard's initial values; [`Call::into_request`] those of an API.
///
/// [`Call::into_request`]: crate::Call::into_request
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-request>
#[derive(Clone, Debug)]
pub struct Request {
    /// The method, as it will be sent.
    pub method: Vec<u8>,
    /// The header list: the author's headers and what the body implies.
    pub headers: HeaderList,
    /// Whether an API gave script control over method and headers, so that a preflight may be due.
    pub unsafe_request: Flag,
    /// The body.
    pub body: RequestBody,
    /// The origin of the page.
    pub origin: Origin,
    /// The mode.
    pub mode: RequestMode,
    /// Whether a preflight is due in any case.
    pub use_cors_preflight: Flag,
    /// The credentials mode.
    pub credentials_mode: CredentialsMode,
    /// The cache mode.
    pub cache_mode: CacheMode,
    /// The redirect mode.
    pub redirect_mode: RedirectMode,
    /// The URL of the page, from which `Referer` is made; `None` for "no-referrer" or unknown.
    pub referrer: Option<Url>,
    /// The referrer policy; the empty one becomes "strict-origin-when-cross-origin".
    pub referrer_policy: ReferrerPolicy,
    /// The integrity metadata; empty if there is none. Digests are not computed.
    pub integrity_metadata: String,
    /// Whether the request may outlive the page, which limits its body.
    pub keepalive: Flag,
    /// Whether there is a window in which a person can be asked for a password.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-request-window>
    pub user_prompts: Flag,
    /// What the `blob:` URL to be fetched stands for; `None` if the URL has no entry.
    pub blob: Option<Blob>,
    /// The page's embedder policy.
    pub embedder_policy: EmbedderPolicy,
    /// Tells apart requests that must not share preflight permissions, such as by top-level site.
    pub network_partition_key: Vec<u8>,
    /// How registrable domains are found.
    pub registrable_domain: RegistrableDomain,
    url: Url,
    redirect_urls: Vec<Url>,
    response_tainting: ResponseTainting,
}

/// The body of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RequestBody {
    /// No body: null.
    #[default]
    None,
    /// Bytes, which can be sent again.
    Bytes(Vec<u8>),
    /// What a stream will produce: it has no source, so it can be sent only once.
    Stream(Vec<u8>),
}

impl RequestBody {
    /// The bytes to send; `None` if the body is null.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::None => None,
            Self::Bytes(bytes) | Self::Stream(bytes) => Some(bytes),
        }
    }
}

/// The content that a `blob:` URL stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blob {
    /// Its type; empty if unknown.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Request {
    /// A GET request for `url` with the standard's initial values: mode "no-cors", credentials
    /// mode "same-origin", redirect mode "follow".
    pub fn new(origin: Origin, url: Url) -> Self {
        Self {
            method: b"GET".to_vec(),
            headers: HeaderList::new(),
            unsafe_request: Flag::Unset,
            body: RequestBody::None,
            origin,
            mode: RequestMode::NoCors,
            use_cors_preflight: Flag::Unset,
            credentials_mode: CredentialsMode::SameOrigin,
            cache_mode: CacheMode::Default,
            redirect_mode: RedirectMode::Follow,
            referrer: None,
            referrer_policy: ReferrerPolicy::Empty,
            integrity_metadata: String::new(),
            keepalive: Flag::Unset,
            user_prompts: Flag::Set,
            blob: None,
            embedder_policy: EmbedderPolicy::UnsafeNone,
            network_partition_key: Vec::new(),
            registrable_domain: registrable_domain_by_labels,
            url,
            redirect_urls: Vec::new(),
            response_tainting: ResponseTainting::Basic,
        }
    }

    /// The request that an element makes, such as `img`, `script` or `link`.
    ///
    /// Spec: <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request>
    pub fn potential_cors(origin: Origin, url: Url, attribute: CorsAttribute) -> Self {
        let mut request = Self::new(origin, url);
        (request.mode, request.credentials_mode) = match attribute {
            CorsAttribute::NoCors => (RequestMode::NoCors, CredentialsMode::Include),
            CorsAttribute::Anonymous => (RequestMode::Cors, CredentialsMode::SameOrigin),
            CorsAttribute::UseCredentials => (RequestMode::Cors, CredentialsMode::Include),
        };
        request
    }

    /// The request with which a `WebSocket` opens; a ws or wss URL becomes an http or https one.
    ///
    /// Spec: <https://websockets.spec.whatwg.org/#concept-websocket-establish>
    pub fn websocket(origin: Origin, mut url: Url) -> Self {
        let scheme = match url.scheme() {
            "ws" | "http" => "http",
            _ => "https",
        };
        // The parser refuses a change between special and other schemes; such a URL stays, and
        // fails when it is fetched.
        let _unchanged = url.set_scheme(scheme);
        let mut request = Self::new(origin, url);
        request.mode = RequestMode::WebSocket;
        request.credentials_mode = CredentialsMode::Include;
        request.cache_mode = CacheMode::NoStore;
        request.redirect_mode = RedirectMode::Error;
        request
    }

    /// The URL list: the URL first asked for, then one for each redirect followed.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-request-url-list>
    pub fn url_list(&self) -> impl Iterator<Item = &Url> {
        std::iter::once(&self.url).chain(&self.redirect_urls)
    }

    /// The URL to be fetched next: the last of the URL list.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-request-current-url>
    pub fn current_url(&self) -> &Url {
        self.redirect_urls.last().unwrap_or(&self.url)
    }

    /// How many redirects were followed.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-request-redirect-count>
    pub const fn redirect_count(&self) -> usize {
        self.redirect_urls.len()
    }

    /// The response tainting so far.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-request-response-tainting>
    pub const fn response_tainting(&self) -> ResponseTainting {
        self.response_tainting
    }

    /// The same request with another response tainting: for judging one response by itself.
    #[must_use]
    pub const fn with_response_tainting(mut self, tainting: ResponseTainting) -> Self {
        self.response_tainting = tainting;
        self
    }

    /// The same request after a redirect to `url`, with nothing else changed.
    #[must_use]
    pub fn with_redirect_to(mut self, url: Url) -> Self {
        self.append_url(url);
        self
    }

    pub(crate) const fn set_response_tainting(&mut self, tainting: ResponseTainting) {
        self.response_tainting = tainting;
    }

    pub(crate) fn append_url(&mut self, url: Url) {
        self.redirect_urls.push(url);
    }

    /// Whether a redirect left an origin that is not the page's own, which makes `Origin: null`.
    ///
    /// The standard tells same-site from cross-site taint; for `Origin` both count.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-request-tainted-origin>
    pub fn has_redirect_taint(&self) -> bool {
        self.url_list().zip(&self.redirect_urls).any(|(last, url)| {
            !urls_are_same_origin(last, url) && !self.origin.same_origin_as_url(last)
        })
    }

    /// The origin as it is sent, as the CORS check compares it, and as preflight permissions are
    /// keyed: `null` after a redirect that taints, otherwise the page's origin.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin>
    pub fn byte_serialized_origin(&self) -> &[u8] {
        if self.has_redirect_taint() {
            b"null"
        } else {
            self.origin.serialize().as_bytes()
        }
    }

    /// Whether the actual request for the current URL is sent with cookies, HTTP authentication
    /// and client certificates, and its `Set-Cookie` is stored.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    pub fn include_credentials(&self) -> Credentials {
        let by_mode = match self.credentials_mode {
            CredentialsMode::Include => true,
            CredentialsMode::SameOrigin => self.response_tainting == ResponseTainting::Basic,
            CredentialsMode::Omit => false,
        };
        if by_mode && self.embedder_policy_allows_credentials() {
            Credentials::Include
        } else {
            Credentials::Omit
        }
    }

    // The standard's last condition asks for a redirect taint, which would deny a page its own
    // cookies; its evident sense is the opposite, and that is what is done here.
    fn embedder_policy_allows_credentials(&self) -> bool {
        self.mode != RequestMode::NoCors
            || self.embedder_policy != EmbedderPolicy::Credentialless
            || (self.origin.same_origin_as_url(self.current_url()) && !self.has_redirect_taint())
    }
}

#[cfg(test)]
mod tests;
