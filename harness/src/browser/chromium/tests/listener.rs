//! A loopback listener that answers as the URL says.

use std::{fmt::Write, net::SocketAddr, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufStream},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring},
};

use crate::playground::{PAGE, PROBE};

/// Where the page is.
pub(super) const PAGE_PATH: &str = "/page/secret";

/// An answer, to be put into a URL.
#[derive(Clone, Debug)]
pub(super) struct Answer(String);

impl Answer {
    /// A status line and header lines, without `Content-Length`.
    pub(super) fn new(status: u16, headers: &[(&str, &str)]) -> Self {
        let lines = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"));
        Self(format!(
            "HTTP/1.1 {status} X\r\n{}",
            lines.collect::<String>()
        ))
    }

    /// The connection closes instead.
    pub(super) fn none() -> Self {
        Self(String::new())
    }
}

/// The URL that gets `preflight` for a preflight and `actual` otherwise, with the head of the
/// request as the body.
pub(super) fn url(origin: &str, id: &str, preflight: &Answer, actual: &Answer) -> String {
    let mut url = format!("{origin}/x/{id}/data?");
    for (answer, end) in [(preflight, "."), (actual, "")] {
        for byte in answer.0.bytes() {
            write!(url, "{byte:02x}").unwrap();
        }
        url.push_str(end);
    }
    url
}

/// A running listener; dropping it closes it.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) address: SocketAddr,
    pub(super) spki: String,
    heads: watch::Receiver<Vec<String>>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(super) async fn start() -> Self {
        let names = vec!["example".to_owned()];
        let certified = rcgen::generate_simple_self_signed(names).unwrap();
        let key = rcgen::PublicKeyData::subject_public_key_info(&certified.signing_key);
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certified.cert.der().clone()],
                certified.signing_key.serialize_der().try_into().unwrap(),
            )
            .unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let (journal, heads) = watch::channel(Vec::new());
        let journal = Arc::new(journal);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(&journal)));
            }
        });
        Self {
            address,
            spki: BASE64_STANDARD.encode(Sha256::digest(key)),
            heads,
            task,
        }
    }

    /// The methods of the requests with this id, in order.
    pub(super) fn methods(&self, id: &str) -> Vec<String> {
        let heads = self.heads.borrow();
        let of_id = heads
            .iter()
            .filter(|head| head.contains(&format!("/x/{id}/")));
        of_id
            .map(|head| head.split(' ').next().unwrap().to_owned())
            .collect()
    }
}

impl Listener {
    /// Waits for a request with this id.
    pub(super) async fn arrival(&self, id: &str) {
        let path = format!("/x/{id}/");
        let arrived = |heads: &Vec<String>| heads.iter().any(|head| head.contains(&path));
        self.heads.clone().wait_for(arrived).await.unwrap();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, journal: Arc<watch::Sender<Vec<String>>>) {
    stream.set_nodelay(true).unwrap();
    let mut first = [0];
    // 22 is a TLS handshake record.
    if matches!(stream.peek(&mut first).await, Ok(1)) && first[0] == 22 {
        if let Ok(stream) = acceptor.accept(stream).await {
            talk(stream, &journal).await;
        }
    } else {
        talk(stream, &journal).await;
    }
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin, journal: &watch::Sender<Vec<String>>) {
    let mut stream = BufStream::new(stream);
    loop {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            if !matches!(stream.read_until(b'\n', &mut bytes).await, Ok(n) if n > 0) {
                return;
            }
        }
        let head: String = bytes.into_iter().map(char::from).collect();
        let length = value(&head, "content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        if stream.read_exact(&mut body).await.is_err() {
            return;
        }
        let target = head.split(' ').nth(1).unwrap().to_owned();
        if target.starts_with("/x/") {
            journal.send_modify(|heads| heads.push(head.clone()));
        }
        if target.starts_with("/x/slow") {
            return std::future::pending().await;
        }
        let Some((answer_head, body)) = answer(&head, &target) else {
            return;
        };
        let body = if head.starts_with("HEAD ") {
            String::new()
        } else {
            body
        };
        let n_bytes = body.chars().count();
        let answer = format!("{answer_head}Content-Length: {n_bytes}\r\n\r\n{body}");
        let bytes: Vec<u8> = answer.chars().map(|c| u8::try_from(c).unwrap()).collect();
        if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
}

fn answer(head: &str, target: &str) -> Option<(String, String)> {
    let path = target.split('?').next().unwrap();
    let file = |content_type, content: &str| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n");
        Some((head, content.to_owned()))
    };
    if path == PAGE_PATH {
        return file("text/html", PAGE);
    }
    if path.strip_prefix(PAGE_PATH) == Some("/probe.js") {
        return file("text/javascript", PROBE);
    }
    if path.ends_with("/loop") {
        let head = "HTTP/1.1 302 X\r\nLocation: loop\r\nAccess-Control-Allow-Origin: *\r\n";
        return Some((head.to_owned(), String::new()));
    }
    let Some((preflight, actual)) = target.split_once('?').and_then(|(_, q)| q.split_once('.'))
    else {
        return Some((
            "HTTP/1.1 404 Not Found\r\n".to_owned(),
            "nothing".to_owned(),
        ));
    };
    let chosen = if head.starts_with("OPTIONS ") {
        preflight
    } else {
        actual
    };
    let bytes = (0..chosen.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&chosen[i..i + 2], 16));
    let text = String::from_utf8(bytes.collect::<Result<_, _>>().unwrap()).unwrap();
    (!text.is_empty()).then(|| (text, head.to_owned()))
}

/// The value of a header line, any case.
pub(super) fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (seen, value) = line.split_once(": ")?;
        seen.eq_ignore_ascii_case(name).then_some(value)
    })
}
