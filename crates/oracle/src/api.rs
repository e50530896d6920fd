//! What `fetch()` and `XMLHttpRequest` do before anything is fetched.

use url::Url;

use crate::{
    header::HeaderList,
    method::{is_cors_safelisted_method, is_forbidden_method, is_method, normalize_method},
    origin::Origin,
    redirect::includes_credentials,
    request::{
        Blob, CacheMode, CredentialsMode, EmbedderPolicy, Flag, RedirectMode, ReferrerPolicy,
        Request, RequestBody, RequestMode,
    },
    site::{RegistrableDomain, registrable_domain_by_labels},
};

mod body;
mod error;
mod headers;

pub use body::{CallBody, DocumentType};
pub use error::{ApiError, Exception, InvalidOption};

/// The API that script calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// `fetch()`.
    Fetch,
    /// `XMLHttpRequest`.
    Xhr,
}

/// What script must say if the body is a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duplex {
    /// "half".
    Half,
}

/// A call of an API, as script makes it.
///
/// Every field may hold anything that script can say; [`Call::into_request`] judges it.
/// [`Call::new`] and [`Call::xhr`] give each API's defaults.
#[derive(Clone, Debug)]
pub struct Call {
    /// The API.
    pub api: Api,
    /// The origin of the page.
    pub origin: Origin,
    /// The URL.
    pub url: Url,
    /// The method, as script spells it.
    pub method: Vec<u8>,
    /// The headers, in order; with XHR one pair for each `setRequestHeader()`.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body.
    pub body: Option<CallBody>,
    /// The mode.
    pub mode: RequestMode,
    /// The credentials mode; with XHR "include" is `withCredentials`.
    pub credentials: CredentialsMode,
    /// The redirect mode.
    pub redirect: RedirectMode,
    /// The URL of the page, from which `Referer` is made; `None` to leave it out.
    pub referrer: Option<Url>,
    /// The referrer policy.
    pub referrer_policy: ReferrerPolicy,
    /// The cache mode.
    pub cache: CacheMode,
    /// The user name that an XHR is opened with; it goes into the URL.
    pub username: Option<String>,
    /// The password that an XHR is opened with; it goes into the URL.
    pub password: Option<String>,
    /// Whether an XHR has an event listener on its `upload` when it is sent.
    pub upload_listener: Flag,
    /// Whether the request may outlive the page.
    pub keepalive: Flag,
    /// The integrity metadata.
    pub integrity: Option<String>,
    /// Must be there if the body is a stream.
    pub duplex: Option<Duplex>,
    /// Whether script runs in a window, where a person can be asked for a password.
    pub user_prompts: Flag,
    /// What a `blob:` URL stands for; without it such a URL has no entry and cannot be fetched.
    pub blob: Option<Blob>,
    /// The page's embedder policy.
    pub embedder_policy: EmbedderPolicy,
    /// See [`Request::network_partition_key`].
    pub network_partition_key: Vec<u8>,
    /// See [`Request::registrable_domain`].
    pub registrable_domain: RegistrableDomain,
}

impl Call {
    /// `fetch(url)` on a page of `origin`.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#dom-request>
    pub fn new(origin: Origin, url: Url) -> Self {
        Self {
            api: Api::Fetch,
            origin,
            url,
            method: b"GET".to_vec(),
            headers: Vec::new(),
            body: None,
            mode: RequestMode::Cors,
            credentials: CredentialsMode::SameOrigin,
            redirect: RedirectMode::Follow,
            referrer: None,
            referrer_policy: ReferrerPolicy::Empty,
            cache: CacheMode::Default,
            username: None,
            password: None,
            upload_listener: Flag::Unset,
            keepalive: Flag::Unset,
            integrity: None,
            duplex: None,
            user_prompts: Flag::Set,
            blob: None,
            embedder_policy: EmbedderPolicy::UnsafeNone,
            network_partition_key: Vec::new(),
            registrable_domain: registrable_domain_by_labels,
        }
    }

    /// An `XMLHttpRequest` for `url` on a page of `origin`.
    ///
    /// Spec: <https://xhr.spec.whatwg.org/#the-send()-method>
    pub fn xhr(origin: Origin, url: Url) -> Self {
        Self {
            api: Api::Xhr,
            ..Self::new(origin, url)
        }
    }

    /// The request that the API hands to fetch.
    ///
    /// # Errors
    ///
    /// What the API throws, in the order in which it looks at its arguments.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#dom-request>
    /// and <https://xhr.spec.whatwg.org/#the-open()-method>
    pub fn into_request(self) -> Result<Request, ApiError> {
        match self.api {
            Api::Fetch => self.into_fetch_request(),
            Api::Xhr => self.into_xhr_request(),
        }
    }

    fn into_fetch_request(mut self) -> Result<Request, ApiError> {
        if includes_credentials(&self.url) {
            return Err(ApiError::UrlCredentials(Box::new(self.url)));
        }
        if self.upload_listener.is_set() {
            return Err(InvalidOption::Unavailable("upload listener").into());
        }
        if self.username.is_some() || self.password.is_some() {
            return Err(InvalidOption::Unavailable("user name and password").into());
        }
        if matches!(self.mode, RequestMode::Navigate | RequestMode::WebSocket) {
            return Err(InvalidOption::Mode(self.mode).into());
        }
        if self.cache == CacheMode::OnlyIfCached && self.mode != RequestMode::SameOrigin {
            return Err(InvalidOption::OnlyIfCached(self.mode).into());
        }
        let method = self.take_method()?;
        let guard = if self.mode == RequestMode::NoCors {
            if !is_cors_safelisted_method(&method) {
                return Err(InvalidOption::NoCorsMethod(method).into());
            }
            headers::Guard::RequestNoCors
        } else {
            headers::Guard::Request
        };
        let mut list = HeaderList::new();
        for (name, value) in &self.headers {
            headers::append(&mut list, name, value, guard)?;
        }
        let body = match self.body.take() {
            None => RequestBody::None,
            Some(_) if matches!(method.as_slice(), b"GET" | b"HEAD") => {
                return Err(ApiError::BodyNotAllowed(method));
            }
            Some(body) => self.extract_body(body, &mut list, guard)?,
        };
        Ok(self.finish(method, list, body))
    }

    /// Extracts the body, adds the Content-Type it implies, and judges what goes with a stream.
    fn extract_body(
        &self,
        body: CallBody,
        list: &mut HeaderList,
        guard: headers::Guard,
    ) -> Result<RequestBody, ApiError> {
        if matches!(body, CallBody::Stream(_)) && self.keepalive.is_set() {
            return Err(InvalidOption::StreamWithKeepalive.into());
        }
        if matches!(body, CallBody::Document { .. }) {
            return Err(InvalidOption::Unavailable("document body").into());
        }
        let extracted = body.extract();
        if let Some(content_type) = &extracted.content_type
            && !list.contains("content-type")
        {
            headers::append(list, b"Content-Type", content_type, guard)?;
        }
        if matches!(extracted.body, RequestBody::Stream(_)) {
            if self.duplex.is_none() {
                return Err(InvalidOption::StreamWithoutDuplex.into());
            }
            if !matches!(self.mode, RequestMode::SameOrigin | RequestMode::Cors) {
                return Err(InvalidOption::StreamMode(self.mode).into());
            }
        }
        Ok(extracted.body)
    }

    fn into_xhr_request(mut self) -> Result<Request, ApiError> {
        if let Some(option) = self.option_unknown_to_xhr() {
            return Err(InvalidOption::Unavailable(option).into());
        }
        let method = self.take_method()?;
        // The parser refuses both for URLs without a host, as the standard has it.
        if let Some(username) = &self.username {
            let _hostless = self.url.set_username(username);
        }
        if let Some(password) = &self.password {
            let _hostless = self.url.set_password(Some(password));
        }
        let mut list = HeaderList::new();
        for (name, value) in &self.headers {
            headers::set_request_header(&mut list, name, value)?;
        }
        let body = match self.body.take() {
            None => RequestBody::None,
            Some(_) if matches!(method.as_slice(), b"GET" | b"HEAD") => RequestBody::None,
            Some(body) => body.send_with(&mut list),
        };
        Ok(self.finish(method, list, body))
    }

    /// The first thing set that `XMLHttpRequest` has no means to set.
    fn option_unknown_to_xhr(&self) -> Option<&'static str> {
        let unknown = [
            (self.mode != RequestMode::Cors, "mode"),
            (
                self.credentials == CredentialsMode::Omit,
                "credentials mode \"omit\"",
            ),
            (self.redirect != RedirectMode::Follow, "redirect mode"),
            (
                self.referrer_policy != ReferrerPolicy::Empty,
                "referrer policy",
            ),
            (self.cache != CacheMode::Default, "cache mode"),
            (self.keepalive.is_set(), "keepalive"),
            (self.integrity.is_some(), "integrity metadata"),
            (self.duplex.is_some(), "duplex"),
            (
                matches!(self.body, Some(CallBody::Stream(_))),
                "stream body",
            ),
        ];
        unknown
            .into_iter()
            .find_map(|(is_set, name)| is_set.then_some(name))
    }

    fn take_method(&mut self) -> Result<Vec<u8>, ApiError> {
        let method = std::mem::take(&mut self.method);
        if !is_method(&method) {
            let api = self.api;
            return Err(ApiError::InvalidMethod { api, method });
        }
        if is_forbidden_method(&method) {
            let api = self.api;
            return Err(ApiError::ForbiddenMethod { api, method });
        }
        Ok(normalize_method(method))
    }

    fn finish(self, method: Vec<u8>, headers: HeaderList, body: RequestBody) -> Request {
        let forced = matches!(body, RequestBody::Stream(_)) || self.upload_listener.is_set();
        let mut request = Request::new(self.origin, self.url);
        request.method = method;
        request.headers = headers;
        request.unsafe_request = Flag::Set;
        request.body = body;
        request.mode = self.mode;
        request.use_cors_preflight = Flag::from(forced);
        request.credentials_mode = self.credentials;
        request.cache_mode = self.cache;
        request.redirect_mode = self.redirect;
        request.referrer = self.referrer;
        request.referrer_policy = self.referrer_policy;
        request.integrity_metadata = self.integrity.unwrap_or_default();
        request.keepalive = self.keepalive;
        request.user_prompts = self.user_prompts;
        request.blob = self.blob;
        request.embedder_policy = self.embedder_policy;
        request.network_partition_key = self.network_partition_key;
        request.registrable_domain = self.registrable_domain;
        request
    }
}

#[cfg(test)]
mod tests;
