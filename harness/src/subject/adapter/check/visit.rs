//! What a page sees of the routes that the suite visits, and whether they answer as they must.

use std::net::SocketAddr;

use crosscheck_http1::answer::AnswerError;
use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_reference::{HANDLED, site::HITS_PATH};
use crosscheck_replay::{
    address::Place,
    drive::{Answered, Transport, TransportError, play},
    instance::Instance,
};
use crosscheck_vectors::{expect::StepOutcome, policy::Listing, vector::Vector};
use http::header::{HeaderName, LOCATION};
use serde_json::json;

use super::{Finding, listing, of_adapter, random_origin};
use crate::{
    client::exact::{Client, Reuse},
    subject::adapter::{Adapter, protocol::Capability},
};

/// The `id` of the check's own requests.
const VISIT: &str = "check";

/// Where the redirecting route is asked to lead.
const ELSEWHERE: &str = "https://elsewhere.example/echo";

/// A route, and how it must answer.
struct Route {
    /// With its query, but for the `id`.
    path: String,
    status: u16,
    /// A header of the answer.
    header: Option<(HeaderName, &'static str)>,
}

impl Route {
    fn echo() -> Self {
        Self::marked("/echo", 200)
    }

    /// A route whose answers are marked.
    fn marked(path: &str, status: u16) -> Self {
        Self {
            path: path.to_owned(),
            status,
            header: Some((HANDLED, VISIT)),
        }
    }

    /// The route behind `capability`, if there is one that always answers in one way.
    fn behind(capability: Capability) -> Option<Self> {
        match capability {
            Capability::RoutesStatus => Some(Self::marked("/status/404", 404)),
            Capability::RoutesRedirect => Some(Self {
                path: format!("/redirect?to={ELSEWHERE}"),
                status: 302,
                header: Some((LOCATION, ELSEWHERE)),
            }),
            Capability::Hits => Some(Self {
                path: HITS_PATH.to_owned(),
                status: 200,
                header: None,
            }),
            // What becomes of a handler that fails, behind `routes.panic`, is the framework's own affair.
            Capability::Credentials
            | Capability::MaxAge
            | Capability::MethodsAny
            | Capability::MethodsList
            | Capability::OriginsAny
            | Capability::OriginsList
            | Capability::OriginsNull
            | Capability::OriginsSubdomains
            | Capability::RequestHeadersAny
            | Capability::RequestHeadersList
            | Capability::ResponseHeadersAny
            | Capability::ResponseHeadersList
            | Capability::RoutesPanic => None,
        }
    }

    /// What is wrong with `answer`, if anything is.
    fn fault(&self, answer: &Result<Response, AnswerError>) -> Option<Finding> {
        let Self {
            path,
            status,
            header,
        } = self;
        let said = match answer {
            Err(AnswerError::Nothing) => "was not answered: the connection ended".to_owned(),
            Err(malformed) => format!("got an answer that cannot be read: {malformed}"),
            Ok(answer) if answer.status != *status => {
                format!("was answered with status {}", answer.status)
            }
            Ok(answer) => {
                let (name, value) = header.as_ref()?;
                let mut values = answer.headers.values(name.as_str().as_bytes());
                if values.any(|seen| seen == value.as_bytes()) {
                    return None;
                }
                format!("was not answered with `{name}: {value}`")
            }
        };
        let header = header
            .as_ref()
            .map(|(name, value)| format!(" and `{name}: {value}`"));
        let header = header.unwrap_or_default();
        let separator = if path.contains('?') { '&' } else { '?' };
        Some(of_adapter(format!(
            "`{path}{separator}id={VISIT}` {said}; the contract wants status {status}{header}"
        )))
    }
}

/// What a page saw of a visit.
pub(super) struct Visit {
    outcome: StepOutcome,
    /// The last answer, or why there is none.
    answer: Result<Response, AnswerError>,
}

impl Visit {
    pub(super) fn is_granted(&self) -> bool {
        self.outcome == StepOutcome::Readable
    }

    /// What is wrong with the answer, whoever may read it.
    pub(super) fn fault(&self) -> Option<Finding> {
        Route::echo().fault(&self.answer)
    }
}

impl Adapter {
    /// What a page of `origin` sees of `/echo`.
    pub(super) async fn visit(&self, instance: &Instance, origin: &str) -> Result<Visit, Finding> {
        self.visit_route(instance, Some(origin), &Route::echo())
            .await
    }

    /// Whether `/echo` answers who is no page as it must.
    pub(super) async fn answers_others(&self, instance: &Instance) -> bool {
        let seen = self.visit_route(instance, None, &Route::echo()).await;
        seen.is_ok_and(|seen| seen.fault().is_none())
    }

    /// The routes that `hello` names answer as they must.
    pub(super) async fn check_routes(&mut self) -> Vec<Finding> {
        let origin = random_origin();
        let mut policy = listing(&origin);
        if !self.hello().can(Capability::OriginsList.word()) {
            policy.origins = Listing::Any;
        }
        let Ok(instance) = self.instance(&policy).await else {
            // It was said already.
            return Vec::new();
        };
        let mut found = Vec::new();
        for capability in Capability::ALL {
            let Some(route) = Route::behind(capability) else {
                continue;
            };
            if self.hello().can(capability.word()) {
                match self.visit_route(&instance, Some(&origin), &route).await {
                    Ok(seen) => found.extend(route.fault(&seen.answer)),
                    Err(finding) => found.push(finding),
                }
            }
        }
        found
    }

    async fn visit_route(
        &self,
        instance: &Instance,
        origin: Option<&str>,
        route: &Route,
    ) -> Result<Visit, Finding> {
        let client = match origin {
            Some(origin) => json!({ "origin": origin, "url": route.path, "redirect": "manual" }),
            None => json!({ "api": "raw", "url": route.path }),
        };
        let vector: Vector = serde_json::from_value(json!({
            "name": "visit", "title": "", "why": "", "kind": "required", "requirements": [],
            "steps": [{
                "client": client,
                "expect": { "outcome": "readable", "requests": [] },
            }],
        }))
        .expect("this is a vector");
        let mut place = Place::of_subject(instance.prefix().to_owned(), VISIT.to_owned());
        let mut visitor = Visitor {
            client: Client::new(self.patience()),
            address: instance.address(),
            answer: Err(AnswerError::Nothing),
        };
        match play(&vector, &mut place, &mut visitor).await {
            Ok(seen) => match seen.first() {
                None => Err(of_adapter("nothing was seen")),
                Some(seen) => Ok(Visit {
                    outcome: seen.outcome,
                    answer: visitor.answer,
                }),
            },
            Err(error) => Err(of_adapter(crosscheck_replay::chain::chain(&error))),
        }
    }
}

/// A client of what listens at an address.
struct Visitor {
    client: Client,
    address: SocketAddr,
    /// The answer as it came, or why there is none: what is recorded names no visit.
    answer: Result<Response, AnswerError>,
}

impl Transport for Visitor {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        self.answer = self
            .client
            .ask(self.address, request, Reuse::Never)
            .await
            .map_err(|error| TransportError {
                method: String::from_utf8_lossy(&request.method).into_owned(),
                url: request.url.to_string(),
                source: error.into(),
            })?;
        Ok(Answered {
            response: self.answer.as_ref().ok().cloned(),
            handled: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_http1::answer::AnswerError;
    use crosscheck_oracle::Response;
    use rstest::rstest;

    use super::Route;

    #[rstest]
    #[case::as_it_must(Ok(Response::new(200).with_header("X-Crosscheck-Handled", "check")), "")]
    #[case::status(
        Ok(Response::new(500).with_header("X-Crosscheck-Handled", "check")),
        "`/echo?id=check` was answered with status 500; the contract wants status 200 and `x-crosscheck-handled: check`"
    )]
    #[case::no_mark(
        Ok(Response::new(200)),
        "`/echo?id=check` was not answered with `x-crosscheck-handled: check`; the contract wants status 200 and `x-crosscheck-handled: check`"
    )]
    #[case::hung_up(
        Err(AnswerError::Nothing),
        "`/echo?id=check` was not answered: the connection ended; the contract wants status 200 and `x-crosscheck-handled: check`"
    )]
    #[case::malformed(
        Err(AnswerError::Nul),
        "`/echo?id=check` got an answer that cannot be read: its headers have a NUL; the contract wants status 200 and `x-crosscheck-handled: check`"
    )]
    fn what_is_wrong_with_an_answer_is_said(
        #[case] answer: Result<Response, AnswerError>,
        #[case] said: &str,
    ) {
        let fault = Route::echo().fault(&answer);
        assert_eq!(fault.map(|fault| fault.text).unwrap_or_default(), said);
    }
}
