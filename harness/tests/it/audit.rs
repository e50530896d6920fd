//! Audits of the reference server, sound and faulty, from outside.

mod command;
mod faults;
mod flapping;
mod foreign;
mod hostile;
mod moody;
mod proof;
mod resembling;
mod script;
mod scripted;
mod server;
mod several;
mod sound;
mod void;

use std::{net::SocketAddr, time::Duration};

use crosscheck_audit::{
    auditor::{Auditor, ENOUGH_REQUESTS},
    learn::Known,
    report::{Audit, Findings},
};
use crosscheck_harness::client::remote::{Certificates, Deployed, Settings};
use crosscheck_reference::site::Site;
use crosscheck_report::secret::Secrets;
use crosscheck_server::stage::{Reach, Stage};
use crosscheck_vectors::{load::Suite, policy::Policy};

/// A client without limits.
fn client() -> Deployed {
    Deployed::new(Settings {
        timeout: Duration::from_secs(5),
        certificates: Certificates::Any,
        private: Vec::new(),
        per_second: None,
        longest_body: 1 << 14,
    })
    .unwrap()
}

/// A server with `site` at its root.
async fn serve(site: Site) -> Stage {
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    Stage::serve_site(any_port, site, Reach::Loopback)
        .await
        .unwrap()
}

/// What comes of `target` of the server `stage`, if `known` is known.
async fn audit(suite: &Suite, stage: &Stage, target: &str, known: &Known) -> Findings {
    let auditor = Auditor {
        suite,
        known,
        secrets: &Secrets::default(),
        n_requests: ENOUGH_REQUESTS.into(),
    };
    let url = format!("https://{}{target}", stage.addr());
    let client = client();
    let audit: Audit = auditor.audit(&url, &mut &client, 7).await;
    let found = audit.findings().unwrap_or_else(|| panic!("{audit:?}"));
    assert_eq!(found.cut_short, None, "{url}");
    found.clone()
}

/// What is known of a server with `policy` before its operator writes it down: its pages' origins.
fn origins_of(policy: &Policy) -> Known {
    use crosscheck_vectors::policy::OriginRule;
    let origin = |rule: &OriginRule| match rule {
        OriginRule::Exact(origin) => Some(origin.clone()),
        OriginRule::SubdomainsOf(origin) => Some(origin.replacen("//", "//known.", 1)),
        OriginRule::Null => None,
    };
    Known {
        origins: policy.origins.listed().iter().filter_map(origin).collect(),
        policy: None,
    }
}
