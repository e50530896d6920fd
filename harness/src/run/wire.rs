//! The wire leg of a run.

use crosscheck_report::observation::Leg;
use futures_util::{StreamExt, stream};

use super::{Config, Kept, RunError, Shared};
use crate::{case::Case, playground::Playground, progress::Progress, wire::Wire};

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
    stream::iter(cases)
        .for_each_concurrent(config.jobs, async |case| {
            Kept::record(shared, &case.id, wire.judge(case, playground).await);
            bar.advance();
        })
        .await;
    bar.finish();
    Ok("HTTP/1.1".to_owned())
}
