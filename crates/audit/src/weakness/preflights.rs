//! Preflights that disagree with the answers they stand for, or grant too much.

use crosscheck_oracle::{
    Extracted, ExtractedSingle, Response, extract_list, extract_max_age, is_forbidden_method,
    is_ok_status,
};

use super::{Judgement, Severity, flaps};
use crate::{
    grants::{exposed, permits},
    learn::{Asked, Learnt, Preflighted, Twist},
    names::is_invented,
    sender::Sharing,
};

/// The longest max age that the standard's authors advise, in seconds.
const LONGEST_MAX_AGE: u64 = 86400;

const PRIVATE_NETWORK: &str = "access-control-allow-private-network";

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    agreement(learnt, judgement);
    for asked in &learnt.preflights {
        let Some(answer) = learnt.answer(asked.at) else {
            continue;
        };
        status(asked, answer, judgement);
        handler(learnt, asked, answer, judgement);
        lists(learnt, asked, answer, judgement);
        max_age(asked, answer, judgement);
        twisted(asked, answer, judgement);
    }
    private_network(learnt, judgement);
    wide(learnt, judgement);
}

/// Whether preflight and actual answer share with the same pages, and show them the same.
fn agreement(learnt: &Learnt, judgement: &mut Judgement) {
    let (Some(actual), Some(preflight)) = (learnt.trusted_ask(), simplest(learnt)) else {
        return;
    };
    let Some(answer) = learnt.answer(actual.at) else {
        return;
    };
    if flaps::of_trusted(learnt) {
        return;
    }
    sharing(learnt, preflight, (actual, answer), judgement);
    first_visit(learnt, actual, judgement);
    if let Some(asked) = exposing(learnt, actual.at) {
        judgement.broken(
            "expose",
            Severity::Low,
            "headers are exposed on the preflight, where browsers do not look, and not on the answer",
            &[asked.at, actual.at],
        );
    }
}

/// Whether `preflight` and the actual answer to the same page share as much.
fn sharing(
    learnt: &Learnt,
    preflight: &Preflighted,
    (actual, answer): (&Asked, &Response),
    judgement: &mut Judgement,
) {
    let mut broken = |class, seen: &str| {
        let places = [preflight.at, actual.at];
        judgement.broken(class, Severity::Low, seen, &places);
    };
    match (preflight.permission.sharing, actual.sharing) {
        (Sharing::Credentialed, Sharing::Anonymous) => broken(
            "credentials-missing",
            "the preflight permits credentials, and the answer itself does not",
        ),
        (Sharing::Anonymous, Sharing::Credentialed) => broken(
            "credentials-missing",
            "the answer itself permits credentials, and the preflight does not",
        ),
        (Sharing::Anonymous | Sharing::Credentialed, Sharing::Withheld)
            if !is_ok_status(answer.status) =>
        {
            let seen = format!(
                "the preflight permits what is then answered with {} and without CORS headers",
                answer.status
            );
            broken("missing-on-error", &seen);
        }
        (Sharing::Anonymous | Sharing::Credentialed, Sharing::Withheld) => broken(
            "not-granted",
            "the preflight permits what then cannot be read",
        ),
        (Sharing::Withheld, Sharing::Anonymous | Sharing::Credentialed) => {
            refused(learnt, preflight, judgement);
        }
        (Sharing::Withheld, Sharing::Withheld)
        | (Sharing::Anonymous, Sharing::Anonymous)
        | (Sharing::Credentialed, Sharing::Credentialed) => {}
    }
}

/// Whether credentials are permitted before there are any.
fn first_visit(learnt: &Learnt, actual: &Asked, judgement: &mut Judgement) {
    if let Some(asked) = &learnt.trusted_with_cookie
        && asked.sharing == Sharing::Credentialed
        && actual.sharing == Sharing::Anonymous
    {
        let seen =
            "credentials are permitted only once the request has a cookie, so a first visit fails";
        let places = [actual.at, asked.at];
        judgement.broken("credentials-missing", Severity::Low, seen, &places);
    }
}

/// A preflight for what needs no permission by itself.
fn simplest(learnt: &Learnt) -> Option<&Preflighted> {
    learnt.plain_preflights().next()
}

/// A granted preflight that exposes what the answer at `actual` does not.
fn exposing(learnt: &Learnt, actual: usize) -> Option<&Preflighted> {
    let shown = exposed(learnt.answer(actual)?);
    learnt.plain_preflights().find(|asked| {
        let answer = learnt.answer(asked.at);
        permits(learnt, asked) && answer.is_some_and(|answer| !exposed(answer).is_subset(&shown))
    })
}

/// Says why a page that may read is refused by the preflight.
fn refused(learnt: &Learnt, preflight: &Preflighted, judgement: &mut Judgement) {
    let Some(answer) = learnt.answer(preflight.at) else {
        return;
    };
    let places = [preflight.at];
    match answer.status {
        401 | 407 => judgement.broken(
            "preflight-not-answered",
            Severity::Low,
            "the preflight is asked to log in, which browsers never do",
            &places,
        ),
        status if is_ok_status(status) && lists_without_origin(answer) => judgement.broken(
            "not-granted",
            Severity::Low,
            "preflights of a page that may read are told what is permitted, and not that its origin is",
            &places,
        ),
        // Told elsewhere.
        _ if takes_back(preflight, answer) => {}
        status => {
            let any = learnt
                .plain_preflights()
                .any(|asked| asked.permission.sharing > Sharing::Withheld);
            if !any {
                let seen =
                    format!("no preflight is granted (status {status}): only simple requests work");
                judgement.note("preflight-not-answered", seen, &places);
            }
        }
    }
}

/// Whether `answer` lists what is permitted to nobody.
fn lists_without_origin(answer: &Response) -> bool {
    let says = |name| answer.headers.contains(name);
    let lists = says("access-control-allow-methods") || says("access-control-allow-headers");
    lists && !says("access-control-allow-origin")
}

/// A preflight that grants everything, and has a status that takes it back.
fn status(asked: &Preflighted, answer: &Response, judgement: &mut Judgement) {
    if takes_back(asked, answer) {
        let seen = format!(
            "a preflight for {} gets all permission, and the status {} that takes it back",
            asked.wish, answer.status
        );
        judgement.broken("preflight-status", Severity::Low, seen, &[asked.at]);
    }
}

/// Whether only the status of `answer` stands against what was asked for, and the server says so itself:
/// a method that needs no permission may be missing in the list because it is refused.
fn takes_back(asked: &Preflighted, answer: &Response) -> bool {
    let permission = &asked.permission;
    let named = match extract_list(&answer.headers, "access-control-allow-methods") {
        Extracted::Items(items) => items
            .iter()
            .any(|item| *item == asked.wish.method.as_bytes() || *item == b"*"),
        Extracted::Absent | Extracted::Malformed => false,
    };
    // Whoever is foreign or asks for something odd may well be refused for that.
    asked.twist == Twist::None
        && permission.sharing == Sharing::Withheld
        && permission.but_for_status > Sharing::Withheld
        && named
}

/// A preflight that the application answers.
fn handler(learnt: &Learnt, asked: &Preflighted, answer: &Response, judgement: &mut Judgement) {
    let usual = learnt
        .baseline
        .first()
        .and_then(|place| learnt.answer(*place));
    let same = usual.is_some_and(|usual| {
        usual.body.len() > 4 && usual.body == answer.body && usual.status == answer.status
    });
    if same && is_ok_status(answer.status) {
        let places = [
            learnt.baseline.first().copied().unwrap_or_default(),
            asked.at,
        ];
        let seen = "gets the body that a GET gets: it reaches the application";
        if asked.permission.but_for_status > Sharing::Withheld {
            let seen = format!("a granted preflight {seen}");
            judgement.broken("preflight-not-answered", Severity::Low, seen, &places);
        } else {
            let seen = format!("a refused preflight {seen}");
            judgement.note("preflight-not-answered", seen, &places);
        }
    }
}

/// Lists that say more than was asked, or what they cannot mean.
fn lists(learnt: &Learnt, asked: &Preflighted, answer: &Response, judgement: &mut Judgement) {
    let items = |name: &str| match extract_list(&answer.headers, name) {
        Extracted::Items(items) => items,
        Extracted::Absent | Extracted::Malformed => Vec::new(),
    };
    let methods = items("access-control-allow-methods");
    let names = items("access-control-allow-headers");
    let wildcard = [&methods, &names]
        .into_iter()
        .any(|items| items.contains(&&b"*"[..]));
    if wildcard && learnt.best_share() == Sharing::Credentialed {
        let seen =
            "`*` in a list counts for nothing with credentials: it then means a thing called `*`";
        judgement.note("config-accepted", seen, &[asked.at]);
    }
    if let Some(method) = methods.iter().find(|method| is_forbidden_method(method)) {
        let seen = format!(
            "{} is permitted, which no page can ever send",
            method.escape_ascii()
        );
        judgement.note("config-accepted", seen, &[asked.at]);
    }
    let no_page = asked.permission.but_for_status == Sharing::Withheld;
    if no_page && !is_ok_status(answer.status) && !(methods.is_empty() && names.is_empty()) {
        let seen = "refused preflights are told which methods and headers there are";
        judgement.note("leak", seen, &[asked.at]);
    }
}

fn max_age(asked: &Preflighted, answer: &Response, judgement: &mut Judgement) {
    match extract_max_age(&answer.headers) {
        ExtractedSingle::Malformed => judgement.broken(
            "max-age",
            Severity::Low,
            "`Access-Control-Max-Age` is not a number of seconds, so browsers ignore it",
            &[asked.at],
        ),
        ExtractedSingle::Value(seconds) if seconds > LONGEST_MAX_AGE => {
            let seen = format!(
                "a permission is to be kept for {seconds} s, more than a day: it outlives its withdrawal"
            );
            judgement.note("max-age", seen, &[asked.at]);
        }
        ExtractedSingle::Value(_) | ExtractedSingle::Absent => {}
    }
}

fn private_network(learnt: &Learnt, judgement: &mut Judgement) {
    let says = |asked: &&Preflighted| {
        let answer = learnt.answer(asked.at);
        let said = answer.and_then(|answer| answer.headers.get(PRIVATE_NETWORK));
        said.as_deref() == Some(b"true")
    };
    let asked_for = |asked: &&Preflighted| asked.twist == Twist::PrivateNetwork;
    let foreign = |asked: &&Preflighted| {
        matches!(
            asked.twist,
            Twist::Near(_) | Twist::Opaque | Twist::Stranger
        )
    };
    let granting: Vec<_> = learnt.preflights.iter().filter(says).collect();
    let unasked: Vec<_> = granting.iter().filter(|asked| !asked_for(asked)).collect();
    if let Some(first) = unasked.first() {
        let severity = if unasked.iter().any(|asked| foreign(asked)) {
            Severity::Medium
        } else {
            Severity::Low
        };
        let seen = "access to a private network is granted to pages that did not ask for it";
        judgement.broken("private-network", severity, seen, &[first.at]);
    } else if let Some(first) = granting.iter().find(|asked| {
        let answer = learnt.answer(asked.at);
        let origin = answer.and_then(|answer| answer.headers.get("access-control-allow-origin"));
        origin.as_deref() == Some(b"*")
    }) {
        let seen = "access to a private network is granted to any page that asks for it";
        judgement.broken("private-network", Severity::Medium, seen, &[first.at]);
    } else if let Some(first) = granting.first() {
        let seen = "access to a private network is granted to a trusted page that asks for it";
        judgement.note("private-network", seen, &[first.at]);
    }
}

/// What is odd about odd preflights.
fn twisted(asked: &Preflighted, answer: &Response, judgement: &mut Judgement) {
    let withheld = asked.permission.sharing == Sharing::Withheld;
    match asked.twist {
        Twist::Garbage => {
            let value = answer.headers.get("access-control-allow-headers");
            let echoed = value.is_some_and(|value| value.ends_with(b"\"crosscheck"));
            if echoed {
                let seen =
                    "a list of headers is sent back without a look at it, even if it is none";
                judgement.note("header-check", seen, &[asked.at]);
            }
        }
        Twist::Blanks if withheld => judgement.note(
            "header-check",
            "blanks in a list of headers, which gateways add, make a preflight fail",
            &[asked.at],
        ),
        Twist::SplitList if withheld => judgement.note(
            "header-check",
            "a list of headers that a gateway splits into two lines makes a preflight fail",
            &[asked.at],
        ),
        Twist::Smuggled if !withheld => judgement.broken(
            "header-check",
            Severity::Low,
            "any request header is permitted behind one that is listed, and not by itself",
            &[asked.at],
        ),
        Twist::Blanks
        | Twist::Near(_)
        | Twist::None
        | Twist::Opaque
        | Twist::PrivateNetwork
        | Twist::Smuggled
        | Twist::SplitList
        | Twist::Stranger => {}
    }
}

/// Permissions for anything.
fn wide(learnt: &Learnt, judgement: &mut Judgement) {
    let granted = |asked: &&Preflighted| permits(learnt, asked);
    let mut any_header = None;
    for asked in learnt.plain_preflights().filter(granted) {
        if is_invented(&asked.wish.method) {
            let seen = "any method is permitted to pages that may read";
            judgement.note("method-check", seen, &[asked.at]);
        }
        if asked.wish.headers.iter().any(|name| is_invented(name)) {
            let seen = "any request header is permitted to pages that may read";
            judgement.note("header-check", seen, &[asked.at]);
            any_header = Some(asked.at);
        }
    }
    let withheld = learnt.plain_preflights().find(|asked| {
        asked.wish.headers == ["authorization"] && asked.permission.sharing == Sharing::Withheld
    });
    if let (Some(_), Some(asked)) = (any_header, withheld) {
        let seen = "any header but `Authorization` is permitted, which `*` never covers";
        judgement.note("header-check", seen, &[asked.at]);
    }
}
