//! Origins that resemble a trusted one, each family once.
//!
//! A careless comparison lets a family in. Vectors name families in roles, such as
//! `{allowed_origin+suffix}`; an audit asks a deployed server for those that could be somebody's.

mod make;
mod table;

use std::fmt;

use url::Url;

pub use self::table::NEAR_MISSES;

/// A family of origins that resemble a trusted one.
#[derive(Clone, Copy, Debug)]
pub struct NearMiss {
    /// Its name in roles; none if no vector can name it.
    pub role: Option<&'static str>,
    /// Its name in audits; none if none asks for it.
    pub audit: Option<&'static str>,
    /// What its members are, in words that follow "any origin".
    pub what: &'static str,
    /// The weakness class that a grant shows.
    pub class: &'static str,
    /// What a grant means.
    pub proves: Proves,
    make: fn(&Trusted<'_>, &mut Asker<'_>) -> Option<String>,
}

/// What it means that an origin of a family is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proves {
    /// Any extension of the visitor's browser reads.
    Extension,
    /// Somebody else's page reads.
    Stranger,
    /// A page reads that shares something with a trusted one; it takes more than a registered name.
    Neighbour,
    /// A page of the same owner reads, which may be meant.
    SameOwner,
    /// Subdomains are trusted, which may be meant.
    Subdomains,
    /// Something is said that may well be meant, or that no browser uses.
    Nothing,
}

/// The parts of a trusted origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trusted<'a> {
    /// Its scheme.
    pub scheme: &'a str,
    /// Its host.
    pub host: &'a str,
    /// Its port, unless it is the scheme's own.
    pub port: Option<u16>,
    /// What of its host was registered.
    pub registered: Registered<'a>,
}

/// What of a host was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registered<'a> {
    /// This domain.
    Domain(&'a str),
    /// Nothing: the host is an address or a public suffix.
    Nothing,
    /// Nobody looked it up, so the host is taken for a name below which there are others.
    Unknown,
}

/// Who asks with a near miss, which decides what stands in it beside parts of the trusted origin.
#[derive(Debug)]
pub enum Asker<'a> {
    /// A vector, with the same words each time.
    Vector,
    /// An audit, with words that nobody can have listed.
    Audit(&'a mut dyn Fresh),
}

/// A source of names and ports that nobody has.
pub trait Fresh: fmt::Debug {
    /// A name, which is a label of hosts.
    fn next_name(&mut self) -> String;

    /// A port.
    fn next_port(&mut self) -> u16;
}

impl NearMiss {
    /// The family with that name in roles.
    pub fn of_role(name: &str) -> Option<&'static Self> {
        NEAR_MISSES.iter().find(|family| family.role == Some(name))
    }

    /// The family with that name in audits.
    pub fn of_audit(name: &str) -> Option<&'static Self> {
        NEAR_MISSES.iter().find(|family| family.audit == Some(name))
    }

    /// The member of the family that resembles `trusted`; none if there is none. For an audit it
    /// differs from call to call, unless the family has one member.
    pub fn resembling(&self, trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Option<String> {
        (self.make)(trusted, asker)
    }
}

impl<'a> Trusted<'a> {
    /// The parts of `url`'s origin.
    pub fn of_url(url: &'a Url) -> Self {
        Self {
            scheme: url.scheme(),
            host: url.host_str().unwrap_or_default(),
            port: url.port(),
            registered: Registered::Unknown,
        }
    }

    /// The origin of `host`, with this scheme and port.
    pub fn with_host(&self, host: &str) -> String {
        let port = self.port.map(|port| format!(":{port}"));
        format!("{}://{host}{}", self.scheme, port.unwrap_or_default())
    }

    /// The origin itself.
    pub fn serialize(&self) -> String {
        self.with_host(self.host)
    }
}

#[cfg(test)]
mod tests;
