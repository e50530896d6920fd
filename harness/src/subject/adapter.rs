//! Adapters: programs that put some server into each policy.
//!
//! | what | module |
//! | --- | --- |
//! | the messages | [`protocol`] |
//! | `adapter.toml` | [`manifest`] |
//! | what can be wrong with an adapter; how lies are found | [`fault`], [`check`] |
//!
//! A fault of an adapter says nothing about its subject, and costs only the vectors that it hit: the
//! program is started again for the others.

pub mod check;
pub mod fault;
pub mod manifest;
mod once;
mod program;
pub mod protocol;

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use crosscheck_replay::instance::Instance;
use crosscheck_vectors::policy::Policy;
use fault::{Broken, Fault};
use futures_util::future::join_all;
use manifest::Manifest;
pub use program::Ending;
use program::Program;
use protocol::{Hello, PROTOCOL, Reply, Request};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};

/// Where instances are to listen.
const BIND: &str = "127.0.0.1";

/// How often a program that ended is started again.
const MOST_ENDS: usize = 8;

/// How much longer than an answer over HTTP an adapter's answer may take: programs start slowly.
const SLOWNESS: u32 = 3;

/// How long a listening socket may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(1);

/// An adapter at work.
#[derive(Debug)]
pub struct Adapter {
    manifest: Manifest,
    patience: Duration,
    hello: Hello,
    running: Vec<Running>,
    /// What need not be asked again.
    settled: Vec<(Value, Put)>,
    n_asked: u64,
    n_ends: usize,
}

/// A program and the instances that it runs.
#[derive(Debug)]
struct Running {
    program: Program,
    instances: Vec<(Value, Arc<Instance>)>,
    /// Whether it takes no more instances.
    used_up: bool,
}

/// What came of putting the subject into a policy.
#[derive(Clone, Debug)]
pub enum Put {
    /// It is listening.
    Ready(Arc<Instance>),
    /// It refuses to be configured so, in its own words.
    Refused(String),
    /// It cannot express the policy, as declared, and why.
    Unsupported(String),
    /// The adapter is at fault.
    Broken(String),
}

impl Adapter {
    /// Starts the adapter of `manifest` and asks who it is.
    ///
    /// An answer over HTTP may take `patience`, one of the adapter three times as long.
    ///
    /// # Errors
    ///
    /// If it does not start, or does not introduce itself as the protocol says.
    pub async fn start(manifest: Manifest, patience: Duration) -> Result<Self, Broken> {
        let (program, hello) = launch(&manifest, patience * SLOWNESS).await?;
        Ok(Self {
            manifest,
            patience,
            hello,
            running: vec![Running {
                program,
                instances: Vec::new(),
                used_up: false,
            }],
            settled: Vec::new(),
            n_asked: 0,
            n_ends: 0,
        })
    }

    /// How long an answer over HTTP may take.
    fn patience(&self) -> Duration {
        self.patience
    }

    /// Its `adapter.toml`.
    pub fn place(&self) -> &Path {
        self.manifest.place()
    }

    /// The name of the folder that holds it.
    pub fn folder(&self) -> Option<String> {
        let folder = self.manifest.place().canonicalize().ok()?;
        let name = folder.parent()?.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }

    /// What it says of itself and its subject.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Puts the subject into all of `policies`, and ends what is not among them if there is no room.
    ///
    /// There are no more of them than instances can run at a time.
    pub async fn put_all(&mut self, policies: &[&Policy]) -> Vec<Put> {
        let policies: Vec<_> = policies.iter().map(|policy| json!(policy)).collect();
        self.put_values(&policies).await
    }

    /// The same for what may be no policies at all.
    async fn put_values(&mut self, policies: &[Value]) -> Vec<Put> {
        self.make_room(policies).await;
        // A program that breaks takes its instances along, so all are put anew until none breaks; each
        // time one policy less is asked for.
        loop {
            let mut put = Vec::with_capacity(policies.len());
            for policy in policies {
                match self.put(policy).await {
                    Some(found) => put.push(found),
                    None => break,
                }
            }
            if put.len() == policies.len() {
                return put;
            }
        }
    }

    /// Puts the subject into `policy`; none if a program broke, and its instances with it.
    async fn put(&mut self, policy: &Value) -> Option<Put> {
        let up = self.running.iter().flat_map(|running| &running.instances);
        let up = up.map(|(found, instance)| (found, Put::Ready(Arc::clone(instance))));
        let known = self.settled.iter().map(|(found, put)| (found, put.clone()));
        if let Some((_, put)) = up.chain(known).find(|(found, _)| *found == policy) {
            return Some(put);
        }
        match self.serve(policy.clone()).await {
            Ok(put) => {
                if !matches!(put, Put::Ready(_)) {
                    self.settled.push((policy.clone(), put.clone()));
                }
                Some(put)
            }
            Err(broken) => {
                let put = Put::Broken(broken.to_string());
                self.settled.push((policy.clone(), put));
                None
            }
        }
    }

    /// Asks for an instance.
    ///
    /// # Errors
    ///
    /// If the program broke; it has been ended, then.
    async fn serve(&mut self, policy: Value) -> Result<Put, Broken> {
        let at = self.free_program().await?;
        self.n_asked += 1;
        let id = self.n_asked;
        let one_shot = self.hello.one_shot;
        let patience = self.patience * SLOWNESS;
        let Some(running) = self.running.get_mut(at) else {
            return Ok(Put::Broken("there is no program to ask".to_owned()));
        };
        running.used_up = one_shot;
        let request = Request::Serve {
            id,
            bind: BIND.to_owned(),
            policy: policy.clone(),
        };
        let put = match running.program.ask(&request, patience).await {
            Err(fault) => Err(fault),
            Ok(reply) => self.hello.meaning(reply, id).await,
        };
        match put {
            Ok(put) => {
                if let Put::Ready(instance) = &put {
                    running.instances.push((policy, Arc::clone(instance)));
                } else if one_shot {
                    self.running.swap_remove(at).program.end().await;
                }
                Ok(put)
            }
            Err(fault) => Err(self.discard(at, fault).await),
        }
    }

    /// The position of a program that takes another instance.
    async fn free_program(&mut self) -> Result<usize, Broken> {
        if let Some(free) = self.running.iter().position(|running| !running.used_up) {
            return Ok(free);
        }
        if self.n_ends > MOST_ENDS {
            let fault = Fault::TooOften(self.n_ends);
            let log = Vec::new();
            return Err(Broken { fault, log });
        }
        let launched = launch(&self.manifest, self.patience * SLOWNESS).await;
        let (program, _) = launched.inspect_err(|_broken| self.n_ends += 1)?;
        self.running.push(Running {
            program,
            instances: Vec::new(),
            used_up: false,
        });
        Ok(self.running.len() - 1)
    }

    /// Ends a program that broke, and says how.
    async fn discard(&mut self, at: usize, fault: Fault) -> Broken {
        self.n_ends += 1;
        let Running { program, .. } = self.running.swap_remove(at);
        let (_, log) = program.end().await;
        Broken { fault, log }
    }

    /// Ends instances that are not among `policies`, if not all would fit beside them.
    async fn make_room(&mut self, policies: &[Value]) {
        let is_wanted = |(policy, _): &(Value, Arc<Instance>)| policies.contains(policy);
        let up = self.running.iter().flat_map(|running| &running.instances);
        let n_kept = up.clone().filter(|up| is_wanted(up)).count();
        let n_up = up.count();
        if n_up + policies.len() - n_kept <= self.hello.n_instances() {
            return;
        }
        let unwanted: Vec<_> = self
            .running
            .iter()
            .flat_map(|running| &running.instances)
            .filter(|up| !is_wanted(up))
            .map(|(_, instance)| instance.id())
            .collect();
        for id in unwanted {
            // A program that breaks over this is started again when it is needed.
            let _ = self.stop(id).await;
        }
    }

    /// Ends all instances; returns what broke over it.
    pub(crate) async fn stop_all(&mut self) -> Vec<Broken> {
        let up = self.running.iter().flat_map(|running| &running.instances);
        let ids: Vec<_> = up.map(|(_, instance)| instance.id()).collect();
        let mut broken = Vec::new();
        for id in ids {
            broken.extend(self.stop(id).await.err());
        }
        broken
    }

    /// Ends the instance called `id`; its port is free afterwards.
    ///
    /// # Errors
    ///
    /// If the program does not; it has been ended, then.
    async fn stop(&mut self, id: u64) -> Result<(), Broken> {
        let runs = |running: &Running| running.instances.iter().any(|(_, up)| up.id() == id);
        let Some(at) = self.running.iter().position(runs) else {
            return Ok(());
        };
        let patience = self.patience * SLOWNESS;
        let one_shot = self.hello.one_shot;
        let Some(running) = self.running.get_mut(at) else {
            return Ok(());
        };
        let asked = running.program.ask(&Request::Stop { id }, patience).await;
        let ended = running.instances.iter().position(|(_, up)| up.id() == id);
        let ended = ended.map(|ended| running.instances.swap_remove(ended).1);
        let stopped = match asked {
            // A program that serves once may just end.
            Err(Fault::Ended { .. }) if one_shot => Ok(()),
            Err(fault) => Err(fault),
            Ok(Reply::Stopped { id: found }) if found == id => match ended {
                Some(ended) => check_gone(&ended).await,
                None => Ok(()),
            },
            Ok(other) => Err(Fault::unexpected("stop", &other)),
        };
        if let Err(fault) = stopped {
            return Err(self.discard(at, fault).await);
        }
        if one_shot {
            self.running.swap_remove(at).program.end().await;
        }
        Ok(())
    }

    /// What broke since this was last asked; what is left of it has been ended, then.
    pub async fn broke(&mut self) -> Option<Broken> {
        let mut first = None;
        let mut at = 0;
        while let Some(running) = self.running.get_mut(at) {
            let fault = match running.program.ended() {
                Some(how) if !running.used_up || !running.instances.is_empty() => {
                    Some(Fault::Died(how))
                }
                Some(_) | None => match running.program.unasked() {
                    Some(line) => Some(Fault::Unasked(line)),
                    None => not_listening(&running.instances).await,
                },
            };
            match fault {
                None => at += 1,
                Some(fault) => {
                    let broken = self.discard(at, fault).await;
                    first.get_or_insert(broken);
                }
            }
        }
        first
    }

    /// Ends everything; says how each program ended.
    pub async fn end(self) -> Vec<Ending> {
        let ends = self
            .running
            .into_iter()
            .map(|running| running.program.end());
        let ends = join_all(ends).await;
        ends.into_iter().map(|(ending, _)| ending).collect()
    }
}

/// The first of `instances` at which nobody listens any more.
async fn not_listening(instances: &[(Value, Arc<Instance>)]) -> Option<Fault> {
    for (_, instance) in instances {
        if let Err(fault) = check_listening(instance).await {
            return Some(fault);
        }
    }
    None
}

/// That somebody listens.
async fn check_listening(instance: &Instance) -> Result<(), Fault> {
    if accepts(instance.address()).await {
        Ok(())
    } else {
        Err(Fault::NotListening(instance.address()))
    }
}

/// That nobody listens.
async fn check_gone(instance: &Instance) -> Result<(), Fault> {
    if accepts(instance.address()).await {
        Err(Fault::StillListening(instance.address()))
    } else {
        Ok(())
    }
}

async fn accepts(address: SocketAddr) -> bool {
    matches!(
        timeout(CONNECT, TcpStream::connect(address)).await,
        Ok(Ok(_))
    )
}

async fn launch(manifest: &Manifest, patience: Duration) -> Result<(Program, Hello), Broken> {
    let mut program = Program::start(manifest).map_err(|fault| Broken {
        fault,
        log: Vec::new(),
    })?;
    let request = Request::Hello {
        protocol: PROTOCOL,
        suite: crate::VERSION.to_owned(),
    };
    let hello = match program.ask(&request, patience).await {
        Ok(Reply::Hello(hello)) => hello.checked(),
        Ok(other) => Err(Fault::unexpected("hello", &other)),
        Err(fault) => Err(fault),
    };
    match hello {
        Ok(hello) => Ok((program, hello)),
        Err(fault) => {
            let (_, log) = program.end().await;
            Err(Broken { fault, log })
        }
    }
}

impl Hello {
    /// That it makes sense.
    fn checked(self) -> Result<Self, Fault> {
        if self.protocol != PROTOCOL {
            return Err(Fault::Version(self.protocol));
        }
        if self.concurrent_instances == 0 {
            return Err(Fault::NoInstance);
        }
        match self.unsupported.keys().find(|feature| self.can(feature)) {
            Some(both) => Err(Fault::Contradiction(both.clone())),
            None => Ok(self),
        }
    }

    /// What `reply` means as an answer to `serve`.
    async fn meaning(&self, reply: Reply, asked: u64) -> Result<Put, Fault> {
        match reply {
            Reply::Ready { id, base_url } if id == asked => {
                let counts = self.can("hits");
                let instance = Instance::new(id, &base_url, counts)?;
                check_listening(&instance).await?;
                Ok(Put::Ready(Arc::new(instance)))
            }
            Reply::Refused { id, reason } if id == asked => Ok(Put::Refused(reason)),
            Reply::Unsupported {
                id,
                feature,
                reason,
            } if id == asked => Ok(if self.unsupported.contains_key(&feature) {
                Put::Unsupported(format!(
                    "the subject does not support `{feature}`: {reason}"
                ))
            } else {
                Put::Broken(Fault::Undeclared { feature, reason }.to_string())
            }),
            Reply::Error { id, message } if id.is_none_or(|id| id == asked) => {
                Ok(Put::Broken(Fault::Error(message).to_string()))
            }
            other @ (Reply::Hello(_)
            | Reply::Ready { .. }
            | Reply::Refused { .. }
            | Reply::Unsupported { .. }
            | Reply::Error { .. }
            | Reply::Stopped { .. }) => Err(Fault::unexpected("serve", &other)),
        }
    }
}

impl Fault {
    fn unexpected(asked: &'static str, answer: &Reply) -> Self {
        let answer = serde_json::to_string(answer).unwrap_or_default();
        let answer = answer.chars().take(200).collect();
        Self::Unexpected { asked, answer }
    }
}
