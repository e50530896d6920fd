//! Where everything in a diagram goes.

use std::collections::BTreeSet;

use crosscheck_vectors::{client::Api, vector::VectorStep};

use super::{
    Diagram, Ending, Item, Lane, Unsent,
    exchange::{Named, fitted, split},
    message::{Message, Messages},
};
use crate::{
    observation::{Exchange, Observation},
    printable::escaped,
    words::counted,
};

/// Where the page's lifeline is.
const PAGE_X: usize = 110;
/// Below the names of the lifelines.
const TOP: usize = 66;
/// From one line of text to the next.
const LINE: usize = 17;
/// How wide a character is, in tenths.
const CHARACTER: usize = 75;
/// The longest name of a lifeline, in characters.
const LONGEST_NAME: usize = 27;
/// How many equal exchanges in a row are drawn one by one.
const MOST_EQUAL: usize = 3;
/// How many different exchanges of one step are drawn.
const MOST_EXCHANGES: usize = 12;

/// A diagram that grows downwards.
#[derive(Debug)]
pub(super) struct Layout {
    lanes: Vec<Lane>,
    /// Between two lifelines.
    gap: usize,
    /// Whether all steps are those of one page.
    has_one_page: bool,
    items: Vec<Item>,
    account: Vec<String>,
    y: usize,
}

impl Layout {
    /// Makes room for what was seen of `steps`, whose calls go to `addresses`.
    pub(super) fn new(
        steps: &[VectorStep],
        addresses: &[String],
        observations: &[Observation],
    ) -> Self {
        let origins: BTreeSet<_> = steps.iter().map(|step| &step.client.origin).collect();
        let has_one_page = origins.len() < 2;
        let page = match steps.first() {
            _ if !has_one_page => ("pages", "one after the other".to_owned()),
            Some(step) => page(step),
            None => ("page", String::new()),
        };
        let servers = servers(addresses, observations);
        let gap = match servers.len() {
            0 | 1 => 520,
            2 => 340,
            _ => 290,
        };
        let servers = servers
            .into_iter()
            .map(|origin| ("server", origin.to_owned()));
        let lane = |(index, (role, name)): (usize, (&'static str, String))| Lane {
            x: PAGE_X + index * gap,
            role,
            name: fitted(&name, LONGEST_NAME),
        };
        Self {
            lanes: [page]
                .into_iter()
                .chain(servers)
                .enumerate()
                .map(lane)
                .collect(),
            gap,
            has_one_page,
            items: Vec::new(),
            account: Vec::new(),
            y: TOP,
        }
    }

    /// How many characters fit between the page and the lifeline at `x`.
    fn limit(x: usize) -> usize {
        (x - PAGE_X - 30) * 10 / CHARACTER
    }

    /// The last lifeline.
    fn end(&self) -> usize {
        PAGE_X + self.gap * (self.lanes.len() - 1)
    }

    fn lane_of(&self, origin: &str) -> usize {
        let origin = fitted(origin, LONGEST_NAME);
        let mut servers = self.lanes.iter().skip(1);
        let found = servers.find(|lane| lane.name == origin);
        found.map_or(PAGE_X + self.gap, |lane| lane.x)
    }

    fn text(&mut self, class: &'static str, x: usize, text: impl Into<String>) {
        self.items.push(Item::Text {
            class,
            x,
            y: self.y,
            text: text.into(),
        });
    }

    fn say(&mut self, sentence: String) {
        self.account.push(sentence);
    }

    /// Begins a step of several.
    pub(super) fn step(&mut self, index: usize, step: &VectorStep) {
        if index > 0 {
            self.y += 14;
            self.items.push(Item::Rule { y: self.y });
        }
        self.y += 22;
        let wait = match step.client.after_ms {
            0 => String::new(),
            after_ms => format!(", {after_ms} ms later"),
        };
        let who = if self.has_one_page {
            String::new()
        } else {
            let (role, name) = page(step);
            format!(", {role}: {name}")
        };
        let text = format!("step {}{wait}{who}", index + 1);
        let text = fitted(&text, Self::limit(self.end()));
        self.text("step", PAGE_X + 16, text.clone());
        self.say(format!("{text}:"));
    }

    /// Draws requests and their answers, equal ones in a row only once.
    pub(super) fn exchanges(&mut self, exchanges: &[Exchange], named: &Named) {
        let describe = |exchange: &Exchange| {
            let lane = self.lane_of(split(&exchange.request.url).0);
            Messages::of(exchange, named, Self::limit(lane))
        };
        let all: Vec<_> = exchanges.iter().map(describe).collect();
        let runs: Vec<_> = all.chunk_by(|a, b| a == b).collect();
        for run in runs.iter().take(MOST_EXCHANGES) {
            let n_drawn = if run.len() > MOST_EQUAL { 1 } else { run.len() };
            for messages in run.iter().take(n_drawn) {
                self.messages(messages);
            }
            self.left_out("the same again,", run.len() - n_drawn);
        }
        let rest = runs.iter().skip(MOST_EXCHANGES);
        self.left_out("and more:", rest.map(|run| run.len()).sum());
    }

    /// Says that exchanges are not drawn.
    fn left_out(&mut self, words: &str, n: usize) {
        if n == 0 {
            return;
        }
        self.y += 32;
        let text = format!("⋮ {words} {}", counted(n, "exchange", "exchanges"));
        self.text("muted", PAGE_X + 16, text.clone());
        self.say(format!("{text}."));
    }

    fn messages(&mut self, messages: &Messages) {
        let server = self.lane_of(&messages.origin);
        self.say(format!(
            "{} to {}.",
            messages.request.start, messages.origin
        ));
        self.message(messages.class, PAGE_X, server, &messages.request);
        let arrived = self.y;
        if let Some(answer) = &messages.answer {
            self.say(format!("The answer is {}.", answer.start));
            self.message("answer", server, PAGE_X, answer);
        } else {
            self.y += 26;
            self.text("muted", PAGE_X + 16, "no answer: the connection ends");
            self.say("There is no answer.".to_owned());
        }
        if messages.ran {
            self.items.push(Item::Activity {
                x: server - 4,
                y: arrived - 2,
                height: 22,
            });
        }
    }

    /// Draws an arrow with its start above it and its headers below.
    fn message(&mut self, class: &'static str, from: usize, to: usize, message: &Message) {
        let x = from.min(to) + 16;
        self.y += 32;
        self.text("start", x, message.start.clone());
        self.y += 8;
        self.items.push(Item::Arrow {
            class,
            from,
            to,
            y: self.y,
            head: head(from, to, self.y),
        });
        for header in &message.headers {
            self.y += LINE;
            self.text("header", x, header.clone());
        }
    }

    /// Draws a request that stays with the page.
    pub(super) fn never_sent(&mut self, unsent: &Unsent<'_>) {
        let (_, path) = split(unsent.url);
        let method = escaped(unsent.method.as_bytes());
        let text = format!("{method} {path} {}", unsent.what);
        let text = fitted(&text, Self::limit(self.end()));
        self.y += 30;
        self.text("muted", PAGE_X + 16, text.clone());
        self.y += 8;
        let to = PAGE_X + 40 + text.chars().count() * CHARACTER / 10;
        self.items.push(Item::Arrow {
            class: "ghost",
            from: PAGE_X,
            to,
            y: self.y,
            head: cross(to, self.y),
        });
        self.say(format!("{text}."));
    }

    /// Draws where the browser stops or hands over.
    pub(super) fn stop(&mut self, ending: &Ending, wrong: Option<String>) {
        self.y += 34;
        let class = if wrong.is_some() { "wrong" } else { "right" };
        self.items.push(Item::Stop {
            class,
            y: self.y,
            symbol: ending.symbol,
        });
        self.say(format!("In the end {}.", ending.text));
        let text = fitted(&ending.text, Self::limit(self.end()));
        self.text(class, PAGE_X + 22, text);
        if let Some(wrong) = wrong {
            self.y += LINE;
            self.text("wrong", PAGE_X + 22, wrong.clone());
            self.say(format!("{wrong}."));
        }
    }

    pub(super) fn finish(self) -> Diagram {
        Diagram {
            width: PAGE_X + self.end(),
            height: self.y + 26,
            lanes: self.lanes,
            items: self.items,
            account: self.account,
        }
    }
}

/// The page that makes a step's call: its role and its origin.
fn page(step: &VectorStep) -> (&'static str, String) {
    match (step.client.api, step.client.origin.as_deref()) {
        (Api::Raw, _) => ("client", "no browser".to_owned()),
        (_, Some("null")) => ("page", "opaque origin".to_owned()),
        (_, Some("same-origin")) => ("page", "the same origin".to_owned()),
        (_, origin) => ("page", origin.unwrap_or_default().to_owned()),
    }
}

/// The origins that were sent something, and those that the page only meant to; at least one.
fn servers<'a>(addresses: &'a [String], observations: &'a [Observation]) -> Vec<&'a str> {
    let mut servers: Vec<&str> = Vec::new();
    let meant = addresses
        .iter()
        .zip(observations)
        .flat_map(|(address, seen)| {
            let sent = seen.exchanges.iter().map(|exchange| &exchange.request.url);
            let first = seen.exchanges.is_empty().then_some(address);
            first.into_iter().chain(sent)
        });
    for url in meant {
        let (origin, _) = split(url);
        if !servers.contains(&origin) {
            servers.push(origin);
        }
    }
    if servers.is_empty() {
        servers.push("");
    }
    servers
}

/// The points of an arrow head.
fn head(from: usize, to: usize, y: usize) -> String {
    let back = if from < to { to - 9 } else { to + 9 };
    format!("{to},{y} {back},{} {back},{}", y - 5, y + 5)
}

/// A small cross where an arrow is stopped.
fn cross(x: usize, y: usize) -> String {
    let (left, right, top, bottom) = (x - 5, x + 5, y - 5, y + 5);
    format!("{left},{top} {right},{bottom} {x},{y} {left},{bottom} {right},{top} {x},{y}")
}
