//! The origins of a policy, and their near-misses.

use url::Url;

use super::Filled;
use crate::{
    near_miss::{Asker, NearMiss, Trusted},
    policy::{Listing, OriginRule},
};

/// The origin for `base` changed by `change`; none if there is no such role.
pub(super) fn resolve(
    base: &str,
    change: Option<&str>,
    origins: &Listing<OriginRule>,
) -> Option<Filled> {
    let filled = match base {
        "allowed_origin" => exact(origins, 0, "https://app.example"),
        "other_allowed_origin" => exact(origins, 1, "https://other.example"),
        "denied_origin" => denied(origins, "https://denied.example".to_owned()),
        "allowed_subdomain" => near_miss_of_pattern("subdomain", origins),
        "bare_domain" => {
            pattern(origins).and_then(|url| denied(origins, Trusted::of_url(&url).serialize()))
        }
        "sibling_domain" => {
            near_miss_of_pattern("prefix", origins).and_then(|origin| denied(origins, origin))
        }
        _ => return None,
    };
    let Some(change) = change else {
        return Some(filled);
    };
    let family = NearMiss::of_role(change)?;
    Some(filled.and_then(|origin| {
        let url = Url::parse(&origin).map_err(|_no_url| "its origin is no URL")?;
        let changed = near_miss(family, &url).ok_or("its origin cannot be changed so")?;
        denied(origins, changed)
    }))
}

/// The near-misses that the origin of a page can be, if a policy does not permit it.
pub const OF_PAGES: [&str; 32] = [
    "suffix",
    "prefix",
    "substring",
    "dot",
    "port",
    "scheme",
    "subdomain",
    "parent",
    "trailing-dot",
    "tld",
    "longer",
    "shorter",
    "twice",
    "hyphen",
    "hyphen-suffix",
    "hyphen-prefix",
    "longer-port",
    "look-alike",
    "exclamation-mark",
    "dollar",
    "ampersand",
    "apostrophe",
    "parenthesis",
    "asterisk",
    "plus",
    "comma",
    "semicolon",
    "equals",
    "underscore",
    "backtick",
    "brace",
    "tilde",
];

/// The near-miss called `change` of `origin`; none if there is none.
pub fn near_miss_of(change: &str, origin: &str) -> Option<String> {
    near_miss(NearMiss::of_role(change)?, &Url::parse(origin).ok()?)
}

fn near_miss(family: &NearMiss, url: &Url) -> Option<String> {
    family.resembling(&Trusted::of_url(url), &mut Asker::Vector)
}

fn exact(origins: &Listing<OriginRule>, index: usize, any: &str) -> Filled {
    if origins.is_any() {
        return Ok(any.to_owned());
    }
    let exact = |rule: &OriginRule| match rule {
        OriginRule::Exact(origin) => Some(origin.clone()),
        OriginRule::Null | OriginRule::SubdomainsOf(_) => None,
    };
    origins
        .listed()
        .iter()
        .filter_map(exact)
        .nth(index)
        .ok_or("it lists too few origins")
}

fn pattern(origins: &Listing<OriginRule>) -> Result<Url, &'static str> {
    let base = |rule: &OriginRule| match rule {
        OriginRule::SubdomainsOf(origin) => Url::parse(origin).ok(),
        OriginRule::Null | OriginRule::Exact(_) => None,
    };
    origins
        .listed()
        .iter()
        .find_map(base)
        .ok_or("it has no pattern for subdomains")
}

/// The near-miss called `change` of the first pattern's origin.
fn near_miss_of_pattern(change: &str, origins: &Listing<OriginRule>) -> Filled {
    let family = NearMiss::of_role(change);
    let url = pattern(origins)?;
    let origin = family.and_then(|family| near_miss(family, &url));
    origin.ok_or("the origin of its pattern cannot be changed so")
}

/// `origin`, unless the policy means to let it in.
fn denied(origins: &Listing<OriginRule>, origin: String) -> Filled {
    if origins.means(&origin) {
        Err("it permits that origin")
    } else {
        Ok(origin)
    }
}
