//! Layers around the policy, as a deployment stacks them: each a pure function of request and answer.
//!
//! The policy is one layer among others. What stands before it sees every request and every answer;
//! what stands behind it sees neither preflights nor what the policy adds.

mod compression;
mod layers;

use std::{fmt, str::FromStr};

use bytes::Bytes;
use http::Response;

use crate::request::RequestHead;

/// What an answer comes through on its way to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// Answers with 401 what carries no credentials.
    Authentication,
    /// Compresses bodies, and adds to `Vary`.
    Compression,
    /// Adds `Access-Control-*` lines of its own.
    CorsProxy,
    /// Grants every preflight itself.
    Gateway,
    /// Does what the policy says, and what its fault does to it.
    Policy,
    /// Replaces `Vary`.
    Vary,
}

/// What a layer does.
pub(crate) enum Work {
    /// Answers some requests itself; all others go on to what is behind it.
    Answers(fn(&RequestHead<'_>) -> Option<Response<Bytes>>),
    /// Changes the answer of what is behind it.
    Changes(fn(&RequestHead<'_>, &mut Response<Bytes>)),
    /// Decides as the policy says.
    Decides,
}

/// Layers, outermost first, the policy exactly once among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composition(Vec<Layer>);

/// No layer has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no layer is called `{0}`; there are {names}", names = listed(&Layer::ALL, "`"))]
pub struct UnknownLayer(pub String);

/// The policy would stand in two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy stands in one place among the layers, and is named more than once")]
pub struct PolicyTwice;

impl Layer {
    /// Every layer, by name.
    pub const ALL: [Self; 6] = [
        Self::Authentication,
        Self::Compression,
        Self::CorsProxy,
        Self::Gateway,
        Self::Policy,
        Self::Vary,
    ];

    /// Its name, in kebab case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Compression => "compression",
            Self::CorsProxy => "cors-proxy",
            Self::Gateway => "gateway",
            Self::Policy => "policy",
            Self::Vary => "vary",
        }
    }

    /// What it does to what comes through, in the third person.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Authentication => {
                "answers with 401 what carries no credentials: preflights, and requests for /status/401 without Authorization and Cookie"
            }
            Self::Compression => {
                "compresses bodies with gzip for those who accept it, and adds Accept-Encoding to Vary"
            }
            Self::CorsProxy => {
                "adds Access-Control-Allow-Origin: * to every answer, whatever stands there, and its own lists to those to preflights"
            }
            Self::Gateway => "grants every preflight itself, credentials included",
            Self::Policy => "does what the policy says",
            Self::Vary => "puts Vary: Accept-Encoding in place of any other",
        }
    }

    pub(crate) fn work(self) -> Work {
        match self {
            Self::Authentication => Work::Answers(layers::challenge),
            Self::Compression => Work::Changes(compression::compress),
            Self::CorsProxy => Work::Changes(layers::permit_all),
            Self::Gateway => Work::Answers(layers::grant),
            Self::Policy => Work::Decides,
            Self::Vary => Work::Changes(layers::replace_vary),
        }
    }
}

impl Composition {
    /// The policy behind `layers`, outermost first; or where they name it.
    ///
    /// # Errors
    ///
    /// If they name it more than once.
    pub fn new(mut layers: Vec<Layer>) -> Result<Self, PolicyTwice> {
        match layers
            .iter()
            .filter(|layer| **layer == Layer::Policy)
            .count()
        {
            0 => layers.push(Layer::Policy),
            1 => {}
            _ => return Err(PolicyTwice),
        }
        Ok(Self(layers))
    }

    /// The layers, outermost first, the policy included.
    pub fn layers(&self) -> &[Layer] {
        &self.0
    }

    /// Whether there is the policy and nothing else.
    pub fn is_bare(&self) -> bool {
        self.0 == [Layer::Policy]
    }

    /// These layers, with `layer` right before the policy.
    pub(crate) fn with(mut self, layer: Layer) -> Self {
        let policy = self.0.iter().position(|found| *found == Layer::Policy);
        self.0.insert(policy.unwrap_or_default(), layer);
        self
    }
}

impl Default for Composition {
    /// The policy alone.
    fn default() -> Self {
        Self(vec![Layer::Policy])
    }
}

impl fmt::Display for Composition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&listed(&self.0, ""))
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Layer {
    type Err = UnknownLayer;

    fn from_str(name: &str) -> Result<Self, UnknownLayer> {
        let found = Self::ALL.into_iter().find(|layer| layer.name() == name);
        found.ok_or_else(|| UnknownLayer(name.to_owned()))
    }
}

/// The names of `layers`, each between quotes.
fn listed(layers: &[Layer], quote: &str) -> String {
    let names: Vec<_> = layers
        .iter()
        .map(|layer| format!("{quote}{layer}{quote}"))
        .collect();
    names.join(", ")
}
