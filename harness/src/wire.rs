//! The wire leg: the model over real sockets.

pub mod leg;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crosscheck_oracle::OutgoingRequest;
use crosscheck_reference::{HANDLED, script::closes};
use crosscheck_replay::{
    address::Place,
    case::{Case, Server},
    chain::chain,
    deployment::Deployment,
    drive::{Answered, DriveError, Transport, TransportError},
    instance::Instance,
    judge::{answering, leg_result, unjudged},
    shared_cache,
    shared_cache::Visits,
};
use crosscheck_report::{leg::Leg, results::LegResult};
use crosscheck_server::stage::Stage;
use tokio::task::JoinSet;

use crate::{
    client::{
        exact::{Client, Reuse},
        remote::Deployed,
    },
    playground::Playground,
    subject::handler_ran,
};

/// Replays cases over plain sockets, whatever their URLs' schemes: the subject is on this machine.
#[derive(Clone, Debug)]
pub struct Wire {
    client: Client,
    address: SocketAddr,
    /// What reaches a subject that is not on this machine.
    deployed: Option<Arc<Deployed>>,
}

impl Wire {
    /// A wire to the listener at `address`; no answer may take longer than `patience`.
    pub fn new(address: SocketAddr, patience: Duration) -> Self {
        Self {
            client: Client::new(patience),
            address,
            deployed: None,
        }
    }

    /// The same wire, with `client` for a subject that is deployed.
    #[must_use]
    pub fn to_deployed(self, client: Deployed) -> Self {
        Self {
            deployed: Some(Arc::new(client)),
            ..self
        }
    }

    /// Judges `cases`, `jobs` at a time, and has each result kept as soon as it is there.
    ///
    /// Nothing more is begun once this is dropped.
    pub async fn judge_all(
        &self,
        cases: Arc<[Case]>,
        playground: Arc<Playground>,
        jobs: usize,
        keep: impl Fn(&Case, LegResult) + Send + Sync + 'static,
    ) {
        let shared = Arc::new((self.clone(), cases, playground, keep, AtomicUsize::new(0)));
        let mut workers = JoinSet::new();
        for _ in 0..jobs {
            let shared = Arc::clone(&shared);
            workers.spawn(async move {
                let (wire, cases, playground, keep, next) = &*shared;
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    keep(case, wire.judge(case, playground).await);
                }
            });
        }
        workers.join_all().await;
    }

    /// What comes of `case` on this leg, replayed under an exchange of its own.
    pub async fn judge(&self, case: &Case, playground: &Playground) -> LegResult {
        let server = match answering(case, Leg::Wire) {
            Ok(server) => server,
            Err(result) => return *result,
        };
        let exchange = playground.new_exchange();
        let mut place = match server.instance() {
            Some(instance) => Place::of_subject(instance.prefix().to_owned(), exchange),
            None => playground.set_up(server, &exchange),
        };
        match self.replay(case, &mut place, &playground.stage).await {
            Ok(seen) => leg_result(case, Leg::Wire, seen),
            Err(error) => unjudged(Leg::Wire, case.error_verdict(), chain(&error)),
        }
    }

    /// What each step of `case` leads to; where something stands between, in which order.
    ///
    /// # Errors
    ///
    /// If the vector cannot be played, or the subject cannot be judged.
    pub async fn replay(
        &self,
        case: &Case,
        place: &mut Place,
        stage: &Stage,
    ) -> Result<Visits, DriveError> {
        if let (Some(deployment), Some(client)) = (case.deployment(), &self.deployed) {
            let mut session = Remote { deployment, client };
            let played = shared_cache::replay(&case.vector, Leg::Wire, place, &mut session).await;
            let mut seen = played?;
            if deployment.admit_unsent(&mut seen.observations) {
                seen.order.get_or_insert_with(|| UNSENT.to_owned());
            }
            if deployment.admit_cached(&case.vector, &mut seen.observations) {
                seen.order.get_or_insert_with(|| CACHED.to_owned());
            }
            return Ok(seen);
        }
        let judges_server = case.judges_server();
        let instance = case.instance();
        // As in a browser, a vector's steps share a connection with a server that is not ours, and with no
        // other vector: what a server keeps of a connection must fail by itself, too.
        let own = instance.map(|_| self.client.without_connections());
        let mut session = Session {
            client: own.as_ref().unwrap_or(&self.client),
            address: instance.map_or(self.address, Instance::address),
            reuse: reuse(case),
            judges_server,
        };
        let vector = &case.vector;
        let played = shared_cache::replay(vector, Leg::Wire, place, &mut session).await;
        if let Some(instance) = instance {
            let mut seen = played?;
            // Behind a cache some requests never arrive.
            if vector.through.is_none() {
                let observed = &mut seen.observations;
                handler_ran::settle(instance, case, place.exchange(), &self.client, observed).await;
            }
            return Ok(seen);
        }
        // The reference server's own word on what ran; a handler that panics cannot say so itself.
        let entries = stage.journal().take(place.exchange());
        // Nothing more will be asked of it, and memory must not grow with what is replayed.
        stage.forget_exchange(place.exchange());
        let mut observed = played?;
        let exchanges = observed
            .observations
            .iter_mut()
            .flat_map(|observation| &mut observation.exchanges);
        // Behind a cache some requests never arrive.
        if judges_server && vector.through.is_none() {
            for (exchange, entry) in exchanges.zip(entries) {
                exchange.handled = Some(entry.is_handled());
            }
        }
        Ok(observed)
    }
}

/// What is said of a case that a deployed server was not asked to the end.
const UNSENT: &str = "judged by its preflight alone: what changes something was not sent";

const CACHED: &str =
    "the resource may be kept by caches: what a page's own cache answered was not sent again";

/// A session with a server that is not on this machine.
struct Remote<'a> {
    deployment: &'a Deployment,
    client: &'a Deployed,
}

impl Transport for Remote<'_> {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        if self.deployment.sends(&request.method) {
            let mut client = self.client;
            client.exchange(request).await
        } else {
            Ok(self.deployment.stand_in(request))
        }
    }
}

struct Session<'a> {
    client: &'a Client,
    address: SocketAddr,
    reuse: Reuse,
    judges_server: bool,
}

impl Transport for Session<'_> {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        let sent = self.client.send(self.address, request, self.reuse);
        let response = sent.await.map_err(|error| TransportError {
            method: String::from_utf8_lossy(&request.method).into_owned(),
            url: request.url.to_string(),
            source: error.into(),
        })?;
        let handled = response
            .as_ref()
            .map(|response| response.headers.contains(HANDLED.as_str()));
        let handled = handled.filter(|_| self.judges_server);
        Ok(Answered { response, handled })
    }
}

/// A script that hangs up by design would see a request twice that is sent again for that reason.
fn reuse(case: &Case) -> Reuse {
    match &case.server {
        Ok(Server::Script(script)) if script.0.iter().any(closes) => Reuse::Never,
        Ok(_) | Err(_) => Reuse::Welcome,
    }
}
