//! What was learnt, as a policy.

use std::collections::BTreeSet;

use crosscheck_oracle::{
    Extracted, ExtractedSingle, Response, extract_list, extract_max_age, is_forbidden_method,
    is_forbidden_request_header,
};
use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};

use super::{
    learn::{Asked, Learnt, Preflighted, Tried},
    names::is_invented,
    probe::Base,
    sender::{Sender, Sharing},
};

/// Methods that no page needs permission for.
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// The policy that fits best what `learnt` saw being granted.
pub fn grants(learnt: &Learnt) -> Policy {
    let credentials = learnt.best_share() == Sharing::Credentialed;
    Policy {
        origins: origins(learnt),
        methods: methods(learnt),
        request_headers: request_headers(learnt),
        response_headers: response_headers(learnt),
        credentials,
        max_age: max_age(learnt),
    }
}

/// Whether `asked` permits what a page with this policy needs.
pub fn permits(learnt: &Learnt, asked: &Preflighted) -> bool {
    asked.permission.sharing > Sharing::Withheld && asked.permission.sharing >= learnt.best_share()
}

/// Whether `origin` is a subdomain of `base`.
fn is_below(base: &str, origin: &str) -> bool {
    OriginRule::SubdomainsOf(base.to_owned()).means(origin)
}

fn origins(learnt: &Learnt) -> Listing<OriginRule> {
    if learnt.strangers_share() > Sharing::Withheld {
        return Listing::Any;
    }
    let covered = patterns(learnt);
    let granted = learnt
        .candidates
        .iter()
        .filter(|asked| asked.sharing > Sharing::Withheld);
    // Families of one member are named themselves.
    let single = learnt.tried.iter().filter(|tried| tried.is_confirmed());
    let single = single.filter(|tried| {
        let is_page = matches!(tried.first.sender, Sender::Page(_));
        let again = tried.again.as_ref();
        is_page && again.is_some_and(|again| again.sender == tried.first.sender)
    });
    let granted = granted.chain(single.map(|tried| &tried.first));
    let exact = granted.filter_map(|asked| asked.sender.origin());
    let exact = exact.filter(|origin| !covered.iter().any(|base| is_below(base, origin)));
    let exact: BTreeSet<_> = exact.map(str::to_owned).collect();
    let null = learnt
        .null
        .iter()
        .any(|asked| asked.sharing > Sharing::Withheld);
    let rules = exact
        .into_iter()
        .map(OriginRule::Exact)
        .chain(covered.into_iter().map(OriginRule::SubdomainsOf))
        .chain(null.then_some(OriginRule::Null));
    Listing::Listed(rules.collect())
}

/// The origins whose subdomains are trusted, none of them below another.
fn patterns(learnt: &Learnt) -> Vec<String> {
    let below = |tried: &&Tried| {
        tried.is_confirmed() && matches!(tried.probe.name, "sibling" | "subdomain")
    };
    let found = learnt.tried.iter().filter(below).map(|tried| &tried.first);
    let given = learnt.candidates.iter().filter(|asked| {
        let origin = asked.sender.origin();
        asked.sharing > Sharing::Withheld && origin.is_some_and(|o| learnt.made_up.contains(o))
    });
    let all: BTreeSet<_> = found.chain(given).filter_map(above).collect();
    let topmost = all
        .iter()
        .filter(|one| !all.iter().any(|other| is_below(other, one)));
    topmost.cloned().collect()
}

/// The origin that lacks the first label of the one that asked.
fn above(asked: &Asked) -> Option<String> {
    let Sender::Page(origin) = &asked.sender else {
        return None;
    };
    let found = Base::new(origin)?;
    let (_, host) = found.host.split_once('.')?;
    Some(found.with_host(host))
}

fn methods(learnt: &Learnt) -> Listing<String> {
    let granted: Vec<_> = granted(learnt).collect();
    if granted.iter().any(|asked| is_invented(&asked.wish.method)) {
        return Listing::Any;
    }
    let asked = granted.iter().map(|asked| asked.wish.method.clone());
    let listed = items(learnt, "access-control-allow-methods");
    let all: BTreeSet<_> = asked.chain(listed).collect();
    let meant = all.into_iter().filter(|method| {
        method != "*"
            && !SAFELISTED.contains(&&**method)
            && method != "OPTIONS"
            && !is_forbidden_method(method.as_bytes())
    });
    Listing::Listed(meant.collect())
}

fn request_headers(learnt: &Learnt) -> Listing<String> {
    let granted: Vec<_> = granted(learnt)
        .filter(|asked| !asked.wish.headers.is_empty())
        .collect();
    if granted
        .iter()
        .any(|asked| asked.wish.headers.iter().any(|name| is_invented(name)))
    {
        return Listing::Any;
    }
    let asked = granted.iter().flat_map(|asked| asked.wish.headers.iter());
    let listed = items(learnt, "access-control-allow-headers");
    let all: BTreeSet<_> = asked
        .cloned()
        .chain(listed)
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let meant = all
        .into_iter()
        .filter(|name| name != "*" && !is_forbidden_request_header(name.as_bytes(), b""));
    Listing::Listed(meant.collect())
}

fn response_headers(learnt: &Learnt) -> Listing<String> {
    let asked = learnt.trusted_ask();
    let answer = asked.and_then(|asked| learnt.answer(asked.at));
    let shared = asked.is_some_and(|asked| asked.sharing > Sharing::Withheld);
    let exposed = answer.filter(|_| shared).map(exposed).unwrap_or_default();
    if exposed.contains("*") && learnt.best_share() == Sharing::Anonymous {
        return Listing::Any;
    }
    Listing::Listed(exposed.into_iter().filter(|name| name != "*").collect())
}

/// The names that `answer` exposes, in lower case.
pub fn exposed(answer: &Response) -> BTreeSet<String> {
    match extract_list(&answer.headers, "access-control-expose-headers") {
        Extracted::Items(names) => names.into_iter().map(lower).collect(),
        Extracted::Absent | Extracted::Malformed => BTreeSet::new(),
    }
}

/// For how long the trusted page's permissions are to be kept.
fn max_age(learnt: &Learnt) -> MaxAge {
    let ages = granted(learnt)
        .filter_map(|asked| learnt.answer(asked.at))
        .map(said_max_age);
    ages.max_by_key(|age| *age != MaxAge::Unset)
        .unwrap_or(MaxAge::Unset)
}

fn said_max_age(answer: &Response) -> MaxAge {
    match extract_max_age(&answer.headers) {
        ExtractedSingle::Value(0) => MaxAge::Disable,
        ExtractedSingle::Value(seconds) => {
            MaxAge::Seconds(u32::try_from(seconds).unwrap_or(u32::MAX))
        }
        ExtractedSingle::Absent | ExtractedSingle::Malformed => MaxAge::Unset,
    }
}

/// The trusted page's preflights that permit what was asked for.
fn granted(learnt: &Learnt) -> impl Iterator<Item = &Preflighted> {
    learnt
        .plain_preflights()
        .filter(|asked| permits(learnt, asked))
}

/// What the granted preflights list under `name`.
fn items(learnt: &Learnt, name: &str) -> Vec<String> {
    let answers = granted(learnt).filter_map(|asked| learnt.answer(asked.at));
    let lists = answers.map(|answer| match extract_list(&answer.headers, name) {
        Extracted::Items(items) => items.into_iter().map(text).collect(),
        Extracted::Absent | Extracted::Malformed => Vec::new(),
    });
    lists.flatten().collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lower(bytes: &[u8]) -> String {
    text(bytes).to_ascii_lowercase()
}
