//! Origins that resemble a trusted one in a way of their own, and what only looks like a mistake.

use crosscheck_audit::{
    auditor::ENOUGH_REQUESTS,
    learn::Known,
    report::{Findings, render},
};
use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_report::text::Colour;
use rstest::rstest;

use super::script::{
    TRUSTED, audit, audit_at, bare, grant, grant_if, knowing_the_trusted as knowing, origin,
};

/// The trusted origin, then a word boundary that is not a dot.
fn ends_at_a_hyphen(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("https://app.shop.example-")
    })
}

/// `Origin` as a list.
fn splits_at_commas(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.split(',').next() == Some(TRUSTED))
}

/// `\bshop\.example$`
fn begins_at_a_word(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        let before = origin.strip_suffix("shop.example");
        before.is_some_and(|before| !before.ends_with(|last: char| last.is_ascii_alphanumeric()))
    })
}

/// Whether the trusted domain ends with the origin's host: the wrong way round.
fn turned_round(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        let host = origin.strip_prefix("https://");
        host.is_some_and(|host| !host.is_empty() && "shop.example".ends_with(host))
    })
}

fn trusts_extensions(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.starts_with("chrome-extension://"))
}

/// Takes `X-Origin` for `Origin`, and says that the answer is for one origin only where there is one.
fn x_origin_without_vary(request: &OutgoingRequest) -> Response {
    let stated = request.headers.get("x-origin");
    match stated.as_deref() {
        Some(stated) if stated == TRUSTED.as_bytes() => {
            let mut answer = grant(TRUSTED);
            answer.headers.remove("Vary");
            answer
        }
        _ => grant_if(request, |_| false),
    }
}

/// Permits the whole list if its first name is permitted.
fn first_header_only(request: &OutgoingRequest) -> Response {
    let names = request.headers.get("access-control-request-headers");
    let names = String::from_utf8(names.unwrap_or_default().to_vec()).unwrap();
    let answer = grant_if(request, |_| false);
    if names.starts_with("authorization") {
        answer.with_header("Access-Control-Allow-Headers", names.as_str())
    } else {
        answer
    }
}

#[rstest]
#[case::hyphen(ends_at_a_hyphen, "origin-match", "high", "then `-`")]
#[case::comma(splits_at_commas, "origin-match", "high", "then a comma")]
#[case::word(begins_at_a_word, "origin-match", "high", "after `-`")]
#[case::turned_round(turned_round, "origin-match", "high", "the end of a trusted domain")]
#[case::extension(trusts_extensions, "third-party-origin", "medium", "of an extension")]
#[case::x_origin(x_origin_without_vary, "cache-poisoning", "low", "`X-Origin`")]
#[case::header(first_header_only, "header-check", "low", "behind one that is listed")]
#[tokio::test]
async fn each_is_found(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] class: &str,
    #[case] severity: &str,
    #[case] what: &str,
) {
    let found = audit(answer, &knowing()).await;
    let weak = found.weaknesses.iter().find(|weak| weak.class == class);
    let weak = weak.unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(weak.severity, severity);
    assert!(
        weak.seen.iter().any(|seen| seen.contains(what)),
        "{weak:#?}"
    );
}

/// Any extension may read what is public.
fn public_to_extensions(request: &OutgoingRequest) -> Response {
    let mut answer = trusts_extensions(request);
    answer.headers.remove("Access-Control-Allow-Credentials");
    answer
}

/// A redirect from one to the other makes both names of the same site.
fn trusts_www(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin == "https://www.app.shop.example")
}

/// What anybody on the way may alter is public.
fn trusts_plain_too(request: &OutgoingRequest) -> Response {
    let mut answer = grant_if(request, |origin| origin == "http://app.shop.example");
    answer.headers.remove("Access-Control-Allow-Credentials");
    answer
}

/// Preview deployments of the same owner.
fn trusts_previews_of_its_own(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("https://") && origin.ends_with("-app.shop.example")
    })
}

/// Whoever may set any header sets this one, too.
fn any_header(request: &OutgoingRequest) -> Response {
    let names = request.headers.get("access-control-request-headers");
    let answer = grant_if(request, |_| false);
    match names.filter(|_| origin(request) == TRUSTED) {
        Some(names) => answer.with_header("Access-Control-Allow-Headers", names.into_owned()),
        None => answer,
    }
}

/// Sends every header that it knows of, whatever is asked for.
fn one_list_for_all(request: &OutgoingRequest) -> Response {
    grant_if(request, |_| false)
        .with_header("Access-Control-Allow-Headers", "authorization, x-token")
}

/// One page may read, and is named to everybody.
fn one_constant_origin(_: &OutgoingRequest) -> Response {
    grant(TRUSTED)
}

#[rstest]
#[case::extensions(public_to_extensions)]
#[case::www(trusts_www)]
#[case::plain(trusts_plain_too)]
#[case::previews(trusts_previews_of_its_own)]
#[case::any_header(any_header)]
#[case::one_list(one_list_for_all)]
#[case::constant(one_constant_origin)]
#[tokio::test]
async fn what_may_be_meant_is_no_weakness(#[case] answer: fn(&OutgoingRequest) -> Response) {
    assert_eq!(audit(answer, &knowing()).await.weaknesses, []);
}

#[rstest]
#[case::www(trusts_www, "https://www.app.shop.example")]
#[case::plain(trusts_plain_too, "http://app.shop.example")]
#[tokio::test]
async fn a_further_origin_is_learnt_and_passes_when_given_back(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] further: &str,
) {
    let found = audit(answer, &knowing()).await;
    let origins = serde_json::to_value(&found.grants.origins).unwrap();
    let origins = origins.as_array().unwrap();
    assert!(origins.contains(&further.into()), "{found:#?}");
    let given_back = Known {
        origins: Vec::new(),
        policy: Some(found.grants),
    };
    let again = audit(answer, &given_back).await;
    assert_eq!(differences(&again), Vec::<String>::new());
    let told = audit(trusts_www, &policy_of_the_trusted()).await;
    assert_eq!(
        differences(&told),
        ["`https://www.app.shop.example` is granted, and the policy does not list it"]
    );
}

fn policy_of_the_trusted() -> Known {
    let policy = serde_json::json!({
        "origins": [TRUSTED], "methods": ["PUT"], "request_headers": [],
        "response_headers": [], "credentials": true, "max_age": null,
    });
    Known {
        origins: Vec::new(),
        policy: Some(serde_json::from_value(policy).unwrap()),
    }
}

fn differences(found: &Findings) -> Vec<String> {
    let all = found.over_grants.iter().chain(&found.under_grants);
    all.map(|fact| fact.seen.clone()).collect()
}

/// Compares nothing but the beginning: every further character is let in.
fn compares_the_beginning(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.starts_with(TRUSTED))
}

#[tokio::test]
async fn what_another_answer_implies_is_not_asked() {
    let found = audit(compares_the_beginning, &knowing()).await;
    let weak = &found.weaknesses[0];
    let special = weak.seen.iter().filter(|seen| seen.contains(", then `"));
    assert_eq!(special.count(), 0, "{weak:#?}");
    assert!(found.requests < 110, "{}", found.requests);
}

/// Trusts nobody.
fn nobody(_: &OutgoingRequest) -> Response {
    bare()
}

#[tokio::test]
async fn near_misses_of_nobody_prove_nothing_and_that_is_told() {
    let found = audit(nobody, &knowing()).await;
    let told =
        format!("`{TRUSTED}` may not read; if any page may, name its origin with `--origin`");
    assert!(found.facts[0].seen.starts_with(&told), "{found:#?}");
}

/// The server of the README's example.
fn of_the_readme(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if origin == "https://app.example" || origin.starts_with("https://app.example.") {
        grant(&origin)
    } else {
        bare()
    }
}

#[tokio::test]
async fn the_readme_is_right_about_audits() {
    const README: &str = include_str!("../../../../README.md");
    let known = Known {
        origins: vec!["https://app.example".to_owned()],
        policy: None,
    };
    let url = "https://staging.example/api/items";
    let audit = audit_at(url, |request| Ok(of_the_readme(request)), &known).await;
    let shown = render(&audit, Colour::Plain);
    let mut lines = shown.lines();
    let first = lines.next().unwrap();
    assert!(README.contains(first), "{first}");
    let likely_fix = lines.find(|line| line.contains("likely fix")).unwrap();
    assert!(README.contains(likely_fix), "{likely_fix}");
    let limit = format!("It asks at most {ENOUGH_REQUESTS} questions");
    assert!(README.contains(&limit), "{limit}");
}
