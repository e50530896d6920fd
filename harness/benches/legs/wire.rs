//! The wire leg, against the bare load generator.

use std::{
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use crosscheck_harness::{
    case::{Case, ServerPart, cases},
    judge::{leg_result, settled},
    playground::Playground,
    wire::Wire,
};
use crosscheck_report::observation::Leg;
use crosscheck_vectors::load::Suite;
use futures_util::{StreamExt, TryStreamExt, stream};
use miette::{IntoDiagnostic, Result, miette};

use crate::{
    load::Load,
    tell::{Budget, figure, median, median_ratio, per_second, ratio, section},
};

/// How many vectors, or bare requests, are on the wire at a time: the default of a run.
const JOBS: usize = 16;

/// How often either side has its turn, after one turn that is not counted.
const ROUNDS: usize = 9;

/// How often a round replays all vectors.
const REPLAYS: usize = 8;

/// All that replays vectors on the wire.
#[derive(Debug)]
pub(crate) struct Replayer {
    playground: Playground,
    wire: Wire,
    cases: Vec<Case>,
    n_replays: usize,
}

impl Replayer {
    /// One for the vectors in `suite` that can be replayed.
    pub(crate) async fn new(suite: &Suite) -> Result<Self> {
        let playground = Playground::start().await.into_diagnostic()?;
        let patience = Duration::from_secs(10);
        let wire = Wire::new(playground.stage.addr(), patience).into_diagnostic()?;
        let mut cases = cases(suite, None);
        cases.retain(|case| settled(case, Leg::Wire).is_none());
        Ok(Self {
            playground,
            wire,
            cases,
            n_replays: 0,
        })
    }

    /// Replays and judges all vectors once; returns how many requests that took.
    pub(crate) async fn replay(&mut self) -> Result<usize> {
        let n_requests = AtomicUsize::new(0);
        let Self {
            playground,
            wire,
            cases,
            n_replays,
        } = self;
        *n_replays += 1;
        stream::iter(cases.iter().enumerate())
            .map(Ok)
            .try_for_each_concurrent(JOBS, async |(number, case)| {
                let mut place = playground.set_up(case, &format!("w{n_replays}-{number}"));
                let seen = wire.replay(case, &mut place, &playground.stage).await;
                let seen = seen.into_diagnostic()?;
                let n_sent = seen.iter().map(|step| step.exchanges.len()).sum();
                n_requests.fetch_add(n_sent, Ordering::Relaxed);
                black_box(leg_result(case, Leg::Wire, seen));
                Ok::<_, miette::Report>(())
            })
            .await?;
        Ok(n_requests.into_inner())
    }

    /// A small request that the application of some policy answers, and nobody journals.
    fn bare_request(&self) -> Result<Vec<u8>> {
        let is_site = |case: &&Case| matches!(case.server, ServerPart::Site(_));
        let case = self.cases.iter().find(is_site);
        let case = case.ok_or_else(|| miette!("no vector has a policy"))?;
        let mut place = self.playground.set_up(case, "bare");
        let logical = place.parse(None).into_diagnostic()?;
        let path = place.real(&logical).path().to_owned();
        let text = format!(
            "GET {path} HTTP/1.1\r\nHost: api.example\r\nOrigin: https://app.example\r\n\r\n"
        );
        Ok(text.into_bytes())
    }
}

/// Measures both in turn and tells.
pub(crate) async fn measure(suite: &Suite) -> Result<()> {
    let mut replayer = Replayer::new(suite).await?;
    let address = replayer.playground.stage.addr();
    let request = replayer.bare_request()?;
    let mut load = Load::open(address, JOBS).await.into_diagnostic()?;
    let mut rounds = Vec::with_capacity(ROUNDS);
    let mut n_requests = 0;
    for round in 0..=ROUNDS {
        let start = Instant::now();
        n_requests = 0;
        for _ in 0..REPLAYS {
            n_requests += replayer.replay().await?;
        }
        let ours = per_second(n_requests, start.elapsed());
        let start = Instant::now();
        let n_bare = load.send(&request, n_requests).await.into_diagnostic()?;
        let bare = per_second(n_bare, start.elapsed());
        if round > 0 {
            rounds.push((ours, bare));
        }
    }
    section(&format!(
        "Wire leg: {} vectors, {} requests, {JOBS} at a time, {ROUNDS} rounds",
        replayer.cases.len() * REPLAYS,
        n_requests,
    ))?;
    let rate = |rate: f64| format!("{rate:.0} requests/s");
    let (ours, bare) = (rounds.iter().map(|r| r.0), rounds.iter().map(|r| r.1));
    figure("set up, replayed and judged", &rate(median(ours)))?;
    figure("bare load generator, same server", &rate(median(bare)))?;
    ratio("ratio", median_ratio(&rounds), Budget::AtLeast(0.5))
}
