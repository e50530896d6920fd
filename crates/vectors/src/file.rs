//! Files that people name: regular ones of a bounded size, read whole.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

/// The longest file that is read, in bytes: far more than any suite file, policy or list has.
const LONGEST: u64 = 64 << 20;

/// Why a file is not read, though it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Unfit {
    #[error("it is not a regular file")]
    Kind,
    #[error("it has more than {} MiB", LONGEST >> 20)]
    Size,
}

/// Opens the file at `path`, of any size.
///
/// # Errors
///
/// If it is not a regular file: opening a pipe could wait for ever, and a device may have no end.
pub fn open(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() {
        File::open(path)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, Unfit::Kind))
    }
}

/// The content of the file at `path`.
///
/// # Errors
///
/// If it cannot be read, is not a regular file, or has more than 64 MiB.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= LONGEST => Ok(bytes),
        Ok(_) | Err(_) => Err(io::Error::new(io::ErrorKind::FileTooLarge, Unfit::Size)),
    }
}

/// The same as text.
///
/// # Errors
///
/// Those of [`read`], or if it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
}
