//! What a browser engine is to the suite: how it is found and started, and what it is asked.

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use crosscheck_report::{known::KnownFile, leg::Leg};
use futures_util::future::BoxFuture;
use url::Url;

use super::{
    call::{Call, Cookie, Ending, Jar, Place, Witness},
    error::BrowserError,
};
use crate::client::remote::Certificates;

/// A browser engine; [`ENGINES`](super::engines::ENGINES) lists them.
pub trait Engine: fmt::Debug + Sync {
    /// The leg on which it replays.
    fn leg(&self) -> Leg;

    /// The engine's name, for people.
    fn product(&self) -> &'static str;

    /// How its program is named on the command line.
    fn option(&self) -> ProgramOption;

    /// The program to start: `given`, a path or a name on `PATH`, or else the first one found.
    ///
    /// # Errors
    ///
    /// What was looked for, and what to do.
    fn find(&self, given: Option<&Path>) -> Result<PathBuf, MissingBrowser>;

    /// Starts a browser; `names` lead to the listener.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Launch`] with what the browser said, [`BrowserError::Profile`], or
    /// [`BrowserError::Gone`] if it ends at once.
    fn start(
        &self,
        options: Options,
        names: Names,
    ) -> BoxFuture<'_, Result<Box<dyn Browser>, BrowserError>>;

    /// Its known deviations from the standard.
    fn known_deviations(&self) -> KnownFile;
}

/// A running browser. Dropping it ends the browser and removes its profile, for which it blocks a moment;
/// [`Browser::close`] does not block.
pub trait Browser: fmt::Debug + Send + Sync {
    /// Name and version, such as `Chromium 156.0.8078.79`.
    fn version(&self) -> &str;

    /// Makes the calls at `place`, a few at a time, and says how they ended, in their order.
    ///
    /// The page is opened at the first call from its origin. May be called many times at once.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Gone`] if the browser ended and [`BrowserError::Hung`] if the renderer that
    /// all pages share does not react: nothing but a new browser helps. After
    /// [`BrowserError::Crashed`] the next batch gets a new page. In any case, the calls of the
    /// batch may have been made or not.
    fn run<'a>(
        &'a self,
        place: &'a Place,
        calls: &'a [Call],
        witness: Witness,
    ) -> BoxFuture<'a, Result<Vec<Ending>, BrowserError>>;

    /// Puts cookies into a jar, with the attributes that they have. A lifetime is ignored: they
    /// last until they are cleared.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Cookie`] for the first one that the browser does not take.
    fn set_cookies<'a>(
        &'a self,
        jar: Jar,
        cookies: &'a [Cookie],
    ) -> BoxFuture<'a, Result<(), BrowserError>>;

    /// Empties a jar of its cookies.
    ///
    /// # Errors
    ///
    /// Whatever ends the connection.
    fn clear_cookies(&self, jar: Jar) -> BoxFuture<'_, Result<(), BrowserError>>;

    /// What the browser said of a failed call, in the standard's words and in its own.
    fn explain(&self, ending: &Ending) -> Explained;

    /// Ends the browser in good order and removes its profile.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// What a browser said of a failed call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// The failure names that fit, the likeliest first; empty if it said nothing that the standard knows.
    pub reasons: Vec<&'static str>,
    /// Its own words.
    pub words: Option<String>,
    /// Whether there was no connection, so nothing that CORS decides.
    pub is_unreachable: bool,
}

/// How the program of an engine is named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramOption {
    /// The option, without its dashes.
    pub name: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// The environment variable that stands in for it.
    pub env: &'static str,
}

/// Why there is no browser to start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MissingBrowser {
    /// What was looked for, and where.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// What a browser is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The browser's program; see [`Engine::find`].
    pub binary: PathBuf,
    /// The one listener that all names and ports lead to. It speaks plain HTTP and TLS.
    pub stage: SocketAddr,
    /// Base64 of the SHA-256 of the public key (SPKI) in the listener's certificate.
    pub spki: String,
    /// The same of another certificate that is trusted.
    pub trusted: Option<String>,
    /// The path of the page, such as `/page/4f2a`; the same for every host.
    pub page_path: String,
    /// How long one call of a page may take, and one answer of the browser.
    pub timeout: Duration,
}

/// Which names lead to the listener.
#[derive(Clone, Debug, Default)]
pub enum Names {
    /// Every name and every port.
    #[default]
    All,
    /// All but this server, which is reached as it is.
    AllBut {
        /// The server, as `host:port`.
        server: String,
        /// Which certificates are taken from it.
        others: Certificates,
    },
    /// These; one server is reached as it is, and nothing else.
    Only {
        /// As `host:port`.
        hosts: Vec<String>,
        /// The server, as `host:port`.
        server: String,
        /// Which certificates are taken from it.
        others: Certificates,
    },
}

/// `host:port` of `url`; none if it has no host, or its scheme no port.
pub fn host_and_port(url: &Url) -> Option<String> {
    Some(format!(
        "{}:{}",
        url.host_str()?,
        url.port_or_known_default()?
    ))
}
