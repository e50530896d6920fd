//! One thing that a client asks for, as a step of a vector.

use crosscheck_report::observation::{Observation, SeenRequest, lines};
use crosscheck_vectors::{
    bytes::ByteString,
    client::{Api, Client, Credentials},
    expect::{Check, Expectation, ExpectedRequest, ResponseAssertion, StepOutcome},
    policy::{Listing, Policy},
    vector::{Kind, VectorStep},
};
use serde_json::json;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// The page's origin.
    pub(super) origin: String,
    /// The weakness class if that may not read.
    pub(super) weakness: &'static str,
    pub(super) act: Act,
    pub(super) credentials: Credentials,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// A plain call.
    Read,
    /// A call with this method.
    Use(String),
    /// A call with these headers.
    Set(Vec<String>),
    /// A call whose answer has these headers.
    See(Vec<String>),
    /// A preflight that asks for the names on these lines.
    Lines(Vec<String>),
}

/// Every line of a list ends up in this header.
const REQUESTED: &str = "Access-Control-Request-Headers";

impl Ask {
    /// How much the standard cares how this ends under `policy`.
    pub(super) fn kind(&self, policy: &Policy) -> Kind {
        let spelled_otherwise = |method: &str| {
            let mut listed = policy.methods.listed().iter();
            listed.any(|item| item.eq_ignore_ascii_case(method))
                && !permits(&policy.methods, method)
        };
        let is_advice = match &self.act {
            // Browsers send one line, sorted, without blanks.
            Act::Lines(_) => true,
            // Browsers compare methods once more, and not every HTTP parser takes one in lower case.
            Act::Use(method) => {
                spelled_otherwise(method) || method.bytes().any(|b| b.is_ascii_lowercase())
            }
            // `*` does not stand for the one, which operators may mean, and layers say that they always
            // permit the other.
            Act::Set(names) => names.iter().any(|name| match name.as_str() {
                "authorization" => policy.request_headers.is_any(),
                "content-type" => !permits_header(&policy.request_headers, name),
                _ => false,
            }),
            Act::Read | Act::See(_) => false,
        };
        if is_advice {
            Kind::Recommended
        } else {
            Kind::Required
        }
    }

    /// What the client does; `again` tells it from an earlier call, whose permission it could use.
    pub(super) fn client(&self, again: Option<usize>) -> Client {
        let mut client: Client =
            serde_json::from_value(json!({})).expect("every field has a default");
        if let Act::Lines(lines) = &self.act {
            let all = [
                ("Origin", self.origin.as_str()),
                ("Access-Control-Request-Method", "GET"),
            ];
            let requested = lines.iter().map(|line| (REQUESTED, line.as_str()));
            client.api = Api::Raw;
            client.method = "OPTIONS".into();
            client.headers = all.into_iter().chain(requested).map(pair).collect();
            return client;
        }
        client.origin = Some(self.origin.clone());
        client.credentials = self.credentials;
        let mut query = Vec::new();
        match &self.act {
            Act::Use(method) => client.method = method.as_str().into(),
            Act::Set(names) => {
                let set = |name: &String| pair((name, value_of(name)));
                client.headers = names.iter().map(set).collect();
            }
            Act::See(names) => query.extend(names.iter().map(|name| format!("h={name}:1"))),
            Act::Lines(_) | Act::Read => {}
        }
        query.extend(again.map(|n| format!("call={n}")));
        client.url = (!query.is_empty()).then(|| format!("/echo?{}", query.join("&")));
        client
    }

    /// What a sound server and a conforming client come to, which `seen` was predicted of.
    pub(super) fn expectation(&self, policy: &Policy, seen: &Observation) -> Expectation {
        let is_readable = seen.outcome == StepOutcome::Readable;
        let names = match &self.act {
            Act::See(names) if is_readable => names.as_slice(),
            Act::Lines(_) | Act::Read | Act::See(_) | Act::Set(_) | Act::Use(_) => &[],
        };
        let is_visible = |name: &&String| {
            let mut shown = seen.headers.iter();
            shown.any(|(shown, _)| shown.as_bytes().eq_ignore_ascii_case(name.as_bytes()))
        };
        let (visible, hidden): (Vec<_>, Vec<_>) = names.iter().partition(is_visible);
        Expectation {
            outcome: seen.outcome,
            reason: seen.reasons.first().cloned(),
            status: seen.status.filter(|_| is_readable),
            visible_headers: visible.into_iter().map(|name| pair((name, "1"))).collect(),
            hidden_headers: hidden
                .into_iter()
                .map(|name| name.as_str().into())
                .collect(),
            body: None,
            requests: seen
                .exchanges
                .iter()
                .map(|exchange| request(&exchange.request))
                .collect(),
            responses: match &self.act {
                Act::Lines(lines) => self.answer_to(lines, policy),
                Act::Read | Act::See(_) | Act::Set(_) | Act::Use(_) => Vec::new(),
            },
        }
    }

    /// What is said of the answer to a preflight that asks for `lines`.
    fn answer_to(&self, lines: &[String], policy: &Policy) -> Vec<ResponseAssertion> {
        let allow_headers = || ByteString::from("Access-Control-Allow-Headers");
        let allow_origin = || ByteString::from("Access-Control-Allow-Origin");
        let names = items(lines);
        let unlisted: Vec<_> = names
            .iter()
            .filter(|name| !permits_header(&policy.request_headers, name))
            .collect();
        let mut checks = Vec::new();
        if !super::permits(policy, &self.origin) {
            checks.push(Check::NotEquals {
                header: allow_origin(),
                value: self.origin.as_str().into(),
            });
        } else if unlisted.is_empty() {
            checks.push(Check::StatusOk {});
            if !policy.origins.is_any() {
                checks.push(Check::Equals {
                    header: allow_origin(),
                    value: self.origin.as_str().into(),
                });
            }
            if !policy.request_headers.is_any() {
                checks.extend(names.iter().map(|name| Check::Lists {
                    header: allow_headers(),
                    item: (*name).into(),
                }));
            }
        } else {
            let withheld = unlisted.into_iter().copied();
            checks.extend(withheld.chain(["*"]).map(|name| Check::ListsNot {
                header: allow_headers(),
                item: name.into(),
            }));
        }
        let assertion = |check| ResponseAssertion {
            of: 0,
            kind: None,
            check,
        };
        checks.into_iter().map(assertion).collect()
    }

    /// The weakness classes that a failure points to, and the requirements that it breaks.
    pub(super) fn about(&self, policy: &Policy) -> (Vec<&'static str>, Vec<&'static str>) {
        let may = super::permits(policy, &self.origin);
        let (mut flags, mut rules) = if !may {
            (vec![self.weakness], vec![rule_of(self.weakness)])
        } else if self.credentials != Credentials::Include {
            (Vec::new(), Vec::new())
        } else if policy.credentials {
            (
                vec!["credentials-missing"],
                vec!["server/actual/credentials-pair"],
            )
        } else {
            (
                vec!["credentials-granted"],
                vec!["server/actual/credentials-pair"],
            )
        };
        let (flag, rule) = match &self.act {
            Act::Read => ("not-granted", "server/actual/allowed-origin-echoed"),
            Act::Use(method) if permits(&policy.methods, method) => {
                ("method-check", "server/preflight/requested-method-allowed")
            }
            Act::Use(_) => (
                "method-check",
                "server/preflight/method-not-listed-no-headers",
            ),
            Act::Set(names)
                if names
                    .iter()
                    .all(|n| permits_header(&policy.request_headers, n)) =>
            {
                ("header-check", "server/preflight/requested-headers-allowed")
            }
            Act::Set(_) => (
                "header-check",
                "server/preflight/header-not-listed-no-headers",
            ),
            Act::See(_) => ("expose", "server/actual/expose-headers"),
            Act::Lines(_) => ("header-check", "server/preflight/acrh-parsing"),
        };
        if may && (flag != "not-granted" || flags.is_empty()) {
            flags.push(flag);
            rules.push(rule);
        }
        (flags, rules)
    }
}

/// Who asks for what in `step`, and what must come of it, without a full stop.
pub(super) fn in_words(step: &VectorStep) -> String {
    let client = &step.client;
    let code = |names: Vec<String>| format!("`{}`", names.join("`, `"));
    if client.api == Api::Raw {
        let values = |name: &str| -> Vec<String> {
            let values = lines(&client.headers, name.as_bytes());
            values.map(ByteString::to_text).collect()
        };
        let is_granted = |assertion: &ResponseAssertion| assertion.check == Check::StatusOk {};
        let may = may(step.expect.responses.iter().any(is_granted));
        let (origin, asked) = (values("Origin"), values(REQUESTED));
        return format!(
            "A preflight of {} {may} ask for {}",
            code(origin),
            code(asked)
        );
    }
    let origin = client.origin.as_deref().unwrap_or_default();
    let is_readable = step.expect.outcome == StepOutcome::Readable;
    let may = may(is_readable);
    let with = match client.credentials {
        Credentials::Include => " with credentials",
        Credentials::Omit | Credentials::SameOrigin => "",
    };
    let names = client.headers.iter().map(|(name, _)| name.to_text());
    let names: Vec<_> = names.collect();
    let shown = client.url.iter().flat_map(|url| url.split(['?', '&']));
    let shown = shown.filter_map(|pair| pair.strip_prefix("h=")?.strip_suffix(":1"));
    let shown: Vec<_> = shown.map(str::to_owned).collect();
    let what = if client.method.as_bytes() != b"GET" {
        format!("{may} use `{}`", client.method.to_text())
    } else if !names.is_empty() {
        format!("{may} set {}", code(names))
    } else if is_readable && !shown.is_empty() {
        format!("sees what is exposed of {}", code(shown))
    } else {
        format!("{may} read")
    };
    format!("`{origin}` {what}{with}")
}

fn may(granted: bool) -> &'static str {
    if granted { "may" } else { "may not" }
}

/// An expectation that demands nothing yet.
pub(super) fn nothing() -> Expectation {
    let json = json!({ "outcome": StepOutcome::Opaque, "requests": [] });
    serde_json::from_value(json).expect("every other field has a default")
}

fn pair<N: AsRef<str>, V: AsRef<str>>((name, value): (N, V)) -> (ByteString, ByteString) {
    (name.as_ref().into(), value.as_ref().into())
}

fn value_of(header: &str) -> &'static str {
    match header {
        "authorization" => "Bearer x",
        "content-type" => "application/json",
        _ => "1",
    }
}

/// The names on `lines`.
fn items(lines: &[String]) -> Vec<&str> {
    let items = lines.iter().flat_map(|line| line.split(','));
    items.map(str::trim).collect()
}

/// Whether the operator means `method` to be used.
pub(super) fn permits(methods: &Listing<String>, method: &str) -> bool {
    let listed = methods.listed();
    methods.is_any() || listed.iter().any(|item| item == method)
}

/// Whether the operator means `header` to be set, or seen.
pub(super) fn permits_header(headers: &Listing<String>, header: &str) -> bool {
    let listed = headers.listed();
    headers.is_any() || listed.iter().any(|item| item.eq_ignore_ascii_case(header))
}

fn rule_of(weakness: &str) -> &'static str {
    match weakness {
        "null-origin" => "server/actual/null-only-if-configured",
        "reflected-origin" => "server/actual/disallowed-origin-no-headers",
        _ => "server/actual/origin-comparison-exact",
    }
}

/// The request, as far as browsers are bound to send it so.
fn request(seen: &SeenRequest) -> ExpectedRequest {
    let header = |name: &str| {
        // On several lines it is the vector's own doing.
        let mut values = lines(&seen.headers, name.as_bytes());
        let value = values.next().filter(|_| values.next().is_none())?;
        Some((name.into(), value.clone()))
    };
    let names = ["Origin", "Access-Control-Request-Method", REQUESTED];
    ExpectedRequest {
        method: seen.method.clone(),
        url: None,
        headers: names.into_iter().filter_map(header).collect(),
        absent_headers: Vec::new(),
        body: None,
        handled: None,
    }
}
