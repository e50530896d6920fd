//! What came of judging a server, for people.

use std::fmt;

use crosscheck_harness::case::Case;
use crosscheck_report::{
    observation::{Exchange, Observation},
    results::LegResult,
    verdict::Verdict,
};
use crosscheck_vectors::{
    bytes::ByteString,
    vector::{Vector, VectorId},
};

/// How many missed vectors are told at length.
const MOST_TOLD: usize = 8;

/// What came of judging a server.
#[derive(Clone, Debug, Default)]
pub struct Findings {
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
        writeln!(
            f,
            "{} passed, {} failed, {} recommended missed, {} not applicable",
            self.passed,
            self.failures.len(),
            self.advice.len(),
            self.not_applicable.len()
        )?;
        for missed in self.failures.iter().take(MOST_TOLD) {
            write!(f, "\n{missed}")?;
        }
        if self.failures.len() > MOST_TOLD {
            writeln!(f, "\nand {} more:", self.failures.len() - MOST_TOLD)?;
        }
        for missed in self.failures.iter().skip(MOST_TOLD) {
            writeln!(f, "  {}  {}", missed.result.verdict.label(), missed.id)?;
        }
        Ok(())
    }
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.result.verdict;
        writeln!(f, "{} {}  {}", verdict.symbol(), verdict.label(), self.id)?;
        writeln!(f, "    {}", self.vector.title)?;
        writeln!(f, "    {}", self.vector.why)?;
        if let Some(note) = &self.result.note {
            writeln!(f, "    {note}")?;
        }
        for mismatch in &self.result.mismatches {
            writeln!(f, "    {}", mismatch.field)?;
            writeln!(f, "      expected {}", mismatch.expected)?;
            writeln!(f, "      observed {}", mismatch.observed)?;
        }
        for observation in &self.result.observations {
            transcript(f, observation)?;
        }
        if !self.vector.flags.is_empty() {
            writeln!(f, "    points to: {}", self.vector.flags.join(", "))?;
        }
        Ok(())
    }
}

/// The exchanges as they would have gone over the wire.
fn transcript(f: &mut fmt::Formatter<'_>, observation: &Observation) -> fmt::Result {
    for Exchange {
        request, response, ..
    } in &observation.exchanges
    {
        let method = String::from_utf8_lossy(request.method.as_bytes());
        writeln!(f, "    > {} {}", method, request.url)?;
        lines(f, '>', &request.headers)?;
        match response {
            None => writeln!(f, "    < no answer")?,
            Some(response) => {
                writeln!(f, "    < {}", response.status)?;
                lines(f, '<', &response.headers)?;
            }
        }
    }
    Ok(())
}

fn lines(
    f: &mut fmt::Formatter<'_>,
    mark: char,
    headers: &[(ByteString, ByteString)],
) -> fmt::Result {
    for (name, value) in headers {
        let (name, value) = (name.to_string(), value.to_string());
        writeln!(f, "    {mark} {name}: {value}")?;
    }
    Ok(())
}
