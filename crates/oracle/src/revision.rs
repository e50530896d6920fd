//! Which text of the Fetch Standard the oracle follows.

/// The pinned revision: the commit of the Fetch Standard, and its date.
///
/// Every prediction is made by this text. A report should print it.
///
/// Spec: <https://fetch.spec.whatwg.org/commit-snapshots/586cd2a44c2a865b37c166dc0740f3fb8bb220d6/>
pub const FETCH_REVISION: &str = "586cd2a44c2a865b37c166dc0740f3fb8bb220d6 (2026-07-02)";
