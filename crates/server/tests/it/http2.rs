//! HTTP/2, at the hosts that speak it.

use std::sync::Arc;

use bytes::Bytes;
use crosscheck_server::{
    journal::{AnsweredBy, Scheme},
    stage::Stage,
};
use h2::{Reason, client::SendRequest};
use http::{Request, Response};
use rstest::rstest;
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, crypto::ring, pki_types::ServerName},
};

use crate::client::{LISTED, script, site, stage};

/// A connection over TLS that asks for `host` and offers `protocols`.
async fn connect(stage: &Stage, host: &'static str, protocols: &[&str]) -> TlsStream<TcpStream> {
    // As browsers are told to: by its key, whatever names stand in the certificate.
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(any::verifier())
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().into())
        .collect();
    let stream = TcpStream::connect(stage.addr()).await.unwrap();
    let connecting = TlsConnector::from(Arc::new(config));
    connecting
        .connect(ServerName::try_from(host).unwrap(), stream)
        .await
        .unwrap()
}

/// Takes any certificate.
mod any {
    use std::sync::Arc;

    use tokio_rustls::rustls::{
        DigitallySignedStruct, Error, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{WebPkiSupportedAlgorithms, ring},
        pki_types::{CertificateDer, ServerName, UnixTime},
    };

    #[derive(Debug)]
    struct Any(WebPkiSupportedAlgorithms);

    pub(super) fn verifier() -> Arc<dyn ServerCertVerifier> {
        Arc::new(Any(
            ring::default_provider().signature_verification_algorithms
        ))
    }

    impl ServerCertVerifier for Any {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            Ok(ServerCertVerified::assertion())
        }

        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Ok(HandshakeSignatureValid::assertion())
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.0.supported_schemes()
        }
    }
}

#[rstest]
#[case::both("h2.example", &["h2", "http/1.1"], Some("h2"))]
#[case::deeper("h2.api.example", &["h2", "http/1.1"], Some("h2"))]
#[case::only_the_old("h2.example", &["http/1.1"], Some("http/1.1"))]
#[case::not_asked("h2.example", &[], None)]
#[case::another_host("api.example", &["h2", "http/1.1"], Some("http/1.1"))]
#[case::alike("xh2.example", &["h2", "http/1.1"], Some("http/1.1"))]
#[tokio::test]
async fn who_speaks_it(
    #[case] host: &'static str,
    #[case] offered: &[&str],
    #[case] expected: Option<&str>,
) {
    let stage = stage().await;
    let stream = connect(&stage, host, offered).await;
    let agreed = stream.get_ref().1.alpn_protocol();
    assert_eq!(agreed, expected.map(str::as_bytes));
}

/// A connection that speaks HTTP/2.
async fn client(stage: &Stage) -> (SendRequest<Bytes>, JoinHandle<()>) {
    let stream = connect(stage, "h2.example", &["h2"]).await;
    let (send, connection) = h2::client::handshake(stream).await.unwrap();
    let driven = tokio::spawn(async move {
        // How it ends is told by each answer.
        let _ = connection.await;
    });
    (send, driven)
}

async fn ask(
    send: &SendRequest<Bytes>,
    request: http::request::Builder,
    pieces: &[&'static str],
) -> Result<(Response<()>, String), h2::Error> {
    let request = request.body(()).unwrap();
    let mut send = send.clone().ready().await?;
    let (response, mut body) = send.send_request(request, pieces.is_empty())?;
    for (index, piece) in pieces.iter().enumerate() {
        body.send_data(
            Bytes::from_static(piece.as_bytes()),
            index + 1 == pieces.len(),
        )?;
    }
    let (parts, mut body) = response.await?.into_parts();
    let mut text = String::new();
    while let Some(piece) = body.data().await {
        text.push_str(std::str::from_utf8(&piece?).unwrap());
    }
    Ok((Response::from_parts(parts, ()), text))
}

fn post(url: &str) -> http::request::Builder {
    Request::post(url)
}

#[tokio::test]
async fn a_request_is_answered_and_journalled_as_over_http1() {
    let stage = stage().await;
    let answers = r#"[{"status": 299, "headers": [["X-A", "1"], ["x-a", "2"], ["Connection", "close"]], "body": "done"}]"#;
    stage.put_script("e", script(answers)).unwrap();
    let (send, _driven) = client(&stage).await;
    let request = post("https://h2.example/x/t0ken/e/upload?a")
        .header("X-Part", "b")
        .header("cookie", "a=1")
        .header("cookie", "b=2");
    let (response, body) = ask(&send, request, &["hel", "lo"]).await.unwrap();
    assert_eq!((response.status().as_u16(), body.as_str()), (299, "done"));
    let values: Vec<_> = response.headers().get_all("x-a").iter().collect();
    assert_eq!(values, ["1", "2"]);
    assert!(!response.headers().contains_key("connection"));

    let [entry] = &stage.journal().close("e")[..] else {
        panic!("one request was made");
    };
    assert_eq!(
        (entry.scheme, entry.answered_by),
        (Scheme::Https, AnsweredBy::Script)
    );
    assert_eq!(entry.method, b"POST");
    assert_eq!(entry.target, b"/x/t0ken/e/upload?a");
    assert_eq!(entry.body, b"hello");
    let head = String::from_utf8(entry.request_head.clone()).unwrap();
    assert_eq!(
        head,
        "POST /x/t0ken/e/upload?a HTTP/2\r\nhost: h2.example\r\nx-part: b\r\ncookie: a=1; b=2\r\n\r\n"
    );
    assert_eq!(entry.headers.len(), 3);
    assert!(entry.response.starts_with(b"HTTP/1.1 299 \r\nX-A: 1\r\n"));
}

#[tokio::test]
async fn many_requests_share_a_connection() {
    let stage = stage().await;
    stage.put_site("s", site(LISTED)).unwrap();
    let (send, _driven) = client(&stage).await;
    for _ in 0..3 {
        let request =
            Request::get("https://h2.example/p/t0ken/s/echo").header("origin", "https://a.example");
        let (response, body) = ask(&send, request, &[]).await.unwrap();
        assert_eq!(
            response.headers()["access-control-allow-origin"],
            "https://a.example"
        );
        assert_eq!(body, "{\"ok\":true}");
    }
    let head = Request::head("https://h2.example/p/t0ken/s/echo");
    let (response, body) = ask(&send, head, &[]).await.unwrap();
    assert_eq!((response.status().as_u16(), body.as_str()), (200, ""));
    let nowhere = Request::get("https://h2.example/nowhere");
    let (response, _) = ask(&send, nowhere, &[]).await.unwrap();
    assert_eq!(response.status(), 404);
}

#[rstest]
#[case::hang_up(r#"[{"raw": ""}]"#)]
#[case::garbage(r#"[{"raw": "hello"}]"#)]
#[case::control(r#"[{"headers": [["A", "\u0001"]]}]"#)]
#[tokio::test]
async fn what_it_cannot_carry_breaks_off(#[case] answers: &str) {
    let stage = stage().await;
    stage.put_script("e", script(answers)).unwrap();
    let (send, _driven) = client(&stage).await;
    let request = Request::get("https://h2.example/x/t0ken/e/");
    let error = ask(&send, request, &[]).await.unwrap_err();
    assert_eq!(error.reason(), Some(Reason::INTERNAL_ERROR));
    assert_eq!(stage.journal().close("e").len(), 1);
}

#[tokio::test]
async fn a_body_without_end_is_refused() {
    let stage = stage().await;
    stage.put_script("e", script("[{}]")).unwrap();
    let (send, _driven) = client(&stage).await;
    let request = post("https://h2.example/x/t0ken/e/").body(()).unwrap();
    let mut send = send.ready().await.unwrap();
    let (response, mut body) = send.send_request(request, false).unwrap();
    let piece = Bytes::from(vec![b'a'; 17 * 1024 * 1024]);
    body.send_data(piece, false).unwrap();
    assert_eq!(response.await.unwrap().status(), 413);
}
