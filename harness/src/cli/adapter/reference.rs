//! `crosscheck adapter reference`.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    process::ExitCode,
};

use crosscheck_reference::{fault::Fault, site::Setup};
use crosscheck_replay::chain::chain;
use crosscheck_server::stage::{Reach, Stage};
use crosscheck_vectors::policy::Policy;
use miette::{IntoDiagnostic, Result};
use serde_json::Value;

use crate::{
    cli::print,
    subject::adapter::protocol::{Capability, Hello, PROTOCOL, Reply, Request},
};

/// Be an adapter: that of the reference server, as an example of the protocol.
///
/// Takes one JSON object per line on the standard input and answers on the standard output.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Commit this fault.
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
}

impl Args {
    pub(super) async fn exec(self) -> Result<ExitCode> {
        let mut running = HashMap::new();
        // Waiting here holds up nobody: the instances live on the runtime's own threads.
        for line in io::stdin().lines() {
            let reply = match serde_json::from_str(&line.into_diagnostic()?) {
                Err(error) => Reply::Error {
                    id: None,
                    message: error.to_string(),
                },
                Ok(Request::Hello { .. }) => Reply::Hello(hello()),
                Ok(Request::Serve { id, bind, policy }) => {
                    match self.serve(id, &bind, policy).await {
                        Err(reply) => reply,
                        Ok(stage) => {
                            let base_url = format!("http://{}", stage.addr());
                            running.insert(id, stage);
                            Reply::Ready { id, base_url }
                        }
                    }
                }
                Ok(Request::Stop { id }) => {
                    if let Some(stage) = running.remove(&id) {
                        stage.shutdown().await;
                    }
                    Reply::Stopped { id }
                }
                Ok(Request::Bye {}) => break,
            };
            let line = serde_json::to_string(&reply).into_diagnostic()?;
            print(&format!("{line}\n"))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(&self, id: u64, bind: &str, policy: Value) -> Result<Stage, Reply> {
        let error = |error: &dyn std::error::Error| Reply::Error {
            id: Some(id),
            message: chain(error),
        };
        let policy: Policy = serde_json::from_value(policy).map_err(|bad| error(&bad))?;
        let setup = Setup {
            fault: self.fault,
            ..Setup::default()
        };
        let site = setup.site(&policy).map_err(|refusal| Reply::Refused {
            id,
            reason: chain(&refusal),
        })?;
        let bind: IpAddr = bind.parse().map_err(|bad| error(&bad))?;
        Stage::serve_site(SocketAddr::new(bind, 0), site, Reach::Loopback)
            .await
            .map_err(|bad| error(&bad))
    }
}

fn hello() -> Hello {
    Hello {
        protocol: PROTOCOL,
        name: "reference".to_owned(),
        version: crate::VERSION.to_owned(),
        language: "rust".to_owned(),
        homepage: None,
        issues: None,
        capabilities: Capability::ALL.to_vec(),
        unsupported: std::collections::BTreeMap::new(),
        reconfigure: false,
        one_shot: false,
        concurrent_instances: 64,
    }
}
