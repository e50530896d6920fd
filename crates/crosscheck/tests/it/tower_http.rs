//! How one tests `tower-http`'s layer.

use std::{panic, time::Duration};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method},
};
use crosscheck::{Conformance, Listing, MaxAge, OriginRule, Policy, Unfit, assert_conforms, echo};
use tower_http::cors::{Any, CorsLayer};

use super::shop;

/// `policy`, as the documentation of `tower-http` has it said.
fn layer(policy: &Policy) -> Result<CorsLayer, Unfit> {
    let mut cors = CorsLayer::new().allow_credentials(policy.credentials);
    cors = match &policy.origins {
        Listing::Any => cors.allow_origin(Any),
        Listing::Listed(rules) => cors.allow_origin(origins(rules)?),
    };
    cors = match &policy.methods {
        Listing::Any => cors.allow_methods(Any),
        Listing::Listed(names) => {
            let safelisted = [Method::GET, Method::HEAD, Method::POST];
            let listed = names.iter().map(|name| name.parse::<Method>());
            let listed: Result<Vec<_>, _> = listed.collect();
            let listed = listed.map_err(|error| Unfit::Refused(error.to_string()))?;
            cors.allow_methods(safelisted.into_iter().chain(listed).collect::<Vec<_>>())
        }
    };
    cors = match &policy.request_headers {
        Listing::Any => cors.allow_headers(Any),
        Listing::Listed(names) => cors.allow_headers(header_names(names)?),
    };
    cors = match &policy.response_headers {
        Listing::Any => cors.expose_headers(Any),
        Listing::Listed(names) => cors.expose_headers(header_names(names)?),
    };
    Ok(match policy.max_age {
        MaxAge::Unset => cors,
        MaxAge::Disable => cors.max_age(Duration::ZERO),
        MaxAge::Seconds(seconds) => cors.max_age(Duration::from_secs(seconds.into())),
    })
}

fn origins(rules: &[OriginRule]) -> Result<Vec<HeaderValue>, Unfit> {
    let origin = |rule: &OriginRule| match rule {
        OriginRule::Exact(origin) => {
            HeaderValue::from_str(origin).map_err(|error| Unfit::Refused(error.to_string()))
        }
        OriginRule::Null => Ok(HeaderValue::from_static("null")),
        OriginRule::SubdomainsOf(_) => Err(Unfit::Unsupported("it has no patterns".to_owned())),
    };
    rules.iter().map(origin).collect()
}

fn header_names(names: &[String]) -> Result<Vec<HeaderName>, Unfit> {
    let names = names.iter().map(|name| name.parse());
    names
        .collect::<Result<_, _>>()
        .map_err(|_no_name| Unfit::Refused("no header name".to_owned()))
}

/// It panics when it is put around a service under a policy that cannot be meant.
fn app(policy: &Policy) -> Result<Router, Unfit> {
    let cors = layer(policy)?;
    panic::catch_unwind(panic::AssertUnwindSafe(|| echo().layer(cors))).map_err(|panicked| {
        let said = panicked.downcast_ref::<String>().cloned();
        Unfit::Refused(said.unwrap_or_else(|| "it panicked".to_owned()))
    })
}

#[test]
fn it_conforms_to_a_policy() {
    assert_conforms(&shop(), |policy| app(policy).unwrap());
}

#[test]
fn it_conforms_to_every_policy_it_takes() {
    let findings = Conformance::judge_everywhere(&["routes.status", "routes.redirect"], app);
    assert!(findings.conforms(), "{findings}");
}
