//! What the page does.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bytes::ByteString;

mod api;

pub use api::{Api, Context, EmbedderPolicy, ServiceWorker};

/// One call that a page makes, or one raw request.
///
/// Defaults are those of `fetch(url)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The origin of what makes the call: a serialised one, `null` (a sandboxed frame, unless
    /// `context` says otherwise) or `same-origin` (that of `url`). Absent only for `raw`, which has
    /// no page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What is fetched: a path of the subject such as `/echo?h=X-A:1`, or an absolute URL. Absent
    /// means `/echo` under a policy and `/data` with a script, both at `https://api.example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The interface or element used.
    #[serde(default, skip_serializing_if = "is_default")]
    pub api: Api,
    /// What kind of document or worker makes the call.
    #[serde(default, skip_serializing_if = "is_default")]
    pub context: Context,
    /// The embedder policy of the document that makes the call.
    #[serde(default, skip_serializing_if = "is_default")]
    pub embedder_policy: EmbedderPolicy,
    /// What the service worker of the page does with the request; absent if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_worker: Option<ServiceWorker>,
    /// The method as the page gives it.
    #[serde(default = "get")]
    pub method: ByteString,
    /// Request headers as the page sets them, in order; for `raw` all header lines but `Host` and
    /// `Content-Length`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(ByteString, ByteString)>,
    /// The request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// The request's mode; XHR always uses `cors`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: Mode,
    /// The credentials mode; for XHR `include` means `withCredentials`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub credentials: Credentials,
    /// The redirect mode.
    #[serde(default, skip_serializing_if = "is_default")]
    pub redirect: Redirect,
    /// The referrer policy.
    #[serde(default, skip_serializing_if = "is_default")]
    pub referrer_policy: ReferrerPolicy,
    /// The cache mode.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cache: Cache,
    /// The user name that an XHR is opened with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The password that an XHR is opened with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// When an XHR's `upload` object gets a listener.
    #[serde(default, skip_serializing_if = "is_default")]
    pub upload_listener: UploadListener,
    /// Whether the request may outlive its page.
    #[serde(default, skip_serializing_if = "is_default")]
    pub keepalive: bool,
    /// The element's `crossorigin` attribute, with any value; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crossorigin: Option<String>,
    /// What the page makes a `blob:` URL of, which it then fetches in place of `url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<Blob>,
    /// Integrity metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
    /// Cookies that the browser holds before this step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<StoredCookie>,
    /// Milliseconds to wait before this step, at most 10,000: for permissions that run out.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(range(max = 10_000))]
    pub after_ms: u32,
}

/// A request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "type", deny_unknown_fields)]
pub enum Body {
    /// A `Blob`.
    Blob {
        /// Its media type; empty for none.
        content_type: String,
        /// Its content.
        text: String,
    },
    /// An `ArrayBuffer`.
    Buffer {
        /// Its bytes.
        bytes: ByteString,
    },
    /// A `FormData`.
    FormData {
        /// Names and values, in order.
        fields: Vec<(String, String)>,
    },
    /// A `ReadableStream`.
    Stream {
        /// What it yields.
        text: String,
        /// What the page says of `duplex`.
        #[serde(default, skip_serializing_if = "is_default")]
        duplex: Duplex,
    },
    /// A string.
    Text {
        /// The string.
        text: String,
    },
    /// A `URLSearchParams`.
    UrlEncoded {
        /// Names and values, in order.
        fields: Vec<(String, String)>,
    },
    /// An XML or HTML `Document`; XHR only.
    Document {
        /// What `DOMParser` parses.
        markup: String,
        /// Which kind of document it becomes.
        kind: DocumentKind,
    },
}

/// The content of a `blob:` URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Blob {
    /// Its media type; empty for none.
    pub content_type: String,
    /// Its content.
    pub text: String,
}

/// The kind of a `Document`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentKind {
    /// `text/html`.
    Html,
    /// `application/xml`.
    Xml,
}

/// What a page says of `duplex`, which a stream for a body needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Duplex {
    /// `half`.
    #[default]
    Half,
    /// Nothing.
    Unsaid,
}

/// A request's mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// `cors`.
    #[default]
    Cors,
    /// `navigate`, which no page may ask for.
    Navigate,
    /// `no-cors`.
    NoCors,
    /// `same-origin`.
    SameOrigin,
}

/// A request's credentials mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// `include`.
    Include,
    /// `omit`.
    Omit,
    /// `same-origin`.
    #[default]
    SameOrigin,
}

/// A request's redirect mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Redirect {
    /// `error`.
    Error,
    /// `follow`.
    #[default]
    Follow,
    /// `manual`.
    Manual,
}

/// A request's referrer policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReferrerPolicy {
    /// The empty string: the default policy.
    #[default]
    #[serde(rename = "")]
    Empty,
    /// `no-referrer`.
    NoReferrer,
    /// `no-referrer-when-downgrade`.
    NoReferrerWhenDowngrade,
    /// `origin`.
    Origin,
    /// `origin-when-cross-origin`.
    OriginWhenCrossOrigin,
    /// `same-origin`.
    SameOrigin,
    /// `strict-origin`.
    StrictOrigin,
    /// `strict-origin-when-cross-origin`.
    StrictOriginWhenCrossOrigin,
    /// `unsafe-url`.
    UnsafeUrl,
}

/// A request's cache mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cache {
    /// `default`.
    #[default]
    Default,
    /// `force-cache`.
    ForceCache,
    /// `no-cache`.
    NoCache,
    /// `no-store`.
    NoStore,
    /// `only-if-cached`.
    OnlyIfCached,
    /// `reload`.
    Reload,
}

/// When an XHR's `upload` object gets a listener.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UploadListener {
    /// After `send()`, which is too late to matter.
    AfterSend,
    /// Before `send()`, which forces a preflight.
    BeforeSend,
    /// Never.
    #[default]
    Never,
}

/// A cookie in the browser's jar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredCookie {
    /// The URL that set it.
    pub url: String,
    /// The `Set-Cookie` value that set it, such as `sid=1; Secure; SameSite=None`.
    pub set_cookie: String,
}

fn get() -> ByteString {
    "GET".into()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
