//! What the server answered.

use crosscheck_vectors::{
    bytes::ByteString,
    expect::{Check, ResponseAssertion},
    vector::Kind,
};

use super::{
    Broken, Found,
    grammar::{self, items},
};
use crate::{
    mismatch::{Effect, Mismatch},
    observation::{Exchange, SeenResponse, lines},
    printable::{quoted, quoted_list},
    words::counted,
};

pub(super) fn compare(assertions: &[ResponseAssertion], exchanges: &[Exchange], found: &mut Found) {
    for assertion in assertions {
        let answer = exchanges
            .get(assertion.of)
            .and_then(|exchange| exchange.response.as_ref());
        let broken = match answer {
            Some(answer) => broken(&assertion.check, answer),
            None => vec![Broken::new(expected(&assertion.check), "no answer")],
        };
        found
            .mismatches
            .extend(broken.into_iter().map(|broken| Mismatch {
                step: found.step,
                field: field(assertion),
                expected: broken.expected,
                observed: broken.observed,
                effect: Effect::Other,
                kind: weaker(assertion.kind, found.kind),
            }));
    }
}

/// The kind of a mismatch: an assertion may care less than its vector, never more.
fn weaker(assertion: Option<Kind>, vector: Kind) -> Kind {
    assertion.map_or(vector, |kind| kind.max(vector))
}

fn field(assertion: &ResponseAssertion) -> String {
    let named = |check: &str, header: &ByteString| {
        format!("{check}.{}", header.to_text().to_ascii_lowercase())
    };
    let check = match &assertion.check {
        Check::Absent { header } => named("absent", header),
        Check::NoCorsHeaders {} => "no-cors-headers".to_owned(),
        Check::Equals { header, .. } => named("equals", header),
        Check::NotEquals { header, .. } => named("not-equals", header),
        Check::Lists { header, .. } => named("lists", header),
        Check::ListsExactly { header, .. } => named("lists-exactly", header),
        Check::ListsNot { header, .. } => named("lists-not", header),
        Check::ListsOnce { header } => named("lists-once", header),
        Check::Varies { by } => named("varies", by),
        Check::Digits { header } => named("digits", header),
        Check::Tokens { header } => named("tokens", header),
        Check::Grammar {} => "grammar".to_owned(),
        Check::StatusIn { .. } => "status-in".to_owned(),
        Check::StatusOk {} => "status-ok".to_owned(),
        Check::EmptyBody {} => "empty-body".to_owned(),
    };
    format!("responses[{}].{check}", assertion.of)
}

/// What `check` asks for, in words.
pub(crate) fn expected(check: &Check) -> String {
    match check {
        Check::Absent { header } => format!("no {header}"),
        Check::NoCorsHeaders {} => "no header whose name begins with Access-Control-".to_owned(),
        Check::Equals { header, value } => format!("one line {header}: {}", quoted(value)),
        Check::NotEquals { header, value } => format!("{header} is not {}", quoted(value)),
        Check::Lists { header, item } => format!("{header} lists {} in any case", quoted(item)),
        Check::ListsExactly { header, item } => {
            format!("{header} lists exactly {}", quoted(item))
        }
        Check::ListsNot { header, item } => format!("{header} does not list {}", quoted(item)),
        Check::ListsOnce { header } => format!("{header} lists nothing twice"),
        Check::Varies { by } => format!("Vary lists {} in any case", quoted(by)),
        Check::Digits { header } => format!("{header}, if there, is one line of digits"),
        Check::Tokens { header } => format!("{header}, if there, is a list of tokens"),
        Check::Grammar {} => "every Access-Control-* header obeys its grammar".to_owned(),
        Check::StatusIn { any_of } => {
            let codes: Vec<_> = any_of.iter().map(u16::to_string).collect();
            format!("a status of {}", codes.join(", "))
        }
        Check::StatusOk {} => "a status of 200 to 299".to_owned(),
        Check::EmptyBody {} => "no body".to_owned(),
    }
}

fn broken(check: &Check, answer: &SeenResponse) -> Vec<Broken> {
    if matches!(check, Check::Grammar {}) {
        return grammar::broken(answer);
    }
    let observed = counterexample(check, answer);
    observed
        .map(|observed| Broken::new(expected(check), observed))
        .into_iter()
        .collect()
}

/// What in `answer` breaks `check`, in words; none if it holds.
fn counterexample(check: &Check, answer: &SeenResponse) -> Option<String> {
    let unless = |holds: bool, observed: String| (!holds).then_some(observed);
    let header = |name: &ByteString, holds: &dyn Fn(&[&ByteString]) -> bool| {
        let seen: Vec<_> = lines(&answer.headers, name.as_bytes()).collect();
        unless(holds(&seen), quoted_list(seen))
    };
    match check {
        Check::Absent { header: name } => header(name, &|seen| seen.is_empty()),
        Check::NoCorsHeaders {} => {
            let names = answer.headers.iter().map(|(name, _)| name);
            let seen: Vec<_> = names.filter(|name| is_cors(name)).collect();
            unless(seen.is_empty(), quoted_list(seen))
        }
        Check::Equals {
            header: name,
            value,
        } => header(name, &|seen| seen == [value]),
        Check::NotEquals {
            header: name,
            value,
        } => header(name, &|seen| !equals(seen, value)),
        Check::Lists { header: name, item } => header(name, &|seen| lists(seen, item)),
        Check::ListsExactly { header: name, item } => {
            header(name, &|seen| items(seen).any(|i| i == item.as_bytes()))
        }
        Check::ListsNot { header: name, item } => header(name, &|seen| !lists(seen, item)),
        Check::ListsOnce { header: name } => header(name, &lists_once),
        Check::Varies { by } => {
            let control: Vec<_> = lines(&answer.headers, b"cache-control").collect();
            let stored = !lists(&control, &"no-store".into());
            let vary = ByteString::from("Vary");
            let varies =
                |seen: &[&ByteString]| !stored || lists(seen, by) || lists(seen, &"*".into());
            header(&vary, &varies)
        }
        Check::Digits { header: name } => header(name, &grammar::is_one_line_of_digits),
        Check::Tokens { header: name } => header(name, &grammar::is_token_list),
        // Judged header by header.
        Check::Grammar {} => None,
        Check::StatusIn { any_of } => {
            unless(any_of.contains(&answer.status), answer.status.to_string())
        }
        Check::StatusOk {} => unless(
            (200..300).contains(&answer.status),
            answer.status.to_string(),
        ),
        Check::EmptyBody {} => {
            let n_bytes = answer.body.as_bytes().len();
            unless(n_bytes == 0, counted(n_bytes, "byte", "bytes"))
        }
    }
}

/// Whether one line is `value`, or all lines together are.
fn equals(seen: &[&ByteString], value: &ByteString) -> bool {
    let lines: Vec<_> = seen.iter().map(|line| line.as_bytes()).collect();
    !seen.is_empty() && (seen.contains(&value) || lines.join(b", ".as_slice()) == value.as_bytes())
}

fn lists(seen: &[&ByteString], item: &ByteString) -> bool {
    items(seen).any(|i| i.eq_ignore_ascii_case(item.as_bytes()))
}

fn lists_once(seen: &[&ByteString]) -> bool {
    let mut sorted: Vec<_> = items(seen).map(<[u8]>::to_ascii_lowercase).collect();
    sorted.sort_unstable();
    sorted.is_sorted_by(|a, b| a != b)
}

fn is_cors(name: &ByteString) -> bool {
    const PREFIX: &[u8] = b"access-control-";
    name.as_bytes()
        .get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::vector::Kind::{Recommended, Required, Survey};

    use super::weaker;

    #[test]
    fn an_assertion_never_outweighs_its_vector() {
        assert_eq!(weaker(None, Recommended), Recommended);
        assert_eq!(weaker(Some(Survey), Required), Survey);
        assert_eq!(weaker(Some(Required), Recommended), Recommended);
    }
}
