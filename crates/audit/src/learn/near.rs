//! Origins that resemble a trusted one, and others that are often let in.

use crosscheck_oracle::Origin;
use crosscheck_replay::drive::Transport;

use super::{Conversation, Tried, origins::is_granted};
use crate::{
    ask::Silence,
    probe::{Base, FURTHER, NEAR_MISSES, OTHERS, Probe, Proves, near_miss, sender},
    sender::{Sender, Sharing},
};

/// What a further family may take, and the questions whether the trusted page is still granted.
pub(super) const RESERVE: usize = 7;

impl<T: Transport> Conversation<'_, T> {
    /// Near misses of the best-trusted origin, and hosts that are trusted by mistake.
    pub(super) async fn near_misses(&mut self) -> Result<(), Silence> {
        let Some((_, base)) = self.bases().into_iter().next() else {
            return Ok(());
        };
        if self.are_all_let_in() {
            return Ok(());
        }
        for probe in NEAR_MISSES.iter().chain(OTHERS) {
            if !self.is_implied(probe) {
                self.attempt(probe, &base).await?;
            }
        }
        let garbage = Sender::Forged(format!("\"<{}>", self.names.next_name()));
        self.learnt.garbage = self.get(garbage, &[]).await?;
        let Some(trusted) = self.best_trusted() else {
            return Ok(());
        };
        self.two_lines(&trusted).await?;
        let stated = [("X-Origin", trusted.serialize().as_bytes())];
        self.learnt.x_origin = self.get(Sender::Nobody, &stated).await?;
        Ok(())
    }

    /// Near misses of the other trusted origins: a server may compare each in another way. Those of the
    /// server's own origin show whether it takes pages for its own.
    pub(super) async fn further_near_misses(&mut self) -> Result<(), Silence> {
        if self.are_all_let_in() {
            return Ok(());
        }
        let own = self.learnt.target.own_origin();
        let bases = self.bases();
        for probe in FURTHER.iter().filter_map(|name| near_miss(name)) {
            for (number, (origin, base)) in bases.iter().enumerate().skip(1) {
                let is_needless = *origin == own
                    && !matches!(probe.name, "port" | "prefix" | "suffix")
                    || self.is_known_to_be_let_in(probe)
                    || is_about_domain(probe)
                        && earlier(&bases, number).any(|b| b.is_akin_to(base));
                if is_needless {
                    continue;
                }
                if self.asker.n_left() <= RESERVE {
                    self.learnt.left_out = true;
                    return Ok(());
                }
                self.attempt(probe, base).await?;
            }
        }
        Ok(())
    }

    /// A refusal says something only as long as the trusted page is not refused.
    pub(super) async fn still_trusted(&mut self) -> Result<(), Silence> {
        let Some(trusted) = self.best_trusted().filter(|_| !self.are_all_let_in()) else {
            return Ok(());
        };
        let mut refusals = Vec::new();
        for _server in 0..3 {
            match self.get(Sender::Page(trusted.clone()), &[]).await? {
                Some(asked) if asked.sharing == Sharing::Withheld => refusals.push(asked),
                _ => {
                    self.learnt.candidates.extend(refusals);
                    return Ok(());
                }
            }
        }
        Err(Silence::Blocked)
    }

    /// If everybody is let in, near misses are pointless.
    fn are_all_let_in(&self) -> bool {
        let strangers = self.learnt.strangers_share();
        strangers > Sharing::Withheld && self.learnt.best_share() <= strangers
    }

    fn best_trusted(&self) -> Option<Origin> {
        let first = self.learnt.candidates.iter().any(is_granted);
        let best = self.bases().into_iter().next().filter(|_| first);
        best.map(|(origin, _)| origin)
    }

    /// Whose near misses are asked about: what is trusted, the best first; or else the first that was
    /// named. The server's own origin comes last.
    pub(super) fn bases(&self) -> Vec<(Origin, Base)> {
        let page = |sender: &Sender| match sender {
            Sender::Page(origin) => Some((origin.clone(), Base::new(origin)?)),
            Sender::Forged(_) | Sender::Nobody => None,
        };
        let granted = self
            .learnt
            .candidates
            .iter()
            .filter(|asked| is_granted(asked));
        let mut granted: Vec<_> = granted
            .filter_map(|asked| Some((asked.sharing, page(&asked.sender)?)))
            .collect();
        granted.sort_by_key(|(sharing, (_, base))| (base.is_local(), std::cmp::Reverse(*sharing)));
        let mut bases: Vec<_> = granted.into_iter().map(|(_, page)| page).collect();
        if bases.is_empty() {
            let named = self.named().first().map(|origin| sender(origin));
            bases.extend(named.and_then(|named| page(&named)));
        }
        bases.extend(page(&Sender::Page(self.learnt.target.own_origin())));
        let mut all: Vec<(Origin, Base)> = Vec::new();
        for (origin, base) in bases {
            if !all.iter().any(|(known, _)| *known == origin) {
                all.push((origin, base));
            }
        }
        all
    }

    /// Whether a family that was let in has `probe`'s answer, too.
    fn is_implied(&self, probe: &Probe) -> bool {
        let strangers = self.learnt.strangers_share();
        let let_in = |begin: &str| {
            let mut tried = self.learnt.tried.iter();
            tried.any(|tried| {
                let more = tried.first.sharing > strangers;
                more && tried.is_confirmed() && tried.probe.name.starts_with(begin)
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

    /// Whether another trusted origin has shown already what `probe` would show.
    fn is_known_to_be_let_in(&self, probe: &Probe) -> bool {
        let strangers = self.learnt.strangers_share();
        let mut tried = self.learnt.tried.iter();
        matches!(probe.proves, Proves::Stranger | Proves::Neighbour)
            && tried.any(|tried| {
                let more = tried.first.sharing > strangers;
                more && tried.is_confirmed() && tried.probe.name == probe.name
            })
    }

    async fn attempt(&mut self, probe: &'static Probe, base: &Base) -> Result<(), Silence> {
        let Some(origin) = probe.make(base, &mut self.names) else {
            return Ok(());
        };
        let sender_of_first = sender(&origin);
        let candidates = self.learnt.candidates.iter();
        let tried = self.learnt.tried.iter().map(|tried| &tried.first);
        if candidates
            .chain(tried)
            .any(|asked| asked.sender == sender_of_first)
        {
            return Ok(());
        }
        let Some(first) = self.get(sender_of_first.clone(), &[]).await? else {
            return Ok(());
        };
        // What everybody gets shows nothing.
        let more = first.sharing > self.learnt.strangers_share();
        let mut again = None;
        let mut repeated = Vec::new();
        if more && probe.proves != Proves::Nothing {
            let other = probe.make(base, &mut self.names).unwrap_or(origin);
            again = self.get(sender(&other), &[]).await?;
            if again
                .as_ref()
                .is_some_and(|again| again.sharing == Sharing::Withheld)
            {
                // Twice in a row, so that of two servers behind one name both are asked.
                for _server in 0..2 {
                    repeated.extend(self.get(sender_of_first.clone(), &[]).await?);
                }
            }
        }
        self.learnt.tried.push(Tried {
            probe,
            base: base.clone(),
            first,
            again,
            repeated,
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
}

/// Whether the members of `probe` are made of the domain that was registered.
fn is_about_domain(probe: &Probe) -> bool {
    matches!(probe.name, "domain-suffix" | "sibling")
}

fn earlier(bases: &[(Origin, Base)], number: usize) -> impl Iterator<Item = &Base> {
    bases.iter().take(number).map(|(_, base)| base)
}
