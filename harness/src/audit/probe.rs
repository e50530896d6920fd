//! Families of origins that a careless comparison lets in: data.

use crosscheck_oracle::Origin;
use url::{Host, Url};

use super::{sender::Sender, target::Names};

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
    /// Makes one, which differs from call to call unless the family has one member.
    pub make: fn(&Base, &mut Names) -> Option<String>,
}

/// What it means that an origin of a family is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proves {
    /// Somebody else's page reads.
    Stranger,
    /// A page reads that shares something with a trusted one; it takes more than a registered name.
    Neighbour,
    /// Subdomains are trusted, which may be meant.
    Subdomains,
    /// Something is said that may well be meant, or that no browser uses.
    Nothing,
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

    fn is_name(&self) -> bool {
        self.registrable.is_some()
    }
}

/// The origin of a stranger: nothing in it is the server's.
pub fn stranger(scheme: &str, names: &mut Names) -> String {
    format!("{scheme}://{}.example", names.next_name())
}

/// `origin` as who sends it: a page, if a browser can have such an origin.
pub fn sender(origin: &str) -> Sender {
    Origin::parse(origin).map_or_else(
        |_cannot_be_a_page| Sender::Forged(origin.to_owned()),
        Sender::Page,
    )
}

macro_rules! probe {
    ($name:literal, $class:literal, $proves:ident, $what:literal, $make:expr) => {
        Probe {
            name: $name,
            class: $class,
            proves: Proves::$proves,
            what: $what,
            make: $make,
        }
    };
}

/// Origins that resemble a trusted one, the likeliest mistakes first.
pub const NEAR_MISSES: &[Probe] = &[
    probe!(
        "prefix",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then a dot",
        |base, names| {
            Some(format!(
                "{}://{}.{}.example",
                base.scheme,
                base.host,
                names.next_name()
            ))
        }
    ),
    probe!(
        "suffix",
        "origin-match",
        Stranger,
        "whose host ends like a trusted one",
        |base, names| { Some(base.with_host(&format!("{}{}", names.next_name(), base.host))) }
    ),
    probe!(
        "domain-suffix",
        "origin-match",
        Stranger,
        "whose host ends like a trusted domain, without a dot before it",
        |base, names| {
            let domain = base
                .registrable
                .as_ref()
                .filter(|domain| **domain != base.host)?;
            Some(base.with_host(&format!("{}{domain}", names.next_name())))
        }
    ),
    probe!(
        "unescaped-dot",
        "origin-match",
        Stranger,
        "with another character where a trusted one has its first dot",
        |base, names| {
            let letter = letter(names).to_string();
            base.is_name()
                .then(|| base.with_host(&base.host.replacen('.', &letter, 1)))
        }
    ),
    probe!(
        "prefix-without-dot",
        "origin-match",
        Stranger,
        "that begins like a trusted one",
        |base, names| {
            base.is_name().then(|| {
                format!(
                    "{}://{}{}.example",
                    base.scheme,
                    base.host,
                    names.next_name()
                )
            })
        }
    ),
    probe!(
        "substring",
        "origin-match",
        Stranger,
        "that has a trusted host in it",
        |base, names| {
            Some(format!(
                "{}://{}.{}.{}.example",
                base.scheme,
                names.next_name(),
                base.host,
                names.next_name()
            ))
        }
    ),
    probe!(
        "inner-dot",
        "origin-match",
        Stranger,
        "with another character where a trusted one has the dot before its domain",
        |base, names| {
            let domain = base.registrable.as_deref()?;
            let before = base.host.strip_suffix(domain)?.strip_suffix('.')?;
            before
                .contains('.')
                .then(|| base.with_host(&format!("{before}{}{domain}", letter(names))))
        }
    ),
    probe!(
        "cut-short",
        "origin-match",
        Stranger,
        "that is the beginning of a trusted one",
        |base, _| {
            let mut shorter = base.host.clone();
            shorter.pop();
            base.is_name()
                .then(|| format!("{}://{shorter}", base.scheme))
        }
    ),
    probe!(
        "special-underscore",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `_`",
        |base, names| special(base, names, "_")
    ),
    probe!(
        "special-backtick",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then a backtick",
        |base, names| special(base, names, "`")
    ),
    probe!(
        "special-exclamation",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `!`",
        |base, names| special(base, names, "!")
    ),
    probe!(
        "special-brace",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `{`",
        |base, names| special(base, names, "{")
    ),
    probe!(
        "special-escape",
        "origin-match",
        Nothing,
        "that begins like a trusted one, then `%60`",
        |base, names| special(base, names, "%60")
    ),
    probe!(
        "public-suffix",
        "origin-match",
        Stranger,
        "below the same public suffix, where anybody registers",
        |base, names| {
            let domain = base.registrable.as_deref()?;
            let (_, suffix) = domain.split_once('.')?;
            Some(base.with_host(&format!("{}.{suffix}", names.next_name())))
        }
    ),
    probe!(
        "longer-port",
        "port-ignored",
        Neighbour,
        "whose port begins like the trusted one's",
        |base, _| {
            let port = base.port?.checked_mul(10)?.checked_add(1)?;
            Some(format!("{}://{}:{port}", base.scheme, base.host))
        }
    ),
    probe!(
        "port",
        "port-ignored",
        Neighbour,
        "on another port of a trusted host",
        |base, names| {
            Some(format!(
                "{}://{}:{}",
                base.scheme,
                base.host,
                names.next_port()
            ))
        }
    ),
    probe!(
        "scheme",
        "insecure-scheme",
        Neighbour,
        "with `http` where the trusted one has `https`",
        |base, _| {
            let is_local = base.host == "localhost" || base.host == "127.0.0.1";
            let port = base.port.map(|port| format!(":{port}")).unwrap_or_default();
            (base.scheme == "https" && !is_local).then(|| format!("http://{}{port}", base.host))
        }
    ),
    probe!(
        "scheme-below",
        "insecure-scheme",
        Neighbour,
        "with `http` below a trusted host that has `https`",
        |base, names| {
            (base.scheme == "https" && base.is_name()).then(|| {
                let port = base.port.map(|port| format!(":{port}")).unwrap_or_default();
                format!("http://{}.{}{port}", names.next_name(), base.host)
            })
        }
    ),
    probe!(
        "subdomain",
        "origin-match",
        Subdomains,
        "below a trusted host",
        |base, names| {
            base.is_name()
                .then(|| base.with_host(&format!("{}.{}", names.next_name(), base.host)))
        }
    ),
    probe!(
        "sibling",
        "origin-match",
        Subdomains,
        "below a trusted origin's domain",
        |base, names| {
            let domain = base
                .registrable
                .as_ref()
                .filter(|domain| **domain != base.host)?;
            Some(base.with_host(&format!("{}.{domain}", names.next_name())))
        }
    ),
    probe!(
        "userinfo",
        "origin-match",
        Nothing,
        "with a trusted one as its user name",
        |base, names| {
            Some(format!(
                "{}://{}@{}.example",
                base.scheme,
                base.host,
                names.next_name()
            ))
        }
    ),
    probe!(
        "path",
        "origin-match",
        Nothing,
        "with a trusted one in a path",
        |base, names| {
            Some(format!(
                "{}://{}.example/{}",
                base.scheme,
                names.next_name(),
                base.with_host(&base.host)
            ))
        }
    ),
    probe!(
        "capitals",
        "origin-match",
        Nothing,
        "that differs from a trusted one in case",
        |base, _| {
            base.is_name()
                .then(|| base.with_host(&base.host.to_ascii_uppercase()))
        }
    ),
];

/// Hosts that are trusted by mistake rather than by resemblance.
pub const OTHERS: &[Probe] = &[
    probe!(
        "unencrypted",
        "reflected-origin",
        Stranger,
        "whose pages are not encrypted",
        |base, names| (base.scheme == "https").then(|| stranger("http", names))
    ),
    probe!(
        "localhost-prefix",
        "origin-match",
        Stranger,
        "that begins like `http://localhost`",
        |_, names| { Some(format!("http://localhost.{}.example", names.next_name())) }
    ),
    probe!(
        "localhost",
        "internal-origin",
        Neighbour,
        "on any port of the user's own machine",
        |_, names| { Some(format!("http://localhost:{}", names.next_port())) }
    ),
    probe!(
        "loopback",
        "internal-origin",
        Neighbour,
        "on any port of 127.0.0.1",
        |_, names| { Some(format!("http://127.0.0.1:{}", names.next_port())) }
    ),
    probe!(
        "internal",
        "internal-origin",
        Neighbour,
        "below `.internal`",
        |_, names| { Some(format!("https://{}.internal", names.next_name())) }
    ),
    probe!(
        "local",
        "internal-origin",
        Neighbour,
        "below `.local`",
        |_, names| { Some(format!("http://{}.local", names.next_name())) }
    ),
    probe!(
        "private-address",
        "internal-origin",
        Neighbour,
        "at a private address",
        |_, names| {
            let [high, low] = names.next_port().to_be_bytes();
            Some(format!("http://192.168.{high}.{low}"))
        }
    ),
    probe!(
        "github-pages",
        "third-party-origin",
        Stranger,
        "below `github.io`, where anybody has pages",
        |_, names| { Some(format!("https://{}.github.io", names.next_name())) }
    ),
    probe!(
        "vercel",
        "third-party-origin",
        Stranger,
        "below `vercel.app` with a trusted name before it, where anybody has pages",
        |base, names| {
            // Patterns for previews begin with the project's name.
            let project = base
                .registrable
                .as_deref()
                .and_then(|name| name.split('.').next());
            let name = names.next_name();
            Some(match project {
                Some(project) => format!("https://{project}-{name}.vercel.app"),
                None => format!("https://{name}.vercel.app"),
            })
        }
    ),
    probe!(
        "heroku",
        "third-party-origin",
        Stranger,
        "below `herokuapp.com`, where anybody has pages",
        |_, names| { Some(format!("https://{}.herokuapp.com", names.next_name())) }
    ),
    probe!(
        "codepen",
        "third-party-origin",
        Stranger,
        "such as CodePen's, where anybody's code runs",
        |_, _| Some("https://cdpn.io".to_owned())
    ),
    probe!(
        "jsfiddle",
        "third-party-origin",
        Stranger,
        "such as JSFiddle's, where anybody's code runs",
        |_, _| Some("https://fiddle.jshell.net".to_owned())
    ),
];

/// Some letter.
fn letter(names: &mut Names) -> char {
    char::from(b'a' + u8::try_from(names.next_port() % 26).unwrap_or_default())
}

/// The trusted host, then `character`, then a stranger's domain.
fn special(base: &Base, names: &mut Names, character: &str) -> Option<String> {
    let stranger = names.next_name();
    base.is_name().then(|| {
        format!(
            "{}://{}{character}.{stranger}.example",
            base.scheme, base.host
        )
    })
}
