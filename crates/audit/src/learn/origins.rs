//! Which origins may read.

use std::collections::BTreeSet;

use crosscheck_oracle::Origin;
use crosscheck_replay::drive::Transport;
use crosscheck_vectors::policy::OriginRule;

use super::{Asked, Conversation};
use crate::{
    ask::Silence,
    probe::{Base, sender},
    sender::{Sender, Sharing},
};

impl<T: Transport> Conversation<'_, T> {
    /// What everybody gets, twice; and whether a cookie changes that.
    pub(super) async fn strangers(&mut self) -> Result<(), Silence> {
        for _server in 0..2 {
            let stranger = self.stranger();
            let asked = self.get(stranger, &[]).await?;
            self.learnt.strangers.extend(asked);
        }
        if differ(&self.learnt.strangers) {
            for _server in 0..2 {
                let stranger = self.stranger();
                let asked = self.get(stranger, &[]).await?;
                self.learnt.strangers.extend(asked);
            }
        }
        let stranger = self.stranger();
        self.learnt.with_cookie = self.get(stranger, &[("Cookie", b"crosscheck=1")]).await?;
        for _server in 0..2 {
            let asked = self.get(Sender::Page(Origin::Opaque(0)), &[]).await?;
            self.learnt.null.extend(asked);
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
        origins.extend(self.leaked());
        if !told {
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
                error: None,
                at,
            });
        }
        let stranger = self.stranger();
        let missing = self.learnt.target.missing(&self.names.next_name());
        if let Some((at, response)) = self.asker.ask(stranger.ask(&missing)).await? {
            self.learnt.missing_to_stranger = Some(Asked {
                sharing: stranger.sharing(&missing, &response),
                sender: stranger,
                error: None,
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
            // Twice in a row, so that of two servers behind one name both are asked.
            for _server in 0..2 {
                let again = self.get(sender.clone(), &[]).await?;
                self.learnt.candidates.extend(again);
            }
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

pub(super) fn is_granted(asked: &Asked) -> bool {
    asked.sharing > Sharing::Withheld
}

/// Whether what they got differs.
fn differ(all: &[Asked]) -> bool {
    all.iter()
        .any(|asked| Some(asked.sharing) != all.first().map(|first| first.sharing))
}

/// Whether `text` is an origin that a page can have; `*` in a host is a pattern, and names none.
fn is_page(text: &str) -> bool {
    !text.contains('*') && matches!(Origin::parse(text), Ok(Origin::Tuple(_)))
}
