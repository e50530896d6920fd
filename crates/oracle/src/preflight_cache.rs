//! The CORS-preflight cache: which permissions are remembered, for whom and how long.

use std::collections::BTreeMap;

use url::Url;

use crate::{
    credentials::Credentials,
    method::is_cors_safelisted_method,
    preflight::Grant,
    request::{CredentialsMode, Request},
    safelist::is_cors_non_wildcard_request_header_name,
};

const WILDCARD: &[u8] = b"*";

/// A point in time, in milliseconds since any fixed moment of the caller's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// The moment `seconds` later, or the last one there is.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
}

/// Permissions that were granted by preflights and may be used again.
///
/// Keyed by partition, origin, URL (fragment and all) and whether credentials were included. The
/// cache mode of a request, `Vary` and `Cache-Control` have no influence on it.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-cache>
#[derive(Clone, Debug, Default)]
pub struct PreflightCache {
    limit: Option<u64>,
    scopes: Vec<Scope>,
}

/// What one preflight permits: a method or a header name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CachedPermission<'a> {
    /// A header name in lower case, or `*`.
    HeaderName(&'a [u8]),
    /// A method, or `*`.
    Method(&'a [u8]),
}

/// An entry of the cache.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-cache>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheEntry<'a> {
    /// The network partition key.
    pub key: &'a [u8],
    /// The byte-serialized origin.
    pub origin: &'a [u8],
    /// The URL, fragment and all.
    pub url: &'a Url,
    /// Whether it came from a request with credentials mode "include".
    pub credentials: Credentials,
    /// What is permitted.
    pub permission: CachedPermission<'a>,
    /// The first moment at which it is no longer usable.
    pub expires: Millis,
}

/// The entries with one key, origin, URL and credentials.
#[derive(Clone, Debug)]
struct Scope {
    key: Vec<u8>,
    origin: Vec<u8>,
    url: Url,
    credentials: Credentials,
    methods: BTreeMap<Vec<u8>, Millis>,
    /// Names in lower case.
    header_names: BTreeMap<Vec<u8>, Millis>,
}

impl PreflightCache {
    /// An empty cache that believes any max-age.
    pub const fn new() -> Self {
        Self {
            limit: None,
            scopes: Vec::new(),
        }
    }

    /// An empty cache that keeps nothing longer than `seconds`.
    pub const fn with_limit(seconds: u64) -> Self {
        Self {
            limit: Some(seconds),
            scopes: Vec::new(),
        }
    }

    /// Whether `request`, with these CORS-unsafe request-header names, may be sent without a
    /// new preflight.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    pub fn permits(&self, request: &Request, unsafe_names: &[Vec<u8>], now: Millis) -> bool {
        let method_is_asked_for =
            !is_cors_safelisted_method(&request.method) || request.use_cors_preflight.is_set();
        (!method_is_asked_for || self.method_match(request, &request.method, now))
            && unsafe_names
                .iter()
                .all(|name| self.header_name_match(request, name, now))
    }

    /// Whether there is a method cache entry match for `method` using `request`.
    ///
    /// Methods are compared by bytes; an entry `*` matches any.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-cache-match-method>
    pub fn method_match(&self, request: &Request, method: &[u8], now: Millis) -> bool {
        self.matching_scopes(request).any(|scope| {
            // By the letter this also holds for a `*` that came with credentials, where it was
            // no wildcard when it was granted.
            [method, WILDCARD]
                .iter()
                .filter_map(|method| scope.methods.get(*method))
                .any(|&expires| now < expires)
        })
    }

    /// Whether there is a header-name cache entry match for `name` using `request`.
    ///
    /// Names are compared without case; an entry `*` matches any but `Authorization`.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-cache-match-header>
    pub fn header_name_match(&self, request: &Request, name: &[u8], now: Millis) -> bool {
        let name = name.to_ascii_lowercase();
        self.matching_scopes(request).any(|scope| {
            matching_header_names(&name)
                .filter_map(|name| scope.header_names.get(name))
                .any(|&expires| now < expires)
        })
    }

    /// Remembers what a preflight for `request` granted.
    ///
    /// Entries that match already are given the new max-age from now on; what has expired goes.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    pub fn store(&mut self, request: &Request, grant: &Grant<'_>, now: Millis) {
        self.purge(now);
        let max_age = self
            .limit
            .map_or(grant.max_age, |limit| grant.max_age.min(limit));
        // The standard sets the max-age of an entry without saying from when it counts.
        let expires = now.plus_seconds(max_age);
        for &method in &grant.methods {
            let renewed = self.renew(request, |scope| {
                renew(&mut scope.methods, [method, WILDCARD].into_iter(), expires)
            });
            if !renewed {
                let scope = self.scope(request);
                scope.methods.insert(method.to_vec(), expires);
            }
        }
        for name in &grant.header_names {
            let name = name.to_ascii_lowercase();
            let renewed = self.renew(request, |scope| {
                renew(
                    &mut scope.header_names,
                    matching_header_names(&name),
                    expires,
                )
            });
            if !renewed {
                self.scope(request).header_names.insert(name, expires);
            }
        }
        self.purge(now);
    }

    /// Forgets all permissions for the partition, origin and current URL of `request`, with or
    /// without credentials.
    ///
    /// After redirects that is the last URL, not the one that was preflighted.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-cache-clear>
    pub fn clear(&mut self, request: &Request) {
        self.scopes.retain(|scope| !scope.is_for(request));
    }

    /// Forgets what has expired by `now`.
    pub fn purge(&mut self, now: Millis) {
        for scope in &mut self.scopes {
            scope.methods.retain(|_, expires| now < *expires);
            scope.header_names.retain(|_, expires| now < *expires);
        }
        self.scopes
            .retain(|scope| !scope.methods.is_empty() || !scope.header_names.is_empty());
    }

    /// The entries, usable or not, in the order of their first preflight.
    pub fn entries(&self) -> impl Iterator<Item = CacheEntry<'_>> {
        self.scopes.iter().flat_map(Scope::entries)
    }

    /// How many entries there are. Expired ones count until the next [`PreflightCache::store`] or
    /// [`PreflightCache::purge`].
    pub fn len(&self) -> usize {
        self.scopes
            .iter()
            .map(|scope| scope.methods.len() + scope.header_names.len())
            .sum()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn matching_scopes(&self, request: &Request) -> impl Iterator<Item = &Scope> {
        self.scopes.iter().filter(|scope| scope.matches(request))
    }

    /// Renews matching entries in all matching scopes, and says whether there was one.
    fn renew(&mut self, request: &Request, renew_in: impl Fn(&mut Scope) -> bool) -> bool {
        let mut renewed = false;
        for scope in &mut self.scopes {
            renewed |= scope.matches(request) && renew_in(scope);
        }
        renewed
    }

    /// The scope in which permissions for `request` are stored.
    fn scope(&mut self, request: &Request) -> &mut Scope {
        let credentials = scope_credentials(request);
        let position = self
            .scopes
            .iter()
            .position(|scope| scope.is_for(request) && scope.credentials == credentials);
        let index = position.unwrap_or_else(|| {
            self.scopes.push(Scope {
                key: request.network_partition_key.clone(),
                origin: request.byte_serialized_origin().to_vec(),
                url: request.current_url().clone(),
                credentials,
                methods: BTreeMap::new(),
                header_names: BTreeMap::new(),
            });
            self.scopes.len() - 1
        });
        self.scopes
            .get_mut(index)
            .expect("the index was found or pushed just now")
    }
}

impl Scope {
    /// Whether partition, origin and URL are those of `request`.
    fn is_for(&self, request: &Request) -> bool {
        self.url == *request.current_url()
            && self.origin == request.byte_serialized_origin()
            && self.key == request.network_partition_key
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-cache-match>
    fn matches(&self, request: &Request) -> bool {
        self.is_for(request)
            && (self.credentials.is_included()
                || request.credentials_mode != CredentialsMode::Include)
    }

    fn entries(&self) -> impl Iterator<Item = CacheEntry<'_>> {
        let methods = self
            .methods
            .iter()
            .map(|(method, &expires)| (CachedPermission::Method(method), expires));
        let header_names = self
            .header_names
            .iter()
            .map(|(name, &expires)| (CachedPermission::HeaderName(name), expires));
        methods
            .chain(header_names)
            .map(|(permission, expires)| CacheEntry {
                key: &self.key,
                origin: &self.origin,
                url: &self.url,
                credentials: self.credentials,
                permission,
                expires,
            })
    }
}

fn scope_credentials(request: &Request) -> Credentials {
    match request.credentials_mode {
        CredentialsMode::Include => Credentials::Include,
        CredentialsMode::Omit | CredentialsMode::SameOrigin => Credentials::Omit,
    }
}

/// The header names of entries that match `name`, which is in lower case.
fn matching_header_names(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let wildcard = (!is_cors_non_wildcard_request_header_name(name)).then_some(WILDCARD);
    std::iter::once(name).chain(wildcard)
}

/// Gives all of `names` that there are the expiry `expires`, and says whether there was one.
fn renew<'a>(
    entries: &mut BTreeMap<Vec<u8>, Millis>,
    names: impl Iterator<Item = &'a [u8]>,
    expires: Millis,
) -> bool {
    let mut renewed = false;
    for name in names {
        if let Some(entry) = entries.get_mut(name) {
            *entry = expires;
            renewed = true;
        }
    }
    renewed
}

#[cfg(test)]
mod tests;
