//! Vectors tried one by one on the wire, each against a subject that has seen nothing yet.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crosscheck_replay::{
    agree::agree,
    case::{Case, cases},
    judge::unjudged,
};
use crosscheck_report::{leg::Leg, results::LegResult, verdict::Verdict};
use crosscheck_vectors::{
    load::Suite,
    vector::{Vector, VectorId},
};

use super::shrink::Try;
use crate::{
    playground::{Playground, PlaygroundError},
    subject::{
        Subject, SubjectConfig,
        adapter::{Adapter, fault::Broken},
    },
    wire::Wire,
};

/// A subject on trial.
#[derive(Debug)]
pub struct Trial {
    subject: Subject,
    suite: Suite,
    playground: Playground,
    wire: Wire,
}

/// Why nothing can be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The adapter is at fault.
    #[error(transparent)]
    Adapter(#[from] Broken),
    /// The listener cannot be started.
    #[error(transparent)]
    Playground(#[from] PlaygroundError),
}

impl Trial {
    /// Gets the subject ready; no answer may take longer than `patience`.
    ///
    /// # Errors
    ///
    /// If there is nothing to try vectors on.
    pub async fn start(
        subject: &SubjectConfig,
        suite: &Suite,
        patience: Duration,
    ) -> Result<Self, TrialError> {
        let subject = match subject {
            SubjectConfig::Adapter(manifest) => {
                let adapter = Adapter::start(manifest.clone(), patience).await?;
                Subject::Adapter(Box::new(adapter))
            }
            SubjectConfig::Deployed(deployed) => Subject::Deployed(deployed.clone()),
            SubjectConfig::Reference(setup) => Subject::Reference(setup.clone()),
        };
        let playground = Playground::start().await?;
        let wire = Wire::new(playground.stage.addr(), patience);
        Ok(Self {
            subject,
            suite: Suite {
                vectors: BTreeMap::new(),
                ..suite.clone()
            },
            playground,
            wire,
        })
    }

    /// Ends the subject.
    pub async fn end(self) {
        self.subject.end().await;
    }

    /// The case of `vector` for the subject; none if the oracle disagrees with it.
    async fn case(&mut self, vector: &Vector) -> Option<Case> {
        let id = VectorId::parse("server/generated/trial").ok()?;
        self.suite.vectors = BTreeMap::from([(id, Arc::new(vector.clone()))]);
        let sane = cases(&self.suite, None);
        agree(&sane).ok()?;
        let of_subject = self.subject.cases(&self.suite, &sane).unwrap_or(sane);
        self.subject.forget().await;
        self.subject.settle(&[of_subject.first()?]).await.pop()
    }
}

impl Try for Trial {
    async fn replay(&mut self, vector: &Vector) -> LegResult {
        match self.case(vector).await {
            Some(case) => self.wire.judge(&case, &self.playground).await,
            None => unjudged(Leg::Wire, Verdict::NotApplicable, "the oracle disagrees"),
        }
    }
}
