//! The browser leg, against a bare loop of `fetch` in the same page.

use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use crosscheck_harness::{
    browser::{
        batches::{Browse, Replayed},
        call::{Call, Place, Witness},
        engine::{Browser, Names, Options},
        engines::default_engine,
    },
    playground::{PAGE, PROBE, Playground},
};
use crosscheck_replay::{
    case::{Case, cases},
    judge::{answering, leg_result},
};
use crosscheck_report::{leg::Leg, verdict::Verdict};
use crosscheck_vectors::{
    client::{Api, Context, Credentials, EmbedderPolicy, Mode, ReferrerPolicy},
    expect::StepOutcome,
    load::Suite,
    vector::Kind,
};
use miette::{IntoDiagnostic, Result, miette};
use tokio::time::timeout;

use crate::tell::{Budget, figure, median, median_ratio, per_second, ratio, section};

/// How many vectors, or bare fetches, a turn makes: one batch.
const FETCHES: usize = 400;

/// How often either side has its turn, after one turn that is not counted.
const ROUNDS: usize = 9;

/// How long a call or an answer of the browser may take: the default of a run.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How long a bare loop may take: its fetches have no limit of their own.
const LONGEST: Duration = Duration::from_mins(2);

/// A browser with one page that can do both.
#[derive(Debug)]
pub(crate) struct Bare {
    browser: Box<dyn Browser>,
    playground: Playground,
    place: Place,
    cases: Vec<Case>,
    n_turns: usize,
}

impl Bare {
    /// Starts the browser for some vectors of `suite`.
    pub(crate) async fn start(suite: &Suite) -> Result<Self> {
        let (origin, cases) = plain_cases(suite)?;
        let playground = Playground::start().await.into_diagnostic()?;
        let page_path = format!("{}/bench", playground.page_path());
        let stage = &playground.stage;
        stage.put_static(&page_path, "text/html; charset=utf-8", PAGE);
        stage.put_static(
            &format!("{page_path}/probe.js"),
            "text/javascript; charset=utf-8",
            format!("{PROBE}\n{}", include_str!("bare.js")),
        );
        let engine = default_engine();
        let options = Options {
            binary: engine.find(None).into_diagnostic()?,
            stage: stage.addr(),
            spki: stage.spki_sha256_base64().to_owned(),
            trusted: None,
            page_path,
            timeout: PATIENCE,
        };
        Ok(Self {
            browser: engine.start(options, Names::All).await.into_diagnostic()?,
            playground,
            place: Place::top(origin),
            cases,
            n_turns: 0,
        })
    }

    /// The time of a bare loop over `n` fetches, whose servers are set up beforehand.
    pub(crate) async fn fetch(&mut self, n: usize) -> Result<Duration> {
        self.n_turns += 1;
        let mut calls = Vec::with_capacity(n);
        for (number, case) in self.cases.iter().cycle().take(n).enumerate() {
            let exchange = format!("bare{}-{number}", self.n_turns);
            let mut place = self.playground.set_up(
                case.server.as_ref().expect("a server answers it"),
                &exchange,
            );
            let step = case.vector.steps.first().expect("plain cases have a step");
            let logical = place.parse(step.client.url.as_deref());
            let real = place.real(&logical.into_diagnostic()?);
            calls.push(Call {
                id: exchange,
                url: real.into(),
                client: serde_json::to_value(&step.client).into_diagnostic()?,
            });
        }
        let start = Instant::now();
        let made = self.browser.run(&self.place, &calls, Witness::Quiet);
        let made = timeout(LONGEST, made).await.into_diagnostic()?;
        made.into_diagnostic()?;
        Ok(start.elapsed())
    }

    /// The time in which the browser leg replays and judges `n` vectors.
    async fn replay(&self, n: usize) -> Result<Duration> {
        let cases: Vec<_> = self.cases.iter().cycle().take(n).enumerate().collect();
        let browse = Browse::new(&*self.browser, &self.playground, PATIENCE);
        let mut failed = Vec::new();
        let mut judge = |number: usize, replayed: Replayed| {
            let Some((_, case)) = cases.get(number) else {
                return;
            };
            match replayed.map(|seen| leg_result(case, Leg::browser("chromium"), seen)) {
                Ok(result) if result.verdict == Verdict::Passed => {}
                Ok(result) => failed.push(format!("{}: {}", case.id, result.verdict.word())),
                Err(error) => failed.push(format!("{}: {error}", case.id)),
            }
        };
        let start = Instant::now();
        browse.replay(&cases, &Mutex::new(&mut judge)).await;
        let time = start.elapsed();
        if failed.is_empty() {
            Ok(time)
        } else {
            Err(miette!("not everything passed\n{}", failed.join("\n")))
        }
    }

    /// Ends the browser.
    pub(crate) async fn close(self) {
        self.browser.close().await;
    }
}

/// Vectors of one origin whose only call a plain `fetch(url, client)` can make, and which succeed.
fn plain_cases(suite: &Suite) -> Result<(String, Vec<Case>)> {
    let known = default_engine().known_deviations().entries;
    let mut by_origin: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in cases(suite, None) {
        let [step] = &*case.vector.steps else {
            continue;
        };
        let client = &step.client;
        let url = client.url.as_deref().unwrap_or_default();
        let is_plain = answering(&case, Leg::browser("chromium")).is_ok()
            && client.api == Api::Fetch
            && client.context == Context::default()
            && client.embedder_policy == EmbedderPolicy::default()
            && client.service_worker.is_none()
            && client.blob.is_none()
            && client.mode != Mode::Navigate
            && client.referrer_policy == ReferrerPolicy::Empty
            && client.body.is_none()
            && client.cookies.is_empty()
            // Passwords are the browser's own business, and a second question for one waits for ever.
            && client.credentials != Credentials::Include
            && !client.keepalive
            && case.vector.kind != Kind::Survey
            && client.after_ms == 0
            && !url.to_ascii_lowercase().contains("cookie")
            && step.expect.outcome == StepOutcome::Readable
            && !known.iter().any(|known| known.id.matches(case.id.as_str()));
        let origin = client.origin.as_deref();
        if let Some(origin) = origin.filter(|origin| is_plain && origin.starts_with("http")) {
            by_origin.entry(origin.to_owned()).or_default().push(case);
        }
    }
    by_origin
        .into_iter()
        .max_by_key(|(_, cases)| cases.len())
        .ok_or_else(|| miette!("no vector is plain enough"))
}

/// Measures both in turn and tells.
pub(crate) async fn measure(suite: &Suite) -> Result<()> {
    let mut bare = Bare::start(suite).await?;
    let mut rounds = Vec::with_capacity(ROUNDS);
    for round in 0..=ROUNDS {
        let ours = per_second(FETCHES, bare.replay(FETCHES).await?);
        let loops = per_second(FETCHES, bare.fetch(FETCHES).await?);
        if round > 0 {
            rounds.push((ours, loops));
        }
    }
    section(&format!(
        "Browser leg: {} vectors of {}, {FETCHES} calls a turn, {ROUNDS} rounds, {}",
        bare.cases.len(),
        bare.place.origin,
        bare.browser.version(),
    ))?;
    bare.close().await;
    let (ours, loops) = (rounds.iter().map(|r| r.0), rounds.iter().map(|r| r.1));
    figure(
        "set up, replayed and judged",
        &format!("{:.0} vectors/s", median(ours)),
    )?;
    figure(
        "bare loop of fetch in the same page",
        &format!("{:.0} fetches/s", median(loops)),
    )?;
    ratio("ratio", median_ratio(&rounds), Budget::AtLeast(0.8))
}
