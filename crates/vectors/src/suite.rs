//! All vectors together, and what can be wrong with them.

use std::{collections::BTreeMap, fmt, sync::Arc};

use crate::{
    catalogue::{Accounted, Concepts, Flags, Requirements},
    policy::Policy,
    vector::{PolicyFile, PolicySource, Vector, VectorId},
};

/// All vectors and what they refer to.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The vectors, by id.
    pub vectors: BTreeMap<VectorId, Arc<Vector>>,
    /// The suite files' titles and descriptions, by place (`server/vary`).
    pub topics: BTreeMap<String, Topic>,
    /// The policies, by name.
    pub policies: BTreeMap<String, PolicyFile>,
    /// What must be covered.
    pub requirements: Requirements,
    /// The claims to prove.
    pub concepts: Concepts,
    /// The weakness classes.
    pub flags: Flags,
    /// Requirements that no test can reach.
    pub accounted: Vec<Accounted>,
}

/// What a suite file says of itself.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its title.
    pub title: String,
    /// Its description.
    pub about: String,
}

impl Suite {
    /// The titles of the suite files, by place (`server/vary`).
    pub fn topic_titles(&self) -> BTreeMap<String, String> {
        let topics = self.topics.iter();
        topics
            .map(|(place, topic)| (place.clone(), topic.title.clone()))
            .collect()
    }

    /// The policy of `vector`; none for a script.
    pub fn policy_of<'a>(&'a self, vector: &'a Vector) -> Option<&'a Policy> {
        match vector.policy.as_ref()? {
            PolicySource::Inline(policy) => Some(policy),
            PolicySource::Suite(name) => self.policies.get(name).map(|file| &file.policy),
        }
    }

    /// Why a sound server refuses the policy of `vector`; none if it should not.
    pub fn refuse_because(&self, vector: &Vector) -> Option<&str> {
        match vector.policy.as_ref()? {
            PolicySource::Inline(_) => None,
            PolicySource::Suite(name) => self.policies.get(name)?.refuse_because.as_deref(),
        }
    }
}

/// One thing wrong with a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, below the suite's folder.
    pub file: String,
    /// The place in it: a JSON path such as `vectors[3].steps[0].expect`, or a vector's id.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.file, self.place, self.message)
    }
}
