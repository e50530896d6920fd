//! Small pieces that several pages share.

use askama::Template;
use crosscheck_vectors::vector::Kind;

use crate::{overview::Overview, printable::clip, verdict::Verdict};

/// What surrounds the content of every page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// The way back to the report's folder, such as `../../`.
    pub(super) root: String,
    /// Which entry of the navigation this page is.
    pub(super) here: &'static str,
    pub(super) suite: String,
    pub(super) revision: String,
    pub(super) revision_address: String,
}

impl Frame {
    /// The frame of the page at `path` below the report's folder.
    pub(super) fn new(results: &Overview, path: &str, here: &'static str) -> Self {
        Self::of(&results.suite, &results.fetch_revision, path, here)
    }

    /// The same for a `suite` and a `fetch_revision`.
    pub(super) fn of(suite: &str, fetch_revision: &str, path: &str, here: &'static str) -> Self {
        let commit = fetch_revision.split(' ').next().unwrap_or_default();
        let rest = fetch_revision.strip_prefix(commit);
        let short: String = commit.chars().take(7).collect();
        Self {
            root: "../".repeat(path.matches('/').count()),
            here,
            suite: clip(suite, 40),
            revision: clip(&format!("{short}{}", rest.unwrap_or_default()), 40),
            revision_address: format!("https://fetch.spec.whatwg.org/commit-snapshots/{commit}/"),
        }
    }
}

/// Where a fragment of the Fetch Standard is.
pub(super) fn fetch_address(anchor: &str) -> String {
    format!("https://fetch.spec.whatwg.org/#{anchor}")
}

/// Where the list of vectors has the topic at `place`, such as `server/vary`.
pub(super) fn topic_anchor(place: &str) -> String {
    format!("topic-{}", place.replace('/', "-"))
}

/// Whether a link leads to the web and nowhere else, such as `javascript:`.
pub(super) fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// How much the standard cares.
pub(super) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Required => "required",
        Kind::Recommended => "recommended",
        Kind::Survey => "reported only",
    }
}

/// A verdict as symbol and word.
#[derive(Clone, Copy, Debug, Template)]
#[template(
    source = r#"<span class="mark {{ verdict.word() }}"><span class="sign" aria-hidden="true">{{ verdict.symbol() }}</span>{{ verdict.label() }}</span>"#,
    ext = "html"
)]
pub(super) struct Mark {
    pub(super) verdict: Verdict,
}

/// A sentence in which text between backticks is code.
#[derive(Clone, Debug, Template)]
#[template(
    source = "{% for span in spans %}{% if span.is_code %}<code>{{ span.text }}</code>{% else %}{{ span.text }}{% endif %}{% endfor %}",
    ext = "html"
)]
pub(super) struct Rich {
    spans: Vec<Span>,
}

#[derive(Clone, Debug)]
struct Span {
    text: String,
    is_code: bool,
}

impl Rich {
    pub(super) fn new(text: &str) -> Self {
        let parts: Vec<_> = text.split('`').collect();
        // Without its partner the last backtick is only a character.
        let is_paired = parts.len() % 2 == 1;
        let span = |(index, part): (usize, &&str)| Span {
            text: (*part).to_owned(),
            is_code: index % 2 == 1,
        };
        let spans = if is_paired {
            parts.iter().enumerate().map(span).collect()
        } else {
            vec![Span {
                text: text.to_owned(),
                is_code: false,
            }]
        };
        Self { spans }
    }
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::Rich;

    #[test]
    fn code_is_between_backticks_and_everything_is_escaped() {
        let html = Rich::new("a `<b>` c & d").render().unwrap();
        assert_eq!(html, "a <code>&#60;b&#62;</code> c &#38; d");
        assert_eq!(Rich::new("a ` b").render().unwrap(), "a ` b");
    }
}
