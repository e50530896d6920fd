//! Addresses as the vectors write them.
//!
//! One listener plays all hosts and tells vectors apart by a part of the path, or of the query, that
//! only the run needs. It differs on each leg and in each run; people are shown addresses without.

/// `text` without the parts of addresses that tell the vectors of a run apart:
/// `https://a.example/x/0123456789abcdef/w12/next` is `https://a.example/next` again.
pub(super) fn own_address(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once("/x/") {
        kept.push_str(head);
        if let Some(after) = after_place(tail) {
            rest = after;
        } else {
            kept.push_str("/x/");
            rest = tail;
        }
    }
    kept.push_str(rest);
    without_query(&kept)
}

/// What follows `0123456789abcdef/w12`.
fn after_place(text: &str) -> Option<&str> {
    let (token, rest) = text.split_once('/')?;
    let is_token = token.len() == 16 && token.bytes().all(|b| b.is_ascii_hexdigit());
    is_token.then(|| after_exchange(rest)).flatten()
}

/// What follows the name of an exchange: a letter for the leg, and a number.
fn after_exchange(text: &str) -> Option<&str> {
    let number = text.strip_prefix(|c: char| c.is_ascii_lowercase())?;
    let after = number.trim_start_matches(|c: char| c.is_ascii_digit());
    (after.len() < number.len()).then_some(after)
}

fn without_query(text: &str) -> String {
    let Some((head, query)) = text.split_once("?id=") else {
        return text.to_owned();
    };
    match after_exchange(query) {
        Some(after) => match after.strip_prefix('&') {
            Some(more) => format!("{head}?{more}"),
            None => format!("{head}{after}"),
        },
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::own_address;

    #[rstest]
    #[case::path(
        "https://a.example/x/0123456789abcdef/w12/next",
        "https://a.example/next"
    )]
    #[case::in_a_sentence("to `http://a/x/0123456789abcdef/c1/b`", "to `http://a/b`")]
    #[case::query("echo?id=w1243", "echo")]
    #[case::first_of_several("/echo?id=c7&cookie=1", "/echo?cookie=1")]
    #[case::a_path_of_its_own("/x/y", "/x/y")]
    #[case::a_token_without_exchange("/x/0123456789abcdef/next", "/x/0123456789abcdef/next")]
    #[case::a_query_of_its_own("/a?id=seven", "/a?id=seven")]
    #[case::nothing("", "")]
    fn only_what_the_run_needs_is_left_out(#[case] text: &str, #[case] own: &str) {
        assert_eq!(own_address(text), own);
    }
}
