//! CORS headers that break their grammar, or contradict each other.

use crosscheck_oracle::{Extracted, HeaderList, Origin, extract_list};

use super::{Judgement, Severity};
use crate::{
    ask::Place,
    grants::exposed,
    learn::Learnt,
    sender::{Sender, Sharing},
};

const ALLOW_ORIGIN: &[u8] = b"access-control-allow-origin";
const ALLOW_CREDENTIALS: &[u8] = b"access-control-allow-credentials";

/// Headers that hold lists of tokens.
const LISTS: [&str; 3] = [
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Expose-Headers",
];

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    for (place, exchange) in learnt.exchanges.iter().enumerate() {
        let Ok(answer) = &exchange.answer else {
            continue;
        };
        let origin = exchange.request.headers.get("origin");
        // A browser's origin gets a browser's answer; what is forged is looked at elsewhere.
        let forged = origin.as_deref().is_some_and(|origin| !is_origin(origin));
        let odd_list = exchange
            .request
            .headers
            .get("access-control-request-headers")
            .is_some_and(|names| names.contains(&b'"'));
        if !forged {
            allow_origin(&answer.headers, origin.as_deref(), place, judgement);
            allow_credentials(&answer.headers, place, judgement);
        }
        if !odd_list {
            lists(&answer.headers, place, judgement);
            methods(&answer.headers, place, judgement);
        }
    }
    contradiction(learnt, judgement);
}

fn allow_origin(
    headers: &HeaderList,
    asked: Option<&[u8]>,
    place: Place,
    judgement: &mut Judgement,
) {
    let lines: Vec<_> = headers.values(ALLOW_ORIGIN).collect();
    let value = match lines.as_slice() {
        [] => return,
        [value] => *value,
        _ => {
            let seen = format!(
                "{} lines of `Access-Control-Allow-Origin` are sent, and browsers refuse more than one",
                lines.len()
            );
            return judgement.broken("duplicate-header", Severity::Low, seen, &[place]);
        }
    };
    let is_echo = Some(value) == asked;
    let is_pattern = value.contains(&b'*') && !is_echo;
    // No page has such an origin unless it was asked about.
    let is_odd = !is_echo && value.iter().any(|byte| b";'\",".contains(byte));
    if value == b"*" || (is_origin(value) && !is_pattern && !is_odd) {
        return;
    }
    let shown = value.escape_ascii();
    let seen = if value.contains(&b',') || value.contains(&b' ') {
        let items = value.split(|byte| matches!(byte, b',' | b' '));
        let others = items.filter(|item| is_origin(item) && Some(*item) != asked);
        if others.count() > 0 {
            judgement.note(
                "leak",
                "whoever asks is told which other origins are trusted",
                &[place],
            );
        }
        format!("`Access-Control-Allow-Origin: {shown}` is a list, which browsers refuse")
    } else if is_pattern {
        format!("`Access-Control-Allow-Origin: {shown}` is a pattern, which browsers do not know")
    } else if value.is_empty() {
        "`Access-Control-Allow-Origin` is sent without a value".to_owned()
    } else {
        format!(
            "`Access-Control-Allow-Origin: {shown}` is no origin as browsers write it, so it fits none"
        )
    };
    judgement.broken("malformed-header", Severity::Low, seen, &[place]);
}

fn allow_credentials(headers: &HeaderList, place: Place, judgement: &mut Judgement) {
    let lines: Vec<_> = headers.values(ALLOW_CREDENTIALS).collect();
    match lines.as_slice() {
        [] | [b"true"] => {}
        [value] if value.eq_ignore_ascii_case(b"false") => judgement.note(
            "malformed-header",
            "`Access-Control-Allow-Credentials` is `false`, a value that it does not have; leave it out",
            &[place],
        ),
        [value] => {
            let seen = format!(
                "`Access-Control-Allow-Credentials` is `{}`, and browsers only know `true`",
                value.escape_ascii()
            );
            judgement.broken("malformed-header", Severity::Low, seen, &[place]);
        }
        _ => {
            let seen = "several lines of `Access-Control-Allow-Credentials` are sent, and browsers refuse more than one";
            judgement.broken("duplicate-header", Severity::Low, seen, &[place]);
        }
    }
}

fn lists(headers: &HeaderList, place: Place, judgement: &mut Judgement) {
    for name in LISTS {
        if extract_list(headers, name) == Extracted::Malformed {
            let value = headers.get(name).unwrap_or_default();
            let seen = format!(
                "`{name}: {}` is not a list of names, so browsers ignore all of it",
                value.escape_ascii()
            );
            judgement.broken("malformed-header", Severity::Low, seen, &[place]);
        }
    }
}

/// Methods that are listed in small letters alone, which fits none that a page can send.
fn methods(headers: &HeaderList, place: Place, judgement: &mut Judgement) {
    let Extracted::Items(items) = extract_list(headers, "access-control-allow-methods") else {
        return;
    };
    let is_listed = |name: &[u8]| items.contains(&name) || items.contains(&&b"*"[..]);
    for name in ["DELETE", "PUT"] {
        let small = items
            .iter()
            .find(|item| item.eq_ignore_ascii_case(name.as_bytes()));
        if let Some(small) = small.filter(|_| !is_listed(name.as_bytes())) {
            let seen = format!(
                "`{}` is permitted, and pages send {name}: methods are compared as they are written",
                small.escape_ascii()
            );
            judgement.broken("method-check", Severity::Low, seen, &[place]);
        }
    }
}

/// `*` with credentials, which no browser takes.
fn contradiction(learnt: &Learnt, judgement: &mut Judgement) {
    let pages = learnt.strangers.iter().chain(&learnt.candidates);
    let pages = pages.filter(|asked| matches!(asked.sender, Sender::Page(_)));
    let preflights = learnt.preflights.iter().map(|asked| asked.at);
    let nobody = learnt.baseline.iter().copied();
    let places = pages.map(|asked| asked.at).chain(preflights).chain(nobody);
    for at in places {
        let Some(answer) = learnt.answer(at) else {
            continue;
        };
        let value = |name: &[u8]| answer.headers.get(name);
        if value(ALLOW_ORIGIN).as_deref() == Some(b"*")
            && value(ALLOW_CREDENTIALS).as_deref() == Some(b"true")
        {
            let seen = "`*` is sent with `Access-Control-Allow-Credentials: true`, and browsers then refuse whatever is sent with credentials";
            judgement.broken("wildcard-with-credentials", Severity::Low, seen, &[at]);
        }
    }
    if let Some(asked) = learnt.trusted_ask()
        && asked.sharing == Sharing::Credentialed
        && let Some(answer) = learnt.answer(asked.at)
        && exposed(answer).contains("*")
    {
        let seen = "`Access-Control-Expose-Headers: *` exposes nothing to whoever asks with credentials: it then means a header called `*`";
        judgement.note("config-accepted", seen, &[asked.at]);
    }
}

fn is_origin(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| Origin::parse(text).is_ok())
}
