//! Nothing is said against servers that do as they should.

use crosscheck_audit::learn::Known;
use crosscheck_reference::site::Site;
use crosscheck_vectors::{
    load::Suite,
    policy::{Listing, Policy},
};

use super::{audit, origins_of, serve};

fn knowing(policy: &Policy) -> Known {
    Known {
        origins: Vec::new(),
        policy: Some(policy.clone()),
    }
}

/// `policy` in the order in which what was learnt is told.
fn sorted(policy: &Policy) -> Policy {
    let names = |list: &Listing<String>| match list {
        Listing::Any => Listing::Any,
        Listing::Listed(names) => {
            let mut names: Vec<_> = names.clone();
            names.sort();
            Listing::Listed(names)
        }
    };
    Policy {
        origins: match &policy.origins {
            Listing::Any => Listing::Any,
            Listing::Listed(rules) => {
                let mut rules = rules.clone();
                rules.sort();
                Listing::Listed(rules)
            }
        },
        methods: names(&policy.methods),
        request_headers: names(&policy.request_headers),
        response_headers: names(&policy.response_headers),
        ..policy.clone()
    }
}

#[tokio::test]
async fn sound_servers_have_no_weakness_and_do_what_was_learnt() {
    let suite = Suite::embedded().unwrap();
    let mut n_sound = 0;
    for (name, file) in &suite.policies {
        let Ok(site) = Site::try_from(&file.policy) else {
            continue;
        };
        n_sound += 1;
        let stage = serve(site).await;
        for known in [
            Known::default(),
            origins_of(&file.policy),
            knowing(&file.policy),
        ] {
            let found = audit(&suite, &stage, "/echo", &known).await;
            assert!(
                found.weaknesses.is_empty(),
                "{name}: {:#?}",
                found.weaknesses
            );
            assert!(found.requests <= 145, "{name} took {}", found.requests);
            let differing: Vec<_> = found
                .over_grants
                .iter()
                .chain(&found.under_grants)
                .collect();
            assert!(differing.is_empty(), "{name}: {differing:#?}");
            if known.policy.is_none() {
                continue;
            }
            assert_eq!(sorted(&found.grants), sorted(&file.policy), "{name}");
            let again = audit(&suite, &stage, "/echo", &knowing(&found.grants)).await;
            let differing: Vec<_> = again
                .over_grants
                .iter()
                .chain(&again.under_grants)
                .collect();
            assert!(differing.is_empty(), "{name} pinned: {differing:#?}");
        }
    }
    assert!(n_sound > 20, "{n_sound}");
}
