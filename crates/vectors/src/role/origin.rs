//! The origins of a policy, and their near-misses.

use url::{Position, Url};

use super::Filled;
use crate::policy::{Listing, OriginRule};

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
        "allowed_subdomain" => {
            pattern(origins).map(|url| with_host(&url, &format!("sub.{}", host(&url))))
        }
        "bare_domain" => pattern(origins).and_then(|url| denied(origins, serialize(&url))),
        "sibling_domain" => pattern(origins)
            .and_then(|url| denied(origins, with_host(&url, &format!("evil{}", host(&url))))),
        _ => return None,
    };
    let Some(change) = change else {
        return Some(filled);
    };
    let near_miss = near_miss(change)?;
    Some(filled.and_then(|origin| {
        let url = Url::parse(&origin).map_err(|_no_url| "its origin is no URL")?;
        let changed = near_miss(&url).ok_or("its origin cannot be changed so")?;
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
    near_miss(change)?(&Url::parse(origin).ok()?)
}

type NearMiss = fn(&Url) -> Option<String>;

fn near_miss(change: &str) -> Option<NearMiss> {
    Some(match change {
        "suffix" => |url| Some(with_host(url, &format!("{}.evil.example", host(url)))),
        "www" => |url| Some(with_host(url, &format!("www.{}", host(url)))),
        "prefix" => |url| Some(with_host(url, &format!("evil{}", host(url)))),
        "substring" => |url| Some(with_host(url, &format!("x{}.evil.example", host(url)))),
        "dot" => |url| {
            host(url)
                .contains('.')
                .then(|| with_host(url, &host(url).replacen('.', "x", 1)))
        },
        "port" => |url| {
            let port = if url.port() == Some(8443) { 9443 } else { 8443 };
            Some(format!("{}://{}:{port}", url.scheme(), host(url)))
        },
        "scheme" => |url| {
            let (_, rest) = serialize(url)
                .split_once("://")
                .map(|(a, b)| (a.to_owned(), b.to_owned()))?;
            Some(format!(
                "{}://{rest}",
                if url.scheme() == "https" {
                    "http"
                } else {
                    "https"
                }
            ))
        },
        "subdomain" => |url| Some(with_host(url, &format!("sub.{}", host(url)))),
        "parent" => |url| {
            let (_, parent) = host(url).split_once('.')?;
            parent.contains('.').then(|| with_host(url, parent))
        },
        "trailing-dot" => |url| Some(with_host(url, &format!("{}.", host(url)))),
        "tld" => |url| {
            let (name, tld) = host(url).rsplit_once('.')?;
            let other = if tld == "test" { "example" } else { "test" };
            Some(with_host(url, &format!("{name}.{other}")))
        },
        "longer" => |url| Some(with_host(url, &format!("{}s", host(url)))),
        "shorter" => |url| {
            let shorter = host(url).get(1..)?;
            (!shorter.starts_with('.')).then(|| with_host(url, shorter))
        },
        "twice" => |url| Some(with_host(url, &format!("{0}.{0}", host(url)))),
        "hyphen" => |url| {
            host(url)
                .contains('.')
                .then(|| with_host(url, &host(url).replacen('.', "-", 1)))
        },
        "hyphen-suffix" => |url| Some(with_host(url, &format!("{}-evil.example", host(url)))),
        "hyphen-prefix" => |url| Some(with_host(url, &format!("evil-{}", host(url)))),
        "longer-port" => |url| {
            let port = u32::from(url.port_or_known_default()?) * 10;
            let port = u16::try_from(port).ok()?;
            Some(format!("{}://{}:{port}", url.scheme(), host(url)))
        },
        "look-alike" => look_alike,
        "exclamation-mark" => |url| Some(marked(url, '!')),
        "dollar" => |url| Some(marked(url, '$')),
        "ampersand" => |url| Some(marked(url, '&')),
        "apostrophe" => |url| Some(marked(url, '\'')),
        "parenthesis" => |url| Some(marked(url, '(')),
        "asterisk" => |url| Some(marked(url, '*')),
        "plus" => |url| Some(marked(url, '+')),
        "comma" => |url| Some(marked(url, ',')),
        "semicolon" => |url| Some(marked(url, ';')),
        "equals" => |url| Some(marked(url, '=')),
        "underscore" => |url| Some(marked(url, '_')),
        "backtick" => |url| Some(marked(url, '`')),
        "brace" => |url| Some(marked(url, '{')),
        "tilde" => |url| Some(marked(url, '~')),
        // What follows is never sent by a browser.
        "upper" => |url| Some(serialize(url).to_ascii_uppercase()),
        "slash" => |url| Some(format!("{}/", serialize(url))),
        "path" => |url| Some(format!("{}/app", serialize(url))),
        "userinfo" => |url| Some(serialize(url).replacen("://", "://user@", 1)),
        "default-port" => |url| {
            let default = if url.scheme() == "https" { 443 } else { 80 };
            url.port()
                .is_none()
                .then(|| format!("{}:{default}", serialize(url)))
        },
        "space-list" => |url| Some(format!("{} https://evil.example", serialize(url))),
        _ => return None,
    })
}

/// The host, cut off by a character that the URL parser permits in hosts, before another domain.
fn marked(url: &Url, mark: char) -> String {
    with_host(url, &format!("{}{mark}.evil.example", host(url)))
}

/// The host with a Cyrillic letter in place of a Latin one, as browsers write it.
fn look_alike(url: &Url) -> Option<String> {
    let twins = [('a', 'а'), ('e', 'е'), ('o', 'о'), ('p', 'р'), ('c', 'с')];
    let (latin, cyrillic) = twins
        .into_iter()
        .find(|(latin, _)| host(url).contains(*latin))?;
    let name = host(url).replacen(latin, &cyrillic.to_string(), 1);
    Some(serialize(&Url::parse(&with_host(url, &name)).ok()?))
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

/// `origin`, unless the policy means to let it in.
fn denied(origins: &Listing<OriginRule>, origin: String) -> Filled {
    if origins.means(&origin) {
        Err("it permits that origin")
    } else {
        Ok(origin)
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

fn serialize(url: &Url) -> String {
    format!(
        "{}://{}",
        url.scheme(),
        &url[Position::BeforeHost..Position::AfterPort]
    )
}

fn with_host(url: &Url, host: &str) -> String {
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{}://{host}{port}", url.scheme())
}
