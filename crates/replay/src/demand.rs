//! What a leg is held to, and where what it saw differs from that.

use std::borrow::Cow;

use crosscheck_report::{
    diff::{Demand, Judged, diff},
    leg::Leg,
    mismatch::Mismatch,
    observation::Observation,
};
use crosscheck_vectors::{
    client::Client,
    expect::Expectation,
    vector::{Kind, Vector},
};

use crate::{address::Place, drive::target};

/// Where `observations` differ from what `vector` expects.
pub fn mismatches(vector: &Vector, leg: Leg, observations: &[Observation]) -> Vec<Mismatch> {
    differing(vector, leg, Judged::Everything, observations)
}

/// The same in what is `judged`.
pub(crate) fn differing(
    vector: &Vector,
    leg: Leg,
    judged: Judged,
    observations: &[Observation],
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for (step, (demanded, seen)) in vector.steps.iter().zip(observations).enumerate() {
        let expect = expectation(vector, leg, &demanded.expect);
        let address = address(vector, &demanded.client);
        let demand = Demand {
            step,
            kind: vector.kind,
            expect: &expect,
            address: &address,
        };
        found.extend(diff(&demand, seen, judged));
    }
    if vector.policy.is_some() && leg != Leg::Oracle {
        for mismatch in &mut found {
            if is_the_applications(&mismatch.field) {
                mismatch.kind = mismatch.kind.max(Kind::Recommended);
            }
        }
    }
    found
}

/// Whether a field is about what stands behind the policy: which status it answers with, and whether it
/// was asked. Who may read the answer does not hang on it.
fn is_the_applications(field: &str) -> bool {
    field == "status" || field.ends_with(".handled")
}

/// What `leg` is held to. How a server refuses is its own choice, so under a policy only the oracle leg
/// is held to the reason.
fn expectation<'a>(vector: &Vector, leg: Leg, expect: &'a Expectation) -> Cow<'a, Expectation> {
    let mut expect = Cow::Borrowed(expect);
    if vector.policy.is_some() && leg != Leg::Oracle && expect.reason.is_some() {
        expect.to_mut().reason = None;
    }
    expect
}

/// Where a call goes, as the vector writes it, without what is never sent; a `WebSocket` opens with an
/// HTTP request.
fn address(vector: &Vector, client: &Client) -> String {
    let place = if vector.policy.is_some() {
        Place::of_subject(String::new(), String::new())
    } else {
        Place::of_script(String::new(), String::new())
    };
    target(client, &place).map_or_else(
        |bad| bad.url,
        |mut url| {
            url.set_fragment(None);
            // The parser refuses these for URLs without a host, which have none of it.
            let _hostless = (url.set_username(""), url.set_password(None));
            let http = match url.scheme() {
                "ws" => Some("http"),
                "wss" => Some("https"),
                _ => None,
            };
            let _is_special = http.map(|scheme| url.set_scheme(scheme));
            url.into()
        },
    )
}
