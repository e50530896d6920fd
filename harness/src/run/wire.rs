//! The wire leg of a run.

use crosscheck_report::{observation::Leg, verdict::Verdict};
use futures_util::{StreamExt, stream};

use super::{Config, Kept, RunError, Shared};
use crate::{
    case::Case,
    judge::{leg_result, settled, unjudged},
    playground::Playground,
    progress::Progress,
    wire::Wire,
};

/// Replays `cases` and keeps what came of them; returns the engine's name.
pub(super) async fn replay(
    config: &Config,
    playground: &Playground,
    cases: &[&Case],
    shared: &Shared,
    progress: &Progress,
) -> Result<String, RunError> {
    let wire = Wire::new(playground.stage.addr(), config.patience).map_err(RunError::Http)?;
    let bar = progress.leg(Leg::Wire, cases.len());
    stream::iter(cases.iter().enumerate())
        .for_each_concurrent(config.jobs, async |(number, case)| {
            let result = if let Some(result) = settled(case, Leg::Wire) {
                result
            } else {
                {
                    let mut place = playground.set_up(case, &format!("w{number}"));
                    match wire.replay(case, &mut place, &playground.stage).await {
                        Ok(observations) => leg_result(case, Leg::Wire, observations),
                        Err(error) => unjudged(Leg::Wire, Verdict::HarnessError, chain(&error)),
                    }
                }
            };
            Kept::record(shared, &case.id, result);
            bar.advance();
        })
        .await;
    bar.finish();
    Ok("HTTP/1.1".to_owned())
}

/// An error with its causes, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
