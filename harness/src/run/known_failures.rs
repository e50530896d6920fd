//! Known failures, as users write them down.

use crosscheck_report::known::KnownFile;

/// Reads `text` of `file`.
///
/// # Errors
///
/// If it is no TOML, an entry has no reason, or a field is unknown.
pub fn parse(file: &str, text: &str) -> Result<KnownFile, toml::de::Error> {
    let parsed: KnownFile = toml::from_str(text)?;
    Ok(KnownFile {
        file: file.to_owned(),
        ..parsed
    })
}
