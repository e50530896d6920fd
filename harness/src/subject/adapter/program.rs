//! An adapter's program: its process group, its lines, the end of what it logged.

use std::{
    collections::VecDeque,
    io,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};

use super::{
    fault::Fault,
    manifest::Manifest,
    once::Once,
    protocol::{Reply, Request},
};
use crate::process::{
    guard,
    offspring::{self, Family, MARK},
};

/// The longest line that is read, in bytes; what is longer is cut, and no message.
const LONGEST_LINE: usize = 64 * 1024;

/// How many of its last lines of log are kept.
const TAIL: usize = 20;

/// When a program that was told to end is terminated, and when it is killed.
const TERMINATED_AFTER: Duration = Duration::from_secs(2);
const KILLED_AFTER: Duration = Duration::from_secs(5);

/// How long a program whose output ended may take to be gone.
const LAST_BREATH: Duration = Duration::from_millis(500);

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// When it was asked to.
    Asked,
    /// It had to be killed.
    Killed,
    /// It had to be told by a signal.
    Terminated,
}

/// A running program that speaks the adapter protocol.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    group: Option<u32>,
    /// The program and all that it starts, also in groups of their own.
    family: Family,
    input: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
    log: Arc<Mutex<VecDeque<String>>>,
    logging: Option<JoinHandle<()>>,
}

impl Program {
    /// Starts the program of `manifest`, in a process group of its own.
    pub(super) fn start(manifest: &Manifest) -> Result<Self, Fault> {
        guard::stand_by();
        let family = Family::fresh();
        let mut command = Command::from(manifest.command());
        command
            .env(MARK, family.mark())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|source| Fault::Start {
            program: manifest.command.join(" "),
            source,
        })?;
        let log: Arc<Mutex<VecDeque<String>>> = Arc::default();
        let (tell, lines) = mpsc::channel(64);
        if let Some(output) = child.stdout.take() {
            tokio::spawn(read_lines(output, async move |line| {
                tell.send(line).await.is_ok()
            }));
        }
        let kept = Arc::clone(&log);
        let logging = child.stderr.take().map(|errors| {
            tokio::spawn(read_lines(errors, async move |line| {
                keep(&kept, line);
                true
            }))
        });
        Ok(Self {
            group: child.id(),
            family,
            input: child.stdin.take(),
            child,
            lines,
            log,
            logging,
        })
    }

    /// Tells it `request` and waits for an answer, at most for `patience`.
    pub(super) async fn ask(
        &mut self,
        request: &Request,
        patience: Duration,
    ) -> Result<Reply, Fault> {
        let deadline = Instant::now() + patience;
        let asked = match request {
            Request::Hello { .. } => "hello",
            Request::Serve { .. } => "serve",
            Request::Stop { .. } => "stop",
            Request::Bye {} => "bye",
        };
        let told = timeout_at(deadline, self.tell(request)).await;
        // A program that reads no more has ended, or will not answer; both are found out below.
        drop(told);
        match timeout_at(deadline, self.lines.recv()).await {
            Err(_elapsed) => Err(Fault::Silent {
                asked,
                within: patience,
            }),
            Ok(None) => Err(Fault::Ended {
                asked,
                how: self.how_it_ended().await,
            }),
            Ok(Some(line)) => read(&line),
        }
    }

    async fn tell(&mut self, request: &Request) -> io::Result<()> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        if let Some(input) = &mut self.input {
            input.write_all(&line).await?;
            input.flush().await?;
        }
        Ok(())
    }

    /// How it ended; none if it still runs.
    pub(super) fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(status.to_string())
    }

    async fn how_it_ended(&mut self) -> String {
        match timeout(LAST_BREATH, self.child.wait()).await {
            Ok(Ok(status)) => status.to_string(),
            Ok(Err(_)) | Err(_) => "it closed its standard output".to_owned(),
        }
    }

    /// A line that it printed without being asked.
    pub(super) fn unasked(&mut self) -> Option<String> {
        self.lines.try_recv().ok()
    }

    /// Closes its input; whether it is gone soon.
    pub(super) async fn ends_with_input(&mut self) -> bool {
        self.input = None;
        timeout(TERMINATED_AFTER, self.gone()).await.is_ok()
    }

    /// Waits until it is gone.
    async fn gone(&mut self) {
        // What it still prints must not keep it from ending.
        let drained = async { while self.lines.recv().await.is_some() {} };
        let _ = tokio::join!(self.child.wait(), drained);
    }

    /// Has it end, with everything that it started: a word, then a signal, then force. Returns the end of
    /// what it logged, too.
    pub(super) async fn end(mut self) -> (Ending, Vec<String>) {
        let told = Instant::now();
        // It may be gone already, or deaf.
        let _ = timeout(TERMINATED_AFTER, self.tell(&Request::Bye {})).await;
        self.input = None;
        let mut ending = Ending::Asked;
        let deadlines = [
            (TERMINATED_AFTER, Signal::Terminate, Ending::Terminated),
            (KILLED_AFTER, Signal::Kill, Ending::Killed),
        ];
        for (after, signal, otherwise) in deadlines {
            if timeout_at(told + after, self.gone()).await.is_ok() {
                break;
            }
            send(self.group, signal);
            ending = otherwise;
        }
        // Its children may have stayed behind.
        send(self.group.take(), Signal::Kill);
        let family = self.family.clone();
        let ended = tokio::task::spawn_blocking(move || offspring::end(&family, LAST_BREATH));
        // The guard looks for them once more.
        let _ = ended.await;
        let _ = self.child.wait().await;
        // All that could log is dead, so this is the end of the log; if not, what came is enough.
        if let Some(logging) = &mut self.logging {
            let _ = timeout(LAST_BREATH, logging).await;
        }
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        (ending, log.iter().cloned().collect())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(group) = self.group.take() {
            send(Some(group), Signal::Kill);
            offspring::kill(&self.family);
        }
    }
}

fn read(line: &str) -> Result<Reply, Fault> {
    let reply = serde_json::from_str(line).and_then(|Once| serde_json::from_str(line));
    reply.map_err(|source| {
        let line = line.chars().take(200).collect();
        if source.is_data() {
            Fault::Malformed { line, source }
        } else {
            Fault::Noise { line }
        }
    })
}

fn keep(log: &Mutex<VecDeque<String>>, line: String) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    if log.len() == TAIL {
        log.pop_front();
    }
    log.push_back(line);
}

/// Hands over the lines of `stream` one by one, until it ends or nobody wants more.
async fn read_lines(stream: impl AsyncRead + Unpin, mut take: impl AsyncFnMut(String) -> bool) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        let chunk = match stream.fill_buf().await {
            Ok(chunk) if !chunk.is_empty() => chunk,
            Ok(_) | Err(_) => break,
        };
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        let room = LONGEST_LINE.saturating_sub(line.len());
        line.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
        let used = part.len() + usize::from(end.is_some());
        stream.consume(used);
        if end.is_some() && !take(text(&mut line)).await {
            return;
        }
    }
    if !line.is_empty() {
        take(text(&mut line)).await;
    }
}

fn text(line: &mut Vec<u8>) -> String {
    let text = String::from_utf8_lossy(line).trim_end().to_owned();
    line.clear();
    text
}

#[derive(Clone, Copy, Debug)]
enum Signal {
    Kill,
    Terminate,
}

/// Signals all of a process group; that it may be gone already does not matter.
#[cfg(unix)]
fn send(group: Option<u32>, signal: Signal) {
    use rustix::process::{Pid, kill_process_group};

    let group = group
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let signal = match signal {
        Signal::Kill => rustix::process::Signal::KILL,
        Signal::Terminate => rustix::process::Signal::TERM,
    };
    if let Some(group) = group {
        let _ = kill_process_group(group, signal);
    }
}

/// Elsewhere there are no process groups; the program itself ends with its handle.
#[cfg(not(unix))]
fn send(_group: Option<u32>, _signal: Signal) {}
