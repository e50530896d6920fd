//! The wire leg of a run.

use std::sync::Arc;

use crosscheck_report::{observation::Leg, results::LegResult};

use super::{Config, Kept, Shared};
use crate::{case::Case, playground::Playground, progress::Progress, wire::Wire};

/// Replays `cases` and keeps what came of them; returns the engine's name.
pub(super) async fn replay(
    config: &Config,
    playground: &Arc<Playground>,
    cases: &[&Case],
    shared: &Arc<Shared>,
    progress: &Progress,
) -> String {
    let wire = Wire::new(playground.stage.addr(), config.patience);
    let bar = progress.leg(Leg::Wire, cases.len());
    let cases = cases.iter().copied().cloned().collect();
    let keep = {
        let (shared, bar) = (Arc::clone(shared), bar.clone());
        move |case: &Case, result: LegResult| {
            Kept::record(&shared, &case.id, result);
            bar.advance();
        }
    };
    wire.judge_all(cases, Arc::clone(playground), config.jobs, keep)
        .await;
    bar.finish();
    "HTTP/1.1".to_owned()
}
