use std::collections::{BTreeMap, BTreeSet};

use crosscheck_vectors::catalogue::{Accounted, Concepts, Flags, Requirements, Source};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Catalogue, Context, Page, Pages};
use crate::{
    fixture,
    overview::Overview,
    results::{Results, VectorResult},
    verdict::Verdict,
};

fn part<T: DeserializeOwned>(name: &str) -> T {
    let catalogue: Value =
        serde_json::from_str(include_str!("../../tests/data/catalogue.json")).unwrap();
    serde_json::from_value(catalogue[name].clone()).unwrap()
}

fn pages(results: &Results, previous: Option<&Results>) -> Vec<Page> {
    let requirements: Requirements = part("requirements");
    let concepts: Concepts = part("concepts");
    let flags: Flags = part("flags");
    let accounted: Vec<Accounted> = part("accounted");
    let topics = BTreeMap::from([("server/origin".to_owned(), "Who may read".to_owned())]);
    let catalogue = Catalogue {
        requirements: &requirements,
        concepts: &concepts,
        flags: &flags,
        accounted: &accounted,
        topics: &topics,
    };
    drawn(results, previous, catalogue)
}

/// All pages, those of vectors last.
fn drawn(results: &Results, previous: Option<&Results>, catalogue: Catalogue<'_>) -> Vec<Page> {
    let (overview, previous) = (held(results), previous.map(held));
    let mut pages = Pages::new(&overview, catalogue);
    let vectors: Vec<_> = results.vectors.iter().map(|v| pages.vector(v)).collect();
    pages.of_run(previous.as_ref()).chain(vectors).collect()
}

/// What is held of `results` in memory.
fn held(results: &Results) -> Overview {
    serde_json::from_value(serde_json::to_value(results).unwrap()).unwrap()
}

fn page<'a>(pages: &'a [Page], path: &str) -> &'a str {
    &pages.iter().find(|page| page.path == path).unwrap().content
}

fn html(pages: &[Page]) -> impl Iterator<Item = &Page> {
    pages
        .iter()
        .filter(|page| page.content.starts_with("<!doctype html>"))
}

/// The values of an attribute, in order.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn the_page_of_an_over_grant() {
    let pages = pages(&fixture::results(), None);
    insta::assert_snapshot!(page(&pages, "v/server/origin/suffix-trick.html"));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let results = fixture::results();
    assert_eq!(pages(&results, None), pages(&results, None));
}

#[test]
fn every_link_leads_to_a_page_or_to_the_web() {
    let pages = pages(&fixture::results(), None);
    let paths: BTreeSet<_> = pages.iter().map(|page| page.path.as_str()).collect();
    assert_eq!(paths.len(), pages.len());
    for page in html(&pages) {
        let folder: Vec<_> = page.path.split('/').rev().skip(1).collect();
        let links = attributes(&page.content, "href");
        let links = links.into_iter().chain(attributes(&page.content, "src"));
        for link in links {
            let (target, fragment) = link.split_once('#').unwrap_or((link, ""));
            if target.starts_with("https://") {
                continue;
            }
            let up = target.matches("../").count();
            assert!(
                target.is_empty() || up == folder.len(),
                "{link} in {}",
                page.path
            );
            let target = target.trim_start_matches("../");
            let target = if target.is_empty() {
                &page.path
            } else {
                target
            };
            if target == "results.json" {
                // What all is made from stands beside the first page.
                assert_eq!(page.path, "index.html");
                continue;
            }
            assert!(paths.contains(target), "{link} in {}", page.path);
            let there = &pages
                .iter()
                .find(|page| page.path == target)
                .unwrap()
                .content;
            let ids = attributes(there, "id");
            assert!(
                fragment.is_empty() || ids.contains(&fragment),
                "{link} in {}",
                page.path
            );
        }
    }
}

#[test]
fn ids_are_unique_on_each_page() {
    for page in pages(&fixture::results(), None) {
        let ids = attributes(&page.content, "id");
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{}", page.path);
    }
}

#[test]
fn nothing_hostile_becomes_markup() {
    let evil = "</title></svg><script>alert(1)</script><img src=x onerror=alert(2)>\" onload=\"x";
    let mut results = fixture::results();
    results.subject.name = evil.to_owned();
    results.subject.fault = Some(evil.to_owned());
    results.stale[0].problem = evil.to_owned();
    for result in &mut results.vectors {
        result.vector.title = evil.to_owned();
        result.vector.why = format!("`{evil}`");
        result.vector.flags.push(evil.to_owned());
        result.vector.requirements.push(evil.to_owned());
        result.vector.steps[0].client.url = Some(evil.to_owned());
        for leg in &mut result.legs {
            leg.note = Some(evil.to_owned());
            for mismatch in &mut leg.mismatches {
                mismatch.observed = evil.to_owned();
            }
            for seen in &mut leg.observations {
                seen.detail = Some(evil.to_owned());
                seen.reasons = vec![evil.to_owned()];
                for line in &mut seen.trace {
                    line.text = evil.to_owned();
                    line.anchor = evil.to_owned();
                }
                for exchange in &mut seen.exchanges {
                    exchange.request.url = evil.to_owned();
                    exchange.request.method = evil.into();
                    exchange.request.headers.push((evil.into(), evil.into()));
                    exchange.request.body = evil.into();
                }
            }
        }
    }
    for page in html(&pages(&results, Some(&fixture::results()))) {
        let (path, content) = (&page.path, &page.content);
        let n_scripts = content.matches("<script").count();
        assert_eq!(n_scripts, usize::from(path == "index.html"), "{path}");
        for markup in [
            "<img",
            "onerror=alert(2)>",
            "\" onload=",
            "</title></svg>",
            " style=",
        ] {
            assert!(!content.contains(markup), "{markup} in {path}");
        }
        assert!(content.contains("Content-Security-Policy"));
    }
}

#[test]
fn what_a_subject_sends_is_of_limited_length() {
    let mut results = fixture::results();
    let long = "x".repeat(1_000_000);
    for result in &mut results.vectors {
        for leg in &mut result.legs {
            for seen in &mut leg.observations {
                for exchange in &mut seen.exchanges {
                    let headers = &mut exchange.request.headers;
                    headers
                        .extend((0..2000).map(|_| ("X-A".into(), "y".repeat(50).as_str().into())));
                    exchange.request.body = long.as_str().into();
                    if let Some(response) = &mut exchange.response {
                        response.body = long.as_str().into();
                        response.headers.push(("Vary".into(), long.as_str().into()));
                    }
                }
            }
        }
    }
    for page in pages(&results, None) {
        assert!(
            page.content.len() < 120_000,
            "{}: {}",
            page.path,
            page.content.len()
        );
    }
}

#[test]
fn a_diagram_shows_where_the_browser_stopped() {
    let pages = pages(&fixture::results(), None);
    let blocked = page(&pages, "v/server/preflight/header-name-case.html");
    assert!(blocked.contains("POST /echo is never sent"));
    assert!(blocked.contains("blocked here: preflight/cors-check/missing-origin"));
    let granted = page(&pages, "v/server/preflight/put-json.html");
    assert!(granted.contains("the page reads the answer, status 200"));
    assert!(!granted.contains("is never sent"));
    let refused = page(&pages, "v/browser/methods/api/forbidden-method.html");
    assert!(refused.contains("TRACE /data is refused before anything is sent"));
}

#[test]
fn a_link_of_a_weakness_class_leads_to_the_web_only() {
    let requirements: Requirements = part("requirements");
    let concepts: Concepts = part("concepts");
    let mut flags: Flags = part("flags");
    for flag in &mut flags.flags {
        flag.links = vec!["javascript:alert(1)".to_owned()];
    }
    let catalogue = Catalogue {
        requirements: &requirements,
        concepts: &concepts,
        flags: &flags,
        accounted: &[],
        topics: &BTreeMap::new(),
    };
    for page in drawn(&fixture::results(), None, catalogue) {
        assert!(!page.content.contains("javascript:"), "{}", page.path);
    }
}

#[test]
fn the_first_page_tells_what_changed_and_what_was_not_judged() {
    let mut previous = fixture::results();
    let vector = &mut previous.vectors;
    let changed = vector
        .iter_mut()
        .find(|v| v.id.as_str() == "server/origin/suffix-trick");
    changed.unwrap().verdict = Verdict::Passed;
    let results = fixture::results();
    let without = pages(&results, None);
    assert!(page(&without, "index.html").contains("There is no earlier run"));
    let same = pages(&results, Some(&results));
    assert!(page(&same, "index.html").contains(": nothing."));
    let with = pages(&results, Some(&previous));
    let index = page(&with, "index.html");
    assert!(index.contains("<summary>1 new failure</summary>"));
    assert!(index.contains("the subject cannot do <code>routes.redirect</code>"));
    assert!(index.contains("Who may read"));
}

#[test]
fn coverage_lists_what_no_vector_reaches() {
    let pages = pages(&fixture::results(), None);
    let coverage = page(&pages, "coverage.html");
    let uncovered = coverage
        .find("id=\"server/config/refuses-insane\"")
        .unwrap();
    let accounted = coverage
        .find("id=\"fetch/beacon/keepalive-quota\"")
        .unwrap();
    let covered = coverage.find("id=\"fetch/method/forbidden\"").unwrap();
    assert!(uncovered < accounted && accounted < covered);
    assert!(coverage.contains("Not tested: the limit is shared"));
}

#[test]
fn a_source_leads_to_an_anchor_that_its_document_has() {
    let source = |key: &str| Source {
        key: key.to_owned(),
        title: String::new(),
        version: String::new(),
        url: format!("https://{key}.example/"),
    };
    let requirements = Requirements {
        sources: ["fetch", "rfc9110", "w3c-cors"].map(source).into(),
        requirements: Vec::new(),
    };
    let catalogue = Catalogue {
        requirements: &requirements,
        concepts: &part("concepts"),
        flags: &part("flags"),
        accounted: &[],
        topics: &BTreeMap::new(),
    };
    let overview = fixture::overview();
    let context = Context::new(&overview, catalogue);
    let address = |source| context.address(source).unwrap_or_default();
    assert_eq!(
        address("fetch#cors-check"),
        "https://fetch.example/#cors-check"
    );
    assert_eq!(address("fetch"), "https://fetch.example/");
    assert_eq!(
        address("rfc9110#12.5.5"),
        "https://rfc9110.example/#section-12.5.5"
    );
    assert_eq!(address("w3c-cors#6.2-3"), "https://w3c-cors.example/");
    assert_eq!(address("unknown#a"), "");
}

/// The page of the first vector that was sent something, after `change`.
fn page_after(change: impl Fn(&mut VectorResult)) -> String {
    let mut results = fixture::results();
    let path = "v/server/preflight/put-json.html";
    let found = results.vectors.iter_mut();
    let mut found = found.filter(|vector| super::place(&vector.id) == path);
    change(found.next().unwrap());
    page(&pages(&results, None), path).to_owned()
}

#[test]
fn equal_exchanges_in_a_row_are_drawn_once() {
    let repeated = |n: usize| {
        page_after(|vector| {
            for leg in &mut vector.legs {
                let exchanges = &mut leg.observations[0].exchanges;
                let last = exchanges.last().unwrap().clone();
                *exchanges = vec![last; n];
            }
        })
    };
    assert!(!repeated(3).contains("the same again"));
    assert!(repeated(20).contains("the same again, 19 exchanges"));
    assert!(repeated(20).len() < repeated(3).len() + 40_000);
}

#[test]
fn pages_of_several_origins_are_told_apart() {
    let html = page_after(|vector| {
        let mut second = vector.vector.steps[0].clone();
        second.client.origin = Some("https://second.example".to_owned());
        vector.vector.steps.push(second);
        for leg in &mut vector.legs {
            let again = leg.observations[0].clone();
            leg.observations.push(again);
        }
    });
    assert!(html.contains("step 2, page: https://second.example"));
    assert!(html.contains("one after the other"));
}

#[test]
fn every_vector_is_listed_under_its_topic() {
    let results = fixture::results();
    let pages = pages(&results, None);
    let index = page(&pages, "index.html");
    let all = index.split_once("id=\"all\"").unwrap().1;
    for vector in &results.vectors {
        let link = format!("href=\"v/{}.html\"", vector.id);
        assert_eq!(all.matches(&link).count(), 1, "{}", vector.id);
        let topic = super::parts::topic_anchor(vector.id.topic());
        assert!(all.contains(&format!("id=\"{topic}\"")), "{topic}");
    }
}

#[test]
fn the_first_page_says_what_the_failures_point_to() {
    let results = fixture::results();
    let with = pages(&results, None);
    let index = page(&with, "index.html");
    let failing = results.vectors.iter().filter(|v| v.verdict.is_failure());
    let flags: BTreeSet<_> = failing.flat_map(|v| &v.vector.flags).collect();
    let known: Flags = part("flags");
    let mut n_known = 0;
    for flag in known.flags {
        let button = format!("data-query=\"{}\"", flag.id);
        assert_eq!(
            index.contains(&button),
            flags.contains(&flag.id),
            "{}",
            flag.id
        );
        n_known += usize::from(flags.contains(&flag.id));
    }
    assert!(n_known > 0);
    let mut sane = results;
    for vector in &mut sane.vectors {
        vector.verdict = Verdict::Passed;
    }
    assert!(!page(&pages(&sane, None), "index.html").contains("What the failures point to"));
}
