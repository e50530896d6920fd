//! Where everything in a diagram goes.

use crosscheck_vectors::{bytes::ByteString, client::Api};

use super::{
    Diagram, Ending, Item, Lane,
    exchange::{decisive, fitted, split},
};
use crate::{
    observation::{Exchange, Observation},
    show::escaped,
};

/// Where the page's lifeline is.
const PAGE_X: usize = 110;
/// Between two lifelines if there is one server, and if there are several.
const GAPS: (usize, usize) = (520, 340);
/// Below the names of the lifelines.
const TOP: usize = 66;
/// From one line of text to the next.
const LINE: usize = 17;
/// How wide a character is, in tenths.
const CHARACTER: usize = 75;

/// A diagram that grows downwards.
#[derive(Debug)]
pub(super) struct Layout {
    lanes: Vec<Lane>,
    gap: usize,
    items: Vec<Item>,
    account: Vec<String>,
    y: usize,
}

impl Layout {
    pub(super) fn new(page: Option<&str>, api: Option<Api>, observations: &[Observation]) -> Self {
        let mut servers: Vec<&str> = Vec::new();
        for exchange in observations.iter().flat_map(|seen| &seen.exchanges) {
            let (origin, _) = split(&exchange.request.url);
            if !servers.contains(&origin) {
                servers.push(origin);
            }
        }
        if servers.is_empty() {
            servers.push("");
        }
        let gap = if servers.len() == 1 { GAPS.0 } else { GAPS.1 };
        let page = match (api, page) {
            (Some(Api::Raw), _) => ("client", "no browser"),
            (_, Some("null")) => ("page", "opaque origin"),
            (_, Some("same-origin")) => ("page", "the same origin"),
            (_, Some(origin)) => ("page", origin),
            (_, None) => ("page", ""),
        };
        let lane = |index: usize, (role, name): (&'static str, &str)| Lane {
            x: PAGE_X + index * gap,
            role,
            name: fitted(name, 27),
        };
        let servers = servers.into_iter().map(|origin| ("server", origin));
        let lanes = [page].into_iter().chain(servers);
        Self {
            lanes: lanes
                .enumerate()
                .map(|(index, names)| lane(index, names))
                .collect(),
            gap,
            items: Vec::new(),
            account: Vec::new(),
            y: TOP,
        }
    }

    /// The widest line between two lifelines, in characters.
    fn limit(&self) -> usize {
        (self.gap - 30) * 10 / CHARACTER
    }

    fn lane_of(&self, url: &str) -> usize {
        let origin = fitted(split(url).0, 27);
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
    pub(super) fn step(&mut self, index: usize, after_ms: u32) {
        if index > 0 {
            self.y += 14;
            self.items.push(Item::Rule { y: self.y });
        }
        self.y += 22;
        let wait = if after_ms > 0 {
            format!(", {after_ms} ms later")
        } else {
            String::new()
        };
        let text = format!("step {}{wait}", index + 1);
        self.text("step", PAGE_X + 16, text.clone());
        self.say(format!("{text}:"));
    }

    /// Draws a request and its answer.
    pub(super) fn exchange(&mut self, exchange: &Exchange) {
        let request = &exchange.request;
        let server = self.lane_of(&request.url);
        let (origin, path) = split(&request.url);
        let (class, word) = if request.is_preflight() {
            ("preflight", "preflight: ")
        } else {
            ("request", "")
        };
        let start = fitted(
            &format!("{word}{} {path}", escaped(request.method.as_bytes())),
            self.limit(),
        );
        let headers = decisive(&request.headers, self.limit());
        self.say(format!("{start} to {origin}."));
        self.message(class, PAGE_X, server, start, headers);
        let arrived = self.y;
        if let Some(response) = &exchange.response {
            let start = response.status.to_string();
            let headers = decisive(&response.headers, self.limit());
            self.say(format!("The answer is {start}."));
            self.message("answer", server, PAGE_X, start, headers);
        } else {
            self.y += 26;
            self.text("muted", PAGE_X + 16, "no answer: the connection ends");
            self.say("There is no answer.".to_owned());
        }
        if exchange.handled == Some(true) {
            self.items.push(Item::Activity {
                x: server - 4,
                y: arrived - 2,
                height: 22,
            });
        }
    }

    /// Draws an arrow with its start above it and its headers below.
    fn message(
        &mut self,
        class: &'static str,
        from: usize,
        to: usize,
        start: String,
        headers: Vec<String>,
    ) {
        let x = from.min(to) + 16;
        self.y += 32;
        self.text("start", x, start);
        self.y += 8;
        self.items.push(Item::Arrow {
            class,
            from,
            to,
            y: self.y,
            head: head(from, to, self.y),
        });
        for header in headers {
            self.y += LINE;
            self.text("header", x, header);
        }
    }

    /// Draws a request that stays with the page.
    pub(super) fn never_sent(&mut self, method: &ByteString, url: &str, what: &str) {
        let (_, path) = split(url);
        let text = fitted(
            &format!("{} {path} {what}", escaped(method.as_bytes())),
            self.limit(),
        );
        self.y += 30;
        self.text("muted", PAGE_X + 16, text.clone());
        self.y += 8;
        self.items.push(Item::Arrow {
            class: "ghost",
            from: PAGE_X,
            to: PAGE_X + self.gap / 3,
            y: self.y,
            head: cross(PAGE_X + self.gap / 3, self.y),
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
        let text = fitted(&ending.text, self.limit());
        self.text(class, PAGE_X + 22, text);
        if let Some(wrong) = wrong {
            self.y += LINE;
            self.text("wrong", PAGE_X + 22, wrong.clone());
            self.say(format!("{wrong}."));
        }
    }

    pub(super) fn finish(self) -> Diagram {
        Diagram {
            width: PAGE_X * 2 + self.gap * (self.lanes.len() - 1),
            height: self.y + 26,
            lanes: self.lanes,
            items: self.items,
            account: self.account,
        }
    }
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
