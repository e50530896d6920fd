//! Learning, with few questions, what a server grants to whom.

mod near;
mod origins;
mod preflights;

use std::collections::BTreeSet;

use crosscheck_oracle::{Origin, Response};
use crosscheck_replay::{drive::Transport, target::Target};
use crosscheck_vectors::policy::{OriginRule, Policy};

use super::{
    ask::{Asker, Exchange, Place, Silence},
    names::Names,
    probe::{Base, Probe, sender, stranger},
    sender::{Permission, Sender, Sharing, Wish},
    vary::varies,
};

/// What is known before anything is asked.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Origins of pages that ought to be trusted.
    pub origins: Vec<String>,
    /// What the operator intends.
    pub policy: Option<Policy>,
}

/// A GET, and what its sender gets to read.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who asked.
    pub sender: Sender,
    /// Where it stands.
    pub at: Place,
    /// What it gets.
    pub sharing: Sharing,
    /// What it may read, if that is an error where others get an answer.
    pub error: Option<Sharing>,
}

/// A member of a family of origins, and if it was granted anything another one.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The family.
    pub probe: &'static Probe,
    /// The origin that they resemble.
    pub base: Base,
    /// The first member.
    pub first: Asked,
    /// The other one.
    pub again: Option<Asked>,
    /// The first one twice more, if the other one was refused.
    pub repeated: Vec<Asked>,
}

impl Tried {
    /// Whether both members were granted something.
    pub fn is_confirmed(&self) -> bool {
        let granted = |asked: &Asked| asked.sharing > Sharing::Withheld;
        granted(&self.first) && self.again.as_ref().is_some_and(granted)
    }
}

/// A preflight, and what it permits.
#[derive(Clone, Debug)]
pub struct Preflighted {
    /// What was odd about it.
    pub twist: Twist,
    /// What it asked for.
    pub wish: Wish,
    /// Where it stands.
    pub at: Place,
    /// What it permits.
    pub permission: Permission,
}

/// What is odd about a preflight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twist {
    /// It comes from a near miss of a trusted origin, of the family with this name.
    Near(&'static str),
    /// It comes from a page with an opaque origin.
    Opaque,
    /// Blanks after the commas of its list of headers.
    Blanks,
    /// A list of headers that is none.
    Garbage,
    /// Nothing: it comes from a page that is trusted.
    None,
    /// It asks for private network access, too.
    PrivateNetwork,
    /// A header that nobody has behind one that is permitted.
    Smuggled,
    /// A list of headers on two lines.
    SplitList,
    /// It comes from a stranger.
    Stranger,
}

/// All that was learnt.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// What was asked.
    pub target: Target,
    /// Every request with its answer, in order.
    pub exchanges: Vec<Exchange>,
    /// The answers to requests without an origin.
    pub baseline: Vec<Place>,
    /// Pages of strangers: what everybody gets.
    pub strangers: Vec<Asked>,
    /// A stranger with a cookie.
    pub with_cookie: Option<Asked>,
    /// The best-trusted page, with a cookie.
    pub trusted_with_cookie: Option<Asked>,
    /// Pages with opaque origins.
    pub null: Vec<Asked>,
    /// Pages that may well be trusted.
    pub candidates: Vec<Asked>,
    /// Which of those have a made-up name below a pattern that was given.
    pub made_up: BTreeSet<String>,
    /// A GET with the `Origin` that the POST of the server's own page has.
    pub own: Option<Asked>,
    /// Near misses and the like.
    pub tried: Vec<Tried>,
    /// Whether near misses of further trusted origins were left out to keep the limit.
    pub left_out: bool,
    /// Text that is no origin at all.
    pub garbage: Option<Asked>,
    /// Two `Origin` lines, the trusted one first.
    pub two_lines: Option<Asked>,
    /// Nobody, with the trusted origin in `X-Origin`.
    pub x_origin: Option<Asked>,
    /// The best-trusted page, in whose name preflights are sent.
    pub trusted: Option<Origin>,
    /// Preflights, and what they permit.
    pub preflights: Vec<Preflighted>,
    /// What a trusted page gets of a missing page below the target.
    pub missing: Option<Asked>,
    /// What a stranger gets of another one.
    pub missing_to_stranger: Option<Asked>,
    /// What a trusted page gets if it asks whether anything changed.
    pub conditional: Option<Asked>,
    /// Why preflights were given up: nothing answers them.
    pub deaf: Option<String>,
    /// Whether a cache stood in the way, and was got round.
    pub behind_cache: bool,
    /// Why less was asked than could be.
    pub silence: Option<Silence>,
}

impl Learnt {
    /// The answer at `place`.
    pub fn answer(&self, place: Place) -> Option<&Response> {
        self.exchanges.get(place)?.answer.as_ref().ok()
    }

    /// The status of the resource, if it is an error even for whoever has no origin.
    pub fn error_status(&self) -> Option<u16> {
        let answer = self.answer(*self.baseline.first()?)?;
        (answer.status >= 400).then_some(answer.status)
    }

    /// What everybody gets.
    pub fn strangers_share(&self) -> Sharing {
        let shares = self.strangers.iter().map(|asked| asked.sharing);
        // Who is refused by one of the servers behind a name may ask again.
        shares.max().unwrap_or(Sharing::Withheld)
    }

    /// The most that any page that may be trusted gets.
    pub fn best_share(&self) -> Sharing {
        let shares = self.candidates.iter().map(|asked| asked.sharing);
        shares.fold(self.strangers_share(), Sharing::max)
    }

    /// The GET of the page in whose name preflights are sent.
    pub fn trusted_ask(&self) -> Option<&Asked> {
        let trusted = self.trusted.as_ref()?.serialize();
        let all = self.candidates.iter().chain(&self.strangers);
        let mut own = all.chain(&self.null);
        own.find(|asked| asked.sender.origin() == Some(trusted))
    }

    /// Preflights with nothing odd about them.
    pub fn plain_preflights(&self) -> impl Iterator<Item = &Preflighted> {
        let is_plain = |asked: &&Preflighted| asked.twist == Twist::None;
        self.preflights.iter().filter(is_plain)
    }
}

/// Asks `target` over `transport`, at most `n_requests` times.
///
/// # Errors
///
/// If it does not answer even the first question.
pub async fn learn(
    target: &Target,
    known: &Known,
    transport: &mut impl Transport,
    n_requests: usize,
    seed: u64,
) -> Result<Learnt, Silence> {
    let mut conversation = Conversation {
        asker: Asker::new(transport, n_requests),
        names: Names::new(seed),
        known,
        learnt: Learnt {
            target: target.clone(),
            exchanges: Vec::new(),
            baseline: Vec::new(),
            strangers: Vec::new(),
            with_cookie: None,
            trusted_with_cookie: None,
            null: Vec::new(),
            candidates: Vec::new(),
            made_up: BTreeSet::new(),
            own: None,
            tried: Vec::new(),
            left_out: false,
            garbage: None,
            two_lines: None,
            x_origin: None,
            trusted: None,
            preflights: Vec::new(),
            missing: None,
            missing_to_stranger: None,
            conditional: None,
            deaf: None,
            behind_cache: false,
            silence: None,
        },
    };
    let ended = conversation.converse().await;
    let Conversation {
        asker, mut learnt, ..
    } = conversation;
    learnt.exchanges = asker.into_exchanges();
    match ended {
        Err(silence) if learnt.baseline.is_empty() => Err(silence),
        ended => {
            learnt.silence = ended.err();
            if let Some(Silence::Unreachable(_)) = learnt.silence {
                // It is not preflights alone that nothing answers.
                learnt.deaf = None;
            }
            Ok(learnt)
        }
    }
}

/// Whether `answer` was kept by a cache that does not tell origins apart.
fn is_from_cache(answer: &Response) -> bool {
    let value = |name: &str| answer.headers.get(name);
    let hit = |value: &[u8]| {
        value
            .to_ascii_lowercase()
            .windows(3)
            .any(|part| part == b"hit")
    };
    let kept = value("age").is_some() || value("x-cache").is_some_and(|value| hit(&value));
    kept && !varies(answer)
}

/// A conversation with one server.
struct Conversation<'a, T> {
    asker: Asker<'a, T>,
    names: Names,
    known: &'a Known,
    learnt: Learnt,
}

impl<T: Transport> Conversation<'_, T> {
    async fn converse(&mut self) -> Result<(), Silence> {
        self.baseline().await?;
        self.strangers().await?;
        if !self.learnt.behind_cache && self.asker.answers().any(is_from_cache) {
            self.learnt.behind_cache = true;
            self.learnt.strangers.clear();
            self.learnt.null.clear();
            self.strangers().await?;
        }
        self.candidates().await?;
        if let Err(silence) = self.trusted_preflights().await {
            self.without_preflights(silence)?;
        }
        self.further_answers().await?;
        self.near_misses().await?;
        if self.learnt.deaf.is_none() {
            self.odd_preflights().await?;
            self.foreign_preflights().await?;
        }
        self.further_near_misses().await?;
        self.still_trusted().await
    }

    /// Goes on with GET if it is only preflights that nothing answers.
    fn without_preflights(&mut self, silence: Silence) -> Result<(), Silence> {
        let Silence::Unreachable(why) = silence else {
            return Err(silence);
        };
        self.asker.forgive();
        self.learnt.deaf = Some(why);
        Ok(())
    }

    async fn baseline(&mut self) -> Result<(), Silence> {
        // A server may just have woken up, so the first question is asked again.
        for _attempt in 0..2 {
            let request = Sender::Nobody.ask(self.learnt.target.url());
            if let Some((place, _)) = self.asker.ask(request).await? {
                self.learnt.baseline.push(place);
                return Ok(());
            }
        }
        Err(Silence::Unreachable(self.asker.last_failure()))
    }

    /// Lets `sender` send its GET, with further headers.
    async fn get(
        &mut self,
        sender: Sender,
        further: &[(&str, &[u8])],
    ) -> Result<Option<Asked>, Silence> {
        let url = if self.learnt.behind_cache {
            self.learnt.target.aside(&self.names.next_name())
        } else {
            self.learnt.target.url().clone()
        };
        let mut request = sender.ask(&url);
        for (name, value) in further {
            request.headers.push(*name, *value);
        }
        let answered = self.asker.ask(request).await?;
        let usual = self.usual_status();
        Ok(answered.map(|(at, response)| {
            let read = sender.sharing(&url, &response);
            // Whoever gets an error in place of an answer is refused, readable or not.
            let refused = response.status >= 400 && usual.is_some_and(|usual| usual < 400);
            Asked {
                sharing: if refused { Sharing::Withheld } else { read },
                error: refused.then_some(read),
                sender,
                at,
            }
        }))
    }

    /// The status of the answer to whoever has no origin.
    fn usual_status(&self) -> Option<u16> {
        let place = self.learnt.baseline.first()?;
        let answer = self.asker.exchange(*place)?.answer.as_ref().ok()?;
        Some(answer.status)
    }

    fn stranger(&mut self) -> Sender {
        let scheme = self.learnt.target.page_scheme();
        sender(&stranger(scheme, &mut self.names))
    }

    /// Origins that were named, as options or in the operator's list.
    fn named(&self) -> Vec<String> {
        let exact = self.rules().iter().filter_map(|rule| match rule {
            OriginRule::Exact(origin) => Some(origin.clone()),
            OriginRule::Null | OriginRule::SubdomainsOf(_) => None,
        });
        self.known.origins.iter().cloned().chain(exact).collect()
    }

    /// The rules of the operator's list.
    fn rules(&self) -> &[OriginRule] {
        let policy = self.known.policy.as_ref();
        policy.map_or(&[], |policy| policy.origins.listed())
    }
}
