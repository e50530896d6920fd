//! The processes that this one starts, and whatever they start: found by a mark in their environment.
//!
//! A process hands its environment down, also to one that leaves its process group or its session.
//! A process whose environment was emptied is not found.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// The environment variable that holds the mark.
pub(crate) const MARK: &str = "CROSSCHECK_RUN";

/// How long a killed process is given before it is looked for again.
const TICK: Duration = Duration::from_millis(10);

/// What the marks of all that this process starts begin with; no other process has the same.
static RUN: LazyLock<String> = LazyLock::new(|| {
    let chance = getrandom::u64().unwrap_or_default();
    format!("{}-{chance:016x}", std::process::id())
});

/// Processes with a common mark.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    /// The mark, or what it begins with.
    mark: String,
    /// Folders of browsers: some of their helpers have no environment, but name their folder.
    folders: BTreeSet<PathBuf>,
}

impl Family {
    /// All that the process whose marks begin with `run` started.
    pub(crate) fn of_run(run: &str) -> Self {
        Self {
            mark: run.to_owned(),
            folders: BTreeSet::new(),
        }
    }

    /// All that this process started.
    pub(crate) fn of_this_process() -> Self {
        Self::of_run(run())
    }

    /// A family that a process is about to be the first of: with [`Family::mark`] in its environment.
    pub(crate) fn fresh() -> Self {
        static N_FAMILIES: AtomicUsize = AtomicUsize::new(0);
        let number = N_FAMILIES.fetch_add(1, Ordering::Relaxed);
        Self::of_run(&format!("{}.{number}", run()))
    }

    /// The mark, to be put into the environment as [`MARK`].
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// Has the browsers that work in `folders` belong to it.
    pub(crate) fn adopt(&mut self, folders: impl IntoIterator<Item = PathBuf>) {
        self.folders.extend(folders);
    }

    /// The folders of its browsers.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    /// Whether a process with this environment and this command line belongs to it.
    fn holds(&self, environment: &[u8], command: &[u8]) -> bool {
        let marks = environment.split(|byte| *byte == 0).filter_map(|variable| {
            let value = variable.strip_prefix(MARK.as_bytes())?;
            value.strip_prefix(b"=")
        });
        let fits = |mark: &[u8]| {
            let rest = mark.strip_prefix(self.mark.as_bytes());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
        };
        let works_in = |folder: &PathBuf| {
            let argument = format!("--user-data-dir={}", folder.display());
            let mut arguments = command.split(|byte| matches!(byte, 0 | b' '));
            arguments.any(|given| given == argument.as_bytes())
        };
        marks.into_iter().any(fits) || self.folders.iter().any(works_in)
    }
}

/// What the marks of all that this process starts begin with.
pub(crate) fn run() -> &'static str {
    &RUN
}

/// Kills what there is of `family`, until nothing is left or `patience` is over. Blocks.
pub(crate) fn end(family: &Family, patience: Duration) {
    let deadline = Instant::now() + patience;
    while kill(family) > 0 && Instant::now() < deadline {
        thread::sleep(TICK);
    }
}

/// Kills what there is of `family`; returns how many processes that were.
#[cfg(target_os = "linux")]
pub(crate) fn kill(family: &Family) -> usize {
    linux::kill(family)
}

/// Elsewhere processes do not show their environment.
#[cfg(not(target_os = "linux"))]
pub(crate) fn kill(_family: &Family) -> usize {
    0
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use rustix::{
        io::Errno,
        process::{
            Pid, PidfdFlags, Signal, getpgid, kill_process, kill_process_group, pidfd_open,
            pidfd_send_signal,
        },
    };

    use super::Family;

    pub(super) fn kill(family: &Family) -> usize {
        let Ok(processes) = fs::read_dir("/proc") else {
            return 0;
        };
        let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let ids = ids.filter_map(Pid::from_raw);
        ids.filter(|id| is_of(family, *id) && kill_one(family, *id))
            .count()
    }

    /// Whether the process belongs to `family`. One that is dead has neither environment nor command line.
    fn is_of(family: &Family, id: Pid) -> bool {
        // What belongs to others cannot be read.
        let read = |name: &str| {
            fs::read(format!("/proc/{}/{name}", id.as_raw_nonzero())).unwrap_or_default()
        };
        family.holds(&read("environ"), &read("cmdline"))
    }

    /// Kills the process, with the process group that it leads.
    fn kill_one(family: &Family, id: Pid) -> bool {
        let handle = match pidfd_open(id, PidfdFlags::empty()) {
            Ok(handle) => Some(handle),
            // An old system: what was looked at a moment ago is taken for the same process.
            Err(Errno::NOSYS) => None,
            Err(_gone) => return false,
        };
        // The handle names one process for good; the number may have been another's before.
        if !is_of(family, id) {
            return false;
        }
        if getpgid(Some(id)) == Ok(id) {
            // Its members may have emptied their environments. That it is gone already does not matter.
            let _gone = kill_process_group(id, Signal::KILL);
        }
        let killed = match handle {
            Some(handle) => pidfd_send_signal(handle, Signal::KILL),
            None => kill_process(id, Signal::KILL),
        };
        killed.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Family;

    #[rstest]
    #[case::of_the_run("A=1\0CROSSCHECK_RUN=7-a\0B=2", "", true)]
    #[case::of_one_family("CROSSCHECK_RUN=7-a.3", "", true)]
    #[case::of_another_run("CROSSCHECK_RUN=7-ab.3", "", false)]
    #[case::of_another_variable("MY_CROSSCHECK_RUN=7-a", "", false)]
    #[case::without_a_value("CROSSCHECK_RUN", "", false)]
    #[case::unmarked("", "sleep\x001", false)]
    #[case::browser("", "browser\0--user-data-dir=/t/p\0--x", true)]
    #[case::helper("", "browser --type=renderer --user-data-dir=/t/p --x", true)]
    #[case::of_another_folder("", "browser\0--user-data-dir=/t/p2", false)]
    #[case::who_only_names_it("", "grep\0/t/p", false)]
    fn kin_is_known_by_its_mark(
        #[case] environment: &str,
        #[case] command: &str,
        #[case] is_kin: bool,
    ) {
        let mut family = Family::of_run("7-a");
        family.adopt(["/t/p".into()]);
        let found = family.holds(environment.as_bytes(), command.as_bytes());
        assert_eq!(found, is_kin);
    }

    #[test]
    fn families_of_a_run_are_told_apart() {
        let (one, other) = (Family::fresh(), Family::fresh());
        let environment = format!("CROSSCHECK_RUN={}", one.mark());
        assert!(one.holds(environment.as_bytes(), b""));
        assert!(!other.holds(environment.as_bytes(), b""));
        assert!(Family::of_this_process().holds(environment.as_bytes(), b""));
    }
}
