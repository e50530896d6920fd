//! Observations, diffs, verdicts and the report made of them.
//!
//! | term | module |
//! | --- | --- |
//! | observation: what a leg saw | [`observation`] |
//! | mismatch: one field that differs from what was expected | [`diff`] |
//! | verdict, and who is at fault | [`verdict`] |
//! | known failures | [`known`] |
//! | `results.json`, its totals, and what changed since another run | [`results`], [`totals`], [`compare`] |
//! | the report as static pages, as Markdown, as `JUnit` | [`html`], [`markdown`], [`junit`] |
//! | the summary for programs, for a terminal | [`summary`], [`text`] |
//!
//! Every function here is a pure one of plain data: no network, no clock, no disk.

pub mod compare;
pub mod diff;
mod difference;
mod drawn;
mod group;
mod headline;
pub mod html;
pub mod junit;
pub mod known;
pub mod markdown;
pub mod observation;
pub mod results;
mod show;
pub mod summary;
pub mod text;
pub mod totals;
pub mod verdict;

#[cfg(test)]
mod fixture;
