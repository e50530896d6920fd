//! What a page and the journal tell, as an observation.

mod random;

use crosscheck_replay::{address::Place, case::Case, drive::pairs, http1};
use crosscheck_report::observation::{Exchange, Observation, SeenRequest, SeenResponse};
use crosscheck_server::journal::{Entry, Scheme};
use crosscheck_vectors::{bytes::ByteString, expect::StepOutcome};

use crate::browser::{
    call::{Ending, Outcome},
    engine::Explained,
};

/// The observation; none if the call did not end.
pub(super) fn observation(
    ending: &Ending,
    explained: Explained,
    entries: Vec<Entry>,
    place: &Place,
    case: &Case,
) -> Option<Observation> {
    let outcome = match ending.outcome {
        Outcome::ApiError => StepOutcome::ApiError,
        Outcome::NetworkError => StepOutcome::NetworkError,
        Outcome::Opaque => StepOutcome::Opaque,
        Outcome::OpaqueRedirect => StepOutcome::OpaqueRedirect,
        Outcome::Readable => StepOutcome::Readable,
        Outcome::Timeout => return None,
    };
    let told = if outcome == StepOutcome::NetworkError {
        explained.reasons
    } else {
        Vec::new()
    };
    let mut seen = Observation {
        outcome,
        reasons: told.into_iter().map(str::to_owned).collect(),
        detail: explained.words.or_else(|| ending.exception.clone()),
        status: ending.status.filter(|status| *status != 0),
        headers: ending
            .headers
            .iter()
            .map(|(name, value)| (bytes(name), bytes(value)))
            .collect(),
        body: ending.body.as_deref().map(bytes),
        exchanges: exchanges(entries, place, case),
        trace: Vec::new(),
    };
    place.leave_out(&mut seen);
    random::settle(&mut seen, &case.vector);
    Some(seen)
}

/// Code points 0–255 as bytes; anything above cannot come from the probe.
fn bytes(text: &str) -> ByteString {
    text.chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect::<Vec<_>>()
        .into()
}

fn exchanges(entries: Vec<Entry>, place: &Place, case: &Case) -> Vec<Exchange> {
    let judges_server = case.judges_server();
    let mut seen: Vec<Exchange> = Vec::with_capacity(entries.len());
    for entry in entries {
        let handled = judges_server.then(|| entry.is_handled());
        let exchange = Exchange {
            handled,
            ..exchange(&entry, place)
        };
        // A browser that finds its connection closed without an answer may repeat the request on a new
        // one; that is HTTP's doing, not fetch's.
        let repeats = |earlier: &Exchange| {
            earlier.response.is_none()
                && earlier.request.method == exchange.request.method
                && earlier.request.url == exchange.request.url
        };
        if seen.last().is_some_and(repeats) {
            seen.pop();
        }
        seen.push(exchange);
    }
    seen
}

fn exchange(entry: &Entry, place: &Place) -> Exchange {
    let headers: Vec<(ByteString, ByteString)> = entry
        .headers
        .iter()
        .map(|(name, value)| (name.as_slice().into(), value.as_slice().into()))
        .collect();
    let host = headers
        .iter()
        .find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"host"));
    let host = host.map(|(_, host)| host.to_text()).unwrap_or_default();
    let scheme = match entry.scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    let target = String::from_utf8_lossy(&entry.target);
    let response = http1::read(&entry.response, &entry.method).ok();
    Exchange {
        request: SeenRequest {
            method: entry.method.as_slice().into(),
            url: place.logical(&format!("{scheme}://{host}{target}")),
            headers,
            body: entry.body.as_slice().into(),
        },
        response: response.map(|response| SeenResponse {
            status: response.status,
            headers: pairs(&response.headers),
            body: response.body.as_slice().into(),
        }),
        handled: None,
    }
}
