//! `crosscheck serve`.

use std::{error::Error as _, io, net::SocketAddr, path::PathBuf, process::ExitCode};

use crosscheck_reference::{compose::Layer, fault::Fault, site::Setup};
use crosscheck_server::stage::{Reach, Stage, StartError};
use miette::{Result, miette};

use super::{
    Format, Global,
    options::{Layers, read_policy},
    print,
};
use crate::process::interrupt::interrupted;

/// Start the reference server by itself.
///
/// It serves `/echo`, `/status/{code}`, `/redirect?to=` and `/panic` under the policy, over HTTP and, on
/// the same port, over HTTPS with a throw-away certificate.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A policy, or a file of `vectors/policies`, as JSON.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Commit this fault.
    #[arg(long, value_name = "NAME")]
    fault: Option<Fault>,
    #[command(flatten)]
    layers: Layers,
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    bind: std::net::IpAddr,
    /// Allow an address that other machines can reach.
    #[arg(long)]
    allow_remote: bool,
}

impl Args {
    pub(super) async fn exec(self, global: Global) -> Result<ExitCode> {
        let policy = read_policy(&self.policy)?;
        let setup = Setup {
            fault: self.fault,
            layers: self.layers.composition()?,
        };
        let site = setup.site(&policy).map_err(|refusal| {
            let because = refusal.source().map(|cause| format!(": {cause}"));
            miette!(
                help = "`--fault` has names for servers that accept such policies",
                "the reference server refuses `{}`: {refusal}{}",
                self.policy.display(),
                because.unwrap_or_default()
            )
        })?;
        let address = SocketAddr::new(self.bind, self.port);
        let reach = if self.allow_remote {
            Reach::Remote
        } else {
            Reach::Loopback
        };
        let server = Stage::serve_site(address, site, reach)
            .await
            .map_err(cannot_listen)?;
        let url = format!("http://{}", server.addr());
        let layers = setup.layers.layers();
        let told = match global.format {
            Format::Json => {
                let names: Vec<_> = layers.iter().map(|layer| layer.name()).collect();
                serde_json::json!({ "url": url, "layers": names }).to_string()
            }
            Format::Text => {
                let around: String = if setup.layers.is_bare() {
                    String::new()
                } else {
                    let line = |layer: &Layer| format!("  {layer} {}\n", layer.description());
                    layers.iter().map(line).collect()
                };
                format!("{url}/echo answers under the policy; Ctrl-C ends it\n{around}")
            }
        };
        let interrupted = interrupted();
        print(&format!("{}\n", told.trim_end()))?;
        interrupted.await;
        server.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn cannot_listen(error: StartError) -> miette::Report {
    match error {
        StartError::Bind { address, cause } if cause.kind() == io::ErrorKind::AddrInUse => miette!(
            help = "choose another one with `--port`, or a free one with `--port 0`",
            "port {} is in use",
            address.port()
        ),
        StartError::NotLoopback(address) => miette!(
            help = "this server is made for tests; add `--allow-remote` if you mean it",
            "{} can be reached from other machines",
            address.ip()
        ),
        other @ (StartError::Bind { .. } | StartError::Certificate(_) | StartError::Token) => {
            miette::Report::from_err(other)
        }
    }
}
