use std::collections::{BTreeMap, BTreeSet};

use crosscheck_vectors::vector::VectorId;

use super::gallery;
use crate::{
    fixture::{found, found_leg, results},
    html::Page,
    implementation::Implementation,
    leg::Leg,
    verdict::Verdict::{self, FailedUnderGrant},
};

fn implementation(name: &str) -> Implementation {
    let mut results = results();
    results.subject.name = name.to_owned();
    let mut kept = Implementation::new(&results);
    for vector in &results.vectors {
        kept.add(vector);
    }
    kept
}

/// One in which everything passed that the other one failed.
fn sound() -> Implementation {
    let mut sound = implementation("sound");
    let mut ids: Vec<VectorId> = sound.found.drain(..).map(|found| found.id).collect();
    sound.passed.append(&mut ids);
    sound.passed.sort();
    sound
}

fn page<'a>(pages: &'a [Page], path: &str) -> &'a str {
    &pages.iter().find(|page| page.path == path).unwrap().content
}

#[test]
fn every_cell_leads_to_its_evidence() {
    let pages = gallery(&[implementation("Broken"), sound()], &BTreeMap::new());
    let index = page(&pages, "index.html");
    let evidence = page(&pages, "implementations/broken.html");
    let links: BTreeSet<_> = index
        .split("href=\"implementations/broken.html#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(!links.is_empty());
    for anchor in links {
        assert!(evidence.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
    assert!(!index.contains("sound.html#"));
}

#[test]
fn over_grants_come_first_and_what_nobody_misses_is_left_out() {
    let broken = implementation("broken");
    let pages = gallery(&[broken.clone(), sound()], &BTreeMap::new());
    let index = page(&pages, "index.html");
    let (_, by_vector) = index.split_once("id=\"vectors\"").unwrap();
    let at = |wanted: Verdict| {
        let found = broken.found.iter().find(|found| found.verdict == wanted);
        by_vector.find(found.unwrap().id.as_str()).unwrap()
    };
    assert!(at(Verdict::FailedOverGrant) < at(Verdict::RecommendedMissed));
    for id in &broken.passed {
        assert!(!by_vector.contains(&format!("{id}<")), "{id}");
    }
}

/// Three vectors that fail alike, with their exchanges.
fn failing_alike() -> Implementation {
    let mut kept = implementation("broken");
    let values = [["refused", "1"], ["refused", "22"], ["ended", "333"]];
    let failing = |(n, [observed, exchange]): (usize, [&str; 2])| {
        let legs = [Leg::Wire, Leg::browser("chromium")].map(|leg| {
            let mut leg = found_leg(leg, FailedUnderGrant, &[["outcome", "read", observed]]);
            leg.exchanges = vec![format!("GET /{exchange}"); 3 - n];
            leg
        });
        found(&format!("a/b/{n}"), FailedUnderGrant, legs.to_vec())
    };
    kept.found = values.into_iter().enumerate().map(failing).collect();
    kept
}

#[test]
fn evidence_is_shown_once_and_every_vector_says_what_came_of_it() {
    let pages = gallery(&[failing_alike()], &BTreeMap::new());
    let evidence = page(&pages, "implementations/broken.html");
    assert!(evidence.contains("<section class=\"evidence\" id=\"a-b-2\""));
    assert_eq!(evidence.matches("GET /").count(), 2);
    assert!(evidence.contains("GET /333"));
    for (anchor, observed) in [("a-b-0", "refused"), ("a-b-1", "refused")] {
        let (_, line) = evidence
            .split_once(&format!("<li id=\"{anchor}\""))
            .unwrap();
        let (line, _) = line.split_once("</li>").unwrap();
        let said = format!("outcome: expected read, observed {observed} (wire, chromium)");
        assert!(line.contains(&said), "{line}");
        assert!(line.contains("href=\"#a-b-2\""), "{line}");
    }
}

#[test]
fn a_known_reason_is_told_once_with_its_link_and_leads_to_the_evidence() {
    let mut kept = failing_alike();
    for leg in kept.found.iter_mut().flat_map(|one| &mut one.legs) {
        leg.note = Some("It is `old` — https://bugs.example/1".to_owned());
    }
    let mut otherwise = kept.found[2].clone();
    otherwise.id = VectorId::parse("a/b/3").unwrap();
    otherwise.legs[0].differences[0].field = "status".to_owned();
    kept.found.push(otherwise);
    let pages = gallery(&[kept], &BTreeMap::new());
    let evidence = page(&pages, "implementations/broken.html");
    let (_, causes) = evidence.split_once("id=\"causes\"").unwrap();
    let (causes, _) = causes.split_once("</section>").unwrap();
    assert!(causes.contains("It is <code>old</code> <span class=\"count\">4</span>"));
    assert_eq!(causes.matches("It is").count(), 1);
    assert!(causes.contains("href=\"https://bugs.example/1\""));
    assert_eq!(causes.matches("href=\"#").count(), 2);
    assert!(causes.contains("href=\"#a-b-2\">a/b/2</a> <span class=\"muted\">and 2 like it"));
    assert!(causes.contains("href=\"#a-b-3\">a/b/3</a></li>"));
}

#[test]
fn a_reason_that_leads_nowhere_on_the_web_is_no_link() {
    let mut kept = implementation("broken");
    for leg in kept.found.iter_mut().flat_map(|one| &mut one.legs) {
        leg.note = Some("It is old — javascript:alert(1)".to_owned());
    }
    let pages = gallery(&[kept], &BTreeMap::new());
    let evidence = page(&pages, "implementations/broken.html");
    assert!(evidence.contains("It is old — javascript:alert(1)"));
    assert!(!evidence.contains("href=\"javascript"));
}

#[test]
fn a_stranger_writes_no_html() {
    let mut hostile = implementation("<script>alert(1)</script>");
    hostile.subject.homepage = Some("javascript:alert(1)".to_owned());
    hostile.found[0].title = "<img src=x>".to_owned();
    for leg in hostile.found.iter_mut().flat_map(|found| &mut found.legs) {
        leg.exchanges.push("<b>\u{1b}[2J".to_owned());
    }
    for page in gallery(&[hostile], &BTreeMap::new()) {
        for word in ["<script>", "javascript:", "<img", "<b>", "\u{1b}"] {
            assert!(!page.content.contains(word), "{} has {word}", page.path);
        }
    }
}

#[test]
fn the_order_of_arguments_does_not_matter() {
    let (a, b) = (implementation("a"), implementation("b"));
    let topics = BTreeMap::new();
    assert_eq!(
        gallery(&[a.clone(), b.clone()], &topics),
        gallery(&[b, a], &topics)
    );
}
