//! What reached the server.

use crosscheck_vectors::{
    bytes::ByteString,
    expect::{ExpectedRequest, StepOutcome},
};

use super::{Demand, Found};
use crate::{
    mismatch::Effect,
    observation::{Exchange, SeenRequest, lines},
    printable::{clip, quoted, quoted_list, quoted_text},
    words::counted,
};

const REQUEST_METHOD: &str = "access-control-request-method";

pub(super) fn compare(demand: &Demand<'_>, exchanges: &[Exchange], found: &mut Found) {
    let expected = &demand.expect.requests;
    if expected.len() != exchanges.len() {
        found.add(
            "requests.length",
            listing(expected.iter().map(|request| &request.method)),
            listing(exchanges.iter().map(|exchange| &exchange.request.method)),
            count_effect(demand, exchanges),
        );
    }
    for (index, (expected, exchange)) in expected.iter().zip(exchanges).enumerate() {
        let request = Comparison {
            index,
            expected,
            seen: &exchange.request,
        };
        request.method(found);
        request.url(demand.address, found);
        request.headers(found);
        request.absent_headers(found);
        request.body(found);
        request.handled(exchange.handled, found);
    }
}

/// What a request too many or too few means.
///
/// A preflight is there to hold back the request that follows it, so such a request where there
/// must be none grants too much, and none where there must be one too little. A `raw` request is
/// the suite's own and grants nothing.
fn count_effect(demand: &Demand<'_>, exchanges: &[Exchange]) -> Effect {
    if demand.expect.outcome == StepOutcome::Answered {
        return Effect::Other;
    }
    let expected = demand.expect.requests.iter().any(|r| !expects_preflight(r));
    let observed = exchanges.iter().any(|e| !e.request.is_preflight());
    match (expected, observed) {
        (false, true) => Effect::OverGrant,
        (true, false) => Effect::UnderGrant,
        (true, true) | (false, false) => Effect::Other,
    }
}

fn expects_preflight(request: &ExpectedRequest) -> bool {
    let is_asking = |name: &ByteString| {
        name.as_bytes()
            .eq_ignore_ascii_case(REQUEST_METHOD.as_bytes())
    };
    request.method.as_bytes() == b"OPTIONS" && !request.absent_headers.iter().any(is_asking)
}

fn listing<'a>(methods: impl ExactSizeIterator<Item = &'a ByteString>) -> String {
    let count = counted(methods.len(), "request", "requests");
    if methods.len() == 0 {
        return count;
    }
    let methods: Vec<_> = methods.map(quoted).collect();
    format!("{count}: {}", clip(&methods.join(", "), 200))
}

struct Comparison<'a> {
    index: usize,
    expected: &'a ExpectedRequest,
    seen: &'a SeenRequest,
}

impl Comparison<'_> {
    fn field(&self, name: &str) -> String {
        format!("requests[{}].{name}", self.index)
    }

    fn method(&self, found: &mut Found) {
        let (expected, seen) = (&self.expected.method, &self.seen.method);
        if expected != seen {
            found.add(
                self.field("method"),
                quoted(expected),
                quoted(seen),
                Effect::Other,
            );
        }
    }

    fn url(&self, address: &str, found: &mut Found) {
        let expected = resolve(address, self.expected.url.as_deref());
        if expected != self.seen.url {
            found.add(
                self.field("url"),
                quoted_text(&expected),
                quoted_text(&self.seen.url),
                Effect::Other,
            );
        }
    }

    fn headers(&self, found: &mut Found) {
        for (name, value) in &self.expected.headers {
            let seen: Vec<_> = lines(&self.seen.headers, name.as_bytes()).collect();
            if seen != [value] {
                found.add(
                    self.field(&format!("headers.{}", lower(name))),
                    quoted(value),
                    quoted_list(seen),
                    Effect::Other,
                );
            }
        }
    }

    fn absent_headers(&self, found: &mut Found) {
        for name in &self.expected.absent_headers {
            let seen: Vec<_> = lines(&self.seen.headers, name.as_bytes()).collect();
            if !seen.is_empty() {
                found.add(
                    self.field(&format!("absent.{}", lower(name))),
                    "none",
                    quoted_list(seen),
                    Effect::Other,
                );
            }
        }
    }

    fn body(&self, found: &mut Found) {
        if let Some(expected) = &self.expected.body
            && *expected != self.seen.body
        {
            found.add(
                self.field("body"),
                quoted(expected),
                quoted(&self.seen.body),
                Effect::Other,
            );
        }
    }

    fn handled(&self, seen: Option<bool>, found: &mut Found) {
        let word = |ran: bool| {
            if ran {
                "the application runs"
            } else {
                "the application does not run"
            }
        };
        if let (Some(expected), Some(seen)) = (self.expected.handled, seen)
            && expected != seen
        {
            found.add(
                self.field("handled"),
                word(expected),
                word(seen),
                Effect::Other,
            );
        }
    }
}

/// The absolute URL that an expectation means: a path stands for that path at the call's origin, and
/// a fragment is never sent.
fn resolve(address: &str, url: Option<&str>) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let Some(url) = url else {
        return address.to_owned();
    };
    if !url.starts_with('/') {
        return url.to_owned();
    }
    let host = address.find("://").map_or(0, |at| at + "://".len());
    let rest = address.get(host..).unwrap_or_default();
    let origin = rest.find('/').map_or(address.len(), |at| host + at);
    format!("{}{url}", address.get(..origin).unwrap_or_default())
}

fn lower(name: &ByteString) -> String {
    name.to_text().to_ascii_lowercase()
}
