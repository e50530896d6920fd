//! The listener that plays scripts and sites.

mod dispatch;

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use bytes::Bytes;
use crosscheck_reference::{
    script::Rewrite,
    site::{Running, Site},
};
use crosscheck_vectors::script::{Playing, Script};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use crate::{
    connection, http2,
    journal::{Journal, Scheme},
    relay::Relay,
    tls::{CertificateError, Tls, Versions, is_http2},
};

/// How long a client may take to show its first byte: browsers connect before they need to.
const FIRST_BYTE: Duration = Duration::from_secs(75);

/// How long a client may take to agree on TLS.
const HANDSHAKE: Duration = Duration::from_secs(15);

/// One listener for everything that vectors need, plain and TLS on the same port. Over TLS, hosts whose
/// first label is `h2` speak HTTP/2 with whoever can.
///
/// Host names are free; a request is told by its path:
///
/// | path | answered by |
/// | --- | --- |
/// | `/x/TOKEN/EXCHANGE/…` | the script put as `EXCHANGE` |
/// | `/p/TOKEN/SITE/…` | the site put as `SITE`, or the server behind the relay |
/// | `/page/…` | the content put there |
/// | anything else | the root site, or 404 |
#[derive(Debug)]
pub struct Stage {
    shared: Arc<Shared>,
    address: SocketAddr,
    certificate: Vec<u8>,
    spki_sha256_base64: String,
    accepting: JoinHandle<()>,
}

/// Where a stage may listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Only where no other machine can reach it.
    Loopback,
    /// Anywhere.
    Remote,
}

/// Why a stage did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Listening failed.
    #[error("cannot listen on {address}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// There is no certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// Other machines could reach it.
    #[error("{0} can be reached from other machines; allow that explicitly, or use 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// The token would not stand in a path.
    #[error("the token is not made of letters, digits and hyphens")]
    Token,
}

/// A name that cannot stand in a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not made of letters, digits and hyphens")]
pub struct BadName(pub String);

#[derive(Debug)]
struct Shared {
    /// None: no scripts, no sites and no pages, only the root site.
    token: Option<String>,
    scripts: Mutex<HashMap<String, Play>>,
    residents: RwLock<HashMap<String, Resident>>,
    pages: RwLock<HashMap<String, Page>>,
    root: Option<Running>,
    journal: Journal,
}

/// What answers below one name.
#[derive(Clone, Debug)]
enum Resident {
    Relay(Relay),
    Site(Arc<Running>),
}

/// A way in.
#[derive(Debug)]
struct Door {
    shared: Arc<Shared>,
    scheme: Scheme,
}

#[derive(Debug)]
struct Play {
    playing: Playing,
    rewrite: Rewrite,
}

#[derive(Clone, Debug)]
struct Page {
    content_type: String,
    embedder_policy: Option<String>,
    body: Bytes,
}

impl Stage {
    /// Starts listening on `bind`, a loopback address; port 0 lets the system choose.
    ///
    /// `token` keeps strangers out: it must be hard to guess.
    ///
    /// # Errors
    ///
    /// If the address is not a loopback one, the token is not made of letters, digits and hyphens, or
    /// listening fails.
    pub async fn start(bind: SocketAddr, token: String) -> Result<Self, StartError> {
        if !is_name(&token) {
            return Err(StartError::Token);
        }
        Self::listen(bind, Reach::Loopback, Shared::new(Some(token), None)).await
    }

    /// Starts listening on `bind` with `site` at the root and nothing else.
    ///
    /// # Errors
    ///
    /// If the address is beyond `reach`, or listening fails.
    pub async fn serve_site(
        bind: SocketAddr,
        site: Site,
        reach: Reach,
    ) -> Result<Self, StartError> {
        let root = Some(Running::new(site));
        Self::listen(bind, reach, Shared::new(None, root)).await
    }

    async fn listen(bind: SocketAddr, reach: Reach, shared: Shared) -> Result<Self, StartError> {
        if reach == Reach::Loopback && !bind.ip().is_loopback() {
            return Err(StartError::NotLoopback(bind));
        }
        let failed = |cause| StartError::Bind {
            address: bind,
            cause,
        };
        let tls = Tls::generate()?;
        let listener = TcpListener::bind(bind).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let shared = Arc::new(shared);
        let accepting = accept(listener, tls.versions, Arc::clone(&shared));
        Ok(Self {
            shared,
            address,
            certificate: tls.certificate.to_vec(),
            spki_sha256_base64: tls.spki_sha256_base64,
            accepting: tokio::spawn(accepting),
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate, in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The hash of its public key, as browsers take it to trust a certificate by its key.
    pub fn spki_sha256_base64(&self) -> &str {
        &self.spki_sha256_base64
    }

    /// What it saw.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// Plays `script` from its start under `/x/TOKEN/EXCHANGE`, and opens the exchange's journal.
    ///
    /// # Errors
    ///
    /// If the name is not made of letters, digits and hyphens.
    pub fn put_script(&self, exchange: &str, script: Script) -> Result<(), BadName> {
        check_name(exchange)?;
        let token = self.shared.token.as_deref().unwrap_or_default();
        let play = Play {
            playing: Playing::new(script),
            rewrite: Rewrite::new(token, exchange),
        };
        self.shared.journal.open(exchange);
        let mut scripts = self.shared.lock_scripts();
        scripts.insert(exchange.to_owned(), play);
        Ok(())
    }

    /// Forgets the script and the journal of `exchange`.
    pub fn forget_exchange(&self, exchange: &str) {
        self.shared.lock_scripts().remove(exchange);
        self.shared.journal.close(exchange);
    }

    /// Serves `site` under `/p/TOKEN/NAME`; one of the same name is replaced.
    ///
    /// Its requests are journalled under their `id` parameter, if that exchange is open.
    ///
    /// # Errors
    ///
    /// If the name is not made of letters, digits and hyphens.
    pub fn put_site(&self, name: &str, site: Site) -> Result<(), BadName> {
        self.put(name, Resident::Site(Arc::new(Running::new(site))))
    }

    /// Passes on what comes under `/p/TOKEN/NAME` as `relay` says, byte for byte; one of the same name is
    /// replaced.
    ///
    /// Requests are journalled like those of a site.
    ///
    /// # Errors
    ///
    /// If the name is not made of letters, digits and hyphens.
    pub fn put_relay(&self, name: &str, relay: Relay) -> Result<(), BadName> {
        self.put(name, Resident::Relay(relay))
    }

    fn put(&self, name: &str, resident: Resident) -> Result<(), BadName> {
        check_name(name)?;
        let mut residents = self
            .shared
            .residents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        residents.insert(name.to_owned(), resident);
        Ok(())
    }

    /// Forgets the site or relay called `name`.
    pub fn forget_site(&self, name: &str) {
        let mut residents = self
            .shared
            .residents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        residents.remove(name);
    }

    /// Serves `content` at `path`, which begins with `/page/`, whatever the query, and never lets it be
    /// stored.
    ///
    /// Servers may read the path of a page in `Referer`, so it must not hold the token.
    pub fn put_static(&self, path: &str, content_type: &str, content: impl Into<Bytes>) {
        self.put_page(
            path,
            Page {
                content_type: content_type.to_owned(),
                embedder_policy: None,
                body: content.into(),
            },
        );
    }

    /// Like [`Stage::put_static`], with `embedder_policy` as `Cross-Origin-Embedder-Policy`.
    pub fn put_static_under(
        &self,
        path: &str,
        content_type: &str,
        embedder_policy: &str,
        content: impl Into<Bytes>,
    ) {
        self.put_page(
            path,
            Page {
                content_type: content_type.to_owned(),
                embedder_policy: Some(embedder_policy.to_owned()),
                body: content.into(),
            },
        );
    }

    fn put_page(&self, path: &str, page: Page) {
        let mut pages = self
            .shared
            .pages
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        pages.insert(path.to_owned(), page);
    }

    /// Stops listening and hangs up on everybody; the port is free when this returns.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // It has been told to stop, so this says no more than that it did.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn new(token: Option<String>, root: Option<Running>) -> Self {
        Self {
            token,
            scripts: Mutex::default(),
            residents: RwLock::default(),
            pages: RwLock::default(),
            root,
            journal: Journal::default(),
        }
    }

    fn lock_scripts(&self) -> std::sync::MutexGuard<'_, HashMap<String, Play>> {
        self.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !name.is_empty() && name.bytes().all(fits)
}

fn check_name(name: &str) -> Result<(), BadName> {
    if is_name(name) {
        Ok(())
    } else {
        Err(BadName(name.to_owned()))
    }
}

/// Takes connections until it is aborted; they end with it.
async fn accept(listener: TcpListener, versions: Versions, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connect(stream, versions.clone(), Arc::clone(&shared)));
                }
                // Out of file descriptors, most likely: let some connections end first.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Serves one connection, TLS if its first byte begins a handshake.
async fn connect(stream: TcpStream, versions: Versions, shared: Arc<Shared>) {
    // Without it answers only come later.
    let _ = stream.set_nodelay(true);
    let mut first = [0];
    let Ok(Ok(1)) = timeout(FIRST_BYTE, stream.peek(&mut first)).await else {
        return;
    };
    if first != [0x16] {
        let scheme = Scheme::Http;
        return connection::serve(stream, Door { shared, scheme }).await;
    }
    let Ok(Ok(stream)) = timeout(HANDSHAKE, versions.accept(stream)).await else {
        return;
    };
    let scheme = Scheme::Https;
    let door = Door { shared, scheme };
    if is_http2(&stream) {
        http2::serve(stream, door).await;
    } else {
        connection::serve(stream, door).await;
    }
}
