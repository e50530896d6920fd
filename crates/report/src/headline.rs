//! A run in a sentence and four numbers.

use crate::{
    difference::spoken,
    mismatch::Mismatch,
    overview::{Overview, VectorVerdict},
    printable::clip,
    results::Subject,
    totals::Totals,
    verdict::{LegVerdict, Owner, Verdict},
    words::counted,
};

/// The subject's name and version, its fault if it was told to commit one, and its layers if it was
/// composed of some.
pub(crate) fn name(subject: &Subject) -> String {
    let mut name = clip(&subject.name, 60);
    if !subject.version.is_empty() {
        name = format!("{name} {}", clip(&subject.version, 40));
    }
    if let Some(fault) = &subject.fault {
        name = format!("{name} with the fault {}", clip(fault, 60));
    }
    if !subject.layers.is_empty() {
        name = format!(
            "{name} in the layers {}",
            clip(&subject.layers.join(", "), 120)
        );
    }
    name
}

/// What the run found, in a sentence, and what keeps it from being all there is to say.
pub(crate) fn sentence(results: &Overview, totals: &Totals) -> String {
    let mut said = verdict_of(results, totals);
    if totals.errors > 0 {
        let vectors = counted(totals.errors, "vector", "vectors");
        said = format!("{said} {vectors} could not be judged: something broke.");
    }
    match results.stale.len() {
        0 => said,
        1 => format!("{said} 1 entry about known failures is out of date."),
        n => format!("{said} {n} entries about known failures are out of date."),
    }
}

fn verdict_of(results: &Overview, totals: &Totals) -> String {
    let name = name(&results.subject);
    let judged = results.vectors.iter().filter(|v| v.verdict.is_judged());
    let n_judged = judged.count();
    let other = totals.failed - totals.over_grants - totals.under_grants;
    let vectors = |n: usize| counted(n, "vector", "vectors");
    if n_judged == 0 {
        return format!(
            "{name} was not judged: none of {} ran.",
            vectors(totals.vectors)
        );
    }
    let mut said = Vec::new();
    if totals.over_grants > 0 {
        said.push(format!(
            "hands over what is withheld in {}",
            vectors(totals.over_grants)
        ));
    }
    if totals.under_grants > 0 {
        said.push(format!(
            "withholds what is granted in {}",
            vectors(totals.under_grants)
        ));
    }
    if other > 0 {
        said.push(format!("breaks a rule in {}", vectors(other)));
    }
    match said.as_slice() {
        [] => format!(
            "{name} does what is required in {} judged{}.",
            if n_judged == 1 {
                "the 1 vector that was".to_owned()
            } else {
                format!("all {n_judged} vectors that were")
            },
            but_for_known(results, totals)
        ),
        [all @ .., last] if !all.is_empty() => {
            format!(
                "{name} {} and {last}, of {n_judged} judged.",
                all.join(", ")
            )
        }
        _ => format!("{name} {}, of {n_judged} judged.", said.concat()),
    }
}

/// What a sentence without failures owes to failures that are known.
fn but_for_known(results: &Overview, totals: &Totals) -> String {
    let of_browser = results
        .vectors
        .iter()
        .filter(|vector| vector.verdict == Verdict::Known && vector.owner == Owner::Browser);
    match totals.known {
        0 => String::new(),
        known if of_browser.count() == known => {
            format!("; in {known} of them the browser is known to deviate")
        }
        known => format!(
            ", but for {}",
            counted(known, "known failure", "known failures")
        ),
    }
}

/// One of the four numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number {
    /// The verdict that is counted.
    pub(crate) verdict: Verdict,
    /// How many.
    pub(crate) count: usize,
    /// Of what.
    pub(crate) label: &'static str,
    /// What that means.
    pub(crate) meaning: &'static str,
}

/// The four numbers of a run.
pub(crate) fn numbers(totals: &Totals) -> [Number; 4] {
    let form = |count: usize, one, many| if count == 1 { one } else { many };
    [
        Number {
            verdict: Verdict::FailedOverGrant,
            count: totals.over_grants,
            label: form(totals.over_grants, "over-grant", "over-grants"),
            meaning: "a page gets what is withheld",
        },
        Number {
            verdict: Verdict::FailedUnderGrant,
            count: totals.under_grants,
            label: form(totals.under_grants, "under-grant", "under-grants"),
            meaning: "a page is denied what is granted",
        },
        Number {
            verdict: Verdict::RecommendedMissed,
            count: totals.recommended_missed,
            label: "recommended missed",
            meaning: "advice that flips no outcome",
        },
        Number {
            verdict: Verdict::Skipped,
            count: totals.skipped + totals.not_applicable,
            label: "skipped",
            meaning: "blocked or not applicable: neither passed nor failed",
        },
    ]
}

/// The vectors that fail or differ, the gravest first, then by id.
pub(crate) fn findings(results: &Overview) -> Vec<&VectorVerdict> {
    let mut findings: Vec<_> = results
        .vectors
        .iter()
        .filter(|vector| vector.legs.iter().any(|leg| is_finding(leg.verdict)))
        .collect();
    findings.sort_by(|a, b| (b.verdict, &a.id).cmp(&(a.verdict, &b.id)));
    findings
}

/// Whether somebody should look at a leg with this verdict.
pub(crate) fn is_finding(verdict: Verdict) -> bool {
    verdict.is_failure()
        || verdict.is_error()
        || matches!(
            verdict,
            Verdict::UnexpectedPass | Verdict::RecommendedMissed
        )
}

/// The worst mismatch of `leg`, or the reason for its verdict, on one line.
pub(crate) fn in_short(leg: &LegVerdict) -> String {
    match (leg.worst(), &leg.note) {
        (Some(worst), _) => {
            let Mismatch {
                field,
                expected,
                observed,
                ..
            } = worst;
            let field = spoken(field);
            let text = format!("{field}: expected {expected}, observed {observed}");
            clip(&text, 1200)
        }
        (None, Some(note)) => clip(note, 400),
        (None, None) => leg.verdict.label().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{name, sentence};
    use crate::{
        fixture::{run, vector},
        overview::VectorVerdict,
        results::StaleEntry,
        totals::Totals,
        verdict::{Owner, Verdict},
    };

    fn of(verdicts: &[Verdict]) -> String {
        let with = |&verdict: &Verdict| VectorVerdict {
            verdict,
            ..vector("a/b/c", Vec::new())
        };
        let mut results = run(verdicts.iter().map(with).collect());
        results.subject.fault = None;
        sentence(&results, &Totals::of(&results))
    }

    #[rstest]
    #[case(&[Verdict::Passed, Verdict::Passed], "reference 0.1.0 does what is required in all 2 vectors that were judged.")]
    #[case(&[Verdict::FailedOverGrant, Verdict::Passed], "reference 0.1.0 hands over what is withheld in 1 vector, of 2 judged.")]
    #[case(
        &[Verdict::FailedOverGrant, Verdict::FailedUnderGrant, Verdict::FailedOther, Verdict::FailedOther],
        "reference 0.1.0 hands over what is withheld in 1 vector, withholds what is granted in 1 vector and breaks a rule in 2 vectors, of 4 judged."
    )]
    #[case(
        &[Verdict::Known, Verdict::Passed],
        "reference 0.1.0 does what is required in all 2 vectors that were judged, but for 1 known failure."
    )]
    #[case(&[Verdict::Skipped], "reference 0.1.0 was not judged: none of 1 vector ran.")]
    #[case(
        &[Verdict::Passed, Verdict::SetupError, Verdict::HarnessError],
        "reference 0.1.0 does what is required in the 1 vector that was judged. 2 vectors could not be judged: something broke."
    )]
    fn the_sentence_says_the_worst_first(#[case] verdicts: &[Verdict], #[case] text: &str) {
        assert_eq!(of(verdicts), text);
    }

    #[test]
    fn entries_that_are_out_of_date_are_counted() {
        let mut results = run(vec![vector("a/b/c", Vec::new())]);
        let entry = StaleEntry {
            file: "known.toml".to_owned(),
            id: "a/b/d".to_owned(),
            assertion: "*".to_owned(),
            problem: "it fits no vector".to_owned(),
        };
        for (n, said) in [
            (1, "1 entry about known failures is"),
            (2, "2 entries about known failures are"),
        ] {
            results.stale = vec![entry.clone(); n];
            let sentence = sentence(&results, &Totals::of(&results));
            assert!(
                sentence.ends_with(&format!("{said} out of date.")),
                "{sentence}"
            );
        }
    }

    #[test]
    fn what_only_the_browser_does_is_said_to_be_its_own() {
        let mut results = run(vec![VectorVerdict {
            verdict: Verdict::Known,
            owner: Owner::Browser,
            ..vector("a/b/c", Vec::new())
        }]);
        results.subject.fault = None;
        assert_eq!(
            sentence(&results, &Totals::of(&results)),
            "reference 0.1.0 does what is required in the 1 vector that was judged; in 1 of them the browser is known to deviate."
        );
    }

    #[test]
    fn layers_are_named() {
        let mut results = run(Vec::new());
        results.subject.layers = vec!["vary".to_owned(), "policy".to_owned()];
        let named = name(&results.subject);
        assert!(named.ends_with(" in the layers vary, policy"), "{named}");
    }
}
