//! Observations, diffs, verdicts and the report made of them.
//!
//! | term | module |
//! | --- | --- |
//! | leg: one way of replaying; observation: what it saw | [`leg`], [`observation`] |
//! | mismatch: one field that differs from what was expected | [`mismatch`], [`diff`] |
//! | verdict, and who is at fault | [`verdict`] |
//! | known failures | [`known`] |
//! | `results.json`, written and read a vector at a time | [`results`], [`stream`] |
//! | what is held of it in memory, its totals, and what changed since another run | [`overview`], [`totals`], [`compare`] |
//! | what is kept of a run to compare implementations | [`implementation`] |
//! | the report as static pages, as Markdown, as `JUnit` | [`html`], [`markdown`], [`junit`] |
//! | the summary for programs, for a terminal | [`summary`], [`text`] |
//! | text of strangers made safe to print | [`printable`] |
//!
//! Every function here is a pure one of plain data: no network, no clock, no disk.

pub mod compare;
pub mod diff;
mod difference;
mod group;
mod headline;
pub mod html;
pub mod implementation;
pub mod junit;
pub mod known;
pub mod leg;
pub mod markdown;
pub mod mismatch;
pub mod observation;
pub mod overview;
pub mod printable;
mod rerun;
pub mod results;
mod shell;
pub mod stream;
pub mod summary;
mod templates;
pub mod text;
pub mod totals;
pub mod verdict;
mod words;

#[cfg(test)]
mod fixture;
