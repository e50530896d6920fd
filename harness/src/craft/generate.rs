//! Vectors made up at random, by laws that every sound server obeys under every policy.
//!
//! | what | module |
//! | --- | --- |
//! | what is drawn at random | `draft` |
//! | a policy of it that is sound, and that the subject can express | [`fit`] |
//! | what each law makes of it | `law`, `ask` |
//! | what fails, made as small as can be | [`findings`], [`shrink`], [`trial`] |
//!
//! The same seed gives the same vectors, byte for byte, and each of them whatever their number. What a
//! step must lead to follows from the policy: it is what the oracle's client comes to with a sound
//! server, as in every other vector. So where a law compares two servers, or two orders, the one that
//! fails stands as a step.

mod ask;
mod draft;
pub mod findings;
pub mod fit;
mod law;
pub mod shrink;
pub mod trial;

use std::{collections::BTreeMap, sync::Arc};

use ask::{Act, Ask};
use crosscheck_reference::site::Site;
use crosscheck_replay::{
    case::{Case, Server},
    predict::predicted,
};
use crosscheck_vectors::{
    load::Files,
    policy::Policy,
    vector::{PolicySource, SuiteFile, Vector, VectorId, VectorStep},
};
use draft::Draft;
use fit::Fit;
pub use law::Law;
use law::Plan;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// How often something is drawn before a law is given up for a subject.
const MOST_DRAWS: u32 = 200;

/// What vectors are made of.
#[derive(Clone, Debug)]
pub struct Source {
    /// The same seed gives the same vectors.
    pub seed: u64,
    /// What the subject can express.
    pub fit: Fit,
}

/// A vector in the making.
type Tree = Box<dyn ValueTree<Value = Draft>>;

impl Source {
    /// The suite files of the first `n` vectors; fewer, if the subject can express too little.
    ///
    /// # Panics
    ///
    /// Never: vectors can be written as JSON.
    pub fn files(&self, n: u32) -> Files {
        let mut topics: BTreeMap<Law, Vec<Vector>> = BTreeMap::new();
        for number in 1..=n {
            if let Some((_, vector)) = self.vector(number) {
                topics.entry(law_of(number)).or_default().push(vector);
            }
        }
        let file = |(law, vectors): (Law, Vec<Vector>)| {
            let statement = law.statement();
            let file = SuiteFile {
                title: format!("Generated: {}", lower(statement.trim_end_matches('.'))),
                about: format!("{statement} Policies and requests are made up."),
                vectors,
            };
            let json = serde_json::to_vec(&file).expect("a suite file has only string keys");
            (format!("{}.json", topic(law)), json)
        };
        topics.into_iter().map(file).collect()
    }

    /// The vector of this number, from 1, and what it can be made smaller by.
    fn vector(&self, number: u32) -> Option<(Tree, Vector)> {
        let law = law_of(number);
        let strategy = draft::draft(law);
        (0..MOST_DRAWS).find_map(|draw| {
            let tree = strategy.new_tree(&mut self.runner(number, draw)).ok()?;
            let vector = self.vector_of(law, number, &tree.current())?;
            Some((Box::new(tree) as Tree, vector))
        })
    }

    /// What `law` makes of `draft`; none if that says nothing about it.
    fn vector_of(&self, law: Law, number: u32, draft: &Draft) -> Option<Vector> {
        vector(law, format!("{number:03}"), law.plan(draft, &self.fit)?)
    }

    /// A source of randomness that is the same on every machine.
    fn runner(&self, number: u32, draw: u32) -> TestRunner {
        let mut seed = [0; 32];
        let parts = [
            self.seed.to_le_bytes(),
            u64::from(number).to_le_bytes(),
            u64::from(draw).to_le_bytes(),
        ];
        for (place, byte) in seed.iter_mut().zip(parts.concat()) {
            *place = byte;
        }
        let config = Config {
            failure_persistence: None,
            ..Config::default()
        };
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        TestRunner::new_with_rng(config, random)
    }
}

/// The laws take turns.
fn law_of(number: u32) -> Law {
    let mut turns = Law::ALL.into_iter().cycle();
    turns
        .nth(number.wrapping_sub(1) as usize % Law::ALL.len())
        .unwrap_or(Law::Grants)
}

/// The place of the suite file of `law`.
fn topic(law: Law) -> String {
    format!("server/generated-{law}")
}

/// The law and the number of a generated vector; none for any other.
pub fn origin_of(id: &VectorId) -> Option<(Law, u32)> {
    let (place, number) = id.as_str().rsplit_once('/')?;
    let number = number.parse().ok()?;
    let law = law_of(number);
    (place == topic(law)).then_some((law, number))
}

/// Whether the operator means the page of `origin` to be let in.
fn permits(policy: &Policy, origin: &str) -> bool {
    policy.origins.means(origin)
}

fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The vector of `plan`: each step ends as a conforming client does with a sound server that is true to
/// the intent.
fn vector(law: Law, name: String, plan: Plan) -> Option<Vector> {
    let Plan {
        intent,
        written,
        mut asks,
    } = plan;
    // What is only advised stands by itself.
    let kind = asks.first()?.kind(&intent);
    asks.retain(|ask| ask.kind(&intent) == kind);
    let (mut flags, mut requirements) = (Vec::new(), Vec::new());
    for (of_ask, rules) in asks.iter().map(|ask| ask.about(&intent)) {
        add(&mut flags, of_ask);
        add(&mut requirements, rules);
    }
    if law == Law::Memory {
        add(&mut flags, vec!["cache-poisoning"]);
    }
    let mut vector = Vector {
        name,
        title: String::new(),
        why: law.statement().to_owned(),
        kind,
        requirements,
        concepts: Vec::new(),
        flags,
        requires: Vec::new(),
        depends_on: Vec::new(),
        policy: Some(PolicySource::Inline(intent.clone())),
        script: None,
        through: None,
        steps: steps(&asks),
    };
    let case = Case {
        id: VectorId::parse(&format!("{}/draft", topic(law))).ok()?,
        vector: Arc::new(vector.clone()),
        policy: Some(Arc::new(intent.clone())),
        server: Ok(Server::Site(Arc::new(Site::try_from(&intent).ok()?))),
    };
    let seen = predicted(&case).ok()??;
    for ((step, ask), seen) in vector.steps.iter_mut().zip(&asks).zip(&seen) {
        step.expect = ask.expectation(&intent, seen);
    }
    vector.title = law.title(&vector.steps);
    vector.policy = Some(PolicySource::Inline(written));
    Some(vector)
}

fn add(all: &mut Vec<String>, some: Vec<&'static str>) {
    for item in some {
        if !all.iter().any(|known| known == item) {
            all.push(item.to_owned());
        }
    }
}

/// The steps of `asks`, of which nothing is demanded yet.
fn steps(asks: &[Ask]) -> Vec<VectorStep> {
    let step = |(at, ask): (usize, &Ask)| {
        // A permission that the browser still has would hide what the server does.
        let needs_permission = matches!(ask.act, Act::Set(_) | Act::Use(_));
        let mut earlier = asks.iter().take(at);
        let again = needs_permission && earlier.any(|earlier| earlier.origin == ask.origin);
        VectorStep {
            client: ask.client(again.then_some(at + 1)),
            expect: ask::nothing(),
        }
    };
    asks.iter().enumerate().map(step).collect()
}
