//! The run as Markdown, such as for the summary of a CI job.

use crate::{
    difference::{Difference, differences},
    headline::{findings, is_finding, numbers, sentence},
    overview::{Overview, VectorVerdict},
    printable::clip,
    rerun::rerun,
    results::{LegIdentity, StaleEntry},
    totals::Totals,
    verdict::{LegVerdict, Verdict},
};

/// The most bytes that are written; CI services cut longer summaries anywhere.
pub const LIMIT: usize = 64 * 1024;

/// Room for the last line, which says how much is missing.
const LAST_LINE: usize = 100;
/// How many mismatches are shown of one vector.
const MOST_DIFFERENCES: usize = 6;

/// Writes a run as Markdown of at most [`LIMIT`] bytes, failures first.
pub fn markdown(results: &Overview) -> String {
    let blocks: Vec<_> = [head(results)]
        .into_iter()
        .chain(
            findings(results)
                .into_iter()
                .map(|found| vector(results, found)),
        )
        .chain(stale(results))
        .chain(unjudged(results))
        .collect();
    let mut out = String::new();
    for (index, block) in blocks.iter().enumerate() {
        if out.len() + block.len() + LAST_LINE > LIMIT {
            let n_missing = blocks.len() - index;
            return [out, format!("\nand {n_missing} more\n")].concat();
        }
        out.push_str(block);
    }
    out
}

fn head(results: &Overview) -> String {
    let totals = Totals::of(results);
    let mut lines = vec![format!("# {}\n", escaped(&sentence(results, &totals)))];
    lines.extend(numbers(&totals).map(|number| {
        let symbol = number.verdict.symbol();
        format!("- {symbol} **{}** {}", number.count, number.label)
    }));
    let engine = |leg: &LegIdentity| format!("- {}: {}", leg.leg, escaped(&clip(&leg.engine, 80)));
    lines.extend(results.legs.iter().map(engine));
    lines.extend(
        results
            .generated
            .map(|made| format!("- made up by `{made}`")),
    );
    block(&lines)
}

fn block(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

fn stale(results: &Overview) -> Option<String> {
    let line = |entry: &StaleEntry| {
        let text = format!("{}: `{}`: {}", entry.file, entry.id, entry.problem);
        format!("- {}", escaped(&clip(&text, 400)))
    };
    let lines: Vec<_> = results.stale.iter().take(20).map(line).collect();
    (!lines.is_empty()).then(|| format!("\n## Out-of-date known failures\n\n{}", block(&lines)))
}

fn vector(results: &Overview, vector: &VectorVerdict) -> String {
    let verdict = vector.verdict;
    let title = escaped(&clip(&vector.title, 200));
    let culprit = vector.owner.culprit();
    let owner = culprit.map(|owner| format!(" — at fault: {owner}"));
    let owner = owner.unwrap_or_default();
    let mut lines = vec![
        format!("\n## {} {}: {title}", verdict.symbol(), verdict.label()),
        format!("\n`{}`{owner}\n", vector.id),
    ];
    let n_steps = vector.n_steps;
    let differences = differences(vector);
    let shown = differences.iter().take(MOST_DIFFERENCES);
    lines.extend(shown.map(|difference| lines_of(difference, n_steps)));
    if differences.len() > MOST_DIFFERENCES {
        lines.push(format!(
            "- and {} more",
            differences.len() - MOST_DIFFERENCES
        ));
    }
    let finding = |leg: &&LegVerdict| is_finding(leg.verdict);
    for leg in vector.legs.iter().filter(finding) {
        let note = leg.note.iter();
        lines.extend(note.map(|note| format!("- {}: {}", leg.leg, escaped(&clip(note, 400)))));
    }
    lines.push(format!("\n```sh\n{}\n```", rerun(results, &[&vector.id])));
    block(&lines)
}

fn lines_of(difference: &Difference<'_>, n_steps: usize) -> String {
    format!(
        "- {} ({})\n  - expected {}\n  - observed {}",
        escaped(&clip(&difference.field(n_steps), 200)),
        difference.legs(),
        escaped(&clip(&difference.mismatch.expected, 600)),
        escaped(&clip(&difference.mismatch.observed, 600))
    )
}

/// The legs that were not judged, by verdict.
fn unjudged(results: &Overview) -> Option<String> {
    let count = |wanted: Verdict| {
        let of_leg = |vector: &VectorVerdict| vector.legs.iter().any(|leg| leg.verdict == wanted);
        results
            .vectors
            .iter()
            .filter(|vector| of_leg(vector))
            .count()
    };
    let line = |verdict: Verdict| {
        format!(
            "- {} {} {}",
            verdict.symbol(),
            count(verdict),
            verdict.label()
        )
    };
    let lines: Vec<_> = Verdict::ALL
        .into_iter()
        .filter(|verdict| !verdict.is_judged() && count(*verdict) > 0)
        .map(line)
        .collect();
    (!lines.is_empty()).then(|| format!("\n## Not judged\n\n{}", block(&lines)))
}

/// Makes Markdown show `text` as it is; what stands between paired backticks becomes code.
fn escaped(text: &str) -> String {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len() % 2 == 0 {
        return text.chars().flat_map(plain).collect();
    }
    let part = |(index, part): (usize, &&str)| match (index % 2, *part) {
        (0, part) => part.chars().flat_map(plain).collect(),
        (_, "") => String::new(),
        (_, part) => format!("`{part}`"),
    };
    parts.iter().enumerate().map(part).collect()
}

/// A character that means nothing to Markdown, with a backslash if need be.
fn plain(c: char) -> impl Iterator<Item = char> {
    let is_special = c.is_ascii_punctuation() && !",;'\"/%?.-:=".contains(c);
    is_special.then_some('\\').into_iter().chain([c])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{LIMIT, escaped, markdown};
    use crate::fixture::{overview, run};

    #[test]
    fn a_run_as_markdown() {
        let mut results = overview();
        results
            .vectors
            .retain(|vector| vector.id.as_str().starts_with("server/o"));
        insta::assert_snapshot!(markdown(&results));
    }

    #[test]
    fn a_long_run_is_cut_between_vectors() {
        let failing = overview()
            .vectors
            .into_iter()
            .find(|v| v.verdict.is_failure());
        let vectors: Vec<_> = std::iter::repeat_n(failing.unwrap(), 500).collect();
        let text = markdown(&run(vectors));
        assert!(text.len() <= LIMIT && text.len() > LIMIT / 2);
        let last = text.lines().last().unwrap();
        assert!(
            last.starts_with("and ") && last.ends_with(" more"),
            "{last}"
        );
    }

    #[rstest]
    #[case("a <b> & *c* @me", r"a \<b\> \& \*c\* \@me")]
    #[case("`a*b` and `<c>`", "`a*b` and `<c>`")]
    #[case("one ` alone", r"one \` alone")]
    #[case("[x](https://e)", r"\[x\]\(https://e\)")]
    #[case("a-b: c.", "a-b: c.")]
    fn markdown_shows_text_as_it_is(#[case] text: &str, #[case] markdown: &str) {
        assert_eq!(escaped(text), markdown);
    }
}
