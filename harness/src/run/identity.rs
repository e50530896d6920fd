//! What a run is about: only a run about the same goes on with its results.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crosscheck_replay::case::Case;
use crosscheck_report::results;
use crosscheck_vectors::policy::Policy;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    VERSION,
    client::remote::{Certificates, PrivateHeader},
    run::{Config, hexadecimal::hexadecimal},
    subject::{DeployedConfig, SubjectConfig, adapter::manifest::Manifest},
};

/// So many bytes are kept of the digest of a private value: enough to notice another value, too few to
/// confirm a guess.
const PRIVATE_BYTES: usize = 2;

/// What changes what is sent, or how it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The suite's version.
    Suite,
    /// What is judged: its kind, its name and its version.
    Subject,
    /// Where the adapter's file is.
    Adapter,
    /// That file, and the command.
    Command,
    /// Where the deployed server is.
    Url,
    /// The policy that is declared for it.
    Policy,
    /// Which certificates are taken.
    Certificates,
    /// Which methods are sent.
    Methods,
    /// The fault of the reference server.
    Fault,
    /// What stands around its policy.
    Layers,
    /// The legs.
    Legs,
    /// How long an answer may take.
    Patience,
    /// All vectors there are.
    Collection,
    /// The ids of those that are selected.
    Selection,
    /// What these say, roles filled in and with their policies.
    Vectors,
}

impl Part {
    /// Whether its values are for people.
    fn is_shown(self) -> bool {
        match self {
            Self::Suite
            | Self::Subject
            | Self::Adapter
            | Self::Url
            | Self::Certificates
            | Self::Methods
            | Self::Fault
            | Self::Layers
            | Self::Legs
            | Self::Patience => true,
            Self::Command | Self::Policy | Self::Collection | Self::Selection | Self::Vectors => {
                false
            }
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suite => "the suite's version",
            Self::Subject => "the subject",
            Self::Adapter => "the adapter",
            Self::Command => "the adapter's command",
            Self::Url => "the URL",
            Self::Policy => "the policy",
            Self::Certificates => "the certificates that are taken",
            Self::Methods => "the methods that are sent",
            Self::Fault => "the fault",
            Self::Layers => "the layers",
            Self::Legs => "the legs",
            Self::Patience => "the time for an answer",
            Self::Collection => "the suite's vectors",
            Self::Selection => "the selected vectors",
            Self::Vectors => "what the vectors say",
        })
    }
}

/// What a run is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub(super) subject: String,
    pub(super) parts: BTreeMap<Part, String>,
    pub(super) private: Vec<PrivateHeader>,
}

/// What the first line of a ledger says: an [`Identity`] that holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    suite: String,
    /// The subject in words.
    pub(super) subject: String,
    parts: BTreeMap<Part, String>,
    /// The key of the digests.
    key: String,
    /// The names of private headers, each with a part of a keyed digest of its value.
    private: Vec<(String, String)>,
}

impl Identity {
    /// That of the run of `cases` as `config` says, on what turned out to be `subject`.
    pub fn of(config: &Config, subject: &results::Subject, cases: &[Case]) -> Self {
        let mut parts: BTreeMap<_, _> = [
            (Part::Suite, VERSION.to_owned()),
            (Part::Fault, or_none(subject.fault.as_deref())),
            (Part::Layers, or_none(Some(&subject.layers.join(", ")))),
            (Part::Legs, legs(config)),
            (
                Part::Patience,
                format!("{} s", config.patience.as_secs_f64()),
            ),
            (
                Part::Collection,
                digest(config.suite.vectors.iter().map(|vector| json(&vector))),
            ),
            (
                Part::Selection,
                digest(cases.iter().map(|case| case.id.to_string())),
            ),
            (Part::Vectors, digest(cases.iter().map(said))),
        ]
        .into();
        let mut private = Vec::new();
        let kind = match &config.subject {
            SubjectConfig::Adapter(manifest) => {
                parts.extend(of_adapter(manifest));
                "by its adapter"
            }
            SubjectConfig::Deployed(deployed) => {
                parts.extend(of_deployed(deployed));
                private.clone_from(&deployed.settings.private);
                "deployed"
            }
            SubjectConfig::Reference(_) => "built in",
        };
        let words = format!("{} {}", subject.name, subject.version);
        parts.insert(Part::Subject, format!("{words}, {kind}"));
        Self {
            subject: words,
            parts,
            private,
        }
    }

    /// What is written down of it; `key` is for the digests of what is private.
    pub(super) fn head(&self, key: String) -> Head {
        Head {
            suite: VERSION.to_owned(),
            subject: self.subject.clone(),
            parts: self.parts.clone(),
            private: self.private_digests(&key),
            key,
        }
    }

    /// What was otherwise in the run of which `then` was written down; nothing if nothing was.
    pub(super) fn differences(&self, then: &Head) -> Vec<String> {
        let mut found = Vec::new();
        let all = [&self.parts, &then.parts];
        let all: BTreeSet<_> = all.into_iter().flat_map(BTreeMap::keys).collect();
        for &part in all {
            let (before, now) = (then.parts.get(&part), self.parts.get(&part));
            if before == now || is_consequence(part) && !found.is_empty() {
                continue;
            }
            found.push(match (before, now) {
                (Some(before), Some(now)) if part.is_shown() => {
                    format!("{part} ({before} then, {now} now)")
                }
                _ => part.to_string(),
            });
        }
        if self.private_digests(&then.key) != then.private {
            found.push("the private headers".to_owned());
        }
        found
    }

    fn private_digests(&self, key: &str) -> Vec<(String, String)> {
        let digest = |header: &PrivateHeader| {
            let mut hasher = Sha256::new();
            hasher.update(key);
            hasher.update([0]);
            hasher.update(header.secret());
            let digest: Vec<_> = hasher.finalize().into_iter().take(PRIVATE_BYTES).collect();
            (header.name().to_owned(), hexadecimal(&digest))
        };
        let mut digests: Vec<_> = self.private.iter().map(digest).collect();
        digests.sort();
        digests
    }
}

/// Whether `part` may differ only because another does: vectors are put under the policy of a deployed server,
/// and other ids are other vectors.
fn is_consequence(part: Part) -> bool {
    matches!(part, Part::Collection | Part::Selection | Part::Vectors)
}

fn or_none(text: Option<&str>) -> String {
    let text = text.filter(|text| !text.is_empty());
    text.unwrap_or("none").to_owned()
}

fn legs(config: &Config) -> String {
    let words: Vec<_> = config
        .legs
        .iter()
        .map(|leg| leg.leg().to_string())
        .collect();
    words.join(" and ")
}

fn of_adapter(manifest: &Manifest) -> [(Part, String); 2] {
    let place = manifest.place();
    let real = place.canonicalize().unwrap_or_else(|_| place.to_owned());
    let file = std::fs::read_to_string(place).unwrap_or_default();
    let words = manifest.command.iter().cloned();
    [
        (Part::Adapter, real.display().to_string()),
        (Part::Command, digest(words.chain([file]))),
    ]
}

fn of_deployed(deployed: &DeployedConfig) -> [(Part, String); 4] {
    let deployment = &deployed.deployment;
    let certificates = match deployed.settings.certificates {
        Certificates::Any => "any",
        Certificates::Trusted => "trusted",
    };
    let methods = if deployment.sends(b"PUT") {
        "all"
    } else {
        "safe ones"
    };
    [
        (Part::Url, deployment.url().to_string()),
        (Part::Policy, digest([json(deployment.policy())])),
        (Part::Certificates, certificates.to_owned()),
        (Part::Methods, methods.to_owned()),
    ]
}

/// What a case says.
fn said(case: &Case) -> String {
    let policy: Option<&Policy> = case.policy.as_deref();
    json(&(&case.id, &*case.vector, policy))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("vectors and policies can be written")
}

/// The SHA-256 of `texts`, in hexadecimal digits; the same in every build.
fn digest(texts: impl IntoIterator<Item = String>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.len().to_le_bytes());
        hasher.update(text);
    }
    hexadecimal(&hasher.finalize())
}

/// A new key for digests.
pub(super) fn new_key() -> std::io::Result<String> {
    let mut key = [0; 16];
    getrandom::fill(&mut key)?;
    Ok(hexadecimal(&key))
}

#[cfg(test)]
mod tests {
    use super::{Identity, Part, new_key};

    fn identity(parts: &[(Part, &str)], headers: &[&str]) -> Identity {
        let parts = parts
            .iter()
            .map(|(part, value)| (*part, (*value).to_owned()));
        let private = headers.iter().map(|line| line.parse().unwrap());
        Identity {
            subject: "reference 1".to_owned(),
            parts: parts.collect(),
            private: private.collect(),
        }
    }

    #[test]
    fn what_differs_is_named() {
        let then = identity(
            &[
                (Part::Legs, "wire"),
                (Part::Policy, "00"),
                (Part::Vectors, "00"),
            ],
            &[],
        );
        let now = identity(
            &[
                (Part::Legs, "wire and chromium"),
                (Part::Policy, "01"),
                (Part::Vectors, "01"),
            ],
            &["X-Key: a"],
        );
        let then = then.head(new_key().unwrap());
        assert_eq!(
            now.differences(&then),
            [
                "the policy",
                "the legs (wire then, wire and chromium now)",
                "the private headers"
            ]
        );
    }

    #[test]
    fn vectors_are_named_if_nothing_else_differs() {
        let [then, now] = ["00", "01"].map(|digest| identity(&[(Part::Vectors, digest)], &[]));
        let then = then.head(new_key().unwrap());
        assert_eq!(now.differences(&then), ["what the vectors say"]);
    }

    #[test]
    fn private_values_are_compared_and_not_written() {
        let head = identity(&[], &["X-Key: secret", "Cookie: a=b"]).head(new_key().unwrap());
        let text = serde_json::to_string(&head).unwrap();
        assert!(text.contains("x-key") && text.contains("cookie"), "{text}");
        assert!(!text.contains("secret") && !text.contains("a=b"), "{text}");
        let same = identity(&[], &["Cookie: a=b", "X-Key: secret"]);
        assert!(same.differences(&head).is_empty(), "their order is nothing");
        for other in [&["X-Key: secret"][..], &["X-Key: secreT", "Cookie: a=b"]] {
            // Two bytes of a digest can be the same by chance, under one key, not under four.
            let notices = (0..4).any(|_| {
                let head =
                    identity(&[], &["X-Key: secret", "Cookie: a=b"]).head(new_key().unwrap());
                !identity(&[], other).differences(&head).is_empty()
            });
            assert!(notices, "{other:?}");
        }
    }
}
