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
    case::{Case, NoServer, Server},
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
    if leg.is_browser() && case.deployment().is_some() {
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

/// Who answers `case` on `leg`.
///
/// # Errors
///
/// What it comes to if it cannot or need not be replayed.
pub fn answering(case: &Case, leg: Leg) -> Result<&Server, Box<LegResult>> {
    let server = match &case.server {
        Ok(server) => server,
        Err(nobody) => return Err(Box::new(unanswered(case, nobody, leg))),
    };
    let deployment = server.deployment().filter(|_| leg.is_browser());
    match deployment.and_then(|deployment| deployment.unfit_for_pages(&case.vector)) {
        Some(why) => Err(Box::new(unjudged(leg, Verdict::NotApplicable, why))),
        None => Ok(server),
    }
}

/// What `case` comes to, which nobody answers.
pub fn unanswered(case: &Case, nobody: &NoServer, leg: Leg) -> LegResult {
    match nobody {
        NoServer::NotApplicable(why) => unjudged(leg, Verdict::NotApplicable, why),
        NoServer::Broken(why) => unjudged(leg, Verdict::SetupError, why),
        NoServer::Awaited { .. } => {
            let why = "the subject has not been put into the policy";
            unjudged(leg, Verdict::SetupError, why)
        }
        NoServer::Refused {
            reason,
            rightly: true,
        } => {
            let note = format!("refused to be configured so: {reason}");
            unjudged(leg, Verdict::Passed, note)
        }
        NoServer::Refused {
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
            LegResult {
                mismatches: vec![mismatch],
                ..unjudged(leg, verdict, reason)
            }
        }
    }
}
