//! Figures with their units, and ratios beside their budgets.

use std::{
    io::{self, Write},
    time::Duration,
};

use miette::{IntoDiagnostic, Result};

/// What a ratio is held against.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    AtLeast(f64),
    AtMost(f64),
}

/// Begins a section.
pub(crate) fn section(title: &str) -> Result<()> {
    line(&format!("\n{title}"))
}

/// A figure: `text` has its unit.
pub(crate) fn figure(what: &str, text: &str) -> Result<()> {
    line(&format!("  {what:<44} {text:>18}"))
}

/// A ratio, its budget, and whether it keeps to it.
pub(crate) fn ratio(what: &str, ratio: f64, budget: Budget) -> Result<()> {
    let (words, kept) = match budget {
        Budget::AtLeast(least) => (format!("at least {least:.2}"), ratio >= least),
        Budget::AtMost(most) => (format!("at most {most:.2}"), ratio <= most),
    };
    let sign = if kept { "✓ kept" } else { "✕ not kept" };
    line(&format!("  {what:<44} {ratio:>18.2}   {words}  {sign}"))
}

/// `n` things in `time`, as things per second.
pub(crate) fn per_second(n: usize, time: Duration) -> f64 {
    count(n) / time.as_secs_f64()
}

/// `n` as a number that can be divided.
pub(crate) fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::INFINITY, f64::from)
}

/// The middle one; of an even number, the lower of the two in the middle.
///
/// # Panics
///
/// If there is none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    *values.get(middle).expect("something was measured")
}

/// The median of `first / second` over all rounds.
pub(crate) fn median_ratio(rounds: &[(f64, f64)]) -> f64 {
    median(rounds.iter().map(|(first, second)| first / second))
}

fn line(text: &str) -> Result<()> {
    writeln!(io::stdout().lock(), "{text}").into_diagnostic()
}
