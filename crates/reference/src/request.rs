//! The part of a request that decides its answer.

use crosscheck_http1::token;
use http::{HeaderMap, HeaderName, HeaderValue, Request};

/// Method, target and header lines of a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The method, as it came.
    pub method: &'a [u8],
    /// Path and query, as they came.
    pub target: &'a [u8],
    /// The header lines.
    pub headers: Headers<'a>,
}

/// Header lines, as they came off a wire or as `http` keeps them.
#[derive(Clone, Copy, Debug)]
pub enum Headers<'a> {
    /// Pairs of name and value, in order, spelled as they came; duplicates stay.
    Lines(&'a [(&'a [u8], &'a [u8])]),
    /// Names in lower case.
    Map(&'a HeaderMap),
}

/// How often a header occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occurs<'a> {
    Never,
    Once(&'a [u8]),
    Repeatedly,
}

impl<'a> Headers<'a> {
    /// The values of all lines called `name`, in order; names compare without case.
    pub(crate) fn values(self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        let (map, lines) = match self {
            Self::Lines(lines) => (None, lines),
            Self::Map(map) => (Some(map), &[][..]),
        };
        let of_lines = lines
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name.as_str().as_bytes()))
            .map(|(_, value)| *value);
        map.map(|map| map.get_all(name).into_iter())
            .into_iter()
            .flatten()
            .map(HeaderValue::as_bytes)
            .chain(of_lines)
    }

    /// All lines, in order.
    pub fn lines(self) -> Vec<(&'a [u8], &'a [u8])> {
        match self {
            Self::Lines(lines) => lines.to_vec(),
            Self::Map(map) => map
                .iter()
                .map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()))
                .collect(),
        }
    }

    pub(crate) fn occurs(self, name: &HeaderName) -> Occurs<'a> {
        match self {
            Self::Lines(_) => Occurs::count(self.values(name)),
            // The common case of the layer, kept short.
            Self::Map(map) => Occurs::count(map.get_all(name).iter().map(HeaderValue::as_bytes)),
        }
    }
}

impl<'a> Occurs<'a> {
    fn count(mut values: impl Iterator<Item = &'a [u8]>) -> Self {
        match (values.next(), values.next()) {
            (None, _) => Self::Never,
            (Some(value), None) => Self::Once(value),
            (Some(_), Some(_)) => Self::Repeatedly,
        }
    }
}

impl<'a, B> From<&'a Request<B>> for RequestHead<'a> {
    fn from(request: &'a Request<B>) -> Self {
        let target = request.uri().path_and_query();
        Self {
            method: request.method().as_str().as_bytes(),
            target: target.map_or(b"/", |target| target.as_str().as_bytes()),
            headers: Headers::Map(request.headers()),
        }
    }
}

impl<'a> RequestHead<'a> {
    /// The method that a preflight asks for; none if this is not a preflight.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#cors-preflight-request>
    pub fn requested_method(&self) -> Option<&'a [u8]> {
        if self.method != b"OPTIONS" || self.headers.occurs(&http::header::ORIGIN) == Occurs::Never
        {
            return None;
        }
        match self
            .headers
            .occurs(&http::header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            Occurs::Once(method) if token::is_token(method) => Some(method),
            Occurs::Once(_) | Occurs::Never | Occurs::Repeatedly => None,
        }
    }

    /// The target up to its query.
    pub fn path(&self) -> &'a [u8] {
        self.split_target().0
    }

    /// What follows the first `?`; empty if nothing does.
    pub fn query(&self) -> &'a [u8] {
        self.split_target().1
    }

    fn split_target(&self) -> (&'a [u8], &'a [u8]) {
        let at = self.target.iter().position(|byte| *byte == b'?');
        at.and_then(|at| Some((self.target.get(..at)?, self.target.get(at + 1..)?)))
            .unwrap_or((self.target, b""))
    }
}
