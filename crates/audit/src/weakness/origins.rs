//! Who may read that should not.

use super::{Judgement, Proof, Severity, Weakness};
use crate::{
    learn::{Asked, Learnt, Tried},
    probe::{Base, Proves},
    sender::{Sender, Sharing},
};

pub(super) fn judge(learnt: &Learnt, judgement: &mut Judgement) {
    everybody(learnt, judgement);
    opaque(learnt, judgement);
    refusals(learnt, judgement);
    for tried in &learnt.tried {
        family(learnt, tried, judgement);
    }
    insecure(learnt, judgement);
    mixed_up(learnt, judgement);
    oddities(learnt, judgement);
}

/// Answers that name the stranger who asked before.
fn mixed_up(learnt: &Learnt, judgement: &mut Judgement) {
    let tried = learnt
        .tried
        .iter()
        .filter(|tried| tried.probe.proves == Proves::Stranger);
    let tried = tried.flat_map(|tried| std::iter::once(&tried.first).chain(&tried.again));
    let strangers: Vec<_> = learnt.strangers.iter().chain(tried).collect();
    for asked in learnt.candidates.iter().chain(strangers.iter().copied()) {
        let earlier = |other: &&&Asked| other.sender != asked.sender && other.at < asked.at;
        let named = strangers.iter().filter(earlier).find(|other| {
            let origin = other.sender.origin().unwrap_or_default();
            says(learnt, asked, origin.as_bytes())
        });
        if let Some(other) = named {
            let private = learnt.answer(asked.at).is_some_and(|answer| {
                answer
                    .headers
                    .get("access-control-allow-credentials")
                    .as_deref()
                    == Some(b"true")
            });
            let severity = if private {
                Severity::High
            } else {
                Severity::Low
            };
            let seen = "an answer names the site that asked before, so whoever asks first reads what the next visitor is sent";
            judgement.broken("reflected-origin", severity, seen, &[other.at, asked.at]);
            return;
        }
    }
}

/// The weakness that `asked`, and another one like it, show.
fn shown(
    class: &'static str,
    severity: Severity,
    seen: String,
    asked: &[&Asked],
) -> Option<Weakness> {
    let sharing = asked.iter().map(|asked| asked.sharing).min()?;
    let page = asked.iter().find_map(|asked| match &asked.sender {
        Sender::Page(origin) => Some(origin.serialize().to_owned()),
        Sender::Forged(_) | Sender::Nobody => None,
    });
    Some(Weakness {
        class,
        severity,
        seen: vec![seen],
        evidence: asked.iter().map(|asked| asked.at).collect(),
        proof: page.map(|origin| Proof { origin, sharing }),
    })
}

fn everybody(learnt: &Learnt, judgement: &mut Judgement) {
    let sharing = learnt.strangers_share();
    let granted = |asked: &&Asked| asked.sharing == sharing;
    let all: Vec<_> = learnt.strangers.iter().filter(granted).collect();
    let places: Vec<_> = all.iter().map(|asked| asked.at).collect();
    let is_wildcard = all.iter().all(|asked| says(learnt, asked, b"*"));
    match sharing {
        Sharing::Credentialed => {
            let (severity, seen) = reads_with_cookies(learnt.error_status());
            let weakness = shown("reflected-origin", severity, seen, &all);
            judgement.weaknesses.extend(weakness);
        }
        Sharing::Anonymous if is_wildcard => judgement.note(
            None,
            "it is public: any site reads it without credentials (`*`)",
            &places,
        ),
        Sharing::Anonymous => {
            let seen =
                "any origin is sent back as allowed; if everybody may read this, say so with `*`";
            let weakness = shown("reflected-origin", Severity::Low, seen.to_owned(), &all);
            judgement.weaknesses.extend(weakness);
        }
        Sharing::Withheld => {}
    }
    if let Some(asked) = &learnt.with_cookie
        && asked.sharing > sharing
    {
        let severity = Severity::High.unless_anonymous(asked.sharing);
        let seen = "any origin is allowed once the request has a cookie".to_owned();
        if let Some(mut weakness) = shown("reflected-origin", severity, seen, &[asked]) {
            // A fresh browser has no cookie to send.
            weakness.proof = None;
            judgement.weak(weakness);
        }
    }
}

/// What it means that any site reads with cookies, if all that is answered is the error `status`.
fn reads_with_cookies(status: Option<u16>) -> (Severity, String) {
    match status {
        None => (
            Severity::High,
            "the page of any site reads what is answered with its visitor's cookies".to_owned(),
        ),
        Some(401 | 407) => (
            Severity::High,
            "the page of any site reads the login check's answer, and with its visitor's cookies what lies behind it if that is answered likewise".to_owned(),
        ),
        Some(status) => (
            Severity::Medium,
            format!(
                "the page of any site reads this error ({status}) with its visitor's cookies; whether other answers are as open only a URL that works can show"
            ),
        ),
    }
}

/// Errors that those who are refused may read.
fn refusals(learnt: &Learnt, judgement: &mut Judgement) {
    if let Some(asked) = &learnt.missing_to_stranger
        && asked.sharing == Sharing::Credentialed
        && learnt.strangers_share() < Sharing::Credentialed
    {
        let seen = "any site may read what is answered for a missing page below it, with its visitor's cookies";
        judgement.broken("reflected-origin", Severity::Low, seen, &[asked.at]);
    }
    let tried = learnt.tried.iter().map(|tried| &tried.first);
    let mut all = learnt.strangers.iter().chain(&learnt.null).chain(tried);
    let readable = |asked: &&Asked| asked.error.is_some_and(|read| read > Sharing::Withheld);
    let Some(asked) = all.find(readable) else {
        return;
    };
    let status = learnt.answer(asked.at).map(|answer| answer.status);
    let seen = format!(
        "an origin that is refused may read the error ({}) that it gets in place of the answer",
        status.unwrap_or_default()
    );
    if asked.error == Some(Sharing::Credentialed) {
        judgement.broken("reflected-origin", Severity::Low, seen, &[asked.at]);
    } else {
        judgement.note(None, seen, &[asked.at]);
    }
}

/// Whether `Access-Control-Allow-Origin` of the answer to `asked` is `value`.
fn says(learnt: &Learnt, asked: &Asked, value: &[u8]) -> bool {
    let answer = learnt.answer(asked.at);
    let said = answer.and_then(|answer| answer.headers.get("access-control-allow-origin"));
    said.as_deref() == Some(value)
}

fn opaque(learnt: &Learnt, judgement: &mut Judgement) {
    let all: Vec<_> = learnt.null.iter().collect();
    let sharing = all.iter().map(|asked| asked.sharing).min();
    let sharing = sharing.unwrap_or(Sharing::Withheld);
    if sharing <= learnt.strangers_share() || all.len() < 2 {
        return;
    }
    let places: Vec<_> = all.iter().map(|asked| asked.at).collect();
    if sharing == Sharing::Credentialed {
        let seen = "a sandboxed frame, which any site can make, reads with its visitor's cookies";
        let weakness = shown("null-origin", Severity::High, seen.to_owned(), &all);
        judgement.weaknesses.extend(weakness);
    } else {
        let seen = "`null` is trusted, without credentials: any site can make such a frame";
        judgement.note("null-origin", seen, &places);
    }
}

fn family(learnt: &Learnt, tried: &Tried, judgement: &mut Judgement) {
    let probe = tried.probe;
    let first = tried.first.sender.origin().unwrap_or_default();
    let forged = matches!(tried.first.sender, Sender::Forged(_));
    // A browser sends what an extension asks, though the standard knows no such origins.
    let sent = probe.proves == Proves::Extension || !forged;
    if probe.proves == Proves::Nothing || !sent {
        if tried.first.sharing > Sharing::Withheld && !echoes_garbage(learnt) {
            let seen = format!("`{first}`, which no browser sends, is taken for a trusted origin");
            judgement.note(probe.class, seen, &[tried.first.at]);
        }
        return;
    }
    if !tried.is_confirmed() {
        return;
    }
    let all: Vec<_> = std::iter::once(&tried.first).chain(&tried.again).collect();
    let places: Vec<_> = all.iter().map(|asked| asked.at).collect();
    let sharing = all.iter().map(|asked| asked.sharing).min();
    let sharing = sharing.unwrap_or(Sharing::Withheld);
    if sharing <= learnt.strangers_share() {
        return;
    }
    let seen = format!("any origin {} may read, such as `{first}`", probe.what);
    // What the same owner registered may be meant.
    let own = probe.proves == Proves::Stranger && is_within_trusted_domain(tried);
    let proves = if own {
        Proves::Subdomains
    } else {
        probe.proves
    };
    let severity = match proves {
        Proves::Stranger => Severity::High.unless_anonymous(sharing),
        Proves::Neighbour if probe.name == "scheme" && sharing == Sharing::Anonymous => {
            let seen =
                format!("`{first}` may read, too: whoever alters traffic gets what is public");
            return judgement.note(probe.class, seen, &places);
        }
        Proves::Extension if sharing == Sharing::Anonymous => {
            return judgement.note(probe.class, seen, &places);
        }
        Proves::Extension => Severity::Medium,
        Proves::Neighbour => Severity::Medium.unless_anonymous(sharing),
        Proves::SameOwner => {
            let seen = format!("`{first}` may read, too, which has the same owner");
            return judgement.note(probe.class, seen, &places);
        }
        Proves::Nothing | Proves::Subdomains => {
            let seen = format!("subdomains are trusted, so one taken over is enough: {seen}");
            return judgement.note(probe.class, seen, &places);
        }
    };
    if let Some(weakness) = shown(probe.class, severity, seen, &all) {
        judgement.weak(weakness);
    }
}

/// Whether the origin that was let in belongs to whoever registered the trusted one.
fn is_within_trusted_domain(tried: &Tried) -> bool {
    let Sender::Page(found) = &tried.first.sender else {
        return false;
    };
    let Some(found) = Base::new(found) else {
        return false;
    };
    tried.base.is_akin_to(&found)
}

/// Trusted origins whose pages come over unencrypted connections.
fn insecure(learnt: &Learnt, judgement: &mut Judgement) {
    for asked in &learnt.candidates {
        let Sender::Page(origin) = &asked.sender else {
            continue;
        };
        let Some(base) = Base::new(origin) else {
            continue;
        };
        let local = base.is_local();
        if base.scheme == "http" && !local && asked.sharing == Sharing::Credentialed {
            let seen = format!(
                "`{origin}`, whose pages anybody on their way can alter, reads with cookies"
            );
            if let Some(weakness) = shown("insecure-scheme", Severity::Medium, seen, &[asked]) {
                judgement.weak(weakness);
            }
        } else if local && asked.sharing > learnt.strangers_share() {
            let seen = format!("`{origin}` may read: a name for development is still trusted");
            judgement.note("internal-origin", seen, &[asked.at]);
        }
    }
}

fn echoes_garbage(learnt: &Learnt) -> bool {
    let garbage = learnt.garbage.as_ref();
    garbage.is_some_and(|asked| asked.sharing > Sharing::Withheld)
}

fn oddities(learnt: &Learnt, judgement: &mut Judgement) {
    if let Some(asked) = &learnt.garbage
        && echoes_garbage(learnt)
    {
        let seen = "text that is no origin comes back in `Access-Control-Allow-Origin`";
        judgement.broken("reflected-origin", Severity::Low, seen, &[asked.at]);
    }
    // Whoever names one origin to everybody does not look at any line.
    let looks = learnt.strangers.iter().all(|asked| {
        let answer = learnt.answer(asked.at);
        answer.is_some_and(|answer| !answer.headers.contains("access-control-allow-origin"))
    });
    if let Some(asked) = &learnt.two_lines
        && asked.sharing > Sharing::Withheld
        && looks
    {
        let seen = "of two `Origin` lines, which no browser sends, the first decides";
        judgement.note("origin-match", seen, &[asked.at]);
    }
    let status = |asked: &Asked| learnt.answer(asked.at).map(|answer| answer.status);
    let baseline = learnt
        .baseline
        .first()
        .and_then(|place| learnt.answer(*place));
    if let (Some(own), Some(baseline)) = (&learnt.own, baseline)
        && baseline.status < 400
        && status(own) == Some(403)
    {
        let seen =
            "a request with the server's own origin, such as its own pages' POST has, gets a 403";
        judgement.note("same-origin-blocked", seen, &[own.at]);
    }
}
