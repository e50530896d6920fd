//! One audit: what is asked, learnt, judged and shown.

use crosscheck_replay::{
    drive::Transport,
    target::{BadTarget, Target},
};
use crosscheck_report::secret::Secrets;
use crosscheck_vectors::load::Suite;
use url::Url;

use crate::{
    compare, grants,
    learn::{self, Known},
    report::{Audit, Outcome, Presenter, ShownProof},
    weakness::{self, Proof},
};

/// So many requests are enough for one URL, confirmations included.
pub const ENOUGH_REQUESTS: u16 = 160;

/// What an audit needs beside a URL and a way to reach it.
#[derive(Debug)]
pub struct Auditor<'a> {
    /// The weakness classes.
    pub suite: &'a Suite,
    /// What is known beforehand.
    pub known: &'a Known,
    /// What must not be shown.
    pub secrets: &'a Secrets,
    /// The most requests for one URL, those of the browser not included.
    pub n_requests: usize,
}

impl Auditor<'_> {
    /// Audits `url` over `transport`; `seed` decides which names are generated.
    pub async fn audit(&self, url: &str, transport: &mut impl Transport, seed: u64) -> Audit {
        let nothing = async |_: &Url, wanted: &[Option<Proof>]| vec![None; wanted.len()];
        self.audit_and_prove(url, transport, seed, nothing).await
    }

    /// The same, with what `prove` says of each weakness: whether the page that its proof names reads the
    /// resource, where it can be proven.
    pub async fn audit_and_prove(
        &self,
        url: &str,
        transport: &mut impl Transport,
        seed: u64,
        prove: impl AsyncFn(&Url, &[Option<Proof>]) -> Vec<Option<ShownProof>>,
    ) -> Audit {
        let presenter = Presenter {
            suite: self.suite,
            secrets: self.secrets,
        };
        let target: Target = match url.parse() {
            Ok(target) => target,
            // It may have a password in it, so it is not repeated.
            Err(bad @ BadTarget::Secret) => {
                return Audit::not_judged("(a URL with a password)", bad.to_string());
            }
            Err(bad) => return Audit::not_judged(url, bad.to_string()),
        };
        let learnt = match learn::learn(&target, self.known, transport, self.n_requests, seed).await
        {
            Ok(learnt) => learnt,
            Err(silence) => {
                return Audit::not_judged(url, presenter.conceal(&silence.to_string()));
            }
        };
        let judgement = weakness::judge(&learnt);
        let policy = self.known.policy.as_ref();
        let differences = policy.map(|policy| compare::compare(policy, &learnt));
        let mut findings = presenter.findings(
            &learnt,
            grants::grants(&learnt),
            &judgement,
            &differences.unwrap_or_default(),
        );
        let wanted: Vec<_> = judgement
            .weaknesses
            .iter()
            .map(|weak| weak.proof.clone())
            .collect();
        let proofs = prove(target.url(), &wanted).await;
        for (shown, proof) in findings.weaknesses.iter_mut().zip(proofs) {
            shown.proof = proof;
        }
        Audit {
            url: url.to_owned(),
            outcome: Outcome::Judged(Box::new(findings)),
        }
    }
}
