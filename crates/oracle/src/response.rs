//! Responses as they arrive, and the classes of their status.

use crate::header::HeaderList;

/// A response as it arrived.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-response>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The headers, as they were received.
    pub headers: HeaderList,
    /// The body; empty if there was none.
    pub body: Vec<u8>,
}

impl Response {
    /// A response without headers and body.
    pub const fn new(status: u16) -> Self {
        Self {
            status,
            headers: HeaderList::new(),
            body: Vec::new(),
        }
    }

    /// The same response with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(name, value);
        self
    }
}

/// Whether `status` is an ok status: 200 to 299.
///
/// Spec: <https://fetch.spec.whatwg.org/#ok-status>
pub const fn is_ok_status(status: u16) -> bool {
    matches!(status, 200..=299)
}

/// Whether `status` is a redirect status: 301, 302, 303, 307 or 308.
///
/// Spec: <https://fetch.spec.whatwg.org/#redirect-status>
pub const fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Whether a response of `status` has no body: 101, 103, 204, 205 or 304.
///
/// Spec: <https://fetch.spec.whatwg.org/#null-body-status>
pub const fn is_null_body_status(status: u16) -> bool {
    matches!(status, 101 | 103 | 204 | 205 | 304)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_statuses() {
        let all: Vec<u16> = (0..=999).filter(|&status| is_ok_status(status)).collect();
        assert_eq!(all, (200..=299).collect::<Vec<_>>());
    }

    #[test]
    fn redirect_statuses() {
        let all: Vec<u16> = (0..=999).filter(|&s| is_redirect_status(s)).collect();
        assert_eq!(all, [301, 302, 303, 307, 308]);
    }

    #[test]
    fn null_body_statuses() {
        let all: Vec<u16> = (0..=999).filter(|&s| is_null_body_status(s)).collect();
        assert_eq!(all, [101, 103, 204, 205, 304]);
    }
}
