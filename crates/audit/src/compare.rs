//! How what is granted differs from what was meant.

use std::collections::BTreeSet;

use crosscheck_oracle::PreflightFailure;
use crosscheck_vectors::policy::{Listing, MaxAge, Policy};

use super::{
    ask::Place,
    grants::{exposed, grants, permits},
    learn::{Asked, Learnt, Preflighted},
    names::is_invented,
    sender::{Sender, Sharing},
};

/// For how many seconds browsers keep a permission of which nothing is said.
const UNSAID_MAX_AGE: u32 = 5;

/// Request headers that need no permission as a rule, so listing them grants little.
const SAFELISTED_HEADERS: [&str; 3] = ["accept", "accept-language", "content-language"];

/// In which direction a grant differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// More is granted than was meant.
    Over,
    /// Less is granted than was meant.
    Under,
}

/// One difference between a policy and what is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In which direction.
    pub direction: Direction,
    /// Its weakness class: an id of `flags.json`.
    pub class: &'static str,
    /// What differs: a sentence.
    pub seen: String,
    /// The exchanges that show it.
    pub evidence: Vec<Place>,
}

/// All differences, over-grants first.
pub fn compare(policy: &Policy, learnt: &Learnt) -> Vec<Difference> {
    let mut found = Vec::new();
    origins(policy, learnt, &mut found);
    if is_anybody_granted(learnt) {
        names(policy, learnt, Kind::Method, &mut found);
        names(policy, learnt, Kind::Header, &mut found);
        response_headers(policy, learnt, &mut found);
        max_age(policy, learnt, &mut found);
    }
    found.sort_by_key(|difference| difference.direction);
    found
}

fn is_anybody_granted(learnt: &Learnt) -> bool {
    let asked = learnt.trusted_ask();
    asked.is_some_and(|asked| asked.sharing > Sharing::Withheld)
}

fn difference(
    direction: Direction,
    class: &'static str,
    seen: impl Into<String>,
    evidence: Place,
) -> Difference {
    Difference {
        direction,
        class,
        seen: seen.into(),
        evidence: vec![evidence],
    }
}

fn origins(policy: &Policy, learnt: &Learnt, found: &mut Vec<Difference>) {
    let everybody = learnt
        .strangers
        .iter()
        .map(|asked| (asked, "reflected-origin"));
    let opaque = learnt.null.iter().map(|asked| (asked, "null-origin"));
    let named = learnt
        .candidates
        .iter()
        .map(|asked| (asked, "origin-match"));
    let near = learnt
        .tried
        .iter()
        // If everybody ought to be granted, strangers have been asked about.
        .filter(|tried| tried.is_confirmed())
        .map(|tried| (&tried.first, tried.probe.class));
    let mut seen = BTreeSet::new();
    for (asked, class) in everybody.chain(opaque).chain(named).chain(near) {
        if let Some(origin) = page(asked)
            && seen.insert(origin)
        {
            found.extend(origin_difference(policy, asked, origin, class));
        }
    }
}

fn page(asked: &Asked) -> Option<&str> {
    match &asked.sender {
        Sender::Page(origin) => Some(origin.serialize()),
        Sender::Forged(_) | Sender::Nobody => None,
    }
}

fn origin_difference(
    policy: &Policy,
    asked: &Asked,
    origin: &str,
    class: &'static str,
) -> Option<Difference> {
    let at = asked.at;
    let (direction, class, seen) = match (policy.origins.means(origin), asked.sharing) {
        (false, Sharing::Anonymous | Sharing::Credentialed) => (
            Direction::Over,
            class,
            format!("`{origin}` is granted, and the policy does not list it"),
        ),
        (true, Sharing::Withheld) => (
            Direction::Under,
            "not-granted",
            format!("`{origin}` is not granted, and the policy lists it"),
        ),
        (true, Sharing::Anonymous) if policy.credentials => (
            Direction::Under,
            "credentials-missing",
            format!("`{origin}` may not read with credentials, and the policy says so"),
        ),
        (true, Sharing::Credentialed) if !policy.credentials => (
            Direction::Over,
            "credentials-granted",
            format!("`{origin}` may read with credentials, and the policy does not say so"),
        ),
        (false, Sharing::Withheld) | (true, Sharing::Anonymous | Sharing::Credentialed) => {
            return None;
        }
    };
    Some(difference(direction, class, seen, at))
}

/// Which of a policy's lists a preflight asks about.
#[derive(Clone, Copy)]
enum Kind {
    Header,
    Method,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Header => "header-check",
            Self::Method => "method-check",
        }
    }

    fn list(self, policy: &Policy) -> &Listing<String> {
        match self {
            Self::Header => &policy.request_headers,
            Self::Method => &policy.methods,
        }
    }

    fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Header => one.eq_ignore_ascii_case(other),
            Self::Method => one == other,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Method => "method",
        }
    }

    /// What `asked` is about, if it is of this kind.
    fn asked_for(self, asked: &Preflighted) -> Option<&str> {
        match (self, asked.wish.headers.first()) {
            (Self::Header, name) => name.map(String::as_str),
            (Self::Method, None) => Some(&asked.wish.method),
            (Self::Method, Some(_)) => None,
        }
    }
}

/// Methods and request headers.
fn names(policy: &Policy, learnt: &Learnt, kind: Kind, found: &mut Vec<Difference>) {
    let granted = grants(learnt);
    let (meant, granted) = (kind.list(policy), kind.list(&granted));
    let asked = |name: &dyn Fn(&str) -> bool| {
        let fits = |asked: &&Preflighted| kind.asked_for(asked).is_some_and(name);
        learnt.plain_preflights().find(fits)
    };
    if let Some(any) = asked(&is_invented) {
        let (word, at) = (kind.word(), any.at);
        if meant.is_any() && !granted.is_any() {
            let seen = format!("not any {word} is permitted, and the policy says so");
            let class = why_refused(learnt, any, kind);
            found.push(difference(Direction::Under, class, seen, at));
        } else if !meant.is_any() && granted.is_any() {
            let seen = format!("any {word} is permitted, and the policy lists them");
            found.push(difference(Direction::Over, kind.class(), seen, at));
        }
    }
    if granted.is_any() {
        return;
    }
    for name in meant.listed() {
        let same = |other: &str| kind.same(name, other);
        let Some(preflight) = asked(&same) else {
            continue;
        };
        if !granted.listed().iter().any(|other| same(other)) || !permits(learnt, preflight) {
            let seen = format!("`{name}` is not permitted, and the policy lists it");
            let class = why_refused(learnt, preflight, kind);
            found.push(difference(Direction::Under, class, seen, preflight.at));
        }
    }
    if meant.is_any() {
        return;
    }
    for name in granted.listed() {
        let listed = meant.listed().iter().any(|other| kind.same(name, other));
        if !listed && !SAFELISTED_HEADERS.contains(&&**name) {
            let same = |other: &str| kind.same(name, other);
            let at = asked(&same).or_else(|| learnt.plain_preflights().next());
            let seen = format!("`{name}` is permitted, and the policy does not list it");
            let at = at.map(|asked| asked.at).unwrap_or_default();
            found.push(difference(Direction::Over, kind.class(), seen, at));
        }
    }
}

/// The class of the refusal of what the policy lists.
fn why_refused(learnt: &Learnt, asked: &Preflighted, kind: Kind) -> &'static str {
    let permission = &asked.permission;
    let status = learnt.answer(asked.at).map(|answer| answer.status);
    if permission.but_for_status > permission.sharing {
        return "preflight-status";
    }
    if permission.sharing > Sharing::Withheld {
        return "credentials-missing";
    }
    match (status, &permission.failure) {
        (Some(401 | 404 | 405 | 407 | 501), _) => "preflight-not-answered",
        (_, Some(PreflightFailure::HeadersSyntax(_) | PreflightFailure::MethodsSyntax(_))) => {
            "malformed-header"
        }
        _ => kind.class(),
    }
}

fn response_headers(policy: &Policy, learnt: &Learnt, found: &mut Vec<Difference>) {
    let Some(asked) = learnt.trusted_ask() else {
        return;
    };
    let Some(answer) = learnt.answer(asked.at) else {
        return;
    };
    let shown = exposed(answer);
    let any = shown.contains("*") && learnt.best_share() == Sharing::Anonymous;
    let mut tell = |direction, seen: String| {
        found.push(difference(direction, "expose", seen, asked.at));
    };
    match &policy.response_headers {
        Listing::Any if !any => tell(
            Direction::Under,
            "not every response header is exposed, and the policy says so".to_owned(),
        ),
        Listing::Any => {}
        Listing::Listed(names) => {
            let names: BTreeSet<_> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
            for name in names.iter().filter(|name| !any && !shown.contains(*name)) {
                let seen = format!("`{name}` is not exposed, and the policy lists it");
                tell(Direction::Under, seen);
            }
            for name in shown.iter().filter(|name| !names.contains(*name)) {
                let seen = format!("`{name}` is exposed, and the policy does not list it");
                tell(Direction::Over, seen);
            }
        }
    }
}

fn max_age(policy: &Policy, learnt: &Learnt, found: &mut Vec<Difference>) {
    if policy.max_age == MaxAge::Unset {
        // It is left to others.
        return;
    }
    let seconds = |max_age| match max_age {
        MaxAge::Disable => 0,
        MaxAge::Seconds(seconds) => seconds,
        MaxAge::Unset => UNSAID_MAX_AGE,
    };
    let granted = learnt
        .plain_preflights()
        .find(|asked| permits(learnt, asked));
    let Some(asked) = granted else { return };
    let (meant, said) = (seconds(policy.max_age), seconds(grants(learnt).max_age));
    if meant != said {
        let direction = if said > meant {
            Direction::Over
        } else {
            Direction::Under
        };
        let seen = format!("permissions last {said} s, and the policy says {meant} s");
        found.push(difference(direction, "max-age", seen, asked.at));
    }
}
