//! Servers judged in process.

mod reference;
mod tower_http;

use crosscheck::{Policy, policy};

/// Two origins, one method and one header beyond the safelists, no credentials.
fn shop() -> Policy {
    policy(
        r#"{
            "origins": ["https://shop.example", "https://admin.example"],
            "methods": ["PUT"],
            "request_headers": ["x-cart"],
            "response_headers": ["x-total"],
            "credentials": false,
            "max_age": 600
        }"#,
    )
}
