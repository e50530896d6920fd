//! Grants that were meant and are void, and errors that anybody may read.

use crosscheck_audit::report::{Audit, Findings, Outcome, render};
use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_report::text::Colour;
use rstest::rstest;

use super::script::{TRUSTED, audit, bare, grant, knowing_the_trusted as knowing, origin};

/// The trusted page is granted, but for the header `name`: it is called `written` and says `value`.
fn server(
    name: &'static str,
    written: &'static str,
    value: &'static str,
) -> impl Fn(&OutgoingRequest) -> Response {
    move |request| {
        if origin(request) != TRUSTED {
            return bare();
        }
        let mut answer =
            grant(TRUSTED).with_header("Access-Control-Allow-Headers", "authorization");
        answer.headers.remove(name);
        answer.with_header(written, value)
    }
}

const ORIGIN: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";

#[rstest]
#[case::semicolon(ORIGIN, ORIGIN, "https://app.shop.example;", "malformed-header")]
#[case::list(
    ORIGIN,
    ORIGIN,
    "https://app.shop.example, https://x.example",
    "malformed-header"
)]
#[case::blanks(
    ORIGIN,
    ORIGIN,
    "https://app.shop.example https://x.example",
    "malformed-header"
)]
#[case::quotes(ORIGIN, ORIGIN, "\"https://app.shop.example\"", "malformed-header")]
#[case::quoted_any(ORIGIN, ORIGIN, "'*'", "malformed-header")]
#[case::path(ORIGIN, ORIGIN, "https://app.shop.example/", "malformed-header")]
#[case::default_port(ORIGIN, ORIGIN, "https://app.shop.example:443", "malformed-header")]
#[case::no_scheme(ORIGIN, ORIGIN, "app.shop.example", "malformed-header")]
#[case::capitals(CREDENTIALS, CREDENTIALS, "True", "malformed-header")]
#[case::number(CREDENTIALS, CREDENTIALS, "1", "malformed-header")]
#[case::quoted_true(CREDENTIALS, CREDENTIALS, "\"true\"", "malformed-header")]
#[case::twice(ORIGIN, ORIGIN, TRUSTED, "")]
#[case::any(ORIGIN, ORIGIN, "*", "wildcard-with-credentials")]
#[case::one_letter(ORIGIN, "Acces-Control-Allow-Origin", TRUSTED, "malformed-header")]
#[case::underscores(ORIGIN, "Access_Control_Allow_Origin", TRUSTED, "malformed-header")]
#[case::no_plural(
    HEADERS,
    "Access-Control-Allow-Header",
    "authorization",
    "malformed-header"
)]
#[case::no_plural_method(METHODS, "Access-Control-Allow-Method", "PUT", "malformed-header")]
#[case::of_requests(
    HEADERS,
    "Access-Control-Request-Headers",
    "authorization",
    "malformed-header"
)]
#[case::credential(
    CREDENTIALS,
    "Access-Control-Allow-Credential",
    "true",
    "malformed-header"
)]
#[case::small_letters(METHODS, METHODS, "get, put", "method-check")]
#[case::semicolons(METHODS, METHODS, "PUT; DELETE", "malformed-header")]
#[tokio::test]
async fn each_is_told_as_a_low_weakness(
    #[case] name: &'static str,
    #[case] written: &'static str,
    #[case] value: &'static str,
    #[case] class: &str,
) {
    let found = found(server(name, written, value)).await;
    let shown: Vec<_> = found
        .weaknesses
        .iter()
        .map(|weak| (&*weak.class, &*weak.severity))
        .collect();
    if class.is_empty() {
        assert_eq!(shown, []);
    } else {
        assert!(shown.contains(&(class, "low")), "{found:#?}");
        assert!(shown.iter().all(|(_, severity)| *severity == "low"));
    }
}

async fn found(server: impl Fn(&OutgoingRequest) -> Response + Send) -> Findings {
    let audit = super::script::audit_whole(
        move |request: &OutgoingRequest| Ok(server(request)),
        &knowing(),
    )
    .await;
    audit.findings().unwrap().clone()
}

/// A misspelt header beside the right one, and one that only preflights need.
fn misspelt_without_harm(request: &OutgoingRequest) -> Response {
    let answer = server(HEADERS, HEADERS, "authorization")(request)
        .with_header("Access-Control-Allow-Header", "authorization");
    if request.method == b"OPTIONS" {
        answer.with_header("Access-Control-Request-Method", "PUT")
    } else {
        answer.with_header("Access-Control-Allow-Method", "PUT")
    }
}

#[tokio::test]
async fn what_does_no_harm_is_a_fact() {
    let found = audit(misspelt_without_harm, &knowing()).await;
    let trusted = |fact: &&crosscheck_audit::report::ShownFact| {
        fact.class.as_deref() == Some("malformed-header")
    };
    assert_eq!(found.facts.iter().filter(trusted).count(), 3, "{found:#?}");
    assert_eq!(found.weaknesses, []);
}

/// Refuses strangers with an error that says why, and that they may read.
fn readable_refusal(request: &OutgoingRequest) -> Response {
    match &*origin(request) {
        "" => bare(),
        TRUSTED => grant(TRUSTED),
        other => Response {
            status: 403,
            ..grant(other)
        },
    }
}

/// The same without credentials.
fn public_refusal(request: &OutgoingRequest) -> Response {
    match &*origin(request) {
        "" => bare(),
        TRUSTED => grant(TRUSTED),
        _ => Response::new(403)
            .with_header("Access-Control-Allow-Origin", "*")
            .with_header("Vary", "Origin"),
    }
}

#[rstest]
#[case::private(readable_refusal, &[("reflected-origin", "low")])]
#[case::public(public_refusal, &[])]
#[tokio::test]
async fn a_refusal_that_can_be_read_grants_nothing(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] weak: &[(&str, &str)],
) {
    let found = audit(answer, &knowing()).await;
    let shown = found.weaknesses.iter();
    let shown: Vec<_> = shown.map(|weak| (&*weak.class, &*weak.severity)).collect();
    assert_eq!(shown, weak, "{found:#?}");
    let granted = serde_json::to_value(&found.grants.origins).unwrap();
    assert_eq!(granted, serde_json::json!([TRUSTED]));
    let told = "an origin that is refused may read the error (403)";
    let weak = found.weaknesses.iter().flat_map(|weak| &weak.seen);
    let mut seen = weak.chain(found.facts.iter().map(|fact| &fact.seen));
    assert!(seen.any(|seen| seen.starts_with(told)), "{found:#?}");
}

/// Pages that are not there are answered by somebody else, who reflects.
fn reflecting_what_is_missing(request: &OutgoingRequest) -> Response {
    if request.url.path().contains("/items/") {
        let origin = origin(request);
        return Response {
            status: 404,
            ..grant(&origin)
        };
    }
    server(ORIGIN, ORIGIN, TRUSTED)(request)
}

#[tokio::test]
async fn a_missing_page_that_anybody_may_read_is_told() {
    let found = audit(reflecting_what_is_missing, &knowing()).await;
    let weak = &found.weaknesses[0];
    let shown = (&*weak.class, &*weak.severity);
    assert_eq!(shown, ("reflected-origin", "low"), "{found:#?}");
    assert!(
        weak.seen[0].contains("a missing page below it"),
        "{weak:#?}"
    );
}

fn reflecting_with<const STATUS: u16>(request: &OutgoingRequest) -> Response {
    Response {
        status: STATUS,
        ..grant(&origin(request))
    }
}

#[rstest]
#[case::missing(reflecting_with::<404>, "medium", "reads this error (404)")]
#[case::forbidden(reflecting_with::<403>, "medium", "reads this error (403)")]
#[case::login(reflecting_with::<401>, "high", "reads the login check's answer")]
#[case::works(reflecting_with::<200>, "high", "reads what is answered with its visitor's cookies")]
#[tokio::test]
async fn a_url_that_only_has_errors_is_judged_as_that(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] severity: &str,
    #[case] told: &str,
) {
    let found = audit(answer, &knowing()).await;
    let weak = &found.weaknesses[0];
    assert_eq!(
        (&*weak.class, &*weak.severity),
        ("reflected-origin", severity)
    );
    assert!(weak.seen[0].contains(told), "{weak:#?}");
    let error_status = found.error_status;
    let shown = render(
        &Audit {
            url: String::new(),
            outcome: Outcome::Judged(Box::new(found)),
        },
        Colour::Plain,
    );
    let head = match error_status {
        None => "  it grants:\n".to_owned(),
        Some(status) => format!("  it grants, to judge by its errors ({status}):\n"),
    };
    assert!(shown.contains(&head), "{shown}");
}
