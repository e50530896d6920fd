//! The suite's test of itself.

use std::time::Instant;

use crosscheck_harness::craft::selftest::selftest;
use crosscheck_vectors::load::Suite;
use miette::{IntoDiagnostic, Result};

use crate::tell::{figure, section};

/// Measures it once and tells.
pub(crate) async fn measure(suite: &Suite) -> Result<()> {
    let start = Instant::now();
    let found = selftest(suite).await.into_diagnostic()?;
    let seconds = start.elapsed().as_secs_f64();
    section("Selftest")?;
    figure(
        &format!("{} faults, {} flips", found.faults, found.flips),
        &format!("{seconds:.2} s"),
    )
}
