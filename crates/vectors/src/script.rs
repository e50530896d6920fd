//! Canned answers, byte for byte.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bytes::ByteString;

/// What the scripted server answers, in order.
///
/// A request takes the first answer that it matches and that was not given yet; when all that match
/// were given, the last one of them is given again. A request that matches none is answered with 500
/// and no CORS headers.
// Shared by all that play it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Script(pub Arc<[Answer]>);

/// One canned answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Which requests it is for; all, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<RequestMatch>,
    /// The status code, any three digits.
    #[serde(default = "ok")]
    pub status: u16,
    /// The reason phrase; empty if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ByteString>,
    /// Header lines, in order, spelled as given; duplicates allowed.
    ///
    /// In values, `{url:https://other.example/next}` stands for that address within this script, and the
    /// value `{websocket-accept}` for what proves that the key of a `WebSocket` was read.
    /// `Content-Length` is added unless it or `Transfer-Encoding` is given or the status has no body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(ByteString, ByteString)>,
    /// The body; `ok` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<ByteString>,
    /// If present, exactly these bytes are sent instead of all the above, and the connection is
    /// closed; the empty string hangs up without an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<ByteString>,
}

/// Which requests an answer is for: those that have everything named here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestMatch {
    /// The method, exact bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The host of the request, with its port if that is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The path, without query, such as `/next`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

const fn ok() -> u16 {
    200
}

impl RequestMatch {
    fn matches(&self, request: &Asked<'_>) -> bool {
        let agrees = |wanted: &Option<String>, found: &[u8]| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.as_bytes() == found)
        };
        agrees(&self.method, request.method)
            && agrees(&self.host, request.host)
            && agrees(&self.path, request.path)
    }
}

/// The parts of a request that choose an answer.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a [u8],
    /// The `Host` header's value.
    pub host: &'a [u8],
    /// The path without query, as the vector writes it.
    pub path: &'a [u8],
}

/// A script being played: remembers which answers were given.
#[derive(Clone, Debug)]
pub struct Playing {
    script: Script,
    given: Vec<bool>,
}

impl Playing {
    /// Starts `script`.
    pub fn new(script: Script) -> Self {
        let given = vec![false; script.0.len()];
        Self { script, given }
    }

    /// The answer to `request`; none if the script has none for it.
    pub fn answer(&mut self, request: &Asked<'_>) -> Option<&Answer> {
        let fits = |answer: &Answer| answer.to.as_ref().is_none_or(|to| to.matches(request));
        let candidates = self
            .script
            .0
            .iter()
            .zip(&mut self.given)
            .filter(|(answer, _)| fits(answer));
        let mut last = None;
        for (answer, given) in candidates {
            if !*given {
                *given = true;
                return Some(answer);
            }
            last = Some(answer);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Asked, Playing, Script};

    fn statuses(script: &str, requests: &[(&str, &str)]) -> Vec<Option<u16>> {
        let script: Script = serde_json::from_str(script).unwrap();
        let mut playing = Playing::new(script);
        let asked = |(method, path): &(&'static str, &'static str)| Asked {
            method: method.as_bytes(),
            host: b"api.example",
            path: path.as_bytes(),
        };
        let requests: Vec<(&'static str, &'static str)> = requests
            .iter()
            .map(|(m, p)| (&*m.to_string().leak(), &*p.to_string().leak()))
            .collect();
        requests
            .iter()
            .map(|request| playing.answer(&asked(request)).map(|a: &Answer| a.status))
            .collect()
    }

    #[test]
    fn answers_come_in_order_and_the_last_one_stays() {
        let script = r#"[{"status":201},{"status":202}]"#;
        assert_eq!(
            statuses(script, &[("GET", "/"); 3]),
            [Some(201), Some(202), Some(202)]
        );
    }

    #[test]
    fn each_request_takes_what_it_matches() {
        let script = r#"[{"to":{"method":"OPTIONS"},"status":204},
                         {"to":{"path":"/b"},"status":201},
                         {"to":{"method":"OPTIONS"},"status":403}]"#;
        let requests = [
            ("OPTIONS", "/a"),
            ("PUT", "/b"),
            ("OPTIONS", "/a"),
            ("PUT", "/b"),
            ("PUT", "/a"),
        ];
        assert_eq!(
            statuses(script, &requests),
            [Some(204), Some(201), Some(403), Some(201), None]
        );
    }
}
