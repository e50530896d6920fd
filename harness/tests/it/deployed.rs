//! `crosscheck run --url`: a deployed server under the policy that its owner declares.

use std::net::SocketAddr;

use crosscheck_reference::{fault::Fault, site::Site};
use crosscheck_server::stage::{Reach, Stage};
use crosscheck_vectors::policy::Policy;
use rstest::rstest;
use serde_json::Value;

use crate::binary::{Bench, Ran};

pub(crate) const POLICY: &str = r#"{"origins": ["https://shop.test", "https://admin.shop.test"],
    "methods": ["PUT"], "request_headers": ["x-cart", "content-type"],
    "response_headers": ["x-total"], "credentials": true, "max_age": 600}"#;

/// A server at an address of its own, that knows nothing of the suite.
pub(crate) struct Server {
    runtime: tokio::runtime::Runtime,
    stage: Stage,
}

impl Server {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        let policy: Policy = serde_json::from_str(POLICY).unwrap();
        let site = match fault {
            None => Site::try_from(&policy).unwrap(),
            Some(fault) => Site::with_fault(&policy, fault).unwrap(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let stage = runtime
            .block_on(Stage::serve_site(any_port, site, Reach::Loopback))
            .unwrap();
        Self { runtime, stage }
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        let bench = Bench::empty();
        bench.put("policy.json", POLICY);
        let url = format!("https://{}/echo", self.stage.addr());
        bench.crosscheck(&format!(
            "run --url {url} --policy policy.json --insecure --format json --quiet --out out {line}"
        ))
    }

    /// How often the application was asked to do anything.
    fn n_handled(&self) -> u64 {
        let url = format!("http://{}/__crosscheck/hits?id=", self.stage.addr());
        let told = self.runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(self.stage.addr())
                .await
                .unwrap();
            ask(stream, &url).await
        });
        let body = told.rsplit("\r\n\r\n").next().unwrap();
        let told: Value = serde_json::from_str(body).unwrap();
        told["hits"].as_u64().unwrap()
    }
}

async fn ask(mut stream: tokio::net::TcpStream, url: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let path = url.splitn(4, '/').nth(3).unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[test]
fn a_server_that_does_what_was_declared_passes() {
    let server = Server::new(None);
    let found = server.run("--leg wire").ended(0).json();
    let wire = &found["legs"]["wire"];
    assert!(wire["passed"].as_u64().unwrap() > 40, "{found:#}");
    assert_eq!(found["failed"], 0, "{found:#}");
    assert!(found["not_applicable"].as_u64().unwrap() > 0, "{found:#}");
}

#[rstest]
#[case::origin(Fault::ReflectOrigin, "over-grant")]
#[case::method(Fault::MethodUnlistedGranted, "over-grant")]
#[case::missing(Fault::CredentialsMissingOnActual, "under-grant")]
#[case::preflight(Fault::AllowHeadersMissing, "under-grant")]
fn a_server_that_does_not_fails(#[case] fault: Fault, #[case] verdict: &str) {
    let ran = Server::new(Some(fault)).run("--leg wire").ended(1);
    let found = ran.json();
    let findings = found["findings"].as_array().unwrap();
    let verdicts = findings
        .iter()
        .filter_map(|finding| finding["verdict"].as_str());
    let counts = verdicts.filter(|found| found.ends_with(verdict)).count();
    assert!(counts > 0, "{found:#}");
}

#[test]
fn what_changes_something_is_not_sent_unless_allowed() {
    let only = "--leg wire --only server/preflight-methods/*";
    let spared = Server::new(None);
    let found = spared.run(only).ended(0).json();
    let handled = spared.n_handled();
    let server = Server::new(None);
    let all = server
        .run(&format!("{only} --allow-unsafe-methods"))
        .ended(0)
        .json();
    assert!(server.n_handled() > handled, "{found:#} {all:#}");
    assert!(
        found["legs"]["wire"]["passed"].as_u64() > Some(0),
        "{found:#}"
    );
}

#[test]
fn pages_of_the_declared_origins_read_what_is_deployed() {
    let sound = Server::new(None).run("--leg chromium").ended(0).json();
    let passed = sound["legs"]["chromium"]["passed"].as_u64().unwrap();
    assert!(passed > 20, "{sound:#}");
    let weak = Server::new(Some(Fault::ReflectOrigin));
    let weak = weak.run("--leg chromium").ended(1).json();
    assert!(weak["over_grants"].as_u64().unwrap() > 0, "{weak:#}");
}

/// A page that reads the same twice.
const TWICE: &str = r#"{"title": "Visits that come again", "about": "What a page does twice.",
    "vectors": [{"name": "twice", "title": "A listed page reads the same twice.",
        "why": "Its own cache may answer.", "kind": "required",
        "requirements": ["server/actual/allowed-origin-echoed"], "flags": ["not-granted"],
        "policy": "two-origins", "steps": [
            {"client": {"origin": "{allowed_origin}"},
             "expect": {"outcome": "readable", "status": 200, "requests": [{"method": "GET"}]}},
            {"client": {"origin": "{allowed_origin}"},
             "expect": {"outcome": "readable", "status": 200, "requests": [{"method": "GET"}]}}]}]}"#;

#[rstest]
#[case::kept("Cache-Control:max-age=600", true)]
#[case::not_kept("Cache-Control:no-store", false)]
fn what_a_page_keeps_is_not_asked_again(#[case] control: &str, #[case] kept: bool) {
    let server = Server::new(None);
    let bench = Bench::empty();
    bench.put("policy.json", POLICY);
    bench.put("suite/server/again.json", TWICE);
    let url = format!("http://{}/echo?h={control}", server.stage.addr());
    let line = "--policy policy.json --vectors suite --leg wire --out out --quiet";
    bench
        .crosscheck(&format!("run --url {url} {line}"))
        .ended(0);
    let told = "what a page's own cache answered was not sent again";
    assert_eq!(bench.read("out/results.json").contains(told), kept);
}

#[test]
fn private_headers_stay_out_of_the_report() {
    let server = Server::new(None);
    let bench = Bench::empty();
    bench.put("policy.json", POLICY);
    let url = format!("http://{}/echo?h=X-Total:hunter2", server.stage.addr());
    let line = format!(
        "run --url {url} --policy policy.json --leg wire --header X-Key:hunter2 --out out --quiet"
    );
    bench.crosscheck(&line).ended(0);
    let results = bench.read("out/results.json");
    assert!(results.contains("(private)"));
    // The URL is shown as it was given.
    assert!(!results.replace("X-Total:hunter2", "").contains("hunter2"));
}

#[test]
fn usage_that_cannot_be_meant() {
    let bench = Bench::empty();
    bench.put("policy.json", POLICY);
    bench.put(
        "unsound.json",
        &POLICY.replace(r#""https://shop.test", "#, r#""null", "#),
    );
    let run = |line: &str| bench.crosscheck(&format!("run {line}"));
    run("--url https://api.test/").refused(&["--policy"]);
    run("--url https://api.test/ --policy unsound.json").refused(&["a sound server refuses"]);
    run("--url api.test --policy policy.json").refused(&["--url"]);
    run("--url https://api.test/ --policy policy.json --fault reflect-origin")
        .refused(&["--fault"]);
}
