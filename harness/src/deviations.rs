//! Known failures: those of the user, and the known deviations of browsers.

use crosscheck_report::known::KnownFile;

const CHROMIUM: &str = include_str!("../known-deviations/chromium.toml");

/// Chromium's known deviations from the standard.
///
/// # Panics
///
/// Never: a test reads the file.
pub fn chromium() -> KnownFile {
    parse("harness/known-deviations/chromium.toml", CHROMIUM).expect("a test reads this file")
}

/// Reads `text` of `file`.
///
/// # Errors
///
/// If it is no TOML, an entry has no reason, or a field is unknown.
pub(crate) fn parse(file: &str, text: &str) -> Result<KnownFile, toml::de::Error> {
    let parsed: KnownFile = toml::from_str(text)?;
    Ok(KnownFile {
        file: file.to_owned(),
        ..parsed
    })
}

#[cfg(test)]
mod tests {
    use crosscheck_report::observation::Leg;
    use crosscheck_vectors::load::Suite;

    use super::chromium;

    #[test]
    fn every_deviation_says_what_the_standard_says_and_fits_a_vector() {
        let suite = Suite::embedded().unwrap();
        for entry in &chromium().entries {
            assert_eq!(entry.leg, Some(Leg::Chromium), "{}", entry.id);
            assert!(entry.standard.is_some(), "{}", entry.id);
            assert!(
                suite.vectors.keys().any(|id| entry.id.matches(id.as_str())),
                "{}",
                entry.id
            );
        }
    }
}
