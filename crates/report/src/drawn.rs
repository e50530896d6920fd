//! Templates as text.

use askama::Template;

/// The text of `template`.
pub(crate) fn drawn(template: &impl Template) -> String {
    template
        .render()
        .expect("templates only write to a string, which cannot fail")
}
