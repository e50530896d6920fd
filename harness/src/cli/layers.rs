//! Layers around the reference server's policy.

use crosscheck_reference::compose::{Composition, Layer};
use miette::{IntoDiagnostic, Result};

/// What stands around the policy.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Layers {
    /// Compose the reference server of this layer; repeatable, outermost first.
    ///
    /// `policy` says where the policy stands, which is last if that is not said. Layers: authentication
    /// (401 for what carries no credentials, preflights included), compression (gzip), cors-proxy (adds
    /// Access-Control lines of its own), gateway (grants every preflight itself), policy, vary
    /// (overwrites Vary).
    #[arg(long = "layer", value_name = "NAME")]
    layers: Vec<Layer>,
}

impl Layers {
    /// The layers in their order, the policy among them.
    pub(super) fn composition(&self) -> Result<Composition> {
        Composition::new(self.layers.clone()).into_diagnostic()
    }
}
