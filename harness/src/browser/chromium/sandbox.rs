//! Whether Chromium runs in its sandbox.

/// Whether Chromium runs in its sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sandbox {
    /// It does not.
    Off,
    /// It does.
    On,
}

impl Sandbox {
    /// Chromium refuses the sandbox to the superuser.
    pub(super) fn wanted() -> Self {
        if is_superuser() { Self::Off } else { Self::On }
    }
}

#[cfg(unix)]
fn is_superuser() -> bool {
    use std::os::unix::fs::MetadataExt;

    // A new file belongs to whoever runs this.
    tempfile::tempfile()
        .and_then(|file| file.metadata())
        .is_ok_and(|metadata| metadata.uid() == 0)
}

#[cfg(not(unix))]
fn is_superuser() -> bool {
    false
}
