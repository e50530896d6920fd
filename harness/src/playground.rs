//! The listener on which pages, scripts and the reference server live.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crosscheck_reference::site::Site;
use crosscheck_replay::{address::Place, case::Server};
use crosscheck_server::{
    relay::Relay,
    stage::{Stage, StartError},
};

/// The page, to be served as `text/html` at [`Playground::page_path`], whatever the query.
pub const PAGE: &str = include_str!("playground/probe/page.html");

/// The page's script, to be served as `text/javascript` at `/probe.js` below
/// [`Playground::page_path`].
pub const PROBE: &str = concat!(
    include_str!("playground/probe/probe.js"),
    include_str!("playground/probe/elements.js"),
    include_str!("playground/probe/contexts.js"),
);

/// Where frames with a part of their own are served, below [`Playground::page_path`], and the embedder
/// policy with which they are: the same page.
pub const FRAMES: [(&str, Option<&str>); 2] = [
    ("/controlled", None),
    ("/credentialless", Some("credentialless")),
];

/// A listener with everything that a run needs.
#[derive(Debug)]
pub struct Playground {
    /// The listener.
    pub stage: Stage,
    token: String,
    /// Servers read the path of a page in `Referer`; who knows it still cannot drive the stage.
    page_path: String,
    sites: Mutex<Vec<Arc<Site>>>,
    n_exchanges: AtomicUsize,
}

/// Why the stage takes every name: they are made of letters and digits.
const NAMED_BY_US: &str = "names are made of letters and digits";

/// Why there is no playground.
#[derive(Debug, thiserror::Error)]
pub enum PlaygroundError {
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    NoRandomness(getrandom::Error),
    /// Nothing can listen on the loopback address.
    #[error("the suite's own listener does not start")]
    Listen(#[from] StartError),
}

impl Playground {
    /// Starts one on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// If the operating system does not play along.
    pub async fn start() -> Result<Self, PlaygroundError> {
        let token = secret()?;
        let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let stage = Stage::start(bind, token.clone()).await?;
        let page = format!("/page/{}", secret()?);
        let html = "text/html; charset=utf-8";
        stage.put_static(&page, html, PAGE);
        for (path, embedder_policy) in FRAMES {
            let path = format!("{page}{path}");
            match embedder_policy {
                None => stage.put_static(&path, html, PAGE),
                Some(policy) => stage.put_static_under(&path, html, policy, PAGE),
            }
        }
        stage.put_static(
            &format!("{page}/probe.js"),
            "text/javascript; charset=utf-8",
            PROBE,
        );
        Ok(Self {
            stage,
            token,
            page_path: page,
            sites: Mutex::new(Vec::new()),
            n_exchanges: AtomicUsize::new(0),
        })
    }

    /// The path of the page that browsers work in, on every host.
    pub fn page_path(&self) -> String {
        self.page_path.clone()
    }

    /// A name for an exchange that was never given before, so that what a browser sent before it died is
    /// not taken for the next one's.
    pub fn new_exchange(&self) -> String {
        format!("e{}", self.n_exchanges.fetch_add(1, Ordering::Relaxed))
    }

    /// Gets everything ready for one replay of a case that `server` answers, under the name `exchange`.
    ///
    /// # Panics
    ///
    /// If `exchange` is not made of letters, digits and hyphens.
    pub fn set_up(&self, server: &Server, exchange: &str) -> Place {
        let place = self.place(server, exchange);
        place.called_from(self.page_path.clone())
    }

    fn place(&self, server: &Server, exchange: &str) -> Place {
        let token = &self.token;
        match server {
            Server::Site(site) => {
                let name = self.name_of(site);
                self.stage.journal().open(exchange);
                Place::of_subject(format!("/p/{token}/{name}"), exchange.to_owned())
            }
            Server::Script(script) => {
                self.stage
                    .put_script(exchange, script.clone())
                    .expect(NAMED_BY_US);
                Place::of_script(format!("/x/{token}/{exchange}"), exchange.to_owned())
            }
            Server::Instance(instance) => {
                let name = format!("i{}", instance.id());
                let relay = Relay {
                    address: instance.address(),
                    prefix: instance.prefix().to_owned(),
                };
                self.stage.put_relay(&name, relay).expect(NAMED_BY_US);
                self.stage.journal().open(exchange);
                Place::of_subject(format!("/p/{token}/{name}"), exchange.to_owned())
            }
            Server::Deployed(deployment) => {
                Place::of_resource(deployment.url().clone(), exchange.to_owned())
            }
        }
    }

    /// The name under which `site` is played; it is put on stage at its first use.
    fn name_of(&self, site: &Arc<Site>) -> String {
        let mut sites = self
            .sites
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = sites.iter().position(|known| Arc::ptr_eq(known, site));
        let index = known.unwrap_or_else(|| {
            let name = format!("s{}", sites.len());
            self.stage
                .put_site(&name, Site::clone(site))
                .expect(NAMED_BY_US);
            sites.push(Arc::clone(site));
            sites.len() - 1
        });
        format!("s{index}")
    }
}

/// Hard to guess; made of letters and digits.
fn secret() -> Result<String, PlaygroundError> {
    let secret = getrandom::u64().map_err(PlaygroundError::NoRandomness)?;
    Ok(format!("{secret:016x}"))
}
