//! Servers whose answers differ from one request to the next.

use crosscheck_audit::{learn::Known, report::Findings};
use crosscheck_oracle::{OutgoingRequest, Response};

use super::script::{
    TRUSTED, audit_whole, bare, grant, grant_if, knowing_the_trusted as knowing, origin,
};

const DIFFER: &str = "answers differ from one request to the next";

/// What is found of two servers that take turns behind one name.
async fn taking_turns(
    one: fn(&OutgoingRequest) -> Response,
    other: fn(&OutgoingRequest) -> Response,
    known: &Known,
) -> Findings {
    let mut n_asked = 0;
    let server = |request: &OutgoingRequest| {
        n_asked += 1;
        Ok(if n_asked % 2 == 0 {
            one(request)
        } else {
            other(request)
        })
    };
    let audit = audit_whole(server, known).await;
    let found = audit.findings().unwrap();
    assert_eq!(found.cut_short, None, "{found:#?}");
    found.clone()
}

/// The class and severity of each weakness that says so.
fn differing(found: &Findings) -> Vec<(&str, &str)> {
    let tells = found
        .weaknesses
        .iter()
        .filter(|weak| weak.seen.iter().any(|seen| seen.contains(DIFFER)));
    tells.map(|weak| (&*weak.class, &*weak.severity)).collect()
}

fn sound(request: &OutgoingRequest) -> Response {
    grant_if(request, |_| false)
}

fn reflecting(request: &OutgoingRequest) -> Response {
    grant(&origin(request))
}

/// Knows no CORS.
fn silent(_: &OutgoingRequest) -> Response {
    bare()
}

fn trusting_null(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin == "null")
}

fn silent_preflights(request: &OutgoingRequest) -> Response {
    if request.method == b"OPTIONS" {
        bare()
    } else {
        sound(request)
    }
}

fn reflecting_preflights(request: &OutgoingRequest) -> Response {
    if request.method == b"OPTIONS" {
        reflecting(request)
    } else {
        sound(request)
    }
}

fn comparing_the_beginning(request: &OutgoingRequest) -> Response {
    grant_if(request, |origin| origin.starts_with(TRUSTED))
}

/// Permits DELETE, too.
fn permitting_more(request: &OutgoingRequest) -> Response {
    let mut answer = sound(request);
    if origin(request) == TRUSTED {
        let methods = "PUT, DELETE";
        answer.headers.set("Access-Control-Allow-Methods", methods);
    }
    answer
}

#[tokio::test]
async fn one_of_two_servers_that_reflects_is_found_in_either_order() {
    for (one, other) in
        [(sound, reflecting), (reflecting, sound)] as [(fn(&_) -> _, fn(&_) -> _); 2]
    {
        let found = taking_turns(one, other, &knowing()).await;
        assert_eq!(
            differing(&found)[0],
            ("reflected-origin", "high"),
            "{found:#?}"
        );
        assert!(found.grants.origins.is_any());
    }
}

#[tokio::test]
async fn a_trusted_page_that_is_refused_at_times_is_told_and_learnt() {
    for (one, other) in [(sound, silent), (silent, sound)] as [(fn(&_) -> _, fn(&_) -> _); 2] {
        let found = taking_turns(one, other, &knowing()).await;
        assert_eq!(differing(&found), [("not-granted", "low")], "{found:#?}");
        let granted = serde_json::to_value(&found.grants.origins).unwrap();
        assert_eq!(granted, serde_json::json!([TRUSTED]));
    }
}

#[tokio::test]
async fn null_at_times_is_told() {
    let found = taking_turns(sound, trusting_null, &knowing()).await;
    assert_eq!(differing(&found), [("null-origin", "high")], "{found:#?}");
}

#[tokio::test]
async fn a_careless_comparison_at_times_is_found_in_either_order() {
    for (one, other) in [
        (sound, comparing_the_beginning),
        (comparing_the_beginning, sound),
    ] as [(fn(&_) -> _, fn(&_) -> _); 2]
    {
        let found = taking_turns(one, other, &knowing()).await;
        assert_eq!(differing(&found), [("origin-match", "high")], "{found:#?}");
    }
}

#[tokio::test]
async fn preflights_that_differ_are_told() {
    let found = taking_turns(sound, silent_preflights, &knowing()).await;
    assert_eq!(differing(&found), [("not-granted", "low")], "{found:#?}");
    let found = taking_turns(sound, permitting_more, &knowing()).await;
    assert_eq!(differing(&found), [("not-granted", "low")], "{found:#?}");
    let found = taking_turns(sound, reflecting_preflights, &knowing()).await;
    assert_eq!(
        differing(&found),
        [("reflected-origin", "high")],
        "{found:#?}"
    );
}

#[tokio::test]
async fn answers_that_do_not_differ_are_not_told() {
    for server in [sound, reflecting, silent] as [fn(&_) -> _; 3] {
        let found = taking_turns(server, server, &knowing()).await;
        assert_eq!(differing(&found), [], "{found:#?}");
    }
}

/// Fails once in a while.
#[tokio::test]
async fn a_failure_is_not_taken_for_a_refusal() {
    let mut n_asked = 0;
    let server = |request: &OutgoingRequest| {
        n_asked += 1;
        Ok(if n_asked % 7 == 0 {
            Response::new(502)
        } else {
            sound(request)
        })
    };
    let audit = audit_whole(server, &knowing()).await;
    assert_eq!(differing(audit.findings().unwrap()), []);
}
