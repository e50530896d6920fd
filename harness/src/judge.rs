//! What a leg saw, made a verdict.

use std::borrow::Cow;

use crosscheck_report::{
    diff::{Demand, Judged, diff},
    mismatch::{Effect, Mismatch},
    observation::{Leg, Observation},
    results::LegResult,
    verdict::{Verdict, judge},
};
use crosscheck_server::site::Site;
use crosscheck_vectors::{
    client::Client,
    expect::Expectation,
    vector::{Kind, Vector},
};

use crate::{
    address::Place,
    case::{Case, ServerPart},
    drive::target,
};

/// The result of `leg` for `case`, which saw `observations`.
pub fn leg_result(case: &Case, leg: Leg, observations: Vec<Observation>) -> LegResult {
    let judged = judged(case, leg);
    let mismatches = differing(&case.vector, leg, judged, &observations);
    let verdict = judge(&mismatches);
    LegResult {
        leg,
        verdict,
        note: taken(case, verdict),
        mismatches,
        observations,
    }
}

/// What is behind a failure under a policy that the server should not have taken; none if that is not it.
fn taken(case: &Case, verdict: Verdict) -> Option<String> {
    let differs = verdict.is_failure() || verdict == Verdict::RecommendedMissed;
    let policy = case.policy.as_deref().filter(|_| differs)?;
    let refusal = Site::try_from(policy).err()?;
    Some(format!(
        "the server took a policy that a sound one refuses; refusing it passes. Why: {refusal}"
    ))
}

/// What `leg` can witness of `case`: nobody sees what a page sends to a server that is not here.
fn judged(case: &Case, leg: Leg) -> Judged {
    if leg == Leg::Chromium && case.server.deployment().is_some() {
        Judged::PageOnly
    } else {
        Judged::Everything
    }
}

/// The result of `leg` for a case that it could not or need not replay.
pub fn unjudged(leg: Leg, verdict: Verdict, note: impl Into<String>) -> LegResult {
    LegResult {
        leg,
        verdict,
        note: Some(note.into()),
        mismatches: Vec::new(),
        observations: Vec::new(),
    }
}

/// The result of a case that nobody answers; none if it can be replayed.
pub fn settled(case: &Case, leg: Leg) -> Option<LegResult> {
    match &case.server {
        ServerPart::NotApplicable(why) => Some(unjudged(leg, Verdict::NotApplicable, why)),
        ServerPart::Refused {
            reason,
            rightly: true,
        } => Some(unjudged(
            leg,
            Verdict::Passed,
            format!("refused to be configured so: {reason}"),
        )),
        ServerPart::Refused {
            reason,
            rightly: false,
        } => {
            let mismatch = Mismatch {
                step: 0,
                field: "policy".to_owned(),
                expected: "a server that can be put into this policy".to_owned(),
                observed: format!("it refused: {reason}"),
                effect: Effect::UnderGrant,
                kind: case.vector.kind,
            };
            let verdict = judge(std::slice::from_ref(&mismatch));
            Some(LegResult {
                mismatches: vec![mismatch],
                ..unjudged(leg, verdict, reason)
            })
        }
        ServerPart::Broken(why) => Some(unjudged(leg, Verdict::SetupError, why)),
        ServerPart::Awaited { .. } => {
            let why = "the subject has not been put into the policy";
            Some(unjudged(leg, Verdict::SetupError, why))
        }
        ServerPart::Deployed(deployment) if leg == Leg::Chromium => {
            let unfit = deployment.unfit_for_pages(case);
            unfit.map(|why| unjudged(leg, Verdict::NotApplicable, why))
        }
        ServerPart::Deployed(_)
        | ServerPart::Instance(_)
        | ServerPart::Script(_)
        | ServerPart::Site(_) => None,
    }
}

/// Where `observations` differ from what `vector` expects.
pub fn mismatches(vector: &Vector, leg: Leg, observations: &[Observation]) -> Vec<Mismatch> {
    differing(vector, leg, Judged::Everything, observations)
}

/// The same in what is `judged`.
fn differing(
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

/// An error with its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
