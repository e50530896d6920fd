//! What a policy answers to a request: a pure function.

use crosscheck_http1::token;
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
        ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, ORIGIN, VARY,
    },
};

use crate::{
    origin::Parts,
    policy::Configured,
    request::{Headers, Occurs, RequestHead},
};

/// The most bytes of `Access-Control-Request-Headers` that are looked at, so that a hostile list
/// cannot make the server work or answer without bound.
const LONGEST_REQUESTED_HEADERS: usize = 8192;

const PREFLIGHT_VARY: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// Header lines of a response.
pub type HeaderLines = Vec<(HeaderName, HeaderValue)>;

/// What the CORS layer does about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Answer it; the application is not run.
    Preflight(Preflight),
    /// Run the application and add to its response.
    Actual(Actual),
}

/// The whole answer to a preflight; it has no body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// Whether it grants what was asked.
    pub verdict: Verdict,
    /// 204 if it does, else 403.
    pub status: StatusCode,
    /// All its headers, `Vary` included.
    pub headers: HeaderLines,
}

/// Whether a preflight is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that was asked for.
    Granted,
    /// Nothing, because of this.
    Refused(Refused),
}

/// The first thing that a preflight asks for and the policy withholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// `Access-Control-Request-Headers` is not a list of tokens, or is longer than 8192 bytes.
    HeaderList,
    /// A request header.
    Header,
    /// The method.
    Method,
    /// The origin.
    Origin,
}

/// What the layer adds to the response of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actual {
    /// `Access-Control-*` headers.
    pub headers: HeaderLines,
    /// Whether the headers depend on the request's origin.
    pub vary: Vary,
}

/// Whether `Origin` belongs into `Vary`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vary {
    /// The response is the same for every origin.
    Nothing,
    /// The response depends on the origin.
    Origin,
}

/// What a policy says about the origin of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OriginVerdict {
    /// The policy names it; this value tells the browser so.
    Listed(HeaderValue),
    /// There is none, and every origin may read.
    NotNeeded,
    /// It may not read, or is not an origin at all.
    Withheld,
}

/// Decides what to answer.
///
/// Spec: <https://fetch.spec.whatwg.org/#http-responses>
pub fn respond(policy: &Configured, request: &RequestHead<'_>) -> Decision {
    respond_as(policy, request, judge_origin(policy, request.headers))
}

/// Decides what to answer, once the origin has been judged.
pub(crate) fn respond_as(
    policy: &Configured,
    request: &RequestHead<'_>,
    origin: OriginVerdict,
) -> Decision {
    match request.requested_method() {
        Some(method) => Decision::Preflight(preflight(policy, request, method, origin)),
        None => Decision::Actual(actual(policy, origin)),
    }
}

/// Whether the policy lets the origin of these headers read.
pub(crate) fn judge_origin(policy: &Configured, headers: Headers<'_>) -> OriginVerdict {
    if policy.allows_any_origin() {
        return OriginVerdict::NotNeeded;
    }
    let listed = match headers.occurs(&ORIGIN) {
        Occurs::Once(origin) => policy.listed_origin(origin),
        Occurs::Never | Occurs::Repeatedly => None,
    };
    listed.map_or(OriginVerdict::Withheld, OriginVerdict::Listed)
}

fn actual(policy: &Configured, origin: OriginVerdict) -> Actual {
    let vary = match origin {
        OriginVerdict::NotNeeded => Vary::Nothing,
        OriginVerdict::Listed(_) | OriginVerdict::Withheld => Vary::Origin,
    };
    let mut headers = Vec::new();
    if push_origin_headers(policy, origin, &mut headers) {
        let exposed = policy.exposed().cloned();
        headers.extend(exposed.map(|names| (ACCESS_CONTROL_EXPOSE_HEADERS, names)));
    }
    Actual { headers, vary }
}

/// Pushes what tells the browser that the origin may read; returns whether it may.
fn push_origin_headers(
    policy: &Configured,
    origin: OriginVerdict,
    headers: &mut HeaderLines,
) -> bool {
    let value = match origin {
        OriginVerdict::Listed(value) => value,
        OriginVerdict::NotNeeded => HeaderValue::from_static("*"),
        OriginVerdict::Withheld => return false,
    };
    headers.reserve(3);
    headers.push((ACCESS_CONTROL_ALLOW_ORIGIN, value));
    if policy.allows_credentials() {
        let value = HeaderValue::from_static("true");
        headers.push((ACCESS_CONTROL_ALLOW_CREDENTIALS, value));
    }
    true
}

fn preflight(
    policy: &Configured,
    request: &RequestHead<'_>,
    method: &[u8],
    origin: OriginVerdict,
) -> Preflight {
    let mut headers = Vec::with_capacity(6);
    let granted = grant(policy, request, method, origin, &mut headers);
    let (verdict, status) = match granted {
        Ok(()) => (Verdict::Granted, StatusCode::NO_CONTENT),
        Err(refused) => {
            headers.clear();
            (Verdict::Refused(refused), StatusCode::FORBIDDEN)
        }
    };
    headers.push((VARY, HeaderValue::from_static(PREFLIGHT_VARY)));
    Preflight {
        verdict,
        status,
        headers,
    }
}

fn grant(
    policy: &Configured,
    request: &RequestHead<'_>,
    method: &[u8],
    origin: OriginVerdict,
    headers: &mut HeaderLines,
) -> Result<(), Refused> {
    if origin == OriginVerdict::NotNeeded && !has_one_origin(request.headers) {
        return Err(Refused::Origin);
    }
    if !push_origin_headers(policy, origin, headers) {
        return Err(Refused::Origin);
    }
    let requested = requested_headers(policy, request.headers)?;
    let method = policy.granted_method(method).ok_or(Refused::Method)?;
    let requested = requested.granted()?;
    // Only what was asked for is named, so that the rest of the policy stays private.
    headers.push((ACCESS_CONTROL_ALLOW_METHODS, method));
    if !requested.is_empty() {
        let names = HeaderValue::try_from(requested).map_err(|_cause| Refused::HeaderList)?;
        headers.push((ACCESS_CONTROL_ALLOW_HEADERS, names));
    }
    let max_age = policy.max_age().cloned();
    headers.extend(max_age.map(|seconds| (ACCESS_CONTROL_MAX_AGE, seconds)));
    Ok(())
}

/// Whether there is one `Origin` line, with `null` or a serialised origin.
fn has_one_origin(headers: Headers<'_>) -> bool {
    match headers.occurs(&ORIGIN) {
        Occurs::Once(origin) => origin == b"null" || Parts::parse(origin).is_ok(),
        Occurs::Never | Occurs::Repeatedly => false,
    }
}

/// The names asked for.
enum Requested {
    /// All are allowed; joined for the answer, empty if none was asked for.
    Allowed(Vec<u8>),
    /// One is not.
    Unlisted,
}

impl Requested {
    fn granted(self) -> Result<Vec<u8>, Refused> {
        match self {
            Self::Allowed(names) => Ok(names),
            Self::Unlisted => Err(Refused::Header),
        }
    }
}

/// Reads `Access-Control-Request-Headers`; a list that cannot be read fails first, before the
/// method is looked at, and an unlisted name only after it.
fn requested_headers(policy: &Configured, headers: Headers<'_>) -> Result<Requested, Refused> {
    let listed = policy.listed_request_headers();
    let mut room = LONGEST_REQUESTED_HEADERS;
    let mut names = Vec::new();
    let mut unlisted = false;
    for line in headers.values(&ACCESS_CONTROL_REQUEST_HEADERS) {
        room = room.checked_sub(line.len()).ok_or(Refused::HeaderList)?;
        names.reserve(line.len() + 2);
        for name in token::list(line) {
            let name = name.ok_or(Refused::HeaderList)?;
            let among =
                |listed: &[Vec<u8>]| listed.iter().any(|item| item.eq_ignore_ascii_case(name));
            unlisted |= !listed.is_none_or(among);
            if !names.is_empty() {
                names.extend_from_slice(b", ");
            }
            names.extend_from_slice(name);
        }
    }
    Ok(if unlisted {
        Requested::Unlisted
    } else {
        Requested::Allowed(names)
    })
}

impl Actual {
    /// Puts these headers into the response of the application.
    ///
    /// The layer is the only source of `Access-Control-*` headers: any from the application are
    /// replaced or dropped. `Vary` is added to, never overwritten, and `Origin` is not repeated.
    pub fn apply(self, headers: &mut HeaderMap) {
        drop_foreign(headers);
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        if self.vary == Vary::Origin && !varies_by_origin(headers) {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
    }
}

fn drop_foreign(headers: &mut HeaderMap) {
    let is_ours = |name: &&HeaderName| name.as_str().starts_with("access-control-");
    while let Some(name) = headers.keys().find(is_ours).cloned() {
        headers.remove(name);
    }
}

fn varies_by_origin(headers: &HeaderMap) -> bool {
    let items = headers
        .get_all(VARY)
        .into_iter()
        .flat_map(|line| token::list(line.as_bytes()))
        .flatten();
    let mut said = items.map(|item| item.eq_ignore_ascii_case(b"origin") || item == b"*");
    said.any(|said| said)
}

#[cfg(test)]
mod tests;
