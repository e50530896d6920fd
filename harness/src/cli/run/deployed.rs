//! A deployed server, as the command line names it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crosscheck_replay::{
    deployment::{Deployment, Methods, Private},
    target::Target,
};
use miette::{IntoDiagnostic, Result, WrapErr as _, miette};

use super::super::options::{certificates, private_headers, read_policy};
use crate::{client::remote::Settings, subject::DeployedConfig};

/// So many bytes of each body are kept.
const LONGEST_BODY: usize = 1 << 20;

/// A deployed server.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Judge this resource of a deployed server, under the policy that its owner declares. Only GET,
    /// HEAD and OPTIONS are sent.
    #[arg(
        long,
        value_name = "URL",
        requires = "policy",
        conflicts_with = "layers"
    )]
    url: Option<String>,
    /// The policy, as a file; for `--url`.
    #[arg(long, value_name = "FILE", requires = "url")]
    policy: Option<PathBuf>,
    /// A header that reaches the server, and never the report; repeatable, for `--url`. Pages cannot
    /// send it, so the wire alone is judged.
    #[arg(long = "header", value_name = "NAME: VALUE", requires = "url")]
    headers: Vec<String>,
    /// Take any certificate; for `--url`.
    #[arg(long, requires = "url")]
    insecure: bool,
    /// Send every method that vectors ask for; for `--url`.
    #[arg(long, requires = "url")]
    allow_unsafe_methods: bool,
    /// The most requests a second on the wire, 0 for no limit; for `--url`.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "url")]
    rate: u16,
}

impl Options {
    /// The server, if one is named.
    pub(super) fn subject(&self, patience: Duration) -> Result<Option<DeployedConfig>> {
        let (Some(url), Some(path)) = (&self.url, &self.policy) else {
            return Ok(None);
        };
        let target: Target = url.parse().map_err(|error| miette!("--url: {error}"))?;
        let private = private_headers(&self.headers)?;
        let methods = if self.allow_unsafe_methods {
            Methods::All
        } else {
            Methods::Safe
        };
        let headers = if private.is_empty() {
            Private::Nothing
        } else {
            Private::Headers
        };
        let policy = read_policy(path)?;
        let deployment = Deployment::new(target.url().clone(), policy, methods, headers)
            .into_diagnostic()
            .wrap_err_with(|| format!("a sound server refuses `{}`", path.display()))?;
        Ok(Some(DeployedConfig {
            deployment: Arc::new(deployment),
            settings: Settings {
                timeout: patience,
                certificates: certificates(self.insecure),
                private,
                per_second: (self.rate > 0).then(|| self.rate.into()),
                longest_body: LONGEST_BODY,
            },
            policy_path: path.display().to_string(),
        }))
    }
}
