//! Servers that no fault of the reference server plays, as functions from request to answer.

use crosscheck_audit::learn::Known;
use crosscheck_oracle::{OutgoingRequest, Response};
use rstest::rstest;

use super::script::{TRUSTED, audit, bare, grant, grant_if, method, origin};

/// Trusts its own site's pages without a list: a mistake found without any hint.
fn own_site_anywhere(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if origin.contains("shop.example") {
        grant(&origin)
    } else {
        bare()
    }
}

/// Answers every preflight with a grant, and checks the origin of the rest.
fn open_preflights(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if request.method == b"OPTIONS" || origin == "https://app.shop.example" {
        grant(&origin)
    } else {
        bare()
    }
}

/// Reflects whoever shows a cookie.
fn reflects_with_cookie(request: &OutgoingRequest) -> Response {
    if request.headers.contains("cookie") {
        grant(&origin(request))
    } else {
        bare()
    }
}

/// Trusts everything below `github.io`.
fn trusts_github_pages(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if origin.ends_with(".github.io") {
        grant(&origin)
    } else {
        bare()
    }
}

/// Names one origin to everybody, as a static answer does, and means no harm.
fn one_constant_origin(_: &OutgoingRequest) -> Response {
    Response::new(200).with_header("Access-Control-Allow-Origin", "https://www.shop.example")
}

/// Forgets its headers if nothing has changed.
fn bare_not_modified(request: &OutgoingRequest) -> Response {
    if request.headers.contains("if-none-match") {
        return Response::new(304);
    }
    match &*origin(request) {
        "https://app.shop.example" => {
            grant("https://app.shop.example").with_header("ETag", "\"1\"")
        }
        _ => bare(),
    }
}

/// Trusts a site where anybody writes.
fn trusts_a_playground(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin == "http://jsbin.com")
}

/// Takes a sign that few think of for the end of the host.
fn ends_hosts_at_a_sign(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("https://app.shop.example=")
    })
}

/// Grants private network access to whoever asks for it, as it should only where it is trusted.
fn private_network_for_all(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if origin == "https://app.shop.example" || method(request) == "PUT" {
        return grant(&origin).with_header("Access-Control-Allow-Private-Network", "true");
    }
    bare()
}

/// A public resource that any page may reach in a private network, if it asks.
fn public_in_a_private_network(request: &OutgoingRequest) -> Response {
    let answer = Response::new(200).with_header("Access-Control-Allow-Origin", "*");
    if request
        .headers
        .contains("access-control-request-private-network")
    {
        return answer.with_header("Access-Control-Allow-Private-Network", "true");
    }
    answer
}

/// Refuses POST, which it does not list, with a status, and says all the same what it lists.
fn refuses_with_status(request: &OutgoingRequest) -> Response {
    match &*origin(request) {
        "https://app.shop.example" => {
            let mut answer = grant("https://app.shop.example");
            if request.method == b"OPTIONS" && method(request) != "PUT" {
                answer.status = 400;
            }
            answer
        }
        _ => bare(),
    }
}

/// Lets the application answer preflights of strangers, which are refused thereby.
fn hands_refused_on(request: &OutgoingRequest) -> Response {
    let trusted = origin(request) == "https://app.shop.example";
    match (trusted, &*request.method) {
        (true, b"OPTIONS") => Response {
            status: 204,
            ..grant("https://app.shop.example")
        },
        (true, _) => Response {
            body: b"an application".to_vec(),
            ..grant("https://app.shop.example")
        },
        (false, _) => Response {
            body: b"an application".to_vec(),
            ..bare()
        },
    }
}

/// Grants with `*`, but only whoever has an origin.
fn wildcard_on_request(request: &OutgoingRequest) -> Response {
    if request.headers.contains("origin") {
        Response::new(200).with_header("Access-Control-Allow-Origin", "*")
    } else {
        bare()
    }
}

/// Takes the list of headers for what it is.
fn refuses_odd_lists(request: &OutgoingRequest) -> Response {
    let mut answer = match &*origin(request) {
        "https://app.shop.example" => grant("https://app.shop.example"),
        _ => bare(),
    };
    answer
        .headers
        .set("Access-Control-Allow-Methods", "POST, PUT");
    let names = request.headers.get("access-control-request-headers");
    if names.is_some_and(|names| names.contains(&b'"')) {
        answer.status = 400;
    }
    answer
}

#[rstest]
#[case::wildcard(wildcard_on_request)]
#[case::odd_lists(refuses_odd_lists)]
#[case::status(refuses_with_status)]
#[case::application(hands_refused_on)]
#[tokio::test]
async fn what_sound_servers_do_as_they_like(#[case] answer: fn(&OutgoingRequest) -> Response) {
    let known = Known {
        origins: vec!["https://app.shop.example".to_owned()],
        policy: None,
    };
    assert_eq!(audit(answer, &known).await.weaknesses, []);
}

#[rstest]
#[case::own_site(own_site_anywhere, "origin-match", "high")]
#[case::open_preflights(open_preflights, "reflected-origin", "high")]
#[case::with_cookie(reflects_with_cookie, "reflected-origin", "high")]
#[case::github_pages(trusts_github_pages, "third-party-origin", "high")]
#[case::playground(trusts_a_playground, "third-party-origin", "high")]
#[case::sign(ends_hosts_at_a_sign, "origin-match", "high")]
#[case::private_network(private_network_for_all, "private-network", "medium")]
#[case::public_private_network(public_in_a_private_network, "private-network", "medium")]
#[tokio::test]
async fn weaknesses_found_without_a_hint(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] class: &str,
    #[case] severity: &str,
) {
    let found = audit(answer, &Known::default()).await;
    let weak = found.weaknesses.iter().find(|weak| weak.class == class);
    let weak = weak.unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(weak.severity, severity);
}

#[tokio::test]
async fn a_constant_origin_is_learnt_from_the_answer_itself() {
    let found = audit(one_constant_origin, &Known::default()).await;
    assert_eq!(found.weaknesses, []);
    let grants = serde_json::to_value(&found.grants).unwrap();
    assert_eq!(
        grants["origins"],
        serde_json::json!(["https://www.shop.example"])
    );
}

#[tokio::test]
async fn a_bare_304_is_told() {
    let known = Known {
        origins: vec!["https://app.shop.example".to_owned()],
        policy: None,
    };
    let found = audit(bare_not_modified, &known).await;
    assert_eq!(found.weaknesses, []);
    let classes: Vec<_> = found
        .facts
        .iter()
        .filter_map(|fact| fact.class.as_deref())
        .collect();
    assert!(classes.contains(&"missing-on-error"), "{:#?}", found.facts);
}

/// Looks for the origin in a list that is one text.
fn looks_into_a_text(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.len() > 8 && "https://www.shop.example,https://app.shop.example".contains(origin)
    })
}

fn trusts_plain_pages(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.starts_with("http://x"))
}

fn trusts_what_begins_like_localhost(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.starts_with("http://localhost"))
}

fn trusts_plain_subdomains(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("http://") && origin.ends_with(".app.shop.example")
    })
}

fn trusts_previews(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("https://shop-") && origin.ends_with(".vercel.app")
    })
}

fn does_not_anchor_subdomains(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.contains(".app.shop.example"))
}

fn sends_a_pattern(_: &OutgoingRequest) -> Response {
    grant("https://*.shop.example")
}

fn forgets_the_origin_of_preflights(request: &OutgoingRequest) -> Response {
    let mut answer = grant_if(request, |_| false);
    if request.method == b"OPTIONS" {
        answer.headers.remove("Access-Control-Allow-Origin");
    }
    answer
}

#[rstest]
#[case::text(looks_into_a_text, "origin-match", "high")]
#[case::plain(trusts_plain_pages, "reflected-origin", "high")]
#[case::localhost(trusts_what_begins_like_localhost, "origin-match", "high")]
#[case::plain_subdomains(trusts_plain_subdomains, "insecure-scheme", "medium")]
#[case::previews(trusts_previews, "third-party-origin", "high")]
#[case::anchor(does_not_anchor_subdomains, "origin-match", "high")]
#[case::pattern(sends_a_pattern, "malformed-header", "low")]
#[case::preflights(forgets_the_origin_of_preflights, "not-granted", "low")]
#[tokio::test]
async fn weaknesses_found_beside_a_trusted_origin(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] class: &str,
    #[case] severity: &str,
) {
    let known = Known {
        origins: vec![TRUSTED.to_owned()],
        policy: None,
    };
    let found = audit(answer, &known).await;
    let weak = found.weaknesses.iter().find(|weak| weak.class == class);
    let weak = weak.unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(weak.severity, severity);
}

/// What a cache keeps of a server that reflects, whoever asks.
fn kept_by_a_cache(request: &OutgoingRequest) -> Response {
    let kept = request.method == b"GET" && request.url.query().is_none();
    if kept {
        Response::new(200).with_header("Age", "7")
    } else {
        grant(&origin(request))
    }
}

#[tokio::test]
async fn a_cache_does_not_hide_the_server() {
    let found = audit(kept_by_a_cache, &Known::default()).await;
    assert_eq!(found.weaknesses[0].class, "reflected-origin", "{found:#?}");
    assert_eq!(found.weaknesses[0].severity, "high");
}
