//! A bar on a terminal, plain lines elsewhere; always on the error stream.

use std::io::{IsTerminal, stderr};

use crosscheck_report::leg::Leg;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::process::say::say;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Not at all.
    Quiet,
    /// A bar on a terminal, else a line per leg.
    Shown,
}

/// One leg's progress; all clones tell the same.
#[derive(Clone, Debug)]
pub struct Bar {
    bar: ProgressBar,
    plain: Option<(Leg, usize)>,
}

impl Progress {
    /// The bar of `leg` with `n_vectors` to go.
    pub fn leg(self, leg: Leg, n_vectors: usize) -> Bar {
        let terminal = stderr().is_terminal();
        let shown = self == Self::Shown;
        let target = if shown && terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(n_vectors as u64), target);
        let style =
            ProgressStyle::with_template("{prefix:>9} {bar:40} {pos}/{len} vectors, {elapsed}");
        bar.set_style(style.unwrap_or_else(|_bad| ProgressStyle::default_bar()));
        bar.set_prefix(leg.to_string());
        Bar {
            bar,
            plain: (shown && !terminal).then_some((leg, n_vectors)),
        }
    }
}

impl Bar {
    /// One vector more is done.
    pub fn advance(&self) {
        self.bar.inc(1);
    }

    /// The leg is done.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
        if let Some((leg, n_vectors)) = self.plain {
            say(&format!(
                "{}: {n_vectors} vectors replayed in {:.1} s\n",
                leg.word(),
                self.bar.elapsed().as_secs_f64()
            ));
        }
    }
}
