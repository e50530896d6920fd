//! `implementations/NAME.json`: what is kept of a run to compare implementations with one another.
//!
//! It has every verdict, and the evidence where there is something to show, so that it can be kept
//! beside the code for years.

use std::collections::BTreeMap;

use crosscheck_vectors::{
    bytes::ByteString,
    policy::Policy,
    vector::{Kind, VectorId},
};
use serde::{Deserialize, Serialize};

use crate::{
    difference::placed,
    leg::Leg,
    observation::Exchange,
    printable::clip,
    results::{LegIdentity, LegResult, Results, Subject, VectorResult},
    verdict::{Verdict, judge},
};

/// The longest line of an exchange, in characters.
const LONGEST_LINE: usize = 300;
/// How many lines of a head are kept.
const MOST_LINES: usize = 40;

/// One implementation, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Implementation {
    /// What was judged.
    pub subject: Subject,
    /// The suite's version.
    pub suite: String,
    /// The pinned revision of the Fetch Standard.
    pub fetch_revision: String,
    /// The day of the run, `YYYY-MM-DD`.
    pub date: String,
    /// The legs.
    pub legs: Vec<LegIdentity>,
    /// The vectors with something to show, sorted by id.
    pub found: Vec<Found>,
    /// The vectors that were not judged, by reason.
    pub unjudged: BTreeMap<String, Vec<VectorId>>,
    /// The vectors that passed.
    pub passed: Vec<VectorId>,
}

/// A vector with something to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Its id.
    pub id: VectorId,
    /// What must happen.
    pub title: String,
    /// Why.
    pub why: String,
    /// How much the standard cares.
    pub kind: Kind,
    /// The weakness classes that it points to.
    pub flags: Vec<String>,
    /// The policy.
    pub policy: Option<Policy>,
    /// The worst verdict of its legs.
    pub verdict: Verdict,
    /// What each leg made of it.
    pub legs: Vec<FoundLeg>,
}

/// What a leg made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundLeg {
    /// The leg.
    pub leg: Leg,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why, if the verdict needs a reason.
    pub note: Option<String>,
    /// Where it differs from what was expected.
    pub differences: Vec<FoundDifference>,
    /// What went over the wire, as text; only where a required assertion fails.
    pub exchanges: Vec<String>,
}

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoundDifference {
    /// The field, in words, with its step if the vector has several.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// What was observed.
    pub observed: String,
}

impl Implementation {
    /// The subject of `run`, with no vectors yet.
    pub fn new<V>(run: &Results<V>) -> Self {
        Self {
            subject: run.subject.clone(),
            suite: run.suite.clone(),
            fetch_revision: run.fetch_revision.clone(),
            date: run.started.chars().take(10).collect(),
            legs: run.legs.clone(),
            found: Vec::new(),
            unjudged: BTreeMap::new(),
            passed: Vec::new(),
        }
    }

    /// Adds what came of a vector; those that no leg can ask a server are left out. That a failure is known
    /// excuses a run, and nothing here.
    pub fn add(&mut self, result: &VectorResult) {
        if result.policy.is_none() {
            return;
        }
        let n_steps = result.vector.steps.len();
        let legs: Vec<_> = result
            .legs
            .iter()
            .map(|leg| found_leg(leg, n_steps))
            .collect();
        let verdict = legs.iter().map(|leg| leg.verdict).max();
        let verdict = verdict.unwrap_or(result.verdict);
        if verdict == Verdict::Passed {
            self.passed.push(result.id.clone());
        } else if !verdict.is_judged() {
            let note = result.legs.iter().find_map(|leg| leg.note.as_deref());
            let reason = note.unwrap_or_else(|| verdict.label());
            let ids = self.unjudged.entry(clip(reason, LONGEST_LINE)).or_default();
            ids.push(result.id.clone());
        } else {
            self.found.push(Found {
                id: result.id.clone(),
                title: result.vector.title.clone(),
                why: result.vector.why.clone(),
                kind: result.vector.kind,
                flags: result.vector.flags.clone(),
                policy: result.policy.clone(),
                verdict,
                legs,
            });
        }
    }

    /// How many vectors came to a verdict that `is` one of those wanted.
    pub fn count(&self, is: impl Fn(Verdict) -> bool) -> usize {
        self.found.iter().filter(|found| is(found.verdict)).count()
    }

    /// What is found of the vector `id`; none if it passed or was not judged.
    pub fn found(&self, id: &VectorId) -> Option<&Found> {
        let at = self.found.binary_search_by(|found| found.id.cmp(id)).ok()?;
        self.found.get(at)
    }

    /// The file's name without its ending: the adapter's, or what can be made of the subject's.
    pub fn slug(&self) -> String {
        let plain = |c: char| match c {
            'a'..='z' | '0'..='9' | '-' | '_' | '.' => c,
            'A'..='Z' => c.to_ascii_lowercase(),
            _ => '-',
        };
        let name = self.subject.adapter.as_ref().unwrap_or(&self.subject.name);
        let slug: String = name.chars().take(80).map(plain).collect();
        let words = slug
            .split('-')
            .filter(|word| !word.trim_matches('.').is_empty());
        words.collect::<Vec<_>>().join("-")
    }
}

fn found_leg(leg: &LegResult, n_steps: usize) -> FoundLeg {
    let differences = leg.mismatches.iter().map(|mismatch| FoundDifference {
        field: clip(&placed(mismatch, n_steps), LONGEST_LINE),
        expected: clip(&mismatch.expected, LONGEST_LINE),
        observed: clip(&mismatch.observed, LONGEST_LINE),
    });
    let exchanges = leg.observations.iter().flat_map(|seen| &seen.exchanges);
    let verdict = if leg.verdict == Verdict::Known {
        judge(&leg.mismatches)
    } else {
        leg.verdict
    };
    FoundLeg {
        leg: leg.leg,
        verdict,
        note: leg.note.as_deref().map(|note| clip(note, LONGEST_LINE)),
        differences: differences.collect(),
        exchanges: if verdict.is_failure() {
            exchanges.map(transcript).collect()
        } else {
            Vec::new()
        },
    }
}

/// The heads of a request and its answer.
fn transcript(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let mut lines = vec![format!("{} {}", request.method, request.url)];
    lines.extend(head(&request.headers));
    lines.push(String::new());
    match &exchange.response {
        None => lines.push("no answer".to_owned()),
        Some(response) => {
            lines.push(response.status.to_string());
            lines.extend(head(&response.headers));
        }
    }
    let lines: Vec<_> = lines.iter().map(|line| clip(line, LONGEST_LINE)).collect();
    lines.join("\n")
}

fn head(headers: &[(ByteString, ByteString)]) -> impl Iterator<Item = String> {
    let lines = headers.iter().take(MOST_LINES);
    lines.map(|(name, value)| format!("{name}: {value}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Implementation;
    use crate::{fixture::results, results::VectorResult, verdict::Verdict};

    fn implementation() -> Implementation {
        let mut kept = of_nothing();
        for vector in &results().vectors {
            kept.add(vector);
        }
        kept
    }

    fn of_nothing() -> Implementation {
        Implementation::new(&results())
    }

    #[test]
    fn every_server_vector_is_in_one_place() {
        let kept = implementation();
        let of_policies = results().vectors;
        let of_policies = of_policies.iter().filter(|vector| vector.policy.is_some());
        let n_unjudged: usize = kept.unjudged.values().map(Vec::len).sum();
        let n = kept.found.len() + kept.passed.len() + n_unjudged;
        assert_eq!(n, of_policies.count());
        assert!(!kept.found.is_empty());
    }

    #[test]
    fn evidence_is_kept_where_a_required_assertion_fails() {
        let kept = implementation();
        for leg in kept.found.iter().flat_map(|found| &found.legs) {
            assert_eq!(leg.exchanges.is_empty(), !leg.verdict.is_failure());
        }
        assert!(kept.count(Verdict::is_failure) > 0);
    }

    #[test]
    fn a_field_says_its_step_if_there_are_several() {
        let mut results = results();
        let failing = |vector: &&mut VectorResult| {
            vector.policy.is_some() && vector.verdict == Verdict::FailedOverGrant
        };
        let vector = results.vectors.iter_mut().find(failing).unwrap();
        let field = |vector: &VectorResult| {
            let mut kept = of_nothing();
            kept.add(vector);
            let mut legs = kept.found[0].legs.iter();
            let first = legs.find_map(|leg| leg.differences.first());
            first.unwrap().field.clone()
        };
        let alone = field(vector);
        let steps = &mut vector.vector.steps;
        steps.extend(steps.clone());
        assert_eq!(field(vector), format!("step 1, {alone}"));
    }

    #[test]
    fn a_known_failure_is_one() {
        let mut results = results();
        let failing = |vector: &&mut VectorResult| {
            vector.policy.is_some() && vector.verdict == Verdict::FailedOverGrant
        };
        let vector = results.vectors.iter_mut().find(failing).unwrap();
        for leg in vector
            .legs
            .iter_mut()
            .filter(|leg| leg.verdict.is_failure())
        {
            leg.verdict = Verdict::Known;
        }
        vector.verdict = Verdict::Known;
        let mut kept = Implementation::new(&results);
        for vector in &results.vectors {
            kept.add(vector);
        }
        assert!(kept.count(|verdict| verdict == Verdict::FailedOverGrant) > 0);
        assert_eq!(kept.count(|verdict| verdict == Verdict::Known), 0);
    }

    #[test]
    fn it_survives_json() {
        let kept = implementation();
        let json = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Implementation>(&json).unwrap(), kept);
    }

    #[rstest]
    #[case("tower-http", "tower-http")]
    #[case("@koa/cors", "koa-cors")]
    #[case("../../etc/passwd", "etc-passwd")]
    #[case("H3.js", "h3.js")]
    #[case("cors (Express)", "cors-express")]
    fn a_name_makes_a_harmless_file(#[case] name: &str, #[case] slug: &str) {
        let mut kept = implementation();
        kept.subject.name = name.to_owned();
        assert_eq!(kept.slug(), slug);
    }
}
