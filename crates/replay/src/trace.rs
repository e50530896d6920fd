//! The model's trace, as the report holds it.

use std::fmt::Write;

use crosscheck_oracle as oracle;
use crosscheck_report::observation::{TraceLine, TraceVerdict};

/// The lines of `trace`, in order.
pub(crate) fn lines(trace: &oracle::Trace) -> Vec<TraceLine> {
    let line = |step: &oracle::TraceStep| TraceLine {
        anchor: step.anchor.to_owned(),
        step: step.step.to_owned(),
        text: sentence(&step.what),
        verdict: match step.verdict {
            oracle::TraceVerdict::Fail => TraceVerdict::Fail,
            oracle::TraceVerdict::Note => TraceVerdict::Note,
            oracle::TraceVerdict::Pass => TraceVerdict::Pass,
        },
    };
    trace.steps().iter().map(line).collect()
}

fn sentence(what: &oracle::What) -> String {
    // Most fit, so that the text need not grow while it is written: there are many.
    let mut text = String::with_capacity(96);
    write!(text, "{what}").expect("a string takes all text");
    text
}
