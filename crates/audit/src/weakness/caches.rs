//! Answers that a cache may hand to somebody they were not made for.

use std::borrow::Cow;

use crosscheck_oracle::{Response, get_decode_and_split, is_ok_status};

use super::{Judgement, Severity};
use crate::{
    ask::Place,
    learn::Learnt,
    sender::Sharing,
    vary::{names_in_vary, varies},
};

/// An answer that depends on who asked, or does not.
#[derive(Clone, Copy, Debug)]
struct Stored<'a> {
    at: Place,
    answer: &'a Response,
}

/// Answers, by who gets them.
#[derive(Debug)]
struct Answers<'a> {
    /// Pages that may read.
    granted: Vec<Stored<'a>>,
    /// Pages that may not.
    refused: Vec<Stored<'a>>,
    /// Whoever asks without an origin.
    plain: Vec<Stored<'a>>,
}

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    unchanged(learnt, judgement);
    stated_elsewhere(learnt, judgement);
    let answers = Answers::of(learnt);
    if !answers.depend_on_origin() {
        return;
    }
    without_vary(&answers, judgement);
    errors(learnt, judgement);
}

impl<'a> Answers<'a> {
    fn of(learnt: &'a Learnt) -> Self {
        let at = |at: Place| learnt.answer(at).map(|answer| Stored { at, answer });
        let pages = learnt
            .candidates
            .iter()
            .chain(&learnt.strangers)
            .chain(&learnt.null);
        let (granted, refused): (Vec<_>, Vec<_>) =
            pages.partition(|asked| asked.sharing > Sharing::Withheld);
        let near = learnt.tried.iter().map(|tried| &tried.first);
        let near = near.filter(|asked| asked.sharing == Sharing::Withheld);
        let refused = refused.into_iter().chain(near);
        let plain = learnt.baseline.iter();
        Self {
            granted: granted.iter().filter_map(|asked| at(asked.at)).collect(),
            refused: refused.filter_map(|asked| at(asked.at)).collect(),
            plain: plain.filter_map(|place| at(*place)).collect(),
        }
    }

    /// Whether what is said about sharing differs between them.
    fn depend_on_origin(&self) -> bool {
        let said = |stored: &Stored<'_>| {
            let value = |name: &str| stored.answer.headers.get(name).map(Cow::into_owned);
            (
                value("access-control-allow-origin"),
                value("access-control-allow-credentials"),
            )
        };
        let answers = [&self.granted, &self.refused, &self.plain];
        let mut all = answers.into_iter().flatten().map(said);
        let first = all.next();
        all.any(|other| Some(other) != first)
    }
}

/// Answers that a cache keeps, and hands out without a look at the origin.
fn without_vary(answers: &Answers<'_>, judgement: &mut Judgement) {
    let Answers {
        granted,
        refused,
        plain,
    } = answers;
    // What everybody may read can be handed to anybody.
    let made_for_one: Vec<_> = granted
        .iter()
        .filter(|stored| !is_public(stored.answer))
        .copied()
        .collect();
    let kinds = [
        (
            &made_for_one,
            Severity::Medium,
            "an answer made for one origin has no `Vary: Origin`, and caches hand it to others",
        ),
        (
            refused,
            Severity::Low,
            "the refusal of one origin has no `Vary: Origin`, and caches hand it to those that are trusted",
        ),
        (
            plain,
            Severity::Low,
            "an answer to a request without an origin has no `Vary: Origin`, and caches hand it to pages that then cannot read it",
        ),
    ];
    for (answers, severity, seen) in kinds {
        let open = |stored: &Stored<'_>| is_storable(stored.answer) && !varies(stored.answer);
        // Each kind was asked for more than once: all of them have to show it.
        if let Some(first) = answers.first()
            && answers.iter().all(open)
        {
            judgement.broken("cache-poisoning", severity, seen, &[first.at]);
        }
    }
}

/// An answer to a page that only wants to know whether anything changed.
fn unchanged(learnt: &Learnt, judgement: &mut Judgement) {
    let (Some(actual), Some(asked)) = (learnt.trusted_ask(), &learnt.conditional) else {
        return;
    };
    let status = learnt.answer(asked.at).map(|answer| answer.status);
    if status == Some(304) && asked.sharing < actual.sharing {
        let seen = "a 304 lacks the headers that the whole answer has, so a page's own `If-None-Match` fails";
        judgement.note("missing-on-error", seen, &[actual.at, asked.at]);
    }
}

/// An answer that is made for the origin which another header than `Origin` names.
fn stated_elsewhere(learnt: &Learnt, judgement: &mut Judgement) {
    let answer = |at: Place| learnt.answer(at);
    let Some((asked, stated)) = learnt.x_origin.as_ref().and_then(|asked| {
        let exchange = learnt.exchanges.get(asked.at)?;
        Some((asked, exchange.request.headers.get("x-origin")?))
    }) else {
        return;
    };
    let names = |answer: &&Response| {
        let said = answer.headers.get("access-control-allow-origin");
        said.as_deref() == Some(&*stated)
    };
    let usual = learnt.baseline.first().and_then(|place| answer(*place));
    let Some(made) = answer(asked.at).filter(names) else {
        return;
    };
    // What a cache kept is not what the server says to nobody.
    if learnt.behind_cache || usual.as_ref().is_some_and(names) {
        return;
    }
    let seen = "`X-Origin`, which browsers do not send, is taken for `Origin`";
    let told = names_in_vary(made, &[b"origin", b"x-origin"]);
    if told || !is_storable(made) {
        judgement.note("origin-match", seen, &[asked.at]);
    } else {
        let seen = format!("{seen}, and without `Vary` caches hand the answer to others");
        judgement.broken("cache-poisoning", Severity::Low, seen, &[asked.at]);
    }
}

/// The same for an error.
fn errors(learnt: &Learnt, judgement: &mut Judgement) {
    let Some(asked) = &learnt.missing else {
        return;
    };
    let Some(answer) = learnt.answer(asked.at) else {
        return;
    };
    if is_ok_status(answer.status) {
        return;
    }
    let actual = learnt.trusted_ask();
    if asked.sharing == Sharing::Withheld {
        if actual.is_some_and(|actual| actual.sharing > Sharing::Withheld) {
            let seen = format!(
                "a missing page below it ({}) cannot be read by trusted pages, if it belongs to the same policy",
                answer.status
            );
            judgement.note("missing-on-error", seen, &[asked.at]);
        }
        return;
    }
    if !is_public(answer) && is_storable(answer) && !varies(answer) {
        let seen = format!(
            "an error ({}) made for one origin has no `Vary: Origin`, and caches hand it to others",
            answer.status
        );
        judgement.broken("cache-poisoning", Severity::Low, seen, &[asked.at]);
    }
}

/// Whether everybody may read `answer`.
fn is_public(answer: &Response) -> bool {
    answer.headers.get("access-control-allow-origin").as_deref() == Some(b"*")
}

/// Whether any cache, be it the browser's own, may keep `answer`.
///
/// Spec: <https://httpwg.org/specs/rfc9111.html#response.cacheability>
fn is_storable(answer: &Response) -> bool {
    let directives = answer.headers.get("cache-control").unwrap_or_default();
    let directives = get_decode_and_split(&directives);
    let says = |name: &[u8]| {
        let mut names = directives
            .iter()
            .filter_map(|item| item.split(|byte| *byte == b'=').next());
        names.any(|found| found.eq_ignore_ascii_case(name))
    };
    let explicit = ["max-age", "s-maxage", "public"]
        .iter()
        .any(|name| says(name.as_bytes()))
        || answer.headers.contains("expires");
    !says(b"no-store") && (explicit || is_heuristically_cacheable(answer.status))
}

/// Spec: <https://httpwg.org/specs/rfc9110.html#overview.of.status.codes>
fn is_heuristically_cacheable(status: u16) -> bool {
    matches!(
        status,
        200 | 203 | 204 | 206 | 300 | 301 | 308 | 404 | 405 | 410 | 414 | 501
    )
}

#[cfg(test)]
mod tests {
    use crosscheck_oracle::Response;
    use rstest::rstest;

    use super::is_storable;

    #[rstest]
    #[case::bare(200, "", true)]
    #[case::missing(404, "", true)]
    #[case::forbidden(403, "", false)]
    #[case::forbidden_for_a_minute(403, "private, Max-Age=60", true)]
    #[case::never(200, "max-age=0, no-store", false)]
    fn what_caches_keep(#[case] status: u16, #[case] control: &str, #[case] storable: bool) {
        let answer = Response::new(status).with_header("Cache-Control", control);
        assert_eq!(is_storable(&answer), storable);
    }
}
