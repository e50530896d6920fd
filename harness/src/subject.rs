//! What is judged: the reference server in this process, a server that an adapter runs, or one that is
//! deployed.

pub mod adapter;
pub mod handler_ran;
pub mod reach;

use std::sync::Arc;

use crosscheck_reference::site::Setup;
use crosscheck_replay::{
    case::{Case, NoServer, Server, cases_of, may_refuse},
    deployment::Deployment,
};
use crosscheck_report::results;
use crosscheck_vectors::{capability::Capability, load::Suite, policy::Policy};

use crate::{
    VERSION,
    client::remote::{Certificates, Settings},
    subject::adapter::{Adapter, Put, fault::Broken, manifest::Manifest},
};

/// What to judge, checked.
#[derive(Clone, Debug)]
pub enum SubjectConfig {
    /// A server that an adapter runs.
    Adapter(Manifest),
    /// A server that is deployed.
    Deployed(DeployedConfig),
    /// The reference server, which may commit a fault and have layers around it.
    Reference(Setup),
}

impl SubjectConfig {
    /// The deployed server, if that is judged.
    pub fn deployed(&self) -> Option<&DeployedConfig> {
        match self {
            Self::Deployed(config) => Some(config),
            Self::Adapter(_) | Self::Reference(_) => None,
        }
    }
}

/// A deployed server, and how to get at it.
#[derive(Clone, Debug)]
pub struct DeployedConfig {
    /// The server.
    pub deployment: Arc<Deployment>,
    /// How it is talked to.
    pub settings: Settings,
    /// Where its policy was read.
    pub policy_path: String,
}

impl DeployedConfig {
    /// The options of `run` without a value that lead to it.
    fn flags(&self) -> Vec<String> {
        let any_certificate = self.settings.certificates == Certificates::Any;
        let any_method = self.deployment.sends(b"PUT");
        let flags = [
            (any_certificate, "insecure"),
            (any_method, "allow-unsafe-methods"),
        ];
        let given = flags.into_iter().filter(|(is_given, _)| *is_given);
        given.map(|(_, flag)| flag.to_owned()).collect()
    }
}

/// What is judged, at work.
#[derive(Debug)]
pub enum Subject {
    /// A server that an adapter runs.
    Adapter(Box<Adapter>),
    /// A server that is deployed.
    Deployed(DeployedConfig),
    /// The reference server, which may commit a fault and have layers around it.
    Reference(Setup),
}

impl Subject {
    /// Who that is.
    pub fn identity(&self) -> results::Subject {
        match self {
            Self::Adapter(adapter) => {
                let hello = adapter.hello();
                results::Subject {
                    name: hello.name.clone(),
                    version: hello.version.clone(),
                    fault: None,
                    layers: Vec::new(),
                    adapter: adapter.folder(),
                    adapter_path: Some(adapter.place().display().to_string()),
                    language: Some(hello.language.clone()),
                    homepage: hello.homepage.clone(),
                    issues: hello.issues.clone(),
                    ..results::Subject::default()
                }
            }
            Self::Deployed(config) => results::Subject {
                name: config.deployment.url().to_string(),
                version: "as deployed".to_owned(),
                policy_path: Some(config.policy_path.clone()),
                flags: config.flags(),
                has_private_headers: !config.settings.private.is_empty(),
                ..results::Subject::default()
            },
            Self::Reference(setup) => results::Subject {
                name: "reference".to_owned(),
                version: VERSION.to_owned(),
                fault: setup.fault.map(|fault| fault.to_string()),
                layers: layers(setup),
                ..results::Subject::default()
            },
        }
    }

    /// The cases of `suite` for this subject, where they are not `sane`: those of the reference server
    /// without a fault.
    pub fn cases(&self, suite: &Suite, sane: &[Case]) -> Option<Vec<Case>> {
        match self {
            Self::Adapter(adapter) => {
                let of_subject = |case: &Case| Case {
                    server: awaited(adapter, suite, case),
                    ..case.clone()
                };
                Some(sane.iter().map(of_subject).collect())
            }
            Self::Deployed(config) => {
                let of_subject = |case: &Case| {
                    let mut case = case.clone();
                    if case.judges_server() {
                        case.server = Ok(Server::Deployed(Arc::clone(&config.deployment)));
                    }
                    case
                };
                Some(sane.iter().map(of_subject).collect())
            }
            Self::Reference(setup) if *setup == Setup::default() => None,
            Self::Reference(setup) => {
                let other = cases_of(suite, setup);
                let selected = |case: &Case| {
                    sane.binary_search_by(|found| found.id.cmp(&case.id))
                        .is_ok()
                };
                Some(other.into_iter().filter(selected).collect())
            }
        }
    }

    /// `cases` in groups, each of which can be replayed at one time.
    pub fn waves<'c>(&self, cases: &[&'c Case]) -> Vec<Vec<&'c Case>> {
        let Self::Adapter(adapter) = self else {
            return vec![cases.to_vec()];
        };
        let policies = policies_of(cases);
        let size = adapter.hello().n_instances();
        let wave_of = |case: &Case| {
            let policy = needed(case);
            let at = policy.and_then(|policy| policies.iter().position(|found| *found == policy));
            at.unwrap_or_default() / size
        };
        let n_waves = policies.len().div_ceil(size).max(1);
        (0..n_waves)
            .map(|wave| {
                let of_wave = cases.iter().filter(|case| wave_of(case) == wave);
                of_wave.copied().collect()
            })
            .collect()
    }

    /// The cases of `wave` with the subject put into their policies, as far as that can be done.
    pub async fn settle(&mut self, wave: &[&Case]) -> Vec<Case> {
        let Self::Adapter(adapter) = self else {
            return wave.iter().copied().cloned().collect();
        };
        let policies = policies_of(wave);
        let put = adapter.put_all(&policies).await;
        let settled = |case: &&Case| {
            let policy = needed(case);
            let at = policy.and_then(|policy| policies.iter().position(|found| *found == policy));
            let put = at.and_then(|at| put.get(at));
            Case {
                server: put.map_or_else(|| case.server.clone(), |put| server(put, case)),
                ..Case::clone(case)
            }
        };
        wave.iter().map(settled).collect()
    }

    /// Has it serve no policy any more, so that what comes next meets it as it is at first.
    pub async fn forget(&mut self) {
        match self {
            Self::Adapter(adapter) => {
                // What breaks over it is started again when it is needed.
                adapter.stop_all().await;
            }
            Self::Deployed(_) | Self::Reference(_) => {}
        }
    }

    /// What of the subject broke since this was last asked, other than its answers.
    pub async fn broke(&mut self) -> Option<Broken> {
        match self {
            Self::Adapter(adapter) => adapter.broke().await,
            Self::Deployed(_) | Self::Reference(_) => None,
        }
    }

    /// Ends it.
    pub async fn end(self) {
        match self {
            Self::Adapter(adapter) => {
                // How willingly it goes is for `adapter check`.
                adapter.end().await;
            }
            Self::Deployed(_) | Self::Reference(_) => {}
        }
    }
}

/// The names of the layers, unless there is nothing but the policy.
fn layers(setup: &Setup) -> Vec<String> {
    let names = setup.layers.layers().iter().map(ToString::to_string);
    names.filter(|_| !setup.layers.is_bare()).collect()
}

/// The policies into which the subject has to be put for `cases`, each once.
fn policies_of<'c>(cases: &[&'c Case]) -> Vec<&'c Policy> {
    let mut policies = Vec::new();
    for policy in cases.iter().filter_map(|case| needed(case)) {
        if !policies.contains(&policy) {
            policies.push(policy);
        }
    }
    policies
}

/// The policy into which the subject has to be put for `case`.
fn needed(case: &Case) -> Option<&Policy> {
    match case.server {
        Err(NoServer::Awaited { .. }) => case.policy.as_deref(),
        Ok(_) | Err(_) => None,
    }
}

/// Who is to answer `case`, which the reference server could answer.
fn awaited(adapter: &Adapter, suite: &Suite, case: &Case) -> Result<Server, NoServer> {
    let (Some(policy), false) = (&case.policy, case.is_not_applicable()) else {
        return case.server.clone();
    };
    let needs = policy.capabilities().into_iter().map(Capability::word);
    let mut needs: Vec<&str> = needs.collect();
    needs.extend(case.vector.requires.iter().map(String::as_str));
    let mut needs = needs.into_iter();
    match needs.find_map(|feature| adapter.hello().why_not(feature)) {
        Some(why) => Err(NoServer::NotApplicable(why)),
        None => Err(NoServer::Awaited {
            is_refused_rightly: may_refuse(suite, &case.vector),
        }),
    }
}

/// Who answers `case`, after what came of putting the subject into its policy.
fn server(put: &Put, case: &Case) -> Result<Server, NoServer> {
    match put {
        Put::Ready(instance) => Ok(Server::Instance(instance.clone())),
        Put::Refused(reason) => Err(NoServer::Refused {
            reason: reason.clone(),
            rightly: matches!(
                case.server,
                Err(NoServer::Awaited {
                    is_refused_rightly: true
                })
            ),
        }),
        Put::Unsupported(why) => Err(NoServer::NotApplicable(why.clone())),
        Put::Broken(why) => Err(NoServer::Broken(why.clone())),
    }
}
