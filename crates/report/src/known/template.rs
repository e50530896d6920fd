//! A known-failure file for today's failures.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::overview::Overview;

/// TOML to paste into a known-failure file: an entry for each field that fails on each leg.
///
/// The reasons are left empty, and a file with an empty reason is refused: somebody has to say why.
/// Empty if nothing fails.
pub fn template(results: &Overview) -> String {
    let mut toml = String::new();
    for vector in &results.vectors {
        for leg in vector.legs.iter().filter(|leg| leg.verdict.is_failure()) {
            let required = leg
                .mismatches
                .iter()
                .filter(|mismatch| mismatch.kind == crosscheck_vectors::vector::Kind::Required);
            let fields: BTreeSet<_> = required.map(|mismatch| mismatch.field.as_str()).collect();
            for field in fields {
                let gap = if toml.is_empty() { "" } else { "\n" };
                // Writing to a string cannot fail.
                let _ = writeln!(
                    toml,
                    "{gap}[[known]]\nid = {}\nassertion = {}\nleg = {}\nreason = \"\"",
                    basic_string(vector.id.as_str()),
                    basic_string(field),
                    basic_string(leg.leg.word()),
                );
            }
        }
    }
    toml
}

/// A TOML basic string.
fn basic_string(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            _ if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
