//! Preflights of pages that ought not to be trusted.

use super::{Judgement, Severity};
use crate::{
    learn::{Learnt, Preflighted, Twist},
    probe::{NEAR_MISSES, Probe, Proves},
    sender::Sharing,
};

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    strangers(learnt, judgement);
    opaque(learnt, judgement);
    let asked = |name: &str| {
        let mut all = learnt.preflights.iter();
        all.any(|asked| matches!(asked.twist, Twist::Near(of) if of == name))
    };
    for probe in NEAR_MISSES.iter().filter(|probe| asked(probe.name)) {
        near_misses(learnt, probe, judgement);
    }
}

/// The preflights of one kind of page.
struct Kind<'a> {
    all: Vec<&'a Preflighted>,
}

impl<'a> Kind<'a> {
    fn new(learnt: &'a Learnt, twist: Twist) -> Self {
        let all = learnt.preflights.iter();
        Self {
            all: all.filter(|asked| asked.twist == twist).collect(),
        }
    }

    fn places(&self) -> Vec<usize> {
        self.all.iter().map(|asked| asked.at).collect()
    }

    /// What at least one of them was granted, if more than one was asked.
    fn sharing(&self) -> Sharing {
        let shares = self.all.iter().map(|asked| asked.permission.sharing);
        let most = shares.max().unwrap_or(Sharing::Withheld);
        if self.all.len() > 1 {
            most
        } else {
            Sharing::Withheld
        }
    }

    /// What such pages may send, and whether always.
    fn wish(&self) -> String {
        let wish = self.all.first().map(|asked| &asked.wish);
        let wish = wish.map_or_else(String::new, ToString::to_string);
        let first = self.all.first().map(|asked| asked.permission.sharing);
        if self
            .all
            .iter()
            .any(|asked| Some(asked.permission.sharing) != first)
        {
            format!("{wish}, and answers differ from one request to the next")
        } else {
            wish
        }
    }
}

/// A stranger's preflight that is granted.
fn strangers(learnt: &Learnt, judgement: &mut Judgement) {
    let kind = Kind::new(learnt, Twist::Stranger);
    let sharing = kind.sharing();
    let reads = learnt.strangers_share();
    let severity = Severity::High.unless_anonymous(sharing);
    let wish = kind.wish();
    if sharing > reads {
        let seen = format!(
            "the preflights of any site are granted, though its pages cannot read the answers: they send {wish}"
        );
        judgement.broken("reflected-origin", severity, seen, &kind.places());
    } else if sharing == Sharing::Credentialed {
        let seen = format!(
            "its preflights are granted, too, so it acts in its visitor's name: it sends {wish}"
        );
        judgement.broken("reflected-origin", severity, seen, &kind.places());
    }
}

/// The preflight of a sandboxed frame that is granted.
fn opaque(learnt: &Learnt, judgement: &mut Judgement) {
    let kind = Kind::new(learnt, Twist::Opaque);
    let sharing = kind.sharing();
    let shares = learnt.null.iter().map(|asked| asked.sharing);
    let reads = shares.max().unwrap_or(Sharing::Withheld);
    let wish = kind.wish();
    if sharing == Sharing::Credentialed {
        let seen = if sharing > reads {
            format!(
                "the preflights of a sandboxed frame, which any site can make, are granted, though it cannot read the answers: it sends {wish}"
            )
        } else {
            format!("its preflights are granted, too: it sends {wish}")
        };
        judgement.broken("null-origin", Severity::High, seen, &kind.places());
    } else if sharing > reads {
        let seen =
            format!("the preflights of `null` are granted, without credentials: it sends {wish}");
        judgement.note("null-origin", seen, &kind.places());
    }
}

/// The preflight of an origin that resembles a trusted one.
fn near_misses(learnt: &Learnt, probe: &Probe, judgement: &mut Judgement) {
    let mut kind = Kind::new(learnt, Twist::Near(probe.name));
    // Those of one trusted origin may be granted, and those of another not.
    kind.all
        .retain(|asked| asked.permission.sharing > Sharing::Withheld);
    let sharing = kind.sharing();
    let Some(first) = kind.all.first() else {
        return;
    };
    let tried = learnt.tried.iter();
    let tried = tried.filter(|tried| tried.probe.name == probe.name && tried.is_confirmed());
    let reads = tried.map(|tried| tried.first.sharing).max();
    let reads = reads.unwrap_or_else(|| learnt.strangers_share());
    let origin = learnt.exchanges.get(first.at).map(|exchange| {
        let origin = exchange.request.headers.get("origin").unwrap_or_default();
        String::from_utf8_lossy(&origin).into_owned()
    });
    let example = format!("{}, such as `{}`", probe.what, origin.unwrap_or_default());
    let wish = kind.wish();
    let severity = if probe.proves == Proves::Stranger {
        Severity::High
    } else {
        Severity::Medium
    };
    let severity = severity.unless_anonymous(sharing);
    let seen = if sharing > reads {
        format!(
            "the preflights of any origin {example}, are granted, though its pages cannot read the answers: they send {wish}"
        )
    } else if sharing == Sharing::Credentialed {
        format!("the preflights of any origin {example}, are granted, too: it sends {wish}")
    } else {
        return;
    };
    judgement.broken(probe.class, severity, seen, &kind.places());
}
