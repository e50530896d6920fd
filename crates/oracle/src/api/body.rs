//! Bodies as script gives them, and the Content-Type they imply.

use data_url::mime::Mime;
use url::form_urlencoded;

use crate::{header::HeaderList, request::RequestBody};

/// A body as script gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallBody {
    /// A `Blob`: its type, empty if it has none, and its bytes.
    Blob {
        /// The type.
        content_type: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// An `ArrayBuffer` or a view on one.
    Buffer(Vec<u8>),
    /// A `Document`, serialized; only for XHR.
    Document {
        /// Whether it is an HTML or an XML document.
        document_type: DocumentType,
        /// Its text.
        text: String,
    },
    /// `FormData`, with strings only.
    FormData(Vec<(String, String)>),
    /// What a `ReadableStream` produces; only for `fetch()`.
    Stream(Vec<u8>),
    /// A string.
    Text(String),
    /// `URLSearchParams`.
    UrlEncoded(Vec<(String, String)>),
}

/// The type of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentType {
    /// HTML.
    Html,
    /// XML.
    Xml,
}

/// A body, and the Content-Type it implies.
pub(crate) struct Extracted {
    pub(crate) body: RequestBody,
    pub(crate) content_type: Option<Vec<u8>>,
}

impl CallBody {
    /// Spec: <https://fetch.spec.whatwg.org/#concept-bodyinit-extract>
    pub(crate) fn extract(self) -> Extracted {
        let (bytes, content_type) = match self {
            Self::Blob {
                content_type,
                bytes,
            } => (
                bytes,
                (!content_type.is_empty()).then(|| content_type.into_bytes()),
            ),
            Self::Buffer(bytes) => (bytes, None),
            Self::Document {
                document_type,
                text,
            } => {
                let content_type = match document_type {
                    DocumentType::Html => "text/html;charset=UTF-8",
                    DocumentType::Xml => "application/xml;charset=UTF-8",
                };
                (text.into_bytes(), Some(content_type.into()))
            }
            Self::FormData(entries) => {
                let boundary = boundary(&entries);
                let content_type = format!("multipart/form-data; boundary={boundary}");
                let bytes = encode_form_data(&entries, &boundary);
                (bytes, Some(content_type.into_bytes()))
            }
            Self::Stream(bytes) => {
                return Extracted {
                    body: RequestBody::Stream(bytes),
                    content_type: None,
                };
            }
            Self::Text(text) => (text.into_bytes(), Some("text/plain;charset=UTF-8".into())),
            Self::UrlEncoded(pairs) => {
                let text = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&pairs)
                    .finish();
                let content_type = "application/x-www-form-urlencoded;charset=UTF-8";
                (text.into_bytes(), Some(content_type.into()))
            }
        };
        Extracted {
            body: RequestBody::Bytes(bytes),
            content_type,
        }
    }

    /// What `XMLHttpRequest.send()` makes of the body and of the author's Content-Type.
    ///
    /// Spec: <https://xhr.spec.whatwg.org/#the-send()-method>
    pub(super) fn send_with(self, list: &mut HeaderList) -> RequestBody {
        let is_text = matches!(self, Self::Text(_) | Self::Document { .. });
        let extracted = self.extract();
        match list.get("content-type") {
            // The text was encoded as UTF-8, so an author's other charset would be a lie.
            Some(author) if is_text => {
                if let Some(corrected) = with_utf8_charset(&author) {
                    list.set("Content-Type", corrected);
                }
            }
            Some(_) => {}
            None => {
                if let Some(content_type) = extracted.content_type {
                    list.set("Content-Type", content_type);
                }
            }
        }
        extracted.body
    }
}

/// `value` with its charset replaced by UTF-8; `None` if it has none, or that one, or is broken.
fn with_utf8_charset(value: &[u8]) -> Option<Vec<u8>> {
    // A header's bytes are characters of the same number here, and back.
    let text: String = value.iter().copied().map(char::from).collect();
    let mut mime: Mime = text.parse().ok()?;
    let mut parameters = mime.parameters.iter_mut();
    let (_, charset) = parameters.find(|(name, _)| name == "charset")?;
    if charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    "UTF-8".clone_into(charset);
    mime.to_string()
        .chars()
        .map(|c| u8::try_from(c).ok())
        .collect()
}

/// A boundary that none of `entries` contains. The same entries give the same one.
fn boundary(entries: &[(String, String)]) -> String {
    let mut boundary = "----crosscheckFormBoundary".to_owned();
    while entries
        .iter()
        .any(|(name, value)| name.contains(&boundary) || value.contains(&boundary))
    {
        boundary.push('x');
    }
    boundary
}

/// Spec: <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>
fn encode_form_data(entries: &[(String, String)], boundary: &str) -> Vec<u8> {
    let mut text = String::new();
    for (name, value) in entries {
        let name = normalize_newlines(name)
            .replace("\r\n", "%0D%0A")
            .replace('"', "%22");
        let value = normalize_newlines(value);
        text.extend(["--", boundary, "\r\n"]);
        text.extend([
            "Content-Disposition: form-data; name=\"",
            &name,
            "\"\r\n\r\n",
        ]);
        text.extend([value.as_str(), "\r\n"]);
    }
    text.extend(["--", boundary, "--\r\n"]);
    text.into_bytes()
}

fn normalize_newlines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\n', "\r\n")
}
