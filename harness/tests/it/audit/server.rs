//! A server for the program to audit, and what the program says.

use crosscheck_reference::{fault::Fault, site::Site};
use crosscheck_server::stage::Stage;
use crosscheck_vectors::policy::Policy;
use serde_json::Value;

use super::serve;
use crate::binary::{Bench, Ran};

pub(super) const LISTED: &str = r#"{"origins": ["https://app.example"], "methods": ["PUT"],
    "request_headers": ["authorization"], "response_headers": [], "credentials": true, "max_age": 600}"#;

/// A server in a runtime of its own, which works while the program runs.
pub(super) struct Server {
    _runtime: tokio::runtime::Runtime,
    stage: Stage,
}

impl Server {
    pub(super) fn new(fault: Option<Fault>) -> Self {
        let policy: Policy = serde_json::from_str(LISTED).unwrap();
        let site = match fault {
            None => Site::try_from(&policy).unwrap(),
            Some(fault) => Site::with_fault(&policy, fault).unwrap(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let stage = runtime.block_on(serve(site));
        Self {
            _runtime: runtime,
            stage,
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/echo", self.stage.addr())
    }

    pub(super) fn secure_url(&self) -> String {
        format!("https://{}/echo", self.stage.addr())
    }
}

pub(super) fn audit(bench: &Bench, line: &str) -> Ran {
    bench.crosscheck(&format!("audit --rate 0 {line}"))
}

/// The object on each line.
pub(super) fn objects(text: &str) -> Vec<Value> {
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}
