//! Why a deployed server gave no answer, in words that say what to do.

use std::{error::Error, io, time::Duration};

use crosscheck_replay::{chain::chain, drive::TooMany};
use tokio_rustls::rustls::{self, CertificateError};

/// Why a server cannot be judged by a request.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// No connection, or no HTTP.
    #[error("{}", why(.0))]
    Failed(reqwest::Error),
    /// No answer in time.
    #[error("no answer within {} s; `--timeout` gives it longer", .0.as_secs_f32())]
    TooSlow(Duration),
    /// The server wants to be asked less often, and says nothing else.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The HTTP library cannot say it.
    #[error("the request has bytes that HTTP does not allow")]
    Unsendable,
}

impl Unanswered {
    /// The error as a source of others: a server that asks for fewer requests has a type of its own.
    pub fn into_source(self) -> Box<dyn Error + Send + Sync> {
        match self {
            Self::TooMany(too_many) => too_many.into(),
            other @ (Self::Failed(_) | Self::TooSlow(_) | Self::Unsendable) => other.into(),
        }
    }
}

/// What went wrong, in words for whoever typed the URL.
fn why(error: &reqwest::Error) -> String {
    let causes = causes(error);
    if let Some(tls) = causes.iter().find_map(|cause| tls_error(*cause)) {
        return of_tls(tls);
    }
    let said = chain(error);
    // The library has no type for it.
    if causes.iter().any(|cause| cause.to_string() == "dns error") {
        return format!("its host name leads nowhere: {said}");
    }
    if error.is_connect() && error.is_timeout() {
        return "no connection in time: nothing answers at that address, or it speaks no TLS if that was asked for".to_owned();
    }
    if causes.iter().any(|cause| is_refused(*cause)) {
        return "nothing listens there: the connection was refused".to_owned();
    }
    if error.is_connect() {
        return format!("it cannot be reached: {said}");
    }
    format!("it hangs up or says what is no HTTP; a port for `https` does that, too: {said}")
}

/// `error`, and all that led to it.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

fn is_refused(cause: &(dyn Error + 'static)) -> bool {
    let cause = cause.downcast_ref::<io::Error>();
    cause.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// `cause` as the TLS library's; it may come wrapped, more than once.
fn tls_error<'e>(cause: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let wrapped = || {
        let inner = cause.downcast_ref::<io::Error>()?.get_ref()?;
        tls_error(inner)
    };
    cause.downcast_ref().or_else(wrapped)
}

fn of_tls(error: &rustls::Error) -> String {
    if let rustls::Error::InvalidCertificate(wrong) = error {
        of_certificate(wrong)
    } else if matches!(error, rustls::Error::InvalidMessage(_)) {
        format!("it speaks no TLS at that port ({error}); is its URL `http://…`?")
    } else {
        format!("no secure connection: {error}")
    }
}

fn of_certificate(wrong: &CertificateError) -> String {
    let unknown = matches!(
        wrong,
        CertificateError::UnknownIssuer | CertificateError::BadSignature
    );
    if unknown {
        return "its certificate is not trusted: it is self-signed, or of an authority that is not known; `--insecure` takes any, and `SSL_CERT_FILE` names a file of those to trust".to_owned();
    }
    // The library has no type for it.
    if wrong.to_string().contains("CaUsedAsEndEntity") {
        return "its certificate is not trusted: it is self-signed, made for an authority instead of a server; `--insecure` takes any, and one that is made with `CA:FALSE` can be trusted".to_owned();
    }
    format!("its certificate cannot be trusted ({wrong}); `--insecure` takes any")
}
