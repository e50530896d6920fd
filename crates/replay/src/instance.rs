//! One server in one policy, run by an adapter.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::{Host, Url};

/// A server under a policy, listening.
#[derive(Debug)]
pub struct Instance {
    id: u64,
    address: SocketAddr,
    prefix: String,
    counts_hits: bool,
}

/// An address at which no instance can be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the adapter's `base_url` `{0}` is not `http://`, a loopback address and a port")]
pub struct NoAddress(String);

impl Instance {
    /// The instance called `id` at `base_url`; `counts_hits` says whether it tells how often a handler
    /// ran.
    ///
    /// # Errors
    ///
    /// If the address is not `http`, a loopback address and a port.
    pub fn new(id: u64, base_url: &str, counts_hits: bool) -> Result<Self, NoAddress> {
        let bad = || NoAddress(base_url.chars().take(200).collect());
        let url = Url::parse(base_url).map_err(|_no_url| bad())?;
        let ip: IpAddr = match url.host() {
            Some(Host::Ipv4(ip)) => ip.into(),
            Some(Host::Ipv6(ip)) => ip.into(),
            Some(Host::Domain("localhost")) => Ipv4Addr::LOCALHOST.into(),
            Some(Host::Domain(_)) | None => return Err(bad()),
        };
        let is_plain = url.scheme() == "http" && url.query().is_none() && url.fragment().is_none();
        let port = url.port_or_known_default().filter(|_| is_plain);
        match port {
            Some(port) if ip.is_loopback() => Ok(Self {
                id,
                address: SocketAddr::new(ip, port),
                prefix: url.path().trim_end_matches('/').to_owned(),
                counts_hits,
            }),
            Some(_) | None => Err(bad()),
        }
    }

    /// Its name in the protocol.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stands before the subject's own paths; empty, or with a slash at its beginning only.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether it tells how often a handler ran.
    pub fn counts_hits(&self) -> bool {
        self.counts_hits
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Instance;

    #[rstest]
    #[case::plain("http://127.0.0.1:41873", "127.0.0.1:41873", "")]
    #[case::slash("http://127.0.0.1:41873/", "127.0.0.1:41873", "")]
    #[case::path("http://127.0.0.1:41873/app/v1/", "127.0.0.1:41873", "/app/v1")]
    #[case::by_name("http://localhost:80", "127.0.0.1:80", "")]
    #[case::version_6("http://[::1]:8080", "[::1]:8080", "")]
    fn an_address_of_this_machine(#[case] url: &str, #[case] address: &str, #[case] prefix: &str) {
        let instance = Instance::new(1, url, false).unwrap();
        assert_eq!(instance.address().to_string(), address);
        assert_eq!(instance.prefix(), prefix);
    }

    #[rstest]
    #[case::tls("https://127.0.0.1:1")]
    #[case::query("http://127.0.0.1:1/?a")]
    #[case::elsewhere("http://[2001:db8::1]:80")]
    #[case::by_another_name("http://example.com")]
    #[case::no_url("127.0.0.1:80")]
    fn any_other_address_is_a_fault(#[case] url: &str) {
        assert!(Instance::new(1, url, false).is_err());
    }
}
