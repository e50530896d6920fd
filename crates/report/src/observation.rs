//! What a leg saw.

use crosscheck_vectors::{bytes::ByteString, expect::StepOutcome};
use serde::{Deserialize, Serialize};

/// What one step led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// How the call ended for the page.
    pub outcome: StepOutcome,
    /// The failure names that fit what the leg was told, the likeliest first; empty if it succeeded
    /// or was told nothing.
    pub reasons: Vec<String>,
    /// What the leg was told in its own words, such as `MissingAllowOriginHeader`.
    pub detail: Option<String>,
    /// The status that the page sees.
    pub status: Option<u16>,
    /// The headers that the page sees: lower-case names, combined values.
    pub headers: Vec<(ByteString, ByteString)>,
    /// The body that the page reads.
    pub body: Option<ByteString>,
    /// What went over the wire, in order; the server's journal, where there is one.
    pub exchanges: Vec<Exchange>,
    /// The steps of the standard that led here; only from the model.
    pub trace: Vec<TraceLine>,
}

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The request.
    pub request: SeenRequest,
    /// The answer; none if the connection ended without one.
    pub response: Option<SeenResponse>,
    /// Whether the application ran; none if nobody can tell.
    pub handled: Option<bool>,
}

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenRequest {
    /// The method.
    pub method: ByteString,
    /// The absolute URL as the vector writes it, without the harness's own parts.
    pub url: String,
    /// Header lines in order, spelled as they arrived.
    pub headers: Vec<(ByteString, ByteString)>,
    /// The body, at most 64 KiB of it.
    pub body: ByteString,
}

impl SeenRequest {
    /// Whether this is a CORS-preflight request.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#cors-preflight-request>
    pub fn is_preflight(&self) -> bool {
        let has = |name: &str| lines(&self.headers, name.as_bytes()).next().is_some();
        self.method.as_bytes() == b"OPTIONS"
            && has("origin")
            && has("access-control-request-method")
    }
}

/// An answer as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenResponse {
    /// The status code.
    pub status: u16,
    /// Header lines in order, spelled as they were sent.
    pub headers: Vec<(ByteString, ByteString)>,
    /// The body, at most 64 KiB of it.
    pub body: ByteString,
}

/// One step of the standard, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceLine {
    /// The fragment of the Fetch Standard.
    pub anchor: String,
    /// The step, such as `step 4`; may be empty.
    pub step: String,
    /// What was found.
    pub text: String,
    /// What it meant.
    pub verdict: TraceVerdict,
}

/// What a step of the standard meant for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TraceVerdict {
    /// It ended the request.
    Fail,
    /// It decided what happens next.
    Note,
    /// It let the request pass.
    Pass,
}

/// The values of the header lines called `name` in any case, in order.
pub fn lines<'a>(
    headers: &'a [(ByteString, ByteString)],
    name: &'a [u8],
) -> impl Iterator<Item = &'a ByteString> {
    headers
        .iter()
        .filter(move |(seen, _)| seen.as_bytes().eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// The outcome's name in vectors.
pub(crate) fn outcome_word(outcome: StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Answered => "answered",
        StepOutcome::ApiError => "api-error",
        StepOutcome::NetworkError => "network-error",
        StepOutcome::Opaque => "opaque",
        StepOutcome::OpaqueRedirect => "opaque-redirect",
        StepOutcome::Readable => "readable",
    }
}
