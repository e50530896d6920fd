//! How the largest memory of a run grows with what it replays.
//!
//! A process cannot lower its own high-water mark, so every figure comes from a child.

use std::{
    env, fs,
    io::{self, Write},
    process::Command,
};

use crosscheck_harness::run::{LegConfig, output, output::Output};
use crosscheck_vectors::{load::Suite, vector::VectorId};
use miette::{Context, IntoDiagnostic, Result, miette};

use crate::{
    run,
    tell::{Budget, figure, ratio, section},
    wire::Replayer,
};

/// The word with which the bench starts itself as a child.
pub(crate) const CHILD: &str = "memory-child";

/// How much more a child does than another.
const TIMES: u32 = 3;

/// What still counts as flat: verdicts and titles are kept until the end, some 2 KiB a vector.
const FLAT: f64 = 1.2;

/// Compares and tells; nothing on systems that keep no high-water mark.
pub(crate) fn measure() -> Result<()> {
    section("Memory: the largest resident set of a process, wire leg")?;
    if peak_kib().is_err() {
        return figure("not measured", "needs /proc");
    }
    compare("replays", "all vectors replayed")?;
    compare("suite", "a run of the vectors, and its report")
}

fn compare(kind: &str, what: &str) -> Result<()> {
    let (once, more) = (of_child(kind, 1)?, of_child(kind, TIMES)?);
    let mib = |kib: f64| format!("{:.1} MiB", kib / 1024.0);
    figure(&format!("{what} once"), &mib(once))?;
    figure(&format!("{what} {TIMES} times"), &mib(more))?;
    ratio("ratio", more / once, Budget::AtMost(FLAT))
}

/// The peak of a child that does `kind` of work `n_times`, in KiB.
fn of_child(kind: &str, n_times: u32) -> Result<f64> {
    let program = env::current_exe().into_diagnostic()?;
    let output = Command::new(program)
        .args([CHILD, kind, &n_times.to_string()])
        .output()
        .into_diagnostic()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    text.trim()
        .parse()
        .into_diagnostic()
        .wrap_err_with(|| format!("the child said: {complaint}"))
}

/// Does `kind` of work `n_times` and prints this process's peak.
pub(crate) async fn child(suite: Suite, kind: &str, n_times: &str) -> Result<()> {
    let n_times: usize = n_times.parse().into_diagnostic()?;
    match kind {
        "replays" => {
            let replayer = Replayer::new(&suite).await?;
            for _ in 0..n_times {
                replayer.replay().await?;
            }
        }
        "suite" => {
            let suite = times(suite, n_times)?;
            let out = tempfile::tempdir().into_diagnostic()?;
            let (config, ran) = run::replay(suite, vec![LegConfig::Wire], out.path()).await?;
            let (mut out, overview) = (ran.folder, &ran.overview);
            output::draw(&mut out, &[Output::Html], overview, None, &config.suite)
                .into_diagnostic()?;
        }
        other => return Err(miette!("`{other}` is no kind of work")),
    }
    writeln!(io::stdout().lock(), "{}", peak_kib()?).into_diagnostic()
}

/// A suite with `n` of each vector. They share what the vectors say, so that what comes of replaying
/// them is all that grows.
fn times(mut suite: Suite, n: usize) -> Result<Suite> {
    let once = suite.vectors.clone();
    for copy in 1..n {
        for (id, vector) in &once {
            let id = VectorId::parse(&format!("{}-copy-{copy}", id.as_str())).into_diagnostic()?;
            suite.vectors.insert(id, vector.clone());
        }
    }
    Ok(suite)
}

/// The largest resident set of this process so far, in KiB.
fn peak_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status").into_diagnostic()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kib.ok_or_else(|| miette!("/proc/self/status has no VmHWM"))?
        .trim()
        .parse()
        .into_diagnostic()
}
