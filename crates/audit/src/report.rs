//! What an audit found, for programs and for people.

mod text;

use std::borrow::Cow;

use crosscheck_oracle::{HeaderList, OutgoingRequest, Response};
use crosscheck_report::{printable::clip, secret::Secrets};
use crosscheck_vectors::{
    load::Suite,
    policy::{Listing, Policy},
};
use serde::{Deserialize, Serialize};
pub use text::render;

use super::{
    ask::{Exchange, Place},
    class::class,
    compare::{Difference, Direction},
    learn::Learnt,
    weakness::{Fact, Judgement, Weakness, meant_header},
};

/// Exchanges that are shown with one finding.
const MOST_EVIDENCE: usize = 4;

/// The longest line of an exchange that is shown, in characters.
const LONGEST_LINE: usize = 300;

/// What came of one URL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Audit {
    /// The URL, as it was given.
    pub url: String,
    /// What was found, or why nothing was.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What was found, or why nothing was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It was judged.
    Judged(Box<Findings>),
    /// It could not be.
    NotJudged {
        /// Why.
        error: String,
    },
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// How many requests were sent.
    pub requests: usize,
    /// What it grants, as a policy.
    pub grants: Policy,
    /// The status of the resource, if all that was seen of it are errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_status: Option<u16>,
    /// What it does wrong, the worst first.
    pub weaknesses: Vec<ShownWeakness>,
    /// What it grants beyond the given policy.
    pub over_grants: Vec<ShownFact>,
    /// What it withholds of the given policy.
    pub under_grants: Vec<ShownFact>,
    /// What else is worth knowing.
    pub facts: Vec<ShownFact>,
    /// Why less was asked than could be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_short: Option<String>,
}

/// A weakness, with all that it takes to do something about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownWeakness {
    /// Its class.
    pub class: String,
    /// `high`, `medium` or `low`.
    pub severity: String,
    /// The class in a few words.
    pub title: String,
    /// What was seen.
    pub seen: Vec<String>,
    /// Who is hurt, and how.
    pub effect: String,
    /// The likely fix.
    pub fix: String,
    /// Its number in the Common Weakness Enumeration.
    pub cwe: String,
    /// Published vulnerabilities of its class.
    pub cves: Vec<String>,
    /// Where to read on.
    pub links: Vec<String>,
    /// What a browser did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ShownProof>,
    /// Exchanges that show it.
    pub evidence: Vec<ShownExchange>,
}

/// What a page in a real browser got.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownProof {
    /// The browser.
    pub browser: String,
    /// The page's origin; `null` for a sandboxed frame.
    pub origin: String,
    /// The credentials mode of its `fetch()`.
    pub credentials: String,
    /// Whether it read the answer.
    pub read: bool,
    /// What the browser said.
    pub said: String,
}

/// Something seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownFact {
    /// Its class, if it has one.
    pub class: Option<String>,
    /// What was seen.
    pub seen: String,
    /// Exchanges that show it.
    pub evidence: Vec<ShownExchange>,
}

/// A request and its answer, as far as they matter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShownExchange {
    /// The request's lines.
    pub request: Vec<String>,
    /// The answer's lines.
    pub answer: Vec<String>,
}

impl Audit {
    /// One that came to nothing.
    pub fn not_judged(url: impl Into<String>, error: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            outcome: Outcome::NotJudged {
                error: error.into(),
            },
        }
    }

    /// What was found, if it was judged.
    pub fn findings(&self) -> Option<&Findings> {
        match &self.outcome {
            Outcome::Judged(findings) => Some(findings),
            Outcome::NotJudged { .. } => None,
        }
    }

    /// How much is wrong; none if nobody knows: it was not judged, or only in part and nothing found.
    pub fn n_wrong(&self) -> Option<usize> {
        let found = self.findings()?;
        let n_wrong = found.weaknesses.len() + found.over_grants.len() + found.under_grants.len();
        (n_wrong > 0 || found.cut_short.is_none()).then_some(n_wrong)
    }
}

/// Makes findings presentable.
#[derive(Debug)]
pub struct Presenter<'a> {
    /// The classes.
    pub suite: &'a Suite,
    /// What must not be shown.
    pub secrets: &'a Secrets,
}

impl Presenter<'_> {
    /// What was learnt and made of it.
    pub fn findings(
        &self,
        learnt: &Learnt,
        grants: Policy,
        judgement: &Judgement,
        differences: &[Difference],
    ) -> Findings {
        let differing = |direction| {
            let chosen = differences
                .iter()
                .filter(move |found| found.direction == direction);
            chosen.map(|found| ShownFact {
                class: Some(found.class.to_owned()),
                seen: self.conceal(&found.seen),
                evidence: self.evidence(learnt, &found.evidence),
            })
        };
        Findings {
            requests: learnt.exchanges.len(),
            grants: self.policy(grants),
            error_status: learnt.error_status(),
            weaknesses: judgement
                .weaknesses
                .iter()
                .map(|weakness| self.weakness(learnt, weakness))
                .collect(),
            over_grants: differing(Direction::Over).collect(),
            under_grants: differing(Direction::Under).collect(),
            facts: judgement
                .facts
                .iter()
                .map(|fact| self.fact(learnt, fact))
                .collect(),
            cut_short: learnt
                .silence
                .as_ref()
                .map(|silence| self.conceal(&silence.to_string())),
        }
    }

    fn weakness(&self, learnt: &Learnt, weakness: &Weakness) -> ShownWeakness {
        let class = class(self.suite, weakness.class)
            .expect("a test looks up the classes of all that can be found");
        ShownWeakness {
            class: weakness.class.to_owned(),
            severity: weakness.severity.word().to_owned(),
            title: class.flag.title,
            seen: weakness
                .seen
                .iter()
                .map(|seen| self.conceal(seen))
                .collect(),
            effect: class.flag.effect,
            fix: class.fix.to_owned(),
            cwe: format!("CWE-{}", class.cwe),
            cves: class.flag.cves,
            links: class.flag.links,
            proof: None,
            evidence: self.evidence(learnt, &weakness.evidence),
        }
    }

    fn fact(&self, learnt: &Learnt, fact: &Fact) -> ShownFact {
        ShownFact {
            class: fact.class.map(str::to_owned),
            seen: self.conceal(&fact.seen),
            evidence: self.evidence(learnt, &fact.evidence),
        }
    }

    fn evidence(&self, learnt: &Learnt, places: &[Place]) -> Vec<ShownExchange> {
        let exchanges = places
            .iter()
            .filter_map(|place| learnt.exchanges.get(*place));
        exchanges
            .take(MOST_EVIDENCE)
            .map(|exchange| self.exchange(exchange))
            .collect()
    }

    fn exchange(&self, exchange: &Exchange) -> ShownExchange {
        let shown = |lines: Vec<String>| lines.iter().map(|line| self.conceal(line)).collect();
        ShownExchange {
            request: shown(request_lines(&exchange.request)),
            answer: match &exchange.answer {
                Ok(answer) => shown(answer_lines(answer)),
                Err(why) => shown(vec![why.clone()]),
            },
        }
    }

    /// `policy`, whose names may be what a server sent back, without what is private.
    fn policy(&self, policy: Policy) -> Policy {
        let names = |listing: Listing<String>| match listing {
            Listing::Any => Listing::Any,
            Listing::Listed(names) => {
                let names = names.iter().map(|name| self.secrets.conceal(name));
                Listing::Listed(names.map(Cow::into_owned).collect())
            }
        };
        Policy {
            methods: names(policy.methods),
            request_headers: names(policy.request_headers),
            response_headers: names(policy.response_headers),
            ..policy
        }
    }

    /// `text` on one line of bounded length, without what is private.
    pub fn conceal(&self, text: &str) -> String {
        clip(&self.secrets.conceal(text), LONGEST_LINE)
    }
}

/// The first line, and the headers that CORS is about.
fn request_lines(request: &OutgoingRequest) -> Vec<String> {
    let target = &request.url[url::Position::BeforePath..url::Position::AfterQuery];
    let first = format!("{} {target}", request.method.escape_ascii());
    let matters = |name: &[u8]| {
        let name = name.to_ascii_lowercase();
        matches!(
            &*name,
            b"origin" | b"x-origin" | b"cookie" | b"if-none-match"
        ) || name.starts_with(b"access-control-request-")
    };
    std::iter::once(first)
        .chain(lines(&request.headers, matters))
        .collect()
}

/// The status, and the headers that CORS is about.
fn answer_lines(answer: &Response) -> Vec<String> {
    let matters = |name: &[u8]| {
        let name = name.to_ascii_lowercase();
        matches!(
            &*name,
            b"vary" | b"location" | b"cache-control" | b"www-authenticate"
        ) || name.starts_with(b"access-control-")
            || meant_header(&name).is_some()
    };
    let first = format!("HTTP {}", answer.status);
    std::iter::once(first)
        .chain(lines(&answer.headers, matters))
        .collect()
}

fn lines<'a>(
    headers: &'a HeaderList,
    matters: impl Fn(&[u8]) -> bool + 'a,
) -> impl Iterator<Item = String> + 'a {
    let chosen = headers.iter().filter(move |(name, _)| matters(name));
    chosen.map(|(name, value)| format!("{}: {}", name.escape_ascii(), value.escape_ascii()))
}
