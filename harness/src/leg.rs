//! The cases of a leg, in waves: no more policies at a time than the subject has instances.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crosscheck_replay::{case::Case, judge::unjudged};
use crosscheck_report::{leg::Leg, results::LegResult, verdict::Verdict};

use crate::subject::Subject;

/// Takes what came of a case.
pub(crate) type Keep = Arc<dyn Fn(&Case, LegResult) + Send + Sync>;

/// A way of replaying cases that are ready for it.
pub(crate) trait Replay {
    /// Why it cannot go on.
    type Error;

    /// The leg.
    fn leg(&self) -> Leg;

    /// Replays `cases`, whose servers are up, and hands over what came of each.
    ///
    /// # Errors
    ///
    /// If nothing more can be replayed.
    async fn replay(&mut self, cases: Arc<[Case]>, keep: &Keep) -> Result<(), Self::Error>;
}

/// Replays `cases` on `leg`, with `subject` put into their policies.
///
/// A subject that breaks takes with it only what it broke over: what heard nothing from it is replayed
/// again, one after the other.
pub(crate) async fn replay<L: Replay>(
    leg: &mut L,
    subject: &mut Subject,
    cases: &[&Case],
    keep: &Keep,
) -> Result<(), L::Error> {
    for wave in subject.waves(cases) {
        let settled = subject.settle(&wave).await;
        let doubtful = Arc::new(Mutex::new(Vec::new()));
        let sort: Keep = {
            let (keep, doubtful) = (Arc::clone(keep), Arc::clone(&doubtful));
            Arc::new(move |case, result| {
                if heard_nothing(case, &result) {
                    lock(&doubtful).push((case.id.clone(), result));
                } else {
                    keep(case, result);
                }
            })
        };
        leg.replay(settled.into(), &sort).await?;
        let doubtful = std::mem::take(&mut *lock(&doubtful));
        let broke = !doubtful.is_empty() && subject.broke().await.is_some();
        for (id, result) in doubtful {
            let Some(case) = wave.iter().find(|case| case.id == id) else {
                continue;
            };
            if broke {
                alone(leg, subject, case, keep).await?;
            } else {
                keep(case, result);
            }
        }
    }
    Ok(())
}

/// Replays `case` by itself; if the subject breaks, it is this one's doing.
async fn alone<L: Replay>(
    leg: &mut L,
    subject: &mut Subject,
    case: &Case,
    keep: &Keep,
) -> Result<(), L::Error> {
    let settled = subject.settle(&[case]).await;
    let last = Arc::new(Mutex::new(None));
    let take: Keep = {
        let last = Arc::clone(&last);
        Arc::new(move |_, result| *lock(&last) = Some(result))
    };
    leg.replay(settled.into(), &take).await?;
    let last = lock(&last).take();
    let result = match (subject.broke().await, last) {
        (None, Some(result)) => result,
        (None, None) => return Ok(()),
        (Some(broken), _) => unjudged(leg.leg(), Verdict::SetupError, broken.to_string()),
    };
    keep(case, result);
    Ok(())
}

/// Whether the server of `case`, run by an adapter, may have been gone.
fn heard_nothing(case: &Case, result: &LegResult) -> bool {
    let unanswered = result
        .observations
        .iter()
        .flat_map(|seen| &seen.exchanges)
        .any(|exchange| exchange.response.is_none());
    case.instance().is_some() && (result.verdict.is_error() || unanswered)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
