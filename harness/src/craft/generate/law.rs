//! The laws, and what each makes of a draft.

use std::fmt;

use crosscheck_oracle::Origin;
use crosscheck_vectors::{
    client::Credentials,
    policy::{Listing, OriginRule, Policy},
    role::origin::near_miss_of,
    vector::VectorStep,
};

use super::{
    ask::{Act, Ask, in_words, permits_header},
    draft::{self, Asked, Draft, Join, Pick, Who, Wish},
    fit::{Fit, once, serialized},
    permits,
};

/// Methods that `fetch()` turns into capitals.
const NORMALIZED: [&str; 2] = ["DELETE", "PUT"];

/// No host is longer in the domain name system.
const LONGEST: usize = 253;

/// Nor is any label.
const LONGEST_LABEL: usize = 63;

/// A law that every sound server obeys under every policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// What the policy lists is granted, and its neighbours are not.
    Grants,
    /// Adding an allowed origin removes no grant.
    Wider,
    /// The union of two policies grants no third origin.
    Union,
    /// Order and duplicates in lists do not matter.
    Order,
    /// Permuting the requested headers changes nothing.
    RequestedHeaders,
    /// An answer does not depend on earlier requests.
    Memory,
}

/// What a law makes of a draft.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// What the operator means.
    pub(super) intent: Policy,
    /// How the operator writes it.
    pub(super) written: Policy,
    pub(super) asks: Vec<Ask>,
}

impl Law {
    /// All of them, in the order in which they take turns.
    pub const ALL: [Self; 6] = [
        Self::Grants,
        Self::Wider,
        Self::Union,
        Self::Order,
        Self::RequestedHeaders,
        Self::Memory,
    ];

    /// Its name, as it stands in ids.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grants => "grants",
            Self::Wider => "wider",
            Self::Union => "union",
            Self::Order => "order",
            Self::RequestedHeaders => "requested-headers",
            Self::Memory => "memory",
        }
    }

    /// What it says, in a sentence.
    pub const fn statement(self) -> &'static str {
        match self {
            Self::Grants => "What the policy lists is granted, and its neighbours are not.",
            Self::Wider => "Adding an allowed origin removes no grant.",
            Self::Union => "The union of two policies grants no third origin.",
            Self::Order => "Order and duplicates in lists do not matter.",
            Self::RequestedHeaders => "Permuting the requested headers changes nothing.",
            Self::Memory => "An answer does not depend on earlier requests.",
        }
    }

    /// What this law makes of `draft` for a subject that can express `fit`; none if that says nothing
    /// about it.
    pub(super) fn plan(self, draft: &Draft, fit: &Fit) -> Option<Plan> {
        let policy = fit.policy(draft);
        let ask = |asked: &Asked| ask(asked, &policy);
        let mut asks: Vec<_> = draft.asks.iter().filter_map(ask).collect();
        let mut written = policy.clone();
        match self {
            Self::Grants => {}
            Self::Wider => {
                let [_, .., _added] = policy.origins.listed() else {
                    return None;
                };
                let earlier = without_last_rule(&policy);
                asks.retain(|ask| permits(&earlier, &ask.origin) && is_granted(ask, &earlier));
                // At the front as well as at the end.
                if let Listing::Listed(rules) = &mut written.origins
                    && !draft.moves.is_empty()
                {
                    rules.rotate_right(1);
                }
            }
            Self::Union => {
                let [_, .., _last] = policy.origins.listed() else {
                    return None;
                };
                asks.retain(|ask| !permits(&policy, &ask.origin));
            }
            Self::Order => {
                reorder(&mut written, &draft.moves);
                if written == policy {
                    return None;
                }
            }
            Self::RequestedHeaders => {
                let requested = |ask: &Ask| matches!(ask.act, Act::Lines(_) | Act::Set(_));
                asks.retain(requested);
            }
            Self::Memory => {
                let again = asks.first()?.clone();
                if asks.iter().all(|ask| *ask == again) {
                    return None;
                }
                asks.push(again);
            }
        }
        (!asks.is_empty()).then_some(Plan {
            intent: policy,
            written,
            asks,
        })
    }

    /// What `steps` say about it, in a sentence.
    pub(super) fn title(self, steps: &[VectorStep]) -> String {
        let said: Vec<_> = steps.iter().map(in_words).collect();
        let told = match (self, said.as_slice()) {
            (Self::Memory, said) => said.join(", then "),
            (_, [first, _, rest @ ..]) => {
                format!("{first}, and {} more end as they must", 1 + rest.len())
            }
            (_, said) => said.concat(),
        };
        match self {
            Self::Grants | Self::Memory | Self::Order | Self::RequestedHeaders => {
                format!("{told}.")
            }
            Self::Union => format!("{told}; two lists together have no third origin."),
            Self::Wider => format!("{told}, whatever is added."),
        }
    }

    /// Whether `policy` and so many steps can have to do with it at all.
    pub(super) fn is_about(self, policy: &Policy, n_steps: usize) -> bool {
        match self {
            Self::Grants | Self::Order | Self::RequestedHeaders => true,
            Self::Memory => n_steps > 1,
            Self::Union | Self::Wider => policy.origins.listed().len() > 1,
        }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether all that `ask` does is listed in `policy`.
fn is_granted(ask: &Ask, policy: &Policy) -> bool {
    let may = match &ask.act {
        Act::Use(method) => super::ask::permits(&policy.methods, method),
        Act::Set(names) => {
            let mut names = names.iter();
            names.all(|name| permits_header(&policy.request_headers, name))
        }
        Act::Lines(_) | Act::Read | Act::See(_) => true,
    };
    may && (policy.credentials || ask.credentials != Credentials::Include)
}

fn without_last_rule(policy: &Policy) -> Policy {
    let mut earlier = policy.clone();
    if let Listing::Listed(rules) = &mut earlier.origins {
        rules.pop();
    }
    earlier
}

/// Moves the items of all lists, and names some twice.
fn reorder(policy: &mut Policy, moves: &[usize]) {
    shuffle(&mut policy.origins, moves);
    let Policy {
        methods,
        request_headers,
        response_headers,
        ..
    } = policy;
    for names in [methods, request_headers, response_headers] {
        shuffle(names, moves);
    }
}

fn shuffle<T: Clone>(list: &mut Listing<T>, moves: &[usize]) {
    let Listing::Listed(items) = list else { return };
    for to in moves {
        let n = items.len();
        if n == 0 {
            return;
        }
        let at = (to / 2) % n;
        if to % 2 == 0 {
            items.rotate_left(1);
            items.swap(0, at);
        } else if let Some(item) = items.get(at).cloned() {
            items.push(item);
        }
    }
}

fn ask(asked: &Asked, policy: &Policy) -> Option<Ask> {
    let (origin, weakness) = who(asked, policy)?;
    // A page of the server's own origin asks nobody.
    (origin != "https://api.example").then_some(Ask {
        origin,
        weakness,
        act: act(&asked.act, policy)?,
        credentials: match asked.credentials {
            Wish::Yes => Credentials::Include,
            Wish::No => Credentials::SameOrigin,
        },
    })
}

/// Whose page asks, and the weakness class if it may not read.
fn who(asked: &Asked, policy: &Policy) -> Option<(String, &'static str)> {
    let rules = policy.origins.listed();
    let rule = |at: usize| rules.get(at.checked_rem(rules.len())?);
    let (one, other) = asked.rules;
    let (origin, weakness) = match &asked.who {
        Who::Listed => match rule(one) {
            None if policy.origins.is_any() => ("https://foo.example".to_owned(), "not-granted"),
            found => (page_of(found?)?, "not-granted"),
        },
        Who::Null => ("null".to_owned(), "null-origin"),
        Who::Stranger(site) => (
            serialized(site.scheme, &site.host, site.port),
            "reflected-origin",
        ),
        Who::Near(change) => {
            let weakness = match *change {
                "port" | "longer-port" => "port-ignored",
                "scheme" => "insecure-scheme",
                _ => "origin-match",
            };
            (near_miss_of(change, base_of(rule(one)?)?)?, weakness)
        }
        Who::Joined(join) => {
            // Two different ones.
            let second =
                (one + 1 + other % rules.len().saturating_sub(1).max(1)) % rules.len().max(1);
            let (one, other) = (base_of(rule(one)?)?, base_of(rule(second)?)?);
            (joined(*join, one, other)?, "origin-match")
        }
    };
    // Not every browser loads pages from hosts with other characters.
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || ".-_:/[]".contains(letter);
    // Nor has any network names with longer labels.
    let is_short = |label: &str| label.len() <= LONGEST_LABEL;
    let is_named = origin.split(['.', '/', ':']).all(is_short) && origin.len() <= LONGEST;
    let is_loaded = origin.chars().all(is_plain) && is_named;
    let is_sent = is_loaded && Origin::parse(&origin).is_ok();
    is_sent.then_some((origin, weakness))
}

/// An origin that `rule` permits.
fn page_of(rule: &OriginRule) -> Option<String> {
    match rule {
        OriginRule::Exact(origin) => Some(origin.clone()),
        OriginRule::Null => Some("null".to_owned()),
        OriginRule::SubdomainsOf(base) => near_miss_of("subdomain", base),
    }
}

fn base_of(rule: &OriginRule) -> Option<&str> {
    match rule {
        OriginRule::Exact(origin) | OriginRule::SubdomainsOf(origin) => Some(origin),
        OriginRule::Null => None,
    }
}

fn joined(join: Join, one: &str, other: &str) -> Option<String> {
    let ((scheme, host, port), (other_scheme, other_host, other_port)) =
        (parts(one)?, parts(other)?);
    let with_host = |host: String| format!("{other_scheme}://{host}{other_port}");
    Some(match join {
        Join::Glued => with_host(format!("{host}{other_host}")),
        Join::LabelGlued => with_host(format!("{}{other_host}", host.split('.').next()?)),
        Join::Dotted => with_host(format!("{host}.{other_host}")),
        Join::Comma => with_host(format!("{host},{other_host}")),
        Join::Labels => {
            let (_, rest) = other_host.split_once('.')?;
            with_host(format!("{}.{rest}", host.split('.').next()?))
        }
        Join::Port => format!("{scheme}://{host}{other_port}"),
        Join::Scheme => format!("{other_scheme}://{host}{port}"),
    })
}

/// Scheme, host, and the port with its colon.
fn parts(origin: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = origin.split_once("://")?;
    let end = rest.rfind(']').map_or(0, |at| at + 1);
    let at = rest.get(end..)?.find(':').map_or(rest.len(), |at| at + end);
    Some((scheme, rest.get(..at)?, rest.get(at..)?))
}

fn act(act: &draft::Act, policy: &Policy) -> Option<Act> {
    Some(match act {
        draft::Act::Read => Act::Read,
        draft::Act::Use(method) => Act::Use(picked(method, &policy.methods)),
        draft::Act::Respell(at) => Act::Use(respelt(*at, &policy.methods)?),
        draft::Act::Set(names) => Act::Set(all_picked(names, &policy.request_headers)),
        draft::Act::See(names) => Act::See(all_picked(names, &policy.response_headers)),
        draft::Act::Lines(names, per_line, comma) => {
            let names: Vec<_> = all_picked(names, &policy.request_headers)
                .into_iter()
                .map(|name| name.to_ascii_lowercase())
                .collect();
            let lines: Vec<_> = names
                .chunks(*per_line)
                .map(|line| line.join(comma))
                .collect();
            let is_sorted = lines.len() == 1 && *comma == "," && names.is_sorted();
            // That is what browsers send.
            if is_sorted {
                return None;
            }
            Act::Lines(lines)
        }
    })
}

/// A listed method in the other letters, of those that `fetch()` leaves alone.
fn respelt(at: usize, methods: &Listing<String>) -> Option<String> {
    let kept = methods
        .listed()
        .iter()
        .filter(|method| !NORMALIZED.contains(&&***method));
    let kept: Vec<_> = kept.collect();
    let method = kept.get(at.checked_rem(kept.len())?)?;
    let upper = method.to_ascii_uppercase();
    Some(if upper == **method {
        method.to_ascii_lowercase()
    } else {
        upper
    })
}

fn picked(pick: &Pick, from: &Listing<String>) -> String {
    let listed = from.listed();
    let at = pick.listed.and_then(|at| at.checked_rem(listed.len()));
    let found = at.and_then(|at| listed.get(at));
    found.map_or_else(|| pick.other.to_owned(), Clone::clone)
}

/// Each name once, in any case.
fn all_picked(picks: &[Pick], from: &Listing<String>) -> Vec<String> {
    let names = picks.iter().map(|pick| picked(pick, from));
    once(names, |one, other| one.eq_ignore_ascii_case(other))
}
