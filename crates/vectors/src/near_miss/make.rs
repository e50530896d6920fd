//! How the members of each family are made.

use url::Url;

use super::{Asker, Registered, Trusted};

impl Trusted<'_> {
    /// The domain that was registered, if that is known.
    fn domain(&self) -> Option<&str> {
        match self.registered {
            Registered::Domain(domain) => Some(domain),
            Registered::Nothing | Registered::Unknown => None,
        }
    }

    /// The domain that was registered, if there is more to the host.
    fn wider_domain(&self) -> Option<&str> {
        self.domain().filter(|domain| *domain != self.host)
    }

    /// Some, if there can be names like the host.
    fn named(&self) -> Option<()> {
        (self.registered != Registered::Nothing).then_some(())
    }
}

impl Asker<'_> {
    /// A label: `usual`, or one that nobody has.
    fn label(&mut self, usual: &str) -> String {
        match self {
            Self::Vector => usual.to_owned(),
            Self::Audit(fresh) => fresh.next_name(),
        }
    }

    /// A letter in the place of a dot.
    fn letter(&mut self) -> char {
        match self {
            Self::Vector => 'x',
            Self::Audit(fresh) => {
                let number = u8::try_from(fresh.next_port() % 26).unwrap_or_default();
                char::from(b'a' + number)
            }
        }
    }

    /// The domain of a stranger.
    fn stranger(&mut self) -> String {
        format!("{}.example", self.label("evil"))
    }

    /// The origin of a stranger's `host`. In vectors all but the host is as in the trusted origin; in an
    /// audit the port is the scheme's own, where most strangers are.
    fn elsewhere(&self, trusted: &Trusted<'_>, host: &str) -> String {
        match self {
            Self::Vector => trusted.with_host(host),
            Self::Audit(_) => format!("{}://{host}", trusted.scheme),
        }
    }
}

/// A member, if there is one.
type Member = Option<String>;

/// The trusted host, then `sign`, then the domain of a stranger.
pub(super) fn followed_by(trusted: &Trusted<'_>, asker: &mut Asker<'_>, sign: &str) -> String {
    let host = format!("{}{sign}{}", trusted.host, asker.stranger());
    asker.elsewhere(trusted, &host)
}

pub(super) fn followed_by_hyphen(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let member = followed_by(trusted, asker, "-");
    trusted.named().map(|()| member)
}

/// The trusted host, cut off by a character that URL parsers permit in hosts, before another domain.
pub(super) fn cut_off_by(trusted: &Trusted<'_>, asker: &mut Asker<'_>, sign: &str) -> Member {
    let member = followed_by(trusted, asker, &format!("{sign}."));
    trusted.named().map(|()| member)
}

pub(super) fn begins_alike_without_dot(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    trusted.named()?;
    let rest = match asker {
        Asker::Vector => "s".to_owned(),
        Asker::Audit(_) => asker.stranger(),
    };
    Some(asker.elsewhere(trusted, &format!("{}{rest}", trusted.host)))
}

/// The trusted host between others.
pub(super) fn surrounded(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> String {
    let before = match asker {
        Asker::Vector => "x".to_owned(),
        Asker::Audit(fresh) => format!("{}.", fresh.next_name()),
    };
    let host = format!("{before}{}.{}", trusted.host, asker.stranger());
    asker.elsewhere(trusted, &host)
}

/// A label, then `sign`, then the trusted host.
pub(super) fn preceded_by(trusted: &Trusted<'_>, asker: &mut Asker<'_>, sign: &str) -> String {
    trusted.with_host(&format!("{}{sign}{}", asker.label("evil"), trusted.host))
}

pub(super) fn preceded_by_hyphen(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let member = preceded_by(trusted, asker, "-");
    trusted.named().map(|()| member)
}

/// A label, then `sign`, then the domain of the trusted host.
pub(super) fn before_domain(trusted: &Trusted<'_>, asker: &mut Asker<'_>, sign: &str) -> Member {
    let domain = trusted.wider_domain()?;
    Some(trusted.with_host(&format!("{}{sign}{domain}", asker.label("evil"))))
}

pub(super) fn other_for_first_dot(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let letter = asker.letter().to_string();
    trusted.named()?;
    in_place_of_first_dot(trusted, &letter)
}

pub(super) fn in_place_of_first_dot(trusted: &Trusted<'_>, sign: &str) -> Member {
    let (first, rest) = trusted.host.split_once('.')?;
    Some(trusted.with_host(&format!("{first}{sign}{rest}")))
}

pub(super) fn other_for_inner_dot(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let domain = trusted.domain()?;
    let before = trusted.host.strip_suffix(domain)?.strip_suffix('.')?;
    before
        .contains('.')
        .then(|| trusted.with_host(&format!("{before}{}{domain}", asker.letter())))
}

pub(super) fn without_last_letter(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    trusted.named()?;
    let mut shorter = trusted.host.to_owned();
    shorter.pop();
    Some(asker.elsewhere(trusted, &shorter))
}

/// What is left begins with a name.
pub(super) fn without_first_letter(trusted: &Trusted<'_>, _: &mut Asker<'_>) -> Member {
    trusted.named()?;
    let Some(domain) = trusted.domain() else {
        let shorter = trusted.host.get(1..)?;
        return (!shorter.starts_with('.')).then(|| trusted.with_host(shorter));
    };
    let mut letters = domain.chars();
    letters.next();
    let shorter = letters.as_str();
    let is_name = shorter.starts_with(|first: char| first.is_ascii_alphanumeric());
    is_name.then(|| trusted.with_host(shorter))
}

pub(super) fn without_first_label(trusted: &Trusted<'_>, _: &mut Asker<'_>) -> Member {
    let (_, parent) = trusted.host.split_once('.')?;
    parent.contains('.').then(|| trusted.with_host(parent))
}

pub(super) fn below_public_suffix(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let (_, suffix) = trusted.domain()?.split_once('.')?;
    Some(trusted.with_host(&format!("{}.{suffix}", asker.label("evil"))))
}

pub(super) fn same_label(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let domain = trusted.wider_domain()?;
    let (label, _) = trusted.host.split_once('.')?;
    let (_, suffix) = domain.split_once('.')?;
    Some(trusted.with_host(&format!("{label}.{}.{suffix}", asker.label("evil"))))
}

/// The port with one more digit. An audit asks so for ports that the origin names, for which alone the
/// text of the origin begins alike.
pub(super) fn longer_port(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let (port, digit) = match asker {
        Asker::Vector => (trusted.port.or(default_port(trusted.scheme)), 0),
        Asker::Audit(_) => (trusted.port, 1),
    };
    let port = port?.checked_mul(10)?.checked_add(digit)?;
    let (scheme, host) = (trusted.scheme, trusted.host);
    Some(format!("{scheme}://{host}:{port}"))
}

/// The trusted host on another port.
pub(super) fn other_port(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> String {
    let port = match asker {
        Asker::Vector if trusted.port == Some(8443) => 9443,
        Asker::Vector => 8443,
        Asker::Audit(fresh) => fresh.next_port(),
    };
    let (scheme, host) = (trusted.scheme, trusted.host);
    format!("{scheme}://{host}:{port}")
}

/// The other of `http` and `https`. An audit asks for the one that is not encrypted, for which it
/// matters; pages of the user's own machine need not be.
pub(super) fn other_scheme(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    let is_secure = trusted.scheme == "https";
    let is_local = matches!(trusted.host, "localhost" | "127.0.0.1");
    if matches!(asker, Asker::Audit(_)) && (!is_secure || is_local) {
        return None;
    }
    let scheme = if is_secure { "http" } else { "https" };
    let other = Trusted { scheme, ..*trusted };
    Some(other.serialize())
}

pub(super) fn other_scheme_below(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    trusted.named().filter(|()| trusted.scheme == "https")?;
    let plain = Trusted {
        scheme: "http",
        ..*trusted
    };
    below(&plain, asker)
}

pub(super) fn below(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    trusted.named()?;
    Some(trusted.with_host(&format!("{}.{}", asker.label("sub"), trusted.host)))
}

/// With `www.` before the host, or without it if that leaves a domain that somebody registered.
pub(super) fn www(trusted: &Trusted<'_>, _: &mut Asker<'_>) -> Member {
    trusted.named()?;
    let bare = trusted.host.strip_prefix("www.");
    match bare.filter(|_| trusted.registered != Registered::Unknown) {
        Some(bare) => trusted.wider_domain().map(|_| trusted.with_host(bare)),
        None => Some(trusted.with_host(&format!("www.{}", trusted.host))),
    }
}

pub(super) fn other_last_label(trusted: &Trusted<'_>, _: &mut Asker<'_>) -> Member {
    let (name, last) = trusted.host.rsplit_once('.')?;
    let other = if last == "test" { "example" } else { "test" };
    Some(trusted.with_host(&format!("{name}.{other}")))
}

/// With a Cyrillic letter in place of a Latin one, as browsers write it.
pub(super) fn look_alike(trusted: &Trusted<'_>, _: &mut Asker<'_>) -> Member {
    let twins = [('a', 'а'), ('e', 'е'), ('o', 'о'), ('p', 'р'), ('c', 'с')];
    let mut twins = twins.into_iter();
    let (latin, cyrillic) = twins.find(|(latin, _)| trusted.host.contains(*latin))?;
    let name = trusted.host.replacen(latin, &cyrillic.to_string(), 1);
    let url = Url::parse(&trusted.with_host(&name)).ok()?;
    Some(Trusted::of_url(&url).serialize())
}

/// In capitals: the whole origin in a vector, its host in an audit.
pub(super) fn capitals(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> Member {
    trusted.named()?;
    Some(match asker {
        Asker::Vector => trusted.serialize().to_ascii_uppercase(),
        Asker::Audit(_) => trusted.with_host(&trusted.host.to_ascii_uppercase()),
    })
}

pub(super) fn with_default_port(trusted: &Trusted<'_>, _: &mut Asker<'_>) -> Member {
    let default = if trusted.scheme == "https" { 443 } else { 80 };
    let origin = trusted.serialize();
    trusted
        .port
        .is_none()
        .then(|| format!("{origin}:{default}"))
}

/// The trusted host as the user name of a stranger's.
pub(super) fn as_user_name(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> String {
    let (scheme, host) = (trusted.scheme, trusted.host);
    format!("{scheme}://{host}@{}", asker.stranger())
}

/// The trusted origin in a path of a stranger's.
pub(super) fn in_path(trusted: &Trusted<'_>, asker: &mut Asker<'_>) -> String {
    let (scheme, stranger) = (trusted.scheme, asker.stranger());
    format!("{scheme}://{stranger}/{}", trusted.serialize())
}

/// The port that an origin of this scheme has if it names none.
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "ftp" => Some(21),
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}
