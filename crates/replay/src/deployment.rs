//! A deployed server: one resource of it, judged under the policy that its owner declares.
//!
//! Only GET, HEAD and OPTIONS are sent unless everything is allowed. A vector that would go on to
//! something else is judged by its preflight alone: a server that is true to the policy stands in for
//! what is not sent, and the exchange shows no answer.

use std::sync::Arc;

use crosscheck_oracle::OutgoingRequest;
use crosscheck_reference::{policy::Refusal, site::Site};
use crosscheck_report::observation::Observation;
use crosscheck_vectors::{client::Api, load::Suite, policy::Policy};
use url::Url;

use crate::{
    case::{Case, ServerPart},
    declared_policy::{cases_under, of_one_resource},
    drive::Answered,
    predict::{self, predicted},
    target::may_be_asked_by_secure_pages,
};

/// Which methods are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Methods {
    /// Whatever vectors ask for.
    All,
    /// Those that change nothing: GET, HEAD and OPTIONS.
    #[default]
    Safe,
}

/// Whether requests get headers that no page can send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Private {
    /// They get some.
    Headers,
    /// They get none.
    #[default]
    Nothing,
}

/// One resource of a deployed server.
#[derive(Debug)]
pub struct Deployment {
    url: Url,
    policy: Policy,
    methods: Methods,
    private: Private,
    /// A server that is true to the policy.
    true_site: Site,
}

impl Deployment {
    /// The resource at `url`, whose owner declares `policy`.
    ///
    /// # Errors
    ///
    /// If a sound server refuses the policy.
    pub fn new(
        url: Url,
        policy: Policy,
        methods: Methods,
        private: Private,
    ) -> Result<Self, Refusal> {
        Ok(Self {
            true_site: Site::try_from(&policy)?,
            url,
            policy,
            methods,
            private,
        })
    }

    /// Where it is.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The server vectors of `suite` under the policy, for one resource; those that say nothing about it
    /// are not applicable, and the others are answered by a server that is true to the policy.
    ///
    /// # Errors
    ///
    /// If a sound server refuses the policy.
    pub fn cases(&self, suite: &Suite) -> Result<Vec<Case>, Refusal> {
        let cases = cases_under(suite, &self.policy, &[])?;
        let fitted = cases
            .into_iter()
            .map(|case| self.fit(of_one_resource(case)));
        Ok(fitted.collect())
    }

    /// Whether requests of `method` are sent.
    pub fn sends(&self, method: &[u8]) -> bool {
        self.methods == Methods::All || matches!(method, b"GET" | b"HEAD" | b"OPTIONS")
    }

    /// What a server that is true to the policy answers to `request`, which is not sent.
    pub fn stand_in(&self, request: &OutgoingRequest) -> Answered {
        let mut request = request.clone();
        request.url.set_path("/echo");
        request.url.set_query(None);
        predict::answer(&self.true_site, &request)
    }

    /// Takes what the stand-in said out of what was seen; returns whether it said anything.
    pub fn admit_unsent(&self, seen: &mut [Observation]) -> bool {
        let mut any = false;
        for exchange in seen.iter_mut().flat_map(|seen| &mut seen.exchanges) {
            if !self.sends(exchange.request.method.as_bytes()) {
                exchange.response = None;
                any = true;
            }
        }
        any
    }

    /// Repeats, for a step that a cache answered, what the same call exchanged before: how long an
    /// answer is kept is for the resource to say. Returns whether there was any.
    pub fn admit_cached(&self, case: &Case, seen: &mut [Observation]) -> bool {
        let mut any = false;
        let steps = &case.vector.steps;
        for (number, step) in steps.iter().enumerate() {
            let (before, rest) = seen.split_at_mut(number.min(seen.len()));
            let Some(silent) = rest.first_mut().filter(|seen| seen.exchanges.is_empty()) else {
                continue;
            };
            let mut earlier = steps.iter().zip(before.iter()).rev();
            if let Some((_, same)) = earlier.find(|(earlier, _)| earlier.client == step.client) {
                silent.exchanges = same.exchanges.last().cloned().into_iter().collect();
                any = true;
            }
        }
        any
    }

    /// Why no page can replay `case`; none if one can.
    pub fn unfit_for_pages(&self, case: &Case) -> Option<&'static str> {
        let host = self.url.host_str();
        let is_its_own = |origin: &str| {
            origin == "same-origin" || Url::parse(origin).is_ok_and(|page| page.host_str() == host)
        };
        if self.private == Private::Headers {
            return Some("a page cannot send the private headers");
        }
        for step in &case.vector.steps {
            let client = &step.client;
            if client.origin.as_deref().is_some_and(is_its_own) {
                return Some("its page would be the server's own, which is reached as it is");
            }
            let secure = client.origin.as_deref();
            let secure = secure.is_none_or(|origin| !origin.starts_with("http://"));
            if secure && !may_be_asked_by_secure_pages(&self.url) {
                return Some(
                    "its page comes over TLS, and the server does not: browsers keep them apart",
                );
            }
            if !self.sends(client.method.as_bytes()) {
                return Some("after its preflight the page would send the request itself");
            }
        }
        None
    }

    fn fit(&self, mut case: Case) -> Case {
        let steps = &case.vector.steps;
        let usual = |api| matches!(api, Api::Fetch | Api::Raw | Api::Xhr);
        let why = if steps.iter().any(|step| !step.client.cookies.is_empty()) {
            "its cookies are the suite's own, and would be sent to the subject"
        } else if !steps.iter().all(|step| usual(step.client.api)) {
            "it is about another interface than `fetch()` and `XMLHttpRequest`"
        } else {
            self.spare(&mut case);
            return case;
        };
        if !matches!(case.server, ServerPart::NotApplicable(_)) {
            case.server = ServerPart::NotApplicable(why.to_owned());
        }
        case
    }

    /// Leaves out what is about requests that are not sent.
    fn spare(&self, case: &mut Case) {
        let Ok(Some(predicted)) = predicted(case) else {
            return;
        };
        let unsent = |seen: &Observation| {
            let mut methods = seen
                .exchanges
                .iter()
                .map(|exchange| exchange.request.method.as_bytes());
            methods.position(|method| !self.sends(method))
        };
        if predicted.iter().any(|seen| unsent(seen) == Some(0)) {
            let why = "only GET, HEAD and OPTIONS are sent to a deployed server; `--allow-unsafe-methods` sends the rest";
            case.server = ServerPart::NotApplicable(why.to_owned());
            return;
        }
        if predicted.iter().any(|seen| unsent(seen).is_some()) {
            for step in &mut Arc::make_mut(&mut case.vector).steps {
                step.expect.responses.clear();
            }
        }
    }
}
