//! What a fault works on: one request to a faulty site, and the sane decision about it.

use std::sync::{OnceLock, atomic::AtomicUsize};

use crosscheck_vectors::policy::Policy;
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN},
};

use crate::{
    policy::Configured,
    request::{Headers, RequestHead},
    respond::{self, Decision, HeaderLines, OriginVerdict, Preflight, Refused, Verdict},
};

/// What a faulty site remembers from one request to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(super) first_verdict: OnceLock<OriginVerdict>,
    pub(super) n_preflights: AtomicUsize,
}

/// One request to a faulty site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case<'a> {
    pub(super) policy: &'a Configured,
    /// The policy as the operator wrote it.
    pub(super) intent: &'a Policy,
    pub(super) memory: &'a Memory,
    pub(super) request: &'a RequestHead<'a>,
}

impl Case<'_> {
    /// The first `Origin` line.
    pub(super) fn origin(&self) -> Option<&[u8]> {
        self.request.headers.values(&ORIGIN).next()
    }

    /// Whether there is an origin that the policy does not let read.
    pub(super) fn withholds(&self) -> bool {
        let verdict = respond::judge_origin(self.policy, self.request.headers);
        self.origin().is_some() && verdict == OriginVerdict::Withheld
    }

    /// The decision if the policy listed `origin`.
    pub(super) fn trusting(&self, origin: &[u8]) -> Option<Decision> {
        let value = HeaderValue::from_bytes(origin).ok()?;
        let verdict = OriginVerdict::Listed(value);
        Some(respond::respond_as(self.policy, self.request, verdict))
    }

    /// The sane decision if the request had these lines called `name` and no others.
    pub(super) fn with_header(&self, name: &HeaderName, values: &[&[u8]]) -> Decision {
        self.with_headers(&[(name, values)])
    }

    /// The sane decision if the request had these lines instead of any others of their names.
    pub(super) fn with_headers(&self, changes: &[(&HeaderName, &[&[u8]])]) -> Decision {
        let mut lines = self.request.headers.lines();
        for (name, values) in changes {
            let name = name.as_str().as_bytes();
            lines.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
            lines.extend(values.iter().map(|value| (name, *value)));
        }
        let headers = Headers::Lines(&lines);
        let request = RequestHead {
            headers,
            ..*self.request
        };
        respond::respond(self.policy, &request)
    }
}

impl Decision {
    pub(super) fn headers_mut(&mut self) -> &mut HeaderLines {
        match self {
            Self::Preflight(preflight) => &mut preflight.headers,
            Self::Actual(actual) => &mut actual.headers,
        }
    }

    /// Whether the origin is told that it may read.
    pub(super) fn grants_origin(&mut self) -> bool {
        has(self.headers_mut(), &ACCESS_CONTROL_ALLOW_ORIGIN)
    }

    /// The preflight, if it is one and is granted.
    pub(super) fn granted_preflight(&mut self) -> Option<&mut Preflight> {
        match self {
            Self::Preflight(preflight) if preflight.verdict == Verdict::Granted => Some(preflight),
            Self::Preflight(_) | Self::Actual(_) => None,
        }
    }

    /// Whether it is a preflight that is refused because of this.
    pub(super) fn is_refused_for(&self, because: Refused) -> bool {
        match self {
            Self::Preflight(preflight) => preflight.verdict == Verdict::Refused(because),
            Self::Actual(_) => false,
        }
    }

    /// An answer of the CORS layer alone.
    pub(super) fn answer(status: StatusCode, headers: HeaderLines) -> Self {
        let verdict = Verdict::Granted;
        Self::Preflight(Preflight {
            verdict,
            status,
            headers,
        })
    }
}

pub(super) fn has(headers: &HeaderLines, name: &HeaderName) -> bool {
    headers.iter().any(|(found, _)| found == name)
}

pub(super) fn value<'a>(headers: &'a HeaderLines, name: &HeaderName) -> Option<&'a HeaderValue> {
    let line = headers.iter().find(|(found, _)| found == name);
    line.map(|(_, value)| value)
}

pub(super) fn remove(headers: &mut HeaderLines, name: &HeaderName) {
    headers.retain(|(found, _)| found != name);
}

/// Makes `value` the only line called `name`; a value that cannot be sent changes nothing.
pub(super) fn set(headers: &mut HeaderLines, name: HeaderName, value: impl AsRef<[u8]>) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_ref()) {
        remove(headers, &name);
        headers.push((name, value));
    }
}

/// Changes the value of the lines called `name`, if there are any.
pub(super) fn rewrite(
    headers: &mut HeaderLines,
    name: &HeaderName,
    new: impl FnOnce(&[u8]) -> Vec<u8>,
) {
    if let Some(old) = value(headers, name) {
        let new = new(old.as_bytes());
        set(headers, name.clone(), new);
    }
}
