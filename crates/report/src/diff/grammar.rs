//! The grammar of the response headers.
//!
//! Spec: <https://fetch.spec.whatwg.org/#http-new-header-syntax>

use crosscheck_vectors::bytes::ByteString;

use super::Broken;
use crate::{
    observation::{SeenResponse, lines},
    printable::quoted_list,
};

/// Every `Access-Control-*` header of `answer` that breaks its grammar.
pub(super) fn broken(answer: &SeenResponse) -> Vec<Broken> {
    type Rule = fn(&[&ByteString]) -> bool;
    const RULES: [(&str, &str, Rule); 6] = [
        (
            "Access-Control-Allow-Origin",
            "at most one line: `*`, `null` or one serialised origin",
            is_one_origin,
        ),
        (
            "Access-Control-Allow-Credentials",
            "at most one line: `true`",
            is_true,
        ),
        (
            "Access-Control-Allow-Methods",
            "a list of tokens",
            is_token_list,
        ),
        (
            "Access-Control-Allow-Headers",
            "a list of tokens",
            is_token_list,
        ),
        (
            "Access-Control-Expose-Headers",
            "a list of tokens",
            is_token_list,
        ),
        (
            "Access-Control-Max-Age",
            "at most one line: digits",
            is_one_line_of_digits,
        ),
    ];
    RULES
        .iter()
        .filter_map(|(name, rule, holds)| {
            let seen: Vec<_> = lines(&answer.headers, name.as_bytes()).collect();
            (!holds(&seen)).then(|| Broken::new(format!("{name}: {rule}"), quoted_list(seen)))
        })
        .collect()
}

pub(super) fn is_one_line_of_digits(lines: &[&ByteString]) -> bool {
    match lines {
        [] => true,
        [line] => !line.is_empty() && line.as_bytes().iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Whether every item is a token. Empty items are ignored, as a recipient of a list must.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1>
pub(super) fn is_token_list(lines: &[&ByteString]) -> bool {
    items(lines).all(|item| item.iter().copied().all(is_token_byte))
}

/// The items of a comma-separated header over all its lines, without empty ones.
pub(super) fn items<'a>(lines: &'a [&ByteString]) -> impl Iterator<Item = &'a [u8]> {
    lines
        .iter()
        .flat_map(|line| line.as_bytes().split(|&byte| byte == b','))
        .map(trim)
        .filter(|item| !item.is_empty())
}

/// Strips spaces and tabs, the optional whitespace of HTTP.
fn trim(mut item: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = item {
        item = rest;
    }
    item
}

fn is_true(lines: &[&ByteString]) -> bool {
    match lines {
        [] => true,
        [line] => line.as_bytes() == b"true",
        _ => false,
    }
}

fn is_one_origin(lines: &[&ByteString]) -> bool {
    match lines {
        [] => true,
        [line] => {
            let value = line.as_bytes();
            value == b"*" || value == b"null" || is_serialized_origin(value)
        }
        _ => false,
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether `value` is `scheme "://" host [ ":" port ]` as origins are serialised: in lower case and
/// without a default port.
fn is_serialized_origin(value: &[u8]) -> bool {
    let Ok(value) = std::str::from_utf8(value) else {
        return false;
    };
    let Some((scheme, rest)) = value.split_once("://") else {
        return false;
    };
    let (host, port) = split_port(rest);
    let is_default = matches!(
        (scheme, port),
        ("http", Some("80")) | ("https", Some("443"))
    );
    is_scheme(scheme) && is_host(host) && port.is_none_or(is_port) && !is_default
}

/// Splits at the last colon that is not part of an IPv6 address.
fn split_port(rest: &str) -> (&str, Option<&str>) {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        Some(_) | None => (rest, None),
    }
}

fn is_scheme(scheme: &str) -> bool {
    let mut bytes = scheme.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address
            .strip_suffix(']')
            .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    }
    // What the URL Standard leaves in a domain, an IPv4 address or an opaque host.
    let fits = |b: u8| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._~!$&'()*+,;=%{}`\"".contains(&b)
    };
    !host.is_empty() && host.bytes().all(fits)
}

fn is_port(port: &str) -> bool {
    let is_number = port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0');
    port == "0" || is_number && port.parse::<u16>().is_ok()
}
