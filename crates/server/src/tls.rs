//! A throw-away certificate.

use std::{io, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio_rustls::{
    LazyConfigAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivatePkcs8KeyDer},
        server::Acceptor,
    },
    server::TlsStream,
};

/// The names in the certificate; clients that use others must go by its key.
const NAMES: [&str; 7] = [
    "localhost",
    "127.0.0.1",
    "::1",
    "example",
    "*.example",
    "*.example.com",
    "*.test",
];

/// The name in the certificate of hosts that speak HTTP/2. It is nobody's, so that no browser takes a
/// connection to such a host for one to others, whose answers HTTP/2 could not carry.
const HTTP2_NAME: &str = "h2.invalid";

/// Why no certificate could be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Making it failed.
    #[error("the certificate could not be generated")]
    Generate(#[from] rcgen::Error),
    /// The TLS library would not use it.
    #[error("the certificate could not be used")]
    Use(#[from] rustls::Error),
}

/// What the listener needs for TLS, and what clients need to trust it.
pub(crate) struct Tls {
    pub(crate) versions: Versions,
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) spki_sha256_base64: String,
}

/// How a listener agrees on TLS, by the host that is asked for.
#[derive(Clone)]
pub(crate) struct Versions {
    http1: Arc<ServerConfig>,
    http2: Arc<ServerConfig>,
}

impl Versions {
    /// Agrees on TLS with the other end of `stream`. Hosts whose first label is `h2` offer HTTP/2.
    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let host = hello.client_hello();
        let offers_http2 = host
            .server_name()
            .is_some_and(|name| name.starts_with("h2."));
        let config = if offers_http2 {
            &self.http2
        } else {
            &self.http1
        };
        hello.into_stream(Arc::clone(config)).await
    }
}

/// Whether the two ends agreed on HTTP/2.
pub(crate) fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(b"h2")
}

impl Tls {
    pub(crate) fn generate() -> Result<Self, CertificateError> {
        let key = KeyPair::generate()?;
        let certificate = certificate(&NAMES, &key)?;
        let http1 = config(certificate.clone(), &key, &[b"http/1.1"])?;
        let nobodys = self::certificate(&[HTTP2_NAME], &key)?;
        let http2 = config(nobodys, &key, &[b"h2", b"http/1.1"])?;
        Ok(Self {
            versions: Versions { http1, http2 },
            certificate,
            spki_sha256_base64: STANDARD.encode(Sha256::digest(key.subject_public_key_info())),
        })
    }
}

fn certificate(names: &[&str], key: &KeyPair) -> Result<CertificateDer<'static>, CertificateError> {
    let names = names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
    Ok(CertificateParams::new(names)?.self_signed(key)?.into())
}

fn config(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
    protocols: &[&[u8]],
) -> Result<Arc<ServerConfig>, CertificateError> {
    let private = PrivatePkcs8KeyDer::from(key.serialize_der());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], private.into())?;
    config.alpn_protocols = protocols.iter().copied().map(<[u8]>::to_vec).collect();
    Ok(Arc::new(config))
}
