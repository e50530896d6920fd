//! Origins that resemble a trusted one.

use std::sync::LazyLock;

use crosscheck_vectors::near_miss::{self, Asker, Fresh, NearMiss, Registered, Trusted};

use super::{Base, Make, Probe};
use crate::names::Names;

/// Origins that resemble a trusted one, the likeliest mistakes first.
pub static NEAR_MISSES: LazyLock<Vec<Probe>> =
    LazyLock::new(|| near_miss::NEAR_MISSES.iter().filter_map(probe).collect());

/// Those that are made of every further trusted origin, too, the most telling first.
pub const FURTHER: [&str; 8] = [
    "suffix",
    "prefix",
    "unescaped-dot",
    "domain-suffix",
    "sibling",
    "subdomain",
    "scheme",
    "port",
];

/// The family called `name`.
pub fn near_miss(name: &str) -> Option<&'static Probe> {
    NEAR_MISSES.iter().find(|probe| probe.name == name)
}

/// What an audit asks about `family`; none if that is nothing.
fn probe(family: &'static NearMiss) -> Option<Probe> {
    Some(Probe {
        name: family.audit?,
        class: family.class,
        proves: family.proves,
        what: family.what,
        make: Make::Resembling(family),
    })
}

/// The member of `family` that resembles `base`.
pub(super) fn resembling(family: &NearMiss, base: &Base, names: &mut Names) -> Option<String> {
    let registered = base.registrable.as_deref();
    let trusted = Trusted {
        scheme: &base.scheme,
        host: &base.host,
        port: base.port,
        registered: registered.map_or(Registered::Nothing, Registered::Domain),
    };
    family.resembling(&trusted, &mut Asker::Audit(names))
}

impl Fresh for Names {
    fn next_name(&mut self) -> String {
        Self::next_name(self)
    }

    fn next_port(&mut self) -> u16 {
        Self::next_port(self)
    }
}
