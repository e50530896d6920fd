//! What can go wrong with the browser itself.

use std::{io, path::PathBuf, time::Duration};

/// Why the browser could not do what it was asked.
///
/// A call that ends badly for the page is no error: it is an [`Ending`](super::call::Ending).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The probe's answer is not what the probe answers.
    #[error("the probe's answer cannot be read")]
    Answer(#[source] serde_json::Error),
    /// The browser does not take this cookie.
    #[error("the browser does not take the cookie `{set_cookie}` of {url}: {message}")]
    Cookie {
        /// The `Set-Cookie` value.
        set_cookie: String,
        /// The URL that sets it.
        url: String,
        /// What the browser says.
        message: String,
    },
    /// The renderer of the page crashed.
    #[error("the page of {origin} crashed")]
    Crashed {
        /// The page's origin.
        origin: String,
    },
    /// The probe threw an exception.
    #[error("the probe threw an exception: {0}")]
    Exception(String),
    /// The browser has ended, or hung up.
    #[error("the browser is gone")]
    Gone,
    /// The page does not react any more.
    #[error("the page of {origin} does not react")]
    Hung {
        /// The page's origin.
        origin: String,
    },
    /// The browser did not come up.
    #[error("{} did not start: {message}", binary.display())]
    Launch {
        /// What was started.
        binary: PathBuf,
        /// What it said, or what was waited for.
        message: String,
    },
    /// The page did not load, or has another origin.
    #[error("the page of {origin} did not load: the browser shows {found}")]
    Page {
        /// The wanted origin.
        origin: String,
        /// The address that the browser shows instead.
        found: String,
    },
    /// The temporary profile cannot be written.
    #[error("the browser's profile cannot be written")]
    Profile(#[source] io::Error),
    /// The browser refused a DevTools call.
    #[error("the browser refused `{method}`: {message}")]
    Refused {
        /// The DevTools method.
        method: &'static str,
        /// What the browser says.
        message: String,
    },
    /// The browser did not answer in time.
    #[error("the browser did not answer `{method}` within {} s", after.as_secs_f32())]
    Silent {
        /// The DevTools method.
        method: &'static str,
        /// How long was waited.
        after: Duration,
    },
}
