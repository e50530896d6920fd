//! The browser leg: the page's own calls, witnessed by the server's journal.

mod observe;
mod plan;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use crosscheck_report::observation::Observation;
use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use crate::{
    case::Case,
    chromium::{BrowserError, Call, Chromium, Cookie, Jar},
    playground::Playground,
};
pub use plan::PlanError;
use plan::{Plan, Task, plan};

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
    pub engine: &'a Chromium,
    /// Where its pages and their servers live.
    pub playground: &'a Playground,
    /// How long a call may take.
    pub patience: Duration,
}

/// Takes each result as it comes, with the case's position.
pub type Sink<'a> = Mutex<&'a mut (dyn FnMut(usize, Replayed) + Send)>;

impl<'a> Browse<'a> {
    /// A leg on `engine`.
    pub fn new(engine: &'a Chromium, playground: &'a Playground, patience: Duration) -> Self {
        Self {
            engine,
            playground,
            patience,
        }
    }

    /// Replays `cases`; each result goes to `sink` with the number that came with the case.
    pub async fn replay(&self, cases: &[(usize, &Case)], sink: &Sink<'_>) {
        let tell = |number, result| {
            let mut sink = sink
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            sink(number, result);
        };
        let mut batches: HashMap<_, Vec<Task<'_>>> = HashMap::new();
        let mut sequences = Vec::new();
        let mut alone = Vec::new();
        for (number, case) in cases {
            let exchange = self.playground.new_exchange();
            let place = self.playground.set_up(case, &exchange);
            match plan(*number, case, place) {
                Err(error) => tell(*number, Err(error.into())),
                Ok(Plan::Batch(key, task)) => batches.entry(key).or_default().push(task),
                Ok(Plan::Sequence(task)) => sequences.push(task),
                Ok(Plan::Alone(task)) => alone.push(task),
            }
        }
        let batches = batches.into_iter().flat_map(|(key, mut tasks)| {
            let mut parts = Vec::new();
            while !tasks.is_empty() {
                let rest = tasks.split_off(tasks.len().min(LARGEST_BATCH));
                parts.push((key.clone(), std::mem::replace(&mut tasks, rest)));
            }
            parts
        });
        let batches =
            stream::iter(batches).for_each_concurrent(PAGES_AT_ONCE, async |(key, tasks)| {
                for (task, result) in self.batch(&key, tasks).await {
                    tell(task, result);
                }
            });
        let sequences =
            stream::iter(sequences).for_each_concurrent(SEQUENCES_AT_ONCE, async |task| {
                let number = task.number;
                tell(number, self.sequence(task, Jar::Shared).await);
            });
        let alone = async {
            for task in alone {
                let number = task.number;
                tell(number, self.sequence(task, Jar::Isolated).await);
            }
        };
        tokio::join!(batches, sequences, alone);
    }

    /// Many cases of one step on one page.
    async fn batch(&self, key: &plan::Key, tasks: Vec<Task<'_>>) -> Vec<(usize, Replayed)> {
        let calls: Vec<Call> = tasks
            .iter()
            .filter_map(|task| task.calls.first().cloned())
            .collect();
        let endings = match self.engine.run(&key.place, &calls, key.witness).await {
            Ok(endings) => endings,
            Err(error) => {
                let error = Arc::new(error);
                let failed =
                    |task: Task<'_>| (task.number, Err(ReplayError::Browser(Arc::clone(&error))));
                return tasks.into_iter().map(failed).collect();
            }
        };
        let mut endings: BTreeMap<_, _> = endings
            .into_iter()
            .map(|ending| (ending.id.clone(), ending))
            .collect();
        let observe = |task: Task<'_>| {
            let ending = endings.remove(task.place.exchange());
            let entries = self.playground.stage.journal().take(task.place.exchange());
            let seen = match ending {
                None => Err(ReplayError::Lost),
                Some(ending) => observe::observation(ending, entries, &task.place, task.case)
                    .ok_or(ReplayError::Timeout(self.patience)),
            };
            (task.number, seen.map(|seen| vec![seen]))
        };
        tasks.into_iter().map(observe).collect()
    }

    /// One case, step by step.
    async fn sequence(&self, task: Task<'_>, jar: Jar) -> Replayed {
        let mut observations = Vec::new();
        if jar == Jar::Isolated {
            self.engine.clear_cookies(jar).await?;
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
                self.engine.set_cookies(jar, &cookies).await?;
            }
            let page = crate::chromium::Place {
                jar,
                ..place.clone()
            };
            let endings = self
                .engine
                .run(&page, std::slice::from_ref(call), plan::witness(step))
                .await?;
            let entries = self.playground.stage.journal().take(task.place.exchange());
            let seen = endings
                .into_iter()
                .next()
                .and_then(|ending| observe::observation(ending, entries, &task.place, task.case))
                .ok_or(ReplayError::Timeout(self.patience))?;
            observations.push(seen);
        }
        Ok(observations)
    }
}
