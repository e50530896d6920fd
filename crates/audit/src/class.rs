//! What each weakness class means to whoever has to do something about it.

use crosscheck_vectors::{catalogue::Flag, load::Suite};

/// A class: from `flags.json`, and what to do.
#[derive(Clone, Debug)]
pub struct Class {
    /// Title, effect, CVE ids and links.
    pub flag: Flag,
    /// Its number in the Common Weakness Enumeration.
    pub cwe: u16,
    /// The likely fix.
    pub fix: &'static str,
}

/// The class called `id`; none if `flags.json` has no such class.
pub fn class(suite: &Suite, id: &str) -> Option<Class> {
    let flag = suite.flags.flags.iter().find(|flag| flag.id == id)?;
    let (cwe, fix) = advice(id);
    Some(Class {
        flag: flag.clone(),
        cwe,
        fix,
    })
}

/// What to do about each class that needs words of its own: its id, CWE number and fix.
const ADVICE: &[(&str, u16, &str)] = &[
    (
        "reflected-origin",
        942,
        "Compare the origin with a list; if anybody may read, send `*` and no credentials.",
    ),
    ("null-origin", 942, "Take `null` off the list."),
    (
        "origin-match",
        346,
        "Compare the whole origin byte for byte; anchor and escape patterns, and end them at a dot.",
    ),
    (
        "third-party-origin",
        942,
        "Take hosts off the list on which anybody may put a page.",
    ),
    ("insecure-scheme", 319, "Trust `https` origins only."),
    ("port-ignored", 346, "Compare the port, too."),
    (
        "internal-origin",
        942,
        "Keep names for development out of what is deployed, and list internal ones by name and port.",
    ),
    (
        "cache-poisoning",
        524,
        "Send `Vary: Origin` with every answer of the resource, whoever asks: with refusals and without an origin, too.",
    ),
    (
        "private-network",
        668,
        "Answer `Access-Control-Request-Private-Network` only where it is asked, and only for listed origins.",
    ),
    (
        "leak",
        200,
        "Name only the origin, method and headers that were asked for.",
    ),
    (
        "duplicate-header",
        436,
        "Let one layer send CORS headers: the proxy or the application.",
    ),
    (
        "wildcard-with-credentials",
        942,
        "Leave `Access-Control-Allow-Credentials` out, or send the origin in place of `*`.",
    ),
    (
        "credentials-granted",
        942,
        "Leave `Access-Control-Allow-Credentials` out.",
    ),
    (
        "credentials-missing",
        436,
        "Send `Access-Control-Allow-Credentials: true` with the preflight's answer and the actual one, always.",
    ),
    (
        "malformed-header",
        436,
        "Send one origin or `*`; `true` or nothing; names between commas; and no header under another name.",
    ),
    (
        "missing-on-error",
        436,
        "Add the headers where every answer passes: errors, redirects and 304, too.",
    ),
    (
        "preflight-not-answered",
        436,
        "Answer preflights before login checks, routing and the application.",
    ),
    (
        "preflight-status",
        436,
        "Answer a granted preflight with 204 or 200.",
    ),
    (
        "config-accepted",
        942,
        "Refuse such a policy when it is configured.",
    ),
    ("max-age", 436, "Send a number of seconds, at most 86400."),
];

/// CWE number and fix of every other class.
const OTHER_ADVICE: (u16, &str) = (436, "Make the answers say what the policy says.");

fn advice(id: &str) -> (u16, &'static str) {
    let mut rows = ADVICE.iter();
    rows.find(|(of, ..)| *of == id)
        .map_or(OTHER_ADVICE, |(_, cwe, fix)| (*cwe, *fix))
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::load::Suite;

    use super::class;
    use crate::probe::{NEAR_MISSES, OTHERS};

    #[test]
    fn every_family_has_a_known_class() {
        let suite = Suite::embedded().unwrap();
        for probe in NEAR_MISSES.iter().chain(OTHERS) {
            assert!(class(&suite, probe.class).is_some(), "{}", probe.class);
        }
        assert!(class(&suite, "no-such-class").is_none());
    }
}
