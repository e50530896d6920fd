//! Sane policies: what the server lets itself be configured with.

mod refusal;

use crosscheck_http1::token;
use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};
use http::HeaderValue;

pub use self::refusal::{NameList, Refusal};
use crate::origin::Parts;

/// The longest max age that is taken, in seconds.
const LONGEST_MAX_AGE: u32 = 86400;

/// A policy that the server enforces.
///
/// Any origin, and `*` in any list, can be written without credentials only.
#[derive(Clone, Debug)]
pub enum Configured {
    /// Nobody may read with credentials.
    Anonymous(Anonymous),
    /// The listed origins may read with credentials.
    Credentialed(Credentialed),
}

/// A policy without credentials.
#[derive(Clone, Debug)]
pub struct Anonymous {
    origins: AnonymousOrigins,
    methods: Listing<HeaderValue>,
    request_headers: Listing<Vec<u8>>,
    exposed: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

/// A policy with credentials.
#[derive(Clone, Debug)]
pub struct Credentialed {
    origins: Origins,
    methods: Vec<HeaderValue>,
    request_headers: Vec<Vec<u8>>,
    exposed: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

#[derive(Clone, Debug)]
enum AnonymousOrigins {
    Any,
    Listed(Origins),
    ListedAndNull(Origins),
}

#[derive(Clone, Debug, Default)]
struct Origins {
    /// Sorted; ready to be sent.
    exact: Vec<HeaderValue>,
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    scheme: String,
    /// The host with a dot before it.
    dot_host: String,
    port: Option<String>,
}

impl Configured {
    /// Whether listed origins may read with credentials.
    pub fn allows_credentials(&self) -> bool {
        matches!(self, Self::Credentialed(_))
    }

    /// Whether every origin may read.
    pub fn allows_any_origin(&self) -> bool {
        match self {
            Self::Anonymous(policy) => matches!(policy.origins, AnonymousOrigins::Any),
            Self::Credentialed(_) => false,
        }
    }

    /// The value that tells `origin` that it may read, unless any origin may.
    pub(crate) fn listed_origin(&self, origin: &[u8]) -> Option<HeaderValue> {
        let origins = match self {
            Self::Anonymous(policy) => match &policy.origins {
                AnonymousOrigins::Any => return None,
                AnonymousOrigins::ListedAndNull(_) if origin == b"null" => {
                    return Some(HeaderValue::from_static("null"));
                }
                AnonymousOrigins::Listed(origins) | AnonymousOrigins::ListedAndNull(origins) => {
                    origins
                }
            },
            Self::Credentialed(policy) => &policy.origins,
        };
        origins.find(origin)
    }

    /// The value that grants `method`, if it is allowed; compares bytes.
    pub(crate) fn granted_method(&self, method: &[u8]) -> Option<HeaderValue> {
        let among = |listed: &[HeaderValue]| listed.iter().find(|item| *item == method).cloned();
        match (method, self) {
            (b"GET", _) => Some(HeaderValue::from_static("GET")),
            (b"HEAD", _) => Some(HeaderValue::from_static("HEAD")),
            (b"POST", _) => Some(HeaderValue::from_static("POST")),
            (_, Self::Anonymous(policy)) => match &policy.methods {
                Listing::Any => HeaderValue::from_bytes(method).ok(),
                Listing::Listed(methods) => among(methods),
            },
            (_, Self::Credentialed(policy)) => among(&policy.methods),
        }
    }

    /// The request headers that pages may set; none if all.
    pub(crate) fn listed_request_headers(&self) -> Option<&[Vec<u8>]> {
        match self {
            Self::Anonymous(policy) => match &policy.request_headers {
                Listing::Any => None,
                Listing::Listed(names) => Some(names),
            },
            Self::Credentialed(policy) => Some(&policy.request_headers),
        }
    }

    /// The value of `Access-Control-Expose-Headers`, if any header is exposed.
    pub(crate) fn exposed(&self) -> Option<&HeaderValue> {
        match self {
            Self::Anonymous(policy) => policy.exposed.as_ref(),
            Self::Credentialed(policy) => policy.exposed.as_ref(),
        }
    }

    /// The value of `Access-Control-Max-Age`, if configured.
    pub(crate) fn max_age(&self) -> Option<&HeaderValue> {
        match self {
            Self::Anonymous(policy) => policy.max_age.as_ref(),
            Self::Credentialed(policy) => policy.max_age.as_ref(),
        }
    }
}

impl TryFrom<&Policy> for Configured {
    type Error = Refusal;

    fn try_from(policy: &Policy) -> Result<Self, Refusal> {
        let methods = methods(&policy.methods)?;
        let request_headers = names(&policy.request_headers, NameList::RequestHeaders)?;
        let exposed = names(&policy.response_headers, NameList::ResponseHeaders)?;
        let max_age = max_age(policy.max_age)?;
        if !policy.credentials {
            return Ok(Self::Anonymous(Anonymous {
                origins: anonymous_origins(&policy.origins)?,
                methods,
                request_headers,
                exposed: match exposed {
                    Listing::Any => Some(HeaderValue::from_static("*")),
                    Listing::Listed(names) => joined(&names),
                },
                max_age,
            }));
        }
        Ok(Self::Credentialed(Credentialed {
            origins: credentialed_origins(&policy.origins)?,
            methods: listed(methods, NameList::Methods)?,
            request_headers: listed(request_headers, NameList::RequestHeaders)?,
            exposed: joined(&listed(exposed, NameList::ResponseHeaders)?),
            max_age,
        }))
    }
}

impl Origins {
    fn find(&self, origin: &[u8]) -> Option<HeaderValue> {
        let exact = self
            .exact
            .binary_search_by(|listed| listed.as_bytes().cmp(origin));
        if let Some(listed) = exact.ok().and_then(|at| self.exact.get(at)) {
            return Some(listed.clone());
        }
        if self.patterns.is_empty() {
            return None;
        }
        let parts = Parts::parse(origin).ok()?;
        let matches = self.patterns.iter().any(|pattern| pattern.matches(&parts));
        matches
            .then(|| HeaderValue::from_bytes(origin).ok())
            .flatten()
    }

    fn add(&mut self, rule: &OriginRule) -> Result<(), Refusal> {
        match rule {
            OriginRule::Exact(origin) => {
                parse(origin)?;
                self.exact.extend(HeaderValue::from_str(origin));
            }
            OriginRule::SubdomainsOf(origin) => self.patterns.push(Pattern::new(origin)?),
            // Kept beside the list, since a credentialed policy has no place for it.
            OriginRule::Null => {}
        }
        Ok(())
    }

    fn new(rules: &[OriginRule]) -> Result<Self, Refusal> {
        let mut origins = Self::default();
        for rule in rules {
            origins.add(rule)?;
        }
        origins
            .exact
            .sort_unstable_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
        Ok(origins)
    }
}

impl Pattern {
    fn new(origin: &str) -> Result<Self, Refusal> {
        let parts = parse(origin)?;
        if parts.is_address() {
            let origin = origin.to_owned();
            return Err(Refusal::PatternOverAddress { origin });
        }
        Ok(Self {
            scheme: parts.scheme.to_owned(),
            dot_host: format!(".{}", parts.host),
            port: parts.port.map(str::to_owned),
        })
    }

    fn matches(&self, origin: &Parts<'_>) -> bool {
        origin.scheme == self.scheme
            && origin.port == self.port.as_deref()
            && origin.host.len() > self.dot_host.len()
            && origin.host.ends_with(&self.dot_host)
    }
}

fn parse(origin: &str) -> Result<Parts<'_>, Refusal> {
    Parts::parse(origin.as_bytes()).map_err(|because| Refusal::NotAnOrigin {
        origin: origin.to_owned(),
        because,
    })
}

fn anonymous_origins(origins: &Listing<OriginRule>) -> Result<AnonymousOrigins, Refusal> {
    Ok(match origins {
        Listing::Any => AnonymousOrigins::Any,
        Listing::Listed(rules) if rules.contains(&OriginRule::Null) => {
            AnonymousOrigins::ListedAndNull(Origins::new(rules)?)
        }
        Listing::Listed(rules) => AnonymousOrigins::Listed(Origins::new(rules)?),
    })
}

fn credentialed_origins(origins: &Listing<OriginRule>) -> Result<Origins, Refusal> {
    let Listing::Listed(rules) = origins else {
        return Err(Refusal::AnyOriginWithCredentials);
    };
    for rule in rules {
        match rule {
            OriginRule::Exact(origin) => check_secure(origin)?,
            OriginRule::Null => return Err(Refusal::NullWithCredentials),
            OriginRule::SubdomainsOf(origin) => {
                check_secure(origin)?;
                if parse(origin)?.is_public_suffix() {
                    let origin = origin.clone();
                    return Err(Refusal::PublicSuffixWithCredentials { origin });
                }
            }
        }
    }
    Origins::new(rules)
}

fn check_secure(origin: &str) -> Result<(), Refusal> {
    if parse(origin)?.is_insecure() {
        let origin = origin.to_owned();
        return Err(Refusal::InsecureOriginWithCredentials { origin });
    }
    Ok(())
}

fn methods(methods: &Listing<String>) -> Result<Listing<HeaderValue>, Refusal> {
    for method in methods.listed() {
        if ["CONNECT", "TRACE", "TRACK"]
            .iter()
            .any(|forbidden| method.eq_ignore_ascii_case(forbidden))
        {
            let method = method.clone();
            return Err(Refusal::ForbiddenMethod { method });
        }
    }
    Ok(match names(methods, NameList::Methods)? {
        Listing::Any => Listing::Any,
        Listing::Listed(names) => {
            let value = |name: Vec<u8>| HeaderValue::try_from(name).ok();
            Listing::Listed(names.into_iter().filter_map(value).collect())
        }
    })
}

fn names(names: &Listing<String>, list: NameList) -> Result<Listing<Vec<u8>>, Refusal> {
    let Listing::Listed(names) = names else {
        return Ok(Listing::Any);
    };
    for name in names {
        if name == "*" {
            return Err(Refusal::WildcardItem { list });
        }
        if !token::is_token(name.as_bytes()) {
            let name = name.clone();
            return Err(Refusal::NotAToken { list, name });
        }
    }
    let bytes = names.iter().map(|name| name.as_bytes().to_vec());
    Ok(Listing::Listed(bytes.collect()))
}

fn listed<T>(names: Listing<T>, list: NameList) -> Result<Vec<T>, Refusal> {
    match names {
        Listing::Any => Err(Refusal::AnyWithCredentials { list }),
        Listing::Listed(names) => Ok(names),
    }
}

/// The names as one header value; none if there are no names.
fn joined(names: &[Vec<u8>]) -> Option<HeaderValue> {
    if names.is_empty() {
        return None;
    }
    HeaderValue::from_bytes(&names.join(&b", "[..])).ok()
}

fn max_age(max_age: MaxAge) -> Result<Option<HeaderValue>, Refusal> {
    match max_age {
        MaxAge::Disable => Ok(Some(HeaderValue::from_static("0"))),
        MaxAge::Seconds(seconds) if seconds > LONGEST_MAX_AGE => Err(Refusal::MaxAge { seconds }),
        MaxAge::Seconds(seconds) => Ok(Some(HeaderValue::from(seconds))),
        MaxAge::Unset => Ok(None),
    }
}

#[cfg(test)]
mod tests;
