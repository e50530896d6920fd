//! The templates of the folder `templates`, as text.

use askama::Template;

/// The text of `template`, filled in.
pub(crate) fn render(template: &impl Template) -> String {
    template
        .render()
        .expect("templates only write to a string, which cannot fail")
}
