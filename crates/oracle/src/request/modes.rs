//! The modes and policies of a request.

/// A flag of the standard, which is set or unset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flag {
    /// Set.
    Set,
    /// Unset.
    #[default]
    Unset,
}

impl Flag {
    /// Whether it is set.
    pub const fn is_set(self) -> bool {
        matches!(self, Self::Set)
    }
}

impl From<bool> for Flag {
    fn from(set: bool) -> Self {
        if set { Self::Set } else { Self::Unset }
    }
}

/// What may be done across origins.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-request-mode>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestMode {
    /// "cors": the CORS protocol decides.
    Cors,
    /// "navigate": HTML navigates; no API can ask for it.
    Navigate,
    /// "no-cors": simple requests only, and an opaque response.
    NoCors,
    /// "same-origin": never across origins.
    SameOrigin,
    /// "websocket": opens a `WebSocket`; no API can ask for it.
    WebSocket,
}

impl RequestMode {
    /// The standard's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cors => "cors",
            Self::Navigate => "navigate",
            Self::NoCors => "no-cors",
            Self::SameOrigin => "same-origin",
            Self::WebSocket => "websocket",
        }
    }
}

/// When cookies and other credentials are sent and stored.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialsMode {
    /// "include": always.
    Include,
    /// "omit": never.
    Omit,
    /// "same-origin": as long as only the page's own origin was met.
    SameOrigin,
}

/// What happens on a redirect.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-request-redirect-mode>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectMode {
    /// "error": a redirect is a network error.
    Error,
    /// "follow": it is followed.
    Follow,
    /// "manual": it ends the fetch with an opaque-redirect response.
    Manual,
}

/// What `Referer` says, and outside mode "cors" also `Origin`.
///
/// Spec: <https://w3c.github.io/webappsec-referrer-policy/#referrer-policies>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReferrerPolicy {
    /// The empty string: that of the page, taken to have none of its own.
    #[default]
    Empty,
    /// "no-referrer".
    NoReferrer,
    /// "no-referrer-when-downgrade".
    NoReferrerWhenDowngrade,
    /// "origin".
    Origin,
    /// "origin-when-cross-origin".
    OriginWhenCrossOrigin,
    /// "same-origin".
    SameOrigin,
    /// "strict-origin".
    StrictOrigin,
    /// "strict-origin-when-cross-origin", the default.
    StrictOriginWhenCrossOrigin,
    /// "unsafe-url".
    UnsafeUrl,
}

/// How the HTTP cache is used. It never matters to preflights.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-request-cache-mode>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CacheMode {
    /// "default".
    #[default]
    Default,
    /// "force-cache".
    ForceCache,
    /// "no-cache".
    NoCache,
    /// "no-store".
    NoStore,
    /// "only-if-cached".
    OnlyIfCached,
    /// "reload".
    Reload,
}

/// What a fetch met so far, hence how its response is filtered. It never falls back.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-request-response-tainting>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ResponseTainting {
    /// "basic": the page's own origin only.
    #[default]
    Basic,
    /// "cors": another origin, in mode "cors".
    Cors,
    /// "opaque": another origin, in mode "no-cors".
    Opaque,
}

impl ResponseTainting {
    /// The standard's word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Cors => "cors",
            Self::Opaque => "opaque",
        }
    }
}

/// The page's `Cross-Origin-Embedder-Policy`.
///
/// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#embedder-policy-value>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EmbedderPolicy {
    /// "credentialless".
    Credentialless,
    /// "require-corp".
    RequireCorp,
    /// "unsafe-none".
    #[default]
    UnsafeNone,
}

/// The `crossorigin` attribute of an element.
///
/// Spec: <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attributes>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CorsAttribute {
    /// `crossorigin`, with `anonymous`, an empty or an unknown value.
    Anonymous,
    /// No such attribute.
    #[default]
    NoCors,
    /// `crossorigin=use-credentials`.
    UseCredentials,
}
