//! A known-failure file for today's failures.

use std::{collections::BTreeMap, fmt::Write as _};

use crosscheck_vectors::vector::Kind;

use crate::overview::Overview;

/// TOML to paste into a known-failure file: an entry for each field that fails on each leg, with the
/// vectors in which it does.
///
/// The reasons are left empty, and a file with an empty reason is refused: somebody has to say why.
/// Empty if nothing fails.
pub fn template(results: &Overview) -> String {
    let mut failing = BTreeMap::<_, Vec<_>>::new();
    for vector in &results.vectors {
        for leg in vector.legs.iter().filter(|leg| leg.verdict.is_failure()) {
            let required = leg
                .mismatches
                .iter()
                .filter(|mismatch| mismatch.kind == Kind::Required);
            for mismatch in required {
                let ids = failing
                    .entry((leg.leg.word(), mismatch.field.as_str()))
                    .or_default();
                if ids.last() != Some(&vector.id.as_str()) {
                    ids.push(vector.id.as_str());
                }
            }
        }
    }
    let mut toml = String::new();
    for ((leg, field), ids) in failing {
        let gap = if toml.is_empty() { "" } else { "\n" };
        let ids = match ids.as_slice() {
            [id] => basic_string(id),
            ids => {
                let line = |id: &&str| format!("    {},\n", basic_string(id));
                format!("[\n{}]", ids.iter().map(line).collect::<String>())
            }
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            toml,
            "{gap}[[known]]\nid = {ids}\nassertion = {}\nleg = {}\nreason = \"\"",
            basic_string(field),
            basic_string(leg),
        );
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
