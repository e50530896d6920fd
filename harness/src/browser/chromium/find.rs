//! Finds a Chromium on this machine.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// Names looked for on `PATH`, the best first: what users run before what only machines run.
const NAMES: [&str; 8] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "chromium-headless-shell",
];

/// Where installers put it on systems that do not use `PATH` for programs.
const PLACES: &[&str] = if cfg!(target_os = "macos") {
    &[
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ]
} else if cfg!(windows) {
    &[
        r"C:\Program Files\Chromium\Application\chrome.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ]
} else {
    &[]
};

/// Why there is no browser to start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(super) enum MissingBrowser {
    /// The one that was named does not exist.
    #[error(
        "there is no program `{}`; name another one, or none to look for an installed Chromium",
        .0.display()
    )]
    Named(PathBuf),
    /// None is installed where one is looked for.
    #[error(
        "no Chromium was found; looked on PATH for {}{}{}; install Chromium, Chrome or Edge, or set \
         CROSSCHECK_CHROMIUM to the path of its program",
        NAMES.join(", "),
        if PLACES.is_empty() { "" } else { ", for " },
        PLACES.join(", ")
    )]
    NotInstalled,
}

/// The browser to start: `explicit`, a path or a name on `PATH`, or else the first one found.
///
/// # Errors
///
/// [`MissingBrowser`], whose text says what was looked for and what to do.
pub(super) fn find_binary(explicit: Option<&Path>) -> Result<PathBuf, MissingBrowser> {
    find_on(explicit, &env::var_os("PATH").unwrap_or_default())
}

fn find_on(explicit: Option<&Path>, path: &OsStr) -> Result<PathBuf, MissingBrowser> {
    let on_path = |name: &Path| {
        let file = PathBuf::from(format!("{}{}", name.display(), env::consts::EXE_SUFFIX));
        env::split_paths(path)
            .map(|folder| folder.join(&file))
            .find(|file| is_program(file))
    };
    if let Some(named) = explicit {
        let bare = named.components().count() == 1;
        return Some(named.to_owned())
            .filter(|file| is_program(file))
            .or_else(|| on_path(named).filter(|_| bare))
            .ok_or_else(|| MissingBrowser::Named(named.to_owned()));
    }
    NAMES
        .iter()
        .find_map(|name| on_path(Path::new(name)))
        .or_else(|| {
            PLACES
                .iter()
                .map(PathBuf::from)
                .find(|file| is_program(file))
        })
        .ok_or(MissingBrowser::NotInstalled)
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::{MissingBrowser, Path, PathBuf, find_on};

    fn folder(programs: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in programs {
            let file = folder.path().join(name);
            fs::write(&file, "").unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    #[test]
    fn the_full_browser_comes_before_the_shell() {
        let folder = folder(&["chromium-headless-shell", "google-chrome"]);
        let found = find_on(None, folder.path().as_os_str()).unwrap();
        assert_eq!(found, folder.path().join("google-chrome"));
    }

    #[test]
    fn a_file_that_cannot_run_is_passed_over() {
        let folder = folder(&["google-chrome"]);
        fs::write(folder.path().join("chromium"), "").unwrap();
        let found = find_on(None, folder.path().as_os_str()).unwrap();
        assert_eq!(found, folder.path().join("google-chrome"));
    }

    #[test]
    fn a_named_browser_may_be_a_name_or_a_path() {
        let folder = folder(&["chromium", "mine"]);
        let path = folder.path().as_os_str();
        let mine = folder.path().join("mine");
        assert_eq!(find_on(Some(Path::new("mine")), path).as_ref(), Ok(&mine));
        assert_eq!(find_on(Some(&mine), path).as_ref(), Ok(&mine));
    }

    #[test]
    fn a_named_browser_that_is_missing_is_not_replaced() {
        let folder = folder(&["chromium"]);
        let missing = PathBuf::from("/nowhere/chromium");
        let error = find_on(Some(&missing), folder.path().as_os_str()).unwrap_err();
        assert!(error.to_string().contains("/nowhere/chromium"), "{error}");
        assert_eq!(error, MissingBrowser::Named(missing));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_error_says_what_was_looked_for_and_what_to_do() {
        let folder = folder(&[]);
        let error = find_on(None, folder.path().as_os_str())
            .unwrap_err()
            .to_string();
        assert!(error.contains("chromium-browser, google-chrome"), "{error}");
        assert!(error.contains("CROSSCHECK_CHROMIUM"), "{error}");
    }
}
