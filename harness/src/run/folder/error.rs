//! Why a folder cannot be written to.

use std::{fmt, io, path::PathBuf};

/// Why a folder cannot be written to.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum FolderError {
    /// A file could not be read or written.
    #[error("cannot use `{}`", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is a file in the folder's place.
    #[error("`{}` is not a folder: name an empty or a new folder with --out", .0.display())]
    NoFolder(PathBuf),
    /// It is somebody else's.
    #[error(
        "`{}` holds files that crosscheck did not write, such as `{such_as}`: name an empty or a new \
         folder with --out, or remove them",
        folder.display()
    )]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// One of these files.
        such_as: String,
    },
    /// A file of somebody else is where one would be written.
    #[error(
        "crosscheck did not write `{}`, so it does not replace it: move it away, or name another place",
        .0.display()
    )]
    NotListed(PathBuf),
    /// Something else is where a file of the tool was, or would be.
    #[error(
        "`{}` is {kind}, where crosscheck writes a file: move it away, or name another place",
        path.display()
    )]
    NoFile {
        /// Where.
        path: PathBuf,
        /// What it is.
        kind: Kind,
    },
    /// Something else is where a folder would be.
    #[error(
        "`{}` is {kind}, where crosscheck makes a folder: move it away, or name another place",
        path.display()
    )]
    NoInnerFolder {
        /// Where.
        path: PathBuf,
        /// What it is.
        kind: Kind,
    },
    /// The list cannot be read.
    #[error(
        "`{}` is no list of the files that crosscheck wrote ({why}): name an empty or a new folder, or \
         remove that file if crosscheck wrote all that is beside it",
        path.display()
    )]
    Damaged {
        /// The list.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Another process is writing to it.
    #[error("another run is writing to `{}`; wait for it, or give another folder with `--out`", .0.display())]
    Busy(PathBuf),
}

/// What is found at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a pipe or a socket.
    Other,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a symbolic link",
            Self::Other => "no regular file",
        })
    }
}
