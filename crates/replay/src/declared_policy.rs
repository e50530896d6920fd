//! The suite's server vectors under a policy that somebody else declares.
//!
//! A vector is written against the roles of a policy, so it can be put under another one. Whether its
//! expectation holds there is not for us to guess: it does if a server that is true to the policy, the
//! reference server, meets it in the eyes of the oracle. All others are not applicable.

use std::sync::Arc;

use crosscheck_reference::{policy::Refusal, site::Site};
use crosscheck_report::observation::Observation;
use crosscheck_vectors::{
    client::Api,
    expect::{Check, Expectation},
    load::Suite,
    policy::Policy,
    role,
    vector::{Vector, VectorId},
};

use crate::{
    agree::agree,
    case::{Case, NoServer, Server},
    deployment::Deployment,
    predict::predicted,
};

/// What a server can do beyond `/echo`: names of the adapter protocol, such as `routes.status`.
pub type Capabilities = [String];

/// The server vectors of `suite`, in order, each a case under `policy` for a subject with `routes`;
/// the ones that say nothing about such a subject are not applicable.
///
/// # Errors
///
/// If a sound server refuses to be configured with `policy`.
pub fn cases_under(
    suite: &Suite,
    policy: &Policy,
    routes: &Capabilities,
) -> Result<Vec<Case>, Refusal> {
    let site = Arc::new(Site::try_from(policy)?);
    let policy = &Arc::new(policy.clone());
    let case = |(id, vector): (&VectorId, &Arc<Vector>)| {
        let (vector, server) = settle(id, vector, policy, routes, &site);
        Case {
            id: id.clone(),
            vector,
            policy: Some(Arc::clone(policy)),
            server,
        }
    };
    let judges_server = |(_, vector): &(&VectorId, &Arc<Vector>)| vector.policy.is_some();
    Ok(suite
        .vectors
        .iter()
        .filter(judges_server)
        .map(case)
        .collect())
}

/// The server vectors of `suite` under the policy of `deployment`, for one resource; those that say nothing
/// about it are not applicable, and the others are answered by a server that is true to the policy.
///
/// # Errors
///
/// If a sound server refuses the policy.
pub fn cases_of_resource(deployment: &Deployment, suite: &Suite) -> Result<Vec<Case>, Refusal> {
    let cases = cases_under(suite, deployment.policy(), &[])?;
    let fitted = cases
        .into_iter()
        .map(|case| fit(deployment, of_one_resource(case)));
    Ok(fitted.collect())
}

/// Why `vector` says nothing about a subject that only `has` some capabilities.
pub fn lacks(vector: &Vector, has: impl Fn(&str) -> bool) -> Option<String> {
    let lacking = vector.requires.iter().find(|need| !has(need))?;
    Some(format!(
        "it needs `{lacking}`, which the subject does not have"
    ))
}

fn settle(
    id: &VectorId,
    vector: &Arc<Vector>,
    policy: &Arc<Policy>,
    routes: &Capabilities,
    site: &Arc<Site>,
) -> (Arc<Vector>, Result<Server, NoServer>) {
    if let Some(why) = lacks(vector, |need| routes.iter().any(|route| route == need)) {
        return (Arc::clone(vector), Err(NoServer::NotApplicable(why)));
    }
    let filled = match role::fill(vector, policy) {
        Ok(filled) => Arc::new(filled),
        Err(error) => {
            let why = Err(NoServer::NotApplicable(error.to_string()));
            return (Arc::clone(vector), why);
        }
    };
    let case = Case {
        id: id.clone(),
        vector: Arc::clone(&filled),
        policy: Some(Arc::clone(policy)),
        server: Ok(Server::Site(Arc::clone(site))),
    };
    if agree(std::slice::from_ref(&case)).is_err() {
        let why = "it is about another policy: a server that is true to this one does not meet it";
        return (filled, Err(NoServer::NotApplicable(why.to_owned())));
    }
    (filled, case.server)
}

/// `case` for a subject that is one resource, which answers as it likes: what a vector says about statuses,
/// bodies and handlers is about the suite's own routes and is left out, and one that asks for a route or
/// a header is not applicable.
pub fn of_one_resource(mut case: Case) -> Case {
    if case
        .vector
        .steps
        .iter()
        .any(|step| step.client.url.is_some())
    {
        let why = "it needs a route of its own, and the subject is one resource";
        case.server = Err(NoServer::NotApplicable(why.to_owned()));
        return case;
    }
    for step in &mut Arc::make_mut(&mut case.vector).steps {
        forget_the_route(&mut step.expect);
    }
    case
}

fn forget_the_route(expect: &mut Expectation) {
    expect.status = None;
    expect.body = None;
    expect.visible_headers.clear();
    expect.hidden_headers.clear();
    for request in &mut expect.requests {
        request.handled = None;
    }
    expect.responses.retain(|assertion| {
        !matches!(
            assertion.check,
            Check::StatusIn { .. } | Check::StatusOk {} | Check::EmptyBody {}
        )
    });
}

/// `case` as far as `deployment` can be asked about it.
fn fit(deployment: &Deployment, mut case: Case) -> Case {
    let steps = &case.vector.steps;
    let usual = |api| matches!(api, Api::Fetch | Api::Raw | Api::Xhr);
    let why = if steps.iter().any(|step| !step.client.cookies.is_empty()) {
        "its cookies are the suite's own, and would be sent to the subject"
    } else if !steps.iter().all(|step| usual(step.client.api)) {
        "it is about another interface than `fetch()` and `XMLHttpRequest`"
    } else {
        spare(deployment, &mut case);
        return case;
    };
    if !case.is_not_applicable() {
        case.server = Err(NoServer::NotApplicable(why.to_owned()));
    }
    case
}

/// Leaves out what is about requests that are not sent.
fn spare(deployment: &Deployment, case: &mut Case) {
    let Ok(Some(predicted)) = predicted(case) else {
        return;
    };
    let unsent = |seen: &Observation| {
        let mut methods = seen
            .exchanges
            .iter()
            .map(|exchange| exchange.request.method.as_bytes());
        methods.position(|method| !deployment.sends(method))
    };
    if predicted.iter().any(|seen| unsent(seen) == Some(0)) {
        let why = "only GET, HEAD and OPTIONS are sent to a deployed server; `--allow-unsafe-methods` sends the rest";
        case.server = Err(NoServer::NotApplicable(why.to_owned()));
        return;
    }
    if predicted.iter().any(|seen| unsent(seen).is_some()) {
        for step in &mut Arc::make_mut(&mut case.vector).steps {
            step.expect.responses.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::load::Suite;
    use rstest::rstest;

    use super::cases_under;
    use crate::case::Case;

    fn cases(policy: &str, routes: &[String]) -> Vec<Case> {
        let policy = serde_json::from_str(policy).unwrap();
        cases_under(&Suite::embedded().unwrap(), &policy, routes).unwrap()
    }

    fn applies(cases: &[Case], id: &str) -> bool {
        let case = cases.iter().find(|case| case.id.as_str() == id).unwrap();
        case.server.is_ok()
    }

    const SHOP: &str = r#"{
        "origins": ["https://shop.test"], "methods": ["PUT"], "request_headers": ["x-cart"],
        "response_headers": [], "credentials": false, "max_age": null
    }"#;

    #[test]
    fn a_vector_takes_its_origin_from_the_policy() {
        let cases = cases(SHOP, &[]);
        let granted = cases.iter().filter(|case| {
            let client = &case.vector.steps[0].client;
            case.server.is_ok() && client.origin.as_deref() == Some("https://shop.test")
        });
        assert!(granted.count() > 10);
    }

    #[rstest]
    #[case("server/credentials/granted", false)]
    #[case("server/classify/without-origin", true)]
    fn only_what_a_true_server_meets_applies(#[case] id: &str, #[case] expected: bool) {
        assert_eq!(applies(&cases(SHOP, &[]), id), expected);
    }

    #[test]
    fn what_needs_a_route_waits_for_it() {
        let n = |routes: &[String]| {
            let cases = cases(SHOP, routes);
            cases.iter().filter(|case| case.server.is_ok()).count()
        };
        assert!(n(&["routes.status".to_owned()]) > n(&[]));
    }

    #[test]
    fn an_unsound_policy_is_refused() {
        let policy = SHOP
            .replace(r#"["https://shop.test"]"#, r#""*""#)
            .replace(r#""credentials": false"#, r#""credentials": true"#);
        let policy = serde_json::from_str(&policy).unwrap();
        cases_under(&Suite::embedded().unwrap(), &policy, &[]).unwrap_err();
    }
}
