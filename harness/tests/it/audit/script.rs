//! A server in process: a function from requests to answers.

use crosscheck_audit::{
    auditor::{Auditor, ENOUGH_REQUESTS},
    learn::Known,
    report::{Audit, Findings},
};
use crosscheck_harness::client::remote::Unanswered;
use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_replay::drive::{Answered, Transport, TransportError};
use crosscheck_report::secret::Secrets;
use crosscheck_vectors::load::Suite;

pub(super) const TRUSTED: &str = "https://app.shop.example";

/// What comes of a request.
pub(super) type Said = Result<Response, Unanswered>;

struct Scripted<F>(F);

impl<F: FnMut(&OutgoingRequest) -> Said + Send> Transport for Scripted<F> {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        let said = (self.0)(request).map_err(|why| TransportError {
            method: String::from_utf8_lossy(&request.method).into_owned(),
            url: request.url.to_string(),
            source: why.into_source(),
        });
        Ok(Answered {
            response: Some(said?),
            handled: None,
        })
    }
}

/// What comes of a server that may have a memory, or say nothing.
pub(super) async fn audit_whole(
    answer: impl FnMut(&OutgoingRequest) -> Said + Send,
    known: &Known,
) -> Audit {
    audit_at("https://api.shop.example/items", answer, known).await
}

/// The same of another URL.
pub(super) async fn audit_at(
    url: &str,
    answer: impl FnMut(&OutgoingRequest) -> Said + Send,
    known: &Known,
) -> Audit {
    let suite = Suite::embedded().unwrap();
    let auditor = Auditor {
        suite: &suite,
        known,
        secrets: &Secrets::default(),
        n_requests: ENOUGH_REQUESTS.into(),
    };
    auditor.audit(url, &mut Scripted(answer), 1).await
}

/// What is found of a server that always answers.
pub(super) async fn audit(answer: fn(&OutgoingRequest) -> Response, known: &Known) -> Findings {
    let audit = audit_whole(|request| Ok(answer(request)), known).await;
    let found = audit.findings().unwrap();
    assert_eq!(found.cut_short, None);
    found.clone()
}

/// What is known if the trusted page is.
pub(super) fn knowing_the_trusted() -> Known {
    Known {
        origins: vec![TRUSTED.to_owned()],
        policy: None,
    }
}

pub(super) fn origin(request: &OutgoingRequest) -> String {
    let value = request.headers.get("origin").unwrap_or_default();
    String::from_utf8_lossy(&value).into_owned()
}

pub(super) fn method(request: &OutgoingRequest) -> String {
    let value = request.headers.get("access-control-request-method");
    String::from_utf8_lossy(&value.unwrap_or_default()).into_owned()
}

pub(super) fn bare() -> Response {
    Response::new(200).with_header("Vary", "Origin")
}

/// A page of `origin` may read with credentials, and ask for PUT.
pub(super) fn grant(origin: &str) -> Response {
    bare()
        .with_header("Access-Control-Allow-Origin", origin)
        .with_header("Access-Control-Allow-Credentials", "true")
        .with_header("Access-Control-Allow-Methods", "PUT")
}

/// The same for the trusted page, and whatever `trusts` does.
pub(super) fn grant_if(request: &OutgoingRequest, trusts: impl Fn(&str) -> bool) -> Response {
    let origin = origin(request);
    if origin == TRUSTED || trusts(&origin) {
        grant(&origin)
    } else {
        bare()
    }
}
