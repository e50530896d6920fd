//! `adapter.toml`: how an adapter is started, and what must be there before.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::Command,
};

use crosscheck_vectors::file;
use serde::Deserialize;

/// The file's name in an adapter's folder.
const NAME: &str = "adapter.toml";

/// The file of known failures that is used if it is there.
const KNOWN: &str = "known.toml";

/// Set-up leaves this file in the adapter's home.
const READY: &str = "ready";

/// What stands for the adapter's home in commands.
const HOME: &str = "{home}";

/// The environment variable that names the home to the adapter's programs.
const HOME_VARIABLE: &str = "CROSSCHECK_ADAPTER_HOME";

/// What an `adapter.toml` says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    command: Vec<String>,
    working_directory: Option<PathBuf>,
    set_up: Option<Vec<String>>,
    #[serde(default)]
    needs: Vec<String>,
    known: Option<PathBuf>,
}

/// An adapter as its `adapter.toml` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Its name.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<String>,
    /// Its file of known failures, if there is one.
    pub known: Option<PathBuf>,
    /// Where its things are installed.
    pub home: PathBuf,
    set_up: Option<Vec<String>>,
    needs: Vec<String>,
    folder: PathBuf,
    place: PathBuf,
}

/// Why an adapter cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is no such file.
    #[error("there is no adapter `{}`; `ls harness/adapters/*/adapter.toml` lists those of the project", .0.display())]
    Absent(PathBuf),
    /// The file cannot be read.
    #[error("cannot read the adapter's file `{}`", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not as it must be.
    #[error("`{}` is no adapter's file", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why, and where.
        source: toml::de::Error,
    },
    /// The command is empty.
    #[error("`{}` has an empty `{field}`", .path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// The field.
        field: &'static str,
    },
    /// The name cannot be that of a folder.
    #[error("`{}`: the name `{name}` is not made of letters, digits, `-`, `_` and `.`", .path.display())]
    Name {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// There is no place for what adapters install.
    #[error(
        "there is no home folder: set CROSSCHECK_ADAPTERS to a folder for what adapters install"
    )]
    NoHome,
    /// A program is missing.
    #[error("the adapter `{name}` needs `{program}`, which is not on the PATH")]
    Missing {
        /// The adapter.
        name: String,
        /// The program.
        program: String,
    },
    /// Set-up has not been done.
    #[error(
        "the adapter `{name}` is not installed: run `./justw adapters {name}`, which is `crosscheck adapter set-up {}`",
        .path.display()
    )]
    NotInstalled {
        /// The adapter.
        name: String,
        /// Its file.
        path: PathBuf,
    },
}

impl Manifest {
    /// Reads `path`, an `adapter.toml` or the folder that holds one.
    ///
    /// # Errors
    ///
    /// If there is none, or it is not as it must be.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let path = if path.is_dir() {
            path.join(NAME)
        } else {
            path.to_owned()
        };
        let unreadable = |source: io::Error| {
            let path = path.clone();
            if source.kind() == io::ErrorKind::NotFound {
                ManifestError::Absent(path)
            } else {
                ManifestError::Unreadable { path, source }
            }
        };
        let text = file::read_text(&path).map_err(unreadable)?;
        let place = path.canonicalize().map_err(unreadable)?;
        let file: File = toml::from_str(&text).map_err(|source| ManifestError::Malformed {
            path: path.clone(),
            source,
        })?;
        Self::of(file, path, &place)
    }

    fn of(file: File, path: PathBuf, place: &Path) -> Result<Self, ManifestError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name = file.name;
        if name.is_empty() || name.starts_with('.') || !name.chars().all(fits) {
            return Err(ManifestError::Name { path, name });
        }
        let beside = place.parent().unwrap_or(place);
        let folder = file
            .working_directory
            .map_or_else(|| beside.to_owned(), |folder| beside.join(folder));
        let home = homes().ok_or(ManifestError::NoHome)?.join(&name);
        let command = |words: Vec<String>, field| {
            if words.first().is_none_or(String::is_empty) {
                let path = path.clone();
                return Err(ManifestError::Empty { path, field });
            }
            let home = home.to_string_lossy();
            Ok(words.iter().map(|word| word.replace(HOME, &home)).collect())
        };
        let known = match file.known {
            Some(known) => Some(beside.join(known)),
            None => Some(beside.join(KNOWN)).filter(|known| known.is_file()),
        };
        Ok(Self {
            command: command(file.command, "command")?,
            set_up: file
                .set_up
                .map(|words| command(words, "set_up"))
                .transpose()?,
            name,
            known,
            home,
            needs: file.needs,
            folder,
            place: path,
        })
    }

    /// The file, as it was given.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// That everything is there which the adapter needs to be started.
    ///
    /// # Errors
    ///
    /// If a program is missing, or set-up has not been done.
    pub fn check_installed(&self) -> Result<(), ManifestError> {
        self.check_needs()?;
        if self.set_up.is_some() && !self.home.join(READY).is_file() {
            return Err(ManifestError::NotInstalled {
                name: self.name.clone(),
                path: self.place.clone(),
            });
        }
        Ok(())
    }

    /// That the programs are there which the adapter needs.
    ///
    /// # Errors
    ///
    /// If one is missing.
    pub fn check_needs(&self) -> Result<(), ManifestError> {
        let path = env::var_os("PATH").unwrap_or_default();
        let is_there =
            |program: &String| env::split_paths(&path).any(|folder| folder.join(program).is_file());
        match self.needs.iter().find(|program| !is_there(program)) {
            None => Ok(()),
            Some(program) => Err(ManifestError::Missing {
                name: self.name.clone(),
                program: program.clone(),
            }),
        }
    }

    /// The command that installs what it needs, ready to be started; none if it needs nothing.
    pub fn set_up(&self) -> Option<Command> {
        self.set_up.as_ref().map(|words| self.prepared(words))
    }

    /// Its command, ready to be started.
    pub(super) fn command(&self) -> Command {
        self.prepared(&self.command)
    }

    /// `words` as a command in its folder that knows its home.
    fn prepared(&self, words: &[String]) -> Command {
        let (program, arguments) = words
            .split_first()
            .map_or(("", words), |(program, rest)| (program.as_str(), rest));
        // A path is meant from the folder in which the program runs; a mere name is looked for on PATH.
        let program = if program.contains('/') {
            self.folder.join(program)
        } else {
            PathBuf::from(program)
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env(HOME_VARIABLE, &self.home);
        command
    }
}

/// The folder of all adapters' homes.
fn homes() -> Option<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(homes) = variable("CROSSCHECK_ADAPTERS") {
        // Programs run elsewhere, so it must not be a path from here.
        return std::path::absolute(homes).ok();
    }
    let cache = variable("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".cache")));
    Some(cache?.join("crosscheck/adapters"))
}
