//! What came of judging a server, for people.

use std::{fmt, slice};

use crosscheck_replay::case::Case;
use crosscheck_report::{
    observation::{Exchange, Observation},
    overview::VectorVerdict,
    results::LegResult,
    text::told_together,
    verdict::{LegVerdict, Verdict},
};
use crosscheck_vectors::{
    bytes::ByteString,
    vector::{Vector, VectorId},
};

/// How many missed vectors are named.
const MOST_NAMED: usize = 20;

/// What came of judging a server.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Why nothing was judged at all.
    pub not_judged: Option<String>,
    /// How many vectors passed.
    pub passed: usize,
    /// The vectors that are about another policy or another kind of server, each with the reason.
    pub not_applicable: Vec<(VectorId, String)>,
    /// Required assertions that failed, over-grants first.
    pub failures: Vec<Missed>,
    /// Recommendations that were missed.
    pub advice: Vec<Missed>,
}

/// A vector that the server missed.
#[derive(Clone, Debug)]
pub struct Missed {
    /// Its id.
    pub id: VectorId,
    /// What must happen, and why.
    pub vector: Vector,
    /// What happened.
    pub result: LegResult,
}

impl Findings {
    pub(crate) fn add(&mut self, case: &Case, result: LegResult) {
        let missed = |result| Missed {
            id: case.id.clone(),
            vector: (*case.vector).clone(),
            result,
        };
        let verdict = result.verdict;
        if verdict == Verdict::NotApplicable {
            let why = result.note.unwrap_or_default();
            self.not_applicable.push((case.id.clone(), why));
        } else if verdict == Verdict::RecommendedMissed {
            self.advice.push(missed(result));
        } else if verdict.is_failure() || verdict.is_error() {
            self.failures.push(missed(result));
            self.failures
                .sort_by_key(|missed| std::cmp::Reverse(missed.result.verdict));
        } else {
            self.passed += 1;
        }
    }

    /// Whether every required assertion holds, and at least one was made.
    #[must_use]
    pub fn conforms(&self) -> bool {
        self.failures.is_empty() && self.passed + self.advice.len() > 0
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.not_judged {
            return writeln!(f, "nothing was judged: {why}");
        }
        writeln!(
            f,
            "{} passed, {} failed, {} recommended missed, {} not applicable",
            self.passed,
            self.failures.len(),
            self.advice.len(),
            self.not_applicable.len()
        )?;
        write!(f, "{}", told(&self.failures))
    }
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", told(slice::from_ref(self)))
    }
}

impl Missed {
    fn verdict(&self) -> VectorVerdict {
        let legs = vec![LegVerdict::from(&self.result)];
        VectorVerdict::new(self.id.clone(), &self.vector, None, legs)
    }

    /// Why it matters, and the exchanges of the step in which it shows.
    fn evidence(&self) -> Vec<String> {
        let mut lines = vec![format!("{}: {}", self.id, self.vector.why)];
        let step = self.result.mismatches.first().map_or(0, |first| first.step);
        if let Some(observation) = self.result.observations.get(step) {
            transcript(&mut lines, observation);
        }
        lines
    }
}

/// `missed`, those together that were missed in the same way.
fn told(missed: &[Missed]) -> String {
    let verdicts: Vec<_> = missed.iter().map(Missed::verdict).collect();
    let evidence = |of: &VectorVerdict| {
        let found = missed.iter().find(|missed| missed.id == of.id);
        found.map(Missed::evidence).unwrap_or_default()
    };
    told_together(&verdicts.iter().collect::<Vec<_>>(), MOST_NAMED, &evidence)
}

/// The exchanges as they would have gone over the wire.
fn transcript(lines: &mut Vec<String>, observation: &Observation) {
    for Exchange {
        request, response, ..
    } in &observation.exchanges
    {
        let method = String::from_utf8_lossy(request.method.as_bytes());
        lines.push(format!("> {method} {}", request.url));
        head(lines, '>', &request.headers);
        match response {
            None => lines.push("< no answer".to_owned()),
            Some(response) => {
                lines.push(format!("< {}", response.status));
                head(lines, '<', &response.headers);
            }
        }
    }
}

fn head(lines: &mut Vec<String>, mark: char, headers: &[(ByteString, ByteString)]) {
    let line = |(name, value): &(ByteString, ByteString)| format!("{mark} {name}: {value}");
    lines.extend(headers.iter().map(line));
}
