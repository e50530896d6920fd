//! What is weak about the grants of a server: pure functions of what was learnt.

mod caches;
mod circumstances;
mod flaps;
mod foreign;
mod headers;
mod origins;
mod preflights;
mod spelling;

pub use spelling::meant_header;

use super::{ask::Place, learn::Learnt, sender::Sharing};

/// How bad it is, by its consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Pages break, or a defence is thinner than it was meant to be.
    Low,
    /// Private data is read by whoever has one more thing, such as a place in the network.
    Medium,
    /// Any site reads what is private to its visitor, or acts in their name.
    High,
}

/// Something that a server does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// Its class: an id of `flags.json`.
    pub class: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What was seen: a sentence for each way in which it shows.
    pub seen: Vec<String>,
    /// The exchanges that show it.
    pub evidence: Vec<Place>,
    /// What a browser can be made to prove.
    pub proof: Option<Proof>,
}

/// A page that reads what it should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its origin; `null` for a sandboxed frame.
    pub origin: String,
    /// What it gets.
    pub sharing: Sharing,
}

/// Something worth knowing that may well be meant, or that hurts nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The class that it would belong to were it a weakness.
    pub class: Option<&'static str>,
    /// What was seen: a sentence.
    pub seen: String,
    /// The exchanges that show it.
    pub evidence: Vec<Place>,
}

/// What is to be said about a server.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// What it does wrong, the worst first; each class once.
    pub weaknesses: Vec<Weakness>,
    /// What else is worth knowing.
    pub facts: Vec<Fact>,
}

/// Judges what was learnt.
pub fn judge(learnt: &Learnt) -> Judgement {
    let mut judgement = Judgement::default();
    origins::judge(learnt, &mut judgement);
    flaps::judge(learnt, &mut judgement);
    preflights::judge(learnt, &mut judgement);
    foreign::judge(learnt, &mut judgement);
    headers::judge(learnt, &mut judgement);
    spelling::judge(learnt, &mut judgement);
    caches::judge(learnt, &mut judgement);
    circumstances::judge(learnt, &mut judgement);
    judgement
        .weaknesses
        .sort_by(|one, other| (other.severity, one.class).cmp(&(one.severity, other.class)));
    judgement
}

impl Severity {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::Medium => "medium",
        }
    }

    /// One step less if what is shared is not private.
    fn unless_anonymous(self, sharing: Sharing) -> Self {
        match (self, sharing) {
            (severity, Sharing::Credentialed) => severity,
            (Self::High, Sharing::Anonymous | Sharing::Withheld) => Self::Medium,
            (Self::Low | Self::Medium, Sharing::Anonymous | Sharing::Withheld) => Self::Low,
        }
    }
}

impl Judgement {
    /// Adds a weakness; one of the same class is made worse instead.
    fn weak(&mut self, new: Weakness) {
        match self
            .weaknesses
            .iter_mut()
            .find(|known| known.class == new.class)
        {
            None => self.weaknesses.push(new),
            Some(known) => {
                if new.severity > known.severity || known.proof.is_none() {
                    known.proof = new.proof.or_else(|| known.proof.take());
                }
                known.severity = known.severity.max(new.severity);
                for seen in new.seen {
                    if !known.seen.contains(&seen) {
                        known.seen.push(seen);
                    }
                }
                known.evidence.extend(new.evidence);
                known.evidence.sort_unstable();
                known.evidence.dedup();
            }
        }
    }

    /// Adds a weakness that only shows in the answers themselves.
    fn broken(
        &mut self,
        class: &'static str,
        severity: Severity,
        seen: impl Into<String>,
        evidence: &[Place],
    ) {
        self.weak(Weakness {
            class,
            severity,
            seen: vec![seen.into()],
            evidence: evidence.to_vec(),
            proof: None,
        });
    }

    /// Adds a fact.
    fn note(
        &mut self,
        class: impl Into<Option<&'static str>>,
        seen: impl Into<String>,
        evidence: &[Place],
    ) {
        let fact = Fact {
            class: class.into(),
            seen: seen.into(),
            evidence: evidence.to_vec(),
        };
        if !self.facts.iter().any(|known| known.seen == fact.seen) {
            self.facts.push(fact);
        }
    }
}
