//! What a page fetches with besides `fetch()` and `XMLHttpRequest`.

use url::Url;

use crate::{
    api::CallBody,
    failure::Failure,
    fetch::Outcome,
    filter::{FilteredResponse, ResponseType},
    mime::has_essence,
    network::KEEPALIVE_QUOTA,
    origin::Origin,
    request::{
        CacheMode, CorsAttribute, CredentialsMode, Flag, RedirectMode, Request, RequestMode,
    },
    response::{Response, is_ok_status},
    safelist::is_cors_safelisted_request_header,
    trace::Trace,
};

/// An element, or an interface, that fetches in a way of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// `navigator.sendBeacon()`.
    Beacon,
    /// `EventSource`.
    EventSource,
    /// A font of CSS.
    Font,
    /// `img`.
    Image,
    /// A script that a worker imports by `importScripts()`.
    ImportedScript,
    /// `audio` and `video`.
    Media,
    /// A module, however it is imported; but not the script of a worker.
    Module,
    /// A frame, or a form that is submitted.
    Navigation,
    /// `script` that is no module.
    Script,
    /// `link rel=stylesheet`.
    Stylesheet,
    /// `track`.
    Track,
    /// `WebSocket`.
    WebSocket,
    /// The script that a worker starts with.
    WorkerScript,
}

/// How far a page can look into what it fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// It can use it and learns nothing about it.
    Closed,
    /// It can look into it.
    Open,
}

/// How a fetch ended for the page.
#[derive(Clone, Debug)]
pub struct Used {
    /// How far it can look into what was fetched, or why there is nothing.
    pub result: Result<Access, Failure>,
    /// The way there.
    pub trace: Trace,
}

impl Feature {
    /// The request with which the feature fetches `url`.
    ///
    /// `attribute` is the element's; a font and a worker have none, and for an `EventSource`
    /// "use-credentials" is `withCredentials`.
    ///
    /// Spec: <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#create-a-potential-cors-request>
    pub fn request(self, origin: Origin, url: Url, attribute: CorsAttribute) -> Request {
        let always_cors = match attribute {
            CorsAttribute::NoCors => CorsAttribute::Anonymous,
            CorsAttribute::Anonymous | CorsAttribute::UseCredentials => attribute,
        };
        let mut request = match self {
            Self::Image | Self::Media | Self::Script | Self::Stylesheet => {
                Request::potential_cors(origin, url, attribute)
            }
            Self::EventSource | Self::Font | Self::Module => {
                Request::potential_cors(origin, url, always_cors)
            }
            Self::Track => Request::potential_cors(origin, url, attribute).or_same_origin(),
            Self::WebSocket => Request::websocket(origin, url),
            Self::Beacon | Self::ImportedScript | Self::Navigation | Self::WorkerScript => {
                Request::new(origin, url)
            }
        };
        if self == Self::Beacon {
            request.method = b"POST".to_vec();
            request.keepalive = Flag::Set;
        }
        if matches!(self, Self::Beacon | Self::Navigation) {
            request.credentials_mode = CredentialsMode::Include;
        }
        if self == Self::EventSource {
            request.cache_mode = CacheMode::NoStore;
        }
        if self == Self::Navigation {
            request.mode = RequestMode::Navigate;
            request.redirect_mode = RedirectMode::Manual;
        }
        if self == Self::WorkerScript {
            request.mode = RequestMode::SameOrigin;
        }
        if let Some(accept) = self.accept() {
            request.headers.push("Accept", accept);
        }
        request
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-fetch>
    const fn accept(self) -> Option<&'static str> {
        match self {
            Self::EventSource => Some("text/event-stream"),
            Self::Image => Some("image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"),
            Self::Navigation => {
                Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
            }
            Self::Stylesheet => Some("text/css,*/*;q=0.1"),
            Self::Beacon
            | Self::Font
            | Self::ImportedScript
            | Self::Media
            | Self::Module
            | Self::Script
            | Self::Track
            | Self::WebSocket
            | Self::WorkerScript => None,
        }
    }

    /// What a page of `page` gets of a fetch that ended with `outcome`; `last` is the response that
    /// came over the network last, as it was. A beacon and a frame never tell of a failure.
    pub fn access(self, page: &Origin, outcome: Outcome, last: Option<&Response>) -> Used {
        let Outcome { result, mut trace } = outcome;
        let unusable = Failure::Unusable {
            status: last.map_or(0, |last| last.status),
        };
        let result = self.open(page, result, last);
        if result.as_ref().is_err_and(|failure| *failure == unusable) {
            trace.fail(unusable);
        }
        Used { result, trace }
    }

    fn open(
        self,
        page: &Origin,
        result: Result<FilteredResponse, Failure>,
        last: Option<&Response>,
    ) -> Result<Access, Failure> {
        if self == Self::Beacon {
            return Ok(Access::Closed);
        }
        if self == Self::Navigation {
            let url = result.ok().and_then(|response| response.url);
            return Ok(match url {
                Some(url) if page.same_origin_as_url(&url) => Access::Open,
                _ => Access::Closed,
            });
        }
        let response = result?;
        if let Some(last) = last
            && !self.takes(last)
        {
            return Err(Failure::Unusable {
                status: last.status,
            });
        }
        Ok(match response.response_type {
            ResponseType::Basic | ResponseType::Cors => Access::Open,
            ResponseType::Opaque | ResponseType::OpaqueRedirect => Access::Closed,
        })
    }

    /// Whether the feature has a use for a response with this status and type. Content that is not
    /// what its type says is not looked at.
    fn takes(self, response: &Response) -> bool {
        let is_ok = is_ok_status(response.status);
        let is = |essences: &[(&[u8], &[u8])]| {
            let content_type = response.headers.get("content-type");
            content_type.is_some_and(|value| has_essence(&value, essences))
        };
        match self {
            Self::Beacon
            | Self::Font
            | Self::Image
            | Self::Media
            | Self::Navigation
            | Self::Track => true,
            Self::EventSource => response.status == 200 && is(&[(b"text", b"event-stream")]),
            Self::ImportedScript | Self::Module | Self::WorkerScript => is_ok && is(JAVASCRIPT),
            Self::Script => is_ok,
            Self::Stylesheet => is_ok && is(&[(b"text", b"css")]),
            Self::WebSocket => response.status == 101,
        }
    }
}

/// Spec: <https://mimesniff.spec.whatwg.org/#javascript-mime-type>
const JAVASCRIPT: &[(&[u8], &[u8])] = &[
    (b"application", b"ecmascript"),
    (b"application", b"javascript"),
    (b"application", b"x-ecmascript"),
    (b"application", b"x-javascript"),
    (b"text", b"ecmascript"),
    (b"text", b"javascript"),
    (b"text", b"javascript1.0"),
    (b"text", b"javascript1.1"),
    (b"text", b"javascript1.2"),
    (b"text", b"javascript1.3"),
    (b"text", b"javascript1.4"),
    (b"text", b"javascript1.5"),
    (b"text", b"jscript"),
    (b"text", b"livescript"),
    (b"text", b"x-ecmascript"),
    (b"text", b"x-javascript"),
];

impl Request {
    /// The request of `navigator.sendBeacon(url, data)`.
    ///
    /// The Beacon Standard forgets to set the unsafe-request flag, without which "cors" would ask
    /// for no permission; that it is meant is plain from what it says about the mode.
    ///
    /// # Errors
    ///
    /// If the data are too long, in which case the page is told so.
    ///
    /// Spec: <https://w3c.github.io/beacon/#sendbeacon-method>
    pub fn beacon(origin: Origin, url: Url, data: Option<CallBody>) -> Result<Self, Failure> {
        let mut request = Feature::Beacon.request(origin, url, CorsAttribute::NoCors);
        let Some(data) = data else {
            return Ok(request);
        };
        let extracted = data.extract();
        request.body = extracted.body;
        let n_bytes = request.body.bytes().map_or(0, <[u8]>::len);
        if n_bytes > KEEPALIVE_QUOTA {
            return Err(Failure::KeepaliveQuota { n_bytes });
        }
        if let Some(content_type) = extracted.content_type {
            if !is_cors_safelisted_request_header(b"content-type", &content_type) {
                request.mode = RequestMode::Cors;
                request.unsafe_request = Flag::Set;
            }
            request.headers.push("Content-Type", content_type);
        }
        Ok(request)
    }

    /// The navigation of a form that is submitted by POST, with these names and values.
    ///
    /// Spec: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#submit-body>
    pub fn form(origin: Origin, url: Url, fields: Vec<(String, String)>) -> Self {
        let mut request = Feature::Navigation.request(origin, url, CorsAttribute::NoCors);
        request.method = b"POST".to_vec();
        request.body = CallBody::UrlEncoded(fields).extract().body;
        let content_type = "application/x-www-form-urlencoded";
        request.headers.push("Content-Type", content_type);
        request
    }

    /// The same request, which stays on its own origin instead of using "no-cors".
    fn or_same_origin(mut self) -> Self {
        if self.mode == RequestMode::NoCors {
            self.mode = RequestMode::SameOrigin;
        }
        self
    }
}

#[cfg(test)]
mod tests;
