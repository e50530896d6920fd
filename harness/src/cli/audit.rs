//! `crosscheck audit`.

mod input;
mod out;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use crosscheck_audit::{
    auditor::{Auditor, ENOUGH_REQUESTS},
    learn::Known,
    report::{Audit, render},
    weakness::Proof,
};
use crosscheck_report::secret::Secrets;
use crosscheck_vectors::load::Suite;
use futures_util::StreamExt as _;
use miette::{IntoDiagnostic, Result, miette};
use url::Url;

use self::out::Out;
use super::{
    Format, Global,
    browsers::Programs,
    options::{certificates, private_headers, read_policy},
    print, tell,
};
use crate::{
    browser::{engines::default_engine, proof::Prover},
    client::remote::{Deployed, PrivateHeader, Settings},
};

/// How long the browser may take to start, and for one page.
const BROWSER_PATIENCE: Duration = Duration::from_secs(30);

/// So many bytes of each body are kept, to tell whether a preflight gets the application's.
const LONGEST_BODY: usize = 16 << 10;

/// Learn from outside what a server grants, and what is weak about it.
///
/// Each URL is asked at most `--max-requests` questions, all of them GET or OPTIONS, in the way that
/// pages of made-up origins would ask. What it grants is printed as a policy file, which `--policy`
/// takes: a test against regressions. Each weakness is confirmed with another made-up name, and judged
/// by what the Fetch Standard lets a browser hand over. Redirects are not followed.
///
/// Exit code: 0 nothing wrong · 1 a weakness, or a difference from the policy · 2 no URL could be judged
/// to the end.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What to audit.
    #[arg(value_name = "URL")]
    urls: Vec<String>,
    /// More URLs, one a line; `-` reads the standard input.
    #[arg(long, value_name = "URLS")]
    file: Option<PathBuf>,
    /// An origin whose pages ought to be trusted; may be repeated. Near misses are made of it.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// What is meant to be granted, as a policy file; every difference is told.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A header that reaches the server, and never the output; may be repeated. `Authorization` and
    /// `Cookie` do not go with preflights, as in browsers.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Take any certificate. By default those that the system trusts, or the file that
    /// `SSL_CERT_FILE` names.
    #[arg(long)]
    insecure: bool,
    /// How many URLs are audited at a time.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
    /// The most requests a second to one host; 0 for no limit.
    #[arg(long, value_name = "N", default_value_t = 20.0, value_parser = rate)]
    rate: f64,
    /// How long one answer may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// The most requests for one URL.
    #[arg(long, value_name = "N", default_value_t = ENOUGH_REQUESTS, value_parser = clap::value_parser!(u16).range(1..))]
    max_requests: u16,
    /// Prove weaknesses in Chromium: a page of the wrong origin, served here, reads the answer of the
    /// server, which is reached as it is.
    #[arg(long)]
    prove: bool,
    #[command(flatten)]
    programs: Programs,
    /// Append one JSON object for each URL to this file as well: a new or an empty one, or one with
    /// audits.
    #[arg(long, value_name = "FILE.jsonl")]
    out: Option<PathBuf>,
    /// Leave out the URLs that `--out` holds judgements of, and count those.
    #[arg(long, requires = "out")]
    resume: bool,
}

const EXAMPLES: &str = "\
Examples:
  crosscheck audit https://staging.example/api/items
  crosscheck audit https://staging.example/api/items --origin https://app.example
  crosscheck audit --file urls.txt --format json --out audit.jsonl --resume
  crosscheck audit https://staging.example/api --policy policy.json --header 'Authorization: Bearer …'";

/// What all audits came to.
#[derive(Debug, Default)]
struct Tally {
    sound: usize,
    wrong: usize,
    unknown: usize,
}

impl Args {
    pub(super) async fn exec(self, global: Global) -> Result<ExitCode> {
        let private = private_headers(&self.headers)?;
        let known = self.known()?;
        let suite = Suite::embedded().into_diagnostic()?;
        let mut tally = Tally::default();
        let mut out = self.out.as_deref().map(Out::open).transpose()?;
        let urls = self.urls(out.as_ref(), &mut tally)?;
        let deployed = self.transport(&private)?;
        let prover = self.prover().await?;
        let secrets = Secrets::of(private.iter().map(PrivateHeader::secret));
        let auditor = Auditor {
            suite: &suite,
            known: &known,
            secrets: &secrets,
            n_requests: self.max_requests.into(),
        };
        let seed = getrandom::u64().map_err(|error| miette!("no random names: {error}"))?;
        let audits = futures_util::stream::iter(urls.into_iter().zip(seed..));
        let mut audits = audits
            .map(|(url, seed)| {
                let (auditor, prover, mut transport) = (&auditor, prover.as_ref(), &deployed);
                let prove = async move |url: &Url, wanted: &[Option<Proof>]| match prover {
                    Some(prover) => prover.prove(url, wanted).await,
                    None => vec![None; wanted.len()],
                };
                async move {
                    auditor
                        .audit_and_prove(&url, &mut transport, seed, prove)
                        .await
                }
            })
            .buffer_unordered(self.jobs.into());
        while let Some(audit) = audits.next().await {
            tally.count(&audit);
            publish(&audit, out.as_mut(), global)?;
        }
        if !global.quiet {
            tell(&tally.to_string());
        }
        Ok(tally.exit_code())
    }

    /// The URLs that are still to be audited; earlier judgements are counted in `tally`.
    fn urls(&self, out: Option<&Out>, tally: &mut Tally) -> Result<Vec<String>> {
        let mut urls = input::urls(&self.urls, self.file.as_deref())?;
        if let (true, Some(out)) = (self.resume, out) {
            for audit in out.judged()? {
                urls.retain(|url| *url != audit.url);
                tally.count(&audit);
            }
        }
        Ok(urls)
    }

    /// The client that asks all servers.
    fn transport(&self, private: &[PrivateHeader]) -> Result<Deployed> {
        let deployed = Deployed::new(Settings {
            timeout: Duration::from_secs(self.timeout),
            certificates: certificates(self.insecure),
            private: private.to_vec(),
            per_second: (self.rate > 0.0).then_some(self.rate),
            longest_body: LONGEST_BODY,
        });
        deployed.into_diagnostic()
    }

    async fn prover(&self) -> Result<Option<Prover>> {
        if !self.prove {
            return Ok(None);
        }
        let engine = default_engine();
        let program = self.programs.find(engine).into_diagnostic()?;
        let prover = Prover::new(
            engine,
            program,
            certificates(self.insecure),
            BROWSER_PATIENCE,
        )
        .await;
        prover.into_diagnostic().map(Some)
    }

    fn known(&self) -> Result<Known> {
        for origin in &self.origins {
            crosscheck_oracle::Origin::parse(origin)
                .map_err(|error| miette!("--origin: {error}"))?;
        }
        Ok(Known {
            origins: self.origins.clone(),
            policy: self.policy.as_deref().map(read_policy).transpose()?,
        })
    }
}

impl Tally {
    fn count(&mut self, audit: &Audit) {
        match audit.n_wrong() {
            None => self.unknown += 1,
            Some(0) => self.sound += 1,
            Some(_) => self.wrong += 1,
        }
    }

    fn exit_code(&self) -> ExitCode {
        ExitCode::from(match (self.wrong, self.sound) {
            (0, 0) => 2,
            (0, _) => 0,
            _ => 1,
        })
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            sound,
            wrong,
            unknown,
        } = self;
        write!(
            f,
            "{}: {wrong} with weaknesses, {sound} without, {unknown} not judged",
            match sound + wrong + unknown {
                1 => "1 URL".to_owned(),
                n => format!("{n} URLs"),
            }
        )
    }
}

/// Appends `audit` to `out`, and prints it.
fn publish(audit: &Audit, out: Option<&mut Out>, global: Global) -> Result<()> {
    let line = serde_json::to_string(audit).into_diagnostic()?;
    if let Some(out) = out {
        out.append(&line)?;
    }
    match global.format {
        Format::Json => print(&format!("{line}\n")),
        Format::Text => print(&render(audit, global.colour())),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate >= 0.0 && rate.is_finite() => Ok(rate),
        Ok(_) | Err(_) => Err("it is no number of requests a second".to_owned()),
    }
}
