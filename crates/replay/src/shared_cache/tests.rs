use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_report::{leg::Leg, verdict::Verdict};
use crosscheck_vectors::{expect::StepOutcome, vector::Vector};
use rstest::rstest;
use serde_json::{Value, json};

use super::{Visits, visit};
use crate::{
    address::Place,
    demand::mismatches,
    drive::{Answered, Transport, TransportError},
};

/// Answers each origin by name, or in its own way, and counts.
struct Server {
    headers: fn(Option<&str>) -> Vec<(&'static str, String)>,
    n_requests: usize,
}

impl Transport for Server {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        self.n_requests += 1;
        let origin = request.headers.get("origin");
        let origin = origin.map(|origin| String::from_utf8(origin.into_owned()).unwrap());
        let mut response = Response {
            status: 200,
            headers: [("Cache-Control", "max-age=60")].into_iter().collect(),
            body: Vec::new(),
        };
        for (name, value) in (self.headers)(origin.as_deref()) {
            response.headers.push(name, value);
        }
        Ok(Answered {
            response: Some(response),
            handled: None,
        })
    }
}

const ORIGIN: &str = "Access-Control-Allow-Origin";

fn granted(origin: Option<&str>) -> Option<(&'static str, String)> {
    let listed = ["https://a.example", "https://b.example"];
    let origin = origin.filter(|origin| listed.contains(origin))?;
    Some((ORIGIN, origin.to_owned()))
}

fn sound(origin: Option<&str>) -> Vec<(&'static str, String)> {
    let vary = ("Vary", "Origin".to_owned());
    granted(origin).into_iter().chain([vary]).collect()
}

fn without_vary(origin: Option<&str>) -> Vec<(&'static str, String)> {
    granted(origin).into_iter().collect()
}

fn star_unless_asked(origin: Option<&str>) -> Vec<(&'static str, String)> {
    if origin.is_some() {
        return sound(origin);
    }
    vec![(ORIGIN, "*".to_owned())]
}

fn always_the_same(_: Option<&str>) -> Vec<(&'static str, String)> {
    vec![(ORIGIN, "https://a.example".to_owned())]
}

fn step(origin: &str, outcome: &str) -> Value {
    let mut expect = json!({"outcome": outcome, "requests": [{"method": "GET"}]});
    match outcome {
        "readable" => expect["status"] = json!(200),
        _ => expect["reason"] = json!("cors-check/missing-origin"),
    }
    json!({"client": {"origin": origin}, "expect": expect})
}

fn visited(server: &mut Server, steps: &[(&str, &str)]) -> (Vector, Visits) {
    let steps: Vec<_> = steps.iter().map(|(who, ends)| step(who, ends)).collect();
    let vector: Vector = serde_json::from_value(json!({
        "name": "n", "title": "T.", "why": "W.", "kind": "required", "requirements": ["r"],
        "policy": "two-origins", "through": "shared-cache", "steps": steps
    }))
    .unwrap();
    let mut place = Place::of_subject("/p/t/s".to_owned(), "0".to_owned());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let visits = runtime.block_on(visit(&vector, Leg::Wire, &mut place, server));
    (vector, visits.unwrap())
}

const A: (&str, &str) = ("https://a.example", "readable");
const B: (&str, &str) = ("https://b.example", "readable");
const STRANGER: (&str, &str) = ("https://c.example", "network-error");
const OWN: (&str, &str) = ("same-origin", "readable");

#[rstest]
#[case::sound(sound, &[A, B, STRANGER, OWN], None)]
#[case::the_same_for_all(always_the_same, &[A, OWN], None)]
#[case::no_vary(
    without_vary, &[A, B],
    Some("through a shared cache, if step 2 (`https://b.example`) comes after step 1 (`https://a.example`)")
)]
#[case::over_grant(
    star_unless_asked, &[A, OWN, STRANGER],
    Some("through a shared cache, if step 3 (`https://c.example`) comes after step 2 (`same-origin`)")
)]
fn the_order_that_does_harm_is_told(
    #[case] headers: fn(Option<&str>) -> Vec<(&'static str, String)>,
    #[case] steps: &[(&str, &str)],
    #[case] order: Option<&str>,
) {
    let mut server = Server {
        headers,
        n_requests: 0,
    };
    let (vector, visits) = visited(&mut server, steps);
    assert_eq!(visits.order.as_deref(), order);
    let found = mismatches(&vector, Leg::Wire, &visits.observations);
    assert_eq!(found.is_empty(), order.is_none());
}

#[test]
fn the_gravest_order_is_shown() {
    let mut server = Server {
        headers: |origin| match origin {
            Some(_) => without_vary(origin),
            None => star_unless_asked(None),
        },
        n_requests: 0,
    };
    let (vector, visits) = visited(&mut server, &[A, B, OWN, STRANGER]);
    let verdict = super::judge(&mismatches(&vector, Leg::Wire, &visits.observations));
    assert_eq!(verdict, Verdict::FailedOverGrant);
    assert_eq!(visits.observations[3].outcome, StepOutcome::Readable);
}

#[test]
fn every_order_has_a_cache_of_its_own() {
    let mut server = Server {
        headers: sound,
        n_requests: 0,
    };
    visited(&mut server, &[A, B, OWN]);
    // Six orders, and no visit finds what it could use.
    assert_eq!(server.n_requests, 12);
    server.headers = always_the_same;
    visited(&mut server, &[A, OWN]);
    // Two orders, and the second visit never reaches the server.
    assert_eq!(server.n_requests, 14);
}
