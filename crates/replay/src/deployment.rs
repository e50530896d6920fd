//! A deployed server: one resource of it, judged under the policy that its owner declares.
//!
//! Only GET, HEAD and OPTIONS are sent unless everything is allowed. A vector that would go on to
//! something else is judged by its preflight alone: a server that is true to the policy stands in for
//! what is not sent, and the exchange shows no answer.

use crosscheck_oracle::OutgoingRequest;
use crosscheck_reference::{policy::Refusal, site::Site};
use crosscheck_report::observation::Observation;
use crosscheck_vectors::{policy::Policy, vector::Vector};
use url::Url;

use crate::{drive::Answered, reference_answer::answer, target::may_be_asked_by_secure_pages};

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

    /// The policy that its owner declares.
    pub fn policy(&self) -> &Policy {
        &self.policy
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
        answer(&self.true_site, &request)
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
    pub fn admit_cached(&self, vector: &Vector, seen: &mut [Observation]) -> bool {
        let mut any = false;
        let steps = &vector.steps;
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

    /// Why no page can replay `vector`; none if one can.
    pub fn unfit_for_pages(&self, vector: &Vector) -> Option<&'static str> {
        let host = self.url.host_str();
        let is_its_own = |origin: &str| {
            origin == "same-origin" || Url::parse(origin).is_ok_and(|page| page.host_str() == host)
        };
        if self.private == Private::Headers {
            return Some("a page cannot send the private headers");
        }
        for step in &vector.steps {
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
}
