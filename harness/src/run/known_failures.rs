//! Known failures, as users write them down.

use crosscheck_report::{known::KnownFile, leg::Leg};

use crate::browser::engines::{ENGINES, engine_of};

/// Why a file is none of known failures.
#[derive(Debug, thiserror::Error)]
pub enum BadKnownFile {
    /// It is no TOML, an entry has no reason, or a field is unknown.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// An entry is about a leg that there is not.
    #[error(
        "line {line}: there is no leg `{leg}`; legs are oracle, wire, {}",
        ENGINES.iter().map(|engine| engine.option().name).collect::<Vec<_>>().join(", ")
    )]
    Leg {
        /// The line that names it, counted from 1.
        line: usize,
        /// Its leg.
        leg: Leg,
    },
}

/// Reads `text` of `file`.
///
/// # Errors
///
/// If it is no such file.
pub fn parse(file: &str, text: &str) -> Result<KnownFile, BadKnownFile> {
    let parsed: KnownFile = toml::from_str(text)?;
    let unknown = |leg: &Leg| leg.is_browser() && engine_of(*leg).is_none();
    for entry in &parsed.entries {
        if let Some(leg) = entry.leg.filter(unknown) {
            let names =
                |line: &str| line.trim_start().starts_with("leg") && line.contains(leg.word());
            let line = text.lines().position(names).unwrap_or_default() + 1;
            return Err(BadKnownFile::Leg { line, leg });
        }
    }
    Ok(KnownFile {
        file: file.to_owned(),
        ..parsed
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::parse;

    #[rstest]
    #[case::wire("wire", true)]
    #[case::an_engine("chromium", true)]
    #[case::misspelt("chromum", false)]
    fn an_entry_names_a_leg_that_there_is(#[case] leg: &str, #[case] is_taken: bool) {
        let text = format!("[[known]]\nid = \"a/b/*\"\nleg = \"{leg}\"\nreason = \"a test\"\n");
        let parsed = parse("known.toml", &text);
        assert_eq!(parsed.is_ok(), is_taken, "{parsed:?}");
    }
}
