//! The wire leg of a run.

use std::{convert::Infallible, sync::Arc, time::Duration};

use crosscheck_replay::case::Case;
use crosscheck_report::leg::Leg;

use crate::{
    client::remote::Deployed,
    leg::{Keep, Replay},
    playground::Playground,
    subject::DeployedConfig,
    wire::Wire,
};

/// The wire leg of one run.
#[derive(Debug)]
pub struct WireLeg<'a> {
    wire: Wire,
    playground: &'a Arc<Playground>,
    jobs: usize,
}

impl<'a> WireLeg<'a> {
    /// A leg to what lives in `playground`, to instances of the subject, and to one that is `deployed`: `jobs`
    /// vectors at a time, of which no answer may take longer than `patience`.
    ///
    /// # Errors
    ///
    /// If no requests can be sent.
    pub fn new(
        playground: &'a Arc<Playground>,
        deployed: Option<&DeployedConfig>,
        jobs: usize,
        patience: Duration,
    ) -> Result<Self, reqwest::Error> {
        let mut wire = Wire::new(playground.stage.addr(), patience);
        if let Some(deployed) = deployed {
            wire = wire.to_deployed(Deployed::new(deployed.settings.clone())?);
        }
        Ok(Self {
            wire,
            playground,
            jobs,
        })
    }

    /// The engine's name.
    pub fn engine() -> String {
        "HTTP/1.1".to_owned()
    }
}

impl Replay for WireLeg<'_> {
    type Error = Infallible;

    fn leg(&self) -> Leg {
        Leg::Wire
    }

    async fn replay(&mut self, cases: Arc<[Case]>, keep: &Keep) -> Result<(), Infallible> {
        let (playground, keep) = (Arc::clone(self.playground), Arc::clone(keep));
        let keep = move |case: &Case, result| keep(case, result);
        self.wire
            .judge_all(cases, playground, self.jobs, keep)
            .await;
        Ok(())
    }
}
