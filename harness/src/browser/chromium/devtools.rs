//! A thin DevTools connection.
//!
//! It speaks to the browser that `headless_chrome` started, over a socket of its own. That crate's
//! typed events are older than the browser and lose the CORS details, its calls take 100 ms each,
//! and it sees neither contexts nor sandboxed frames. Here messages stay JSON and nothing is lost.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{SinkExt, Stream, StreamExt};
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::tungstenite::{self, Message, protocol::WebSocketConfig};

use crate::browser::error::BrowserError;

/// Takes the events of one session: name and parameters. It runs on the reading task, so it must
/// be quick.
pub(super) type Handler = Arc<dyn Fn(&str, &Value) + Send + Sync>;

/// A connection to the browser. Clones share it; it closes with the last of them.
#[derive(Clone)]
pub(super) struct DevTools {
    outgoing: mpsc::UnboundedSender<Message>,
    state: Arc<Mutex<State>>,
    patience: Duration,
}

#[derive(Default)]
struct State {
    last_id: u64,
    waiting: HashMap<u64, oneshot::Sender<Result<Value, String>>>,
    handlers: HashMap<String, Handler>,
    closed: bool,
}

impl DevTools {
    /// Connects to `address`; a call of [`DevTools::call`] then gets `patience` to be answered.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Gone`] if nobody answers there.
    pub(super) async fn connect(address: &str, patience: Duration) -> Result<Self, BrowserError> {
        // The answer to a batch may be of any size.
        let config = WebSocketConfig::default()
            .max_message_size(None)
            .max_frame_size(None);
        let connecting = tokio_tungstenite::connect_async_with_config(address, Some(config), true);
        let (socket, _response) = timeout(patience, connecting)
            .await
            .map_err(|_elapsed| BrowserError::Gone)?
            .map_err(|_refused| BrowserError::Gone)?;
        let (outgoing, queue) = mpsc::unbounded_channel();
        let state = Arc::default();
        let (sink, stream) = socket.split();
        tokio::spawn(carry(sink, stream, queue, Arc::clone(&state)));
        Ok(Self {
            outgoing,
            state,
            patience,
        })
    }

    /// Calls `method` of the browser itself.
    ///
    /// # Errors
    ///
    /// Whatever keeps the browser from answering in time with a result.
    pub(super) async fn call(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<Value, BrowserError> {
        self.send(None, method, params, Some(self.patience)).await
    }

    /// Waits until the browser has closed the connection, at most as long as for a call.
    pub(super) async fn closed(&self) {
        // The receiving half goes away with the task.
        let _either_way = timeout(self.patience, self.outgoing.closed()).await;
    }

    /// The session with this id; its events go to `handler`.
    pub(super) fn session(&self, id: &str, handler: Handler) -> Session {
        lock(&self.state).handlers.insert(id.to_owned(), handler);
        Session {
            devtools: self.clone(),
            id: id.to_owned(),
        }
    }

    async fn send(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
        patience: Option<Duration>,
    ) -> Result<Value, BrowserError> {
        let (sender, receiver) = oneshot::channel();
        let id = {
            let mut state = lock(&self.state);
            if state.closed {
                return Err(BrowserError::Gone);
            }
            state.last_id += 1;
            let id = state.last_id;
            state.waiting.insert(id, sender);
            id
        };
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let (Some(message), Some(session)) = (message.as_object_mut(), session) {
            message.insert("sessionId".to_owned(), session.into());
        }
        self.outgoing
            .send(Message::text(message.to_string()))
            .map_err(|_closed| BrowserError::Gone)?;
        let reply = match patience {
            Some(patience) => {
                timeout(patience, receiver)
                    .await
                    .map_err(|_elapsed| BrowserError::Silent {
                        method,
                        after: patience,
                    })?
            }
            None => receiver.await,
        };
        reply
            .map_err(|_closed| BrowserError::Gone)?
            .map_err(|message| BrowserError::Refused { method, message })
    }
}

impl fmt::Debug for DevTools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevTools").finish_non_exhaustive()
    }
}

/// One attached target: a page or a frame with a process of its own. Its handler is forgotten
/// together with it.
#[derive(Debug)]
pub(super) struct Session {
    devtools: DevTools,
    id: String,
}

impl Session {
    /// Calls `method` of the target.
    ///
    /// # Errors
    ///
    /// As for [`DevTools::call`].
    pub(super) async fn call(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<Value, BrowserError> {
        let patience = Some(self.devtools.patience);
        self.devtools
            .send(Some(&self.id), method, params, patience)
            .await
    }

    /// Evaluates `expression` in the target, awaits the promise that it may be, and takes as long
    /// as that takes.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Exception`] if the script throws, otherwise as for [`DevTools::call`].
    pub(super) async fn evaluate(&self, expression: &str) -> Result<Value, BrowserError> {
        let params = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
        });
        let mut reply = self
            .devtools
            .send(Some(&self.id), "Runtime.evaluate", params, None)
            .await?;
        if let Some(thrown) = reply.get("exceptionDetails") {
            let text = ["/exception/description", "/exception/value", "/text"]
                .iter()
                .find_map(|place| thrown.pointer(place)?.as_str())
                .unwrap_or("an exception without a text");
            return Err(BrowserError::Exception(text.to_owned()));
        }
        Ok(reply
            .pointer_mut("/result/value")
            .map(Value::take)
            .unwrap_or_default())
    }

    /// The connection that the session is part of.
    pub(super) fn devtools(&self) -> &DevTools {
        &self.devtools
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        lock(&self.devtools.state).handlers.remove(&self.id);
    }
}

/// Carries messages both ways until either side hangs up.
async fn carry(
    mut sink: impl SinkExt<Message> + Unpin,
    mut stream: impl Stream<Item = tungstenite::Result<Message>> + Unpin,
    mut queue: mpsc::UnboundedReceiver<Message>,
    state: Arc<Mutex<State>>,
) {
    loop {
        tokio::select! {
            outgoing = queue.recv() => {
                let Some(message) = outgoing else { break };
                if sink.send(message).await.is_err() {
                    break;
                }
            }
            incoming = stream.next() => match incoming {
                Some(Ok(Message::Text(text))) => deliver(&state, text.as_str()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    let mut state = lock(&state);
    state.closed = true;
    // Whoever still waits learns by this that no answer will come.
    state.waiting.clear();
    state.handlers.clear();
}

/// Hands a message to the call or the session that it belongs to.
fn deliver(state: &Mutex<State>, text: &str) {
    let Ok(mut message) = serde_json::from_str::<Value>(text) else {
        return;
    };
    if let Some(id) = message.get("id").and_then(Value::as_u64) {
        let Some(sender) = lock(state).waiting.remove(&id) else {
            return;
        };
        let reply = match message.pointer("/error/message") {
            Some(error) => Err(error.as_str().unwrap_or_default().to_owned()),
            None => Ok(message
                .get_mut("result")
                .map(Value::take)
                .unwrap_or_default()),
        };
        // The caller may have lost its patience.
        let _unheard = sender.send(reply);
        return;
    }
    let text_of = |name: &str| message.get(name).and_then(Value::as_str);
    let (Some(session), Some(method)) = (text_of("sessionId"), text_of("method")) else {
        return;
    };
    let handler = lock(state).handlers.get(session).map(Arc::clone);
    if let Some(handler) = handler {
        handler(method, message.get("params").unwrap_or(&Value::Null));
    }
}

/// The state is whole after every statement, so a panic elsewhere cannot have broken it.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
