use std::collections::BTreeSet;

use rstest::rstest;

use super::{Asker, Fresh, NEAR_MISSES, NearMiss, Proves, Registered, Trusted};
use crate::{load::Suite, role::origin::OF_PAGES};

/// Names and ports that count.
#[derive(Debug, Default)]
struct Counted(u16);

impl Fresh for Counted {
    fn next_name(&mut self) -> String {
        self.0 += 1;
        format!("x{}", self.0)
    }

    fn next_port(&mut self) -> u16 {
        self.0 += 1;
        20000 + self.0
    }
}

#[test]
fn every_family_has_names_of_its_own_and_a_known_class() {
    let suite = Suite::embedded().unwrap();
    let (mut roles, mut audits, mut words) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for family in NEAR_MISSES {
        assert!(words.insert(family.what), "{}", family.what);
        assert!(family.role.or(family.audit).is_some(), "{}", family.what);
        assert!(
            family.role.is_none_or(|name| roles.insert(name)),
            "{family:?}"
        );
        assert!(
            family.audit.is_none_or(|name| audits.insert(name)),
            "{family:?}"
        );
        let mut classes = suite.flags.flags.iter();
        assert!(classes.any(|flag| flag.id == family.class), "{family:?}");
    }
    assert_eq!((roles.len(), audits.len()), (39, 45));
}

#[test]
fn every_role_is_described() {
    let readme = include_str!("../../../../vectors/README.md");
    for role in NEAR_MISSES.iter().filter_map(|family| family.role) {
        assert!(readme.contains(&format!("`{role}`")), "{role}");
    }
}

#[test]
fn pages_have_the_origins_that_browsers_send() {
    let sent = NEAR_MISSES
        .iter()
        .filter(|family| family.proves != Proves::Nothing);
    let sent: BTreeSet<_> = sent.filter_map(|family| family.role).collect();
    let mut of_pages = BTreeSet::from(OF_PAGES);
    assert_eq!(of_pages.len(), OF_PAGES.len());
    // The only one that may well be meant.
    of_pages.insert("www");
    assert_eq!(sent, of_pages);
}

#[rstest]
#[case::then_a_dot("prefix", "https://a.b.test.example.x1.example")]
#[case::name_before("suffix", "https://x1a.b.test.example:444")]
#[case::name_before_domain("domain-suffix", "https://x1test.example:444")]
#[case::hyphen_before("suffix-hyphen", "https://x1-a.b.test.example:444")]
#[case::hyphen_before_domain("domain-suffix-hyphen", "https://x1-test.example:444")]
#[case::letter_for_dot("unescaped-dot", "https://ahb.test.example:444")]
#[case::name_behind("prefix-without-dot", "https://a.b.test.examplex1.example")]
#[case::on_both_sides("substring", "https://x1.a.b.test.example.x2.example")]
#[case::letter_before_domain("inner-dot", "https://a.bhtest.example:444")]
#[case::last_letter("cut-short", "https://a.b.test.exampl")]
#[case::first_letter("cut-first", "https://est.example:444")]
#[case::hyphen_behind("special-hyphen", "https://a.b.test.example-x1.example")]
#[case::sign("special-quote", "https://a.b.test.example\".x1.example")]
#[case::suffix("public-suffix", "https://x1.example:444")]
#[case::label("same-label", "https://a.x1.example:444")]
#[case::digit("longer-port", "https://a.b.test.example:4441")]
#[case::port("port", "https://a.b.test.example:20001")]
#[case::scheme("scheme", "http://a.b.test.example:444")]
#[case::scheme_below("scheme-below", "http://x1.a.b.test.example:444")]
#[case::below("subdomain", "https://x1.a.b.test.example:444")]
#[case::beside("sibling", "https://x1.test.example:444")]
#[case::www("www", "https://www.a.b.test.example:444")]
#[case::user_name("userinfo", "https://a.b.test.example@x1.example")]
#[case::path("path", "https://x1.example/https://a.b.test.example:444")]
#[case::capitals("capitals", "https://A.B.TEST.EXAMPLE:444")]
fn an_audit_asks_with_fresh_names(#[case] name: &str, #[case] expected: &str) {
    let trusted = Trusted {
        scheme: "https",
        host: "a.b.test.example",
        port: Some(444),
        registered: Registered::Domain("test.example"),
    };
    let family = NearMiss::of_audit(name).unwrap();
    let found = family.resembling(&trusted, &mut Asker::Audit(&mut Counted::default()));
    assert_eq!(found.as_deref(), Some(expected));
}

#[rstest]
#[case::address_has_no_names("subdomain", "https", "127.0.0.1", Registered::Nothing)]
#[case::address_has_no_case("capitals", "https", "127.0.0.1", Registered::Nothing)]
#[case::default_port_is_not_named("longer-port", "https", "a.test", Registered::Domain("a.test"))]
#[case::plain_already("scheme", "http", "a.test", Registered::Domain("a.test"))]
#[case::local_pages_are_plain("scheme", "https", "localhost", Registered::Nothing)]
#[case::nothing_before_the_domain("domain-suffix", "https", "a.test", Registered::Domain("a.test"))]
#[case::www_is_the_domain("www", "https", "www.test", Registered::Domain("www.test"))]
#[case::no_second_dot("inner-dot", "https", "b.a.test", Registered::Domain("a.test"))]
#[case::no_name_is_left("cut-first", "https", "a.test", Registered::Domain("a.test"))]
fn an_audit_leaves_out_what_would_show_nothing(
    #[case] name: &str,
    #[case] scheme: &str,
    #[case] host: &str,
    #[case] registered: Registered<'_>,
) {
    let trusted = Trusted {
        scheme,
        host,
        port: None,
        registered,
    };
    let family = NearMiss::of_audit(name).unwrap();
    let found = family.resembling(&trusted, &mut Asker::Audit(&mut Counted::default()));
    assert_eq!(found, None);
}
