//! The key of a deployed server that is trusted here, for a browser that has a list of its own.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use crosscheck_oracle::OutgoingRequest;
use reqwest::tls::TlsInfo;
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::{pki_types::CertificateDer, server::ParsedCertificate};

use super::{Certificates, Deployed, Settings};

/// Base64 of the SHA-256 of the public key (SPKI) in the certificate with which `request` is answered; none if
/// there is none, or any will do.
pub async fn trusted_key(request: &OutgoingRequest, settings: &Settings) -> Option<String> {
    if request.url.scheme() != "https" || settings.certificates == Certificates::Any {
        return None;
    }
    let client = Deployed::new(settings.clone()).ok()?;
    let answer = client.execute(request).await.ok()?;
    let connection = answer.extensions().get::<TlsInfo>()?;
    let certificate = CertificateDer::from(connection.peer_certificate()?);
    let certificate = ParsedCertificate::try_from(&certificate).ok()?;
    let key = certificate.subject_public_key_info();
    Some(BASE64_STANDARD.encode(Sha256::digest(&key)))
}
