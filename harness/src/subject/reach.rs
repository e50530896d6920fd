//! Whether a deployed server answers at all, before anything is said about it.

use crosscheck_replay::target::{navigation, unusual};

use super::DeployedConfig;
use crate::client::remote::Deployed;

/// Why nothing can be said about a deployed server.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// No requests can be sent.
    #[error("no requests can be sent")]
    Http(#[from] reqwest::Error),
    /// The server gives no answer.
    #[error("{url} cannot be judged: {why}")]
    Unreachable {
        /// Its URL.
        url: String,
        /// Why.
        why: String,
    },
}

/// Asks the server once for its resource, in the way of a navigation; says why that may not be the one
/// that is meant.
///
/// # Errors
///
/// If it does not answer.
pub async fn reach(config: &DeployedConfig) -> Result<Option<String>, ReachError> {
    let url = config.deployment.url();
    let client = Deployed::new(config.settings.clone())?;
    match client.send(&navigation(url)).await {
        Ok(answer) => Ok(unusual(&answer)),
        Err(why) => Err(ReachError::Unreachable {
            url: url.to_string(),
            why: why.to_string(),
        }),
    }
}
