//! Sites, which `Cross-Origin-Resource-Policy: same-site` compares.

use std::net::Ipv4Addr;

use crate::origin::{Origin, TupleOrigin};

/// Finds the registrable domain of a host name: its public suffix and one label more.
///
/// `None` if the host is a public suffix itself. It is never asked about IP addresses.
pub type RegistrableDomain = fn(&str) -> Option<&str>;

/// The registrable domain by an empty list of public suffixes: the last two labels.
///
/// This is what the algorithm of the Public Suffix List says where no rule matches, so it is
/// right for test domains, and wrong for `a.co.uk`. Callers that have the list give their own.
///
/// Spec: <https://url.spec.whatwg.org/#host-registrable-domain>
pub fn registrable_domain_by_labels(host: &str) -> Option<&str> {
    let name = host.strip_suffix('.').unwrap_or(host);
    let (rest, _) = name.rsplit_once('.')?;
    let start = rest.rfind('.').map_or(0, |dot| dot + 1);
    host.get(start..)
}

/// Whether two origins are of one site, schemes left aside.
///
/// Spec: <https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site>
pub fn schemelessly_same_site(a: &Origin, b: &Origin, domain: RegistrableDomain) -> bool {
    match (a, b) {
        (Origin::Opaque(_), _) | (_, Origin::Opaque(_)) => a.same_origin(b),
        (Origin::Tuple(a), Origin::Tuple(b)) => {
            match (registrable(a, domain), registrable(b, domain)) {
                (Some(a), Some(b)) => a == b,
                (None, None) => a.host() == b.host(),
                (Some(_), None) | (None, Some(_)) => false,
            }
        }
    }
}

fn registrable(origin: &TupleOrigin, domain: RegistrableDomain) -> Option<&str> {
    let host = origin.host();
    let is_address = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
    if is_address { None } else { domain(host) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::one_label("localhost", None)]
    #[case::two_labels("a.test", Some("a.test"))]
    #[case::three_labels("b.a.test", Some("a.test"))]
    #[case::trailing_dot("b.a.test.", Some("a.test."))]
    #[case::one_label_trailing_dot("localhost.", None)]
    fn domains(#[case] host: &str, #[case] expected: Option<&str>) {
        assert_eq!(registrable_domain_by_labels(host), expected);
    }

    #[rstest]
    #[case::same_host("https://a.test", "https://a.test", true)]
    #[case::scheme_does_not_matter("https://a.test", "http://a.test", true)]
    #[case::port_does_not_matter("https://a.test", "https://a.test:8443", true)]
    #[case::siblings("https://x.a.test", "https://y.a.test", true)]
    #[case::other_domain("https://a.test", "https://b.test", false)]
    #[case::suffix_of_the_name("https://a.test", "https://ba.test", false)]
    #[case::localhost("http://localhost", "http://localhost:1234", true)]
    #[case::localhost_and_address("http://localhost", "http://127.0.0.1", false)]
    #[case::same_address("http://127.0.0.1:1", "http://127.0.0.1:2", true)]
    #[case::addresses_have_no_domain("http://127.0.0.1", "http://1.1.0.1", false)]
    #[case::ipv6("http://[::1]:1", "http://[::1]", true)]
    #[case::opaque("null", "null", false)]
    #[case::opaque_and_tuple("null", "https://a.test", false)]
    fn sites(#[case] a: &str, #[case] b: &str, #[case] expected: bool) {
        let (a, b) = (Origin::parse(a).unwrap(), Origin::parse(b).unwrap());
        assert_eq!(
            schemelessly_same_site(&a, &b, registrable_domain_by_labels),
            expected
        );
    }

    #[test]
    fn an_opaque_origin_is_of_its_own_site() {
        let check = |a, b| {
            schemelessly_same_site(
                &Origin::Opaque(a),
                &Origin::Opaque(b),
                registrable_domain_by_labels,
            )
        };
        assert!(check(1, 1));
        assert!(!check(1, 2));
    }
}
