use std::{
    any::Any,
    collections::HashMap,
    fs::File,
    io::{self, BufRead, Write},
    net::TcpListener,
    os::fd::AsFd,
    panic::{self, AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::mpsc,
    thread::{self, JoinHandle},
};

use futures_util::future::{self, Either};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{runtime, sync::oneshot, task::LocalSet};

use crate::Policy;

/// What an adapter says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Hello {
    pub name: &'static str,
    pub version: &'static str,
    pub homepage: &'static str,
    pub issues: &'static str,
    pub capabilities: &'static [&'static str],
    /// What cannot be said to the server, and why.
    pub unsupported: &'static [(&'static str, &'static str)],
}

/// A server under way; dropping it must free its port.
pub type Server = Pin<Box<dyn Future<Output = ()>>>;

/// Why there is no server.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The implementation would not be configured so.
    Refused(String),
    /// One of [`Hello::unsupported`].
    Unsupported(&'static str),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Message {
    Hello {},
    Serve {
        id: u64,
        bind: String,
        policy: Box<Policy>,
    },
    Stop {
        id: u64,
    },
    Bye {},
}

struct Instance {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

/// The version of `package` that `lock`, the text of a `Cargo.lock`, has settled on.
pub fn version_in(lock: &'static str, package: &str) -> &'static str {
    let heading = format!("name = \"{package}\"\nversion = \"");
    let after = lock.split_once(&heading).map(|(_, after)| after);
    let version = after.and_then(|after| after.split_once('"'));
    version.map_or("unknown", |(version, _)| version)
}

/// Speaks the protocol on standard input and output until told to leave.
///
/// `serve` runs inside a Tokio runtime of its own for each instance; what it panics with is taken
/// for the implementation's refusal.
pub fn run(hello: Hello, serve: fn(Policy, TcpListener) -> Result<Server, Failure>) {
    let Ok(mut stdout) = own_stdout() else {
        return eprintln!("standard output cannot be had");
    };
    // One line for what an implementation refuses, whatever RUST_BACKTRACE says.
    panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    let mut instances = HashMap::new();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let reply = match serde_json::from_str(&line) {
            Ok(Message::Hello {}) => greeting(&hello),
            Ok(Message::Serve { id, bind, policy }) => match start(&hello, serve, &bind, *policy) {
                Ok((instance, base_url)) => {
                    instances.insert(id, instance);
                    json!({"type": "ready", "id": id, "base_url": base_url})
                }
                Err(mut reply) => {
                    reply["id"] = id.into();
                    reply
                }
            },
            Ok(Message::Stop { id }) => {
                if let Some(Instance { stop, thread }) = instances.remove(&id) {
                    drop(stop);
                    let _ended = thread.join();
                }
                json!({"type": "stopped", "id": id})
            }
            Ok(Message::Bye {}) => break,
            Err(cause) => {
                let id = serde_json::from_str(&line)
                    .map_or(Value::Null, |message: Value| message["id"].clone());
                json!({"type": "error", "id": id, "message": cause.to_string()})
            }
        };
        if writeln!(stdout, "{reply}").is_err() {
            break;
        }
    }
    // Instances may have threads of their own.
    std::process::exit(0);
}

/// Standard output for the protocol alone; what libraries print goes to standard error.
fn own_stdout() -> io::Result<File> {
    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(stdout.into())
}

fn greeting(hello: &Hello) -> Value {
    let unsupported: HashMap<_, _> = hello.unsupported.iter().copied().collect();
    json!({
        "type": "hello", "protocol": 1, "name": hello.name, "version": hello.version,
        "language": "rust", "homepage": hello.homepage, "issues": hello.issues,
        "capabilities": hello.capabilities, "unsupported": unsupported,
        "reconfigure": false, "one_shot": false, "concurrent_instances": 8,
    })
}

fn start(
    hello: &Hello,
    serve: fn(Policy, TcpListener) -> Result<Server, Failure>,
    bind: &str,
    policy: Policy,
) -> Result<(Instance, String), Value> {
    let features = policy.features();
    if let Some((feature, reason)) = hello
        .unsupported
        .iter()
        .find(|(name, _)| features.contains(name))
    {
        return Err(json!({"type": "unsupported", "feature": feature, "reason": reason}));
    }
    let error = |cause: io::Error| json!({"type": "error", "message": cause.to_string()});
    let listener = TcpListener::bind((bind, 0)).map_err(error)?;
    listener.set_nonblocking(true).map_err(error)?;
    let base_url = format!("http://{}", listener.local_addr().map_err(error)?);
    let (stop, stopped) = oneshot::channel();
    let (say, built) = mpsc::channel();
    let thread = thread::spawn(move || live(serve, policy, listener, &say, stopped));
    match built
        .recv()
        .map_err(|cause| error(io::Error::other(cause)))?
    {
        Ok(()) => Ok((Instance { stop, thread }, base_url)),
        Err(Failure::Refused(reason)) => Err(json!({"type": "refused", "reason": reason})),
        Err(Failure::Unsupported(feature)) => {
            let declared = hello.unsupported.iter().find(|(name, _)| *name == feature);
            let reason = declared.map(|(_, reason)| reason);
            Err(json!({"type": "unsupported", "feature": feature, "reason": reason}))
        }
    }
}

/// One instance, from its configuration to its end.
fn live(
    serve: fn(Policy, TcpListener) -> Result<Server, Failure>,
    policy: Policy,
    listener: TcpListener,
    say: &mpsc::Sender<Result<(), Failure>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(cause) => return eprintln!("no runtime: {cause}"),
    };
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        let built = catch_unwind(AssertUnwindSafe(|| serve(policy, listener)))
            .unwrap_or_else(|panic| Err(Failure::Refused(message(&*panic))));
        match built {
            Ok(server) => {
                let _heard = say.send(Ok(()));
                if let Either::Left(_) = future::select(server, stopped).await {
                    eprintln!("the server ended by itself");
                }
            }
            Err(failure) => drop(say.send(Err(failure))),
        }
    });
    drop(local);
    runtime.shutdown_background();
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("panicked").to_owned()
}
