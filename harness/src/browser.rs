//! The browser leg: a page's own calls, witnessed by the server's journal.
//!
//! | module | what |
//! | --- | --- |
//! | [`engine`], [`engines`] | what an engine is to the suite; which there are |
//! | [`call`], [`error`] | what a page has to do, and what came of it; what can go wrong with the browser |
//! | [`plan`], [`batches`], `observe` | which page does what, together with what; what it and the journal saw |
//! | [`leg`] | restarts, and failures replayed once more |
//! | [`proof`] | a page that reads what it should not, for an audit |
//! | [`chromium`] | what only Chromium has |

pub mod batches;
pub mod call;
pub mod chromium;
pub mod engine;
pub mod engines;
pub mod error;
pub mod leg;
mod observe;
pub mod plan;
pub mod proof;
mod reach;
