//! Policy files that are given on the command line.

use std::{fs, path::Path};

use crosscheck_vectors::{policy::Policy, vector::PolicyFile};
use miette::{Context, IntoDiagnostic, Result};

/// A policy by itself, or with the title that the suite's own have.
pub(super) fn read_policy(path: &Path) -> Result<Policy> {
    let text = fs::read_to_string(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot read the policy `{}`", path.display()))?;
    let value: serde_json::Value = serde_json::from_str(&text)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` is no JSON", path.display()))?;
    let parsed = if value.get("policy").is_some() {
        serde_json::from_value::<PolicyFile>(value).map(|file| file.policy)
    } else {
        serde_json::from_value(value)
    };
    parsed
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` is no policy", path.display()))
}
