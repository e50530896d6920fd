//! Whether a deployed server answers at all, before anything is said about it.

use serde_json::json;
use url::Url;

use super::RunError;
use crate::{
    chromium::{BrowserError, Call, Chromium, Frame, Jar, Place, Witness},
    deployed::Deployed,
    subject::DeployedConfig,
};
use crosscheck_replay::target::{may_be_asked_by_secure_pages, navigation, unusual};

/// How Chromium's words for it begin where there was no connection, so nothing that CORS decides.
const NO_CONNECTION: [&str; 6] = [
    "net::ERR_ADDRESS_",
    "net::ERR_CERT_",
    "net::ERR_CONNECTION_",
    "net::ERR_EMPTY_RESPONSE",
    "net::ERR_NAME_",
    "net::ERR_SSL_",
];

/// Asks the server once for its resource, in the way of a navigation; says why that may not be the one
/// that is meant.
///
/// # Errors
///
/// If it does not answer.
pub(super) async fn reach(config: &DeployedConfig) -> Result<Option<String>, RunError> {
    let url = config.deployment.url();
    let client = Deployed::new(config.settings.clone())?;
    match client.send(&navigation(url)).await {
        Ok(answer) => Ok(unusual(&answer)),
        Err(why) => Err(RunError::Unreachable {
            url: url.to_string(),
            why: why.to_string(),
        }),
    }
}

/// The same from a page: the browser has certificates of its own that it trusts.
///
/// # Errors
///
/// If the browser gets no connection.
pub(super) async fn reach_from_page(browser: &Chromium, url: &Url) -> Result<(), RunError> {
    let secure = may_be_asked_by_secure_pages(url);
    let scheme = if secure { "https" } else { "http" };
    let place = Place {
        origin: format!("{scheme}://crosscheck.example"),
        frame: Frame::Top,
        jar: Jar::Shared,
    };
    let mut asked = url.clone();
    // The browser's words are found by it.
    asked.query_pairs_mut().append_pair("crosscheck", "reach");
    let call = Call {
        id: "reach".to_owned(),
        url: asked.into(),
        client: json!({"api": "fetch", "method": "GET", "mode": "cors", "credentials": "omit", "cache": "no-store"}),
    };
    let ended: Result<_, BrowserError> = browser.run(&place, &[call], Witness::Reasons).await;
    let endings = ended.map_err(RunError::Browser)?;
    let said = endings.into_iter().find_map(|ending| ending.net_error);
    match said {
        Some(said) if NO_CONNECTION.iter().any(|begin| said.starts_with(begin)) => {
            Err(RunError::Unreachable {
                url: url.to_string(),
                why: format!(
                    "the browser gets no answer: {said}; `--leg wire` does without it, and `--insecure` takes any certificate"
                ),
            })
        }
        _ => Ok(()),
    }
}
