//! Which origins may read.

use std::collections::BTreeSet;

use crosscheck_oracle::Origin;
use crosscheck_vectors::policy::OriginRule;

use super::{Asked, Conversation, Tried};
use crate::{
    audit::{
        ask::Silence,
        grants::is_confirmed,
        probe::{Base, NEAR_MISSES, OTHERS, Probe, Proves, sender},
        sender::{Sender, Sharing},
    },
    drive::Transport,
};

impl<T: Transport> Conversation<'_, T> {
    /// What everybody gets, twice if it is anything; and whether a cookie changes that.
    pub(super) async fn strangers(&mut self) -> Result<(), Silence> {
        let stranger = self.stranger();
        let asked = self.get(stranger, &[]).await?;
        let granted = asked.as_ref().is_some_and(is_granted);
        self.learnt.strangers.extend(asked);
        if granted {
            let other = self.stranger();
            let again = self.get(other, &[]).await?;
            self.learnt.strangers.extend(again);
        }
        let stranger = self.stranger();
        self.learnt.with_cookie = self.get(stranger, &[("Cookie", b"crosscheck=1")]).await?;
        let opaque = || Sender::Page(Origin::Opaque(0));
        let asked = self.get(opaque(), &[]).await?;
        let granted = asked.as_ref().is_some_and(is_granted);
        self.learnt.null.extend(asked);
        if granted {
            let again = self.get(opaque(), &[]).await?;
            self.learnt.null.extend(again);
        }
        Ok(())
    }

    /// Pages that may be trusted: those that were named, or else those that are likely.
    pub(super) async fn candidates(&mut self) -> Result<(), Silence> {
        let own = self.learnt.target.own_origin();
        for origin in self.likely() {
            if sender(&origin) == Sender::Page(own.clone()) {
                continue;
            }
            let asked = self.get(sender(&origin), &[]).await?;
            self.learnt.candidates.extend(asked);
        }
        // A page's own GET has no `Origin`, but its POST has, which is not sent here.
        let own = Sender::Forged(own.serialize().to_owned());
        self.learnt.own = self.get(own, &[]).await?;
        let all = self.learnt.candidates.iter().chain(&self.learnt.strangers);
        let pages = all.chain(&self.learnt.null);
        let mut best: Option<&Asked> = None;
        for asked in pages {
            if best.is_none_or(|best| asked.sharing > best.sharing) {
                best = Some(asked);
            }
        }
        self.learnt.trusted = best.and_then(|asked| match &asked.sender {
            Sender::Page(origin) => Some(origin.clone()),
            Sender::Forged(_) | Sender::Nobody => None,
        });
        Ok(())
    }

    fn likely(&mut self) -> Vec<String> {
        let mut origins = self.known.origins.clone();
        for rule in self.rules().to_vec() {
            match rule {
                OriginRule::Exact(origin) => origins.push(origin),
                OriginRule::SubdomainsOf(origin) => {
                    let base = Origin::parse(&origin).ok();
                    let base = base.as_ref().and_then(Base::new);
                    let below = |base: Base| {
                        base.with_host(&format!("{}.{}", self.names.next_name(), base.host))
                    };
                    let made_up = base.map(below);
                    self.learnt.made_up.extend(made_up.clone());
                    origins.extend(made_up);
                    // The domain itself is not below itself.
                    origins.push(origin);
                }
                // Everybody is asked about.
                OriginRule::Null => {}
            }
        }
        let told = self.known.policy.is_some() || !self.known.origins.is_empty();
        if !told {
            origins.extend(self.leaked());
            origins.extend(self.guessed());
        }
        // It stays behind wherever somebody develops, whatever else is trusted.
        origins.push("http://localhost:3000".to_owned());
        let mut known = BTreeSet::new();
        origins.retain(|origin| known.insert(origin.clone()));
        origins
    }

    /// Origins that the answers so far name, though others asked.
    fn leaked(&self) -> Vec<String> {
        let places = self.learnt.baseline.iter().copied();
        let strangers = self.learnt.strangers.iter().map(|asked| asked.at);
        let mut named = Vec::new();
        for place in places.chain(strangers) {
            let asked = self.asker.exchange(place);
            let answer = asked.and_then(|exchange| exchange.answer.as_ref().ok());
            let values = answer.map(|answer| answer.headers.values(b"access-control-allow-origin"));
            for value in values.into_iter().flatten() {
                let text = String::from_utf8_lossy(value);
                let items = text.split(',').map(str::trim);
                named.extend(items.filter(|item| is_page(item)).map(str::to_owned));
            }
        }
        let strangers = &self.learnt.strangers;
        named.retain(|name| {
            !strangers
                .iter()
                .any(|asked| asked.sender.origin() == Some(name))
        });
        named.truncate(4);
        named
    }

    fn guessed(&self) -> Vec<String> {
        let own = Base::new(&self.learnt.target.own_origin());
        let domain = own.and_then(|own| own.registrable);
        let sites = domain
            .map(|domain| ["", "www.", "app."].map(|before| format!("https://{before}{domain}")));
        sites.into_iter().flatten().collect()
    }

    /// Origins like the trusted one, and others that are often let in. Pointless if everybody is.
    pub(super) async fn near_misses(&mut self) -> Result<(), Silence> {
        let strangers = self.learnt.strangers_share();
        if strangers > Sharing::Withheld && self.learnt.best_share() <= strangers {
            return Ok(());
        }
        let own = self.learnt.target.own_origin();
        let trusted = self
            .learnt
            .candidates
            .iter()
            .filter(|asked| is_granted(asked));
        let best = trusted.max_by_key(|asked| asked.sharing);
        let origin = match best.map(|asked| &asked.sender) {
            Some(Sender::Page(origin)) => origin.clone(),
            _ => own,
        };
        let Some(base) = Base::new(&origin) else {
            return Ok(());
        };
        for probe in NEAR_MISSES.iter().chain(OTHERS) {
            if !self.is_implied(probe) {
                self.attempt(probe, &base).await?;
            }
        }
        let garbage = Sender::Forged(format!("\"<{}>", self.names.next_name()));
        self.learnt.garbage = self.get(garbage, &[]).await?;
        if !best_is_granted(&self.learnt.candidates) {
            return Ok(());
        }
        self.two_lines(&origin).await?;
        let stated = [("X-Origin", origin.serialize().as_bytes())];
        self.learnt.x_origin = self.get(Sender::Nobody, &stated).await?;
        // A refusal says something only as long as the trusted page is not refused.
        let still = self.get(Sender::Page(origin), &[]).await?;
        match still {
            Some(still) if still.sharing == Sharing::Withheld => Err(Silence::Blocked),
            _ => Ok(()),
        }
    }

    /// Whether a family that was let in has `probe`'s answer, too.
    fn is_implied(&self, probe: &Probe) -> bool {
        let strangers = self.learnt.strangers_share();
        let let_in = |begin: &str| {
            let mut tried = self.learnt.tried.iter();
            tried.any(|tried| {
                let more = tried.first.sharing > strangers;
                more && is_confirmed(tried) && tried.probe.name.starts_with(begin)
            })
        };
        match probe.name {
            "suffix-hyphen" => let_in("suffix"),
            "domain-suffix-hyphen" => let_in("domain-suffix"),
            "www" => let_in("subdomain"),
            // One such character shows as much as all of them.
            name if name.starts_with("special-") => let_in("prefix") || let_in("special-"),
            _ => false,
        }
    }

    async fn attempt(&mut self, probe: &'static Probe, base: &Base) -> Result<(), Silence> {
        let Some(origin) = (probe.make)(base, &mut self.names) else {
            return Ok(());
        };
        let sender_of_first = sender(&origin);
        let mut asked = self.learnt.candidates.iter();
        if asked.any(|asked| asked.sender == sender_of_first) {
            return Ok(());
        }
        let Some(first) = self.get(sender_of_first, &[]).await? else {
            return Ok(());
        };
        // What everybody gets shows nothing.
        let more = first.sharing > self.learnt.strangers_share();
        let again = if more && probe.proves != Proves::Nothing {
            let other = (probe.make)(base, &mut self.names).unwrap_or(origin);
            self.get(sender(&other), &[]).await?
        } else {
            None
        };
        self.learnt.tried.push(Tried {
            probe,
            first,
            again,
        });
        Ok(())
    }

    /// Two `Origin` lines: which of them counts?
    async fn two_lines(&mut self, trusted: &Origin) -> Result<(), Silence> {
        let other = self.stranger();
        let line = other.origin().unwrap_or_default().as_bytes().to_vec();
        let sender = Sender::Page(trusted.clone());
        self.learnt.two_lines = self.get(sender, &[("Origin", &line)]).await?;
        Ok(())
    }

    /// Other answers of the same policy: a missing page, an unchanged one; and those asked for again
    /// that caches would keep.
    pub(super) async fn further_answers(&mut self) -> Result<(), Silence> {
        let Some(trusted) = self.learnt.trusted.clone() else {
            return Ok(());
        };
        let sender = Sender::Page(trusted);
        let missing = self.learnt.target.missing(&self.names.next_name());
        if let Some((at, response)) = self.asker.ask(sender.ask(&missing)).await? {
            self.learnt.missing = Some(Asked {
                sharing: sender.sharing(&missing, &response),
                sender: sender.clone(),
                at,
            });
        }
        if let Some(etag) = self.etag() {
            let headers = [("If-None-Match", &*etag)];
            self.learnt.conditional = self.get(sender.clone(), &headers).await?;
        }
        let cookie = [("Cookie", &b"crosscheck=1"[..])];
        self.learnt.trusted_with_cookie = self.get(sender.clone(), &cookie).await?;
        if self
            .learnt
            .candidates
            .iter()
            .any(|asked| asked.sender == sender)
        {
            let again = self.get(sender, &[]).await?;
            self.learnt.candidates.extend(again);
        }
        let request = Sender::Nobody.ask(self.learnt.target.url());
        if let Some((place, _)) = self.asker.ask(request).await? {
            self.learnt.baseline.push(place);
        }
        Ok(())
    }

    fn etag(&self) -> Option<Vec<u8>> {
        let exchange = self.asker.exchange(self.learnt.trusted_ask()?.at)?;
        let answer = exchange.answer.as_ref().ok()?;
        answer.headers.get("etag").map(std::borrow::Cow::into_owned)
    }
}

fn is_granted(asked: &Asked) -> bool {
    asked.sharing > Sharing::Withheld
}

fn best_is_granted(candidates: &[Asked]) -> bool {
    candidates.iter().any(is_granted)
}

/// Whether `text` is an origin that a page can have; `*` in a host is a pattern, and names none.
fn is_page(text: &str) -> bool {
    !text.contains('*') && matches!(Origin::parse(text), Ok(Origin::Tuple(_)))
}
