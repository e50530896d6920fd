//! The wire leg of a run.

use std::sync::Arc;

use crosscheck_report::observation::Leg;

use super::{
    Config, RunError,
    waves::{Keep, Replay},
};
use crate::{deployed::Deployed, playground::Playground, subject::SubjectConfig, wire::Wire};
use crosscheck_replay::case::Case;

/// The wire leg of one run.
#[derive(Debug)]
pub(super) struct WireLeg<'a> {
    wire: Wire,
    playground: &'a Arc<Playground>,
    jobs: usize,
}

impl<'a> WireLeg<'a> {
    /// A leg to what lives in `playground`, and to instances of the subject.
    pub(super) fn new(
        config: &Config,
        playground: &'a Arc<Playground>,
    ) -> Result<Self, reqwest::Error> {
        let mut wire = Wire::new(playground.stage.addr(), config.patience);
        if let SubjectConfig::Deployed(deployed) = &config.subject {
            wire = wire.to_deployed(Deployed::new(deployed.settings.clone())?);
        }
        Ok(Self {
            wire,
            playground,
            jobs: config.jobs,
        })
    }

    /// The engine's name.
    pub(super) fn engine() -> String {
        "HTTP/1.1".to_owned()
    }
}

impl Replay for WireLeg<'_> {
    const LEG: Leg = Leg::Wire;

    async fn replay(&mut self, cases: Arc<[Case]>, keep: &Keep) -> Result<(), RunError> {
        let (playground, keep) = (Arc::clone(self.playground), Arc::clone(keep));
        let keep = move |case: &Case, result| keep(case, result);
        self.wire
            .judge_all(cases, playground, self.jobs, keep)
            .await;
        Ok(())
    }
}
