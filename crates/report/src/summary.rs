//! The summary for programs.

use std::collections::BTreeMap;

use crosscheck_vectors::vector::Kind;
use serde::Serialize;

use crate::{
    headline::{in_short, is_finding},
    leg::Leg,
    overview::Overview,
    results::Generated,
    totals::Totals,
    verdict::Verdict,
};

/// What a run says to a program; the field names are a contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The suite's version.
    pub suite: String,
    /// The subject's name.
    pub subject: String,
    /// All vectors of the run.
    pub vectors: usize,
    /// As in [`Totals`].
    pub over_grants: usize,
    /// As in [`Totals`].
    pub under_grants: usize,
    /// As in [`Totals`].
    pub recommended_missed: usize,
    /// As in [`Totals`].
    pub failed: usize,
    /// As in [`Totals`].
    pub skipped: usize,
    /// As in [`Totals`].
    pub not_applicable: usize,
    /// How long the run took.
    pub seconds: f64,
    /// Counts by leg: every verdict in `snake_case`, and `failed` for all failures together.
    pub legs: BTreeMap<Leg, BTreeMap<String, usize>>,
    /// Everything that somebody should look at, the gravest first, then by id and leg.
    pub findings: Vec<Finding>,
    /// Where the report is, if one was written.
    pub report: Option<String>,
    /// What vectors were made up from; not there if none were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
}

/// One leg of a vector that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The vector.
    pub id: String,
    /// The leg.
    pub leg: Leg,
    /// What came of it.
    pub verdict: Verdict,
    /// How much the standard cares about the worst mismatch; the vector's kind if there is none.
    pub kind: Kind,
    /// The weakness classes that it points to.
    pub flags: Vec<String>,
    /// The worst mismatch, or the reason, on one line.
    pub summary: String,
}

/// Sums up `results` for a program; `report` is where the report was written.
pub fn summary(results: &Overview, report: Option<&str>) -> Summary {
    let totals = Totals::of(results);
    Summary {
        suite: results.suite.clone(),
        subject: results.subject.name.clone(),
        vectors: totals.vectors,
        over_grants: totals.over_grants,
        under_grants: totals.under_grants,
        recommended_missed: totals.recommended_missed,
        failed: totals.failed,
        skipped: totals.skipped,
        not_applicable: totals.not_applicable,
        seconds: results.seconds,
        legs: legs(results, &totals),
        findings: findings(results),
        report: report.map(str::to_owned),
        generated: results.generated,
    }
}

fn legs(results: &Overview, totals: &Totals) -> BTreeMap<Leg, BTreeMap<String, usize>> {
    let counts = |leg: Leg| {
        let counted = totals.legs.get(&leg);
        let count = |verdict: Verdict| {
            let count = counted.and_then(|verdicts| verdicts.get(&verdict));
            count.copied().unwrap_or_default()
        };
        let failed = Verdict::ALL.into_iter().filter(|v| v.is_failure());
        Verdict::ALL
            .into_iter()
            .map(|verdict| (verdict.word().replace('-', "_"), count(verdict)))
            .chain([("failed".to_owned(), failed.map(count).sum())])
            .collect()
    };
    let ran = results.legs.iter().map(|identity| identity.leg);
    ran.chain(totals.legs.keys().copied())
        .map(|leg| (leg, counts(leg)))
        .collect()
}

fn findings(results: &Overview) -> Vec<Finding> {
    let mut findings: Vec<_> = results
        .vectors
        .iter()
        .flat_map(|vector| vector.legs.iter().map(move |leg| (vector, leg)))
        .filter(|(_, leg)| is_finding(leg.verdict))
        .map(|(vector, leg)| Finding {
            id: vector.id.to_string(),
            leg: leg.leg,
            verdict: leg.verdict,
            kind: leg.worst().map_or(vector.kind, |worst| worst.kind),
            flags: vector.points_to().to_vec(),
            summary: in_short(leg),
        })
        .collect();
    findings.sort_by(|a, b| (b.verdict, &a.id, a.leg).cmp(&(a.verdict, &b.id, b.leg)));
    findings
}

#[cfg(test)]
mod tests {
    use super::summary;
    use crate::fixture::overview;

    #[test]
    fn the_summary_of_a_run() {
        let summary = summary(&overview(), Some("reports/latest/index.html"));
        insta::assert_snapshot!(serde_json::to_string_pretty(&summary).unwrap());
    }
}
