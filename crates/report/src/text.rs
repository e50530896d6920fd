//! The summary for a terminal.

use std::fmt::Write as _;

use crate::{
    difference::differences,
    headline::{findings, is_finding, numbers, sentence},
    results::{Results, VectorResult},
    show::clip,
    totals::Totals,
    verdict::Verdict,
};

/// How many mismatches are shown of one vector.
const MOST_DIFFERENCES: usize = 3;

/// Whether a terminal shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// It does.
    Ansi,
    /// Only text is wanted.
    Plain,
}

/// Sums up a run in plain lines: a sentence, four numbers, and at most `limit` of the vectors that
/// somebody should look at, the gravest first.
pub fn text(results: &Results, colour: Colour, limit: usize) -> String {
    let mut out = Lines {
        text: String::new(),
        colour,
    };
    let totals = Totals::of(results);
    out.bold(&sentence(results, &totals));
    out.blank();
    let numbers = numbers(&totals).map(|number| {
        let text = format!(
            "{} {} {}",
            number.verdict.symbol(),
            number.count,
            number.label
        );
        if number.count > 0 {
            out.painted(number.verdict, &text)
        } else {
            text
        }
    });
    out.line(&format!("  {}", numbers.join("   ")));
    for (leg, verdicts) in &totals.legs {
        let present = Verdict::ALL.into_iter().rev();
        let counts: Vec<_> = present
            .filter_map(|v| verdicts.get(&v).map(|n| format!("{n} {}", v.label())))
            .collect();
        out.line(&format!("  {leg}: {}", counts.join(", ")));
    }
    let found = findings(results);
    for vector in found.iter().take(limit) {
        out.blank();
        out.vector(vector);
    }
    if found.len() > limit {
        out.blank();
        out.line(&format!("and {} more", found.len() - limit));
    }
    for entry in &results.stale {
        out.blank();
        out.line(&clip(
            &format!(
                "stale: {}: {} ({}): {}",
                entry.file, entry.id, entry.assertion, entry.problem
            ),
            400,
        ));
    }
    out.text
}

#[derive(Debug)]
struct Lines {
    text: String,
    colour: Colour,
}

impl Lines {
    fn line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn blank(&mut self) {
        self.line("");
    }

    fn bold(&mut self, line: &str) {
        let line = self.with_code("1", line);
        self.line(&line);
    }

    fn painted(&self, verdict: Verdict, text: &str) -> String {
        self.with_code(code(verdict), text)
    }

    fn with_code(&self, code: &str, text: &str) -> String {
        match self.colour {
            Colour::Ansi => format!("\x1b[{code}m{text}\x1b[0m"),
            Colour::Plain => text.to_owned(),
        }
    }

    fn vector(&mut self, vector: &VectorResult) {
        let verdict = self.painted(
            vector.verdict,
            &format!("{} {}", vector.verdict.symbol(), vector.verdict.label()),
        );
        let culprit = vector.owner.culprit();
        let owner = culprit
            .map(|owner| format!(" — {owner}"))
            .unwrap_or_default();
        self.line(&format!("{verdict}  {}{owner}", vector.id));
        self.line(&format!("    {}", clip(&vector.vector.title, 200)));
        let differences = differences(vector);
        let n_steps = vector.vector.steps.len();
        for difference in differences.iter().take(MOST_DIFFERENCES) {
            let mismatch = difference.mismatch;
            self.line(&format!(
                "    {} ({})",
                clip(&difference.field(n_steps), 300),
                difference.legs()
            ));
            self.line(&format!("      expected {}", clip(&mismatch.expected, 600)));
            self.line(&format!("      observed {}", clip(&mismatch.observed, 600)));
        }
        if differences.len() > MOST_DIFFERENCES {
            let more = differences.len() - MOST_DIFFERENCES;
            self.line(&format!("    and {more} more that differ"));
        }
        for leg in vector.legs.iter().filter(|leg| is_finding(leg.verdict)) {
            if let Some(note) = &leg.note {
                self.line(&format!("    {}: {}", leg.leg, clip(note, 400)));
            }
        }
        self.line(&format!("    rerun: crosscheck run --only {}", vector.id));
    }
}

/// The colour of a verdict, as a parameter of ANSI's "select graphic rendition".
fn code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::FailedOverGrant | Verdict::FailedOther => "31",
        Verdict::FailedUnderGrant | Verdict::UnexpectedPass => "33",
        Verdict::HarnessError | Verdict::SetupError | Verdict::Flaky => "35",
        Verdict::RecommendedMissed | Verdict::Observed => "36",
        Verdict::Passed => "32",
        Verdict::Known | Verdict::BlockedBy | Verdict::Skipped | Verdict::NotApplicable => "2",
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, text};
    use crate::fixture::results;

    #[test]
    fn a_run_in_plain_lines() {
        insta::assert_snapshot!(text(&results(), Colour::Plain, 3));
    }

    #[test]
    fn a_terminal_is_told_nothing_by_a_subject() {
        let mut results = results();
        let evil = "\x1b[2J\r\n\u{7}";
        results.subject.name = evil.to_owned();
        results.stale[0].problem = evil.to_owned();
        for vector in &mut results.vectors {
            vector.vector.title = evil.to_owned();
            for leg in &mut vector.legs {
                leg.note = Some(evil.to_owned());
                for mismatch in &mut leg.mismatches {
                    mismatch.field = evil.to_owned();
                    mismatch.observed = evil.to_owned();
                }
            }
        }
        let text = text(&results, Colour::Plain, 100);
        assert!(
            text.chars().all(|c| c == '\n' || !c.is_control()),
            "{text:?}"
        );
        assert!(!text.contains("\n\u{fffd}"), "{text:?}");
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let ansi = text(&results(), Colour::Ansi, 100);
        let mut plain = String::new();
        for part in ansi.split('\x1b') {
            plain.push_str(part.strip_prefix('[').map_or(part, |code| {
                code.split_once('m').map_or(code, |(_, text)| text)
            }));
        }
        assert!(ansi.contains('\x1b'));
        assert_eq!(plain, text(&results(), Colour::Plain, 100));
    }
}
