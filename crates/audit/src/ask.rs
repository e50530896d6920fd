//! Asking, within a budget, and remembering what was asked and answered.

use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_replay::{
    chain::chain,
    drive::{TooMany, Transport},
};

/// After so many questions in a row without an answer a server is given up.
const PATIENCE: usize = 3;

/// A request, and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: OutgoingRequest,
    /// What came back, or why nothing did.
    pub answer: Result<Response, String>,
}

/// The place of an exchange among those of an audit.
pub type Place = usize;

/// Why no more is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// As much was asked as was allowed.
    #[error("the limit of requests was reached")]
    Budget,
    /// It refuses what it granted before, as firewalls do.
    #[error(
        "the trusted page is now refused what it was granted before, so refusals since then prove nothing"
    )]
    Blocked,
    /// It wants to be asked less often.
    #[error("{}", TooMany)]
    TooMany,
    /// The server stopped answering.
    #[error("{0}")]
    Unreachable(String),
}

/// Asks one server.
#[derive(Debug)]
pub struct Asker<'a, T> {
    transport: &'a mut T,
    n_left: usize,
    n_unanswered: usize,
    exchanges: Vec<Exchange>,
}

impl<'a, T: Transport> Asker<'a, T> {
    /// One that may ask `n_requests` times.
    pub fn new(transport: &'a mut T, n_requests: usize) -> Self {
        Self {
            transport,
            n_left: n_requests,
            n_unanswered: 0,
            exchanges: Vec::new(),
        }
    }

    /// Sends `request`; none if there is no answer to it.
    ///
    /// # Errors
    ///
    /// If nothing more is to be asked.
    pub async fn ask(
        &mut self,
        request: OutgoingRequest,
    ) -> Result<Option<(Place, Response)>, Silence> {
        self.n_left = self.n_left.checked_sub(1).ok_or(Silence::Budget)?;
        let mut silence = None;
        let answer = match self.transport.exchange(&request).await {
            Ok(answered) => answered
                .response
                .ok_or_else(|| "the connection ended without an answer".to_owned()),
            Err(error) => {
                if error.source.is::<TooMany>() {
                    silence = Some(Silence::TooMany);
                }
                Err(chain(&*error.source))
            }
        };
        self.n_unanswered = match &answer {
            Ok(_) => 0,
            Err(_) => self.n_unanswered + 1,
        };
        if let Err(why) = &answer
            && self.n_unanswered == PATIENCE
        {
            silence.get_or_insert(Silence::Unreachable(why.clone()));
        }
        let place = self.exchanges.len();
        let response = answer.as_ref().ok().cloned();
        self.exchanges.push(Exchange { request, answer });
        match silence {
            Some(silence) => Err(silence),
            None => Ok(response.map(|response| (place, response))),
        }
    }

    /// How many more questions are allowed.
    pub fn n_left(&self) -> usize {
        self.n_left
    }

    /// Why the last question has no answer.
    pub fn last_failure(&self) -> String {
        let last = self.exchanges.last();
        let why = last.and_then(|exchange| exchange.answer.as_ref().err());
        why.cloned().unwrap_or_default()
    }

    /// Takes no notice of what was left unanswered so far.
    pub fn forgive(&mut self) {
        self.n_unanswered = 0;
    }

    /// Everything that was answered so far.
    pub fn answers(&self) -> impl Iterator<Item = &Response> {
        self.exchanges
            .iter()
            .filter_map(|exchange| exchange.answer.as_ref().ok())
    }

    /// What was asked at `place`.
    pub fn exchange(&self, place: Place) -> Option<&Exchange> {
        self.exchanges.get(place)
    }

    /// Everything that was asked.
    pub fn into_exchanges(self) -> Vec<Exchange> {
        self.exchanges
    }
}
