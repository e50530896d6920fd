//! One run: every selected vector on every leg, judged.

pub mod folder;
pub mod gallery;
mod hexadecimal;
pub mod identity;
pub mod known_failures;
pub mod ledger;
pub mod output;
pub mod progress;
pub mod selection;
mod verdicts;

use std::{
    convert::Infallible,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crosscheck_oracle::FETCH_REVISION;
use crosscheck_reference::policy::Refusal;
use crosscheck_replay::{
    agree,
    agree::Disagreement,
    case::{Case, cases},
    declared_policy::cases_of_resource,
};
use crosscheck_report::{
    known::KnownFile,
    leg::Leg,
    overview::Overview,
    results::{Generated, LegIdentity, LegResult, OwnVectors},
};
use crosscheck_vectors::{load::Suite, vector::VectorId};

use crate::{
    VERSION,
    browser::{
        engine::Engine,
        leg::{BrowserLeg, LegError, Setting},
    },
    leg::{Keep, replay},
    playground::{Playground, PlaygroundError},
    process::{clock, interrupt::interrupted},
    run::{
        folder::{Folder, FolderError, Known},
        identity::Identity,
        ledger::{Ledger, LedgerError, Resume},
        output::{Output, OutputError},
        progress::Progress,
        selection::{SelectError, Selection},
    },
    subject::{
        Subject, SubjectConfig,
        adapter::{
            Adapter,
            check::{About, Depth, Finding},
            fault::Broken,
            manifest::Manifest,
        },
        reach::{ReachError, reach},
    },
    wire::leg::WireLeg,
};

/// What to run, checked.
#[derive(Debug)]
pub struct Config {
    /// The vectors.
    pub suite: Suite,
    /// Which of them.
    pub selection: Selection,
    /// What is judged.
    pub subject: SubjectConfig,
    /// The legs, sorted.
    pub legs: Vec<LegConfig>,
    /// Failures that are known.
    pub known: Vec<KnownFile>,
    /// How many vectors are on the wire at a time.
    pub jobs: usize,
    /// How long one answer may take.
    pub patience: Duration,
    /// What some of the vectors were made up from.
    pub generated: Option<Generated>,
    /// Where vectors of one's own were read.
    pub own: Option<OwnVectors>,
    /// Where results go.
    pub out: PathBuf,
    /// What is to be written there afterwards, beside `results.json`.
    pub outputs: Vec<Output>,
    /// Whether to go on with an earlier run.
    pub resume: Resume,
}

/// A leg, with what it needs.
#[derive(Clone, Debug)]
pub enum LegConfig {
    /// The wire.
    Wire,
    /// A browser: this program of that engine.
    Browser(&'static dyn Engine, PathBuf),
}

impl LegConfig {
    pub(crate) fn leg(&self) -> Leg {
        match self {
            Self::Wire => Leg::Wire,
            Self::Browser(engine, _) => engine.leg(),
        }
    }
}

/// Why a run came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Nothing to run.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The suite is at odds with itself.
    #[error("the oracle disagrees with {} before anything is replayed", agree::n_vectors(.0.len()))]
    Disagreement(Vec<Disagreement>),
    /// The declared policy cannot be meant.
    #[error("a sound server refuses the policy")]
    Policy(#[from] Refusal),
    /// No requests can be sent.
    #[error("no requests can be sent")]
    Http(#[from] reqwest::Error),
    /// The deployed server gives no answer.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// The adapter is at fault.
    #[error(transparent)]
    Adapter(#[from] Broken),
    /// The adapter lies.
    #[error("the adapter fails its check")]
    Lies(Vec<Finding>),
    /// The listener cannot be started.
    #[error(transparent)]
    Playground(#[from] PlaygroundError),
    /// The folder cannot be written to.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Results cannot be kept.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// `results.json` cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Nothing can be replayed in the browser.
    #[error(transparent)]
    Browser(#[from] LegError),
}

impl From<Infallible> for RunError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    /// What was judged; what was seen besides stands in `results.json`.
    pub overview: Overview,
    /// Whether that is all.
    pub ended: Ended,
    /// Reasons to doubt that what was judged is what was meant.
    pub doubts: Vec<String>,
    /// What it did not replay, if it went on with an earlier run.
    pub taken_over: Option<TakenOver>,
    /// Where `results.json` is.
    pub folder: Folder,
}

/// How much of a run comes from an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenOver {
    /// Verdicts of the earlier run, a leg and a vector each.
    pub verdicts: usize,
    /// Vectors that were replayed now.
    pub replayed: usize,
}

impl fmt::Display for TakenOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdicts = match self.verdicts {
            1 => "1 verdict".to_owned(),
            n => format!("{} verdicts", grouped(n)),
        };
        let vectors = match self.replayed {
            1 => "1 vector".to_owned(),
            n => format!("{} vectors", grouped(n)),
        };
        write!(
            f,
            "{verdicts} taken over from the earlier run, {vectors} replayed"
        )
    }
}

/// `n` with a comma before every three digits.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything was replayed.
    Complete,
    /// Somebody wanted it to end; the rest was skipped.
    Interrupted,
}

/// The ledger, and the first reason why it could not be written.
#[derive(Debug)]
struct Kept {
    ledger: Ledger,
    broken: Option<LedgerError>,
}

impl Kept {
    fn new(ledger: Ledger) -> Arc<Mutex<Self>> {
        let broken = None;
        Arc::new(Mutex::new(Self { ledger, broken }))
    }

    fn record(&mut self, id: &VectorId, result: LegResult) {
        if let Err(error) = self.ledger.record(id, result) {
            self.broken.get_or_insert(error);
        }
    }

    fn taken_over(&self) -> TakenOver {
        TakenOver {
            verdicts: self.ledger.n_taken_over(),
            replayed: self.ledger.n_replayed(),
        }
    }

    /// Fails with what went wrong when results were written.
    fn whole(&mut self) -> Result<(), LedgerError> {
        self.broken.take().map_or(Ok(()), Err)
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs, until everything is judged or Ctrl-C is pressed: then the rest is skipped. Writes
/// `results.json`.
///
/// # Errors
///
/// If nothing can be judged, or nothing kept.
pub async fn run(config: &Config, progress: &Progress) -> Result<Ran, RunError> {
    let (started, clock) = (clock::now(), Instant::now());
    let sane = sane_cases(config)?;
    let mut folder = Folder::claim(&config.out, Known::Nothing)?;
    output::check(&folder, config, sane.iter().map(|case| &case.id))?;
    let interrupted = interrupted();
    let (mut subject, doubts) = start(config).await?;
    let other = subject.cases(&config.suite, &sane);
    let who = subject.identity();
    let cases = other.as_ref().unwrap_or(&sane);
    let identity = Identity::of(config, &who, cases);
    let ledger = Ledger::open(&mut folder, &identity, config.resume)?;
    let replay = Replay {
        config,
        cases,
        kept: Kept::new(ledger),
        playground: Arc::new(Playground::start().await?),
        progress,
    };
    let engines = tokio::select! {
        engines = replay.all_legs(&mut subject) => Some(engines),
        () = interrupted => None,
    };
    subject.end().await;
    let engines = engines.transpose()?;
    let ended = if engines.is_some() {
        Ended::Complete
    } else {
        Ended::Interrupted
    };
    let mut kept = lock(&replay.kept);
    kept.whole()?;
    let legs: Vec<_> = config.legs.iter().map(LegConfig::leg).collect();
    let vectors = verdicts::collect(replay.cases, &legs, &kept.ledger);
    let mut overview = Overview {
        suite: VERSION.to_owned(),
        fetch_revision: FETCH_REVISION.to_owned(),
        subject: who,
        started,
        seconds: clock.elapsed().as_secs_f64(),
        legs: engines.unwrap_or_default(),
        not_selected: config.suite.vectors.len() - vectors.len(),
        vectors,
        stale: Vec::new(),
        generated: config.generated,
        own: config.own.clone(),
    };
    verdicts::excuse(&mut overview, config, &legs);
    let vectors = verdicts::whole(&overview.vectors, replay.cases, &sane, &kept.ledger);
    output::write(&mut folder, &overview, vectors)?;
    Ok(Ran {
        overview,
        ended,
        doubts,
        taken_over: (config.resume == Resume::Yes).then(|| kept.taken_over()),
        folder,
    })
}

/// The selected cases for a server without faults, with all of which the oracle agrees.
fn sane_cases(config: &Config) -> Result<Vec<Case>, RunError> {
    let mut sane = match &config.subject {
        SubjectConfig::Deployed(deployed) => {
            cases_of_resource(&deployed.deployment, &config.suite)?
        }
        SubjectConfig::Adapter(_) | SubjectConfig::Reference(_) => cases(&config.suite, None),
    };
    if let SubjectConfig::Adapter(_) = config.subject {
        // The others judge browsers.
        sane.retain(|case| case.policy.is_some());
    }
    let sane = config.selection.of(sane)?;
    agree::agree(&sane).map_err(RunError::Disagreement)?;
    Ok(sane)
}

/// The cases of a run on their way through its legs.
struct Replay<'a> {
    config: &'a Config,
    cases: &'a [Case],
    kept: Arc<Mutex<Kept>>,
    playground: Arc<Playground>,
    progress: &'a Progress,
}

impl Replay<'_> {
    /// Replays on each leg; returns who played the client there.
    async fn all_legs(&self, subject: &mut Subject) -> Result<Vec<LegIdentity>, RunError> {
        let mut engines = Vec::new();
        for leg in &self.config.legs {
            let engine = self.one_leg(leg, subject).await?;
            let leg = leg.leg();
            engines.push(LegIdentity { leg, engine });
        }
        Ok(engines)
    }

    async fn one_leg(&self, leg: &LegConfig, subject: &mut Subject) -> Result<String, RunError> {
        let todo = self.open_cases(leg.leg());
        let bar = self.progress.leg(leg.leg(), todo.len());
        let keep: Keep = {
            let (kept, bar) = (Arc::clone(&self.kept), bar.clone());
            let secrets = self.config.subject.secrets();
            Arc::new(move |case, mut result| {
                secrets.conceal_in(&mut result);
                lock(&kept).record(&case.id, result);
                bar.advance();
            })
        };
        let deployed = self.config.subject.deployed();
        let patience = self.config.patience;
        let engine = match leg {
            LegConfig::Wire => {
                let jobs = self.config.jobs;
                let mut leg = WireLeg::new(&self.playground, deployed, jobs, patience)?;
                let engine = WireLeg::engine();
                lock(&self.kept).ledger.begin(Leg::Wire, &engine)?;
                replay(&mut leg, subject, &todo, &keep).await?;
                engine
            }
            LegConfig::Browser(engine, program) => {
                let setting = Setting {
                    playground: &self.playground,
                    deployed,
                    known: &self.config.known,
                    patience,
                };
                let mut at_work = BrowserLeg::launch(*engine, program.clone(), setting).await?;
                let version = at_work.version().to_owned();
                let begun = lock(&self.kept).ledger.begin(leg.leg(), &version);
                if let Err(error) = begun {
                    at_work.close().await;
                    return Err(error.into());
                }
                replay(&mut at_work, subject, &todo, &keep).await?;
                at_work.close().await;
                version
            }
        };
        bar.finish();
        Ok(engine)
    }

    /// The cases that `leg` has still to do.
    fn open_cases(&self, leg: Leg) -> Vec<&Case> {
        let kept = lock(&self.kept);
        self.cases
            .iter()
            .filter(|case| kept.ledger.verdict(&case.id, leg).is_none())
            .collect()
    }
}

/// The subject at work, and reasons to doubt that it is the one that is meant.
async fn start(config: &Config) -> Result<(Subject, Vec<String>), RunError> {
    let subject = &config.subject;
    let manifest: &Manifest = match subject {
        SubjectConfig::Adapter(manifest) => manifest,
        SubjectConfig::Deployed(config) => {
            let secrets = subject.secrets();
            let doubt = reach(config).await?;
            let doubts = doubt.map(|doubt| secrets.conceal(&doubt).into_owned());
            let doubts = doubts.into_iter().collect();
            return Ok((Subject::Deployed(config.clone()), doubts));
        }
        SubjectConfig::Reference(setup) => {
            return Ok((Subject::Reference(setup.clone()), Vec::new()));
        }
    };
    let mut adapter = Adapter::start(manifest.clone(), config.patience).await?;
    let found = adapter.check(Depth::Quick).await;
    if found.iter().all(|finding| finding.about == About::Policy) {
        let doubts = found.iter().map(ToString::to_string).collect();
        return Ok((Subject::Adapter(Box::new(adapter)), doubts));
    }
    adapter.end().await;
    Err(RunError::Lies(found))
}
