//! The mismatches of a vector, those that several legs share put together.

use crate::{leg::Leg, mismatch::Mismatch, overview::VectorVerdict};

/// A mismatch and the legs that have it.
#[derive(Clone, Debug)]
pub(crate) struct Difference<'a> {
    /// The mismatch.
    pub(crate) mismatch: &'a Mismatch,
    /// The legs, in order.
    pub(crate) legs: Vec<Leg>,
}

impl<'a> Difference<'a> {
    /// The field in words, with its step if the vector has several; text between backticks is code.
    pub(crate) fn field(&self, n_steps: usize) -> String {
        placed(self.mismatch, n_steps)
    }

    /// The legs, such as `wire, chromium`.
    pub(crate) fn legs(&self) -> String {
        let legs: Vec<_> = self.legs.iter().map(Leg::word).collect();
        legs.join(", ")
    }

    /// Takes in the mismatch of another leg if it is the same, or the same without the reason that
    /// only one of them was told; whether it is.
    fn takes(&mut self, leg: Leg, mismatch: &'a Mismatch) -> bool {
        let (known, new) = (&self.mismatch.observed, &mismatch.observed);
        let as_known = Mismatch {
            observed: known.clone(),
            ..mismatch.clone()
        };
        if *self.mismatch != as_known || !(says_more(known, new) || says_more(new, known)) {
            return false;
        }
        if new.len() > known.len() {
            self.mismatch = mismatch;
        }
        self.legs.push(leg);
        true
    }
}

/// Whether `more` is `less`, perhaps with a reason behind it, such as in
/// ``network-error (`cors-check/missing-origin`)``.
pub(crate) fn says_more(less: &str, more: &str) -> bool {
    let rest = more.strip_prefix(less);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" (`"))
}

/// The mismatches of `vector`, the gravest first, then in the order of the expectation.
pub(crate) fn differences(vector: &VectorVerdict) -> Vec<Difference<'_>> {
    let mut found: Vec<Difference<'_>> = Vec::new();
    for leg in &vector.legs {
        for mismatch in &leg.mismatches {
            if !found.iter_mut().any(|known| known.takes(leg.leg, mismatch)) {
                found.push(Difference {
                    mismatch,
                    legs: vec![leg.leg],
                });
            }
        }
    }
    found.sort_by_key(|difference| difference.mismatch.kind);
    found
}

/// The field of `mismatch` in words, with its step if the vector has several.
pub(crate) fn placed(mismatch: &Mismatch, n_steps: usize) -> String {
    let field = spoken(&mismatch.field);
    if n_steps > 1 {
        format!("step {}, {field}", mismatch.step + 1)
    } else {
        field
    }
}

/// A field of an expectation in words, such as ``request 2, header `origin` ``; one that has none
/// is left as it is.
pub(crate) fn spoken(field: &str) -> String {
    let (list, rest) = field.split_once('[').unwrap_or((field, ""));
    let item = rest
        .split_once("].")
        .and_then(|(index, rest)| Some((index.parse::<usize>().ok()?, rest)));
    let said = match (list, item) {
        ("requests", Some((index, part))) => {
            of_request(part).map(|part| format!("request {}, {part}", index.saturating_add(1)))
        }
        ("responses", Some((index, check))) => Some(format!(
            "answer {}, {}",
            index.saturating_add(1),
            of_answer(check)
        )),
        ("requests.length", None) => Some("number of requests".to_owned()),
        ("body", None) => Some("body that the page reads".to_owned()),
        ("status", None) => Some("status that the page sees".to_owned()),
        (other, None) => match other.split_once('.') {
            Some(("visible_headers" | "hidden_headers", name)) => {
                Some(format!("header `{name}` for the page"))
            }
            _ => None,
        },
        _ => None,
    };
    said.unwrap_or_else(|| field.to_owned())
}

fn of_request(part: &str) -> Option<String> {
    match part.split_once('.').unwrap_or((part, "")) {
        ("headers" | "absent", name) => Some(format!("header `{name}`")),
        ("url", "") => Some("address".to_owned()),
        ("handled", "") => Some("the application".to_owned()),
        ("method" | "body", "") => Some(part.to_owned()),
        _ => None,
    }
}

fn of_answer(check: &str) -> String {
    match check.split_once('.').unwrap_or((check, "")) {
        ("status-in" | "status-ok", _) => "status".to_owned(),
        ("empty-body", _) => "body".to_owned(),
        ("no-cors-headers", _) => "CORS headers".to_owned(),
        ("varies", _) => "header `vary`".to_owned(),
        (_, "") => check.replace('-', " "),
        (_, name) => format!("header `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::{expect::StepOutcome::NetworkError, vector::Kind};
    use rstest::rstest;

    use super::{differences, spoken};
    use crate::{
        fixture::{leg, mismatch, vector},
        leg::Leg,
        mismatch::{Effect, Mismatch},
    };

    #[rstest]
    #[case("outcome", "outcome")]
    #[case("requests.length", "number of requests")]
    #[case("requests[1].headers.origin", "request 2, header `origin`")]
    #[case("requests[0].absent.cookie", "request 1, header `cookie`")]
    #[case("requests[0].handled", "request 1, the application")]
    #[case("responses[0].grammar", "answer 1, grammar")]
    #[case("responses[2].lists.vary", "answer 3, header `vary`")]
    #[case("responses[0].status-ok", "answer 1, status")]
    #[case("responses[0].varies.origin", "answer 1, header `vary`")]
    #[case("hidden_headers.x-a", "header `x-a` for the page")]
    #[case("requests[x].method", "requests[x].method")]
    #[case("a[0].b", "a[0].b")]
    fn a_field_has_words(#[case] field: &str, #[case] words: &str) {
        assert_eq!(spoken(field), words);
    }

    #[rstest]
    #[case::same("refused", "refused", &["refused"])]
    #[case::a_reason_more("refused", "refused (`a/b`)", &["refused (`a/b`)"])]
    #[case::a_reason_less("refused (`a/b`)", "refused", &["refused (`a/b`)"])]
    #[case::another_reason("refused (`a`)", "refused (`b`)", &["refused (`a`)", "refused (`b`)"])]
    #[case::another("refused", "refusedly", &["refused", "refusedly"])]
    fn legs_that_saw_the_same_share_a_difference(
        #[case] wire: &str,
        #[case] chromium: &str,
        #[case] shown: &[&str],
    ) {
        let saw = |observed: &str| {
            vec![Mismatch {
                observed: observed.to_owned(),
                ..mismatch("outcome", Kind::Required, Effect::Other)
            }]
        };
        let vector = vector(
            "a/b/c",
            vec![
                leg(Leg::Wire, NetworkError, saw(wire)),
                leg(Leg::browser("chromium"), NetworkError, saw(chromium)),
            ],
        );
        let observed: Vec<_> = differences(&vector)
            .iter()
            .map(|difference| difference.mismatch.observed.as_str())
            .collect();
        assert_eq!(observed, shown);
    }
}
