//! A client of deployed servers: real names, verified TLS, a polite pace, no redirect followed.

mod failure;
mod key;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crosscheck_oracle::{HeaderList, OutgoingRequest, Purpose, Response};
use crosscheck_replay::drive::{Answered, TooMany, Transport, TransportError};
pub use failure::Unanswered;
pub use key::trusted_key;
use reqwest::{
    Method, StatusCode,
    header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION},
};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_rustls::rustls::crypto::ring;

/// How deployed servers are talked to.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How long one answer may take.
    pub timeout: Duration,
    /// Which certificates are taken.
    pub certificates: Certificates,
    /// Headers that reach the server and nobody else.
    pub private: Vec<PrivateHeader>,
    /// The most requests a second to one host; none for no limit.
    pub per_second: Option<f64>,
    /// So many bytes of a body are kept; what is longer is not read to its end.
    pub longest_body: usize,
}

/// So long a body may take once the head is there.
const LONGEST_WAIT_FOR_BODY: Duration = Duration::from_secs(1);

/// How much of the time for an answer a connection may take.
const SHARE_OF_CONNECTING: f64 = 0.9;

/// Which certificates are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// Any at all.
    Any,
    /// Those that the system trusts.
    #[default]
    Trusted,
}

/// A header that reaches the server and is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateHeader {
    name: HeaderName,
    value: HeaderValue,
}

/// Why a text is no private header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadHeader {
    /// It has no colon, or a name or value that HTTP does not allow.
    #[error("it is not `Name: value`")]
    Syntax,
    /// The header is one that the questions are made of.
    #[error("`{0}` is what is being tested")]
    Reserved(String),
}

/// A client of deployed servers; may be used many times at once.
#[derive(Debug)]
pub struct Deployed {
    http: reqwest::Client,
    private: Vec<PrivateHeader>,
    pace: Pace,
    timeout: Duration,
    longest_body: usize,
}

impl PrivateHeader {
    /// Its name, in lower case.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its value, to be kept out of everything that is shown.
    pub fn secret(&self) -> &[u8] {
        self.value.as_bytes()
    }

    /// Whether it is one that browsers never send with a preflight.
    fn is_credential(&self) -> bool {
        [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(&self.name)
    }
}

impl std::fmt::Debug for PrivateHeader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: (private)", self.name)
    }
}

impl std::str::FromStr for PrivateHeader {
    type Err = BadHeader;

    fn from_str(line: &str) -> Result<Self, BadHeader> {
        let (name, value) = line.split_once(':').ok_or(BadHeader::Syntax)?;
        let name = HeaderName::from_bytes(name.trim().as_bytes())
            .map_err(|_not_a_token| BadHeader::Syntax)?;
        let text = name.as_str();
        if text == "origin" || text == "host" || text.starts_with("access-control-") {
            return Err(BadHeader::Reserved(text.to_owned()));
        }
        let mut value =
            HeaderValue::from_str(value.trim()).map_err(|_control_byte| BadHeader::Syntax)?;
        value.set_sensitive(true);
        Ok(Self { name, value })
    }
}

impl Deployed {
    /// A client with these settings.
    ///
    /// # Errors
    ///
    /// If the HTTP library cannot be set up, most likely because no trusted certificates are found.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        choose_cryptography();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("crosscheck/", env!("CARGO_PKG_VERSION")))
            .tls_danger_accept_invalid_certs(settings.certificates == Certificates::Any)
            .tcp_nodelay(true)
            .tls_info(true)
            // Before an answer is overdue, so that it is known which of the two is missing.
            .connect_timeout(settings.timeout.mul_f64(SHARE_OF_CONNECTING))
            .build()?;
        Ok(Self {
            http,
            private: settings.private,
            pace: Pace::new(settings.per_second),
            timeout: settings.timeout,
            longest_body: settings.longest_body,
        })
    }

    /// Sends `request` as it is, with the private headers, and returns the answer.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, does not answer in time, or what it says is no HTTP.
    pub async fn send(&self, request: &OutgoingRequest) -> Result<Response, Unanswered> {
        let answer = self.execute(request).await?;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            return Err(TooMany.into());
        }
        // A stream of events never ends, and nothing depends on what it says.
        let deadline = Instant::now() + LONGEST_WAIT_FOR_BODY.min(self.timeout);
        Ok(self.receive(answer, deadline).await)
    }

    /// The answer to `request`, as far as its head.
    async fn execute(&self, request: &OutgoingRequest) -> Result<reqwest::Response, Unanswered> {
        let library = self.request(request)?;
        self.pace.wait(library.url().authority()).await;
        let deadline = Instant::now() + self.timeout;
        let sent = timeout_at(deadline, self.http.execute(library)).await;
        sent.map_err(|_elapsed| Unanswered::TooSlow(self.timeout))?
            .map_err(|error| Unanswered::Failed(error.without_url()))
    }

    fn request(&self, request: &OutgoingRequest) -> Result<reqwest::Request, Unanswered> {
        let method =
            Method::from_bytes(&request.method).map_err(|_no_token| Unanswered::Unsendable)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            headers.append(
                HeaderName::from_bytes(name).map_err(|_no_token| Unanswered::Unsendable)?,
                HeaderValue::from_bytes(value).map_err(|_bad_byte| Unanswered::Unsendable)?,
            );
        }
        for header in &self.private {
            // A browser asks for permission without credentials.
            if request.purpose == Purpose::Actual || !header.is_credential() {
                headers.insert(header.name.clone(), header.value.clone());
            }
        }
        let mut library = reqwest::Request::new(method, request.url.clone());
        *library.headers_mut() = headers;
        *library.body_mut() = request
            .body
            .bytes()
            .map(<[u8]>::to_vec)
            .map(reqwest::Body::from);
        Ok(library)
    }

    async fn receive(&self, mut answer: reqwest::Response, deadline: Instant) -> Response {
        let status = answer.status().as_u16();
        let headers: HeaderList = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                let name = name.as_str().as_bytes();
                (name.to_vec(), value.as_bytes().to_vec())
            })
            .collect();
        let mut body = Vec::new();
        while body.len() < self.longest_body {
            match timeout_at(deadline, answer.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let room = self.longest_body - body.len();
                    body.extend(chunk.into_iter().take(room));
                }
                // CORS is decided by the head: a body that breaks off or dribbles changes nothing.
                Ok(Ok(None) | Err(_)) | Err(_) => break,
            }
        }
        Response {
            status,
            headers,
            body,
        }
    }
}

/// Makes the choice that the HTTP library leaves to its users, once for the whole process.
pub(crate) fn choose_cryptography() {
    // Whoever comes second finds the first one's choice, which is the same.
    let _chosen_before = ring::default_provider().install_default();
}

impl Transport for &Deployed {
    async fn exchange(&mut self, request: &OutgoingRequest) -> Result<Answered, TransportError> {
        let response = self.send(request).await.map_err(|error| TransportError {
            method: String::from_utf8_lossy(&request.method).into_owned(),
            url: request.url.to_string(),
            source: error.into_source(),
        })?;
        Ok(Answered {
            response: Some(response),
            handled: None,
        })
    }
}

/// When which host may be asked again.
#[derive(Debug)]
struct Pace {
    gap: Option<Duration>,
    free_at: Mutex<HashMap<String, Instant>>,
}

impl Pace {
    fn new(per_second: Option<f64>) -> Self {
        let gap = per_second.and_then(|rate| Duration::try_from_secs_f64(1.0 / rate).ok());
        Self {
            gap,
            free_at: Mutex::default(),
        }
    }

    async fn wait(&self, host: &str) {
        if let Some(at) = self.book(host, Instant::now()) {
            sleep_until(at).await;
        }
    }

    /// When `host` may be asked, which is then taken; none if nobody need wait.
    fn book(&self, host: &str, now: Instant) -> Option<Instant> {
        let gap = self.gap?;
        let mut hosts = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever is free by now need not be remembered.
        if hosts.len() > 4096 {
            hosts.retain(|_, free_at| *free_at > now);
        }
        let free_at = hosts.entry(host.to_owned()).or_insert(now);
        let at = (*free_at).max(now);
        *free_at = at + gap;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tokio::time::Instant;

    use super::{BadHeader, Pace, PrivateHeader};

    #[rstest]
    #[case::whole("X-Token: abc", None)]
    #[case::no_colon("X-Token", Some(BadHeader::Syntax))]
    #[case::no_name(": abc", Some(BadHeader::Syntax))]
    #[case::two_lines("X-Token: a\r\nb: c", Some(BadHeader::Syntax))]
    #[case::origin("Origin: https://a.example", Some(BadHeader::Reserved("origin".to_owned())))]
    #[case::asks("Access-Control-Request-Method: PUT", Some(BadHeader::Reserved("access-control-request-method".to_owned())))]
    fn private_headers(#[case] line: &str, #[case] bad: Option<BadHeader>) {
        let parsed = line.parse::<PrivateHeader>();
        assert_eq!(parsed.err(), bad);
    }

    #[test]
    fn private_values_are_not_shown() {
        let header: PrivateHeader = "Authorization: Bearer s3cret".parse().unwrap();
        assert_eq!(format!("{header:?}"), "authorization: (private)");
        assert_eq!(header.secret(), b"Bearer s3cret");
    }

    #[test]
    fn each_host_has_a_pace_of_its_own() {
        let pace = Pace::new(Some(2.0));
        let now = Instant::now();
        let waits = ["a.example", "b.example", "a.example", "a.example"].map(|host| {
            let at = pace.book(host, now).unwrap();
            at.duration_since(now).as_millis()
        });
        assert_eq!(waits, [0, 0, 500, 1000]);
        assert_eq!(Pace::new(None).book("a.example", now), None);
    }
}
