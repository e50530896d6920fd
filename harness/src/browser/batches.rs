//! The browser leg: the page's own calls, witnessed by the server's journal.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use crosscheck_replay::case::Case;
use crosscheck_report::observation::Observation;
use crosscheck_server::journal::Entry;
use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use crate::{
    browser::{
        call::{Call, Cookie, Ending, Jar},
        engine::Browser,
        error::BrowserError,
        observe,
        plan::{self, Key, Manner, PlanError, Task, manner, task},
    },
    client::exact::Client,
    playground::Playground,
    subject::handler_ran,
};

/// How many pages work at a time; more only share the same processors.
const PAGES_AT_ONCE: usize = 2;

/// How many sequences wait or run at a time.
const SEQUENCES_AT_ONCE: usize = 64;

/// How many calls a page takes at a time.
const LARGEST_BATCH: usize = 400;

/// What a browser made of a case.
pub type Replayed = Result<Vec<Observation>, ReplayError>;

/// Why a case could not be replayed in a browser.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// No page can be asked to do that.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The browser did not do it.
    #[error("{0}")]
    Browser(#[source] Arc<BrowserError>),
    /// The page did not say how the call ended.
    #[error("the page did not say how the call ended")]
    Lost,
    /// The subject's server does not listen.
    #[error("the subject's server does not listen any more")]
    Unreachable,
    /// The call did not end.
    #[error("the call did not end within {} s", .0.as_secs())]
    Timeout(Duration),
}

impl From<BrowserError> for ReplayError {
    fn from(error: BrowserError) -> Self {
        Self::Browser(Arc::new(error))
    }
}

/// Replays cases in one browser.
#[derive(Debug)]
pub struct Browse<'a> {
    /// The browser.
    pub browser: &'a dyn Browser,
    /// Where its pages and their servers live.
    pub playground: &'a Playground,
    /// How long a call may take.
    pub patience: Duration,
}

/// Takes each result as it comes, with the case's position.
pub type Sink<'a> = Mutex<&'a mut (dyn FnMut(usize, Replayed) + Send)>;

/// A case, with the caller's number for it.
type Numbered<'a> = (usize, &'a Case);

impl<'a> Browse<'a> {
    /// Replays in `browser`.
    pub fn new(browser: &'a dyn Browser, playground: &'a Playground, patience: Duration) -> Self {
        Self {
            browser,
            playground,
            patience,
        }
    }

    /// Replays `cases`; each result goes to `sink` with the number that came with the case.
    pub async fn replay(&self, cases: &[Numbered<'_>], sink: &Sink<'_>) {
        let tell = |number, result| {
            let mut sink = sink
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            sink(number, result);
        };
        let mut batches: HashMap<_, Vec<Numbered<'_>>> = HashMap::new();
        let mut sequences = Vec::new();
        let mut alone = Vec::new();
        for &(number, case) in cases {
            match manner(case) {
                Err(error) => tell(number, Err(error.into())),
                Ok(Manner::Batch(key)) => batches.entry(key).or_default().push((number, case)),
                Ok(Manner::Sequence) => sequences.push((number, case)),
                Ok(Manner::Alone) => alone.push((number, case)),
            }
        }
        let batches = batches.iter().flat_map(|(key, cases)| {
            let parts = cases.chunks(LARGEST_BATCH);
            parts.map(move |part| (key, part))
        });
        let batches =
            stream::iter(batches).for_each_concurrent(PAGES_AT_ONCE, async |(key, cases)| {
                for (number, result) in self.batch(key, cases).await {
                    tell(number, result);
                }
            });
        let sequences = stream::iter(sequences).for_each_concurrent(
            SEQUENCES_AT_ONCE,
            async |(number, case)| {
                tell(number, self.sequence(case, Jar::Shared).await);
            },
        );
        let alone = async {
            for (number, case) in alone {
                tell(number, self.sequence(case, Jar::Isolated).await);
            }
        };
        tokio::join!(batches, sequences, alone);
    }

    /// Gets everything ready for `case`.
    fn set_up<'c>(&self, case: &'c Case) -> Result<Task<'c>, PlanError> {
        let exchange = self.playground.new_exchange();
        let server = case.server.as_ref().map_err(|_nobody| PlanError::Nobody)?;
        task(case, self.playground.set_up(server, &exchange))
    }

    /// Forgets everything about a task that is done, since memory must not grow with what is replayed. A
    /// request that comes later, as one with `keepalive` may, finds nothing and disturbs nobody.
    fn clear(&self, task: &Task<'_>) {
        let stage = &self.playground.stage;
        stage.forget_exchange(task.place.exchange());
    }

    /// Many cases of one step on one page.
    async fn batch(&self, key: &Key, cases: &[Numbered<'_>]) -> Vec<(usize, Replayed)> {
        let tasks = cases
            .iter()
            .map(|&(number, case)| (number, self.set_up(case)));
        let tasks: Vec<_> = tasks.collect();
        let calls: Vec<Call> = tasks
            .iter()
            .filter_map(|(_, task)| task.as_ref().ok()?.calls.first().cloned())
            .collect();
        let endings = self.browser.run(&key.place, &calls, key.witness).await;
        let mut endings = endings.map_err(Arc::new).map(|endings| {
            let by_id = endings
                .into_iter()
                .map(|ending| (ending.id.clone(), ending));
            by_id.collect::<BTreeMap<_, _>>()
        });
        let mut replayed = Vec::with_capacity(tasks.len());
        for (number, task) in tasks {
            let task = match task {
                Err(error) => {
                    replayed.push((number, Err(error.into())));
                    continue;
                }
                Ok(task) => task,
            };
            let ending = match &mut endings {
                Err(error) => Err(ReplayError::Browser(Arc::clone(error))),
                Ok(endings) => endings
                    .remove(task.place.exchange())
                    .ok_or(ReplayError::Lost),
            };
            let seen = match ending {
                Err(error) => Err(error),
                Ok(ending) => self.observe(ending, &task).await,
            };
            self.clear(&task);
            replayed.push((number, seen.map(|seen| vec![seen])));
        }
        replayed
    }

    /// What the page and the journal tell of a call.
    async fn observe(&self, ending: Ending, task: &Task<'_>) -> Result<Observation, ReplayError> {
        let (exchange, case) = (task.place.exchange(), task.case);
        let entries = self.playground.stage.journal().take(exchange);
        if !entries.iter().all(Entry::is_reached) {
            return Err(ReplayError::Unreachable);
        }
        let mut seen = observe::observation(
            &ending,
            self.browser.explain(&ending),
            entries,
            &task.place,
            case,
        )
        .ok_or(ReplayError::Timeout(self.patience))?;
        if let Some(instance) = case.instance() {
            let seen = std::slice::from_mut(&mut seen);
            let client = Client::new(self.patience);
            handler_ran::settle(instance, case, exchange, &client, seen).await;
        }
        Ok(seen)
    }

    /// One case, step by step.
    async fn sequence(&self, case: &Case, jar: Jar) -> Replayed {
        let task = self.set_up(case)?;
        let replayed = self.steps(&task, jar).await;
        self.clear(&task);
        replayed
    }

    async fn steps(&self, task: &Task<'_>, jar: Jar) -> Replayed {
        let mut observations = Vec::new();
        if jar == Jar::Isolated {
            self.browser.clear_cookies(jar).await?;
        }
        for (step, (call, place)) in task
            .case
            .vector
            .steps
            .iter()
            .zip(task.calls.iter().zip(&task.pages))
        {
            sleep(Duration::from_millis(step.client.after_ms.into())).await;
            let cookies: Vec<_> = step
                .client
                .cookies
                .iter()
                .map(|cookie| Cookie {
                    url: cookie.url.clone(),
                    set_cookie: cookie.set_cookie.clone(),
                })
                .collect();
            if !cookies.is_empty() {
                self.browser.set_cookies(jar, &cookies).await?;
            }
            let page = crate::browser::call::Place {
                jar,
                ..place.clone()
            };
            let endings = self
                .browser
                .run(
                    &page,
                    std::slice::from_ref(call),
                    plan::witness(task.case, step),
                )
                .await?;
            let ending = endings.into_iter().next().ok_or(ReplayError::Lost)?;
            observations.push(self.observe(ending, task).await?);
        }
        Ok(observations)
    }
}
