//! The proof that a page of the wrong origin reads: it does, in a browser.

use std::{path::PathBuf, time::Duration};

use crosscheck_audit::{report::ShownProof, sender::Sharing, weakness::Proof};
use crosscheck_replay::{chain::chain, target::navigation};
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;

use super::{
    call::{Call, Ending, Frame, Jar, Outcome, Place, Witness},
    engine::{Browser, Engine, Names, Options, host_and_port},
    error::BrowserError,
};
use crate::{
    client::remote::{Certificates, Settings, trusted_key},
    playground::{Playground, PlaygroundError},
};

/// The page that holds the sandboxed frame.
const HOLDER: &str = "https://crosscheck.example";

/// Makes pages in a browser read what they should not.
#[derive(Debug)]
pub struct Prover {
    engine: &'static dyn Engine,
    binary: PathBuf,
    playground: Playground,
    certificates: Certificates,
    patience: Duration,
    /// One browser at a time.
    turn: Mutex<()>,
}

impl Prover {
    /// One that uses the browser `binary` of `engine`, and takes `certificates` from the servers.
    ///
    /// # Errors
    ///
    /// If its pages cannot be served.
    pub async fn new(
        engine: &'static dyn Engine,
        binary: PathBuf,
        certificates: Certificates,
        patience: Duration,
    ) -> Result<Self, PlaygroundError> {
        Ok(Self {
            engine,
            binary,
            playground: Playground::start().await?,
            certificates,
            patience,
            turn: Mutex::new(()),
        })
    }

    /// What came of each proof: a page of its origin fetches `url`. The pages are served here, under
    /// the names that their origins have; the server of `url` is reached as it is, and nothing else.
    pub async fn prove(&self, url: &Url, proofs: &[Option<Proof>]) -> Vec<Option<ShownProof>> {
        if proofs.iter().all(Option::is_none) {
            return vec![None; proofs.len()];
        }
        let _turn = self.turn.lock().await;
        let hosts = proofs
            .iter()
            .flatten()
            .filter_map(|proof| address(page(proof)));
        let names = Names::Only {
            hosts: hosts.collect(),
            server: host_and_port(url).unwrap_or_default(),
            others: self.certificates,
        };
        let options = self.options(url).await;
        let browser = match self.engine.start(options, names).await {
            Ok(browser) => browser,
            Err(error) => {
                let said = chain(&error);
                let failed = |proof: &Proof| shown(proof, self.engine.product(), false, &said);
                return proofs
                    .iter()
                    .map(|proof| proof.as_ref().map(failed))
                    .collect();
            }
        };
        let mut made = Vec::with_capacity(proofs.len());
        for (number, proof) in proofs.iter().enumerate() {
            made.push(match proof {
                None => None,
                Some(proof) => Some(attempt(&*browser, url, proof, number).await),
            });
        }
        browser.close().await;
        made
    }

    async fn options(&self, url: &Url) -> Options {
        let settings = Settings {
            timeout: self.patience,
            certificates: self.certificates,
            private: Vec::new(),
            per_second: None,
            longest_body: 0,
        };
        Options {
            binary: self.binary.clone(),
            stage: self.playground.stage.addr(),
            spki: self.playground.stage.spki_sha256_base64().to_owned(),
            trusted: trusted_key(&navigation(url), &settings).await,
            page_path: self.playground.page_path(),
            timeout: self.patience,
        }
    }
}

async fn attempt(browser: &dyn Browser, url: &Url, proof: &Proof, number: usize) -> ShownProof {
    let frame = if proof.origin == "null" {
        Frame::Sandboxed
    } else {
        Frame::Top
    };
    let place = Place {
        origin: page(proof).to_owned(),
        frame,
        jar: Jar::Shared,
    };
    let call = Call {
        id: format!("proof-{number}"),
        url: url.to_string(),
        client: json!({
            "api": "fetch", "method": "GET", "mode": "cors",
            "credentials": credentials(proof), "cache": "no-store",
        }),
    };
    let ended = browser.run(&place, &[call], Witness::Quiet).await;
    let (read, said) = judge(ended);
    shown(proof, browser.version(), read, &said)
}

fn judge(ended: Result<Vec<Ending>, BrowserError>) -> (bool, String) {
    let ending = match ended {
        Ok(endings) => endings.into_iter().next(),
        Err(BrowserError::Page { .. }) => {
            return (
                false,
                "is not to be had: this browser has no such pages".to_owned(),
            );
        }
        Err(error) => return (false, format!("came to nothing: {}", chain(&error))),
    };
    let Some(ending) = ending else {
        return (false, "came to nothing".to_owned());
    };
    if ending.outcome == Outcome::Readable {
        let status = ending.status.unwrap_or_default();
        let n_chars = ending.body.map_or(0, |body| body.chars().count());
        return (true, format!("read status {status} and {n_chars} bytes"));
    }
    let why = ending
        .exception
        .unwrap_or_else(|| "no answer in time".to_owned());
    (false, format!("read nothing: {why}"))
}

fn shown(proof: &Proof, browser: &str, read: bool, said: &str) -> ShownProof {
    ShownProof {
        browser: browser.to_owned(),
        origin: proof.origin.clone(),
        credentials: credentials(proof).to_owned(),
        read,
        said: said.to_owned(),
    }
}

fn credentials(proof: &Proof) -> &'static str {
    match proof.sharing {
        Sharing::Credentialed => "include",
        Sharing::Anonymous | Sharing::Withheld => "omit",
    }
}

/// The origin of the page that is opened.
fn page(proof: &Proof) -> &str {
    if proof.origin == "null" {
        HOLDER
    } else {
        &proof.origin
    }
}

/// `host:port` of `origin`.
fn address(origin: &str) -> Option<String> {
    host_and_port(&Url::parse(origin).ok()?)
}
