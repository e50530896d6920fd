//! `Referer` and the policies that shorten or drop it.

use url::{Host, Url};

use crate::{
    extract::{Extracted, extract_list},
    header::HeaderList,
    origin::{Origin, urls_are_same_origin},
    request::{ReferrerPolicy, Request},
};

/// The longest `Referer`, in characters, that is not cut down to the origin.
const MAX_LENGTH: usize = 4096;

/// The URL that `Referer` names for the current URL of `request`; `None` for no such header.
///
/// Spec: <https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer>
pub fn determine_referrer(request: &Request) -> Option<Url> {
    let source = request.referrer.as_ref()?;
    let url = request.current_url();
    match keep(request.referrer_policy, source, url) {
        Keep::Nothing => None,
        Keep::Origin => origin_only(source),
        Keep::Whole => stripped(source)
            .filter(|referrer| referrer.as_str().len() <= MAX_LENGTH)
            .or_else(|| origin_only(source)),
    }
}

/// How much of the referrer a policy keeps.
enum Keep {
    Nothing,
    Origin,
    Whole,
}

fn keep(policy: ReferrerPolicy, source: &Url, url: &Url) -> Keep {
    let same_origin = urls_are_same_origin(source, url);
    let downgrade = is_potentially_trustworthy(source) && !is_potentially_trustworthy(url);
    match policy {
        ReferrerPolicy::NoReferrer => Keep::Nothing,
        ReferrerPolicy::NoReferrerWhenDowngrade => {
            if downgrade {
                Keep::Nothing
            } else {
                Keep::Whole
            }
        }
        ReferrerPolicy::Origin => Keep::Origin,
        ReferrerPolicy::OriginWhenCrossOrigin => {
            if same_origin {
                Keep::Whole
            } else {
                Keep::Origin
            }
        }
        ReferrerPolicy::SameOrigin => {
            if same_origin {
                Keep::Whole
            } else {
                Keep::Nothing
            }
        }
        ReferrerPolicy::StrictOrigin => {
            if downgrade {
                Keep::Nothing
            } else {
                Keep::Origin
            }
        }
        ReferrerPolicy::StrictOriginWhenCrossOrigin | ReferrerPolicy::Empty => {
            let across = if downgrade {
                Keep::Nothing
            } else {
                Keep::Origin
            };
            if same_origin { Keep::Whole } else { across }
        }
        ReferrerPolicy::UnsafeUrl => Keep::Whole,
    }
}

/// The policy that a response sets for the rest of a fetch: the last item of `Referrer-Policy`
/// that names one. `None` if there is none.
///
/// Spec: <https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header>
pub fn parse_referrer_policy(headers: &HeaderList) -> Option<ReferrerPolicy> {
    match extract_list(headers, "referrer-policy") {
        Extracted::Items(items) => items.into_iter().rev().find_map(policy_named),
        Extracted::Absent | Extracted::Malformed => None,
    }
}

fn policy_named(item: &[u8]) -> Option<ReferrerPolicy> {
    Some(match item.to_ascii_lowercase().as_slice() {
        b"no-referrer" => ReferrerPolicy::NoReferrer,
        b"no-referrer-when-downgrade" => ReferrerPolicy::NoReferrerWhenDowngrade,
        b"origin" => ReferrerPolicy::Origin,
        b"origin-when-cross-origin" => ReferrerPolicy::OriginWhenCrossOrigin,
        b"same-origin" => ReferrerPolicy::SameOrigin,
        b"strict-origin" => ReferrerPolicy::StrictOrigin,
        b"strict-origin-when-cross-origin" => ReferrerPolicy::StrictOriginWhenCrossOrigin,
        b"unsafe-url" => ReferrerPolicy::UnsafeUrl,
        _ => return None,
    })
}

fn origin_only(url: &Url) -> Option<Url> {
    match Origin::of_url(url) {
        Origin::Tuple(origin) => Url::parse(origin.serialize()).ok(),
        Origin::Opaque(_) => None,
    }
}

/// Spec: <https://w3c.github.io/webappsec-referrer-policy/#strip-url>
fn stripped(url: &Url) -> Option<Url> {
    if matches!(url.scheme(), "about" | "blob" | "data") {
        return None;
    }
    let mut url = url.clone();
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

/// Spec: <https://w3c.github.io/webappsec-secure-contexts/#potentially-trustworthy-url>
fn is_potentially_trustworthy(url: &Url) -> bool {
    matches!(url.scheme(), "https" | "wss" | "data" | "file")
        || match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                name == "localhost" || name.ends_with(".localhost")
            }
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

#[cfg(test)]
mod tests;
