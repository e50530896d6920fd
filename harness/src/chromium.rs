//! Drives Chromium: a page per origin, batches of calls, and the browser's own reasons.
//!
//! The probe is part of the pages, which the stage serves; the browser is only told to run it. No
//! request gets a header that the vector does not ask for.

mod call;
mod cookie;
mod devtools;
mod error;
mod find;
mod launch;
mod page;
mod reason;
#[cfg(test)]
mod tests;
mod trial;
mod witness;

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::deployed::Certificates;
use devtools::DevTools;
use launch::Process;
use page::Page;

pub use call::{Call, Cookie, CorsError, Ending, Frame, Jar, Outcome, Place, Witness};
pub use error::BrowserError;
pub use find::{MissingBrowser, find_binary};
pub use reason::{mdn_page, reasons};

/// The page, to be served as `text/html` at [`Options::page_path`], whatever the query.
pub const PAGE: &str = include_str!("probe/page.html");

/// The page's script, to be served as `text/javascript` at `/probe.js` below
/// [`Options::page_path`].
pub const PROBE: &str = concat!(
    include_str!("probe/probe.js"),
    include_str!("probe/elements.js"),
    include_str!("probe/contexts.js"),
);

/// Where frames with a part of their own are served, below [`Options::page_path`], and the embedder
/// policy with which they are: the same page.
pub const FRAMES: [(&str, Option<&str>); 2] = [
    ("/controlled", None),
    ("/credentialless", Some("credentialless")),
];

/// What a browser is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The browser's program; see [`find_binary`].
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
    /// All but this one, which is reached as it is.
    AllBut {
        /// The name, or an address.
        host: String,
        /// Which certificates are taken from it.
        others: Certificates,
    },
    /// These; others are reached as they are.
    Only {
        /// As `host:port`.
        hosts: Vec<String>,
        /// Which certificates are taken from the others.
        others: Certificates,
    },
}

/// A running Chromium.
///
/// Dropping it ends the browser and removes its profile, for which it blocks a moment;
/// [`Chromium::close`] does not block.
#[derive(Debug)]
pub struct Chromium {
    devtools: DevTools,
    version: String,
    page_path: String,
    timeout: Duration,
    shared: Context,
    isolated: Context,
    pages: Mutex<Pages>,
    process: Process,
}

/// By origin and jar; empty until the page has been opened.
type Pages = HashMap<(String, Jar), Arc<OnceCell<Page>>>;

impl Chromium {
    /// Starts the browser; all names lead to the listener.
    ///
    /// # Errors
    ///
    /// Those of [`Chromium::launch_among`].
    pub async fn launch(options: Options) -> Result<Self, BrowserError> {
        Self::launch_among(options, &Names::All).await
    }

    /// Starts the browser; some names lead to the listener.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Launch`] with what the browser said, [`BrowserError::Profile`], or
    /// [`BrowserError::Gone`] if it ends at once.
    pub async fn launch_among(options: Options, names: &Names) -> Result<Self, BrowserError> {
        let process = launch::launch(&options, names).await?;
        let devtools = DevTools::connect(&process.devtools_address(), options.timeout).await?;
        let answer = devtools.call("Browser.getVersion", json!({})).await?;
        Ok(Self {
            version: version(
                answer
                    .get("product")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            ),
            devtools,
            page_path: options.page_path,
            timeout: options.timeout,
            shared: Context::default(),
            isolated: Context::default(),
            pages: Mutex::default(),
            process,
        })
    }

    /// Name and version, such as `Chromium 156.0.8078.79`; the variant without a window system is
    /// called `HeadlessShell`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The id of the browser's process.
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Makes the calls at `place`, six at a time, and tells how they ended, in their order.
    ///
    /// The page is opened at the first call from its origin. May be called many times at once.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Gone`] if the browser ended and [`BrowserError::Hung`] if the renderer that
    /// all pages share does not react: nothing but a new browser helps. After
    /// [`BrowserError::Crashed`] the next batch gets a new page. In any case, the calls of the
    /// batch may have been made or not.
    pub async fn run(
        &self,
        place: &Place,
        calls: &[Call],
        witness: Witness,
    ) -> Result<Vec<Ending>, BrowserError> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let cell = self.page(place);
        let page = cell.get_or_try_init(|| self.open(place)).await?;
        let endings = page.run(place.frame, calls, witness).await;
        if let Err(BrowserError::Crashed { .. }) = endings {
            self.forget(&cell);
        }
        endings
    }

    /// Puts cookies into a jar, with the attributes that they have. A lifetime is ignored: they
    /// last until they are cleared.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Cookie`] for the first one that the browser does not take.
    pub async fn set_cookies(&self, jar: Jar, cookies: &[Cookie]) -> Result<(), BrowserError> {
        let context = self.context(jar).id(&self.devtools, jar).await?;
        for cookie in cookies {
            let params = cookie::in_context(context, &[cookie::parameters(cookie)]);
            match self.devtools.call("Storage.setCookies", params).await {
                Err(BrowserError::Refused { message, .. }) => {
                    let Cookie { url, set_cookie } = cookie.clone();
                    return Err(BrowserError::Cookie {
                        set_cookie,
                        url,
                        message,
                    });
                }
                answer => answer?,
            };
        }
        Ok(())
    }

    /// Empties a jar of its cookies.
    ///
    /// # Errors
    ///
    /// Whatever ends the connection.
    pub async fn clear_cookies(&self, jar: Jar) -> Result<(), BrowserError> {
        let context = self.context(jar).id(&self.devtools, jar).await?;
        let params = cookie::in_context(context, &[]);
        self.devtools
            .call("Storage.clearCookies", params)
            .await
            .map(drop)
    }

    /// Ends the browser in good order and removes its profile.
    pub async fn close(self) {
        if self.devtools.call("Browser.close", json!({})).await.is_ok() {
            self.devtools.closed().await;
        }
        // Ending a process and removing files blocks.
        let _ended = tokio::task::spawn_blocking(move || drop(self)).await;
    }

    fn page(&self, place: &Place) -> Arc<OnceCell<Page>> {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = pages.entry((place.origin.clone(), place.jar)).or_default();
        if cell.get().is_some_and(Page::is_lost) {
            *cell = Arc::default();
        }
        Arc::clone(cell)
    }

    fn forget(&self, lost: &Arc<OnceCell<Page>>) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|_, cell| !Arc::ptr_eq(cell, lost));
    }

    async fn open(&self, place: &Place) -> Result<Page, BrowserError> {
        let address = format!("{}{}", place.origin, self.page_path);
        let context = self.context(place.jar);
        let target = context.open(&self.devtools, place.jar, &address).await?;
        Page::attach(&self.devtools, &target, &place.origin, self.timeout).await
    }

    fn context(&self, jar: Jar) -> &Context {
        match jar {
            Jar::Isolated => &self.isolated,
            Jar::Shared => &self.shared,
        }
    }
}

/// A browser context: cookies, caches, and the window of their pages.
#[derive(Debug, Default)]
struct Context {
    /// Made at the first use; the default one has no id.
    id: OnceCell<Option<String>>,
    window: tokio::sync::Mutex<Window>,
}

/// Whether pages can do without a tab in a window, which costs more than the page itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Window {
    /// Not before there is one tab in a window.
    #[default]
    None,
    /// They can.
    Open,
    /// This browser has no hidden pages.
    Unsupported,
}

impl Context {
    async fn id(&self, devtools: &DevTools, jar: Jar) -> Result<Option<&str>, BrowserError> {
        let create = async || {
            if jar == Jar::Shared {
                return Ok(None);
            }
            let answer = devtools
                .call("Target.createBrowserContext", json!({}))
                .await?;
            Ok(answer
                .get("browserContextId")
                .and_then(Value::as_str)
                .map(str::to_owned))
        };
        self.id.get_or_try_init(create).await.map(Option::as_deref)
    }

    /// Opens a page and returns the id of its target.
    ///
    /// It has no window. That costs less; and in a tab the browser would answer a 401 with a request
    /// for a password and wait for it, even where the standard has it delivered.
    async fn open(
        &self,
        devtools: &DevTools,
        jar: Jar,
        address: &str,
    ) -> Result<String, BrowserError> {
        let context = self.id(devtools, jar).await?;
        let mut window = self.window.lock().await;
        if *window == Window::None {
            create_target(devtools, context, "about:blank", Visibility::Tab).await?;
            *window = Window::Open;
        }
        let seen = *window;
        drop(window);
        if seen == Window::Open {
            match create_target(devtools, context, address, Visibility::Hidden).await {
                Err(BrowserError::Refused { .. }) => {
                    *self.window.lock().await = Window::Unsupported;
                }
                target => return target,
            }
        }
        create_target(devtools, context, address, Visibility::Tab).await
    }
}

/// How a page is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    /// As a page that no window shows.
    Hidden,
    /// As a tab.
    Tab,
}

async fn create_target(
    devtools: &DevTools,
    context: Option<&str>,
    address: &str,
    visibility: Visibility,
) -> Result<String, BrowserError> {
    let mut params = json!({ "url": address });
    if let Some(params) = params.as_object_mut() {
        if let Some(context) = context {
            params.insert("browserContextId".to_owned(), context.into());
        }
        if visibility == Visibility::Hidden {
            params.insert("hidden".to_owned(), true.into());
        }
    }
    let answer = devtools.call("Target.createTarget", params).await?;
    Ok(answer
        .get("targetId")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned())
}

/// The product as people call it: DevTools says `Chrome` for every full browser.
fn version(product: &str) -> String {
    let (name, version) = product.split_once('/').unwrap_or((product, ""));
    let name = match name {
        "Chrome" => "Chromium",
        "HeadlessChrome" => "HeadlessShell",
        other => other,
    };
    format!("{name} {version}")
}
