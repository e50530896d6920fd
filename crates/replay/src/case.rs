//! A vector, made ready to be replayed.

use std::sync::Arc;

use crosscheck_reference::{
    fault::Fault,
    policy::Refusal,
    site::{Setup, Site},
};
use crosscheck_report::verdict::Verdict;
use crosscheck_vectors::{
    load::Suite,
    policy::{Listing, Policy},
    role,
    script::Script,
    vector::{Vector, VectorId},
};

use crate::{deployment::Deployment, instance::Instance};

/// One vector with its roles filled in and its server part settled.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id.
    pub id: VectorId,
    /// The vector, with all roles filled.
    pub vector: Arc<Vector>,
    /// The policy it runs under; none for a script.
    pub policy: Option<Arc<Policy>>,
    /// Who answers, or why nobody does.
    pub server: Result<Server, NoServer>,
}

/// Who answers a case.
#[derive(Clone, Debug)]
pub enum Server {
    /// The subject, as it is deployed.
    Deployed(Arc<Deployment>),
    /// The subject, put into the policy by its adapter.
    Instance(Arc<Instance>),
    /// The scripted server.
    Script(Script),
    /// The reference server, put into the policy.
    Site(Arc<Site>),
}

/// Why nobody answers a case.
#[derive(Clone, Debug)]
pub enum NoServer {
    /// The subject has not been put into the policy yet.
    Awaited {
        /// Whether a sound server refuses the policy.
        is_refused_rightly: bool,
    },
    /// The subject could not be put into the policy, and that is no answer of its own.
    Broken(String),
    /// The vector does not fit the policy.
    NotApplicable(String),
    /// The subject refused to be put into the policy.
    Refused {
        /// What the subject said.
        reason: String,
        /// Whether a sound server refuses, too.
        rightly: bool,
    },
}

impl Server {
    /// Whether it is under a policy, and so is judged.
    pub fn is_judged(&self) -> bool {
        !matches!(self, Self::Script(_))
    }

    /// The server that an adapter runs, if that answers.
    pub fn instance(&self) -> Option<&Instance> {
        if let Self::Instance(instance) = self {
            Some(instance)
        } else {
            None
        }
    }

    /// The server that is deployed, if that answers.
    pub fn deployment(&self) -> Option<&Deployment> {
        if let Self::Deployed(deployment) = self {
            Some(deployment)
        } else {
            None
        }
    }
}

impl Case {
    /// Whether a server under a policy answers, and so is judged.
    pub fn judges_server(&self) -> bool {
        self.server.as_ref().is_ok_and(Server::is_judged)
    }

    /// The server that an adapter runs, if that answers.
    pub fn instance(&self) -> Option<&Instance> {
        self.server.as_ref().ok()?.instance()
    }

    /// The server that is deployed, if that answers.
    pub fn deployment(&self) -> Option<&Deployment> {
        self.server.as_ref().ok()?.deployment()
    }

    /// Whether the vector does not fit the policy.
    pub fn is_not_applicable(&self) -> bool {
        matches!(self.server, Err(NoServer::NotApplicable(_)))
    }

    /// The verdict if nothing can be said about who answers.
    pub fn error_verdict(&self) -> Verdict {
        if self.instance().is_some() || self.deployment().is_some() {
            Verdict::SetupError
        } else {
            Verdict::HarnessError
        }
    }
}

/// The cases of all vectors in `suite` for the reference server, which may commit `fault`.
///
/// Cases with the same policy share one site.
pub fn cases(suite: &Suite, fault: Option<Fault>) -> Vec<Case> {
    let setup = Setup {
        fault,
        ..Setup::default()
    };
    cases_of(suite, &setup)
}

/// The cases of all vectors in `suite` for the reference server, set up as `setup` says.
pub fn cases_of(suite: &Suite, setup: &Setup) -> Vec<Case> {
    let mut sites = Sites {
        setup,
        built: Vec::new(),
    };
    let case = |(id, vector): (&VectorId, &Arc<Vector>)| {
        let id = id.clone();
        match suite.policy_of(vector) {
            Some(policy) => {
                let (policy, site) = sites.of(policy);
                let (vector, server) = settle(suite, vector, &policy, site);
                Case {
                    id,
                    vector,
                    policy: Some(policy),
                    server,
                }
            }
            None => Case {
                id,
                vector: Arc::clone(vector),
                policy: None,
                server: Ok(Server::Script(vector.script.clone().unwrap_or_default())),
            },
        }
    };
    suite.vectors.iter().map(case).collect()
}

/// A policy, and the reference server put into it.
type Built = (Arc<Policy>, Result<Arc<Site>, Refusal>);

/// The sites built so far.
struct Sites<'a> {
    setup: &'a Setup,
    built: Vec<Built>,
}

impl Sites<'_> {
    fn of(&mut self, policy: &Policy) -> Built {
        let found = self.built.iter().find(|(built, _)| **built == *policy);
        found.cloned().unwrap_or_else(|| {
            let site = self.setup.site(policy).map(Arc::new);
            let built = (Arc::new(policy.clone()), site);
            self.built.push(built.clone());
            built
        })
    }
}

/// Whether a sound server may refuse the policy of `vector`: it cannot be meant, or it lets nobody in, for
/// which no server is needed.
pub fn may_refuse(suite: &Suite, vector: &Vector) -> bool {
    let nobody = Listing::Listed(Vec::new());
    let shuts_all_out = |policy: &Policy| policy.origins == nobody;
    suite.refuse_because(vector).is_some() || suite.policy_of(vector).is_some_and(shuts_all_out)
}

fn settle(
    suite: &Suite,
    vector: &Arc<Vector>,
    policy: &Policy,
    site: Result<Arc<Site>, Refusal>,
) -> (Arc<Vector>, Result<Server, NoServer>) {
    match role::fill(vector, policy) {
        Err(error) => (
            Arc::clone(vector),
            Err(NoServer::NotApplicable(error.to_string())),
        ),
        Ok(filled) => {
            let server = site.map(Server::Site).map_err(|refusal| NoServer::Refused {
                reason: refusal.to_string(),
                rightly: may_refuse(suite, vector),
            });
            (Arc::new(filled), server)
        }
    }
}
