//! The wire leg, against a bare load generator.

use std::{
    hint::black_box,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crosscheck_harness::{playground::Playground, wire::Wire};
use crosscheck_replay::{
    case::{Case, Server, cases},
    judge::answering,
};
use crosscheck_report::{leg::Leg, results::LegResult};
use crosscheck_vectors::load::Suite;
use miette::{IntoDiagnostic, Result, miette};

use crate::{
    load::{Load, Prepared},
    record::record,
    tell::{Budget, figure, median, median_ratio, per_second, ratio, section},
};

/// How many vectors, or bare requests, are on the wire at a time: the default of a run.
const JOBS: usize = 16;

/// How often each side has its turn, after one turn that is not counted.
const ROUNDS: usize = 9;

/// How often a turn replays all vectors.
const REPLAYS: usize = 8;

/// All that replays vectors on the wire.
#[derive(Debug)]
pub(crate) struct Replayer {
    playground: Arc<Playground>,
    wire: Wire,
    cases: Arc<[Case]>,
}

impl Replayer {
    /// One for the vectors in `suite` that can be replayed.
    pub(crate) async fn new(suite: &Suite) -> Result<Self> {
        let playground = Playground::start().await.into_diagnostic()?;
        let mut cases = cases(suite, None);
        cases.retain(|case| answering(case, Leg::Wire).is_ok());
        Ok(Self {
            wire: Wire::new(playground.stage.addr(), Duration::from_secs(10)),
            playground: Arc::new(playground),
            cases: cases.into(),
        })
    }

    /// Replays and judges all vectors once; returns how many requests that took.
    pub(crate) async fn replay(&self) -> Result<usize> {
        let seen = Arc::new(Mutex::new((0, None)));
        let keep = {
            let seen = Arc::clone(&seen);
            move |_case: &Case, result: LegResult| {
                let steps = &black_box(&result).observations;
                let n_sent: usize = steps.iter().map(|step| step.exchanges.len()).sum();
                let mut seen = seen.lock().expect("nobody panics");
                seen.0 += n_sent;
                if !result.verdict.is_judged() {
                    seen.1 = result.note;
                }
            }
        };
        let (cases, playground) = (Arc::clone(&self.cases), Arc::clone(&self.playground));
        self.wire.judge_all(cases, playground, JOBS, keep).await;
        let (n_requests, unjudged) = seen.lock().expect("nobody panics").clone();
        match unjudged {
            Some(why) => Err(miette!("a vector cannot be judged: {why}")),
            None => Ok(n_requests),
        }
    }

    /// Requests per second of some replays of all vectors.
    async fn rate(&self) -> Result<f64> {
        let start = Instant::now();
        let mut n_requests = 0;
        for _ in 0..REPLAYS {
            n_requests += self.replay().await?;
        }
        Ok(per_second(n_requests, start.elapsed()))
    }
}

/// The requests of vectors without their model, and a small one.
struct Bare<'a> {
    /// Vectors whose answers keep connections open, with their exchange and their requests.
    recorded: Vec<(&'a Case, String, Vec<Prepared>)>,
    /// A request that the application of some policy answers and nobody journals.
    small: Prepared,
}

impl<'a> Bare<'a> {
    async fn new(cases: &'a [Case], playground: &Playground) -> Result<Self> {
        let mut recorded = Vec::with_capacity(cases.len());
        for (number, case) in cases.iter().enumerate() {
            let exchange = format!("bare-{number}");
            if let Some(requests) = record(case, playground, &exchange).await? {
                recorded.push((case, exchange, requests));
            }
        }
        Ok(Self {
            recorded,
            small: small_request(cases, playground).await?,
        })
    }

    /// Requests per second of the recorded ones; what they are answered with is set up beforehand.
    async fn rate(&self, load: &mut Load, playground: &Playground) -> Result<f64> {
        let sequences: Vec<_> = self
            .recorded
            .iter()
            .map(|(.., sent)| sent.clone())
            .collect();
        let n_requests: usize = sequences.iter().map(Vec::len).sum();
        let mut time = Duration::ZERO;
        for _ in 0..REPLAYS {
            for (case, exchange, _) in &self.recorded {
                playground.stage.forget_exchange(exchange);
                playground.set_up(case.server.as_ref().expect("a server answers it"), exchange);
            }
            time += load.send(&sequences).await.into_diagnostic()?;
        }
        Ok(per_second(n_requests * REPLAYS, time))
    }

    /// Requests per second of the small one.
    async fn rate_of_small(&self, load: &mut Load) -> Result<f64> {
        let n_requests = self.recorded.len() * REPLAYS;
        let sequences = vec![vec![self.small.clone()]; n_requests];
        let time = load.send(&sequences).await.into_diagnostic()?;
        Ok(per_second(n_requests, time))
    }
}

async fn small_request(cases: &[Case], playground: &Playground) -> Result<Prepared> {
    let is_site = |case: &&Case| matches!(case.server, Ok(Server::Site(_)));
    let case = cases.iter().find(is_site);
    let case = case.ok_or_else(|| miette!("no vector has a policy"))?;
    let mut place = playground.set_up(case.server.as_ref().expect("a server answers it"), "small");
    let logical = place.parse(None).into_diagnostic()?;
    // Without its query nobody can tell to which exchange it belongs.
    let path = place.real(&logical).path().to_owned();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: api.example\r\nOrigin: https://app.example\r\n\r\n");
    Prepared::ask(request.into_bytes(), playground.stage.addr())
        .await
        .into_diagnostic()
}

/// Measures all in turn and tells.
pub(crate) async fn measure(suite: &Suite) -> Result<()> {
    let replayer = Replayer::new(suite).await?;
    let other = Replayer::new(suite).await?;
    let bare = Bare::new(&other.cases, &other.playground).await?;
    let address = other.playground.stage.addr();
    let mut load = Load::open(address, JOBS).await.into_diagnostic()?;
    let mut rounds = Vec::with_capacity(ROUNDS);
    for round in 0..=ROUNDS {
        let ours = replayer.rate().await?;
        let same = bare.rate(&mut load, &other.playground).await?;
        let small = bare.rate_of_small(&mut load).await?;
        if round > 0 {
            rounds.push((ours, same, small));
        }
    }
    section(&format!(
        "Wire leg: {} vectors, {JOBS} at a time, {REPLAYS} replays a turn, {ROUNDS} rounds",
        replayer.cases.len(),
    ))?;
    let told = |rate: f64| format!("{rate:.0} requests/s");
    let of = |of: fn(&(f64, f64, f64)) -> f64| told(median(rounds.iter().map(of)));
    figure("set up, replayed and judged", &of(|round| round.0))?;
    figure("load generator, the same requests", &of(|round| round.1))?;
    figure("load generator, one small GET", &of(|round| round.2))?;
    let same: Vec<_> = rounds.iter().map(|round| (round.0, round.1)).collect();
    let small: Vec<_> = rounds.iter().map(|round| (round.0, round.2)).collect();
    figure(
        "replayed / one small GET",
        &format!("{:.2}", median_ratio(&small)),
    )?;
    ratio(
        "replayed / the same requests",
        median_ratio(&same),
        Budget::AtLeast(0.5),
    )
}
