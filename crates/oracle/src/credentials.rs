//! Cookies, TLS client certificates and authentication entries: whether they go with a request.
//!
//! Spec: <https://fetch.spec.whatwg.org/#credentials>

/// Whether the caller attaches cookies and other credentials, and stores `Set-Cookie`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Both.
    Include,
    /// Neither.
    Omit,
}

impl Credentials {
    /// Whether they are included.
    pub const fn is_included(self) -> bool {
        matches!(self, Self::Include)
    }
}
