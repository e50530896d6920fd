//! What suite and adapter tell each other: one JSON object per line.

use std::collections::BTreeMap;

pub use crosscheck_vectors::capability::Capability;
use crosscheck_vectors::policy::Policy;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the protocol.
pub const PROTOCOL: u32 = 1;

/// What the suite tells an adapter, on its standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// The first line. The adapter answers with its own `hello`.
    Hello {
        /// The version of the protocol: 1.
        protocol: u32,
        /// The suite's version.
        suite: String,
    },
    /// Start the subject under a policy. The adapter answers with `ready`, `refused`, `unsupported` or
    /// `error`.
    Serve {
        /// Names the instance; never used twice.
        id: u64,
        /// The address to listen on, such as `127.0.0.1`; the port is the adapter's choice.
        bind: String,
        /// The policy.
        #[schemars(with = "Policy")]
        policy: Value,
    },
    /// End an instance and free its port. The adapter answers with `stopped`.
    Stop {
        /// The instance.
        id: u64,
    },
    /// End everything. What still runs after two seconds is terminated, after five killed. The end of
    /// the standard input means the same.
    Bye {},
}

/// What an adapter answers, on its standard output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Reply {
    /// Who is judged, and what it can be asked.
    Hello(Hello),
    /// The instance is listening.
    Ready {
        /// The instance.
        id: u64,
        /// Its address, such as `http://127.0.0.1:41873`; a path is put before the subject's own.
        base_url: String,
    },
    /// The subject itself refuses to be configured so. This is a result.
    Refused {
        /// The instance.
        id: u64,
        /// In the subject's words.
        reason: String,
    },
    /// The subject cannot express this; only for a feature that `hello` names as unsupported.
    Unsupported {
        /// The instance.
        id: u64,
        /// The feature.
        feature: String,
        /// Why.
        reason: String,
    },
    /// The adapter could not do it.
    Error {
        /// The instance, if it was about one.
        #[serde(default)]
        id: Option<u64>,
        /// What went wrong.
        message: String,
    },
    /// The instance is gone, and its port free.
    Stopped {
        /// The instance.
        id: u64,
    },
}

/// Who is judged, and what it can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of the protocol: 1.
    pub protocol: u32,
    /// The subject's name.
    pub name: String,
    /// The subject's version.
    pub version: String,
    /// The language it is written in.
    pub language: String,
    /// Where it lives.
    #[serde(default)]
    pub homepage: Option<String>,
    /// Where its defects are reported.
    #[serde(default)]
    pub issues: Option<String>,
    /// What it can be asked.
    pub capabilities: Vec<Capability>,
    /// What it cannot be asked, each with the reason.
    #[serde(default)]
    pub unsupported: BTreeMap<String, String>,
    /// Whether a running instance can be given another policy; not used in version 1.
    #[serde(default)]
    pub reconfigure: bool,
    /// Whether the program serves one instance in its life.
    #[serde(default)]
    pub one_shot: bool,
    /// How many instances can run at a time.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub concurrent_instances: u16,
}

fn one() -> u16 {
    1
}

impl Hello {
    /// Whether the subject can be asked what the suite calls `feature`.
    pub fn can(&self, feature: &str) -> bool {
        self.capabilities.iter().any(|can| can.word() == feature)
    }

    /// Why the subject cannot be asked `feature`; none if it can.
    pub fn why_not(&self, feature: &str) -> Option<String> {
        if self.can(feature) {
            return None;
        }
        let reason = self.unsupported.get(feature);
        let reason = reason.map_or("it is not among its capabilities", |reason| reason);
        Some(format!(
            "the subject does not support `{feature}`: {reason}"
        ))
    }

    /// How many instances may run at a time: at least one.
    pub fn n_instances(&self) -> usize {
        usize::from(self.concurrent_instances.max(1))
    }
}

/// Both sides of the protocol.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Line {
    Request(Request),
    Reply(Reply),
}

/// The schema of one line, as text with a final newline: the content of `protocol.schema.json`.
///
/// # Panics
///
/// Never: a schema can be written as JSON.
pub fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Line>();
    schema.insert(
        "title".to_owned(),
        "One line of the adapter protocol".into(),
    );
    let text = serde_json::to_string_pretty(&schema).expect("a schema has only string keys");
    format!("{text}\n")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Reply, schema};

    #[rstest]
    #[case::made_up_capability(
        r#"{"type":"hello","protocol":1,"name":"a","version":"1","language":"c","capabilities":["magic"]}"#,
        "unknown variant `magic`"
    )]
    #[case::unknown_field_in_hello(
        r#"{"type":"hello","protocol":1,"name":"a","version":"1","language":"c","capabilities":[],"x":1}"#,
        "unknown field `x`"
    )]
    #[case::unknown_field(r#"{"type":"stopped","id":1,"x":1}"#, "unknown field `x`")]
    #[case::unknown_type(r#"{"type":"done","id":1}"#, "unknown variant `done`")]
    #[case::missing_field(r#"{"type":"ready","id":1}"#, "missing field `base_url`")]
    fn what_is_not_in_the_protocol_is_an_error(#[case] line: &str, #[case] message: &str) {
        let error = serde_json::from_str::<Reply>(line).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }

    #[test]
    fn the_published_schema_is_current() {
        let published = include_str!("../../../adapters/protocol.schema.json");
        assert_eq!(published, schema(), "write it anew with `./justw schema`");
    }
}
