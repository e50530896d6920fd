//! Judges the CORS policy of a Rust server in its own tests, without sockets.
//!
//! Say what you mean as a [`Policy`], build your application under it, and [`assert_conforms`] replays
//! every vector of the suite that fits. A vector that fails panics with what was expected, what came, and
//! who is hurt.
//!
//! ```
//! use axum::http::{HeaderValue, Method};
//! use crosscheck::{assert_conforms, echo, policy};
//! use tower_http::cors::CorsLayer;
//!
//! let shop = policy(
//!     r#"{
//!         "origins": ["https://shop.example", "https://admin.example"],
//!         "methods": ["PUT"],
//!         "request_headers": ["x-cart"],
//!         "response_headers": [],
//!         "credentials": false,
//!         "max_age": 600
//!     }"#,
//! );
//! let cors = CorsLayer::new()
//!     .allow_origin([
//!         HeaderValue::from_static("https://shop.example"),
//!         HeaderValue::from_static("https://admin.example"),
//!     ])
//!     .allow_methods([Method::GET, Method::PUT])
//!     .allow_headers(["x-cart".parse().unwrap()])
//!     .max_age(std::time::Duration::from_secs(600));
//! assert_conforms(&shop, |_policy| echo().layer(cors));
//! ```
//!
//! [`echo`] is the application that vectors expect: put your layer around it. To judge one resource of
//! your own application instead, name it with [`Conformance::at`].

mod conformance;
mod echo;
mod findings;
mod service;

pub use crosscheck_vectors::policy::{Listing, MaxAge, OriginRule, Policy};

pub use self::{
    conformance::{Conformance, Unfit},
    echo::echo,
    findings::{Findings, Missed},
    service::Subject,
};

/// Panics if the application that `app` builds does not do what `policy` says.
///
/// It must serve what [`echo`] serves, at least `/echo`; see [`Conformance`] for anything else.
///
/// # Panics
///
/// If a required assertion fails, or a sound server refuses `policy`.
#[track_caller]
pub fn assert_conforms<S: Subject>(policy: &Policy, app: impl FnOnce(&Policy) -> S + Send) {
    Conformance::under(policy).assert(app);
}

/// The policy that `json` declares.
///
/// # Panics
///
/// If it declares none.
#[track_caller]
#[must_use]
pub fn policy(json: &str) -> Policy {
    match serde_json::from_str(json) {
        Ok(policy) => policy,
        Err(error) => panic!("this is no policy: {error}\n{json}"),
    }
}
