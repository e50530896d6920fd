//! Origins, and their serialization, which is what CORS compares.

use std::fmt;

use thiserror::Error;
use url::Url;

/// The origin of a page or of a URL.
///
/// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#concept-origin>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// An origin that is the same only as itself, told apart from others by a number.
    ///
    /// The number 0 stands for an origin nothing is known of, not the same even as another 0.
    /// Sandboxed documents and those made from `data:` URLs have such origins.
    Opaque(u64),
    /// A scheme, host and port.
    Tuple(TupleOrigin),
}

/// A scheme, host and port, which have one serialization.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TupleOrigin {
    serialized: Box<str>,
    scheme_length: usize,
    host_length: usize,
    port: Option<u16>,
}

/// Why a text is not a serialized origin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OriginParseError {
    /// It names an origin, but not in the one way that an origin is serialized.
    #[error("`{text}` is not a serialized origin; that would be `{expected}`")]
    NotSerialized {
        /// What was given.
        text: String,
        /// The serialization of the origin it names.
        expected: String,
    },
    /// URLs of this scheme have opaque origins, all serialized as `null`.
    #[error("URLs with the scheme `{0}` have opaque origins")]
    OpaqueScheme(String),
    /// It is not an absolute URL.
    #[error("`{text}` is not an absolute URL")]
    Url {
        /// What was given.
        text: String,
        /// What the URL parser says.
        source: url::ParseError,
    },
}

impl Origin {
    /// The origin of `url`: a tuple for http, https, ws, wss and ftp, that of the inner URL for
    /// `blob:`, otherwise an unknown opaque one.
    ///
    /// Spec: <https://url.spec.whatwg.org/#concept-url-origin>
    pub fn of_url(url: &Url) -> Self {
        match (url.scheme(), url.host_str()) {
            ("blob", _) => {
                Url::parse(url.path()).map_or(Self::Opaque(0), |inner| match inner.scheme() {
                    "http" | "https" => Self::of_url(&inner),
                    _ => Self::Opaque(0),
                })
            }
            (scheme, Some(host)) if has_tuple_origin(scheme) => {
                Self::Tuple(TupleOrigin::new(scheme, host, url.port()))
            }
            _ => Self::Opaque(0),
        }
    }

    /// Reads a serialized origin; `null` gives an unknown opaque one.
    ///
    /// # Errors
    ///
    /// If `text` is anything but the serialization of an origin: a slash at the end, a path,
    /// user info, upper case, a default port or a Unicode host name are refused.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#http-origin>
    pub fn parse(text: &str) -> Result<Self, OriginParseError> {
        if text == "null" {
            return Ok(Self::Opaque(0));
        }
        let url = Url::parse(text).map_err(|source| OriginParseError::Url {
            text: text.to_owned(),
            source,
        })?;
        if !has_tuple_origin(url.scheme()) {
            return Err(OriginParseError::OpaqueScheme(url.scheme().to_owned()));
        }
        let origin = Self::of_url(&url);
        if origin.serialize() == text {
            Ok(origin)
        } else {
            Err(OriginParseError::NotSerialized {
                text: text.to_owned(),
                expected: origin.serialize().to_owned(),
            })
        }
    }

    /// `null`, or `scheme://host`, with `:port` unless it is the scheme's default.
    ///
    /// Lower case, host names in their ASCII form, IPv6 in brackets, no slash at the end.
    ///
    /// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin>
    pub fn serialize(&self) -> &str {
        match self {
            Self::Opaque(_) => "null",
            Self::Tuple(tuple) => tuple.serialize(),
        }
    }

    /// Whether scheme, host and port are equal, or both are one and the same opaque origin.
    ///
    /// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#same-origin>
    pub fn same_origin(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Opaque(a), Self::Opaque(b)) => a == b && *a != 0,
            (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Opaque(_), Self::Tuple(_)) | (Self::Tuple(_), Self::Opaque(_)) => false,
        }
    }

    /// [`Origin::same_origin`] with the origin of `url`, without allocating for http and https.
    pub fn same_origin_as_url(&self, url: &Url) -> bool {
        if url.scheme() == "blob" {
            return self.same_origin(&Self::of_url(url));
        }
        match self {
            Self::Opaque(_) => false,
            Self::Tuple(tuple) => {
                tuple.scheme() == url.scheme()
                    && Some(tuple.host()) == url.host_str()
                    && tuple.port == url.port()
            }
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.serialize())
    }
}

impl TupleOrigin {
    fn new(scheme: &str, host: &str, port: Option<u16>) -> Self {
        let serialized = match port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        Self {
            serialized: serialized.into_boxed_str(),
            scheme_length: scheme.len(),
            host_length: host.len(),
            port,
        }
    }

    /// `scheme://host`, with `:port` unless it is the scheme's default.
    pub const fn serialize(&self) -> &str {
        &self.serialized
    }

    /// The scheme, in lower case.
    pub fn scheme(&self) -> &str {
        self.part(0, self.scheme_length)
    }

    /// The host as it is serialized: lower case, ASCII, IPv6 in brackets.
    pub fn host(&self) -> &str {
        self.part(self.scheme_length + "://".len(), self.host_length)
    }

    /// The port, absent if it is the scheme's default.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    fn part(&self, start: usize, length: usize) -> &str {
        let part = self.serialized.get(start..start + length);
        part.expect("both lengths were measured when the text was put together")
    }
}

impl fmt::Debug for TupleOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TupleOrigin")
            .field(&self.serialized)
            .finish()
    }
}

/// Whether two URLs have the same tuple origin.
pub(crate) fn urls_are_same_origin(a: &Url, b: &Url) -> bool {
    has_tuple_origin(a.scheme())
        && a.scheme() == b.scheme()
        && a.host_str() == b.host_str()
        && a.port() == b.port()
}

fn has_tuple_origin(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp")
}

#[cfg(test)]
mod tests;
