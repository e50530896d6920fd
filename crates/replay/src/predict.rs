//! The oracle leg: the model against the script, or against the reference server's pure functions.
//!
//! Nothing is sent. What it says must agree with a vector's expectations before anything is replayed.

use crosscheck_oracle::OutgoingRequest;
use crosscheck_reference::{
    script::{Rewrite, render},
    site::Site,
};
use crosscheck_report::{leg::Leg, observation::Observation};
use crosscheck_vectors::script::{Asked, Playing};
use futures_util::FutureExt;
use url::Position;

use crate::{
    address::Place,
    case::{Case, Server},
    drive::{Answered, DriveError, Transport, TransportError, play},
    http1::{Connection, Parsed, parse},
    reference_answer::answer,
    shared_cache::replay,
};

/// What each step of `case` must lead to; none if nobody answers it.
///
/// # Errors
///
/// If the vector cannot be played.
///
/// # Panics
///
/// Never: the model answers at once.
pub fn predicted(case: &Case) -> Result<Option<Vec<Observation>>, DriveError> {
    let Ok(server) = &case.server else {
        return Ok(None);
    };
    let played = match server {
        Server::Deployed(_) | Server::Instance(_) => return Ok(None),
        Server::Script(script) => {
            let mut place = Place::of_script("/x/t/0".to_owned(), "0".to_owned());
            let mut model = ModelScript {
                playing: Playing::new(script.clone()),
            };
            play(&case.vector, &mut place, &mut model).now_or_never()
        }
        Server::Site(site) => {
            let mut place = Place::of_subject("/p/t/s".to_owned(), "0".to_owned());
            let mut model = ModelSite { site };
            let visits = replay(&case.vector, Leg::Oracle, &mut place, &mut model);
            visits
                .now_or_never()
                .map(|visits| visits.map(|visits| visits.observations))
        }
    };
    played.expect("the model never waits").map(Some)
}

/// The answer of a script that has none.
const UNSCRIPTED: &[u8] = b"HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n";

struct ModelScript {
    playing: Playing,
}

impl Transport for ModelScript {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        let url = &request.url;
        let asked = Asked {
            method: &request.method,
            host: url[Position::BeforeHost..Position::AfterPort].as_bytes(),
            path: url
                .path()
                .strip_prefix("/x/t/0")
                .unwrap_or_default()
                .as_bytes(),
        };
        let rewrite = Rewrite::new("t", "0");
        let bytes = self
            .playing
            .answer(&asked)
            .map(|answer| render(answer, &request.method, &rewrite));
        let bytes = bytes.unwrap_or_else(|| UNSCRIPTED.to_vec());
        let response = match parse(&bytes, &request.method, Connection::Closed) {
            Parsed::Whole { response, .. } => Some(*response),
            Parsed::Incomplete | Parsed::Malformed => None,
        };
        Ok(Answered {
            response,
            handled: None,
        })
    }
}

struct ModelSite<'a> {
    site: &'a Site,
}

impl Transport for ModelSite<'_> {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        Ok(answer(self.site, request))
    }
}
