//! An audit for people at a terminal.

use std::fmt::Write as _;

use crosscheck_report::text::Colour;

use super::{Audit, Findings, Outcome, ShownExchange, ShownFact, ShownWeakness};

/// `audit` as lines of text.
pub fn render(audit: &Audit, colour: Colour) -> String {
    let mut page = Page {
        text: String::new(),
        colour,
    };
    match &audit.outcome {
        Outcome::NotJudged { error } => {
            page.line(&format!("? {}: not judged: {error}", audit.url));
        }
        Outcome::Judged(findings) => page.findings(&audit.url, findings),
    }
    page.text
}

struct Page {
    text: String,
    colour: Colour,
}

impl Page {
    fn line(&mut self, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn bold(&self, text: &str) -> String {
        match self.colour {
            Colour::Ansi => format!("\x1b[1m{text}\x1b[0m"),
            Colour::Plain => text.to_owned(),
        }
    }

    fn findings(&mut self, url: &str, found: &Findings) {
        let n_weaknesses = found.weaknesses.len();
        let (mark, what) = match (n_weaknesses, &found.cut_short) {
            (0, None) => ("✓", "no weakness".to_owned()),
            (0, Some(_)) => ("?", "no weakness so far".to_owned()),
            (1, _) => ("✗", "1 weakness".to_owned()),
            (n, _) => ("✗", format!("{n} weaknesses")),
        };
        let differing = [
            ("over-grant", &found.over_grants),
            ("under-grant", &found.under_grants),
        ];
        let differing: Vec<_> = differing
            .iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(word, list)| match list.len() {
                1 => format!(", 1 {word}"),
                n => format!(", {n} {word}s"),
            })
            .collect();
        let differing = differing.concat();
        let mark = if differing.is_empty() { mark } else { "✗" };
        let head = format!(
            "{mark} {url}: {what}{differing} ({} requests)",
            found.requests
        );
        let head = self.bold(&head);
        self.line(&head);
        if let Some(why) = &found.cut_short {
            self.line(&format!("  not everything was asked: {why}"));
        }
        for weakness in &found.weaknesses {
            self.weakness(weakness);
        }
        self.facts("▲ over-grant", &found.over_grants);
        self.facts("▼ under-grant", &found.under_grants);
        self.facts("·", &found.facts);
        match found.error_status {
            None => self.line("  it grants:"),
            Some(status) => self.line(&format!("  it grants, to judge by its errors ({status}):")),
        }
        let policy = serde_json::to_string_pretty(&found.grants).unwrap_or_default();
        for line in policy.lines() {
            self.line(&format!("    {line}"));
        }
    }

    fn weakness(&mut self, weakness: &ShownWeakness) {
        let head = format!(
            "  ✗ {} {}: {}",
            weakness.severity, weakness.class, weakness.title
        );
        let head = self.bold(&head);
        self.line(&head);
        for seen in &weakness.seen {
            self.line(&format!("    {seen}"));
        }
        if let Some(proof) = &weakness.proof {
            let sign = if proof.read { "proven" } else { "not proven" };
            self.line(&format!(
                "    {sign}: in {} a page of {} with credentials \"{}\" {}",
                proof.browser, proof.origin, proof.credentials, proof.said
            ));
        }
        for exchange in weakness.evidence.iter().take(2) {
            self.exchange(exchange);
        }
        self.line(&format!("    who is hurt: {}", weakness.effect));
        self.line(&format!("    likely fix: {}", weakness.fix));
        let known = std::iter::once(&weakness.cwe).chain(&weakness.cves);
        let known: Vec<_> = known.map(String::as_str).collect();
        self.line(&format!("    known as: {}", known.join(", ")));
    }

    fn exchange(&mut self, exchange: &ShownExchange) {
        for line in &exchange.request {
            self.line(&format!("      > {line}"));
        }
        for line in &exchange.answer {
            self.line(&format!("      < {line}"));
        }
    }

    fn facts(&mut self, mark: &str, facts: &[ShownFact]) {
        for fact in facts {
            let class = fact.class.as_ref().map(|class| format!(" ({class})"));
            self.line(&format!(
                "  {mark} {}{}",
                fact.seen,
                class.unwrap_or_default()
            ));
        }
    }
}
