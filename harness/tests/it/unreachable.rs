//! What is said of deployed servers that cannot be judged.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use crosscheck_replay::target::may_be_asked_by_secure_pages;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rstest::rstest;
use tokio_rustls::rustls::{
    ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer,
};
use url::Url;

use crate::binary::{Bench, Ran};

const POLICY: &str = r#"{"origins": ["https://shop.test"], "methods": [], "request_headers": [],
    "response_headers": [], "credentials": false, "max_age": null}"#;

/// A server that answers each request with `say` of its lines, and then hangs up.
fn saying(say: fn(&[String]) -> &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(stream, say));
        }
    });
    address
}

fn answer(mut stream: TcpStream, say: fn(&[String]) -> &'static str) {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let lines = lines.map_while(Result::ok).map(|line| line.to_lowercase());
    let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    // That the other side hung up first is none of our business.
    let _gone = stream.write_all(say(&head).as_bytes());
}

fn plain(_: &[String]) -> &'static str {
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
}

fn alert(_: &[String]) -> &'static str {
    "\x15\x03\x01\0\x02\x02\x46"
}

fn nothing(_: &[String]) -> &'static str {
    ""
}

fn too_many(_: &[String]) -> &'static str {
    "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"
}

fn missing(_: &[String]) -> &'static str {
    "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
}

fn login(_: &[String]) -> &'static str {
    "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
}

fn moved(_: &[String]) -> &'static str {
    "HTTP/1.1 302 Found\r\nLocation: /login\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
}

/// A server behind a certificate that it made itself, and that certificate.
fn self_signed(is_ca: IsCa) -> (SocketAddr, String) {
    let mut parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    parameters.is_ca = is_ca;
    let key = KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            thread::spawn(move || answer_safely(StreamOwned::new(tls, stream)));
        }
    });
    (address, certificate.pem())
}

/// That the other side hangs up is none of our business.
fn answer_safely(mut stream: StreamOwned<ServerConnection, TcpStream>) {
    let lines = BufReader::new(&mut stream).lines();
    let head = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty());
    if head.count() == 0 {
        return;
    }
    let answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    let _gone = stream.write_all(answer);
    stream.conn.send_close_notify();
    let _gone = stream.flush();
}

#[test]
fn whom_the_client_trusts_the_browser_trusts() {
    let (address, certificate) = self_signed(IsCa::ExplicitNoCa);
    let bench = Bench::empty();
    bench.put("policy.json", POLICY);
    bench.put("trusted.pem", &certificate);
    let line = format!(
        "run --policy policy.json --out out --url https://{address}/ --only server/deny/simple-get --format json"
    );
    let ran = bench.crosscheck_with(&line, &[("SSL_CERT_FILE", "trusted.pem")]);
    let found = ran.ended(0).json();
    for leg in ["wire", "chromium"] {
        assert_eq!(found["legs"][leg]["passed"], 1, "{found:#}");
    }
}

#[rstest]
#[case::server(IsCa::ExplicitNoCa, &["it is self-signed, or of", "`SSL_CERT_FILE`"])]
#[case::authority(IsCa::Ca(BasicConstraints::Unconstrained), &["it is self-signed, made for an authority", "`CA:FALSE`"])]
fn a_certificate_that_is_not_trusted_is_told(#[case] is_ca: IsCa, #[case] why: &[&str]) {
    let (address, _) = self_signed(is_ca);
    let url = format!("https://{address}/");
    let told = [
        ["its certificate is not trusted", "`--insecure`"].as_slice(),
        why,
    ]
    .concat();
    run(&url, "").refused(&told);
}

/// Answers everybody but browsers.
fn shuns_browsers(head: &[String]) -> &'static str {
    let is_browser = |line: &String| line.starts_with("user-agent: mozilla");
    if head.iter().any(is_browser) {
        ""
    } else {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    }
}

fn run(url: &str, line: &str) -> Ran {
    let bench = Bench::empty();
    bench.put("policy.json", POLICY);
    bench.crosscheck(&format!(
        "run --policy policy.json --out out --url {url} {line}"
    ))
}

/// An address where nothing listens.
fn nowhere() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[rstest]
#[case::refused("http", nowhere(), "nothing listens there")]
#[case::no_tls("https", saying(plain), "it speaks no TLS at that port")]
#[case::tls("http", saying(alert), "a port for `https` does that, too")]
#[case::silent("http", saying(nothing), "it hangs up or says what is no HTTP")]
#[case::busy(
    "http",
    saying(too_many),
    "it answers 429; ask less often with `--rate`"
)]
fn who_does_not_answer_is_not_judged(
    #[case] scheme: &str,
    #[case] address: SocketAddr,
    #[case] why: &str,
) {
    let url = format!("{scheme}://{address}/");
    run(&url, "").refused(&[&url, "cannot be judged", why]);
    let audited = Bench::empty().crosscheck(&format!("audit {url}")).ended(2);
    let told = format!("? {url}: not judged: ");
    assert!(audited.out.starts_with(&told), "{audited:#?}");
    assert!(audited.out.contains(why), "{audited:#?}");
}

#[test]
fn a_name_that_leads_nowhere_is_told() {
    // No name has a part of this length, so nobody is asked for it.
    let url = format!("http://{}.test/", "n".repeat(70));
    run(&url, "").refused(&["its host name leads nowhere"]);
}

#[test]
fn what_no_page_can_ask_is_not_judged() {
    let why = "browsers never connect to port 6000, so no page can ask there";
    run("https://127.0.0.1:6000/", "").refused(&["--url: ", why]);
}

#[test]
fn what_only_the_browser_gets_no_answer_from_is_no_outage() {
    let url = format!("http://{}/", saying(shuns_browsers));
    run(&url, "--leg chromium").refused(&["the browser gets no answer", "`--leg wire`"]);
}

#[rstest]
#[case::missing(missing, "it answers 404", "is that the URL that was meant?")]
#[case::login(login, "it answers 401", "`--header 'Authorization: …'` gets past it")]
#[case::moved(moved, "it redirects to `/login`", "judge that, too")]
fn an_answer_that_may_not_be_meant_is_told(
    #[case] say: fn(&[String]) -> &'static str,
    #[case] what: &str,
    #[case] then: &str,
) {
    let url = format!("http://{}/", saying(say));
    let only = "--leg wire --only server/deny/credentialed-get";
    run(&url, only).told(&["warning: ", what, then]);
    let ran = Bench::empty().crosscheck(&format!("audit --rate 0 {url}"));
    let ran = ran.ended(0);
    assert!(ran.out.contains(what) && ran.out.contains(then), "{ran:#?}");
}

#[rstest]
#[case("https://api.test/", true)]
#[case("http://api.test/", false)]
#[case("http://localhost:3000/", true)]
#[case("http://api.localhost/", true)]
#[case("http://127.0.0.1/", true)]
#[case("http://[::1]/", true)]
fn browsers_keep_secure_pages_from_plain_servers(#[case] url: &str, #[case] may: bool) {
    assert_eq!(may_be_asked_by_secure_pages(&Url::parse(url).unwrap()), may);
}
