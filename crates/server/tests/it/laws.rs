//! Laws that hold for every policy and every request.

use axum::{Router, body::Body};
use crosscheck_reference::{
    policy::Configured,
    request::{Headers, RequestHead},
    respond::{Decision, HeaderLines, Verdict, respond},
    site::Site,
};
use crosscheck_server::app::app;
use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};
use http::Request;
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof, proptest},
    prop_assert, prop_assert_eq,
    sample::{select, subsequence},
};
use tokio::runtime::Builder;
use tower::ServiceExt as _;

const ORIGINS: [&str; 6] = [
    "https://a.example",
    "https://a.example:8443",
    "https://b.a.example",
    "https://evila.example",
    "http://localhost:3000",
    "https://b.example",
];
const METHODS: [&str; 5] = ["PUT", "put", "PATCH", "DELETE", "purge"];
const HEADERS: [&str; 5] = ["x-a", "X-B", "content-type", "authorization", "x-c"];

fn listing(
    names: &'static [&'static str],
    may_be_any: bool,
) -> impl Strategy<Value = Listing<String>> {
    let some = subsequence(names, 0..=names.len()).prop_shuffle();
    let listed =
        some.prop_map(|names| Listing::Listed(names.into_iter().map(str::to_owned).collect()));
    let weight = u32::from(may_be_any);
    prop_oneof![3 => listed.boxed(), weight => Just(Listing::Any).boxed()]
}

fn rule() -> impl Strategy<Value = OriginRule> {
    prop_oneof![
        select(&ORIGINS[..]).prop_map(|origin| OriginRule::Exact(origin.to_owned())),
        select(&["https://a.example", "https://b.example"][..])
            .prop_map(|origin| OriginRule::SubdomainsOf(origin.to_owned())),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    any::<bool>().prop_flat_map(|credentials| {
        let lists = (
            listing(&METHODS, !credentials),
            listing(&HEADERS, !credentials),
            listing(&HEADERS, !credentials),
        );
        let ages = select(&[MaxAge::Unset, MaxAge::Disable, MaxAge::Seconds(600)][..]);
        let rules = vec(rule(), 0..5).prop_map(Listing::Listed).boxed();
        let origins = if credentials {
            rules
        } else {
            prop_oneof![3 => rules, 1 => Just(Listing::Any)].boxed()
        };
        (origins, lists, ages).prop_map(
            move |(origins, (methods, request_headers, response_headers), max_age)| Policy {
                origins,
                methods,
                request_headers,
                response_headers,
                credentials,
                max_age,
            },
        )
    })
}

#[derive(Clone, Debug)]
struct Asked {
    method: &'static str,
    lines: Vec<(&'static str, String)>,
}

fn asked() -> impl Strategy<Value = Asked> {
    let odd = [
        "null",
        "",
        "https://A.example",
        "https://x.b.example",
        "https://evil.example",
    ];
    let origins: Vec<&'static str> = ORIGINS.into_iter().chain(odd).collect();
    let methods: Vec<&'static str> = METHODS
        .into_iter()
        .chain(["GET", "POST", "*", "a b"])
        .collect();
    let names: Vec<&'static str> = HEADERS
        .into_iter()
        .chain(["x-evil", "*", "", "a b"])
        .collect();
    let lines = (
        vec(select(origins), 0..=2),
        vec(select(methods), 0..=1),
        vec(vec(select(names), 0..4), 0..=2),
    );
    let method = select(&["OPTIONS", "OPTIONS", "GET", "PUT"][..]);
    (method, lines).prop_map(|(method, (origins, methods, names))| {
        let origins = origins
            .into_iter()
            .map(|origin| ("Origin", origin.to_owned()));
        let methods = methods
            .into_iter()
            .map(|m| ("Access-Control-Request-Method", m.to_owned()));
        let names = names
            .into_iter()
            .map(|n| ("access-control-request-headers", n.join(",")));
        Asked {
            method,
            lines: origins.chain(methods).chain(names).collect(),
        }
    })
}

fn decide(policy: &Policy, asked: &Asked) -> Decision {
    let lines: Vec<_> = asked
        .lines
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
        .collect();
    let head = RequestHead {
        method: asked.method.as_bytes(),
        target: b"/",
        headers: Headers::Lines(&lines),
    };
    respond(&Configured::try_from(policy).unwrap(), &head)
}

fn headers(decision: &Decision) -> &HeaderLines {
    match decision {
        Decision::Preflight(preflight) => &preflight.headers,
        Decision::Actual(actual) => &actual.headers,
    }
}

fn values<'a>(decision: &'a Decision, name: &str) -> Vec<&'a str> {
    let found = headers(decision).iter().filter(|(found, _)| found == name);
    found.map(|(_, value)| value.to_str().unwrap()).collect()
}

fn request(asked: &Asked) -> Request<Body> {
    let request = Request::builder().method(asked.method).uri("/echo");
    let lines = asked.lines.iter();
    let request = lines.fold(request, |request, (name, value)| {
        request.header(*name, value)
    });
    request.body(Body::empty()).unwrap()
}

/// The last first, and the first `n` once more.
fn rearrange<T: Clone>(list: &mut Listing<T>, n: usize) {
    if let Listing::Listed(items) = list {
        items.reverse();
        items.extend_from_within(..n.min(items.len()));
    }
}

/// Whether the browser is told that the page may read, or go on.
fn grants(decision: &Decision) -> bool {
    match decision {
        Decision::Preflight(preflight) => preflight.verdict == Verdict::Granted,
        Decision::Actual(_) => !values(decision, "access-control-allow-origin").is_empty(),
    }
}

/// The header lines with the items of lists sorted, each once.
fn sorted(decision: &Decision) -> Vec<(&str, Vec<&str>)> {
    headers(decision)
        .iter()
        .map(|(name, value)| {
            let mut items: Vec<_> = value.to_str().unwrap().split(", ").collect();
            items.sort_unstable();
            items.dedup();
            (name.as_str(), items)
        })
        .collect()
}

proptest! {
    #[test]
    fn order_and_duplicates_in_a_list_mean_nothing(policy in policy(), asked in asked(), n in 0..4_usize) {
        let mut other = policy.clone();
        rearrange(&mut other.origins, n);
        let Policy { methods, request_headers, response_headers, .. } = &mut other;
        for list in [methods, request_headers, response_headers] {
            rearrange(list, n);
        }
        let (one, other) = (decide(&policy, &asked), decide(&other, &asked));
        prop_assert_eq!(sorted(&one), sorted(&other));
        prop_assert_eq!(grants(&one), grants(&other));
    }

    #[test]
    fn another_origin_takes_nothing_from_the_others(policy in policy(), asked in asked(), more in rule()) {
        let mut wider = policy.clone();
        if let Listing::Listed(rules) = &mut wider.origins {
            rules.push(more);
        }
        let before = decide(&policy, &asked);
        if grants(&before) {
            prop_assert_eq!(before, decide(&wider, &asked));
        }
    }

    #[test]
    fn two_policies_together_grant_no_third_origin(
        policy in policy(), asked in asked(), more in vec(rule(), 0..5),
    ) {
        let (mut second, mut both) = (policy.clone(), policy.clone());
        second.origins = Listing::Listed(more.clone());
        if let Listing::Listed(rules) = &mut both.origins {
            rules.extend(more);
        }
        if grants(&decide(&both, &asked)) {
            prop_assert!([policy, second].iter().any(|policy| grants(&decide(policy, &asked))));
        }
    }

    #[test]
    fn earlier_requests_mean_nothing(policy in policy(), row in vec(asked(), 1..5)) {
        let site = || app(Site::try_from(&policy).unwrap());
        let runtime = Builder::new_current_thread().build().unwrap();
        let used = site();
        for asked in row {
            let answer = |app: Router| runtime.block_on(app.oneshot(request(&asked))).unwrap();
            let (after_others, alone) = (answer(used.clone()), answer(site()));
            prop_assert_eq!(after_others.status(), alone.status());
            prop_assert_eq!(after_others.headers(), alone.headers());
        }
    }

    #[test]
    fn the_order_of_header_lines_means_nothing(policy in policy(), asked in asked()) {
        let mut permuted = asked.clone();
        // Lines of one name keep their order, which has a meaning.
        permuted.lines.sort_by_key(|(name, _)| std::cmp::Reverse(*name));
        prop_assert_eq!(decide(&policy, &asked), decide(&policy, &permuted));
    }

    #[test]
    fn what_is_sent_is_well_formed(policy in policy(), asked in asked()) {
        let decision = decide(&policy, &asked);
        let origins = values(&decision, "access-control-allow-origin");
        let credentials = values(&decision, "access-control-allow-credentials");
        let requested: Vec<_> = asked.lines.iter().filter(|(name, _)| *name == "Origin").collect();
        prop_assert!(origins.len() <= 1);
        for origin in &origins {
            let echoed = requested.len() == 1 && *origin == requested[0].1;
            prop_assert!(echoed || (*origin == "*" && policy.origins.is_any()));
        }
        let expected: &[&str] = if policy.credentials && !origins.is_empty() { &["true"] } else { &[] };
        prop_assert_eq!(credentials, expected);
        if policy.credentials {
            prop_assert!(headers(&decision).iter().all(|(_, value)| value != "*"));
        }
        if origins.is_empty() {
            let foreign = headers(&decision).iter().filter(|(name, _)| name != "vary");
            prop_assert_eq!(foreign.count(), 0);
        }
    }

    #[test]
    fn no_bytes_confuse_it(policy in policy(), origin: Vec<u8>, method: Vec<u8>, names: Vec<u8>) {
        let lines: [(&[u8], &[u8]); 3] = [
            (b"origin", &origin),
            (b"access-control-request-method", &method),
            (b"access-control-request-headers", &names),
        ];
        let headers = Headers::Lines(&lines);
        let head = RequestHead { method: b"OPTIONS", target: b"/", headers };
        let configured = Configured::try_from(&policy).unwrap();
        // Such bytes are never the origins of these policies, nor origins at all.
        prop_assert!(!grants(&respond(&configured, &head)) || policy.origins.is_any());
    }
}
