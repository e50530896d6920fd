//! What the browser's words for a failure mean in the standard's.

use crate::browser::{
    call::{CorsError, Ending},
    engine::Explained,
};

/// The failures of the CORS check: Chromium's code for an actual response, and the name; with the
/// prefixes `Preflight` and `preflight/` they are those of a preflight.
const CORS_CHECK: [(&str, &str, &str); 6] = [
    (
        "AllowOriginMismatch",
        "cors-check/origin-mismatch",
        "preflight/cors-check/origin-mismatch",
    ),
    (
        "InvalidAllowCredentials",
        "cors-check/credentials",
        "preflight/cors-check/credentials",
    ),
    (
        "InvalidAllowOriginValue",
        "cors-check/invalid-origin",
        "preflight/cors-check/invalid-origin",
    ),
    (
        "MissingAllowOriginHeader",
        "cors-check/missing-origin",
        "preflight/cors-check/missing-origin",
    ),
    (
        "MultipleAllowOriginValues",
        "cors-check/multiple-origins",
        "preflight/cors-check/multiple-origins",
    ),
    (
        "WildcardOriginNotAllowed",
        "cors-check/wildcard-with-credentials",
        "preflight/cors-check/wildcard-with-credentials",
    ),
];

/// The failure names that fit what the browser said, the likeliest first; empty if it said nothing
/// that the standard knows.
///
/// The CORS error is the more precise one and decides alone if there is one.
pub(super) fn reasons(error: Option<&CorsError>, net_error: Option<&str>) -> Vec<&'static str> {
    match (error, net_error) {
        (Some(error), _) => cors_reasons(error),
        (None, Some(error)) => net_reasons(error).to_vec(),
        (None, None) => Vec::new(),
    }
}

/// Below this address MDN explains each CORS error.
const MDN: &str = "https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/";

/// How its words for it begin where there was no connection, so nothing that CORS decides.
const NO_CONNECTION: [&str; 6] = [
    "net::ERR_ADDRESS_",
    "net::ERR_CERT_",
    "net::ERR_CONNECTION_",
    "net::ERR_EMPTY_RESPONSE",
    "net::ERR_NAME_",
    "net::ERR_SSL_",
];

/// What the browser said of a failed call.
pub(super) fn explain(ending: &Ending) -> Explained {
    let (cors, net) = (ending.cors_error.as_ref(), ending.net_error.as_deref());
    let no_connection = |said: &str| NO_CONNECTION.iter().any(|begin| said.starts_with(begin));
    Explained {
        reasons: reasons(cors, net),
        words: cors.map(in_words).or(net.map(str::to_owned)),
        is_unreachable: net.is_some_and(no_connection),
    }
}

/// The browser's code with what is at fault, and where MDN explains it.
fn in_words(error: &CorsError) -> String {
    let mut text = error.code.clone();
    if !error.parameter.is_empty() {
        text = format!("{text}: {}", error.parameter);
    }
    match mdn_page(&error.code) {
        Some(page) => format!("{text} ({MDN}{page})"),
        None => text,
    }
}

/// The last part of the address of MDN's page about this CORS error, all of which are below
/// `https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS/Errors/`.
fn mdn_page(code: &str) -> Option<&'static str> {
    let page = match code.strip_prefix("Preflight").unwrap_or(code) {
        "AllowOriginMismatch" | "InvalidAllowOriginValue" => "CORSAllowOriginNotMatchingOrigin",
        "CorsDisabledScheme" => "CORSRequestNotHttp",
        "DisallowedRedirect" | "RedirectContainsCredentials" => "CORSExternalRedirectNotAllowed",
        "HeaderDisallowedByPreflightResponse" => "CORSMissingAllowHeaderFromPreflight",
        "InvalidAllowCredentials" => "CORSMissingAllowCredentials",
        "InvalidAllowHeadersPreflightResponse" => "CORSInvalidAllowHeader",
        "InvalidAllowMethodsPreflightResponse" => "CORSInvalidAllowMethod",
        "InvalidResponse" => "CORSDidNotSucceed",
        "InvalidStatus" => "CORSPreflightDidNotSucceed",
        "MethodDisallowedByPreflightResponse" => "CORSMethodNotFound",
        "MissingAllowOriginHeader" => "CORSMissingAllowOrigin",
        "MultipleAllowOriginValues" => "CORSMultipleAllowOriginNotAllowed",
        "WildcardOriginNotAllowed" => "CORSNotSupportingCredentials",
        _ => return None,
    };
    Some(page)
}

fn cors_reasons(error: &CorsError) -> Vec<&'static str> {
    let names: &[_] = match error.code.as_str() {
        "CorsDisabledScheme" => &["mode/scheme", "redirect/scheme"],
        "DisallowedByMode" => &["mode/same-origin"],
        "HeaderDisallowedByPreflightResponse" if error.parameter == "authorization" => {
            &["preflight/authorization", "preflight/header"]
        }
        // The browser names the first missing header; the standard asks for Authorization first.
        "HeaderDisallowedByPreflightResponse" => &["preflight/header", "preflight/authorization"],
        "InvalidAllowHeadersPreflightResponse" => &["preflight/headers-syntax"],
        "InvalidAllowMethodsPreflightResponse" => &["preflight/methods-syntax"],
        "MethodDisallowedByPreflightResponse" => &["preflight/method"],
        "NoCorsRedirectModeNotFollow" => &["mode/no-cors-redirect"],
        // The browser notices a redirect before it makes the CORS check; the standard after it.
        "PreflightDisallowedRedirect" => {
            let after = CORS_CHECK.iter().map(|(.., preflight)| *preflight);
            return ["preflight/redirect", "preflight/status"]
                .into_iter()
                .chain(after)
                .collect();
        }
        "PreflightInvalidStatus" => &["preflight/status", "preflight/redirect"],
        "RedirectContainsCredentials" => &["redirect/userinfo"],
        code => {
            let actual = CORS_CHECK.iter().find(|(check, ..)| *check == code);
            let preflight = code
                .strip_prefix("Preflight")
                .and_then(|code| CORS_CHECK.iter().find(|(check, ..)| *check == code));
            return actual
                .map(|(_, name, _)| *name)
                .or(preflight.map(|(.., name)| *name))
                .into_iter()
                .collect();
        }
    };
    names.to_vec()
}

fn net_reasons(error: &str) -> &'static [&'static str] {
    const NO_RESPONSE: &[&str] = &["network/no-response", "preflight/no-response"];
    // What follows a dot says more about it, as in `net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin`.
    match error.split_once('.').map_or(error, |(error, _)| error) {
        "net::ERR_BLOCKED_BY_RESPONSE" => &["response/corp"],
        "net::ERR_DISALLOWED_URL_SCHEME" | "net::ERR_UNKNOWN_URL_SCHEME" => &["mode/scheme"],
        // What the renderer or the network service refuses without a word of its own.
        "net::ERR_FAILED" => &[
            "redirect/mode-error",
            "redirect/userinfo",
            "response/integrity",
            "network/no-response",
            "network/stream-unauthorized",
            "preflight/no-response",
        ],
        "net::ERR_INVALID_REDIRECT" => &["redirect/location", "redirect/scheme"],
        "net::OK" => &["response/integrity", "response/unusable"],
        "net::ERR_TOO_MANY_REDIRECTS" => &["redirect/too-many"],
        "net::ERR_UNSAFE_PORT" => &["mode/bad-port"],
        "net::ERR_UNSAFE_REDIRECT" => &["redirect/scheme", "redirect/location"],
        "net::ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED" => &["redirect/stream-body"],
        error if NO_RESPONSE_ERRORS.contains(&error) => NO_RESPONSE,
        _ => &[],
    }
}

/// Errors of connections that end before a response has been read.
const NO_RESPONSE_ERRORS: [&str; 14] = [
    "net::ERR_ADDRESS_UNREACHABLE",
    "net::ERR_CONNECTION_ABORTED",
    "net::ERR_CONNECTION_CLOSED",
    "net::ERR_CONNECTION_FAILED",
    "net::ERR_CONNECTION_REFUSED",
    "net::ERR_CONNECTION_RESET",
    "net::ERR_CONNECTION_TIMED_OUT",
    "net::ERR_EMPTY_RESPONSE",
    "net::ERR_HTTP2_PROTOCOL_ERROR",
    "net::ERR_INVALID_HTTP_RESPONSE",
    "net::ERR_NAME_NOT_RESOLVED",
    "net::ERR_RESPONSE_HEADERS_TRUNCATED",
    "net::ERR_SSL_PROTOCOL_ERROR",
    "net::ERR_TIMED_OUT",
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{CORS_CHECK, CorsError, mdn_page, reasons};

    fn error(code: &str, parameter: &str) -> CorsError {
        CorsError {
            code: code.to_owned(),
            parameter: parameter.to_owned(),
        }
    }

    #[test]
    fn the_cors_check_is_named_apart_for_preflights() {
        for (code, actual, preflight) in CORS_CHECK {
            assert_eq!(preflight, format!("preflight/{actual}"));
            assert_eq!(
                reasons(Some(&error(code, "")), Some("net::ERR_FAILED")),
                [actual]
            );
            let code = format!("Preflight{code}");
            assert_eq!(reasons(Some(&error(&code, "")), None), [preflight]);
        }
    }

    #[rstest]
    #[case::authorization("authorization", "preflight/authorization")]
    #[case::other("x-a", "preflight/header")]
    fn a_missing_header_is_named_by_the_parameter(#[case] parameter: &str, #[case] name: &str) {
        let error = error("HeaderDisallowedByPreflightResponse", parameter);
        assert_eq!(reasons(Some(&error), None).first(), Some(&name));
    }

    #[rstest]
    #[case("MethodDisallowedByPreflightResponse", "preflight/method")]
    #[case("PreflightDisallowedRedirect", "preflight/redirect")]
    #[case("PreflightInvalidStatus", "preflight/status")]
    #[case("DisallowedByMode", "mode/same-origin")]
    #[case("NoCorsRedirectModeNotFollow", "mode/no-cors-redirect")]
    #[case("CorsDisabledScheme", "mode/scheme")]
    #[case("RedirectContainsCredentials", "redirect/userinfo")]
    fn a_code_means_first_of_all(#[case] code: &str, #[case] name: &str) {
        assert_eq!(reasons(Some(&error(code, "")), None).first(), Some(&name));
    }

    #[rstest]
    #[case("net::ERR_UNSAFE_PORT", "mode/bad-port")]
    #[case("net::ERR_TOO_MANY_REDIRECTS", "redirect/too-many")]
    #[case("net::ERR_INVALID_REDIRECT", "redirect/location")]
    #[case("net::ERR_UNSAFE_REDIRECT", "redirect/scheme")]
    #[case("net::ERR_FAILED", "redirect/mode-error")]
    #[case("net::ERR_EMPTY_RESPONSE", "network/no-response")]
    #[case("net::OK", "response/integrity")]
    #[case("net::ERR_BLOCKED_BY_RESPONSE", "response/corp")]
    #[case("net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin", "response/corp")]
    fn a_network_error_means_first_of_all(#[case] net_error: &str, #[case] name: &str) {
        assert_eq!(reasons(None, Some(net_error)).first(), Some(&name));
    }

    #[test]
    fn what_fetch_does_not_know_has_no_name() {
        let unknown = error("LocalNetworkAccessPermissionDenied", "");
        assert!(reasons(Some(&unknown), Some("net::ERR_FAILED")).is_empty());
        assert!(reasons(None, Some("net::ERR_ABORTED")).is_empty());
        assert!(reasons(None, None).is_empty());
        assert_eq!(mdn_page("LocalNetworkAccessPermissionDenied"), None);
    }

    #[test]
    fn preflights_share_the_pages_of_the_cors_check() {
        assert_eq!(
            mdn_page("MissingAllowOriginHeader"),
            Some("CORSMissingAllowOrigin")
        );
        assert_eq!(
            mdn_page("PreflightMissingAllowOriginHeader"),
            Some("CORSMissingAllowOrigin")
        );
        assert_eq!(
            mdn_page("PreflightInvalidStatus"),
            Some("CORSPreflightDidNotSucceed")
        );
    }
}
