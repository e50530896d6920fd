//! Options that several commands share, and the files that they name.

use std::path::Path;

use crosscheck_reference::compose::{Composition, Layer};
use crosscheck_vectors::{file, policy::Policy, vector::PolicyFile};
use miette::{Context, IntoDiagnostic, Result, miette};

use crate::client::remote::{Certificates, PrivateHeader};

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

/// A policy by itself, or with the title that the suite's own have.
pub(super) fn read_policy(path: &Path) -> Result<Policy> {
    let text = file::read_text(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot read the policy `{}`", path.display()))?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` is no JSON", path.display()))?;
    // From the text and not from the value, which has only the last of keys that occur twice.
    let parsed = if value.get("policy").is_some() {
        serde_json::from_str::<PolicyFile>(&text).map(|file| file.policy)
    } else {
        serde_json::from_str(&text)
    };
    parsed
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` is no policy", path.display()))
}

/// The headers that `--header` gives.
pub(super) fn private_headers(lines: &[String]) -> Result<Vec<PrivateHeader>> {
    let parse = |(at, line): (usize, &String)| {
        // The line may be secret, so it is not repeated.
        let parsed = line.parse::<PrivateHeader>();
        parsed.map_err(|error| miette!("--header number {} cannot be used: {error}", at + 1))
    };
    lines.iter().enumerate().map(parse).collect()
}

/// What `--insecure` means.
pub(super) fn certificates(insecure: bool) -> Certificates {
    if insecure {
        Certificates::Any
    } else {
        Certificates::Trusted
    }
}
