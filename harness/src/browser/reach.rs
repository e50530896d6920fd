//! Whether a page gets an answer from a deployed server: the browser has certificates of its own that it
//! trusts.

use crosscheck_replay::target::may_be_asked_by_secure_pages;
use serde_json::json;
use url::Url;

use super::{
    call::{Call, Frame, Jar, Place, Witness},
    engine::Browser,
    error::BrowserError,
};

/// Asks `url` once from a page; returns why there is no connection, if there is none.
///
/// # Errors
///
/// If the browser does not do it.
pub(super) async fn reach_from_page(
    browser: &dyn Browser,
    url: &Url,
) -> Result<Option<String>, BrowserError> {
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
    let endings = browser.run(&place, &[call], Witness::Reasons).await?;
    let explained = endings.iter().map(|ending| browser.explain(ending));
    let unreachable = explained
        .filter(|explained| explained.is_unreachable)
        .find_map(|explained| explained.words);
    Ok(unreachable.map(|said| {
        format!(
            "the browser gets no answer: {said}; `--leg wire` does without it, and `--insecure` takes any certificate"
        )
    }))
}
