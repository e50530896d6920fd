//! Whom `Vary` says an answer is for.

use crosscheck_oracle::Response;

/// Whether `answer` says that it is for one origin only.
pub fn varies(answer: &Response) -> bool {
    names_in_vary(answer, &[b"origin"])
}

/// Whether `Vary` has one of `wanted`, or says that it depends on everything.
pub(crate) fn names_in_vary(answer: &Response, wanted: &[&[u8]]) -> bool {
    let names = answer.headers.get("vary").unwrap_or_default();
    let mut names = names.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    names.any(|name| {
        let mut wanted = wanted.iter();
        name == b"*" || wanted.any(|wanted| name.eq_ignore_ascii_case(wanted))
    })
}

#[cfg(test)]
mod tests {
    use crosscheck_oracle::Response;
    use rstest::rstest;

    use super::varies;

    #[rstest]
    #[case("Accept-Encoding, ORIGIN", true)]
    #[case("*", true)]
    #[case("Accept-Encoding", false)]
    #[case("X-Origin", false)]
    fn who_it_is_for(#[case] vary: &str, #[case] one_origin: bool) {
        let answer = Response::new(200).with_header("Vary", vary);
        assert_eq!(varies(&answer), one_origin);
    }
}
