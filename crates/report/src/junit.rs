//! The run as `JUnit` XML: a suite for each leg, a case for each vector.

use askama::Template;

use crate::{
    headline::in_short,
    overview::{Overview, VectorVerdict},
    printable::clip,
    templates::render,
    verdict::{LegVerdict, Verdict},
};

/// How many mismatches of a case are written down.
const MOST_MISMATCHES: usize = 20;

#[derive(Debug, Template)]
#[template(path = "junit.xml")]
struct Report {
    seconds: f64,
    started: String,
    suites: Vec<Suite>,
}

#[derive(Debug)]
struct Suite {
    name: String,
    cases: Vec<Case>,
}

#[derive(Debug)]
struct Case {
    class: String,
    name: String,
    result: CaseResult,
    message: String,
    verdict: &'static str,
    lines: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CaseResult {
    Error,
    Failure,
    Pass,
    Skipped,
}

impl Suite {
    fn count(&self, result: CaseResult) -> usize {
        self.cases
            .iter()
            .filter(|case| case.result == result)
            .count()
    }
}

impl Report {
    fn count(&self, result: CaseResult) -> usize {
        self.suites.iter().map(|suite| suite.count(result)).sum()
    }

    fn n_cases(&self) -> usize {
        self.suites.iter().map(|suite| suite.cases.len()).sum()
    }
}

/// Writes a run as `JUnit` XML.
///
/// A known failure counts as skipped and what only misses advice as passed; an unexpected pass and a
/// known entry that is out of date count as failures.
pub fn junit(results: &Overview) -> String {
    let suite = |leg: &crate::results::LegIdentity| Suite {
        name: format!("crosscheck.{}", leg.leg),
        cases: results
            .vectors
            .iter()
            .filter_map(|vector| vector.leg(leg.leg).map(|result| case(vector, result)))
            .collect(),
    };
    let mut suites: Vec<_> = results.legs.iter().map(suite).collect();
    if !results.stale.is_empty() {
        suites.push(Suite {
            name: "crosscheck.known-failures".to_owned(),
            cases: results.stale.iter().map(stale).collect(),
        });
    }
    let report = Report {
        seconds: results.seconds,
        started: clip(&results.started, 40),
        suites,
    };
    render(&report)
}

fn case(vector: &VectorVerdict, leg: &LegVerdict) -> Case {
    let name = vector.id.as_str().rsplit('/').next().unwrap_or_default();
    let lines = leg.mismatches.iter().take(MOST_MISMATCHES).map(|mismatch| {
        let line = format!(
            "step {}, {}: expected {}, observed {}",
            mismatch.step + 1,
            mismatch.field,
            mismatch.expected,
            mismatch.observed
        );
        clip(&line, 1200)
    });
    let message = match (&leg.note, leg.verdict) {
        (Some(note), Verdict::Known) => clip(note, 400),
        _ => in_short(leg),
    };
    Case {
        class: vector.id.topic().replace('/', "."),
        name: name.to_owned(),
        result: result(leg.verdict),
        message: clip(&message, 1200),
        verdict: leg.verdict.word(),
        lines: lines.collect(),
    }
}

fn stale(entry: &crate::results::StaleEntry) -> Case {
    Case {
        class: clip(&entry.file, 200),
        name: clip(&entry.id, 200),
        result: CaseResult::Failure,
        message: clip(&entry.problem, 400),
        verdict: "stale",
        lines: Vec::new(),
    }
}

fn result(verdict: Verdict) -> CaseResult {
    if verdict.is_failure() || verdict == Verdict::UnexpectedPass {
        CaseResult::Failure
    } else if verdict.is_error() {
        CaseResult::Error
    } else if !verdict.is_judged() || verdict == Verdict::Known {
        CaseResult::Skipped
    } else {
        CaseResult::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::junit;
    use crate::fixture::overview;

    #[test]
    fn a_run_as_junit() {
        let mut results = overview();
        let kept = [
            "suffix-trick",
            "patch-case",
            "sandboxed-frame",
            "on-refused",
        ];
        let is_kept = |id: &str| kept.iter().any(|name| id.ends_with(name));
        results.vectors.retain(|vector| is_kept(vector.id.as_str()));
        insta::assert_snapshot!(junit(&results));
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut results = overview();
        for leg in results.vectors.iter_mut().flat_map(|v| &mut v.legs) {
            leg.note = Some("]]></failure>\u{0}\u{ffff}\"&".to_owned());
            leg.mismatches.clear();
        }
        let xml = junit(&results);
        assert_eq!(
            xml.matches("</failure>").count(),
            xml.matches("<failure ").count()
        );
        assert!(
            xml.chars()
                .all(|c| c == '\n' || !c.is_control() && c != '\u{ffff}')
        );
    }
}
