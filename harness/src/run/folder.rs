//! The folder that a report goes to: nothing is deleted or replaced there that the tool did not write.
//!
//! The tool lists its own files in `.crosscheck-files`, before it writes them. A folder that holds anything
//! and has no such list is refused, unless an earlier version wrote it: `earlier` says how that is seen.
//! Below the folder no symbolic link is followed.

mod earlier;
mod error;
mod marker;

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, BufWriter, ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

pub use self::error::{FolderError, Kind};
use self::marker::{Marker, digest};

/// The file that is locked while a process writes to the folder.
const LOCK: &str = ".crosscheck.lock";

/// What the names of the tool's unlisted files begin with: the list, the lock, and files half written.
const HIDDEN: &str = ".crosscheck";

/// A folder that this process alone writes to.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    marker: Marker,
    /// Held until the end.
    _lock: File,
}

/// What is known of a folder before it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// Its results were read.
    Report,
}

impl Folder {
    /// Takes the folder at `path`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If it is somebody else's, another process writes to it, or it cannot be written.
    pub fn claim(path: &Path, known: Known) -> Result<Self, FolderError> {
        match fs::metadata(path) {
            Ok(found) if !found.is_dir() => return Err(FolderError::NoFolder(path.to_owned())),
            _ => {}
        }
        // Nothing is made in a folder of somebody else.
        own_files(path, known)?;
        fs::create_dir_all(path).map_err(io_at(path))?;
        let lock = lock(path)?;
        let folder = Self {
            path: path.to_owned(),
            // Whoever held the lock may have written since.
            marker: own_files(path, known)?,
            _lock: lock,
        };
        for place in &folder.marker.files {
            folder.look(place)?;
        }
        folder.save()?;
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds what the comparison in it keeps, which may come from elsewhere, to the tool's own files.
    pub fn adopt_comparison(&mut self) {
        self.marker.files.extend(earlier::comparison(&self.path));
    }

    /// Makes sure that nothing is at `place` but a file that the tool wrote.
    ///
    /// # Errors
    ///
    /// If there is.
    pub fn check(&self, place: &str) -> Result<(), FolderError> {
        let is_taken = self.look(place)?.is_some();
        if is_taken && !self.marker.files.contains(place) {
            return Err(FolderError::NotListed(self.path.join(place)));
        }
        Ok(())
    }

    /// Lists `places` as the tool's own; nothing may be there but files that it wrote.
    ///
    /// # Errors
    ///
    /// If there is.
    pub fn announce(
        &mut self,
        places: impl IntoIterator<Item = String>,
    ) -> Result<(), FolderError> {
        let n_before = self.marker.files.len();
        for place in places {
            self.check(&place)?;
            self.marker.files.insert(place);
        }
        if self.marker.files.len() == n_before {
            return Ok(());
        }
        self.save()
    }

    /// Writes the file at `place` whole or not at all.
    ///
    /// # Errors
    ///
    /// If something else is there, or it cannot be written.
    pub fn put(
        &mut self,
        place: &str,
        write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> io::Result<()>,
    ) -> Result<(), FolderError> {
        self.announce([place.to_owned()])?;
        self.write(place, write)
    }

    /// Opens the file at `place`, to be read and appended to.
    ///
    /// # Errors
    ///
    /// If something else is there, or it cannot be opened.
    pub fn append(&mut self, place: &str) -> Result<File, FolderError> {
        self.announce([place.to_owned()])?;
        open_own(&self.path.join(place))
    }

    /// Removes the files that the tool wrote at `place` or below it, but for those in `keep`.
    ///
    /// # Errors
    ///
    /// If one cannot be removed, or is a file no more.
    pub fn retain(&mut self, place: &str, keep: &BTreeSet<String>) -> Result<(), FolderError> {
        let below = format!("{place}/");
        let is_meant = |file: &&String| **file == place || file.starts_with(&below);
        let listed = self.marker.files.iter().filter(is_meant);
        let gone: Vec<_> = listed
            .filter(|file| !keep.contains(*file))
            .cloned()
            .collect();
        for file in &gone {
            self.delete(file)?;
            self.marker.files.remove(file);
        }
        if gone.is_empty() {
            return Ok(());
        }
        self.save()
    }

    /// Writes `text`, which people are to fill in, to the first of `places` that is free: nothing is
    /// there, or what the tool wrote there, and `is_in_use` does not say that it is needed. Files that
    /// are free otherwise are removed, and all of them are if `text` is empty. Returns the place.
    ///
    /// # Errors
    ///
    /// If a file cannot be written or removed.
    pub fn put_template(
        &mut self,
        places: impl Iterator<Item = String>,
        text: &str,
        is_in_use: impl Fn(&Path) -> bool,
    ) -> Result<Option<String>, FolderError> {
        let mut target = None;
        if !text.is_empty() {
            for place in places {
                let is_absent = self.kind(&place)?.is_none();
                if is_absent || self.is_untouched(&place) && !is_in_use(&self.path.join(&place)) {
                    target = Some(place);
                    break;
                }
            }
        }
        let listed: Vec<_> = self.marker.templates.keys().cloned().collect();
        for place in listed {
            if self.is_untouched(&place) && !is_in_use(&self.path.join(&place)) {
                if target.as_ref() != Some(&place) {
                    self.delete(&place)?;
                    self.marker.templates.remove(&place);
                }
            } else {
                // It is its writer's from now on.
                self.marker.templates.remove(&place);
            }
        }
        if let Some(place) = &target {
            let digest = digest(text.as_bytes());
            self.marker.templates.insert(place.clone(), digest);
            self.save()?;
            self.write(place, |file| io::Write::write_all(file, text.as_bytes()))?;
        } else {
            self.save()?;
        }
        Ok(target)
    }

    /// Whether the template at `place` is as the tool wrote it.
    fn is_untouched(&self, place: &str) -> bool {
        let Some(written) = self.marker.templates.get(place) else {
            return false;
        };
        let path = self.path.join(place);
        let is_file = matches!(kind_of(&path), Ok(Some(Kind::File)));
        is_file && fs::read(&path).is_ok_and(|found| digest(&found) == *written)
    }

    /// What is at `place`, which may be nothing or a file.
    fn look(&self, place: &str) -> Result<Option<()>, FolderError> {
        match self.kind(place)? {
            None => Ok(None),
            Some(Kind::File) => Ok(Some(())),
            Some(kind @ (Kind::Folder | Kind::Link | Kind::Other)) => {
                let path = self.path.join(place);
                Err(FolderError::NoFile { path, kind })
            }
        }
    }

    /// What is at `place`; all folders on the way to it are ones, and no links.
    fn kind(&self, place: &str) -> Result<Option<Kind>, FolderError> {
        let path = self.path.join(place);
        for parent in parents(place) {
            let path = self.path.join(parent);
            match kind_of(&path)? {
                None => return Ok(None),
                Some(Kind::Folder) => {}
                Some(kind @ (Kind::File | Kind::Link | Kind::Other)) => {
                    return Err(FolderError::NoInnerFolder { path, kind });
                }
            }
        }
        kind_of(&path)
    }

    fn delete(&self, place: &str) -> Result<(), FolderError> {
        if self.look(place)?.is_none() {
            return Ok(());
        }
        let path = self.path.join(place);
        fs::remove_file(&path).map_err(io_at(&path))?;
        let mut outer: Vec<_> = parents(place).collect();
        // Only those that nothing is left in can be removed.
        while let Some(parent) = outer.pop()
            && fs::remove_dir(self.path.join(parent)).is_ok()
        {}
        Ok(())
    }

    fn write(
        &self,
        place: &str,
        write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> io::Result<()>,
    ) -> Result<(), FolderError> {
        for parent in parents(place) {
            let path = self.path.join(parent);
            match fs::create_dir(&path) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(FolderError::Io {
                        path,
                        source: error,
                    });
                }
                _ => {}
            }
        }
        self.look(place)?;
        write_whole(&self.path.join(place), write)
    }

    fn save(&self) -> Result<(), FolderError> {
        let path = self.path.join(marker::NAME);
        match kind_of(&path)? {
            None | Some(Kind::File) => {}
            Some(kind @ (Kind::Folder | Kind::Link | Kind::Other)) => {
                return Err(FolderError::NoFile { path, kind });
            }
        }
        let text = self.marker.text();
        write_whole(&path, |file| io::Write::write_all(file, text.as_bytes()))
    }
}

/// Opens the file at `path`, to be read and appended to. It is made if it is not there.
///
/// # Errors
///
/// If it is no regular file, or cannot be opened.
pub fn open_own(path: &Path) -> Result<File, FolderError> {
    if let Some(kind @ (Kind::Folder | Kind::Link | Kind::Other)) = kind_of(path)? {
        let path = path.to_owned();
        return Err(FolderError::NoFile { path, kind });
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    open_file(path, &mut options)
}

/// Opens the regular file at `path`, to be read and whatever `options` say.
fn open_file(path: &Path, options: &mut OpenOptions) -> Result<File, FolderError> {
    // Should it be a link or a pipe by now, it is neither followed nor waited for.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags());
    let file = options.read(true).open(path).map_err(io_at(path))?;
    if file.metadata().map_err(io_at(path))?.is_file() {
        Ok(file)
    } else {
        let (path, kind) = (path.to_owned(), Kind::Other);
        Err(FolderError::NoFile { path, kind })
    }
}

#[cfg(unix)]
fn flags() -> i32 {
    use rustix::fs::OFlags;
    (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed()
}

/// The files in the folder at `path` that are the tool's own.
fn own_files(path: &Path, known: Known) -> Result<Marker, FolderError> {
    let list = path.join(marker::NAME);
    match kind_of(&list)? {
        None => {}
        Some(Kind::File) => {
            let mut text = String::new();
            let read = open_file(&list, &mut OpenOptions::new())?.read_to_string(&mut text);
            let read = read.map_err(|error| error.to_string());
            return read
                .and_then(|_length| Marker::parse(&text))
                .map_err(|why| FolderError::Damaged { path: list, why });
        }
        Some(kind @ (Kind::Folder | Kind::Link | Kind::Other)) => {
            return Err(FolderError::NoFile { path: list, kind });
        }
    }
    let found = match known {
        Known::Nothing => earlier::report(path).unwrap_or_default(),
        Known::Report => earlier::files_of_report(path),
    };
    let found: BTreeSet<_> = found.into_iter().chain(earlier::comparison(path)).collect();
    match foreign(path)? {
        Some(such_as) if found.is_empty() => Err(FolderError::Foreign {
            folder: path.to_owned(),
            such_as,
        }),
        _ => Ok(Marker::of(found)),
    }
}

/// The first name in the folder at `path` that is neither the tool's nor a folder that it wrote.
fn foreign(path: &Path) -> Result<Option<String>, FolderError> {
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries.map_err(io_at(path))?,
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let entry = entry.map_err(io_at(path))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(HIDDEN) && !earlier::is_ours(&entry.path()) {
            names.insert(name);
        }
    }
    Ok(names.pop_first())
}

fn lock(folder: &Path) -> Result<File, FolderError> {
    let path = folder.join(LOCK);
    let file = open_own(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FolderError::Busy(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(FolderError::Io { path, source }),
    }
}

/// The folders on the way to `place`, the outermost first.
fn parents(place: &str) -> impl Iterator<Item = &str> {
    place
        .match_indices('/')
        .filter_map(|(at, _)| place.get(..at))
}

/// What is at `path`, without following a link there.
fn kind_of(path: &Path) -> Result<Option<Kind>, FolderError> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        found => found.map_err(io_at(path))?.file_type(),
    };
    Ok(Some(if found.is_symlink() {
        Kind::Link
    } else if found.is_dir() {
        Kind::Folder
    } else if found.is_file() {
        Kind::File
    } else {
        Kind::Other
    }))
}

/// Writes a file whole or not at all.
fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<NamedTempFile>) -> io::Result<()>,
) -> Result<(), FolderError> {
    let put = || {
        let parent = path.parent().unwrap_or(path);
        let mut file = BufWriter::new(temporary_in(parent)?);
        write(&mut file)?;
        file.into_inner()?.persist(path)?;
        Ok(())
    };
    put().map_err(io_at(path))
}

/// A new file that others may read, as far as this process lets them.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".crosscheck-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> FolderError {
    let path = path.to_owned();
    move |source| FolderError::Io {
        path: path.clone(),
        source,
    }
}
