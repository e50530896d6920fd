//! What a server grants, learnt from outside, and what is weak about it.
//!
//! | step | module |
//! | --- | --- |
//! | what is asked about; names that nobody has | [`target`] |
//! | families of origins that careless comparisons let in: data | [`probe`] |
//! | the requests of pages, and what a browser would hand over: the oracle's word | [`sender`] |
//! | few questions, all of them remembered | [`ask`], [`learn`] |
//! | what was granted, as a policy; how that differs from a given one | [`grants`], [`compare`] |
//! | weaknesses and facts: pure functions of what was learnt | [`weakness`] |
//! | what a class means, and what to do | [`class`] |
//! | a page in Chromium reads what it should not | [`prove`] |
//! | text and JSON | [`report`] |

pub mod ask;
pub mod class;
pub mod compare;
pub mod grants;
pub mod learn;
pub mod probe;
pub mod prove;
pub mod report;
pub mod sender;
pub mod target;
pub mod weakness;

use crosscheck_vectors::load::Suite;

use crate::deployed::PrivateHeader;
use crosscheck_replay::drive::Transport;
use learn::Known;
use prove::Prover;
use report::{Audit, Outcome, Presenter};
use target::Target;

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
    pub private: &'a [PrivateHeader],
    /// The most requests for one URL, those of the browser not included.
    pub n_requests: usize,
    /// What proves weaknesses, if that is wanted.
    pub prover: Option<&'a Prover>,
}

impl Auditor<'_> {
    /// Audits `url` over `transport`; `seed` decides which names are made up.
    pub async fn audit(&self, url: &str, transport: &mut impl Transport, seed: u64) -> Audit {
        let presenter = Presenter {
            suite: self.suite,
            private: self.private,
        };
        let target: Target = match url.parse() {
            Ok(target) => target,
            // It may have a password in it, so it is not repeated.
            Err(bad @ target::BadTarget::Secret) => {
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
        if let Some(prover) = self.prover {
            let wanted: Vec<_> = judgement
                .weaknesses
                .iter()
                .map(|weak| weak.proof.clone())
                .collect();
            let proofs = prover.prove(target.url(), &wanted).await;
            for (shown, proof) in findings.weaknesses.iter_mut().zip(proofs) {
                shown.proof = proof;
            }
        }
        Audit {
            url: url.to_owned(),
            outcome: Outcome::Judged(Box::new(findings)),
        }
    }
}
