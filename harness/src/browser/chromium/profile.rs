//! The folder that a browser works in, and the preferences in it.

use std::{collections::HashMap, fs, io, path::Path};

use crate::process::{
    folder::Folder,
    offspring::{Family, MARK},
};

/// Other sites' cookies are not blocked, as the standard has it. No page shows a file of this machine:
/// DevTools is a port, so every process here can have pages opened.
const PREFERENCES: &str = r#"{
    "profile": { "cookie_controls_mode": 0 },
    "policy": { "url_blocklist": ["file://*"] }
}"#;

/// A fresh profile with [`PREFERENCES`].
pub(super) fn fresh_profile() -> io::Result<Folder> {
    let profile = Folder::fresh()?;
    let folder = profile.path().join("Default");
    fs::create_dir(&folder)?;
    fs::write(folder.join("Preferences"), PREFERENCES)?;
    Ok(profile)
}

/// Has a browser on Unix keep its sockets and the like with its profile, so that they go with it, and
/// bear the mark of this run.
pub(super) fn environment(profile: &Path) -> HashMap<String, String> {
    HashMap::from([
        ("TMPDIR".to_owned(), profile.display().to_string()),
        (MARK.to_owned(), Family::fresh().mark().to_owned()),
    ])
}
