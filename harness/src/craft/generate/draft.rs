//! What is drawn at random: the raw material of a vector, made so that less of it is simpler.
//!
//! Nothing here depends on anything else that is drawn, for then it could not be made smaller. Positions
//! count round the list that they point into.

use std::ops::RangeInclusive;

use crosscheck_vectors::{policy::MaxAge, role::origin::OF_PAGES};
use proptest::{
    bool::weighted,
    collection::vec,
    option,
    prelude::{BoxedStrategy, Just, Strategy, prop_oneof},
    sample::select,
};

use super::Law;

/// Methods that policies list and pages use, in the spelling in which `fetch()` leaves them.
const METHODS: [&str; 6] = ["PUT", "DELETE", "PATCH", "patch", "MERGE", "PURGE"];

/// Request headers that policies list and pages set.
const REQUEST_HEADERS: [&str; 8] = [
    "x-a",
    "X-B",
    "content-type",
    "authorization",
    "x-requested-with",
    "X-API-Key",
    "x-a-b",
    "x-trace",
];

/// Response headers that policies list and pages look for.
const RESPONSE_HEADERS: [&str; 6] = [
    "x-total",
    "X-Page",
    "x-total-pages",
    "x-request-id",
    "X-Tot",
    "x-rate-limit",
];

const LABELS: [&str; 9] = [
    "a",
    "b",
    "foo",
    "bar",
    "my-app",
    "xn--bcher-kva",
    "www",
    "7up",
    // The longest there is.
    "a23456789012345678901234567890123456789012345678901234567890123",
];

const ENDS: [&str; 3] = ["example", "test", "co.example"];

/// Hosts below which there are no names, or none that anybody can register.
const ODD_HOSTS: [&str; 5] = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "192.0.2.1",
    "[2001:db8::1]",
];

const PORTS: [u16; 6] = [8443, 3000, 444, 8080, 9443, 65535];

/// Raw material.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) rules: Vec<Rule>,
    pub(super) methods: Names,
    pub(super) request_headers: Names,
    pub(super) response_headers: Names,
    pub(super) any_origin: Wildcard,
    pub(super) credentials: Wish,
    pub(super) max_age: MaxAge,
    pub(super) asks: Vec<Asked>,
    /// How lists are put into another order; every number is a move.
    pub(super) moves: Vec<usize>,
}

/// Whether a list is `"*"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wildcard {
    Yes,
    No,
}

/// Whether credentials are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Yes,
    No,
}

/// A list of names, or all.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) any: Wildcard,
    pub(super) listed: Vec<&'static str>,
}

/// An entry of a policy's origins.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    Exact(Site),
    Below(Site),
    Null,
}

/// The parts of an origin.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) scheme: &'static str,
    pub(super) host: String,
    pub(super) port: Option<u16>,
}

/// What a page asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) who: Who,
    pub(super) act: Act,
    pub(super) credentials: Wish,
    /// The rule that `who` is about, and another one.
    pub(super) rules: (usize, usize),
}

/// Whose page asks.
#[derive(Clone, Debug)]
pub(super) enum Who {
    Listed,
    Near(&'static str),
    Stranger(Site),
    Null,
    /// One made of two listed ones.
    Joined(Join),
}

/// How an origin is made of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// The first host right before the second.
    Glued,
    /// The first label of one right before the other's host.
    LabelGlued,
    /// A dot between the hosts.
    Dotted,
    /// A comma between the hosts.
    Comma,
    /// The first label of one, the rest of the other.
    Labels,
    /// The host of one, the port of the other.
    Port,
    /// The host of one, the scheme of the other.
    Scheme,
}

/// What the page does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Read,
    Use(Pick),
    /// Uses a listed method in the other letters.
    Respell(usize),
    Set(Vec<Pick>),
    See(Vec<Pick>),
    /// A preflight as no browser sends it: so many names on a line, with or without a blank.
    Lines(Vec<Pick>, usize, &'static str),
}

/// A name: the one at a place of the policy's list, or another one.
#[derive(Clone, Debug)]
pub(super) struct Pick {
    pub(super) listed: Option<usize>,
    pub(super) other: &'static str,
}

/// The material of one vector for `law`.
pub(super) fn draft(law: Law) -> BoxedStrategy<Draft> {
    let wildcard = || weighted(0.12).prop_map(|yes| if yes { Wildcard::Yes } else { Wildcard::No });
    let names = |pool: &'static [&'static str], n| {
        (wildcard(), vec(select(pool), n)).prop_map(|(any, listed)| Names { any, listed })
    };
    let least = usize::from(law == Law::RequestedHeaders);
    let lists = (
        names(&METHODS, 0..=3),
        names(&REQUEST_HEADERS, least..=3 + least),
        names(&RESPONSE_HEADERS, 0..=3),
    );
    let max_age = select(vec![
        MaxAge::Unset,
        MaxAge::Disable,
        MaxAge::Seconds(0),
        MaxAge::Seconds(1),
        MaxAge::Seconds(600),
        MaxAge::Seconds(86400),
    ]);
    // Made smaller in this order: who asks for what first, for then more of the policy can go.
    let asked = (vec(asked(law), n_asks(law)), vec(0..64_usize, n_moves(law)));
    let rules = vec(rule(), n_rules(law));
    (asked, rules, lists, (wildcard(), wish(0.4), max_age))
        .prop_map(|((asks, moves), rules, lists, rest)| {
            let (methods, request_headers, response_headers) = lists;
            let (any_origin, credentials, max_age) = rest;
            Draft {
                rules,
                methods,
                request_headers,
                response_headers,
                any_origin,
                credentials,
                max_age,
                asks,
                moves,
            }
        })
        .boxed()
}

fn n_rules(law: Law) -> RangeInclusive<usize> {
    match law {
        Law::Grants | Law::RequestedHeaders | Law::Memory => 0..=6,
        Law::Order => 1..=6,
        Law::Union | Law::Wider => 2..=6,
    }
}

fn n_asks(law: Law) -> RangeInclusive<usize> {
    match law {
        Law::Grants | Law::Order | Law::Union | Law::Wider => 1..=4,
        Law::Memory => 2..=4,
        Law::RequestedHeaders => 1..=3,
    }
}

fn n_moves(law: Law) -> RangeInclusive<usize> {
    match law {
        Law::Order => 1..=6,
        Law::Wider => 0..=1,
        Law::Grants | Law::Memory | Law::RequestedHeaders | Law::Union => 0..=0,
    }
}

fn wish(probability: f64) -> impl Strategy<Value = Wish> {
    weighted(probability).prop_map(|yes| if yes { Wish::Yes } else { Wish::No })
}

fn site() -> impl Strategy<Value = Site> {
    let named = (vec(select(&LABELS[..]), 1..=3), select(&ENDS[..]))
        .prop_map(|(labels, end)| format!("{}.{end}", labels.join(".")));
    let odd = select(&ODD_HOSTS[..]).prop_map(str::to_owned);
    let host = prop_oneof![5 => named, 1 => odd];
    let scheme = prop_oneof![4 => Just("https"), 1 => Just("http")];
    let port = option::weighted(0.3, select(&PORTS[..]));
    (scheme, host, port).prop_map(|(scheme, host, port)| Site { scheme, host, port })
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        12 => site().prop_map(Rule::Exact),
        4 => site().prop_map(Rule::Below),
        1 => Just(Rule::Null),
    ]
}

/// One of `pool`, or with this probability what the policy lists.
fn pick(pool: &'static [&'static str], listed: f64) -> impl Strategy<Value = Pick> {
    let listed = option::weighted(listed, 0..6_usize);
    (listed, select(pool)).prop_map(|(listed, other)| Pick { listed, other })
}

fn asked(law: Law) -> impl Strategy<Value = Asked> {
    let who = match law {
        Law::Wider => Just(Who::Listed).boxed(),
        Law::Union => select(vec![
            Join::LabelGlued,
            Join::Glued,
            Join::Dotted,
            Join::Comma,
            Join::Labels,
            Join::Port,
            Join::Scheme,
        ])
        .prop_map(Who::Joined)
        .boxed(),
        Law::RequestedHeaders => {
            prop_oneof![9 => Just(Who::Listed), 1 => select(&OF_PAGES[..]).prop_map(Who::Near)]
                .boxed()
        }
        Law::Grants | Law::Memory | Law::Order => prop_oneof![
            4 => Just(Who::Listed),
            5 => select(&OF_PAGES[..]).prop_map(Who::Near),
            1 => site().prop_map(Who::Stranger),
            1 => Just(Who::Null),
        ]
        .boxed(),
    };
    let places = (0..6_usize, 0..6_usize);
    (who, act(law), wish(0.3), places).prop_map(|(who, act, credentials, rules)| Asked {
        who,
        act,
        credentials,
        rules,
    })
}

fn act(law: Law) -> BoxedStrategy<Act> {
    let names = |most, listed| vec(pick(&REQUEST_HEADERS, listed), 1..=most);
    let set = |most| names(most, 0.8);
    if law == Law::RequestedHeaders {
        let blank = select(vec![",", ", "]);
        let lines = (names(4, 0.95), 1..=3_usize, blank)
            .prop_map(|(n, per, blank)| Act::Lines(n, per, blank));
        return prop_oneof![1 => set(4).prop_map(Act::Set), 3 => lines].boxed();
    }
    prop_oneof![
        4 => Just(Act::Read),
        2 => pick(&METHODS, 0.6).prop_map(Act::Use),
        1 => (0..3_usize).prop_map(Act::Respell),
        2 => set(3).prop_map(Act::Set),
        2 => vec(pick(&RESPONSE_HEADERS, 0.6), 1..=3).prop_map(Act::See),
    ]
    .boxed()
}
