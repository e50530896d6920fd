//! Why calls failed, as the browser tells it over DevTools.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use tokio::sync::Notify;

use crate::browser::call::{CorsError, Ending};

/// What the events of one page told so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    open: bool,
    /// By request id, which redirects keep.
    requests: HashMap<String, Request>,
    n_requests: usize,
    /// Of requests that the renderer refused; they never become one of `requests`.
    issues: Vec<(String, CorsError)>,
    /// Sessions of frames that have a process of their own.
    children: Vec<String>,
    crashed: bool,
}

#[derive(Debug)]
struct Request {
    /// The first URL, since that is the one with the call's id.
    url: String,
    /// Which one it was, since a call may make several.
    number: usize,
    ended: bool,
    finding: Finding,
}

/// Why one call failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Finding {
    cors_error: Option<CorsError>,
    net_error: Option<String>,
}

impl Ledger {
    /// Takes one event of the page's session or of one of its frames'.
    pub(super) fn note(&self, method: &str, params: &Value) {
        let mut state = self.lock();
        match method {
            "Audits.issueAdded" => state.issue(params),
            "Inspector.targetCrashed" => state.crashed = true,
            "Network.loadingFailed" => state.end(params, failure(params)),
            "Network.loadingFinished" => state.end(params, finished()),
            "Network.requestWillBeSent" => state.request(params),
            // Workers come up as well, but their sessions cannot do what a page's can.
            "Target.attachedToTarget" => {
                if text(params, "/targetInfo/type") == Some("iframe")
                    && let Some(child) = text(params, "/sessionId")
                {
                    state.children.push(child.to_owned());
                }
            }
            "Page.loadEventFired" => {}
            _ => return,
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Resolves once `wanted` holds, which is asked again after every event.
    pub(super) async fn until(&self, mut wanted: impl FnMut(&Self) -> bool) {
        loop {
            // Registered before the question, so that no event falls between the two.
            let mut change = std::pin::pin!(self.changed.notified());
            change.as_mut().enable();
            if wanted(self) {
                return;
            }
            change.await;
        }
    }

    /// Whether the page's renderer crashed.
    pub(super) fn crashed(&self) -> bool {
        self.lock().crashed
    }

    /// The frames' sessions that came up since the last time.
    pub(super) fn take_children(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().children)
    }

    /// Forgets the calls of `ids`, since a vector's steps share an id.
    pub(super) fn forget(&self, ids: &HashSet<&str>) {
        let mut state = self.lock();
        state
            .requests
            .retain(|_, request| id_in(&request.url, ids).is_none());
        state.issues.retain(|(url, _)| id_in(url, ids).is_none());
    }

    /// From now on, keeps what is told about requests.
    pub(super) fn open(&self) {
        self.lock().open = true;
    }

    /// Forgets all calls, and keeps nothing any more.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.open = false;
        state.requests.clear();
        state.issues.clear();
    }

    /// Whether something is known about the end of every call of `ids`.
    pub(super) fn knows_all(&self, ids: &HashSet<&str>) -> bool {
        let state = self.lock();
        let (ended, open): (Vec<_>, Vec<_>) =
            state.requests.values().partition(|request| request.ended);
        let urls = ended
            .iter()
            .map(|request| &request.url)
            .chain(state.issues.iter().map(|(url, _)| url));
        let known: HashSet<_> = urls.filter_map(|url| id_in(url, ids)).collect();
        let is_open = |request: &&Request| id_in(&request.url, ids).is_some();
        known.len() == ids.len() && !open.iter().any(is_open)
    }

    /// Writes what is known into the endings of the calls of `ids`.
    pub(super) fn explain(&self, ids: &HashSet<&str>, endings: &mut [Ending]) {
        let state = self.lock();
        let issues = state.issues.iter().map(|(url, error)| {
            let finding = Finding {
                cors_error: Some(error.clone()),
                net_error: None,
            };
            (url, finding)
        });
        let ended = state.requests.values().filter(|request| request.ended);
        let mut ended: Vec<_> = ended.collect();
        ended.sort_by_key(|request| request.number);
        // The end of a request tells all, and of several the last one. An issue about it says the same, or came late and is
        // about an earlier call, so it counts only where there was no request.
        let mut findings: HashMap<&str, Finding> = issues
            .chain(
                ended
                    .iter()
                    .map(|request| (&request.url, request.finding.clone())),
            )
            .filter_map(|(url, finding)| Some((id_in(url, ids)?, finding)))
            .collect();
        for ending in endings {
            if let Some(finding) = findings.remove(ending.id.as_str()) {
                ending.cors_error = finding.cors_error;
                ending.net_error = finding.net_error;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is whole after every statement, so a panic elsewhere cannot have broken it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn request(&mut self, params: &Value) {
        // A preflight is a request of its own. Its failure is told about the request it is for.
        if !self.open || text(params, "/initiator/type") == Some("preflight") {
            return;
        }
        let (Some(id), Some(url)) = (text(params, "/requestId"), text(params, "/request/url"))
        else {
            return;
        };
        let number = self.n_requests;
        self.n_requests += 1;
        self.requests
            .entry(id.to_owned())
            .or_insert_with(|| Request {
                url: url.to_owned(),
                number,
                ended: false,
                finding: Finding::default(),
            });
    }

    fn end(&mut self, params: &Value, finding: Finding) {
        let id = text(params, "/requestId").unwrap_or_default();
        if let Some(request) = self.requests.get_mut(id) {
            request.ended = true;
            request.finding = finding;
        }
    }

    fn issue(&mut self, params: &Value) {
        let Some(details) = params.pointer("/issue/details/corsIssueDetails") else {
            return;
        };
        if !self.open {
            return;
        }
        // Warnings are about calls that go through.
        if details.get("isWarning").and_then(Value::as_bool) == Some(true) {
            return;
        }
        if let (Some(url), Some(error)) = (text(details, "/request/url"), cors_error(details)) {
            self.issues.push((url.to_owned(), error));
        }
    }
}

/// The network had its part done; what refuses the response then is the renderer.
fn finished() -> Finding {
    Finding {
        cors_error: None,
        net_error: Some("net::OK".to_owned()),
    }
}

fn failure(params: &Value) -> Finding {
    let blocked = text(params, "/blockedReason").map(|reason| format!("blocked: {reason}"));
    Finding {
        cors_error: cors_error(params),
        net_error: text(params, "/errorText")
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .or(blocked),
    }
}

fn cors_error(params: &Value) -> Option<CorsError> {
    serde_json::from_value(params.get("corsErrorStatus")?.clone()).ok()
}

fn text<'a>(value: &'a Value, place: &str) -> Option<&'a str> {
    value.pointer(place)?.as_str()
}

/// The first word of `url` that is one of `ids`.
fn id_in<'a>(url: &str, ids: &HashSet<&'a str>) -> Option<&'a str> {
    url.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .find_map(|word| ids.get(word).copied())
}
