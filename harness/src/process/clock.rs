//! The only place that reads the clock.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Now, as RFC 3339 with whole seconds: `2026-01-31T12:00:00Z`.
pub(crate) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let whole = now.replace_nanosecond(0).unwrap_or(now);
    whole
        .format(&Rfc3339)
        .expect("every year of the system clock can be written")
}

/// Today, as `2026-01-31`.
pub(crate) fn today() -> String {
    now().chars().take(10).collect()
}
