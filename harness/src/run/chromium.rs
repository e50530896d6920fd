//! The Chromium leg of a run.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use crosscheck_report::{known::is_known, observation::Leg, results::LegResult, verdict::Verdict};

use super::{
    Config, RunError,
    reach::reach_from_page,
    waves::{Keep, Replay},
};
use crate::{
    browse::{Browse, PlanError, ReplayError, Replayed},
    chromium::{BrowserError, Chromium, Names, Options},
    deployed::trusted_key,
    playground::Playground,
    subject::SubjectConfig,
};
use crosscheck_replay::{
    case::Case,
    judge::{chain, leg_result, settled, unjudged},
    target::navigation,
};

/// How often a browser that died is started again.
const RESTARTS: usize = 2;

/// The Chromium leg of one run.
#[derive(Debug)]
pub(super) struct ChromiumLeg<'a> {
    config: &'a Config,
    playground: &'a Playground,
    options: Options,
    /// None once it died.
    engine: Option<Chromium>,
    version: String,
}

impl<'a> ChromiumLeg<'a> {
    /// Starts the browser.
    pub(super) async fn launch(
        config: &'a Config,
        binary: &Path,
        playground: &'a Playground,
    ) -> Result<Self, RunError> {
        let trusted = match &config.subject {
            SubjectConfig::Deployed(deployed) => {
                let request = navigation(deployed.deployment.url());
                trusted_key(&request, &deployed.settings).await
            }
            SubjectConfig::Adapter(_) | SubjectConfig::Reference(_) => None,
        };
        let options = Options {
            binary: binary.to_owned(),
            stage: playground.stage.addr(),
            spki: playground.stage.spki_sha256_base64().to_owned(),
            trusted,
            page_path: playground.page_path(),
            timeout: config.patience,
        };
        let engine = Chromium::launch_among(options.clone(), &names(config))
            .await
            .map_err(RunError::Browser)?;
        if let SubjectConfig::Deployed(deployed) = &config.subject {
            let reached = reach_from_page(&engine, deployed.deployment.url()).await;
            if let Err(error) = reached {
                engine.close().await;
                return Err(error);
            }
        }
        Ok(Self {
            config,
            playground,
            options,
            version: engine.version().to_owned(),
            engine: Some(engine),
        })
    }

    /// Ends the browser; returns its name and version.
    pub(super) async fn close(self) -> String {
        if let Some(engine) = self.engine {
            engine.close().await;
        }
        self.version
    }

    /// The browser at work, or else another one.
    async fn engine(&mut self) -> Result<Chromium, RunError> {
        if let Some(engine) = self.engine.take() {
            return Ok(engine);
        }
        let launched = Chromium::launch_among(self.options.clone(), &names(self.config)).await;
        launched.map_err(RunError::Browser)
    }
}

impl Replay for ChromiumLeg<'_> {
    const LEG: Leg = Leg::Chromium;

    async fn replay(&mut self, cases: Arc<[Case]>, keep: &Keep) -> Result<(), RunError> {
        let mut open = Vec::new();
        for (number, case) in cases.iter().enumerate() {
            match settled(case, Leg::Chromium) {
                None => open.push((number, case)),
                Some(result) => keep(case, result),
            }
        }
        for attempt in 0..=RESTARTS {
            if open.is_empty() {
                break;
            }
            let engine = self.engine().await?;
            let round = Round {
                config: self.config,
                playground: self.playground,
                engine: &engine,
                keep,
                last: attempt == RESTARTS,
            };
            open = round.play(&open).await;
            if open.is_empty() {
                self.engine = Some(engine);
            } else {
                engine.close().await;
            }
        }
        Ok(())
    }
}

/// Which names lead to the pages of the run: a deployed server is reached as it is.
fn names(config: &Config) -> Names {
    match &config.subject {
        SubjectConfig::Deployed(deployed) => Names::AllBut {
            host: deployed
                .deployment
                .url()
                .host_str()
                .unwrap_or_default()
                .to_owned(),
            others: deployed.settings.certificates,
        },
        SubjectConfig::Adapter(_) | SubjectConfig::Reference(_) => Names::All,
    }
}

/// One browser's life.
struct Round<'a> {
    config: &'a Config,
    playground: &'a Playground,
    engine: &'a Chromium,
    keep: &'a Keep,
    /// Whether what the browser loses is lost for good.
    last: bool,
}

impl Round<'_> {
    /// Replays `cases`; returns those that the browser did not get to because it died.
    async fn play<'c>(&self, cases: &[(usize, &'c Case)]) -> Vec<(usize, &'c Case)> {
        let browse = Browse::new(self.engine, self.playground, self.config.patience);
        let of = |number: usize| {
            cases
                .iter()
                .find(|(found, _)| *found == number)
                .map(|(_, case)| *case)
        };
        let doubtful = Mutex::new(Vec::new());
        let mut lost = BTreeSet::new();
        {
            let mut sink = |number: usize, replayed: Replayed| {
                let Some(case) = of(number) else { return };
                match judged(case, replayed) {
                    Judged::Lost if !self.last => {
                        lost.insert(number);
                    }
                    Judged::Lost => {
                        let note = "the browser died each time it came to this";
                        (self.keep)(case, unjudged(Leg::Chromium, Verdict::HarnessError, note));
                    }
                    Judged::Is(result) if self.is_news(case, &result) => {
                        doubtful
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((number, result));
                    }
                    Judged::Is(result) => (self.keep)(case, result),
                }
            };
            browse.replay(cases, &Mutex::new(&mut sink)).await;
        }
        let doubtful = doubtful
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        self.replay_again(&browse, cases, doubtful).await;
        cases
            .iter()
            .filter(|(number, _)| lost.contains(number))
            .copied()
            .collect()
    }

    /// A failure counts only if it comes again.
    async fn replay_again(
        &self,
        browse: &Browse<'_>,
        cases: &[(usize, &Case)],
        mut doubtful: Vec<(usize, LegResult)>,
    ) {
        let again: Vec<_> = cases
            .iter()
            .filter(|(number, _)| doubtful.iter().any(|(found, _)| found == number))
            .copied()
            .collect();
        let mut sink = |number: usize, replayed: Replayed| {
            let Some((_, case)) = again.iter().find(|(found, _)| *found == number) else {
                return;
            };
            let Some(at) = doubtful.iter().position(|(found, _)| *found == number) else {
                return;
            };
            let (_, first) = doubtful.swap_remove(at);
            let result = match judged(case, replayed) {
                Judged::Is(second) if second.mismatches == first.mismatches => first,
                Judged::Is(second) if second.verdict.is_failure() => second,
                Judged::Is(_) | Judged::Lost => LegResult {
                    verdict: Verdict::Flaky,
                    note: Some("a second try did not fail in the same way".to_owned()),
                    ..first
                },
            };
            (self.keep)(case, result);
        };
        browse.replay(&again, &Mutex::new(&mut sink)).await;
    }

    /// Whether `result` is a failure that nobody knows of.
    fn is_news(&self, case: &Case, result: &LegResult) -> bool {
        result.verdict.is_failure() && !is_known(&self.config.known, &case.id, result)
    }
}

/// Whether nothing but a new browser helps; all pages share one renderer.
fn needs_new_browser(error: &BrowserError) -> bool {
    matches!(
        error,
        BrowserError::Crashed { .. } | BrowserError::Gone | BrowserError::Hung { .. }
    )
}

enum Judged {
    Is(LegResult),
    /// The browser was gone before it came to it.
    Lost,
}

fn judged(case: &Case, replayed: Replayed) -> Judged {
    Judged::Is(match replayed {
        Ok(observations) => leg_result(case, Leg::Chromium, observations),
        Err(ReplayError::Plan(error @ (PlanError::Raw | PlanError::Through))) => {
            unjudged(Leg::Chromium, Verdict::NotApplicable, error.to_string())
        }
        Err(ReplayError::Browser(error)) if needs_new_browser(&error) => {
            return Judged::Lost;
        }
        Err(error) => unjudged(Leg::Chromium, case.server.error_verdict(), chain(&error)),
    })
}
