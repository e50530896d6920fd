//! A client that sends and reads plain bytes.

use crosscheck_reference::site::Site;
use crosscheck_server::stage::Stage;
use crosscheck_vectors::{policy::Policy, script::Script};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) const TOKEN: &str = "t0ken";

/// Two origins with credentials.
pub(crate) const LISTED: &str = r#"{
    "origins": ["https://a.example", "https://b.example:8443"], "methods": ["PUT"],
    "request_headers": ["x-a"], "response_headers": ["x-b"], "credentials": true, "max_age": 600}"#;

pub(crate) async fn stage() -> Stage {
    let bind = "127.0.0.1:0".parse().unwrap();
    Stage::start(bind, TOKEN.to_owned()).await.unwrap()
}

pub(crate) fn policy(json: &str) -> Policy {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn site(json: &str) -> Site {
    Site::try_from(&policy(json)).unwrap()
}

pub(crate) fn script(json: &str) -> Script {
    serde_json::from_str(json).unwrap()
}

/// One connection.
pub(crate) struct Client<S = TcpStream> {
    pub(crate) stream: S,
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(stage: &Stage) -> Self {
        Self::over(TcpStream::connect(stage.addr()).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn over(stream: S) -> Self {
        let buffer = Vec::new();
        Self { stream, buffer }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Sends a request without body and reads the answer.
    pub(crate) async fn ask(&mut self, line: &str, headers: &str) -> String {
        let request = format!("{line} HTTP/1.1\r\nHost: api.example\r\n{headers}\r\n");
        self.send(request).await;
        self.answer(line.starts_with("HEAD ")).await
    }

    /// Reads one answer, told by its length; nothing may be missing. Each byte becomes one character.
    pub(crate) async fn answer(&mut self, to_head: bool) -> String {
        let head_end = loop {
            let end = self.buffer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                break end + 4;
            }
            assert!(self.fill().await, "closed within {:?}", self.buffer);
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        let end = head_end + if to_head { 0 } else { length };
        while self.buffer.len() < end {
            assert!(self.fill().await, "closed within {:?}", self.buffer);
        }
        self.buffer.drain(..end).map(char::from).collect()
    }

    /// Reads until the server closes.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.fill().await {}
        std::mem::take(&mut self.buffer)
    }

    async fn fill(&mut self) -> bool {
        self.stream.read_buf(&mut self.buffer).await.unwrap() > 0
    }
}
