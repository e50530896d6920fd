//! Who asks, and whether a browser would hand the answer over: the oracle's word.

use crosscheck_oracle::{
    Api, Call, CallBody, CredentialsMode, Flag, Millis, Origin, OutgoingRequest, PreflightCache,
    PreflightFailure, Purpose, Request, Response, Step, cors_check,
    cors_unsafe_request_header_names, judge_preflight,
};
use crosscheck_replay::target::navigation;
use url::Url;

/// Who sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// No browser: an `Origin` that none sends.
    Forged(String),
    /// Whoever sends no `Origin`, such as a navigation.
    Nobody,
    /// A page of this origin.
    Page(Origin),
}

/// What a page gets to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sharing {
    /// Nothing.
    Withheld,
    /// What is asked for without credentials.
    Anonymous,
    /// What is asked for with the visitor's cookies, too.
    Credentialed,
}

/// What a page asks a preflight for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The method.
    pub method: String,
    /// The names of headers that need permission.
    pub headers: Vec<String>,
}

/// What a preflight's answer permits.
#[derive(Clone, Debug)]
pub struct Permission {
    /// Who may go on: nobody, those without credentials, or all.
    pub sharing: Sharing,
    /// The same if its status were 204.
    pub but_for_status: Sharing,
    /// Why those who may not may not; of the request without credentials if that fails, too.
    pub failure: Option<PreflightFailure>,
}

impl Sender {
    /// The value of its `Origin` header.
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Forged(text) => Some(text),
            Self::Nobody => None,
            Self::Page(origin) => Some(origin.serialize()),
        }
    }

    /// The request for `url` that it sends; a GET without anything of its own.
    pub fn ask(&self, url: &Url) -> OutgoingRequest {
        if let Self::Page(origin) = self
            && let Some(request) = first_request(call(origin, url))
        {
            return request;
        }
        let mut request = navigation(url);
        if let Some(origin) = self.origin() {
            request.headers.push("Origin", origin);
        }
        request
    }

    /// What it gets to read of `response`, the answer to its GET for `url`.
    pub fn sharing(&self, url: &Url, response: &Response) -> Sharing {
        match self {
            Self::Nobody => Sharing::Withheld,
            Self::Page(origin) => best(|mode| {
                let request = actual_request(origin, url, mode);
                request.is_some_and(|request| cors_check(&request, response).is_ok())
            }),
            // No browser asks this, so no browser's rule applies: whether it is echoed.
            Self::Forged(origin) => {
                let value = |name: &str| response.headers.get(name);
                let echoed =
                    value("access-control-allow-origin").as_deref() == Some(origin.as_bytes());
                let credentials =
                    value("access-control-allow-credentials").as_deref() == Some(b"true");
                match (echoed, credentials) {
                    (false, _) => Sharing::Withheld,
                    (true, false) => Sharing::Anonymous,
                    (true, true) => Sharing::Credentialed,
                }
            }
        }
    }
}

impl std::fmt::Display for Wish {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.headers.as_slice() {
            [] => write!(f, "{}", self.method),
            names => write!(f, "{} with {}", self.method, names.join(", ")),
        }
    }
}

impl Wish {
    /// For `method` and nothing else.
    pub fn method(method: &str) -> Self {
        Self {
            method: method.to_owned(),
            headers: Vec::new(),
        }
    }

    /// For `method` and one header.
    pub fn header(method: &str, header: &str) -> Self {
        Self {
            method: method.to_owned(),
            headers: vec![header.to_owned()],
        }
    }

    /// The preflight with which a page of `origin` asks for it; none if a browser would not ask.
    pub fn preflight(&self, origin: &Origin, url: &Url) -> Option<OutgoingRequest> {
        let request = first_request(self.call(origin, url))?;
        (request.purpose == Purpose::Preflight).then_some(request)
    }

    /// What `response` to that preflight permits.
    pub fn permission(&self, origin: &Origin, url: &Url, response: &Response) -> Permission {
        let mut failure = None;
        let mut judge = |response: &Response| {
            best(|mode| {
                let mut call = self.call(origin, url);
                call.credentials = mode;
                let Ok(request) = call.into_request() else {
                    return false;
                };
                let names = cors_unsafe_request_header_names(&request.headers);
                match judge_preflight(&request, &names, response) {
                    Ok(_grant) => true,
                    Err(why) => {
                        failure = Some(why);
                        false
                    }
                }
            })
        };
        let polite = Response {
            status: 204,
            ..response.clone()
        };
        let but_for_status = judge(&polite);
        let sharing = judge(response);
        Permission {
            sharing,
            but_for_status,
            failure,
        }
    }

    /// A call that needs this permission and no other.
    fn call(&self, origin: &Origin, url: &Url) -> Call {
        let mut call = call(origin, url);
        call.method = self.method.clone().into_bytes();
        call.headers = self
            .headers
            .iter()
            .map(|name| (name.clone().into_bytes(), value_of(name).into()))
            .collect();
        if self.headers.is_empty() && matches!(&*self.method, "GET" | "HEAD" | "POST") {
            // Otherwise a page would not need to ask.
            call.api = Api::Xhr;
            call.upload_listener = Flag::Set;
            call.body = Some(CallBody::Text(String::new()));
        }
        call
    }
}

/// A value that makes permission necessary for any header.
fn value_of(name: &str) -> &'static str {
    if name.eq_ignore_ascii_case("content-type") {
        "application/json"
    } else if name.eq_ignore_ascii_case("range") {
        "bytes=-1"
    } else {
        "\""
    }
}

/// The better of what holds without and with credentials.
fn best(mut permitted: impl FnMut(CredentialsMode) -> bool) -> Sharing {
    if permitted(CredentialsMode::Include) {
        Sharing::Credentialed
    } else if permitted(CredentialsMode::SameOrigin) {
        Sharing::Anonymous
    } else {
        Sharing::Withheld
    }
}

fn call(origin: &Origin, url: &Url) -> Call {
    Call {
        referrer: Url::parse(&format!("{}/", origin.serialize())).ok(),
        registrable_domain: psl::domain_str,
        ..Call::new(origin.clone(), url.clone())
    }
}

fn actual_request(origin: &Origin, url: &Url, mode: CredentialsMode) -> Option<Request> {
    let mut call = call(origin, url);
    call.credentials = mode;
    call.into_request().ok()
}

fn first_request(call: Call) -> Option<OutgoingRequest> {
    match call.start(&mut PreflightCache::new(), Millis(0)) {
        Step::Send(send) => Some(send.request),
        Step::Done(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_oracle::{Origin, Response};
    use rstest::rstest;
    use url::Url;

    use super::{Sender, Sharing, Wish};

    fn url() -> Url {
        Url::parse("https://api.example/data").unwrap()
    }

    fn page() -> Origin {
        Origin::parse("https://app.example").unwrap()
    }

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let bare = Response::new(status);
        headers.iter().fold(bare, |answer, (name, value)| {
            answer.with_header(name, *value)
        })
    }

    #[rstest]
    #[case::bare(&[], Sharing::Withheld)]
    #[case::wildcard(&[("access-control-allow-origin", "*")], Sharing::Anonymous)]
    #[case::useless_wildcard(&[("access-control-allow-origin", "*"), ("access-control-allow-credentials", "true")], Sharing::Anonymous)]
    #[case::origin(&[("access-control-allow-origin", "https://app.example")], Sharing::Anonymous)]
    #[case::credentials(&[("access-control-allow-origin", "https://app.example"), ("access-control-allow-credentials", "true")], Sharing::Credentialed)]
    #[case::misspelt(&[("access-control-allow-origin", "https://app.example"), ("access-control-allow-credentials", "True")], Sharing::Anonymous)]
    #[case::slash(&[("access-control-allow-origin", "https://app.example/")], Sharing::Withheld)]
    fn what_a_page_reads(#[case] headers: &[(&str, &str)], #[case] sharing: Sharing) {
        let sender = Sender::Page(page());
        assert_eq!(sender.sharing(&url(), &answer(200, headers)), sharing);
    }

    #[test]
    fn a_forged_origin_can_only_be_echoed() {
        let forged = Sender::Forged("https://app.example@evil.example".to_owned());
        let wildcard = answer(200, &[("access-control-allow-origin", "*")]);
        assert_eq!(forged.sharing(&url(), &wildcard), Sharing::Withheld);
        let echo = [(
            "access-control-allow-origin",
            "https://app.example@evil.example",
        )];
        assert_eq!(
            forged.sharing(&url(), &answer(200, &echo)),
            Sharing::Anonymous
        );
    }

    #[test]
    fn requests_are_what_browsers_send() {
        let lines = |request: &crosscheck_oracle::OutgoingRequest| -> Vec<String> {
            let line = |(name, value): (&[u8], &[u8])| {
                format!("{}: {}", name.escape_ascii(), value.escape_ascii())
            };
            request.headers.iter().map(line).collect()
        };
        let request = Sender::Page(page()).ask(&url());
        assert_eq!(request.method, b"GET");
        assert_eq!(
            lines(&request),
            [
                "Accept: */*",
                "Referer: https://app.example/",
                "Origin: https://app.example"
            ]
        );
        let wish = Wish::header("PUT", "x-token");
        let preflight = wish.preflight(&page(), &url()).unwrap();
        assert_eq!(preflight.method, b"OPTIONS");
        assert!(lines(&preflight).contains(&"Access-Control-Request-Headers: x-token".to_owned()));
        for method in ["GET", "POST", "PUT"] {
            let preflight = Wish::method(method).preflight(&page(), &url());
            assert!(preflight.is_some(), "{method}");
        }
        for header in ["content-type", "authorization", "accept"] {
            let preflight = Wish::header("GET", header).preflight(&page(), &url());
            assert!(preflight.is_some(), "{header}");
        }
        assert!(Wish::method("TRACE").preflight(&page(), &url()).is_none());
    }

    #[rstest]
    #[case::granted(204, "PUT", Sharing::Credentialed, Sharing::Credentialed)]
    #[case::status(403, "PUT", Sharing::Withheld, Sharing::Credentialed)]
    #[case::other_method(204, "GET", Sharing::Withheld, Sharing::Withheld)]
    #[case::wildcard(204, "*", Sharing::Anonymous, Sharing::Anonymous)]
    fn what_a_preflight_permits(
        #[case] status: u16,
        #[case] methods: &str,
        #[case] sharing: Sharing,
        #[case] but_for_status: Sharing,
    ) {
        let headers = [
            ("access-control-allow-origin", "https://app.example"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", methods),
        ];
        let answer = answer(status, &headers);
        let permission = Wish::method("PUT").permission(&page(), &url(), &answer);
        assert_eq!(
            (permission.sharing, permission.but_for_status),
            (sharing, but_for_status)
        );
    }
}
