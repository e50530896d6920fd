//! Servers whose preflights are answered by another handler than the rest.

use crosscheck_audit::learn::Known;
use crosscheck_oracle::{OutgoingRequest, Response};
use rstest::rstest;

use super::script::{
    TRUSTED, audit, bare, grant, grant_if, knowing_the_trusted as knowing, origin,
};

/// Preflights are granted to whom `trusts` says, and the rest to the trusted page.
fn preflights_if(request: &OutgoingRequest, trusts: impl Fn(&str) -> bool) -> Response {
    let is_preflight = request.method == b"OPTIONS";
    grant_if(request, |origin| is_preflight && trusts(origin))
}

fn to_all(request: &OutgoingRequest) -> Response {
    preflights_if(request, |_| true)
}

fn to_null(request: &OutgoingRequest) -> Response {
    preflights_if(request, |origin| origin == "null")
}

fn by_prefix(request: &OutgoingRequest) -> Response {
    preflights_if(request, |origin| origin.starts_with(TRUSTED))
}

fn by_domain(request: &OutgoingRequest) -> Response {
    preflights_if(request, |origin| origin.ends_with("shop.example"))
}

/// `^https://app.shop\.example$`
fn by_any_character(request: &OutgoingRequest) -> Response {
    preflights_if(request, |origin| {
        let rest = origin.strip_prefix("https://app");
        rest.is_some_and(|rest| rest.len() == 13 && rest.ends_with("shop.example"))
    })
}

fn by_scheme(request: &OutgoingRequest) -> Response {
    preflights_if(request, |origin| origin == "http://app.shop.example")
}

fn by_host(request: &OutgoingRequest) -> Response {
    preflights_if(request, |origin| {
        origin.starts_with("https://app.shop.example:")
    })
}

/// Permits strangers no method, but a header.
fn header_to_all(request: &OutgoingRequest) -> Response {
    let mut answer = to_all(request);
    answer.headers.set("Access-Control-Allow-Methods", "POST");
    answer.with_header("Access-Control-Allow-Headers", "authorization")
}

fn to_all_without_credentials(request: &OutgoingRequest) -> Response {
    let mut answer = to_all(request);
    if origin(request) != TRUSTED {
        answer.headers.remove("Access-Control-Allow-Credentials");
    }
    answer
}

/// Reflects every origin, always.
fn everything_to_all(request: &OutgoingRequest) -> Response {
    grant(&origin(request))
}

fn everything_to_null(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin == "null")
}

fn everything_by_prefix(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.starts_with(TRUSTED))
}

const ALONE: &str = "though its pages cannot read the answers: they send PUT";
const HEADER: &str = "though its pages cannot read the answers: they send POST with authorization";
const FRAME: &str = "though it cannot read the answers: it sends PUT";
const TOO: &str = "granted, too";

#[rstest]
#[case::all(to_all, "reflected-origin", "high", ALONE)]
#[case::header(header_to_all, "reflected-origin", "high", HEADER)]
#[case::no_credentials(to_all_without_credentials, "reflected-origin", "medium", ALONE)]
#[case::null(to_null, "null-origin", "high", FRAME)]
#[case::prefix(by_prefix, "origin-match", "high", ALONE)]
#[case::domain(by_domain, "origin-match", "high", ALONE)]
#[case::any_character(by_any_character, "origin-match", "high", ALONE)]
#[case::scheme(by_scheme, "insecure-scheme", "medium", ALONE)]
#[case::port(by_host, "port-ignored", "medium", ALONE)]
#[case::everything(everything_to_all, "reflected-origin", "high", TOO)]
#[case::everything_null(everything_to_null, "null-origin", "high", TOO)]
#[case::everything_prefix(everything_by_prefix, "origin-match", "high", TOO)]
#[tokio::test]
async fn preflights_of_foreign_pages_are_judged_by_themselves(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] class: &str,
    #[case] severity: &str,
    #[case] told: &str,
) {
    let found = audit(answer, &knowing()).await;
    let weak = found.weaknesses.iter().find(|weak| weak.class == class);
    let weak = weak.unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(weak.severity, severity);
    let n_told = weak.seen.iter().filter(|seen| seen.contains(told));
    assert_ne!(n_told.count(), 0, "{weak:#?}");
}

const SECOND: &str = "https://desk.office.example";

/// Trusts two pages, and compares the second by its end in preflights.
fn second_by_domain(request: &OutgoingRequest) -> Response {
    let is_preflight = request.method == b"OPTIONS";
    grant_if(request, |origin| {
        origin == SECOND || is_preflight && origin.ends_with("office.example")
    })
}

/// Trusts two pages of which one is the other without encryption.
fn plain_twin(request: &OutgoingRequest) -> Response {
    let mut answer = grant_if(request, |origin| origin == "http://app.shop.example");
    answer.headers.remove("Access-Control-Allow-Credentials");
    answer
}

#[rstest]
#[case::second(second_by_domain, SECOND, &["origin-match"])]
#[case::twin(plain_twin, "http://app.shop.example", &[])]
#[tokio::test]
async fn near_misses_of_each_trusted_origin_ask_preflights(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] further: &str,
    #[case] weak: &[&str],
) {
    let known = Known {
        origins: vec![TRUSTED.to_owned(), further.to_owned()],
        policy: None,
    };
    let found = audit(answer, &known).await;
    let classes: Vec<_> = found.weaknesses.iter().map(|weak| &*weak.class).collect();
    assert_eq!(classes, weak, "{found:#?}");
}

/// Answers preflights of its own origin's other names, and no others.
fn preflights_of_subdomains(request: &OutgoingRequest) -> Response {
    preflights_if(request, |origin| origin.ends_with(".app.shop.example"))
}

/// Refuses foreign preflights with a status.
fn refuses_foreign_preflights(request: &OutgoingRequest) -> Response {
    if request.method == b"OPTIONS" && origin(request) != TRUSTED {
        return Response {
            status: 403,
            ..bare()
        };
    }
    grant_if(request, |_| false)
}

/// Everybody may read and send, without credentials.
fn public(_: &OutgoingRequest) -> Response {
    Response::new(200)
        .with_header("Access-Control-Allow-Origin", "*")
        .with_header("Access-Control-Allow-Methods", "PUT")
        .with_header("Access-Control-Allow-Headers", "authorization")
}

#[rstest]
#[case::subdomains(preflights_of_subdomains)]
#[case::status(refuses_foreign_preflights)]
#[case::public(public)]
#[tokio::test]
async fn sound_handlers_are_let_alone(#[case] answer: fn(&OutgoingRequest) -> Response) {
    assert_eq!(audit(answer, &knowing()).await.weaknesses, []);
}
