//! Every fault that can be seen from outside is found, as what it is.

use std::collections::BTreeSet;

use crosscheck_audit::learn::Known;
use crosscheck_reference::{fault::Fault, site::Site};
use crosscheck_vectors::{load::Suite, policy::Policy};

use super::{audit, origins_of, serve};

/// How a fault shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    /// As a weakness of this class and severity, whatever the policy.
    Weak(&'static str, &'static str),
    /// As a fact of this class: it may be meant, or hurts nobody.
    Fact(&'static str),
    /// Only to who knows the policy: as an over-grant of this class.
    Over(&'static str),
    /// Only to who knows the policy: as an under-grant of this class.
    Under(&'static str),
    /// Not at all, for this reason.
    Never(&'static str),
}
use Shows::{Fact as F, Never, Over, Under, Weak};

const LISTED: &str = r#"{"origins": ["https://app.example", "https://admin.example"],
    "methods": ["PUT", "purge"], "request_headers": ["X-Token", "content-type"],
    "response_headers": ["x-total"], "credentials": true, "max_age": 600}"#;
const ANONYMOUS: &str = r#"{"origins": ["https://app.example"], "methods": ["PUT"],
    "request_headers": [], "response_headers": [], "credentials": false, "max_age": "disable"}"#;
const OPEN: &str = r#"{"origins": "*", "methods": "*", "request_headers": "*",
    "response_headers": "*", "credentials": false, "max_age": null}"#;
const PATTERN: &str = r#"{"origins": [{"subdomains_of": "https://shop.example"}], "methods": [],
    "request_headers": [], "response_headers": [], "credentials": true, "max_age": null}"#;

/// With `"*"` where `NAME` stands in an otherwise sane policy with credentials.
fn insane(name: &str, value: &str) -> String {
    let mut policy: serde_json::Value = serde_json::from_str(LISTED).unwrap();
    policy[name] = serde_json::from_str(value).unwrap();
    policy.to_string()
}

/// The policy, the resource and what must be found.
fn row(fault: Fault) -> (String, &'static str, Shows) {
    use Fault as X;
    let listed = |shows| (LISTED.to_owned(), "/echo", shows);
    let at = |path, shows| (LISTED.to_owned(), path, shows);
    let under = |policy: &str, shows| (policy.to_owned(), "/echo", shows);
    match fault {
        X::ReflectOrigin | X::ReflectOriginWithCredentials => {
            listed(Weak("reflected-origin", "high"))
        }
        X::PrefixMatch
        | X::SuffixMatch
        | X::SubstringMatch
        | X::UnescapedDot
        | X::SpecialCharacterEndsOrigin => listed(Weak("origin-match", "high")),
        X::CaseInsensitiveOrigin | X::FirstOriginLine | X::SubdomainsTrusted => {
            listed(F("origin-match"))
        }
        X::SchemeBlind => listed(Weak("insecure-scheme", "medium")),
        X::PortBlind => listed(Weak("port-ignored", "medium")),
        X::AnyLocalhostPort | X::AnyInternalHost | X::OwnHostTrusted => {
            listed(Weak("internal-origin", "medium"))
        }
        X::NullTrusted => listed(Weak("null-origin", "high")),
        X::PatternIncludesBareDomain => under(PATTERN, Over("origin-match")),
        X::PatternCrossesLabels => under(PATTERN, Weak("origin-match", "high")),
        X::MalformedOriginEchoed => listed(Weak("reflected-origin", "low")),
        X::CachedDecision | X::AllowOriginFirstListed => listed(Under("not-granted")),
        X::WildcardWithCredentials => listed(Weak("wildcard-with-credentials", "low")),
        X::MisspeltTrue
        | X::CommaListOrigin
        | X::TrailingSlashOrigin
        | X::EmptyAllowOrigin
        | X::AllowMethodsMalformed
        | X::AllowHeadersMalformed
        | X::ExposeMalformed => listed(Weak("malformed-header", "low")),
        X::CredentialsFalseSent => under(ANONYMOUS, F("malformed-header")),
        X::CredentialsUnconfigured => under(ANONYMOUS, Over("credentials-granted")),
        X::CredentialsMissingOnPreflight
        | X::CredentialsMissingOnActual
        | X::CredentialsOnlyWithCookie => listed(Weak("credentials-missing", "low")),
        X::DuplicateAllowOrigin | X::ProxyAddsAnyOrigin => listed(Weak("duplicate-header", "low")),
        X::OriginLeak | X::RefusalListsPolicy => listed(F("leak")),
        X::RefusedOriginBlocked => listed(F("same-origin-blocked")),
        X::VaryMissingGranted | X::VaryReplaced => listed(Weak("cache-poisoning", "medium")),
        X::OriginlessWildcard => listed(Weak("cache-poisoning", "low")),
        X::ExposeOnlyWithOrigin => listed(Never(
            "an answer to nobody's page is not asked what it hides",
        )),
        X::ProxyGrantsPreflights => listed(Weak("reflected-origin", "high")),
        X::VaryMissingRefused | X::VaryMissingOriginless | X::VaryMissingOnErrors => {
            listed(Weak("cache-poisoning", "low"))
        }
        X::VaryOverwritten => listed(Never("what the application wanted to say is not there")),
        X::ErrorsWithoutCors => at("/status/500", Weak("missing-on-error", "low")),
        X::RedirectsWithoutCors => at("/redirect?to=/echo", Weak("missing-on-error", "low")),
        X::NotModifiedWithoutCors => at("/status/304", Weak("missing-on-error", "low")),
        X::PreflightStatus | X::PreflightRedirects => listed(Weak("preflight-status", "low")),
        X::PreflightReachesHandler | X::PreflightNeedsAuthentication => {
            listed(Weak("preflight-not-answered", "low"))
        }
        X::PreflightNotAllowed => listed(F("preflight-not-answered")),
        X::EveryOptionsIsPreflight => {
            listed(Never("an application may well answer OPTIONS with nothing"))
        }
        X::MethodUpperCased | X::AllowMethodsMissing => listed(Under("method-check")),
        X::MethodCaseIgnored => listed(Never("no page can use another spelling of PUT")),
        X::MethodUnlistedGranted | X::MethodUnknownGranted => listed(Over("method-check")),
        X::HeaderUnlistedGranted | X::HeadersEchoedUnparsed => listed(Over("header-check")),
        X::HeaderCaseSensitive
        | X::ContentTypeForgotten
        | X::AllowHeadersMissing
        | X::SafelistedMethodRefused => listed(Under("header-check")),
        X::HeaderBlankRefused | X::HeaderFirstLineOnly | X::HeaderFirstGranted => {
            listed(F("header-check"))
        }
        X::AuthorizationLeftToWildcard => under(OPEN, F("header-check")),
        X::ExposeMissing => listed(Under("expose")),
        X::ExposeOnPreflightOnly => listed(Weak("expose", "low")),
        X::MaxAgeMalformed => listed(Weak("max-age", "low")),
        X::MaxAgeMissing => listed(Under("max-age")),
        X::MaxAgeZeroUnset => under(ANONYMOUS, Over("max-age")),
        X::MaxAgeUnbounded => listed(F("max-age")),
        X::PrivateNetworkGranted => listed(Weak("private-network", "low")),
        X::ConfigAnyWithCredentials => under(
            &insane("origins", "\"*\""),
            Weak("reflected-origin", "high"),
        ),
        X::ConfigNullWithCredentials => under(
            &insane("origins", "[\"null\"]"),
            Weak("null-origin", "high"),
        ),
        X::ConfigInsecureOrigin => under(
            &insane("origins", "[\"http://app.example\"]"),
            Weak("insecure-scheme", "medium"),
        ),
        X::ConfigPublicSuffix => under(
            &insane("origins", "[{\"subdomains_of\": \"https://github.io\"}]"),
            Weak("origin-match", "high"),
        ),
        X::ConfigWildcardLists => under(&insane("request_headers", "\"*\""), F("config-accepted")),
        X::ConfigUnserialisedOrigin => under(
            &insane("origins", "[\"https://app.example/\"]"),
            Never("an origin with a slash is granted as one without"),
        ),
        X::ConfigForbiddenMethod => listed(Never(
            "it only shows when TRACE is asked for, which no page can",
        )),
        X::ConfigMaxAgeUnbounded => under(&insane("max_age", "31536000"), F("max-age")),
        X::NullTrustedWithCookie | X::CredentialsForCookies => {
            listed(Never("an audit has no cookie to send"))
        }
        X::HostingTrusted => listed(Weak("third-party-origin", "high")),
        X::WwwTrusted => listed(Over("origin-match")),
        X::XOriginRead => listed(F("origin-match")),
        X::HeadUnchecked | X::VaryMissingOnHead | X::ExposeOnlyOnGet => {
            listed(Never("an audit asks with GET and OPTIONS alone"))
        }
        X::ErrorsOpen => at("/status/500", Over("reflected-origin")),
        X::RefusedOriginFails | X::OddOriginFails => listed(F("origin-breaks-request")),
        X::OddPreflightFails => listed(Never(
            "an audit asks for methods and headers that there can be",
        )),
        X::NullWithoutOrigin => listed(F("null-origin")),
        X::CredentialsBesideWildcard => under(OPEN, Weak("wildcard-with-credentials", "low")),
        X::VaryMissingForOne => listed(Never("it takes a policy with one origin")),
        X::VaryFromRequest => listed(Never("an audit sends no Vary")),
        X::HeaderListLimited => listed(Never("an audit asks for few headers at a time")),
        X::HeaderFirstJudged => listed(Weak("header-check", "low")),
        X::HeaderListGrows => listed(Never("an audit does not ask over and over")),
        X::ExposeRequestHeaders => listed(Over("expose")),
        X::MaxAgeNegative => under(ANONYMOUS, Weak("max-age", "low")),
    }
}

/// Everything that was found, as `kind class severity`.
async fn found(suite: &Suite, fault: Fault, policy: &Policy, path: &str) -> BTreeSet<String> {
    let site = Site::with_fault(policy, fault).unwrap();
    let knowing = Known {
        origins: Vec::new(),
        policy: Some(policy.clone()),
    };
    let mut all = BTreeSet::new();
    for known in [origins_of(policy), knowing] {
        let stage = serve(site.clone()).await;
        let findings = audit(suite, &stage, path, &known).await;
        let lists = [
            ("fact", &findings.facts),
            ("over", &findings.over_grants),
            ("under", &findings.under_grants),
        ];
        for (kind, list) in lists {
            let classes = list.iter().filter_map(|fact| fact.class.as_ref());
            all.extend(classes.map(|class| format!("{kind} {class}")));
        }
        let weak = findings.weaknesses.iter();
        all.extend(weak.map(|weak| format!("weak {} {}", weak.class, weak.severity)));
    }
    all
}

/// What is wrong about `found`; nothing if it is as it `shows`.
fn complaint(shows: Shows, found: &BTreeSet<String>) -> Option<String> {
    let expected = match shows {
        Weak(class, severity) => format!("weak {class} {severity}"),
        F(class) => format!("fact {class}"),
        Over(class) => format!("over {class}"),
        Under(class) => format!("under {class}"),
        Never(why) => {
            let mut told = found.iter().filter(|line| !line.starts_with("fact"));
            return told.next().map(|told| format!("{told}, though {why}"));
        }
    };
    if !found.contains(&expected) {
        return Some(format!("no {expected:?}"));
    }
    let may_be_meant = matches!(shows, F(_) | Over(_) | Under(_));
    let mut weak = found.iter().filter(|line| line.starts_with("weak"));
    // A list of origins as a value tells strangers who is trusted, and breaks the grammar, too.
    weak.find(|weak| may_be_meant && *weak != "weak malformed-header low")
        .map(|weak| format!("{weak}, though that may be meant"))
}

#[tokio::test]
async fn faults_are_found_as_what_they_are() {
    let suite = Suite::embedded().unwrap();
    let mut complaints = Vec::new();
    for fault in Fault::all() {
        let (policy, path, shows) = row(*fault);
        let policy: Policy = serde_json::from_str(&policy).unwrap();
        let found = found(&suite, *fault, &policy, path).await;
        let complaint = complaint(shows, &found);
        complaints.extend(complaint.map(|why| format!("{fault}: {why} in {found:?}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
