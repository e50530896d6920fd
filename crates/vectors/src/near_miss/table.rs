//! All families.

use super::{Asker, NearMiss, Proves, Trusted, make};

/// All families: first those of audits, the likeliest mistakes first.
///
/// `path` and `userinfo` each name one family in roles and another in audits.
pub const NEAR_MISSES: &[NearMiss] = &[
    both(
        "suffix",
        "prefix",
        "that begins like a trusted one, then a dot",
        |trusted, asker| Some(make::followed_by(trusted, asker, ".")),
    ),
    both(
        "prefix",
        "suffix",
        "whose host ends like a trusted one",
        |trusted, asker| Some(make::preceded_by(trusted, asker, "")),
    ),
    audit(
        "domain-suffix",
        "whose host ends like a trusted domain, without a dot before it",
        |trusted, asker| make::before_domain(trusted, asker, ""),
    ),
    both(
        "hyphen-prefix",
        "suffix-hyphen",
        "whose host ends like a trusted one, after `-`",
        make::preceded_by_hyphen,
    ),
    audit(
        "domain-suffix-hyphen",
        "whose host ends like a trusted domain, after `-`",
        |trusted, asker| make::before_domain(trusted, asker, "-"),
    ),
    both(
        "dot",
        "unescaped-dot",
        "with another character where a trusted one has its first dot",
        make::other_for_first_dot,
    ),
    both(
        "longer",
        "prefix-without-dot",
        "that begins like a trusted one",
        make::begins_alike_without_dot,
    ),
    both(
        "substring",
        "substring",
        "that has a trusted host in it",
        |trusted, asker| Some(make::surrounded(trusted, asker)),
    ),
    audit(
        "inner-dot",
        "with another character where a trusted one has the dot before its domain",
        make::other_for_inner_dot,
    ),
    audit(
        "cut-short",
        "that is the beginning of a trusted one",
        make::without_last_letter,
    ),
    both(
        "shorter",
        "cut-first",
        "that is the end of a trusted domain",
        make::without_first_letter,
    ),
    both(
        "hyphen-suffix",
        "special-hyphen",
        "that begins like a trusted one, then `-`",
        make::followed_by_hyphen,
    ),
    both(
        "underscore",
        "special-underscore",
        "that begins like a trusted one, then `_`",
        |trusted, asker| make::cut_off_by(trusted, asker, "_"),
    ),
    both(
        "backtick",
        "special-backtick",
        "that begins like a trusted one, then a backtick",
        |trusted, asker| make::cut_off_by(trusted, asker, "`"),
    ),
    both(
        "exclamation-mark",
        "special-exclamation",
        "that begins like a trusted one, then `!`",
        |trusted, asker| make::cut_off_by(trusted, asker, "!"),
    ),
    both(
        "comma",
        "special-comma",
        "that begins like a trusted one, then a comma",
        |trusted, asker| make::cut_off_by(trusted, asker, ","),
    ),
    both(
        "brace",
        "special-brace",
        "that begins like a trusted one, then `{`",
        |trusted, asker| make::cut_off_by(trusted, asker, "{"),
    ),
    audit(
        "special-escape",
        "that begins like a trusted one, then `%60`",
        |trusted, asker| make::cut_off_by(trusted, asker, "%60"),
    )
    .proves(Proves::Nothing),
    audit(
        "special-quote",
        "that begins like a trusted one, then a quotation mark",
        |trusted, asker| make::cut_off_by(trusted, asker, "\""),
    ),
    audit(
        "special-closing-brace",
        "that begins like a trusted one, then `}`",
        |trusted, asker| make::cut_off_by(trusted, asker, "}"),
    ),
    both(
        "plus",
        "special-plus",
        "that begins like a trusted one, then `+`",
        |trusted, asker| make::cut_off_by(trusted, asker, "+"),
    ),
    both(
        "tilde",
        "special-tilde",
        "that begins like a trusted one, then `~`",
        |trusted, asker| make::cut_off_by(trusted, asker, "~"),
    ),
    both(
        "semicolon",
        "special-semicolon",
        "that begins like a trusted one, then `;`",
        |trusted, asker| make::cut_off_by(trusted, asker, ";"),
    ),
    both(
        "ampersand",
        "special-ampersand",
        "that begins like a trusted one, then `&`",
        |trusted, asker| make::cut_off_by(trusted, asker, "&"),
    ),
    both(
        "apostrophe",
        "special-apostrophe",
        "that begins like a trusted one, then an apostrophe",
        |trusted, asker| make::cut_off_by(trusted, asker, "'"),
    ),
    both(
        "parenthesis",
        "special-parenthesis",
        "that begins like a trusted one, then `(`",
        |trusted, asker| make::cut_off_by(trusted, asker, "("),
    ),
    audit(
        "special-closing-parenthesis",
        "that begins like a trusted one, then `)`",
        |trusted, asker| make::cut_off_by(trusted, asker, ")"),
    ),
    both(
        "asterisk",
        "special-asterisk",
        "that begins like a trusted one, then `*`",
        |trusted, asker| make::cut_off_by(trusted, asker, "*"),
    ),
    both(
        "dollar",
        "special-dollar",
        "that begins like a trusted one, then `$`",
        |trusted, asker| make::cut_off_by(trusted, asker, "$"),
    ),
    both(
        "equals",
        "special-equals",
        "that begins like a trusted one, then `=`",
        |trusted, asker| make::cut_off_by(trusted, asker, "="),
    ),
    audit(
        "special-caret",
        "that begins like a trusted one, then `^`",
        |trusted, asker| make::cut_off_by(trusted, asker, "^"),
    )
    .proves(Proves::Nothing),
    audit(
        "special-bar",
        "that begins like a trusted one, then `|`",
        |trusted, asker| make::cut_off_by(trusted, asker, "|"),
    )
    .proves(Proves::Nothing),
    audit(
        "special-tab",
        "that begins like a trusted one, then `%0b`",
        |trusted, asker| make::cut_off_by(trusted, asker, "%0b"),
    )
    .proves(Proves::Nothing),
    audit(
        "public-suffix",
        "below the same public suffix, where anybody registers",
        make::below_public_suffix,
    ),
    audit(
        "same-label",
        "that begins with a trusted one's first label, below the same public suffix",
        make::same_label,
    ),
    both(
        "longer-port",
        "longer-port",
        "whose port begins like the trusted one's",
        make::longer_port,
    )
    .shows("port-ignored")
    .proves(Proves::Neighbour),
    both(
        "port",
        "port",
        "on another port of a trusted host",
        |trusted, asker| Some(make::other_port(trusted, asker)),
    )
    .shows("port-ignored")
    .proves(Proves::Neighbour),
    both(
        "scheme",
        "scheme",
        "with `http` where the trusted one has `https`",
        make::other_scheme,
    )
    .shows("insecure-scheme")
    .proves(Proves::Neighbour),
    audit(
        "scheme-below",
        "with `http` below a trusted host that has `https`",
        make::other_scheme_below,
    )
    .shows("insecure-scheme")
    .proves(Proves::Neighbour),
    both(
        "subdomain",
        "subdomain",
        "below a trusted host",
        make::below,
    )
    .proves(Proves::Subdomains),
    audit(
        "sibling",
        "below a trusted origin's domain",
        |trusted, asker| make::before_domain(trusted, asker, "."),
    )
    .proves(Proves::Subdomains),
    both(
        "www",
        "www",
        "that differs from a trusted one in `www.`",
        make::www,
    )
    .proves(Proves::SameOwner),
    audit(
        "userinfo",
        "with a trusted one as its user name",
        |trusted, asker| Some(make::as_user_name(trusted, asker)),
    )
    .proves(Proves::Nothing),
    audit("path", "with a trusted one in a path", |trusted, asker| {
        Some(make::in_path(trusted, asker))
    })
    .proves(Proves::Nothing),
    both(
        "upper",
        "capitals",
        "that differs from a trusted one in case",
        make::capitals,
    )
    .proves(Proves::Nothing),
    role(
        "parent",
        "one label above a trusted host",
        make::without_first_label,
    )
    .proves(Proves::SameOwner),
    role(
        "trailing-dot",
        "that differs from a trusted one in a dot behind its host",
        |trusted, _| Some(trusted.with_host(&format!("{}.", trusted.host))),
    )
    .proves(Proves::SameOwner),
    role(
        "tld",
        "that differs from a trusted one in its last label",
        make::other_last_label,
    ),
    role("twice", "that has a trusted host twice", |trusted, _| {
        Some(trusted.with_host(&format!("{0}.{0}", trusted.host)))
    })
    .proves(Proves::Subdomains),
    role(
        "hyphen",
        "with a hyphen where a trusted one has its first dot",
        |trusted, _| make::in_place_of_first_dot(trusted, "-"),
    ),
    role(
        "look-alike",
        "with a letter that looks like one of a trusted one",
        make::look_alike,
    ),
    role(
        "slash",
        "that is a trusted one, then a slash",
        |trusted, _| Some(format!("{}/", trusted.serialize())),
    )
    .proves(Proves::Nothing),
    role(
        "path",
        "that is a trusted one, then a path",
        |trusted, _| Some(format!("{}/app", trusted.serialize())),
    )
    .proves(Proves::Nothing),
    role(
        "userinfo",
        "that is a trusted one with a user name",
        |trusted, _| Some(trusted.with_host(&format!("user@{}", trusted.host))),
    )
    .proves(Proves::Nothing),
    role(
        "default-port",
        "that is a trusted one with its default port",
        make::with_default_port,
    )
    .proves(Proves::Nothing),
    role(
        "space-list",
        "that is a trusted one, then a blank and another",
        |trusted, _| Some(format!("{} https://evil.example", trusted.serialize())),
    )
    .proves(Proves::Nothing),
];

type Make = fn(&Trusted<'_>, &mut Asker<'_>) -> Option<String>;

/// A family that vectors and audits name: what a grant shows is a comparison that lets strangers in.
const fn both(role: &'static str, audit: &'static str, what: &'static str, make: Make) -> NearMiss {
    NearMiss {
        role: Some(role),
        audit: Some(audit),
        what,
        class: "origin-match",
        proves: Proves::Stranger,
        make,
    }
}

/// A family that only audits name.
const fn audit(name: &'static str, what: &'static str, make: Make) -> NearMiss {
    NearMiss {
        role: None,
        ..both("", name, what, make)
    }
}

/// A family that only vectors name.
const fn role(name: &'static str, what: &'static str, make: Make) -> NearMiss {
    NearMiss {
        audit: None,
        ..both(name, "", what, make)
    }
}

impl NearMiss {
    const fn shows(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    const fn proves(self, proves: Proves) -> Self {
        Self { proves, ..self }
    }
}
