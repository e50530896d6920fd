//! What was seen, as the vector would have it.

use std::borrow::Cow;

use crosscheck_reference::HANDLED;
use crosscheck_report::observation::Observation;
use crosscheck_vectors::bytes::ByteString;

use super::Place;

/// What stands for the name of an exchange in the header with which a handler says whom it served.
const ANY_EXCHANGE: &str = "0";

impl Place {
    /// Leaves out of `seen` what only this run needs to tell vectors apart, so that two runs that went
    /// the same way have seen the same: in the model's words, and in header values such as `Location`.
    pub fn leave_out(&self, seen: &mut Observation) {
        let Observation {
            detail,
            headers,
            exchanges,
            trace,
            ..
        } = seen;
        let texts = detail
            .iter_mut()
            .chain(trace.iter_mut().map(|line| &mut line.text));
        for text in texts {
            if let Cow::Owned(own) = self.own(text) {
                *text = own;
            }
        }
        let in_exchanges = exchanges.iter_mut().flat_map(|exchange| {
            let answered = exchange.response.as_mut();
            let answered = answered.map(|response| &mut response.headers);
            [&mut exchange.request.headers].into_iter().chain(answered)
        });
        for (name, value) in [headers].into_iter().chain(in_exchanges).flatten() {
            self.leave_out_of_value(name, value);
        }
    }

    fn leave_out_of_value(&self, name: &ByteString, value: &mut ByteString) {
        let names_exchange = name
            .as_bytes()
            .eq_ignore_ascii_case(HANDLED.as_str().as_bytes());
        if names_exchange && value.as_bytes() == self.exchange.as_bytes() {
            *value = ANY_EXCHANGE.into();
        } else if let Ok(text) = str::from_utf8(value.as_bytes())
            && let Cow::Owned(own) = self.own(text)
        {
            *value = own.as_str().into();
        }
    }

    /// `text` with the vector's own addresses: `https://a.example/x/TOKEN/w12/next` is
    /// `https://a.example/next`, and a page of the run is `/page`.
    fn own<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut own = Cow::Borrowed(text);
        if !self.prefix.is_empty() && own.contains(&self.prefix) {
            own = without(&own, &self.prefix, "").into();
        }
        if !self.pages.is_empty() && own.contains(&self.pages) {
            own = without(&own, &self.pages, "/page").into();
        }
        if self.id_in_query {
            let id = format!("id={}", self.exchange);
            if own.contains(&id) {
                own = without(&own, &format!("?{id}&"), "?").into();
                own = without(&own, &format!("?{id}"), "").into();
                own = without(&own, &format!("&{id}"), "").into();
            }
        }
        own
    }
}

/// `text` with `instead` for each `part` that is not the beginning of a longer name.
fn without(text: &str, part: &str, instead: &str) -> String {
    let mut pieces = text.split(part);
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let goes_on = piece.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_whole = part.ends_with('&') || !goes_on;
        kept.push_str(if is_whole { instead } else { part });
        kept.push_str(piece);
    }
    kept
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::address::Place;

    const TOKEN: &str = "0123456789abcdef";
    const PAGES: &str = "/page/fedcba9876543210";

    fn of_script() -> Place {
        Place::of_script(format!("/x/{TOKEN}/w1"), "w1".to_owned()).called_from(PAGES.to_owned())
    }

    fn of_subject() -> Place {
        Place::of_subject(format!("/p/{TOKEN}/s1"), "w1".to_owned())
    }

    #[rstest]
    #[case::path("https://a.example/x/TOKEN/w1/next", "https://a.example/next")]
    #[case::in_a_sentence("to `http://a/x/TOKEN/w1/b`, twice", "to `http://a/b`, twice")]
    #[case::twice("/x/TOKEN/w1/a /x/TOKEN/w1/b", "/a /b")]
    #[case::another_exchange("/x/TOKEN/w12/next", "/x/TOKEN/w12/next")]
    #[case::page("https://a.example/page/fedcba9876543210", "https://a.example/page")]
    #[case::below_a_page("/page/fedcba9876543210/controlled", "/page/controlled")]
    #[case::a_page_of_its_own("/page/fedcba98765432101", "/page/fedcba98765432101")]
    #[case::a_path_of_its_own("/x/y/w1", "/x/y/w1")]
    #[case::a_query_of_its_own("/a?id=w1", "/a?id=w1")]
    #[case::nothing("", "")]
    fn a_script_is_not_told_apart_any_more(#[case] text: &str, #[case] own: &str) {
        let with_token = |text: &str| text.replace("TOKEN", TOKEN);
        assert_eq!(of_script().own(&with_token(text)), with_token(own));
    }

    #[rstest]
    #[case::query("echo?id=w1", "echo")]
    #[case::first("/echo?id=w1&cookie=1", "/echo?cookie=1")]
    #[case::last("/echo?cookie=1&id=w1", "/echo?cookie=1")]
    #[case::both("`/p/TOKEN/s1/echo?id=w1`", "`/echo`")]
    #[case::another_exchange("/echo?id=w12", "/echo?id=w12")]
    fn a_subject_is_not_told_the_id_any_more(#[case] text: &str, #[case] own: &str) {
        let with_token = |text: &str| text.replace("TOKEN", TOKEN);
        assert_eq!(of_subject().own(&with_token(text)), own);
    }

    #[rstest]
    #[case("X-Crosscheck-Handled", b"w1", b"0")]
    #[case("X-Crosscheck-Handled", b"w12", b"w12")]
    #[case("X-Other", b"w1", b"w1")]
    #[case("Location", b"/echo?id=w1", b"/echo")]
    #[case("Location", b"/echo?id=w1\xff", b"/echo?id=w1\xff")]
    fn a_handler_names_any_exchange(#[case] name: &str, #[case] value: &[u8], #[case] own: &[u8]) {
        let mut kept = value.into();
        of_subject().leave_out_of_value(&name.into(), &mut kept);
        assert_eq!(kept.as_bytes(), own);
    }
}
