//! A shared cache between client and server, and the same visits through it in every order.
//!
//! This is what `Vary` is for: whoever comes first must not decide what others get.

use crosscheck_oracle::{CacheMode, Millis, OutgoingRequest};
use crosscheck_report::{leg::Leg, observation::Observation, verdict::judge};
use crosscheck_vectors::vector::{Through, Vector, VectorStep};

use crate::{
    address::Place,
    demand::mismatches,
    drive::{Answered, DriveError, Transport, TransportError, play},
    http_cache::{Asked, Found, HttpCache, Whose},
};

/// A server behind a cache that all its visitors share.
#[derive(Debug)]
struct Cached<'a, T> {
    cache: HttpCache,
    server: &'a mut T,
}

impl<T: Transport + Send> Transport for Cached<'_, T> {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        let asked = Asked {
            request,
            mode: CacheMode::Default,
            partition: b"",
            now: Millis(0),
        };
        if let Found::Usable(response) = self.cache.find(&asked) {
            return Ok(Answered {
                response: Some(response),
                handled: None,
            });
        }
        let answered = self.server.exchange(request).await?;
        if let Some(response) = &answered.response {
            self.cache.note(&asked, response);
        }
        Ok(answered)
    }
}

/// What came of a vector's steps.
#[derive(Debug)]
pub struct Visits {
    /// What each step led to. Those that are visits through a cache: in the order that does most harm,
    /// or each first of all where none does.
    pub observations: Vec<Observation>,
    /// The order that does harm, for people.
    pub order: Option<String>,
}

impl From<Vec<Observation>> for Visits {
    fn from(observations: Vec<Observation>) -> Self {
        Self {
            observations,
            order: None,
        }
    }
}

/// Plays `vector` against `server`, with what it wants between client and server.
///
/// # Errors
///
/// If the vector cannot be played, or `server` fails.
pub async fn replay<T: Transport + Send>(
    vector: &Vector,
    leg: Leg,
    place: &mut Place,
    server: &mut T,
) -> Result<Visits, DriveError> {
    match vector.through {
        None => play(vector, place, server).await.map(Visits::from),
        Some(Through::SharedCache) => visit(vector, leg, place, server).await,
    }
}

/// Makes the visits of `vector` in every order of two, each time through a fresh shared cache, and each
/// visit with a fresh client.
///
/// Two are enough: what a cache hands out comes from one earlier visit.
async fn visit<T: Transport + Send>(
    vector: &Vector,
    leg: Leg,
    place: &mut Place,
    server: &mut T,
) -> Result<Visits, DriveError> {
    let alone = |step: &VectorStep| Vector {
        steps: vec![step.clone()],
        ..vector.clone()
    };
    let visits: Vec<_> = vector.steps.iter().map(alone).collect();
    let mut first_of_all = Vec::new();
    let mut orders = Vec::new();
    for (first, early) in visits.iter().enumerate() {
        let mut seen = None;
        for (second, late) in visits
            .iter()
            .enumerate()
            .filter(|(second, _)| *second != first)
        {
            let cache = HttpCache::new(Whose::Shared);
            let mut cached = Cached { cache, server };
            let before = play(early, place, &mut cached).await?;
            orders.push((first, second, play(late, place, &mut cached).await?));
            seen = Some(before);
        }
        first_of_all.extend(seen.into_iter().flatten());
    }
    let mut worst = Visits::from(first_of_all.clone());
    let verdict = |observations: &[Observation]| judge(&mismatches(vector, leg, observations));
    let mut gravest = verdict(&first_of_all);
    for (first, second, seen) in orders {
        let mut observations = first_of_all.clone();
        observations.splice(second..=second, seen);
        let found = verdict(&observations);
        if found > gravest {
            gravest = found;
            worst = Visits {
                observations,
                order: Some(told(vector, first, second)),
            };
        }
    }
    Ok(worst)
}

/// The order, for people.
fn told(vector: &Vector, first: usize, second: usize) -> String {
    let who = |index: usize| {
        let client = vector.steps.get(index).map(|step| &step.client);
        let origin = client.and_then(|client| client.origin.as_deref());
        origin.map_or("no origin".to_owned(), |origin| format!("`{origin}`"))
    };
    format!(
        "through a shared cache, if step {} ({}) comes after step {} ({})",
        second + 1,
        who(second),
        first + 1,
        who(first)
    )
}

#[cfg(test)]
mod tests;
