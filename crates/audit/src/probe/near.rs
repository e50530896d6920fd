//! Origins that resemble a trusted one.

use super::{Base, Probe, Proves};
use crate::names::Names;

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
            let domain = base.wider_domain()?;
            Some(base.with_host(&format!("{}{domain}", names.next_name())))
        }
    ),
    probe!(
        "suffix-hyphen",
        "origin-match",
        Stranger,
        "whose host ends like a trusted one, after `-`",
        |base, names| {
            let begin = names.next_name();
            base.is_name()
                .then(|| base.with_host(&format!("{begin}-{}", base.host)))
        }
    ),
    probe!(
        "domain-suffix-hyphen",
        "origin-match",
        Stranger,
        "whose host ends like a trusted domain, after `-`",
        |base, names| {
            let domain = base.wider_domain()?;
            Some(base.with_host(&format!("{}-{domain}", names.next_name())))
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
        "cut-first",
        "origin-match",
        Stranger,
        "that is the end of a trusted domain",
        |base, _| {
            let domain = base.registrable.as_deref()?;
            let mut letters = domain.chars();
            letters.next();
            // What is left begins with a name.
            let shorter = letters.as_str();
            let named = shorter.starts_with(|first: char| first.is_ascii_alphanumeric());
            named.then(|| base.with_host(shorter))
        }
    ),
    probe!(
        "special-hyphen",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `-`",
        |base, names| {
            let stranger = names.next_name();
            base.is_name()
                .then(|| format!("{}://{}-{stranger}.example", base.scheme, base.host))
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
        "special-comma",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then a comma",
        |base, names| special(base, names, ",")
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
        "special-quote",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then a quotation mark",
        |base, names| special(base, names, "\"")
    ),
    probe!(
        "special-closing-brace",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `}`",
        |base, names| special(base, names, "}")
    ),
    probe!(
        "special-plus",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `+`",
        |base, names| special(base, names, "+")
    ),
    probe!(
        "special-tilde",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `~`",
        |base, names| special(base, names, "~")
    ),
    probe!(
        "special-semicolon",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `;`",
        |base, names| special(base, names, ";")
    ),
    probe!(
        "special-ampersand",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `&`",
        |base, names| special(base, names, "&")
    ),
    probe!(
        "special-apostrophe",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then an apostrophe",
        |base, names| special(base, names, "'")
    ),
    probe!(
        "special-parenthesis",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `(`",
        |base, names| special(base, names, "(")
    ),
    probe!(
        "special-closing-parenthesis",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `)`",
        |base, names| special(base, names, ")")
    ),
    probe!(
        "special-asterisk",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `*`",
        |base, names| special(base, names, "*")
    ),
    probe!(
        "special-dollar",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `$`",
        |base, names| special(base, names, "$")
    ),
    probe!(
        "special-equals",
        "origin-match",
        Stranger,
        "that begins like a trusted one, then `=`",
        |base, names| special(base, names, "=")
    ),
    probe!(
        "special-caret",
        "origin-match",
        Nothing,
        "that begins like a trusted one, then `^`",
        |base, names| special(base, names, "^")
    ),
    probe!(
        "special-bar",
        "origin-match",
        Nothing,
        "that begins like a trusted one, then `|`",
        |base, names| special(base, names, "|")
    ),
    probe!(
        "special-tab",
        "origin-match",
        Nothing,
        "that begins like a trusted one, then `%0b`",
        |base, names| special(base, names, "%0b")
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
        "same-label",
        "origin-match",
        Stranger,
        "that begins with a trusted one's first label, below the same public suffix",
        |base, names| {
            let domain = base.wider_domain()?;
            let (label, _) = base.host.split_once('.')?;
            let (_, suffix) = domain.split_once('.')?;
            Some(base.with_host(&format!("{label}.{}.{suffix}", names.next_name())))
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
            let domain = base.wider_domain()?;
            Some(base.with_host(&format!("{}.{domain}", names.next_name())))
        }
    ),
    probe!(
        "www",
        "origin-match",
        SameOwner,
        "that differs from a trusted one in `www.`",
        |base, _| {
            base.is_name().then_some(())?;
            match base.host.strip_prefix("www.") {
                // A public suffix has no pages.
                Some(bare) => psl::domain_str(bare).map(|_| base.with_host(bare)),
                None => Some(base.with_host(&format!("www.{}", base.host))),
            }
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
