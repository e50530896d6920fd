//! The browser leg of a run: restarts, and failures replayed once more.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crosscheck_replay::{
    case::Case,
    chain::chain,
    judge::{answering, leg_result, unjudged},
    target::navigation,
};
use crosscheck_report::{
    known::{KnownFile, is_known},
    leg::Leg,
    results::LegResult,
    verdict::Verdict,
};

use super::{
    batches::{Browse, ReplayError, Replayed},
    engine::{Browser, Engine, Names, Options, host_and_port},
    error::BrowserError,
    plan::PlanError,
    reach::reach_from_page,
};
use crate::{
    client::remote::trusted_key,
    leg::{Keep, Replay},
    playground::Playground,
    subject::DeployedConfig,
};

/// How often a browser that died is started again.
const RESTARTS: usize = 2;

/// What the browser leg needs of a run.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Where pages and their servers live.
    pub playground: &'a Playground,
    /// The subject, if it is deployed.
    pub deployed: Option<&'a DeployedConfig>,
    /// Failures that are known.
    pub known: &'a [KnownFile],
    /// How long a call may take.
    pub patience: Duration,
}

/// Why nothing can be replayed in a browser.
#[derive(Debug, thiserror::Error)]
pub enum LegError {
    /// The browser cannot be started.
    #[error("the browser cannot be started")]
    Browser(#[from] BrowserError),
    /// No page gets an answer from the deployed server.
    #[error("{url} cannot be judged: {why}")]
    Unreachable {
        /// Its URL.
        url: String,
        /// Why.
        why: String,
    },
}

/// The browser leg of one run.
#[derive(Debug)]
pub struct BrowserLeg<'a> {
    engine: &'static dyn Engine,
    setting: Setting<'a>,
    options: Options,
    /// None once it died.
    browser: Option<Box<dyn Browser>>,
    version: String,
}

impl<'a> BrowserLeg<'a> {
    /// Starts `program` of `engine`.
    ///
    /// # Errors
    ///
    /// If it does not start, or gets no answer from a deployed server.
    pub async fn launch(
        engine: &'static dyn Engine,
        program: PathBuf,
        setting: Setting<'a>,
    ) -> Result<Self, LegError> {
        let trusted = match setting.deployed {
            Some(deployed) => {
                let request = navigation(deployed.deployment.url());
                trusted_key(&request, &deployed.settings).await
            }
            None => None,
        };
        let stage = &setting.playground.stage;
        let options = Options {
            binary: program,
            stage: stage.addr(),
            spki: stage.spki_sha256_base64().to_owned(),
            trusted,
            page_path: setting.playground.page_path(),
            timeout: setting.patience,
        };
        let browser = engine.start(options.clone(), names(setting)).await?;
        if let Some(deployed) = setting.deployed {
            let url = deployed.deployment.url();
            let error = match reach_from_page(&*browser, url).await {
                Ok(None) => None,
                Ok(Some(why)) => Some(LegError::Unreachable {
                    url: url.to_string(),
                    why,
                }),
                Err(error) => Some(error.into()),
            };
            if let Some(error) = error {
                browser.close().await;
                return Err(error);
            }
        }
        Ok(Self {
            engine,
            setting,
            options,
            version: browser.version().to_owned(),
            browser: Some(browser),
        })
    }

    /// The browser's name and version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Ends the browser.
    pub async fn close(self) {
        if let Some(browser) = self.browser {
            browser.close().await;
        }
    }

    /// The browser at work, or else another one.
    async fn browser(&mut self) -> Result<Box<dyn Browser>, BrowserError> {
        if let Some(browser) = self.browser.take() {
            return Ok(browser);
        }
        let options = self.options.clone();
        self.engine.start(options, names(self.setting)).await
    }
}

impl Replay for BrowserLeg<'_> {
    type Error = LegError;

    fn leg(&self) -> Leg {
        self.engine.leg()
    }

    async fn replay(&mut self, cases: Arc<[Case]>, keep: &Keep) -> Result<(), LegError> {
        let leg = self.leg();
        let mut open = Vec::new();
        for (number, case) in cases.iter().enumerate() {
            match answering(case, leg) {
                Ok(_) => open.push((number, case)),
                Err(result) => keep(case, *result),
            }
        }
        for attempt in 0..=RESTARTS {
            if open.is_empty() {
                break;
            }
            let browser = self.browser().await?;
            let round = Round {
                leg,
                setting: self.setting,
                browser: &*browser,
                keep,
                last: attempt == RESTARTS,
            };
            open = round.play(&open).await;
            if open.is_empty() {
                self.browser = Some(browser);
            } else {
                browser.close().await;
            }
        }
        Ok(())
    }
}

/// Which names lead to the pages of the run: a deployed server is reached as it is.
fn names(setting: Setting<'_>) -> Names {
    match setting.deployed {
        Some(deployed) => Names::AllBut {
            server: host_and_port(deployed.deployment.url()).unwrap_or_default(),
            others: deployed.settings.certificates,
        },
        None => Names::All,
    }
}

/// One browser's life.
struct Round<'a> {
    leg: Leg,
    setting: Setting<'a>,
    browser: &'a dyn Browser,
    keep: &'a Keep,
    /// Whether what the browser loses is lost for good.
    last: bool,
}

impl Round<'_> {
    /// Replays `cases`; returns those that the browser did not get to because it died.
    async fn play<'c>(&self, cases: &[(usize, &'c Case)]) -> Vec<(usize, &'c Case)> {
        let browse = Browse::new(self.browser, self.setting.playground, self.setting.patience);
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
                match self.judged(case, replayed) {
                    Judged::Lost if !self.last => {
                        lost.insert(number);
                    }
                    Judged::Lost => {
                        let note = "the browser died each time it came to this";
                        (self.keep)(case, unjudged(self.leg, Verdict::HarnessError, note));
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
            let result = match self.judged(case, replayed) {
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
        result.verdict.is_failure() && !is_known(self.setting.known, &case.id, result)
    }

    /// What came of `case`.
    fn judged(&self, case: &Case, replayed: Replayed) -> Judged {
        Judged::Is(match replayed {
            Ok(observations) => leg_result(case, self.leg, observations),
            Err(ReplayError::Plan(error @ (PlanError::Raw | PlanError::Through))) => {
                unjudged(self.leg, Verdict::NotApplicable, error.to_string())
            }
            Err(ReplayError::Browser(error)) if needs_new_browser(&error) => {
                return Judged::Lost;
            }
            Err(error) => unjudged(self.leg, case.error_verdict(), chain(&error)),
        })
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
