//! Serialised tuple origins.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The parts of a serialised tuple origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) host: &'a str,
    /// Digits; none for the default port.
    pub(crate) port: Option<&'a str>,
}

/// Why some text is not what a browser sends as a tuple origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSerialized {
    /// The default port is never written.
    #[error("it names the default port of its scheme; leave the port out")]
    DefaultPort,
    /// The host is empty, or not in the form that the URL parser gives it.
    #[error("its host is not in the form in which browsers write it")]
    Host,
    /// There is no `scheme://` at its start.
    #[error("it has no scheme; begin it with `https://`")]
    NoScheme,
    /// A byte outside ASCII.
    #[error("it is not ASCII; write an international host in its `xn--` form")]
    NotAscii,
    /// Something follows the host and the port.
    #[error("an origin has no path; end it after the host or the port")]
    Path,
    /// The port is not a number from 0 to 65535 without leading zeros.
    #[error("its port is not a number from 0 to 65535 without leading zeros")]
    Port,
    /// A `/` at its end.
    #[error("it ends in a slash; leave that out")]
    TrailingSlash,
    /// Browsers write scheme and host in lower case.
    #[error("it has upper-case letters; write scheme and host in lower case")]
    UpperCase,
    /// A user name or password.
    #[error("an origin has no user info; leave out everything up to the `@`")]
    UserInfo,
}

impl<'a> Parts<'a> {
    /// Splits `origin` if it is exactly what a browser would send.
    pub(crate) fn parse(origin: &'a [u8]) -> Result<Self, NotSerialized> {
        if !origin.is_ascii() {
            return Err(NotSerialized::NotAscii);
        }
        let text = str::from_utf8(origin).map_err(|_unreachable| NotSerialized::NotAscii)?;
        let (scheme, rest) = text.split_once("://").ok_or(NotSerialized::NoScheme)?;
        check_scheme(scheme)?;
        check_nothing_else(rest)?;
        let (host, port) = split_port(rest)?;
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotSerialized::UpperCase);
        }
        if !is_host(host) {
            return Err(NotSerialized::Host);
        }
        if let Some(port) = port {
            check_port(scheme, port)?;
        }
        Ok(Self { scheme, host, port })
    }

    /// Whether only programs on the same machine can have this origin.
    pub(crate) fn is_loopback(&self) -> bool {
        let address = self.host.trim_matches(['[', ']']);
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || address.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
            || address.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether the host is an address, below which there are no names.
    pub(crate) fn is_address(&self) -> bool {
        self.host.starts_with('[') || self.host.parse::<Ipv4Addr>().is_ok()
    }

    /// Whether pages of this origin can be altered on their way to the browser.
    pub(crate) fn is_insecure(&self) -> bool {
        matches!(self.scheme, "http" | "ws" | "ftp") && !self.is_loopback()
    }

    /// Whether anybody may register names below the host.
    pub(crate) fn is_public_suffix(&self) -> bool {
        !self.is_loopback() && psl::suffix_str(self.host) == Some(self.host)
    }
}

fn check_scheme(scheme: &str) -> Result<(), NotSerialized> {
    if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(NotSerialized::UpperCase);
    }
    let rest_is_fine = scheme
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if scheme.starts_with(|first: char| first.is_ascii_lowercase()) && rest_is_fine {
        Ok(())
    } else {
        Err(NotSerialized::NoScheme)
    }
}

fn check_nothing_else(rest: &str) -> Result<(), NotSerialized> {
    match rest.find(['/', '\\', '?', '#']) {
        Some(at) if at + 1 == rest.len() && rest.ends_with('/') => {
            Err(NotSerialized::TrailingSlash)
        }
        Some(_) => Err(NotSerialized::Path),
        None if rest.contains('@') => Err(NotSerialized::UserInfo),
        None => Ok(()),
    }
}

fn split_port(rest: &str) -> Result<(&str, Option<&str>), NotSerialized> {
    let host_end = if rest.starts_with('[') {
        rest.find(']').ok_or(NotSerialized::Host)? + 1
    } else {
        rest.find(':').unwrap_or(rest.len())
    };
    let (host, after) = rest.split_at(host_end);
    match after.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if after.is_empty() => Ok((host, None)),
        None => Err(NotSerialized::Host),
    }
}

fn check_port(scheme: &str, port: &str) -> Result<(), NotSerialized> {
    let number: u16 = port.parse().map_err(|_cause| NotSerialized::Port)?;
    if number.to_string() != port {
        return Err(NotSerialized::Port);
    }
    let default = match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "ftp" => 21,
        _ => return Ok(()),
    };
    if number == default {
        return Err(NotSerialized::DefaultPort);
    }
    Ok(())
}

/// Whether `host` is in the form in which the URL parser leaves hosts.
fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return address
            .parse()
            .is_ok_and(|parsed| serialize_ipv6(parsed) == address);
    }
    let labels = host.strip_suffix('.').unwrap_or(host);
    let last = labels.rsplit('.').next().unwrap_or(labels);
    if ends_in_a_number(last) {
        // The parser turns such a host into an address, or refuses it.
        return host
            .parse::<Ipv4Addr>()
            .is_ok_and(|parsed| parsed.to_string() == host);
    }
    labels
        .split('.')
        .all(|label| !label.is_empty() && label.bytes().all(is_host_byte))
}

fn ends_in_a_number(label: &str) -> bool {
    let digits = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    let hexadecimal = label
        .strip_prefix("0x")
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    digits || hexadecimal
}

/// Bytes that are legal in a host both for RFC 3986, which the header's grammar uses, and for
/// the URL parser.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_~!$&'()*+,;=".contains(&byte)
}

/// Writes `address` as the URL standard does: the first longest run of zero pieces becomes `::`.
///
/// Spec: <https://url.spec.whatwg.org/#concept-ipv6-serializer>
fn serialize_ipv6(address: Ipv6Addr) -> String {
    let pieces = address.segments();
    let hex = |pieces: &[u16]| {
        let pieces: Vec<_> = pieces.iter().map(|piece| format!("{piece:x}")).collect();
        pieces.join(":")
    };
    let mut longest = 0..0;
    let mut run = 0..0;
    for (at, piece) in pieces.iter().enumerate() {
        run = if *piece == 0 {
            run.start..at + 1
        } else {
            at + 1..at + 1
        };
        if run.len() > longest.len() {
            longest = run.clone();
        }
    }
    if longest.len() < 2 {
        return hex(&pieces);
    }
    let before = pieces.get(..longest.start).unwrap_or_default();
    let after = pieces.get(longest.end..).unwrap_or_default();
    format!("{}::{}", hex(before), hex(after))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{NotSerialized, Parts};

    #[rstest]
    #[case::plain("https://app.example")]
    #[case::port("http://app.example:8080")]
    #[case::trailing_dot("https://app.example.")]
    #[case::underscore("https://a_b.example")]
    #[case::other_scheme("chrome-extension://abcdefgh")]
    #[case::ipv4("http://127.0.0.1:3000")]
    #[case::ipv6("http://[::1]:3000")]
    #[case::ipv6_inner_zeros("http://[2001:db8::1:0:0:1]")]
    #[case::ipv4_mapped("http://[::ffff:7f00:1]")]
    fn browsers_send(#[case] origin: &str) {
        assert!(Parts::parse(origin.as_bytes()).is_ok());
    }

    #[rstest]
    #[case::empty("", NotSerialized::NoScheme)]
    #[case::null("null", NotSerialized::NoScheme)]
    #[case::no_scheme("app.example", NotSerialized::NoScheme)]
    #[case::scheme_with_digit_first("1http://app.example", NotSerialized::NoScheme)]
    #[case::upper_scheme("HTTPS://app.example", NotSerialized::UpperCase)]
    #[case::upper_host("https://App.example", NotSerialized::UpperCase)]
    #[case::trailing_slash("https://app.example/", NotSerialized::TrailingSlash)]
    #[case::path("https://app.example/a", NotSerialized::Path)]
    #[case::backslash("https://app.example\\", NotSerialized::Path)]
    #[case::fragment("https://evil.example#app.example", NotSerialized::Path)]
    #[case::user_info("https://app.example@evil.example", NotSerialized::UserInfo)]
    #[case::default_port("https://app.example:443", NotSerialized::DefaultPort)]
    #[case::default_port_of_http("http://app.example:80", NotSerialized::DefaultPort)]
    #[case::default_port_of_ftp("ftp://app.example:21", NotSerialized::DefaultPort)]
    #[case::empty_port("https://app.example:", NotSerialized::Port)]
    #[case::leading_zero("https://app.example:08", NotSerialized::Port)]
    #[case::big_port("https://app.example:65536", NotSerialized::Port)]
    #[case::plus_port("https://app.example:+80", NotSerialized::Port)]
    #[case::unicode("https://\u{e4}pp.example", NotSerialized::NotAscii)]
    #[case::no_host("https://", NotSerialized::Host)]
    #[case::empty_label("https://a..example", NotSerialized::Host)]
    #[case::leading_dot("https://.example", NotSerialized::Host)]
    #[case::blank("https://app.example, https://b.example", NotSerialized::Path)]
    #[case::inner_blank("https://app .example", NotSerialized::Host)]
    #[case::percent("https://app%60.example", NotSerialized::Host)]
    #[case::backtick("https://app`.example", NotSerialized::Host)]
    #[case::short_ipv4("http://127.1", NotSerialized::Host)]
    #[case::hex_ipv4("http://0x7f000001", NotSerialized::Host)]
    #[case::long_ipv6("http://[0:0:0:0:0:0:0:1]", NotSerialized::Host)]
    #[case::dotted_ipv6("http://[::ffff:127.0.0.1]", NotSerialized::Host)]
    #[case::after_bracket("http://[::1]a", NotSerialized::Host)]
    fn browsers_never_send(#[case] origin: &str, #[case] because: NotSerialized) {
        assert_eq!(Parts::parse(origin.as_bytes()), Err(because));
    }

    #[rstest]
    #[case("http://localhost:3000", true)]
    #[case("http://app.localhost", true)]
    #[case("http://127.8.8.8", true)]
    #[case("http://[::1]", true)]
    #[case("http://localhost.example", false)]
    #[case("http://128.0.0.1", false)]
    fn loopback(#[case] origin: &str, #[case] expected: bool) {
        assert_eq!(
            Parts::parse(origin.as_bytes()).unwrap().is_loopback(),
            expected
        );
    }
}
