//! Who is at fault.

use std::collections::BTreeSet;

use crosscheck_vectors::vector::{Kind, Vector};
use serde::{Deserialize, Serialize};

use super::LegVerdict;
use crate::leg::Leg;

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Nobody: all agree with what was expected.
    Nobody,
    /// The server, confirmed in practice.
    Server,
    /// The server; the browser hides it or adds to it.
    ServerHiddenByBrowser,
    /// The browser.
    Browser,
    /// The suite itself.
    Suite,
}

/// What a vector judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judges {
    /// Clients: the server's answers are a script.
    Clients,
    /// Servers: they are put into a policy.
    Servers,
}

impl Judges {
    /// What `vector` judges.
    pub fn of(vector: &Vector) -> Self {
        if vector.script.is_some() {
            Self::Clients
        } else {
            Self::Servers
        }
    }
}

impl Owner {
    /// Works out who is at fault from what the legs saw.
    ///
    /// A leg that was not judged says nothing. In a script vector the server is the suite's own, so
    /// what differs on the wire is the suite's fault.
    pub fn of(judges: Judges, legs: &[LegVerdict]) -> Self {
        let judged = |leg: &&LegVerdict| leg.verdict.is_judged();
        let differing = |found: fn(Leg) -> bool| {
            legs.iter()
                .filter(judged)
                .find(|leg| found(leg.leg))
                .map(|leg| (leg, differences(leg)))
        };
        let differs = |seen: &Option<(&LegVerdict, Differences<'_>)>| {
            seen.as_ref().is_some_and(|(_, fields)| !fields.is_empty())
        };
        let oracle = differing(|leg| leg == Leg::Oracle);
        let wire = differing(|leg| leg == Leg::Wire);
        let browser = differing(Leg::is_browser);
        if differs(&oracle) {
            return Self::Suite;
        }
        if !differs(&wire) {
            return match (differs(&browser), judges, &wire) {
                (false, ..) => Self::Nobody,
                (true, Judges::Servers, None) => Self::Server,
                (true, ..) => Self::Browser,
            };
        }
        match (judges, wire, browser) {
            (Judges::Clients, ..) => Self::Suite,
            (Judges::Servers, Some(wire), Some(browser))
                if !agree(&wire, &browser) && !is_beyond_pages(&wire, &browser) =>
            {
                Self::ServerHiddenByBrowser
            }
            (Judges::Servers, ..) => Self::Server,
        }
    }

    /// The owner in a few words; none if nobody is at fault.
    pub fn culprit(self) -> Option<&'static str> {
        (self != Self::Nobody).then(|| self.label())
    }

    /// The owner in a few words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Server => "the server",
            Self::ServerHiddenByBrowser => "the server; the browser shows it differently",
            Self::Browser => "the browser",
            Self::Suite => "the suite itself",
        }
    }
}

/// The step and field of every mismatch about which the standard has an opinion.
type Differences<'a> = BTreeSet<(usize, &'a str)>;

fn differences(leg: &LegVerdict) -> Differences<'_> {
    leg.mismatches
        .iter()
        .filter(|mismatch| mismatch.kind < Kind::Survey)
        .map(|mismatch| (mismatch.step, mismatch.field.as_str()))
        .collect()
}

/// Whether two legs saw the same thing: the same outcomes, and a mismatch in common.
fn agree(
    (wire, on_wire): &(&LegVerdict, Differences<'_>),
    (browser, in_browser): &(&LegVerdict, Differences<'_>),
) -> bool {
    wire.outcomes == browser.outcomes && !on_wire.is_disjoint(in_browser)
}

/// Whether the wire saw something wrong in messages alone, where the browser, which saw the same outcomes and
/// nothing wrong, may have had nobody to look at its messages.
fn is_beyond_pages(
    (wire, on_wire): &(&LegVerdict, Differences<'_>),
    (browser, in_browser): &(&LegVerdict, Differences<'_>),
) -> bool {
    let of_a_message = |(_, field): &(usize, &str)| {
        field.starts_with("requests") || field.starts_with("responses")
    };
    in_browser.is_empty() && wire.outcomes == browser.outcomes && on_wire.iter().all(of_a_message)
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::{
        expect::StepOutcome::{NetworkError, Readable},
        vector::Kind,
    };
    use rstest::rstest;

    use super::{Judges, Owner};
    use crate::{
        fixture::{self, mismatch},
        leg::Leg,
        mismatch::{Effect, Mismatch},
        verdict::{LegVerdict, Verdict},
    };

    fn outcome() -> Vec<Mismatch> {
        vec![mismatch("outcome", Kind::Required, Effect::OverGrant)]
    }

    fn right(leg: Leg) -> LegVerdict {
        fixture::leg(leg, NetworkError, Vec::new())
    }

    fn wrong(leg: Leg) -> LegVerdict {
        fixture::leg(leg, Readable, outcome())
    }

    fn wrong_elsewhere(leg: Leg) -> LegVerdict {
        let mismatches = vec![mismatch("status", Kind::Recommended, Effect::Other)];
        fixture::leg(leg, Readable, mismatches)
    }

    fn told_too_much(leg: Leg) -> LegVerdict {
        let field = "responses[0].no-cors-headers";
        let mismatches = vec![mismatch(field, Kind::Required, Effect::Other)];
        fixture::leg(leg, NetworkError, mismatches)
    }

    fn surveyed(leg: Leg) -> LegVerdict {
        let mismatches = vec![mismatch("status", Kind::Survey, Effect::Other)];
        fixture::leg(leg, NetworkError, mismatches)
    }

    fn broken(leg: Leg) -> LegVerdict {
        LegVerdict {
            verdict: Verdict::HarnessError,
            ..wrong(leg)
        }
    }

    #[rstest]
    #[case::all_agree(Judges::Servers, vec![right(Leg::Wire), right(Leg::browser("chromium"))], Owner::Nobody)]
    #[case::confirmed(Judges::Servers, vec![wrong(Leg::Wire), wrong(Leg::browser("chromium"))], Owner::Server)]
    #[case::hidden(Judges::Servers, vec![wrong(Leg::Wire), right(Leg::browser("chromium"))], Owner::ServerHiddenByBrowser)]
    #[case::added(Judges::Servers, vec![wrong(Leg::Wire), wrong_elsewhere(Leg::browser("chromium"))], Owner::ServerHiddenByBrowser)]
    #[case::beyond_pages(Judges::Servers, vec![told_too_much(Leg::Wire), right(Leg::browser("chromium"))], Owner::Server)]
    #[case::beyond_pages_but_read(Judges::Servers, vec![told_too_much(Leg::Wire), wrong_elsewhere(Leg::browser("chromium"))], Owner::ServerHiddenByBrowser)]
    #[case::only_browser(Judges::Servers, vec![right(Leg::Wire), wrong(Leg::browser("chromium"))], Owner::Browser)]
    #[case::wire_alone(Judges::Servers, vec![wrong(Leg::Wire)], Owner::Server)]
    #[case::browser_alone(Judges::Servers, vec![wrong(Leg::browser("chromium"))], Owner::Server)]
    #[case::unjudged(Judges::Servers, vec![wrong(Leg::Wire), broken(Leg::browser("chromium"))], Owner::Server)]
    #[case::only_surveyed(Judges::Servers, vec![surveyed(Leg::Wire), surveyed(Leg::browser("chromium"))], Owner::Nobody)]
    #[case::deviation(Judges::Clients, vec![right(Leg::Wire), wrong(Leg::browser("chromium"))], Owner::Browser)]
    #[case::script_alone(Judges::Clients, vec![wrong(Leg::browser("chromium"))], Owner::Browser)]
    #[case::our_own_server(Judges::Clients, vec![wrong(Leg::Wire), wrong(Leg::browser("chromium"))], Owner::Suite)]
    #[case::model(Judges::Servers, vec![wrong(Leg::Oracle), right(Leg::Wire)], Owner::Suite)]
    #[case::nothing(Judges::Servers, vec![], Owner::Nobody)]
    fn each_disagreement_has_an_owner(
        #[case] judges: Judges,
        #[case] legs: Vec<LegVerdict>,
        #[case] owner: Owner,
    ) {
        assert_eq!(Owner::of(judges, &legs), owner);
    }
}
