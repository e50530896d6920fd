//! What a page is told to do, and what came of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a call is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The serialised origin of the page, such as `https://app.example`.
    pub origin: String,
    /// The page itself, or a frame in it.
    pub frame: Frame,
    /// Whose cookies and caches count.
    pub jar: Jar,
}

impl Place {
    /// The page of `origin` itself, with the shared jar.
    pub fn top(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            frame: Frame::Top,
            jar: Jar::Shared,
        }
    }
}

/// Which document or worker of a page makes the calls. All but the page itself are made by it when
/// they are first needed, and kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frame {
    /// A frame that shows `about:blank`.
    Blank,
    /// A frame made from a `blob:` URL.
    Blob,
    /// A dedicated worker made from a `blob:` URL.
    BlobWorker,
    /// A frame of the same origin that a service worker controls.
    Controlled,
    /// A frame of the same origin with the embedder policy `credentialless`.
    Credentialless,
    /// A frame made from a `data:` URL; its origin is opaque.
    Data,
    /// A dedicated worker made from a `data:` URL; its origin is opaque.
    DataWorker,
    /// A frame of another site: that of the page's host without the name of the framing one.
    Foreign,
    /// A sandboxed frame inside the page: its origin is opaque, so it sends `Origin: null`.
    Sandboxed,
    /// A service worker.
    ServiceWorker,
    /// A shared worker.
    SharedWorker,
    /// A frame with `srcdoc`.
    Srcdoc,
    /// The page itself.
    #[default]
    Top,
    /// A dedicated worker.
    Worker,
}

impl Frame {
    /// Whether the browser tells over the page's own session what becomes of its requests. Those of
    /// workers it tells elsewhere.
    pub(super) fn tells_reasons(self) -> bool {
        !matches!(
            self,
            Self::BlobWorker
                | Self::Controlled
                | Self::DataWorker
                | Self::ServiceWorker
                | Self::SharedWorker
                | Self::Worker
        )
    }
}

/// A set of cookies and caches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Jar {
    /// One extra browser context.
    Isolated,
    /// The profile's own.
    #[default]
    Shared,
}

/// Whether the browser is asked why calls failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Witness {
    /// No: full speed.
    #[default]
    Quiet,
    /// Yes: failed calls get [`Ending::cors_error`] and [`Ending::net_error`].
    Reasons,
}

/// One call for a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Names the call among all that a page makes at the time: letters, digits and hyphens. It
    /// also stands in `url` as a word of its own, since the browser's reasons are found by it.
    pub id: String,
    /// The absolute URL.
    pub url: String,
    /// The members of `crosscheck_vectors::client::Client`, as JSON.
    pub client: Value,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Ending {
    /// The call's id.
    pub id: String,
    /// How it ended for the page.
    pub outcome: Outcome,
    /// Name and message of the exception that the page got.
    pub exception: Option<String>,
    /// The response's `type`; an XHR does not tell.
    pub response_type: Option<String>,
    /// The status that the page sees, which is 0 for an opaque response; none without a response.
    pub status: Option<u16>,
    /// All headers that the page sees: lower-case names, sorted; values combined, one code point
    /// per byte.
    pub headers: Vec<(String, String)>,
    /// The body that the page reads, one code point per byte; none if it cannot read one, or if it
    /// breaks off.
    pub body: Option<String>,
    /// The response's URL; empty without one.
    pub url: String,
    /// Whether the page sees that there was a redirect.
    pub redirected: bool,
    /// What the browser's CORS implementation said.
    #[serde(default)]
    pub cors_error: Option<CorsError>,
    /// What the browser's network stack said of a failed call, such as `net::ERR_FAILED`; `net::OK`
    /// if it was content and the page got an error all the same.
    #[serde(default)]
    pub net_error: Option<String>,
}

/// How a call ended for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The interface refused the call; nothing was sent.
    ApiError,
    /// It failed with nothing to see.
    NetworkError,
    /// A response of type `opaque`.
    Opaque,
    /// A response of type `opaqueredirect`.
    OpaqueRedirect,
    /// A response of type `basic` or `cors`.
    Readable,
    /// It did not end in time.
    Timeout,
}

/// Why the browser's CORS implementation refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
pub struct CorsError {
    /// `Network.CorsError` of the DevTools protocol, such as `MissingAllowOriginHeader`.
    #[serde(rename = "corsError")]
    pub code: String,
    /// The value, method or name at fault; may be empty.
    #[serde(rename = "failedParameter", default)]
    pub parameter: String,
}

/// A cookie for a jar.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cookie {
    /// The URL that sets it.
    pub url: String,
    /// The `Set-Cookie` value that sets it.
    pub set_cookie: String,
}
