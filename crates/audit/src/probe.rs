//! Families of origins that a careless comparison lets in: data.

macro_rules! probe {
    ($name:literal, $class:literal, $proves:ident, $what:literal, $make:expr) => {
        Probe {
            name: $name,
            class: $class,
            proves: Proves::$proves,
            what: $what,
            make: super::Make::Other($make),
        }
    };
}

mod near;
mod others;

use crosscheck_oracle::Origin;
use crosscheck_vectors::near_miss::NearMiss;
pub use crosscheck_vectors::near_miss::Proves;
pub use near::{FURTHER, NEAR_MISSES, near_miss};
pub use others::OTHERS;
use url::{Host, Url};

use super::{names::Names, sender::Sender};

/// A family of origins, each of which a sound server refuses unless it is told to trust it.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// Its name.
    pub name: &'static str,
    /// The weakness class that a grant shows.
    pub class: &'static str,
    /// What a grant means.
    pub proves: Proves,
    /// What the origin is, in words that follow "any origin".
    pub what: &'static str,
    make: Make,
}

/// How an origin of a family is made.
#[derive(Clone, Copy, Debug)]
enum Make {
    /// It resembles the trusted one.
    Resembling(&'static NearMiss),
    /// It has other reasons to be let in.
    Other(fn(&Base, &mut Names) -> Option<String>),
}

impl Probe {
    /// Makes one, which differs from call to call unless the family has one member.
    pub fn make(&self, base: &Base, names: &mut Names) -> Option<String> {
        match self.make {
            Make::Resembling(family) => near::resembling(family, base, names),
            Make::Other(make) => make(base, names),
        }
    }
}

/// A trusted origin, whose near misses are tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// Its scheme.
    pub scheme: String,
    /// Its host.
    pub host: String,
    /// Its port, unless it is the scheme's own.
    pub port: Option<u16>,
    /// The part of its host that was registered; none for addresses and public suffixes.
    pub registrable: Option<String>,
}

impl Base {
    /// The parts of `origin`; none if it is opaque.
    pub fn new(origin: &Origin) -> Option<Self> {
        let url = Url::parse(origin.serialize()).ok()?;
        let registrable = match url.host()? {
            Host::Domain(name) => psl::domain_str(name).map(str::to_owned),
            Host::Ipv4(_) | Host::Ipv6(_) => None,
        };
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.to_owned(),
            port: url.port(),
            registrable,
        })
    }

    /// The origin of `host`, with this scheme and port.
    pub fn with_host(&self, host: &str) -> String {
        let port = self.port.map(|port| format!(":{port}"));
        format!("{}://{host}{}", self.scheme, port.unwrap_or_default())
    }

    /// Whether origins made of the registered domains of both are the same.
    pub fn is_akin_to(&self, other: &Self) -> bool {
        self.registrable.is_some()
            && (&self.scheme, self.port, &self.registrable)
                == (&other.scheme, other.port, &other.registrable)
    }

    /// The part of its host that was registered, if there is more to the host.
    pub fn wider_domain(&self) -> Option<&str> {
        let domain = self.registrable.as_deref();
        domain.filter(|domain| *domain != self.host)
    }

    /// Whether pages of this origin are on the user's own machine.
    pub fn is_local(&self) -> bool {
        matches!(&*self.host, "localhost" | "127.0.0.1" | "[::1]")
    }
}

/// The origin of a stranger: nothing in it is the server's.
pub fn stranger(scheme: &str, names: &mut Names) -> String {
    format!("{scheme}://{}.example", names.next_name())
}

/// `origin` as who sends it: a page, if it is an origin of the standard's.
pub fn sender(origin: &str) -> Sender {
    Origin::parse(origin).map_or_else(
        |_cannot_be_a_page| Sender::Forged(origin.to_owned()),
        Sender::Page,
    )
}

#[cfg(test)]
mod tests {
    use super::{FURTHER, NEAR_MISSES, near_miss};

    #[test]
    fn families_have_names_of_their_own() {
        for name in FURTHER {
            assert!(near_miss(name).is_some(), "{name}");
        }
        for probe in NEAR_MISSES.iter() {
            let found = near_miss(probe.name).unwrap();
            assert_eq!(found.what, probe.what, "{}", probe.name);
        }
    }
}
