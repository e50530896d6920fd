//! Named misbehaviours, each of which some vector must catch.
//!
//! A fault changes the decision of a sane policy; the sane code knows nothing of them. What it does
//! stands in one place, in the module of its topic, and is a pure function.

mod case;
mod config;
mod credentials;
mod origin;
mod preflight;
mod response;
mod table;

use std::{fmt, str::FromStr};

use crosscheck_vectors::policy::Policy;
use http::{HeaderMap, StatusCode};

use self::case::Case;
pub(crate) use self::case::Memory;
pub use self::table::Fault;
use crate::{
    compose::Layer,
    policy::Configured,
    request::RequestHead,
    respond::{self, Actual, Decision, OriginVerdict},
};

/// No fault has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no fault is called `{name}`; did you mean `{nearest}`? There are {}",
    List
)]
pub struct UnknownFault {
    /// As it was written.
    pub name: String,
    /// The fault with the most similar name.
    pub nearest: Fault,
}

/// What a fault does.
enum Effect {
    /// Takes a policy that a sound server refuses, once the first function has made it acceptable,
    /// and then alters decisions.
    Accepts(fn(&mut Policy), fn(&Case<'_>, &mut Decision)),
    /// Alters the sane decision.
    Alters(fn(&Case<'_>, &mut Decision)),
    /// Puts a layer in front of the policy.
    Fronts(Layer),
    /// Puts its own choice of headers into the response of the application.
    Finishes(fn(StatusCode, Actual, &mut HeaderMap)),
    /// Trusts origins beyond those of the policy.
    Trusts(fn(&Policy, &[u8]) -> bool),
}

/// A fault at work under a policy.
#[derive(Clone, Debug)]
pub(crate) struct Committed {
    fault: Fault,
    /// The policy as the operator wrote it.
    intent: Policy,
}

impl Committed {
    pub(crate) fn new(fault: Fault, intent: Policy) -> Self {
        Self { fault, intent }
    }

    /// What the fault makes of the policy before it is configured.
    pub(crate) fn acceptable(&self) -> Policy {
        let mut policy = self.intent.clone();
        if let Effect::Accepts(accept, _) = self.fault.effect() {
            accept(&mut policy);
        }
        policy
    }

    /// The layer that the fault puts in front of the policy.
    pub(crate) fn front(&self) -> Option<Layer> {
        match self.fault.effect() {
            Effect::Fronts(layer) => Some(layer),
            Effect::Accepts(..) | Effect::Alters(_) | Effect::Finishes(_) | Effect::Trusts(_) => {
                None
            }
        }
    }

    pub(crate) fn decide(
        &self,
        policy: &Configured,
        request: &RequestHead<'_>,
        memory: &Memory,
    ) -> Decision {
        let case = Case {
            policy,
            intent: &self.intent,
            memory,
            request,
        };
        let mut decision = respond::respond(policy, request);
        match self.fault.effect() {
            Effect::Accepts(_, alter) | Effect::Alters(alter) => alter(&case, &mut decision),
            Effect::Finishes(_) | Effect::Fronts(_) => {}
            Effect::Trusts(trusts) => {
                if let Some(trusting) = trusting(&case, trusts) {
                    decision = trusting;
                }
            }
        }
        decision
    }

    pub(crate) fn finish(&self, status: StatusCode, actual: Actual, headers: &mut HeaderMap) {
        match self.fault.effect() {
            Effect::Finishes(finish) => finish(status, actual, headers),
            Effect::Accepts(..) | Effect::Alters(_) | Effect::Fronts(_) | Effect::Trusts(_) => {
                actual.apply(headers);
            }
        }
    }
}

/// The decision about an origin that only the fault trusts.
fn trusting(case: &Case<'_>, trusts: fn(&Policy, &[u8]) -> bool) -> Option<Decision> {
    let withheld = respond::judge_origin(case.policy, case.request.headers);
    let origin = case.origin()?;
    if withheld == OriginVerdict::Withheld && trusts(case.intent, origin) {
        return case.trusting(origin);
    }
    None
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let found = Self::all().iter().find(|fault| fault.name() == name);
        found.copied().ok_or_else(|| UnknownFault {
            name: name.to_owned(),
            nearest: nearest(name),
        })
    }
}

fn nearest(name: &str) -> Fault {
    let nearest = Fault::all()
        .iter()
        .min_by_key(|fault| distance(name.as_bytes(), fault.name().as_bytes()));
    nearest.copied().unwrap_or(Fault::ReflectOrigin)
}

/// How many single-byte edits lie between `one` and `other`.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, byte) in one.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, other_byte) in row.iter_mut().skip(1).zip(other) {
            let substituted = diagonal + usize::from(byte != other_byte);
            diagonal = *cell;
            left = substituted.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// The names of all faults.
struct List;

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in Fault::all().iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}`{fault}`")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
