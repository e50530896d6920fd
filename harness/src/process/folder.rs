//! Temporary folders that go with their process, however that ends.

use std::{
    env, fs,
    fs::File,
    io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Once,
    thread,
    time::Duration,
};

use tempfile::Builder;

use super::offspring::run;

/// What the names of such folders begin with.
const PREFIX: &str = "crosscheck-";

/// The file in a folder that its owner keeps locked. The system unlocks it when the owner dies.
const OWNER: &str = "crosscheck-owner";

/// A temporary folder, removed when this is dropped. What a killed process left is removed when the
/// next one makes its first folder.
///
/// Programs that work in it may live a little longer and still write to it, so it is removed with
/// patience, for which dropping it blocks.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// None where files cannot be locked: then nobody else removes the folder.
    owner: Option<File>,
}

impl Folder {
    /// A fresh folder of this process.
    pub(crate) fn fresh() -> io::Result<Self> {
        static ONCE: Once = Once::new();
        ONCE.call_once(remove_ownerless);
        let path = closed_to_others(&mut Builder::new())
            .prefix(PREFIX)
            .tempdir()?
            .keep();
        let owner = own(&path).ok();
        Ok(Self { path, owner })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.owner = None;
        remove(&self.path);
    }
}

/// Removes the folder and waits until it stays away: once gone, for two ticks, and for a second in all.
pub(crate) fn remove(path: &Path) {
    let mut n_gone = 0;
    for _tick in 0..40 {
        let gone = match fs::remove_dir_all(path) {
            Ok(()) => false,
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        n_gone = if gone { n_gone + 1 } else { 0 };
        if n_gone == 2 {
            return;
        }
        thread::sleep(Duration::from_millis(25));
    }
}

/// The folders that processes of `run` left, and have not been removed.
pub(crate) fn of_run(run: &str) -> Vec<PathBuf> {
    let mut folders = all();
    folders.retain(|folder| {
        fs::read_to_string(folder.join(OWNER)).is_ok_and(|owner| owner.trim_end() == run)
    });
    folders
}

/// Makes this process the owner of `folder`. The file has its name only once it is locked.
fn own(folder: &Path) -> io::Result<File> {
    let unlocked = folder.join(format!("{OWNER}.new"));
    let mut file = File::create_new(&unlocked)?;
    file.lock()?;
    writeln!(file, "{}", run())?;
    fs::rename(unlocked, folder.join(OWNER))?;
    Ok(file)
}

/// Removes the folders whose owner is dead.
fn remove_ownerless() {
    for folder in all() {
        let Ok(owner) = File::open(folder.join(OWNER)) else {
            continue;
        };
        if owner.try_lock().is_ok() {
            drop(owner);
            // What cannot be removed now can be next time.
            let _left = fs::remove_dir_all(&folder);
        }
    }
}

/// All such folders of this user, whoever made them.
fn all() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(env::temp_dir()) else {
        return Vec::new();
    };
    let folders = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let begins = entry.file_name().to_str()?.starts_with(PREFIX);
        let is_own = begins && is_own_folder(&entry.metadata().ok()?);
        is_own.then(|| entry.path())
    });
    folders.collect()
}

#[cfg(unix)]
fn closed_to_others<'b, 'p, 's>(builder: &'b mut Builder<'p, 's>) -> &'b mut Builder<'p, 's> {
    use std::os::unix::fs::PermissionsExt as _;

    builder.permissions(fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn closed_to_others<'b, 'p, 's>(builder: &'b mut Builder<'p, 's>) -> &'b mut Builder<'p, 's> {
    builder
}

/// Whether it is a folder, no link to one, that belongs to this user and is closed to others.
#[cfg(unix)]
fn is_own_folder(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let is_own = metadata.uid() == rustix::process::geteuid().as_raw();
    let for_others = metadata.mode() & 0o077;
    metadata.is_dir() && is_own && for_others == 0
}

/// Elsewhere each user has a temporary folder of their own.
#[cfg(not(unix))]
fn is_own_folder(metadata: &fs::Metadata) -> bool {
    metadata.is_dir()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::{Folder, OWNER, all, of_run, remove_ownerless};
    use crate::process::offspring::run;

    #[test]
    fn a_folder_stays_as_long_as_its_owner() {
        let folder = Folder::fresh().unwrap();
        let path = folder.path().to_owned();
        fs::write(path.join("file"), "").unwrap();
        assert!(all().contains(&path));
        assert!(of_run(run()).contains(&path));
        remove_ownerless();
        assert!(path.join("file").is_file());
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_whose_owner_is_dead_is_removed() {
        let mut folder = Folder::fresh().unwrap();
        folder.owner = None;
        remove_ownerless();
        assert!(!folder.path().exists());
    }

    #[test]
    fn a_folder_that_never_had_an_owner_stays() {
        let folder = Folder::fresh().unwrap();
        fs::remove_file(folder.path().join(OWNER)).unwrap();
        remove_ownerless();
        assert!(folder.path().is_dir());
        File::create(folder.path().join(OWNER)).unwrap();
        remove_ownerless();
        assert!(!folder.path().exists());
    }
}
