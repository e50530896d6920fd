//! Layers around the policy, alone and in twos.

use crosscheck_reference::{
    compose::{Composition, Layer, PolicyTwice},
    fault::Fault,
    request::{Headers, RequestHead},
    site::{PlainResponse, Setup, Site, predict},
};
use rstest::rstest;

use crate::client::{LISTED, policy, site};

const ORIGIN: (&str, &str) = ("Origin", "https://a.example");
const EVIL: (&str, &str) = ("Origin", "https://evil.example");
const PUT: (&str, &str) = ("Access-Control-Request-Method", "PUT");
const GZIP: (&str, &str) = ("Accept-Encoding", "gzip, br");

fn composition(names: &str) -> Composition {
    let layers = names.split_whitespace().map(|name| name.parse().unwrap());
    Composition::new(layers.collect()).unwrap()
}

fn composed(names: &str) -> Site {
    site(LISTED).composed(&composition(names))
}

fn ask(site: &Site, line: &str, headers: &[(&str, &str)]) -> PlainResponse {
    let (method, target) = line.split_once(' ').unwrap();
    let lines: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    let request = RequestHead {
        method: method.as_bytes(),
        target: target.as_bytes(),
        headers: Headers::Lines(&lines),
    };
    predict(site, &request)
}

fn values(response: &PlainResponse, name: &str) -> Vec<String> {
    let lines = response.headers.iter();
    lines
        .filter(|(found, _)| found == name.as_bytes())
        .map(|(_, value)| value.escape_ascii().to_string())
        .collect()
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";
const NAMED: &[&str] = &["https://a.example"];
const NONE: &[&str] = &[];

#[rstest]
#[case::alone("", 204, NAMED)]
#[case::in_front("authentication", 401, NONE)]
#[case::inside("policy authentication", 204, NAMED)]
#[case::two_lines("cors-proxy", 204, &["https://a.example", "*"])]
#[case::proxy_inside("policy cors-proxy", 204, NAMED)]
#[case::proxy_before_login("cors-proxy authentication", 401, &["*"])]
#[case::login_before_proxy("authentication cors-proxy", 401, NONE)]
#[case::login_before_gateway("authentication gateway", 401, NONE)]
#[case::gateway_before_login("gateway authentication", 204, NAMED)]
#[case::gateway_before_proxy("gateway cors-proxy", 204, NAMED)]
#[case::proxy_before_gateway("cors-proxy gateway", 204, &["https://a.example", "*"])]
#[case::compressed("compression", 204, NAMED)]
#[case::compressed_login("compression policy authentication", 204, NAMED)]
fn a_preflight(#[case] layers: &str, #[case] status: u16, #[case] origins: &[&str]) {
    let response = ask(&composed(layers), "OPTIONS /echo", &[ORIGIN, PUT, GZIP]);
    assert_eq!(response.status, status);
    assert_eq!(values(&response, ALLOW_ORIGIN), origins);
    assert!(!response.handled && response.body.is_empty());
}

#[rstest]
#[case::alone("", &["Origin"])]
#[case::replaced("vary", &["Accept-Encoding"])]
#[case::replaced_inside("policy vary", &["Accept-Encoding", "Origin"])]
#[case::added_to("compression", &["Origin", "Accept-Encoding"])]
#[case::added_to_inside("policy compression", &["Accept-Encoding", "Origin"])]
#[case::replaced_after_all("vary compression", &["Accept-Encoding"])]
#[case::replaced_before_that("compression vary", &["Accept-Encoding"])]
#[case::replaced_and_found_again("policy compression vary", &["Accept-Encoding", "Origin"])]
fn what_it_varies_by(#[case] layers: &str, #[case] expected: &[&str]) {
    let response = ask(&composed(layers), "GET /echo", &[ORIGIN]);
    assert_eq!(values(&response, "vary"), expected);
    assert_eq!(values(&response, ALLOW_ORIGIN), NAMED);
}

#[rstest]
#[case::in_front("authentication", NONE)]
#[case::inside("policy authentication", NAMED)]
fn a_login_that_is_missing(#[case] layers: &str, #[case] origins: &[&str]) {
    let site = composed(layers);
    let refused = ask(&site, "GET /status/401", &[ORIGIN]);
    assert_eq!(refused.status, 401);
    assert_eq!(values(&refused, "www-authenticate"), ["Basic"]);
    assert_eq!(values(&refused, ALLOW_ORIGIN), origins);
    assert!(!refused.handled);
    for credentials in [("Authorization", "Basic eDp5"), ("Cookie", "crosscheck=1")] {
        let let_in = ask(&site, "GET /status/401", &[ORIGIN, credentials]);
        assert!(let_in.handled);
        let asked = ask(&site, "OPTIONS /status/401", &[ORIGIN, PUT, credentials]);
        assert_eq!(asked.status, 204, "which no browser sends so");
    }
    assert!(ask(&site, "GET /echo", &[ORIGIN]).handled);
}

#[rstest]
#[case::in_front("compression")]
#[case::twice("compression compression")]
#[case::inside("policy compression")]
fn a_body_is_compressed_once(#[case] layers: &str) {
    let site = composed(layers);
    let compressed = ask(&site, "GET /echo", &[ORIGIN, GZIP]);
    assert_eq!(values(&compressed, "content-encoding"), ["gzip"]);
    assert_eq!(compressed.body[..2], [0x1f, 0x8b]);
    let length = compressed.body.len().to_string();
    assert_eq!(values(&compressed, "content-length"), [length.as_str()]);
    assert!(compressed.handled);
    let head = ask(&site, "HEAD /echo", &[ORIGIN, GZIP]);
    assert_eq!((&head.headers, head.body.len()), (&compressed.headers, 0));
    let plain = ask(&site, "GET /echo", &[ORIGIN]);
    assert_eq!(plain.body, b"{\"ok\":true}");
    assert_eq!(values(&plain, "content-encoding"), NONE);
}

#[rstest]
#[case("preflight-needs-authentication", "authentication")]
#[case("proxy-adds-any-origin", "cors-proxy")]
#[case("proxy-grants-preflights", "gateway")]
#[case("vary-replaced", "vary")]
fn a_fault_is_its_layer(#[case] fault: &str, #[case] layer: &str) {
    let fault: Fault = fault.parse().unwrap();
    let faulty = Site::with_fault(&policy(LISTED), fault).unwrap();
    let setup = Setup {
        fault: Some(fault),
        layers: composition("compression"),
    };
    let both = setup.site(&policy(LISTED)).unwrap();
    for headers in [&[ORIGIN][..], &[EVIL], &[ORIGIN, PUT], &[EVIL, PUT]] {
        for line in ["GET /echo", "OPTIONS /echo", "OPTIONS /status/401"] {
            let answer = |site: &Site| ask(site, line, headers);
            assert_eq!(answer(&faulty), answer(&composed(layer)), "{line}");
            let stacked = composed(&format!("compression {layer}"));
            assert_eq!(answer(&both), answer(&stacked), "{line}");
        }
    }
}

#[test]
fn the_policy_stands_in_one_place() {
    let twice = Composition::new(vec![Layer::Policy, Layer::Vary, Layer::Policy]);
    assert_eq!(twice, Err(PolicyTwice));
    assert_eq!(composition("vary").to_string(), "vary, policy");
    assert_eq!(composition("policy vary").to_string(), "policy, vary");
    assert!(composition("policy").is_bare() && Composition::default().is_bare());
    assert!(!composition("vary").is_bare());
}

#[test]
fn layers_have_names() {
    for layer in Layer::ALL {
        assert_eq!(layer.name().parse(), Ok(layer));
    }
    let error = "proxy".parse::<Layer>().unwrap_err().to_string();
    assert!(error.starts_with("no layer is called `proxy`"), "{error}");
    assert!(error.contains("`cors-proxy`, `gateway`"), "{error}");
}
