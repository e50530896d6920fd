//! Servers that trust several origins, and compare each in its own way.

use crosscheck_audit::{
    auditor::ENOUGH_REQUESTS,
    learn::Known,
    report::{Findings, ShownWeakness},
};
use crosscheck_oracle::{OutgoingRequest, Response};
use rstest::rstest;

use super::script::{TRUSTED, audit, audit_whole, bare, grant, grant_if, origin};

const SECOND: &str = "https://desk.office.example";

const THIRD: &str = "https://desk.example";

/// Who runs it names all pages.
fn knowing_all() -> Known {
    Known {
        origins: [TRUSTED, SECOND, THIRD].map(str::to_owned).to_vec(),
        policy: None,
    }
}

fn third_by_suffix(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.ends_with("desk.example"))
}

fn second_by_domain(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.ends_with("office.example"))
}

fn second_by_prefix(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.starts_with(SECOND))
}

/// `^https://desk.office\.example$`
fn second_with_any_character(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        let rest = origin.strip_prefix("https://desk");
        rest.is_some_and(|rest| rest.len() == 15 && rest.ends_with("office.example"))
    })
}

fn second_with_any_port(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin == SECOND || origin.starts_with("https://desk.office.example:")
    })
}

fn second_with_any_scheme(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.ends_with("://desk.office.example"))
}

/// Takes pages whose host ends like its own for its own.
fn own_host_by_suffix(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("https://api.shop.example.") || origin == SECOND
    })
}

fn own_host_at_any_port(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("https://api.shop.example:")
    })
}

/// `^https://app\.[a-z0-9]+\.example$`
fn pattern_for_the_domain(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| {
        origin.starts_with("https://app.")
            && origin.ends_with(".example")
            && origin.split('.').count() == 3
    })
}

fn weak<'a>(found: &'a Findings, class: &str) -> &'a ShownWeakness {
    let mut all = found.weaknesses.iter();
    let weak = all.find(|weak| weak.class == class);
    weak.unwrap_or_else(|| panic!("{found:#?}"))
}

#[rstest]
#[case::suffix(third_by_suffix, "origin-match", "high")]
#[case::domain(second_by_domain, "origin-match", "high")]
#[case::prefix(second_by_prefix, "origin-match", "high")]
#[case::any_character(second_with_any_character, "origin-match", "high")]
#[case::port(second_with_any_port, "port-ignored", "medium")]
#[case::scheme(second_with_any_scheme, "insecure-scheme", "medium")]
#[case::label(pattern_for_the_domain, "origin-match", "high")]
#[case::own_port(own_host_at_any_port, "port-ignored", "medium")]
#[case::own(own_host_by_suffix, "origin-match", "high")]
#[tokio::test]
async fn near_misses_are_made_of_each(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] class: &str,
    #[case] severity: &str,
) {
    let found = audit(answer, &knowing_all()).await;
    assert_eq!(weak(&found, class).severity, severity);
}

/// The second origin is told to whoever asks, and compared by its end.
fn tells_the_second(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if origin == TRUSTED || origin.ends_with("office.example") {
        grant(&origin)
    } else {
        grant(SECOND)
    }
}

#[tokio::test]
async fn near_misses_are_made_of_what_was_learnt() {
    let known = Known {
        origins: vec![TRUSTED.to_owned()],
        policy: None,
    };
    let found = audit(tells_the_second, &known).await;
    assert_eq!(weak(&found, "origin-match").severity, "high");
}

/// Pages below the named one may read, which itself may not.
fn below_the_named(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if origin.ends_with(".desk.office.example") {
        grant(&origin)
    } else {
        bare()
    }
}

#[tokio::test]
async fn near_misses_are_made_of_what_was_named_if_nothing_is_trusted() {
    let known = Known {
        origins: vec![SECOND.to_owned()],
        policy: None,
    };
    let found = audit(below_the_named, &known).await;
    let granted = serde_json::to_value(&found.grants.origins).unwrap();
    let expected = serde_json::json!([{ "subdomains_of": "https://desk.office.example" }]);
    assert_eq!(granted, expected, "{found:#?}");
}

fn many() -> Known {
    let names = 1..=12;
    Known {
        origins: names
            .map(|n| format!("https://app.tenant-{n}.example"))
            .collect(),
        policy: None,
    }
}

/// Trusts a page of each of many tenants, and compares the last of them by its end.
fn many_tenants(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if many().origins.contains(&origin) || origin.ends_with("tenant-12.example") {
        grant(&origin)
    } else {
        bare()
    }
}

#[tokio::test]
async fn the_most_telling_are_asked_first_and_the_limit_is_kept() {
    let mut n_asked = 0;
    let server = |request: &OutgoingRequest| {
        n_asked += 1;
        Ok(many_tenants(request))
    };
    let audit = audit_whole(server, &many()).await;
    let found = audit.findings().unwrap();
    assert_eq!(found.cut_short, None);
    assert_eq!(weak(found, "origin-match").severity, "high");
    assert!(n_asked <= ENOUGH_REQUESTS, "{n_asked}");
    let told = "near misses of further trusted origins were left out";
    assert!(found.facts.iter().any(|fact| fact.seen.starts_with(told)));
}

/// Trusts three pages and nobody else.
fn all(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin == SECOND || origin == THIRD)
}

#[tokio::test]
async fn sound_origins_are_let_alone() {
    let found = audit(all, &knowing_all()).await;
    assert_eq!(found.weaknesses, []);
    let granted = serde_json::to_value(&found.grants.origins).unwrap();
    assert_eq!(granted, serde_json::json!([TRUSTED, THIRD, SECOND]));
}
