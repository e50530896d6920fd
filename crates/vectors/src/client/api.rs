//! By what means, and from where, a page fetches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The interface or element that makes the request.
///
/// Where it does not show the response itself, the outcome is `readable` if the page can look into
/// what was fetched, and `opaque` if it can only use it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    /// `navigator.sendBeacon()` with `body`. The page learns nothing of the answer, so the outcome is
    /// `opaque` unless the call itself is refused.
    Beacon,
    /// `import()` in a classic script.
    DynamicImport,
    /// `EventSource`, open until an event of the type `end`; `credentials: include` is
    /// `withCredentials`. It reconnects meanwhile, if the answers end before.
    EventSource,
    /// `fetch()`.
    #[default]
    Fetch,
    /// `FontFace.load()`.
    Font,
    /// A form with the fields of `body`, submitted by POST into a frame. `readable` means that the
    /// page can look into the frame.
    Form,
    /// An `iframe`. `readable` means that the page can look into it.
    Iframe,
    /// An `img`, which is then drawn on a canvas. `readable` means that the canvas can be read.
    Img,
    /// `importScripts()`; only in workers. The script must throw an error: `readable` means that the
    /// worker is told which.
    ImportScripts,
    /// An `audio` element. `readable` means that its sound can be captured.
    Media,
    /// A module script.
    Module,
    /// `link rel=modulepreload`.
    ModulePreload,
    /// `new Worker()` with `type: "module"`. The script must post a message.
    ModuleWorker,
    /// No page at all: one HTTP request as given, which a browser cannot be made to send.
    Raw,
    /// A classic `script` element. The script must throw an error: `readable` means that the page is
    /// told which.
    Script,
    /// `navigator.serviceWorker.register()`.
    ServiceWorker,
    /// `new SharedWorker()`. The script must post a message to whoever connects.
    SharedWorker,
    /// A module that an inline module script imports.
    StaticImport,
    /// `link rel=stylesheet`. `readable` means that its rules can be read.
    Stylesheet,
    /// `fetch()`, whose entry in the performance timeline is then looked at. `readable` means that
    /// it tells when the request was sent, `opaque` that it does not.
    Timing,
    /// A `track` in a `video`, which has the `crossorigin` attribute.
    Track,
    /// `WebSocket`.
    #[serde(rename = "websocket")]
    WebSocket,
    /// `new Worker()`. The script must post a message.
    Worker,
    /// `XMLHttpRequest`, asynchronous.
    Xhr,
    /// `XMLHttpRequest`, synchronous.
    XhrSync,
}

impl Api {
    /// Whether the page gets the response itself, with a status, headers and a body.
    pub fn shows_response(self) -> bool {
        matches!(self, Self::Fetch | Self::Xhr | Self::XhrSync)
    }

    /// The fields of a client that say something to this interface, beside those that say where and
    /// when the call is made.
    pub(crate) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Beacon | Self::Form => &["body"],
            Self::EventSource | Self::Timing => &["credentials"],
            Self::Fetch => &[
                "blob",
                "body",
                "cache",
                "credentials",
                "headers",
                "integrity",
                "keepalive",
                "method",
                "mode",
                "redirect",
                "referrer_policy",
                "service_worker",
            ],
            Self::Img | Self::Media | Self::StaticImport | Self::Track => &["crossorigin"],
            Self::Module | Self::ModulePreload | Self::Script | Self::Stylesheet => {
                &["crossorigin", "integrity"]
            }
            Self::Raw => &["body", "headers", "method"],
            Self::Xhr | Self::XhrSync => &[
                "blob",
                "body",
                "credentials",
                "headers",
                "method",
                "password",
                "service_worker",
                "upload_listener",
                "username",
            ],
            Self::DynamicImport
            | Self::Font
            | Self::Iframe
            | Self::ImportScripts
            | Self::ModuleWorker
            | Self::ServiceWorker
            | Self::SharedWorker
            | Self::WebSocket
            | Self::Worker => &[],
        }
    }

    /// Whether it exists in `context`.
    pub(crate) fn exists_in(self, context: Context) -> bool {
        match self {
            Self::Fetch | Self::Raw => true,
            Self::EventSource | Self::WebSocket | Self::Xhr | Self::XhrSync => {
                context != Context::ServiceWorker
            }
            Self::ImportScripts => context.is_worker() && context != Context::ServiceWorker,
            Self::Beacon
            | Self::DynamicImport
            | Self::Font
            | Self::Form
            | Self::Iframe
            | Self::Img
            | Self::Media
            | Self::Module
            | Self::ModulePreload
            | Self::ModuleWorker
            | Self::Script
            | Self::ServiceWorker
            | Self::SharedWorker
            | Self::StaticImport
            | Self::Stylesheet
            | Self::Timing
            | Self::Track
            | Self::Worker => !context.is_worker(),
        }
    }
}

/// What kind of document or worker makes a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// A frame that shows `about:blank`, in a page of the origin, which it inherits.
    BlankFrame,
    /// A frame made from a `blob:` URL by a page of the origin.
    BlobFrame,
    /// A dedicated worker made from a `blob:` URL by a page of the origin.
    BlobWorker,
    /// A frame made from a `data:` URL; the origin is `null`.
    DataFrame,
    /// A dedicated worker made from a `data:` URL; the origin is `null`.
    DataWorker,
    /// A frame of the origin in a page of another site, which browsers keep apart from its own pages.
    ForeignFrame,
    /// A page of the origin, or a sandboxed frame if the origin is `null`.
    #[default]
    Page,
    /// A service worker.
    ServiceWorker,
    /// A shared worker.
    SharedWorker,
    /// A frame with `srcdoc`, in a page of the origin, which it inherits.
    SrcdocFrame,
    /// A dedicated worker.
    Worker,
}

impl Context {
    /// Whether it is made from a `data:` URL, so that its origin is opaque.
    pub fn is_data(self) -> bool {
        matches!(self, Self::DataFrame | Self::DataWorker)
    }

    /// Whether it is a worker, which has no elements.
    pub fn is_worker(self) -> bool {
        matches!(
            self,
            Self::BlobWorker
                | Self::DataWorker
                | Self::ServiceWorker
                | Self::SharedWorker
                | Self::Worker
        )
    }
}

/// The embedder policy of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EmbedderPolicy {
    /// `credentialless`.
    Credentialless,
    /// `unsafe-none`.
    #[default]
    UnsafeNone,
}

/// What a service worker does with the request that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceWorker {
    /// Answers with `new Response("made up")`.
    Answers,
    /// Grants a preflight by itself, if it is given one, and lets everything else go its way.
    AnswersPreflights,
    /// Answers with what it gets from `fetch()` of the same URL.
    FetchesCors,
    /// Answers with what it gets from `fetch()` of the same URL in mode `no-cors`.
    FetchesNoCors,
}
