//! A whole default run, against the bare start of the browser and a bare loop.

use std::{path::Path, time::Instant};

use crosscheck_harness::{
    browser::engines::default_engine,
    run::{Config, LegConfig, Ran, ledger::Resume, progress::Progress, run, selection::Selection},
    subject::SubjectConfig,
};
use crosscheck_reference::site::Setup;
use crosscheck_report::{leg::Leg, overview::Overview};
use crosscheck_vectors::load::Suite;
use miette::{IntoDiagnostic, Result};

use crate::{
    browser::{Bare, PATIENCE},
    tell::{Budget, figure, median, median_ratio, ratio, section},
};

/// How often either side has its turn, after one turn that is not counted.
const ROUNDS: usize = 3;

/// Replays `suite` on `legs` into `out` as the command line does; draws no report.
pub(crate) async fn replay(
    suite: Suite,
    legs: Vec<LegConfig>,
    out: &Path,
) -> Result<(Config, Ran)> {
    let config = Config {
        suite,
        selection: Selection::default(),
        subject: SubjectConfig::Reference(Setup::default()),
        legs,
        known: vec![default_engine().known_deviations()],
        jobs: 16,
        patience: PATIENCE,
        out: out.to_owned(),
        outputs: Vec::new(),
        generated: None,
        own: None,
        resume: Resume::No,
    };
    let ran = run(&config, &Progress::Quiet).await.into_diagnostic()?;
    Ok((config, ran))
}

/// How many calls the browser's pages made in a run.
fn n_calls(overview: &Overview) -> usize {
    let of_legs = overview.vectors.iter().flat_map(|vector| &vector.legs);
    of_legs
        .filter(|leg| leg.leg == Leg::browser("chromium"))
        .map(|leg| leg.outcomes.len())
        .sum()
}

/// Measures both in turn and tells.
pub(crate) async fn measure(suite: &Suite) -> Result<()> {
    let binary = default_engine().find(None).into_diagnostic()?;
    let legs = [
        LegConfig::Wire,
        LegConfig::Browser(default_engine(), binary),
    ];
    let mut rounds = Vec::with_capacity(ROUNDS);
    let (mut n_vectors, mut n_fetches) = (0, 0);
    for round in 0..=ROUNDS {
        let suite_of_run = suite.clone();
        let start = Instant::now();
        let out = tempfile::tempdir().into_diagnostic()?;
        let (_, ran) = replay(suite_of_run, legs.to_vec(), out.path()).await?;
        let whole = start.elapsed().as_secs_f64();
        (n_vectors, n_fetches) = (ran.overview.vectors.len(), n_calls(&ran.overview));
        let start = Instant::now();
        let mut bare = Bare::start(suite).await?;
        bare.fetch(1).await?;
        let ready = start.elapsed().as_secs_f64();
        let loops = bare.fetch(n_fetches).await?.as_secs_f64();
        bare.close().await;
        if round > 0 {
            rounds.push((whole, ready, loops));
        }
    }
    section(&format!(
        "Whole run: {n_vectors} vectors on wire and Chromium, {n_fetches} calls of pages, {ROUNDS} rounds"
    ))?;
    let seconds = |seconds: f64| format!("{seconds:.2} s");
    let all = |of: fn(&(f64, f64, f64)) -> f64| seconds(median(rounds.iter().map(of)));
    figure("whole run, from the start of the browser", &all(|r| r.0))?;
    figure("bare start, until the first page answers", &all(|r| r.1))?;
    figure("bare loop over as many fetches", &all(|r| r.2))?;
    let pairs: Vec<_> = rounds
        .iter()
        .map(|(whole, ready, loops)| (*whole, ready + loops))
        .collect();
    ratio(
        "whole run / (start + loop)",
        median_ratio(&pairs),
        Budget::AtMost(3.0),
    )
}
