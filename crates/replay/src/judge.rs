//! What a leg saw, made a verdict.

use crosscheck_reference::site::Site;
use crosscheck_report::{
    diff::Judged,
    leg::Leg,
    mismatch::{Effect, Mismatch},
    results::LegResult,
    verdict::{Verdict, judge},
};

use crate::{
    case::{Case, ServerPart},
    demand::differing,
    shared_cache::Visits,
};

/// The result of `leg` for `case`, which made `visits`; its note says in which order they do harm, or what
/// else stands behind a failure.
pub fn leg_result(case: &Case, leg: Leg, visits: impl Into<Visits>) -> LegResult {
    let Visits {
        observations,
        order,
    } = visits.into();
    let mismatches = differing(&case.vector, leg, judged(case, leg), &observations);
    let verdict = judge(&mismatches);
    LegResult {
        leg,
        verdict,
        note: order.or_else(|| taken(case, verdict)),
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
    if leg.is_browser() && case.server.deployment().is_some() {
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
        ServerPart::Deployed(deployment) if leg.is_browser() => {
            let unfit = deployment.unfit_for_pages(&case.vector);
            unfit.map(|why| unjudged(leg, Verdict::NotApplicable, why))
        }
        ServerPart::Deployed(_)
        | ServerPart::Instance(_)
        | ServerPart::Script(_)
        | ServerPart::Site(_) => None,
    }
}
