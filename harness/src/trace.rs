//! The model's trace, as the report holds it.

use crosscheck_oracle as oracle;
use crosscheck_report::observation::{TraceLine, TraceVerdict};

/// The lines of `trace`, in order.
pub(crate) fn lines(trace: &oracle::Trace) -> Vec<TraceLine> {
    let line = |step: &oracle::TraceStep| TraceLine {
        anchor: step.anchor.to_owned(),
        step: step.step.to_owned(),
        text: step.what.to_string(),
        verdict: match step.verdict {
            oracle::TraceVerdict::Fail => TraceVerdict::Fail,
            oracle::TraceVerdict::Note => TraceVerdict::Note,
            oracle::TraceVerdict::Pass => TraceVerdict::Pass,
        },
    };
    trace.steps().iter().map(line).collect()
}
