//! Drives Chromium: a page per origin, batches of calls, and the browser's own reasons.
//!
//! The probe is part of the pages, which the stage serves; the browser is only told to run it. No
//! request gets a header that the vector does not ask for.

mod cookie;
mod devtools;
mod find;
mod launch;
mod page;
mod profile;
mod reason;
mod sandbox;
#[cfg(test)]
mod tests;
mod trial;
mod witness;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crosscheck_report::{known::KnownFile, leg::Leg};
use devtools::DevTools;
use find::find_binary;
use futures_util::{FutureExt, future::BoxFuture};
use launch::Process;
use page::Page;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{
    call::{Call, Cookie, Ending, Jar, Place, Witness},
    engine::{self, Browser, Engine, Explained, Names, Options, ProgramOption},
    error::BrowserError,
};

const LEG: Leg = Leg::browser("chromium");

/// The engine of Chromium, Chrome and Edge.
#[derive(Clone, Copy, Debug)]
pub struct ChromiumEngine;

impl Engine for ChromiumEngine {
    fn leg(&self) -> Leg {
        LEG
    }

    fn product(&self) -> &'static str {
        "Chromium"
    }

    fn option(&self) -> ProgramOption {
        ProgramOption {
            name: "chromium",
            help: "The browser: Chromium, Chrome or Edge. Default: the first one found",
            env: "CROSSCHECK_CHROMIUM",
        }
    }

    fn find(&self, given: Option<&Path>) -> Result<PathBuf, engine::MissingBrowser> {
        find_binary(given).map_err(|missing| engine::MissingBrowser {
            message: missing.to_string(),
            help: "install Chromium or set CROSSCHECK_CHROMIUM to its program; or replay on the wire alone with `--leg wire`",
        })
    }

    fn start(
        &self,
        options: Options,
        names: Names,
    ) -> BoxFuture<'_, Result<Box<dyn Browser>, BrowserError>> {
        async move {
            let browser = Chromium::launch(options, &names).await?;
            Ok(Box::new(browser) as Box<dyn Browser>)
        }
        .boxed()
    }

    /// # Panics
    ///
    /// Never: a test reads the file.
    fn known_deviations(&self) -> KnownFile {
        let file: KnownFile = toml::from_str(DEVIATIONS).expect("a test reads this file");
        KnownFile {
            file: "harness/known-deviations/chromium.toml".to_owned(),
            ..file
        }
    }
}

const DEVIATIONS: &str = include_str!("../../known-deviations/chromium.toml");

/// A running Chromium.
///
/// Dropping it ends the browser and removes its profile, for which it blocks a moment;
/// [`Browser::close`] does not block.
#[derive(Debug)]
pub struct Chromium {
    devtools: DevTools,
    version: String,
    page_path: String,
    timeout: Duration,
    shared: Context,
    isolated: Context,
    pages: Mutex<Pages>,
    #[cfg_attr(not(test), expect(dead_code, reason = "it ends when this is dropped"))]
    process: Process,
}

/// By origin and jar; empty until the page has been opened.
type Pages = HashMap<(String, Jar), Arc<OnceCell<Page>>>;

impl Chromium {
    /// Starts the browser; `names` lead to the listener.
    ///
    /// # Errors
    ///
    /// [`BrowserError::Launch`] with what the browser said, [`BrowserError::Profile`], or
    /// [`BrowserError::Gone`] if it ends at once.
    pub async fn launch(options: Options, names: &Names) -> Result<Self, BrowserError> {
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

    #[cfg(test)]
    fn process(&self) -> &Process {
        &self.process
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

impl Browser for Chromium {
    /// The variant without a window system is called `HeadlessShell`.
    fn version(&self) -> &str {
        &self.version
    }

    fn run<'a>(
        &'a self,
        place: &'a Place,
        calls: &'a [Call],
        witness: Witness,
    ) -> BoxFuture<'a, Result<Vec<Ending>, BrowserError>> {
        async move {
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
        .boxed()
    }

    fn set_cookies<'a>(
        &'a self,
        jar: Jar,
        cookies: &'a [Cookie],
    ) -> BoxFuture<'a, Result<(), BrowserError>> {
        async move {
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
        .boxed()
    }

    fn clear_cookies(&self, jar: Jar) -> BoxFuture<'_, Result<(), BrowserError>> {
        async move {
            let context = self.context(jar).id(&self.devtools, jar).await?;
            let params = cookie::in_context(context, &[]);
            let cleared = self.devtools.call("Storage.clearCookies", params).await;
            cleared.map(drop)
        }
        .boxed()
    }

    fn explain(&self, ending: &Ending) -> Explained {
        reason::explain(ending)
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move {
            if self.devtools.call("Browser.close", json!({})).await.is_ok() {
                self.devtools.closed().await;
            }
            // Ending a process and removing files blocks.
            let _ended = tokio::task::spawn_blocking(move || drop(self)).await;
        }
        .boxed()
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
