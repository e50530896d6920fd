//! Which origins a browser can have, asked of Chromium itself: vectors that send an `Origin` as it stands do so only
//! where no page could.

use std::collections::BTreeSet;

use crosscheck_oracle::Origin;
use crosscheck_replay::case::cases;
use crosscheck_report::{leg::Leg, verdict::Verdict};
use crosscheck_vectors::{client::Api, load::Suite};
use serde_json::{Value, json};

use super::{line, results};
use crate::binary::Bench;

/// The topics whose requests carry an `Origin` that no page sends.
const TOPICS: [&str; 2] = ["server/malformed-origin", "server/origin-spellings"];

/// Every value that a request of these topics gives as its only origin, and that a page could have by its form.
fn raw_origins() -> BTreeSet<String> {
    let suite = Suite::embedded().unwrap();
    let mut found = BTreeSet::new();
    for case in cases(&suite, None) {
        let is_raw = TOPICS.contains(&case.id.topic());
        for step in case.vector.steps.iter().filter(|_| is_raw) {
            assert_eq!(step.client.api, Api::Raw, "{}", case.id);
            let named = |name: &[u8]| name.eq_ignore_ascii_case(b"origin");
            let mut lines = step
                .client
                .headers
                .iter()
                .filter(|(name, _)| named(name.as_bytes()));
            let (Some((_, only)), None) = (lines.next(), lines.next()) else {
                continue;
            };
            let origin = only.to_string();
            found.extend(Origin::parse(&origin).is_ok().then_some(origin));
        }
    }
    found
}

fn vector(number: usize, origin: &str) -> Value {
    json!({
        "name": format!("origin-{number}"),
        "title": "A page of this origin is refused.",
        "why": "It is not listed.",
        "kind": "required",
        "requirements": ["server/actual/malformed-origin"],
        "policy": "credentialed",
        "steps": [{
            "client": {"origin": origin},
            "expect": {
                "outcome": "network-error",
                "reason": "cors-check/missing-origin",
                "requests": [{"method": "GET"}]
            }
        }]
    })
}

#[test]
fn no_page_has_an_origin_that_only_raw_requests_send() {
    let origins = raw_origins();
    // Hosts with every character that the URL Standard permits and names on the network lack, among others.
    assert!(origins.len() > 12, "{origins:?}");
    let vectors: Vec<_> = origins
        .iter()
        .enumerate()
        .map(|(n, origin)| vector(n, origin))
        .collect();
    let file = json!({"title": "Odd origins", "about": "Pages of each.", "vectors": vectors});
    let bench = Bench::empty();
    bench.put("own/server/odd.json", &file.to_string());
    bench.crosscheck(&line(&["*"], "--vectors own")).ended(2);
    for vector in results(&bench).vectors {
        let leg = vector.leg(Leg::browser("chromium")).unwrap();
        let note = leg.note.clone().unwrap_or_default();
        assert_eq!(leg.verdict, Verdict::HarnessError, "{}: {note}", vector.id);
        assert!(note.contains("did not load"), "{note}");
    }
}
