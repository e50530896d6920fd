//! A throw-away certificate.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{CertificateParams, KeyPair, PublicKeyData};
use sha2::{Digest, Sha256};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    },
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
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) spki_sha256_base64: String,
}

impl Tls {
    pub(crate) fn generate() -> Result<Self, CertificateError> {
        let key = KeyPair::generate()?;
        let names = NAMES.map(str::to_owned).to_vec();
        let certificate: CertificateDer<'static> =
            CertificateParams::new(names)?.self_signed(&key)?.into();
        let private = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], private.into())?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            certificate,
            spki_sha256_base64: STANDARD.encode(Sha256::digest(key.subject_public_key_info())),
        })
    }
}
