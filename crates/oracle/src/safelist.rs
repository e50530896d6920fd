//! Which headers are safelisted, unsafe, forbidden, or singled out by name.

use crate::{
    extract::get_decode_and_split, header::HeaderList, method::is_forbidden_method,
    mime::has_essence, range::parse_single_range,
};

/// The longest value, in bytes, that a safelisted header may have.
const MAX_VALUE_LENGTH: usize = 128;

/// The most bytes that the values of all safelisted headers may have together.
const MAX_TOTAL_LENGTH: usize = 1024;

/// The names that script can never set, in lower case and sorted.
const FORBIDDEN_REQUEST_HEADERS: [&[u8]; 21] = [
    b"accept-charset",
    b"accept-encoding",
    b"access-control-request-headers",
    b"access-control-request-method",
    b"connection",
    b"content-length",
    b"cookie",
    b"cookie2",
    b"date",
    b"dnt",
    b"expect",
    b"host",
    b"keep-alive",
    b"origin",
    b"referer",
    b"set-cookie",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
    b"via",
];

/// The names whose value may smuggle in a forbidden method.
const METHOD_OVERRIDES: [&[u8]; 3] = [
    b"x-http-method",
    b"x-http-method-override",
    b"x-method-override",
];

/// The names that every CORS response shows to script.
const SAFELISTED_RESPONSE_HEADERS: [&[u8]; 7] = [
    b"cache-control",
    b"content-language",
    b"content-length",
    b"content-type",
    b"expires",
    b"last-modified",
    b"pragma",
];

/// The types that a form can send, hence any page.
const FORM_TYPES: [(&[u8], &[u8]); 3] = [
    (b"application", b"x-www-form-urlencoded"),
    (b"multipart", b"form-data"),
    (b"text", b"plain"),
];

/// Whether `byte` makes a value of `Accept` or `Content-Type` unsafe.
///
/// Bytes of 0x80 and above do not.
///
/// Spec: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
pub const fn is_cors_unsafe_request_header_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t')
        || matches!(
            byte,
            b'"' | b'('
                | b')'
                | b':'
                | b'<'
                | b'>'
                | b'?'
                | b'@'
                | b'['
                | b'\\'
                | b']'
                | b'{'
                | b'}'
                | 0x7F
        )
}

/// Whether a page may send this header across origins without asking.
///
/// Spec: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
pub fn is_cors_safelisted_request_header(name: &[u8], value: &[u8]) -> bool {
    if value.len() > MAX_VALUE_LENGTH {
        return false;
    }
    let unsafe_byte = || {
        value
            .iter()
            .copied()
            .any(is_cors_unsafe_request_header_byte)
    };
    if name.eq_ignore_ascii_case(b"accept") {
        !unsafe_byte()
    } else if name.eq_ignore_ascii_case(b"accept-language")
        || name.eq_ignore_ascii_case(b"content-language")
    {
        value.iter().copied().all(is_language_byte)
    } else if name.eq_ignore_ascii_case(b"content-type") {
        !unsafe_byte() && has_essence(value, &FORM_TYPES)
    } else if name.eq_ignore_ascii_case(b"range") {
        // A suffix range parses, but no browser ever sent one by itself.
        parse_single_range(value).is_some_and(|range| range.start.is_some())
    } else {
        false
    }
}

/// The names that `headers` needs permission for: lower-cased, sorted by byte, each once.
///
/// Every entry is measured by itself; the values of safelisted entries count together.
/// Allocates nothing if all headers are safelisted.
///
/// Spec: <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
pub fn cors_unsafe_request_header_names(headers: &HeaderList) -> Vec<Vec<u8>> {
    let mut unsafe_names = Vec::new();
    let mut safelisted_length = 0_usize;
    for (name, value) in headers {
        if is_cors_safelisted_request_header(name, value) {
            safelisted_length += value.len();
        } else {
            unsafe_names.push(name.to_ascii_lowercase());
        }
    }
    // Only repeated names can get here: five names of 128 bytes are 640.
    if safelisted_length > MAX_TOTAL_LENGTH {
        unsafe_names = headers
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect();
    }
    unsafe_names.sort_unstable();
    unsafe_names.dedup();
    unsafe_names
}

/// Whether the wildcard of `Access-Control-Allow-Headers` leaves out `name`: `Authorization`.
///
/// Spec: <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
pub const fn is_cors_non_wildcard_request_header_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"authorization")
}

/// Whether script may never set this header; setting it is then ignored without an error.
///
/// Spec: <https://fetch.spec.whatwg.org/#forbidden-request-header>
pub fn is_forbidden_request_header(name: &[u8], value: &[u8]) -> bool {
    is_one_of(name, &FORBIDDEN_REQUEST_HEADERS)
        || has_prefix(name, b"proxy-")
        || has_prefix(name, b"sec-")
        || (is_one_of(name, &METHOD_OVERRIDES)
            && get_decode_and_split(value)
                .into_iter()
                .any(is_forbidden_method))
}

/// Whether mode "no-cors" lets script set this header.
///
/// Unlike the CORS safelist, it has no `Range`.
///
/// Spec: <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header>
pub fn is_no_cors_safelisted_request_header(name: &[u8], value: &[u8]) -> bool {
    is_one_of(
        name,
        &[
            b"accept",
            b"accept-language",
            b"content-language",
            b"content-type",
        ],
    ) && is_cors_safelisted_request_header(name, value)
}

/// Whether a change by script takes away `name` in mode "no-cors": `Range`.
///
/// Spec: <https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name>
pub const fn is_privileged_no_cors_request_header_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"range")
}

/// Whether `name` describes a body, and goes away when a redirect drops the body.
///
/// Spec: <https://fetch.spec.whatwg.org/#request-body-header-name>
pub fn is_request_body_header_name(name: &[u8]) -> bool {
    is_one_of(name, &REQUEST_BODY_HEADERS)
}

/// See [`is_request_body_header_name`].
pub(crate) const REQUEST_BODY_HEADERS: [&[u8]; 4] = [
    b"content-encoding",
    b"content-language",
    b"content-location",
    b"content-type",
];

/// Whether `name` is hidden from script in every response: `Set-Cookie` and `Set-Cookie2`.
///
/// Spec: <https://fetch.spec.whatwg.org/#forbidden-response-header-name>
pub fn is_forbidden_response_header_name(name: &[u8]) -> bool {
    is_one_of(name, &[b"set-cookie", b"set-cookie2"])
}

/// Whether script may read `name` from a response of type "cors" that exposes the names
/// `exposed`. All are compared without case.
///
/// Spec: <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
pub fn is_cors_safelisted_response_header_name(name: &[u8], exposed: &[&[u8]]) -> bool {
    is_one_of(name, &SAFELISTED_RESPONSE_HEADERS)
        || (is_one_of(name, exposed) && !is_forbidden_response_header_name(name))
}

const fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')
}

fn is_one_of(name: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

fn has_prefix(name: &[u8], prefix: &[u8]) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests;
