//! One page of one origin, opened once and used for many batches.

use std::{future::Future, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout, timeout_at},
};

use super::{
    devtools::{DevTools, Handler, Session},
    witness::Ledger,
};
use crate::browser::{
    call::{Call, Ending, Frame, Outcome, Witness},
    error::BrowserError,
};

/// Calls that a page makes at a time. The browser is busy with six; more gain nothing.
const CONCURRENCY: usize = 6;

/// Events about a call arrive a little later than its end in the page.
const LATE_EVENTS: Duration = Duration::from_millis(300);

/// What a new page is asked until it has the probe.
const STATE: &str = "[globalThis.crosscheck !== undefined && document.readyState !== 'loading', \
                     location.origin, location.href]";

/// A page that holds the probe.
#[derive(Debug)]
pub(super) struct Page {
    origin: String,
    patience: Duration,
    session: Session,
    ledger: Arc<Ledger>,
    listening: Mutex<Listening>,
}

/// Who wants to know reasons at the moment.
#[derive(Debug, Default)]
struct Listening {
    n_batches: usize,
    hears_issues: bool,
    children: Vec<Session>,
}

impl Page {
    /// Takes over the target that shows a page of `origin`, and waits for the probe.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Page`] if something else is shown, and whatever ends the connection.
    pub(super) async fn attach(
        devtools: &DevTools,
        target: &str,
        origin: &str,
        patience: Duration,
    ) -> Result<Self, BrowserError> {
        let params = json!({ "targetId": target, "flatten": true });
        let attached = devtools.call("Target.attachToTarget", params).await?;
        let id = attached
            .get("sessionId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let ledger = Arc::new(Ledger::default());
        let session = devtools.session(id, handler(&ledger));
        tokio::try_join!(
            session.call("Inspector.enable", json!({})),
            session.call("Page.enable", json!({})),
        )?;
        let page = Self {
            origin: origin.to_owned(),
            patience,
            session,
            ledger,
            listening: Mutex::default(),
        };
        page.loaded().await?;
        Ok(page)
    }

    /// Whether the renderer crashed.
    pub(super) fn is_lost(&self) -> bool {
        self.ledger.crashed()
    }

    /// Makes the calls and tells how they ended, in their order.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Crashed`], [`BrowserError::Hung`], [`BrowserError::Exception`], and
    /// whatever ends the connection.
    pub(super) async fn run(
        &self,
        frame: Frame,
        calls: &[Call],
        witness: Witness,
    ) -> Result<Vec<Ending>, BrowserError> {
        if witness == Witness::Quiet || !frame.tells_reasons() {
            return self.batch(frame, calls).await;
        }
        if frame != Frame::Top {
            // It has to be there before it can be listened to.
            let name = serde_json::to_string(&frame).map_err(BrowserError::Answer)?;
            let prepared = format!("crosscheck.prepare({name})");
            self.guarded(self.session.evaluate(&prepared)).await?;
        }
        self.listen().await?;
        let endings = self.explained_batch(frame, calls).await;
        self.unlisten().await;
        endings
    }

    /// The page's session.
    #[cfg(test)]
    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    async fn loaded(&self) -> Result<(), BrowserError> {
        let deadline = Instant::now() + self.patience;
        let not_loaded = |found: &str| BrowserError::Page {
            origin: self.origin.clone(),
            found: found.to_owned(),
        };
        let mut shown = String::from("nothing yet");
        loop {
            let state = match timeout_at(deadline, self.session.evaluate(STATE)).await {
                Ok(Ok(state)) => state,
                Ok(Err(BrowserError::Gone)) => return Err(BrowserError::Gone),
                // The document was replaced in the meantime.
                Ok(Err(_)) => Value::Null,
                Err(_elapsed) => return Err(not_loaded(&shown)),
            };
            let text = |place| {
                state
                    .pointer(place)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let (origin, href) = (text("/1"), text("/2"));
            let has_probe = state.pointer("/0").and_then(Value::as_bool) == Some(true);
            match (has_probe, origin == self.origin) {
                (true, true) => return Ok(()),
                (true, false) => return Err(not_loaded(href)),
                (false, _) if href.starts_with("chrome-error:") => {
                    return Err(not_loaded("an error page"));
                }
                (false, _) => href.clone_into(&mut shown),
            }
            if Instant::now() >= deadline {
                return Err(not_loaded(&shown));
            }
            // The next event is usually that the page has loaded.
            let mut n_asked = 0;
            let next_event = self.ledger.until(|_| {
                n_asked += 1;
                n_asked > 1
            });
            let _either_way = timeout(Duration::from_millis(20), next_event).await;
        }
    }

    async fn batch(&self, frame: Frame, calls: &[Call]) -> Result<Vec<Ending>, BrowserError> {
        let script = |value: String| Value::from(value).to_string();
        let calls = serde_json::to_string(calls).map_err(BrowserError::Answer)?;
        let frame = serde_json::to_string(&frame).map_err(BrowserError::Answer)?;
        let milliseconds = self.patience.as_millis();
        let expression = format!(
            "crosscheck.run({}, {frame}, {CONCURRENCY}, {milliseconds})",
            script(calls)
        );
        let answer = self.guarded(self.session.evaluate(&expression)).await?;
        serde_json::from_str(answer.as_str().unwrap_or_default()).map_err(BrowserError::Answer)
    }

    async fn explained_batch(
        &self,
        frame: Frame,
        calls: &[Call],
    ) -> Result<Vec<Ending>, BrowserError> {
        self.ledger
            .forget(&calls.iter().map(|call| call.id.as_str()).collect());
        let mut endings = self.batch(frame, calls).await?;
        let failed: Vec<String> = endings
            .iter()
            .filter(|ending| ending.outcome == Outcome::NetworkError)
            .map(|ending| ending.id.clone())
            .collect();
        let failed = failed.iter().map(String::as_str).collect();
        let known = self.ledger.until(|ledger| ledger.knows_all(&failed));
        // Some failures have no event of their own, such as a wrong hash.
        let _either_way = timeout(LATE_EVENTS, known).await;
        self.ledger.explain(&failed, &mut endings);
        Ok(endings)
    }

    async fn listen(&self) -> Result<(), BrowserError> {
        let mut listening = self.listening.lock().await;
        if listening.n_batches == 0 {
            // The browser tells old issues again whenever it is asked to tell them, so it is asked
            // once; telling them costs a quiet batch next to nothing.
            if !listening.hears_issues {
                self.session.call("Audits.enable", json!({})).await?;
                listening.hears_issues = true;
            }
            self.ledger.open();
            tokio::try_join!(
                self.session.call("Network.enable", json!({})),
                self.session
                    .call("Target.setAutoAttach", auto_attach(AutoAttach::On)),
            )?;
        }
        // A sandboxed frame may have a process, and so a session, of its own.
        for child in self.ledger.take_children() {
            let session = self
                .session
                .devtools()
                .session(&child, handler(&self.ledger));
            tokio::try_join!(
                session.call("Network.enable", json!({})),
                session.call("Audits.enable", json!({})),
            )?;
            listening.children.push(session);
        }
        listening.n_batches += 1;
        Ok(())
    }

    /// Errors are left to the next batch, which meets them too.
    async fn unlisten(&self) {
        let mut listening = self.listening.lock().await;
        listening.n_batches -= 1;
        if listening.n_batches > 0 {
            return;
        }
        let _either_way = tokio::join!(
            self.session.call("Network.disable", json!({})),
            self.session
                .call("Target.setAutoAttach", auto_attach(AutoAttach::Off)),
        );
        listening.children.clear();
        self.ledger.close();
    }

    /// Does `work`, unless the page crashes or stops to react meanwhile.
    async fn guarded(
        &self,
        work: impl Future<Output = Result<Value, BrowserError>>,
    ) -> Result<Value, BrowserError> {
        let crashed = || BrowserError::Crashed {
            origin: self.origin.clone(),
        };
        tokio::select! {
            result = work => match result {
                Err(BrowserError::Refused { .. }) if self.is_lost() => Err(crashed()),
                result => result,
            },
            () = self.ledger.until(Ledger::crashed) => Err(crashed()),
            () = self.silence() => Err(BrowserError::Hung { origin: self.origin.clone() }),
        }
    }

    /// Resolves when the page does not even answer a trivial question.
    async fn silence(&self) {
        loop {
            sleep(self.patience).await;
            if timeout(self.patience, self.session.evaluate("0"))
                .await
                .is_err()
            {
                return;
            }
        }
    }
}

fn handler(ledger: &Arc<Ledger>) -> Handler {
    let ledger = Arc::clone(ledger);
    Arc::new(move |method, params| ledger.note(method, params))
}

/// Whether frames with a process of their own are attached to as they come up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AutoAttach {
    Off,
    On,
}

fn auto_attach(wanted: AutoAttach) -> Value {
    let wanted = wanted == AutoAttach::On;
    json!({ "autoAttach": wanted, "waitForDebuggerOnStart": false, "flatten": true })
}
