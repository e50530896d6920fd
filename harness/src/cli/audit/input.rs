//! What is to be audited, and what has been.

use std::{collections::HashSet, io::Read as _, path::Path};

use crosscheck_vectors::file;
use miette::{IntoDiagnostic, Result, WrapErr as _, miette};

/// The URLs that were given, each once; lines that are empty or begin with `#` are none.
pub(super) fn urls(given: &[String], file: Option<&Path>) -> Result<Vec<String>> {
    let listed = file.map(read).transpose()?.unwrap_or_default();
    let lines = listed.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut known = HashSet::new();
    let all = given.iter().map(String::as_str).chain(lines);
    let urls: Vec<_> = all
        .filter(|url| known.insert(*url))
        .map(str::to_owned)
        .collect();
    if urls.is_empty() {
        return Err(miette!(
            help = "crosscheck audit https://staging.example/api/items",
            "there is no URL to audit"
        ));
    }
    Ok(urls)
}

fn read(path: &Path) -> Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .into_diagnostic()?;
        return Ok(text);
    }
    file::read_text(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot read `{}`", path.display()))
}
