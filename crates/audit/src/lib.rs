//! What a server grants, learnt from outside, and what is weak about it.
//!
//! | step | module |
//! | --- | --- |
//! | names that nobody has | [`names`] |
//! | families of origins that careless comparisons let in: data | [`probe`] |
//! | the requests of pages, and what a browser would hand over: the oracle's word | [`sender`] |
//! | few questions, all of them remembered | [`ask`], [`learn`] |
//! | what was granted, as a policy; how that differs from a given one | [`grants`], [`compare`] |
//! | weaknesses and facts: pure functions of what was learnt | [`weakness`] |
//! | what a class means, and what to do | [`class`] |
//! | all of that for one URL | [`auditor`] |
//! | text and JSON | [`report`] |
//!
//! Questions go out over a [`Transport`](crosscheck_replay::drive::Transport) that the caller brings; nothing here
//! knows a socket or a browser.

pub mod ask;
pub mod auditor;
pub mod class;
pub mod compare;
pub mod grants;
pub mod learn;
pub mod names;
pub mod probe;
pub mod report;
pub mod sender;
pub mod vary;
pub mod weakness;
