//! The summary for a terminal.

use std::fmt::Write as _;

use crate::{
    difference::differences,
    group::{Group, groups},
    headline::{Number, findings, is_finding, numbers, sentence},
    overview::{Overview, VectorVerdict},
    printable::clip,
    rerun::rerun,
    results::StaleEntry,
    totals::Totals,
    verdict::Verdict,
    words::counted,
};

/// How many mismatches are shown of one vector.
const MOST_DIFFERENCES: usize = 3;
/// How many vectors are named that differ in the same way.
const MOST_NAMED: usize = 5;
/// How many weakness classes are named.
const MOST_FLAGS: usize = 4;

/// Whether a terminal shows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// It does.
    Ansi,
    /// Only text is wanted.
    Plain,
}

/// Sums up a run in plain lines: a sentence, four numbers, and at most `limit` of the vectors that
/// somebody should look at, the gravest first; those that differ in the same way are told together.
pub fn text(results: &Overview, colour: Colour, limit: usize) -> String {
    let mut out = Lines {
        text: String::new(),
        colour,
        legs: Legs::Named,
    };
    let totals = Totals::of(results);
    out.head(results, &totals);
    let rerun = |group: &Group<'_>| {
        let ids: Vec<_> = group.vectors().map(|vector| &vector.id).collect();
        vec![format!("rerun: {}", rerun(results, &ids))]
    };
    out.groups(&findings(results), limit, &rerun);
    out.stale(&results.stale);
    out.text
}

/// Tells in plain lines at most `limit` of the vectors in `found`, the gravest first and those together that
/// differ in the same way, each group with what `evidence` says of its first vector. There is one leg, which
/// is not named.
pub fn told_together(
    found: &[&VectorVerdict],
    limit: usize,
    evidence: &dyn Fn(&VectorVerdict) -> Vec<String>,
) -> String {
    let mut out = Lines {
        text: String::new(),
        colour: Colour::Plain,
        legs: Legs::Left,
    };
    out.groups(found, limit, &|group| evidence(group.first));
    out.text
}

/// Whether it is said which leg saw something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Legs {
    /// It is not.
    Left,
    /// It is.
    Named,
}

#[derive(Debug)]
struct Lines {
    text: String,
    colour: Colour,
    legs: Legs,
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

    fn dim(&self, text: &str) -> String {
        self.with_code("2", text)
    }

    /// The sentence, the four numbers, and what each leg came to.
    fn head(&mut self, results: &Overview, totals: &Totals) {
        self.bold(&sentence(results, totals));
        self.blank();
        let numbers = numbers(totals).map(
            |Number {
                 verdict,
                 count,
                 label,
                 ..
             }| {
                let text = format!("{} {count} {label}", verdict.symbol());
                if count > 0 {
                    self.painted(verdict, &text)
                } else {
                    text
                }
            },
        );
        self.line(&format!("  {}", numbers.join("   ")));
        self.blank();
        for (leg, verdicts) in &totals.legs {
            let counts: Vec<_> = Verdict::ALL
                .into_iter()
                .filter_map(|verdict| {
                    let text = format!("{} {}", verdicts.get(&verdict)?, verdict.label());
                    Some(self.painted(verdict, &text))
                })
                .collect();
            self.line(&format!("  {leg:<8}  {}", counts.join(", ")));
        }
        if let Some(made) = results.generated {
            self.blank();
            self.line(&format!("  made up by {made}"));
        }
    }

    /// Tells what is found, and how much more there is than `limit`.
    fn groups(
        &mut self,
        found: &[&VectorVerdict],
        limit: usize,
        evidence: &dyn Fn(&Group<'_>) -> Vec<String>,
    ) {
        let (mut n_named, mut n_told) = (0, 0);
        for group in &groups(found) {
            if n_named >= limit {
                break;
            }
            self.blank();
            let n = group.len().min(limit - n_named).min(MOST_NAMED);
            self.group(group, n);
            for line in evidence(group) {
                self.line(&format!("    {line}"));
            }
            n_named += n;
            n_told += group.len();
        }
        if found.len() > n_told {
            self.blank();
            let more = found.len() - n_told;
            self.line(&format!(
                "and {}",
                counted(more, "more vector", "more vectors")
            ));
        }
    }

    /// Tells what the vectors of a group have in common, and names `n_named` of them.
    fn group(&mut self, group: &Group<'_>, n_named: usize) {
        let vector = group.first;
        let verdict = vector.verdict;
        let verdict = self.painted(
            verdict,
            &format!("{} {}", verdict.symbol(), verdict.label()),
        );
        let culprit = vector.owner.culprit();
        let owner = culprit.map(|owner| format!(" — {owner}"));
        let owner = owner.unwrap_or_default();
        let is_alone = group.others.is_empty();
        if is_alone {
            self.line(&format!("{verdict}  {}{owner}", vector.id));
            self.line(&format!("    {}", clip(&vector.title, 200)));
        } else {
            self.line(&format!("{verdict}  {} vectors{owner}", group.len()));
        }
        let n_steps = if is_alone { vector.n_steps } else { 1 };
        if !group.is_uniform {
            self.line("    in the first of them:");
        }
        self.differences(vector, n_steps);
        self.notes(vector);
        let flags: Vec<_> = group.flags().into_iter().take(MOST_FLAGS).collect();
        if !flags.is_empty() {
            self.line(&format!("    points to: {}", clip(&flags.join(", "), 200)));
        }
        if !is_alone {
            for vector in group.vectors().take(n_named) {
                let title = self.dim(&clip(&vector.title, 100));
                self.line(&format!("      {}  {title}", vector.id));
            }
            if group.len() > n_named {
                self.line(&format!("      and {} more", group.len() - n_named));
            }
        }
    }

    /// What is said of the legs, once if it is the same.
    fn notes(&mut self, vector: &VectorVerdict) {
        let mut notes: Vec<(&str, Vec<&str>)> = Vec::new();
        for leg in vector.legs.iter().filter(|leg| is_finding(leg.verdict)) {
            let Some(note) = leg.note.as_deref() else {
                continue;
            };
            match notes.iter_mut().find(|(known, _)| *known == note) {
                Some((_, legs)) => legs.push(leg.leg.word()),
                None => notes.push((note, vec![leg.leg.word()])),
            }
        }
        for (note, legs) in notes {
            let note = clip(note, 400);
            self.line(&match self.legs {
                Legs::Left => format!("    {note}"),
                Legs::Named => format!("    {}: {note}", legs.join(", ")),
            });
        }
    }

    fn differences(&mut self, vector: &VectorVerdict, n_steps: usize) {
        let differences = differences(vector);
        for difference in differences.iter().take(MOST_DIFFERENCES) {
            let mismatch = difference.mismatch;
            let field = clip(&difference.field(n_steps), 300);
            self.line(&match self.legs {
                Legs::Left => format!("    {field}"),
                Legs::Named => format!("    {field} ({})", difference.legs()),
            });
            self.line(&format!("      expected {}", clip(&mismatch.expected, 600)));
            self.line(&format!("      observed {}", clip(&mismatch.observed, 600)));
        }
        if differences.len() > MOST_DIFFERENCES {
            let more = differences.len() - MOST_DIFFERENCES;
            self.line(&format!("    and {more} more that differ"));
        }
    }

    fn stale(&mut self, entries: &[StaleEntry]) {
        for entry in entries {
            self.blank();
            let place = format!("{}: {} ({})", entry.file, entry.id, entry.assertion);
            let word = self.painted(Verdict::UnexpectedPass, "out-of-date known failure");
            self.line(&format!("{word}  {}", clip(&place, 400)));
            self.line(&format!("    {}", clip(&entry.problem, 400)));
        }
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
    use super::{Colour, text, told_together};
    use crate::{fixture::overview, headline::findings};

    #[test]
    fn a_run_in_plain_lines() {
        insta::assert_snapshot!(text(&overview(), Colour::Plain, 3));
    }

    #[test]
    fn a_terminal_is_told_nothing_by_a_subject() {
        let mut results = overview();
        let evil = "\x1b[2J\r\n\u{7}";
        results.subject.name = evil.to_owned();
        results.stale[0].problem = evil.to_owned();
        for vector in &mut results.vectors {
            vector.title = evil.to_owned();
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
    fn what_has_one_leg_is_told_without_it() {
        let results = overview();
        let found = findings(&results);
        let evidence = |_: &_| vec!["seen like this".to_owned()];
        let text = told_together(&found, 2, &evidence);
        assert!(text.contains("    outcome\n      expected "), "{text}");
        assert_eq!(text.matches("    seen like this\n").count(), 2, "{text}");
        assert!(!text.contains("rerun") && !text.contains("wire"), "{text}");
        let more = format!("and {} more vectors\n", found.len() - 2);
        assert!(text.ends_with(&more), "{text}");
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let ansi = text(&overview(), Colour::Ansi, 100);
        let mut plain = String::new();
        for part in ansi.split('\x1b') {
            plain.push_str(part.strip_prefix('[').map_or(part, |code| {
                code.split_once('m').map_or(code, |(_, text)| text)
            }));
        }
        assert!(ansi.contains('\x1b'));
        assert_eq!(plain, text(&overview(), Colour::Plain, 100));
    }
}
