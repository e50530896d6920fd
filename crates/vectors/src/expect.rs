//! What the standard demands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{bytes::ByteString, kind::Kind};

/// What one step must lead to.
///
/// Fields that do not apply to the outcome are left out; those that apply are all compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// How the call ends for the page.
    pub outcome: StepOutcome,
    /// The name of the failure; present exactly if the outcome is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The status that the page sees; present exactly if the outcome is readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Response headers that the page can read, with their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visible_headers: Vec<(ByteString, ByteString)>,
    /// Response headers that arrive but that the page must not see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_headers: Vec<ByteString>,
    /// The body that the page reads, exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<ByteString>,
    /// The requests that reach the server, all of them and in order.
    pub requests: Vec<ExpectedRequest>,
    /// Assertions on the raw answers; only under a policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<ResponseAssertion>,
}

/// How a call ends for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
// The published schema has this name.
#[schemars(rename = "ExpectedOutcome")]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// An HTTP response arrived; the only outcome of a `raw` request.
    Answered,
    /// The interface refuses the call, and nothing is sent.
    ApiError,
    /// The call fails with nothing to see.
    NetworkError,
    /// A response of type `opaque`.
    Opaque,
    /// A response of type `opaqueredirect`.
    OpaqueRedirect,
    /// A response of type `basic` or `cors`.
    Readable,
}

/// One request as the server must see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRequest {
    /// The method, exact bytes.
    pub method: ByteString,
    /// Where it goes, as `client.url`; absent means the address of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Header lines that must be there, exactly once each and with this value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(ByteString, ByteString)>,
    /// Headers that must not be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent_headers: Vec<ByteString>,
    /// The body, exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<ByteString>,
    /// Whether the application behind the policy must run; only under a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handled: Option<bool>,
}

/// An assertion on one raw answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseAssertion {
    /// Which answer: the index of its request, from 0.
    pub of: usize,
    /// How much the standard cares, if less than the vector's kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// What must hold.
    pub check: Check,
}

/// What must hold for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "type", deny_unknown_fields)]
pub enum Check {
    /// There is no such header.
    Absent {
        /// Its name.
        header: ByteString,
    },
    /// There is no header whose name begins with `Access-Control-`.
    NoCorsHeaders {},
    /// The header is there, on one line, with exactly this value.
    Equals {
        /// Its name.
        header: ByteString,
        /// Its value.
        value: ByteString,
    },
    /// The header is not this value (a missing header passes).
    NotEquals {
        /// Its name.
        header: ByteString,
        /// The value it must not have.
        value: ByteString,
    },
    /// Some item of the comma-separated header equals this one, ignoring case.
    Lists {
        /// Its name.
        header: ByteString,
        /// The item.
        item: ByteString,
    },
    /// Some item equals this one byte for byte.
    ListsExactly {
        /// Its name.
        header: ByteString,
        /// The item.
        item: ByteString,
    },
    /// No item equals this one, ignoring case (a missing header passes).
    ListsNot {
        /// Its name.
        header: ByteString,
        /// The item.
        item: ByteString,
    },
    /// No item occurs twice, ignoring case.
    ListsOnce {
        /// Its name.
        header: ByteString,
    },
    /// No cache hands the answer to a request that differs in this header: `Vary` lists it, or `*`,
    /// or `Cache-Control` has `no-store`.
    Varies {
        /// The request header's name.
        by: ByteString,
    },
    /// The header, if there, is one or more decimal digits on one line.
    Digits {
        /// Its name.
        header: ByteString,
    },
    /// The header, if there, is a list of tokens.
    Tokens {
        /// Its name.
        header: ByteString,
    },
    /// Every `Access-Control-*` header obeys its grammar and stands on as many lines as it may.
    Grammar {},
    /// The status is one of these.
    StatusIn {
        /// The accepted codes.
        any_of: Vec<u16>,
    },
    /// The status is 200–299.
    StatusOk {},
    /// There is no body.
    EmptyBody {},
}
