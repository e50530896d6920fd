//! Which vectors a server is judged by.

use std::{panic, sync::Arc, thread};

use crosscheck_replay::{
    address::Place,
    case::{Case, NoServer, cases, may_refuse},
    chain::chain,
    declared_policy::{cases_under, lacks, of_one_resource},
    judge::{leg_result, unanswered, unjudged},
    shared_cache::replay,
};
use crosscheck_report::{leg::Leg, results::LegResult, verdict::Verdict};
use crosscheck_vectors::{load::Suite, policy::Policy};
use url::{Position, Url};

use crate::{
    findings::Findings,
    service::{InProcess, Subject},
};

/// A policy, and what is known of the server under it.
#[derive(Clone, Debug)]
pub struct Conformance {
    policy: Policy,
    routes: Vec<String>,
    resource: Option<String>,
    missing: Missing,
}

/// What a resource that is not found says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    /// That another one was meant.
    Mistaken,
    /// Nothing: its 404 is what is to be judged.
    Meant,
}

/// Why a server cannot be put into a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It refuses to be configured so: right for an unsound policy, and an under-grant for a sound one.
    Refused(String),
    /// It has no way to say this.
    Unsupported(String),
}

impl Conformance {
    /// A server under `policy` that serves `/echo` as [`echo`](crate::echo) does.
    #[must_use]
    pub fn under(policy: &Policy) -> Self {
        Self {
            policy: policy.clone(),
            routes: Vec::new(),
            resource: None,
            missing: Missing::Mistaken,
        }
    }

    /// It also serves further routes of [`echo`](crate::echo): `routes.status`, `routes.redirect`,
    /// `routes.panic`.
    #[must_use]
    pub fn with_routes(mut self, routes: &[&str]) -> Self {
        self.routes.extend(routes.iter().map(ToString::to_string));
        self
    }

    /// Judges the resource at `target`, a path with or without a query, instead of `/echo`. Its statuses
    /// and bodies are its own business; vectors that need further routes, or response headers of their own
    /// choice, are not applicable.
    ///
    /// A plain GET must find it, or be told 405 as by a resource for other methods: nothing is judged if the
    /// answer is 404.
    #[must_use]
    pub fn at(mut self, target: &str) -> Self {
        self.resource = Some(target.to_owned());
        self
    }

    /// Judges what `target` answers, as [`at`](Self::at) does, though that be 404.
    #[must_use]
    pub fn at_missing(mut self, target: &str) -> Self {
        self.missing = Missing::Meant;
        self.at(target)
    }

    /// Judges the server that `app` builds.
    ///
    /// # Panics
    ///
    /// If a sound server refuses the policy, or `app` panics.
    pub fn judge<S: Subject>(&self, app: impl FnOnce(&Policy) -> S + Send) -> Findings {
        let suite = suite();
        let cases = match cases_under(&suite, &self.policy, &self.routes) {
            Ok(cases) => cases,
            Err(refusal) => panic!("no sound server can be put into this policy: {refusal}"),
        };
        let cases: Vec<_> = match self.resource {
            None => cases,
            Some(_) => cases.into_iter().map(of_one_resource).collect(),
        };
        let mut findings = Findings::default();
        on_a_thread(|| async {
            let mut subject = app(&self.policy);
            let resource = self.resource.as_deref();
            findings.not_judged = self.not_found(&mut subject).await;
            if findings.not_judged.is_none() {
                play_all(&mut findings, &cases, &mut subject, resource).await;
            }
        });
        findings
    }

    /// Why `subject` does not have what is to be judged; none if it has.
    async fn not_found<S: Subject>(&self, subject: &mut S) -> Option<String> {
        let resource = self.resource.as_deref();
        let status = InProcess { subject, resource }.status().await;
        if status != Some(404) || self.missing == Missing::Meant {
            return None;
        }
        Some(match resource {
            None => "the application answers 404 to `GET /echo`: add that route as `crosscheck::echo` has it, or name a resource of its own with `Conformance::at`".to_owned(),
            Some(path) => format!(
                "the application answers 404 to `GET {path}`: name a path that it serves, or say with `Conformance::at_missing` that its 404 is meant"
            ),
        })
    }

    /// Panics with the findings if the server that `app` builds does not conform.
    ///
    /// # Panics
    ///
    /// If a required assertion fails, or nothing is judged, and as [`judge`](Self::judge) does.
    #[track_caller]
    pub fn assert<S: Subject>(&self, app: impl FnOnce(&Policy) -> S + Send) {
        let findings = self.judge(app);
        assert!(findings.conforms(), "{findings}");
    }

    /// Judges a server with `routes` that can be put into any policy, by all vectors under the suite's
    /// own policies.
    ///
    /// # Panics
    ///
    /// If `app` panics.
    pub fn judge_everywhere<S: Subject>(
        routes: &[&str],
        mut app: impl FnMut(&Policy) -> Result<S, Unfit> + Send,
    ) -> Findings {
        let suite = suite();
        let mut groups: Vec<(Arc<Policy>, Vec<Case>)> = Vec::new();
        for mut case in cases(&suite, None) {
            let Some(policy) = case.policy.clone() else {
                continue;
            };
            if let Some(why) = lacks(&case.vector, |need| routes.contains(&need)) {
                case.server = Err(NoServer::NotApplicable(why));
            }
            match groups.iter_mut().find(|(known, _)| *known == policy) {
                Some((_, group)) => group.push(case),
                None => groups.push((policy, vec![case])),
            }
        }
        let mut findings = Findings::default();
        on_a_thread(|| async {
            for (policy, group) in groups {
                match app(&policy) {
                    Ok(mut subject) => play_all(&mut findings, &group, &mut subject, None).await,
                    Err(unfit) => {
                        for case in &group {
                            let nobody = nobody(&suite, case, &unfit);
                            findings.add(case, unanswered(case, &nobody, Leg::Wire));
                        }
                    }
                }
            }
        });
        findings
    }
}

/// What `case` comes to if no server can be had for it.
fn nobody(suite: &Suite, case: &Case, unfit: &Unfit) -> NoServer {
    match (&case.server, unfit) {
        (Err(NoServer::NotApplicable(why)), _) | (_, Unfit::Unsupported(why)) => {
            NoServer::NotApplicable(why.clone())
        }
        (_, Unfit::Refused(reason)) => NoServer::Refused {
            reason: reason.clone(),
            rightly: may_refuse(suite, &case.vector),
        },
    }
}

async fn play_all<S: Subject>(
    findings: &mut Findings,
    cases: &[Case],
    subject: &mut S,
    resource: Option<&str>,
) {
    for case in cases {
        let result = if let Err(NoServer::NotApplicable(why)) = &case.server {
            unjudged(Leg::Wire, Verdict::NotApplicable, why)
        } else {
            let mut place = Place::of_subject(String::new(), "0".to_owned());
            let mut transport = InProcess { subject, resource };
            match replay(&case.vector, Leg::Wire, &mut place, &mut transport).await {
                Ok(seen) => asked_at(resource, leg_result(case, Leg::Wire, seen)),
                Err(error) => unjudged(Leg::Wire, Verdict::HarnessError, chain(&error)),
            }
        };
        findings.add(case, result);
    }
}

/// `result` with the address that was really asked, where a vector says `/echo`.
fn asked_at(resource: Option<&str>, mut result: LegResult) -> LegResult {
    let Some(target) = resource else {
        return result;
    };
    let seen = result.observations.iter_mut();
    for exchange in seen.flat_map(|seen| &mut seen.exchanges) {
        if let Ok(url) = Url::parse(&exchange.request.url) {
            exchange.request.url = format!("{}{target}", &url[..Position::BeforePath]);
        }
    }
    result
}

fn suite() -> Suite {
    Suite::embedded().expect("the suite's own vectors were checked before they were built in")
}

/// Runs `work` to its end on a thread of its own, so that it works inside a test that is itself async.
fn on_a_thread<W: Future<Output = ()>>(work: impl FnOnce() -> W + Send) {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime without threads needs nothing that could be missing");
        runtime.block_on(work());
    };
    let ended = thread::scope(|scope| scope.spawn(run).join());
    if let Err(panicked) = ended {
        panic::resume_unwind(panicked);
    }
}
