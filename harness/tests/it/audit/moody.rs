//! Servers whose answers depend on what was asked before, or that stop answering.

use crosscheck_audit::report::{Audit, Findings, Outcome};
use crosscheck_harness::client::remote::Unanswered;
use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_replay::drive::TooMany;
use rstest::rstest;

use super::script::{
    Said, TRUSTED, audit, audit_whole, bare, grant, grant_if, knowing_the_trusted as knowing,
    origin,
};

fn sound(request: &OutgoingRequest) -> Response {
    grant_if(request, |_| false)
}

fn findings(audit: &Audit) -> &Findings {
    audit.findings().unwrap_or_else(|| panic!("{audit:#?}"))
}

fn seen(found: &Findings) -> Vec<&str> {
    let weak = found.weaknesses.iter().flat_map(|weak| &weak.seen);
    let facts = found.facts.iter().map(|fact| &fact.seen);
    weak.chain(facts).map(String::as_str).collect()
}

/// Whether something was seen that begins like `text`.
fn tells(found: &Findings, text: &str) -> bool {
    seen(found).iter().any(|seen| seen.starts_with(text))
}

#[rstest]
#[case::private(true, "high")]
#[case::public(false, "low")]
#[tokio::test]
async fn an_answer_made_for_the_visitor_before_is_found(
    #[case] credentials: bool,
    #[case] severity: &str,
) {
    let mut before = String::new();
    let server = |request: &OutgoingRequest| -> Said {
        let named = std::mem::replace(&mut before, origin(request));
        let mut answer = grant(&named);
        if !credentials {
            answer.headers.remove("Access-Control-Allow-Credentials");
        }
        Ok(answer)
    };
    let audit = audit_whole(server, &knowing()).await;
    let weak = &findings(&audit).weaknesses;
    let weak = weak.iter().find(|weak| weak.class == "reflected-origin");
    let weak = weak.unwrap_or_else(|| panic!("{audit:#?}"));
    assert_eq!(weak.severity, severity);
    assert!(weak.seen[0].starts_with("an answer names the site that asked before"));
}

/// Whoever is refused is told the one origin that may read, which is nobody's who asked before.
fn names_the_trusted(request: &OutgoingRequest) -> Response {
    if request.headers.contains("origin") {
        grant(TRUSTED)
    } else {
        bare()
    }
}

#[tokio::test]
async fn naming_the_trusted_origin_to_all_mixes_nothing_up() {
    let found = audit(names_the_trusted, &knowing()).await;
    assert!(!tells(&found, "an answer names the site"), "{found:#?}");
}

#[tokio::test]
async fn a_429_ends_the_audit_at_once() {
    for last in [1, 2, 20, 40] {
        let mut n_asked = 0;
        let server = |request: &OutgoingRequest| -> Said {
            n_asked += 1;
            if n_asked < last {
                Ok(sound(request))
            } else {
                Err(TooMany.into())
            }
        };
        let audit = audit_whole(server, &knowing()).await;
        let why = match &audit.outcome {
            Outcome::NotJudged { error } => error.clone(),
            Outcome::Judged(found) => found.cut_short.clone().unwrap(),
        };
        assert_eq!(
            why,
            "too many requests: it answers 429; ask less often with `--rate`"
        );
        assert_eq!(n_asked, last);
        assert_eq!(
            audit.n_wrong(),
            None,
            "nothing wrong in a part is no all-clear"
        );
        assert_eq!(audit.findings().is_some(), last > 1);
    }
}

#[tokio::test]
async fn a_weakness_stands_though_the_rest_was_not_asked() {
    let mut n_asked = 0;
    let server = |request: &OutgoingRequest| -> Said {
        n_asked += 1;
        if n_asked < 10 {
            Ok(grant_if(request, |origin| !origin.is_empty()))
        } else {
            Err(TooMany.into())
        }
    };
    let audit = audit_whole(server, &knowing()).await;
    assert_eq!(findings(&audit).weaknesses[0].class, "reflected-origin");
    assert_eq!(audit.n_wrong(), Some(1));
}

#[tokio::test]
async fn a_firewall_that_refuses_everybody_is_no_all_clear() {
    let mut n_strangers = 0;
    let server = |request: &OutgoingRequest| -> Said {
        let origin = origin(request);
        n_strangers += usize::from(!origin.is_empty() && origin != TRUSTED);
        if n_strangers > 8 {
            return Ok(Response::new(403));
        }
        Ok(sound(request))
    };
    let audit = audit_whole(server, &knowing()).await;
    let why = findings(&audit).cut_short.as_deref().unwrap();
    assert!(why.starts_with("the trusted page is now refused what it was granted before"));
    assert_eq!(audit.n_wrong(), None, "{audit:#?}");
}

#[tokio::test]
async fn unanswered_preflights_do_not_end_the_audit() {
    let server = |request: &OutgoingRequest| -> Said {
        if request.method == b"OPTIONS" {
            return Err(Unanswered::Unsendable);
        }
        Ok(grant_if(request, |origin| {
            origin.starts_with("https://app.shop.example.")
        }))
    };
    let audit = audit_whole(server, &knowing()).await;
    let found = findings(&audit);
    assert_eq!(found.weaknesses[0].class, "origin-match");
    assert_eq!(found.cut_short, None);
    assert!(tells(found, "preflights are not answered ("), "{found:#?}");
}

#[tokio::test]
async fn one_lost_preflight_is_not_taken_for_deafness() {
    let mut n_preflights = 0;
    let server = |request: &OutgoingRequest| -> Said {
        n_preflights += usize::from(request.method == b"OPTIONS");
        if request.method == b"OPTIONS" && n_preflights == 2 {
            return Err(Unanswered::Unsendable);
        }
        Ok(sound(request))
    };
    let audit = audit_whole(server, &knowing()).await;
    let found = findings(&audit);
    assert!(!tells(found, "preflights are not answered"), "{found:#?}");
    assert!(n_preflights > 4);
}

#[tokio::test]
async fn a_lost_preflight_for_a_made_up_header_proves_nothing() {
    let server = |request: &OutgoingRequest| -> Said {
        let names = request.headers.get("access-control-request-headers");
        let names = names.unwrap_or_default().into_owned();
        if names.starts_with(b"x-x") {
            return Err(Unanswered::Unsendable);
        }
        let answer = sound(request);
        Ok(answer.with_header("Access-Control-Allow-Headers", names))
    };
    let audit = audit_whole(server, &knowing()).await;
    assert_eq!(findings(&audit).weaknesses, []);
}

#[tokio::test]
async fn a_server_that_dies_is_not_called_deaf() {
    let mut n_asked = 0;
    let server = |request: &OutgoingRequest| -> Said {
        n_asked += 1;
        if request.method == b"OPTIONS" || n_asked > 10 {
            n_asked = 100;
            return Err(Unanswered::Unsendable);
        }
        Ok(sound(request))
    };
    let audit = audit_whole(server, &knowing()).await;
    let found = findings(&audit);
    assert!(found.cut_short.is_some());
    assert_eq!(audit.n_wrong(), None);
    assert!(!tells(found, "preflights are not answered"), "{found:#?}");
}

#[tokio::test]
async fn a_server_that_wakes_up_late_is_judged() {
    let mut n_asked = 0;
    let server = |request: &OutgoingRequest| -> Said {
        n_asked += 1;
        if n_asked == 1 {
            return Err(Unanswered::Unsendable);
        }
        Ok(sound(request))
    };
    let audit = audit_whole(server, &knowing()).await;
    assert_eq!(audit.n_wrong(), Some(0), "{audit:#?}");
}

/// Says what it would say to `null` to those without an origin.
fn null_to_nobody(request: &OutgoingRequest) -> Response {
    if request.headers.contains("origin") {
        sound(request)
    } else {
        bare().with_header("Access-Control-Allow-Origin", "null")
    }
}

fn stumbles_over_strangers(request: &OutgoingRequest) -> Response {
    let origin = origin(request);
    if origin.is_empty() || origin == TRUSTED {
        sound(request)
    } else {
        Response::new(500)
    }
}

/// Answers pages alone.
fn demands_an_origin(request: &OutgoingRequest) -> Response {
    if request.headers.contains("origin") {
        sound(request)
    } else {
        Response::new(400).with_header("Vary", "Origin")
    }
}

fn fails_always(request: &OutgoingRequest) -> Response {
    Response {
        status: 503,
        ..sound(request)
    }
}

/// A cache that hands everybody the same copy.
fn kept_for_all(request: &OutgoingRequest) -> Response {
    if request.method == b"GET" && request.url.query().is_none() {
        Response::new(200).with_header("X-Cache", "HIT from edge")
    } else {
        sound(request)
    }
}

const NULL: &str = "a request without `Origin` is answered as if it had been `null`";
const STUMBLES: &str = "an origin that is not trusted makes it fail, with 500";
const DEMANDS: &str =
    "without an `Origin`, which its own pages' GET lacks, it answers 400, and 200";
const FAILS: &str = "it answers 503, so this is about its errors";
const CACHE: &str = "a cache that does not tell origins apart stands before it";

#[rstest]
#[case::null(null_to_nobody, &[NULL])]
#[case::stumbles(stumbles_over_strangers, &[STUMBLES])]
#[case::demands(demands_an_origin, &[DEMANDS, "it answers 400, so this is about its errors"])]
#[case::fails(fails_always, &[FAILS])]
#[case::cache(kept_for_all, &[CACHE])]
#[case::sound(sound, &[])]
#[tokio::test]
async fn circumstances_are_told_where_they_are_so(
    #[case] answer: fn(&OutgoingRequest) -> Response,
    #[case] told: &[&str],
) {
    let found = audit(answer, &knowing()).await;
    for text in [NULL, STUMBLES, DEMANDS, FAILS, CACHE] {
        let told = told.contains(&text);
        assert_eq!(tells(&found, text), told, "{text}: {:#?}", seen(&found));
    }
    for text in told {
        assert!(tells(&found, text), "{text}: {:#?}", seen(&found));
    }
}
