//! All faults: name, weakness class, whom it hurts, effect.

use super::{
    Effect::{self, Accepts, Alters, Finishes, Fronts, Trusts},
    config, credentials, origin, preflight, response,
};
use crate::compose::Layer;

/// Writes the enum, its list and its properties from one table.
macro_rules! faults {
    ($($variant:ident($name:literal, $flag:literal, $effect:expr): $hurts:literal;)*) => {
        /// A named misbehaviour; each says whom it hurts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Fault {
            $(#[doc = $hurts] $variant,)*
        }

        impl Fault {
            /// Every fault, by topic.
            pub const fn all() -> &'static [Self] {
                &[$(Self::$variant),*]
            }

            /// Its name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The id of its weakness class, which vectors name as a flag.
            pub const fn flag(self) -> &'static str {
                match self { $(Self::$variant => $flag,)* }
            }

            /// Whom it hurts, and how: one sentence.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$variant => $hurts,)* }
            }

            pub(super) fn effect(self) -> Effect {
                match self { $(Self::$variant => $effect,)* }
            }
        }
    };
}

faults! {
    // Name, weakness class, effect: whom it hurts.

    // Origins
    ReflectOrigin("reflect-origin", "reflected-origin", Trusts(origin::any)):
        "Any page on the web reads what the policy meant for a few.";
    ReflectOriginWithCredentials("reflect-origin-with-credentials", "reflected-origin", Alters(credentials::reflect_with_credentials)):
        "Every visitor: any page reads their data with their cookies.";
    PrefixMatch("prefix-match", "origin-match", Trusts(origin::starting_with_listed)):
        "Users of a listed site: whoever registers a host that begins like it reads their data.";
    SuffixMatch("suffix-match", "origin-match", Trusts(origin::ending_with_listed)):
        "Users of a listed site: whoever registers a host that ends like it reads their data.";
    SubstringMatch("substring-match", "origin-match", Trusts(origin::containing_listed)):
        "Users of a listed site: whoever has its name anywhere in an origin reads their data.";
    UnescapedDot("unescaped-dot", "origin-match", Trusts(origin::dots_match_anything)):
        "Users of a listed site: a host with another character for a dot reads their data.";
    SpecialCharacterEndsOrigin("special-character-ends-origin", "origin-match", Trusts(origin::up_to_special_character)):
        "Users of a listed site: in browsers that allow odd host names, an attacker's host passes for it.";
    CaseInsensitiveOrigin("case-insensitive-origin", "origin-match", Trusts(origin::ignoring_case)):
        "Whoever relies on exact comparison; a value that no browser sends is granted.";
    SchemeBlind("scheme-blind", "insecure-scheme", Trusts(origin::ignoring_scheme)):
        "Users on hostile networks: a page altered on its way reads what is meant for https.";
    PortBlind("port-blind", "port-ignored", Trusts(origin::ignoring_port)):
        "Whoever shares a host: a server on any of its ports reads the data.";
    AnyLocalhostPort("any-localhost-port", "internal-origin", Trusts(origin::loopback)):
        "Developers and desktop users: any program that serves a local page reads the data.";
    AnyInternalHost("any-internal-host", "internal-origin", Trusts(origin::internal)):
        "Companies: any internal host, a forgotten one too, reads the data.";
    NullTrusted("null-trusted", "null-origin", Trusts(origin::null)):
        "Every visitor: any site makes the origin `null` with a sandboxed frame and reads the data.";
    NullTrustedWithCookie("null-trusted-with-cookie", "null-origin", Alters(origin::null_with_cookie)):
        "Users who are logged in: the check is left out where a cookie is, so any sandboxed frame reads their data.";
    OwnHostTrusted("own-host-trusted", "insecure-scheme", Alters(origin::own_host)):
        "Users on hostile networks: a page altered on its way has the server's own host, and reads what is meant for https.";
    HostingTrusted("hosting-trusted", "third-party-origin", Trusts(origin::on_shared_hosting)):
        "Every visitor: whoever has an account there puts up a page that reads the data.";
    WwwTrusted("www-trusted", "origin-match", Trusts(origin::with_www)):
        "Users of a listed site: a host that nobody listed reads their data.";
    SubdomainsTrusted("subdomains-trusted", "origin-match", Trusts(origin::below_listed)):
        "Users of a listed site: any of its subdomains, a taken-over one too, reads the data.";
    PatternIncludesBareDomain("pattern-includes-bare-domain", "origin-match", Trusts(origin::bare_domain)):
        "Operators who trust subdomains only: the domain itself reads the data.";
    PatternCrossesLabels("pattern-crosses-labels", "origin-match", Trusts(origin::ending_with_pattern)):
        "Users of the subdomains: whoever registers a domain that ends like theirs reads the data.";
    MalformedOriginEchoed("malformed-origin-echoed", "reflected-origin", Trusts(origin::malformed)):
        "Caches and logs behind the server: text of an attacker's choice comes back in a header.";
    FirstOriginLine("first-origin-line", "origin-match", Alters(origin::first_line)):
        "Whoever has a second check before or behind the server: the two read different origins.";
    XOriginRead("x-origin-read", "origin-match", Alters(origin::x_origin)):
        "Whoever trusts that only browsers name an origin: a header that any client may set stands in for it.";
    HeadUnchecked("head-unchecked", "reflected-origin", Alters(origin::any_for_head)):
        "Any page on the web reads the headers of answers that the policy meant for a few.";
    ErrorsOpen("errors-open", "reflected-origin", Finishes(response::open_errors)):
        "Any page on the web learns what there is and what fails, though the policy lists who may read.";
    RefusedOriginFails("refused-origin-fails", "origin-breaks-request", Alters(origin::refused_fails)):
        "Pages that only show what the server has, without reading it: the request fails for its origin.";
    OddOriginFails("odd-origin-fails", "origin-breaks-request", Alters(origin::odd_fails)):
        "Sandboxed pages, apps and extensions: an origin that is no address of the web makes the server fail.";
    OddPreflightFails("odd-preflight-fails", "origin-breaks-request", Alters(preflight::odd_fails)):
        "Whoever reads the logs: a preflight that only a gateway or a scanner sends looks like a defect.";
    NullWithoutOrigin("null-without-origin", "null-origin", Alters(origin::null_without_origin)):
        "The operator: the opaque origin, which any site can take on, is named where nobody asked.";
    CachedDecision("cached-decision", "cache-poisoning", Alters(origin::first_request)):
        "Everyone but the first visitor: later origins get the answer for the first one.";
    // Allow-Origin and Allow-Credentials
    WildcardWithCredentials("wildcard-with-credentials", "wildcard-with-credentials", Accepts(config::accept_any, credentials::wildcard)):
        "The listed sites: browsers refuse `*` once cookies are sent, so their users see failures.";
    MisspeltTrue("misspelt-true", "malformed-header", Alters(credentials::misspelt_true)):
        "The listed sites: browsers take only `true`, so requests with cookies fail.";
    CredentialsFalseSent("credentials-false-sent", "malformed-header", Alters(credentials::send_false)):
        "Developers: the header has no value `false`, and tools that parse it disagree.";
    CredentialsUnconfigured("credentials-unconfigured", "credentials-granted", Alters(credentials::unconfigured)):
        "Users of the listed sites: data meant to be anonymous is read with their cookies.";
    CredentialsForCookies("credentials-for-cookies", "credentials-granted", Alters(credentials::for_cookies)):
        "Users who are logged in: pages that may read anonymous data read theirs, too.";
    CredentialsBesideWildcard("credentials-beside-wildcard", "wildcard-with-credentials", Alters(credentials::beside_wildcard)):
        "The operator: the server offers credentials that the policy withholds, and only browsers refuse them.";
    CredentialsMissingOnPreflight("credentials-missing-on-preflight", "credentials-missing", Alters(credentials::not_on_preflight)):
        "The listed sites: their preflighted requests with cookies fail.";
    CredentialsMissingOnActual("credentials-missing-on-actual", "credentials-missing", Alters(credentials::not_on_actual)):
        "The listed sites: their requests with cookies are carried out, and cannot be read.";
    CredentialsOnlyWithCookie("credentials-only-with-cookie", "credentials-missing", Alters(credentials::only_with_cookie)):
        "The listed sites: a first visit has no cookie yet, and a preflight never has one.";
    DuplicateAllowOrigin("duplicate-allow-origin", "duplicate-header", Alters(credentials::duplicate_origin)):
        "The listed sites: browsers refuse two values, so nothing can be read.";
    CommaListOrigin("comma-list-origin", "malformed-header", Alters(credentials::listed_origins)):
        "The listed sites: browsers know no list of origins, so nothing can be read.";
    TrailingSlashOrigin("trailing-slash-origin", "malformed-header", Alters(credentials::trailing_slash)):
        "The listed sites: an origin with a slash equals none, so nothing can be read.";
    EmptyAllowOrigin("empty-allow-origin", "malformed-header", Alters(credentials::empty_if_refused)):
        "Developers: a refused page is told of an empty value instead of a missing one.";
    AllowOriginFirstListed("allow-origin-first-listed", "origin-match", Alters(credentials::first_listed)):
        "Every listed site but the first: its users cannot read anything.";
    OriginLeak("origin-leak", "leak", Alters(credentials::listed_origins_if_refused)):
        "The operator: any page learns which sites are trusted.";
    RefusedOriginBlocked("refused-origin-blocked", "same-origin-blocked", Alters(response::block)):
        "The server's own pages: browsers send `Origin` with their POST requests too.";
    // Vary
    VaryMissingGranted("vary-missing-granted", "cache-poisoning", Alters(response::no_vary_if_granted)):
        "Users behind a shared cache: the grant for one site is served to another, which fails.";
    VaryMissingRefused("vary-missing-refused", "cache-poisoning", Alters(response::no_vary_if_refused)):
        "Users behind a shared cache: the refusal of one site is served to a listed one.";
    VaryMissingOriginless("vary-missing-originless", "cache-poisoning", Alters(response::no_vary_without_origin)):
        "Users behind a shared cache: a plain visit's response is served to a listed site, which fails.";
    VaryMissingOnErrors("vary-missing-on-errors", "cache-poisoning", Finishes(response::no_vary_on_errors)):
        "Users behind a shared cache: a stored error is served to another listed site, which cannot read it.";
    VaryOverwritten("vary-overwritten", "cache-poisoning", Finishes(response::vary_overwritten)):
        "Users behind a shared cache: they get responses in a form that they cannot read.";
    VaryMissingOnHead("vary-missing-on-head", "cache-poisoning", Alters(response::no_vary_on_head)):
        "Users behind a shared cache: what a HEAD was told for one site is served to another, which fails.";
    VaryMissingForOne("vary-missing-for-one", "cache-poisoning", Alters(response::no_vary_for_one)):
        "Users behind a shared cache: a refusal is served to the one listed site, which fails.";
    VaryFromRequest("vary-from-request", "cache-poisoning", Alters(response::vary_from_request)):
        "Users behind a shared cache: whoever sends a `Vary` of his own fills it with answers for one origin.";
    OriginlessWildcard("originless-wildcard", "cache-poisoning", Alters(response::wildcard_without_origin)):
        "Users behind a shared cache: the answer to a plain visit is served to any page, which may read it.";
    ExposeOnlyWithOrigin("expose-only-with-origin", "cache-poisoning", Alters(response::expose_only_with_origin)):
        "Users behind a shared cache: the answer to a plain visit hides the headers meant for pages.";
    // Errors and redirects
    ErrorsWithoutCors("errors-without-cors", "missing-on-error", Finishes(response::bare_errors)):
        "Developers: the listed sites see a network error instead of what went wrong.";
    RedirectsWithoutCors("redirects-without-cors", "missing-on-error", Finishes(response::bare_redirects)):
        "The listed sites: every redirected request fails.";
    NotModifiedWithoutCors("not-modified-without-cors", "missing-on-error", Finishes(response::bare_not_modified)):
        "The listed sites: their own conditional requests fail.";
    // Preflights
    PreflightStatus("preflight-status", "preflight-status", Alters(preflight::status)):
        "The listed sites: a granted preflight with an error status is refused by browsers.";
    PreflightRedirects("preflight-redirects", "preflight-status", Alters(preflight::redirect)):
        "The listed sites: browsers do not follow a redirected preflight, so requests fail.";
    PreflightReachesHandler("preflight-reaches-handler", "preflight-not-answered", Alters(preflight::reaches_handler)):
        "The application: it does work for requests that only ask for permission.";
    PreflightNeedsAuthentication("preflight-needs-authentication", "preflight-not-answered", Fronts(Layer::Authentication)):
        "The listed sites: a preflight never carries credentials, so requests fail.";
    PreflightNotAllowed("preflight-not-allowed", "preflight-not-answered", Alters(preflight::options_unknown)):
        "The listed sites: OPTIONS is answered with 405, so every preflighted request fails.";
    EveryOptionsIsPreflight("every-options-is-preflight", "options-swallowed", Alters(preflight::every_options)):
        "Clients that use OPTIONS for itself: the application never sees their requests.";
    MethodUpperCased("method-upper-cased", "method-check", Alters(preflight::method_upper_cased)):
        "The listed sites: a method with lower-case letters is never granted.";
    MethodCaseIgnored("method-case-ignored", "method-check", Alters(preflight::method_ignoring_case)):
        "The operator: methods are granted in spellings that the policy does not name.";
    MethodUnlistedGranted("method-unlisted-granted", "method-check", Alters(preflight::method_unlisted)):
        "The operator: pages of the listed sites use methods that were kept from them.";
    MethodUnknownGranted("method-unknown-granted", "method-check", Alters(preflight::method_unknown)):
        "The operator: methods that the server does not know pass its list.";
    SafelistedMethodRefused("safelisted-method-refused", "method-check", Alters(preflight::safelisted_method_refused)):
        "The listed sites: GET, HEAD and POST need no listing, yet fail once a header is asked for.";
    AllowMethodsMissing("allow-methods-missing", "method-check", Alters(preflight::no_methods)):
        "The listed sites: every method but the safelisted ones fails.";
    AllowMethodsMalformed("allow-methods-malformed", "malformed-header", Alters(preflight::methods_malformed)):
        "The listed sites: browsers refuse the whole preflight for one bad item.";
    HeaderUnlistedGranted("header-unlisted-granted", "header-check", Alters(preflight::header_unlisted)):
        "The operator: pages of the listed sites set headers that were kept from them.";
    HeaderFirstJudged("header-first-judged", "header-check", Alters(preflight::header_first_judged)):
        "The operator: an unlisted header is granted behind a listed one.";
    HeaderFirstGranted("header-first-granted", "header-check", Alters(preflight::header_first_granted)):
        "The listed sites: requests with more than one header fail.";
    HeaderListLimited("header-list-limited", "header-check", Alters(preflight::header_list_limited)):
        "The listed sites: requests with many headers, each of them permitted, fail.";
    HeaderListGrows("header-list-grows", "header-check", Alters(preflight::header_list_grows)):
        "Everyone, after a while: each preflight makes the next answer longer, until it is too long.";
    HeadersEchoedUnparsed("headers-echoed-unparsed", "header-check", Alters(preflight::headers_echoed)):
        "The operator: whatever is asked for comes back as granted, without being looked at.";
    HeaderCaseSensitive("header-case-sensitive", "header-check", Alters(preflight::header_case_sensitive)):
        "The listed sites: browsers ask in lower case, which a policy in capitals then refuses.";
    HeaderBlankRefused("header-blank-refused", "header-check", Alters(preflight::header_blank_refused)):
        "Sites behind a gateway that writes blanks into lists: their preflights are refused.";
    HeaderFirstLineOnly("header-first-line-only", "header-check", Alters(preflight::header_first_line)):
        "Sites behind a gateway that splits lists: the headers of later lines are not granted.";
    ContentTypeForgotten("content-type-forgotten", "header-check", Alters(preflight::content_type_forgotten)):
        "The listed sites: they cannot send JSON.";
    AuthorizationLeftToWildcard("authorization-left-to-wildcard", "header-check", Alters(preflight::wildcard_for_headers)):
        "Sites that send tokens: `*` does not cover `Authorization`.";
    AllowHeadersMissing("allow-headers-missing", "header-check", Alters(preflight::no_headers)):
        "The listed sites: every request with a header of their own fails.";
    AllowHeadersMalformed("allow-headers-malformed", "malformed-header", Alters(preflight::headers_malformed)):
        "The listed sites: browsers refuse the whole preflight for one bad item.";
    RefusalListsPolicy("refusal-lists-policy", "leak", Alters(preflight::refusal_lists_policy)):
        "The operator: any page learns which methods and headers there are.";
    // Layers
    ProxyAddsAnyOrigin("proxy-adds-any-origin", "duplicate-header", Fronts(Layer::CorsProxy)):
        "Listed sites can read nothing, for two values are none; any other page can.";
    ProxyGrantsPreflights("proxy-grants-preflights", "reflected-origin", Fronts(Layer::Gateway)):
        "The operator: a gateway grants what the server behind it would refuse, so any page has it act.";
    VaryReplaced("vary-replaced", "cache-poisoning", Fronts(Layer::Vary)):
        "Users behind a shared cache: a compressing layer drops the origin from `Vary`.";
    // Exposed headers and max age
    ExposeMissing("expose-missing", "expose", Alters(response::expose_nothing)):
        "The listed sites: headers meant for them cannot be read.";
    ExposeOnlyOnGet("expose-only-on-get", "expose", Alters(response::expose_only_on_get)):
        "The listed sites: what HEAD and POST are answered with cannot be read.";
    ExposeRequestHeaders("expose-request-headers", "expose", Alters(response::expose_request_headers)):
        "The operator: response headers are shown because requests may carry headers of that name.";
    ExposeOnPreflightOnly("expose-on-preflight-only", "expose", Alters(response::expose_on_preflight)):
        "The listed sites: browsers look for the list on the response itself.";
    ExposeMalformed("expose-malformed", "malformed-header", Alters(response::expose_malformed)):
        "The listed sites: one bad item makes browsers ignore the whole list.";
    MaxAgeMalformed("max-age-malformed", "max-age", Alters(preflight::max_age_with_unit)):
        "Users on slow networks: browsers ignore the value and ask again after five seconds.";
    MaxAgeMissing("max-age-missing", "max-age", Alters(preflight::no_max_age)):
        "Users on slow networks: browsers ask again after five seconds.";
    MaxAgeZeroUnset("max-age-zero-unset", "max-age", Alters(preflight::zero_is_no_max_age)):
        "Operators who turned reuse off: browsers keep a permission for five seconds.";
    MaxAgeNegative("max-age-negative", "max-age", Alters(preflight::zero_is_negative)):
        "Operators who turned reuse off: browsers take no negative number, and keep a permission for five seconds.";
    MaxAgeUnbounded("max-age-unbounded", "max-age", Alters(preflight::max_age_of_a_year)):
        "Operators who revoke a permission: browsers keep it for as long as they can.";
    PrivateNetworkGranted("private-network-granted", "private-network", Alters(preflight::private_network)):
        "Home networks: public pages may reach a device that never agreed to it.";
    // Configuration
    ConfigAnyWithCredentials("config-any-with-credentials", "config-accepted", Accepts(config::accept_any, config::reflect)):
        "Every visitor: any origin with credentials is accepted, and reflected to every page.";
    ConfigNullWithCredentials("config-null-with-credentials", "config-accepted", Accepts(config::accept_null, config::trust_as_written)):
        "Every visitor: any site can make a frame whose origin is `null`.";
    ConfigInsecureOrigin("config-insecure-origin", "config-accepted", Accepts(config::accept_insecure, config::trust_as_written)):
        "Users on hostile networks: a page altered on its way reads their data.";
    ConfigPublicSuffix("config-public-suffix", "config-accepted", Accepts(config::accept_public_suffix, config::trust_as_written)):
        "Every visitor: whoever registers a name below the suffix reads their data.";
    ConfigWildcardLists("config-wildcard-lists", "config-accepted", Accepts(config::accept_wildcard_lists, config::send_wildcard_lists)):
        "The listed sites: browsers take `*` literally once cookies are sent, so requests fail.";
    ConfigUnserialisedOrigin("config-unserialised-origin", "config-accepted", Accepts(config::accept_unserialised, config::nothing_more)):
        "The operator: an origin is trusted that is not the one that was written.";
    ConfigForbiddenMethod("config-forbidden-method", "config-accepted", Accepts(config::accept_forbidden_methods, config::grant_forbidden_methods)):
        "The operator: a method is promised that no page can ever send.";
    ConfigMaxAgeUnbounded("config-max-age-unbounded", "config-accepted", Accepts(config::accept_long_max_age, config::send_long_max_age)):
        "Operators who revoke a permission: browsers keep it for as long as they can.";
}
