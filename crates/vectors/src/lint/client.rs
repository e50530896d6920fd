//! Whether the parts of a client fit together.

use serde_json::Value;

use crate::client::{Body, Client, Context, EmbedderPolicy};

/// Fields that go with every interface.
const COMMON: [&str; 8] = [
    "after_ms",
    "api",
    "context",
    "cookies",
    "embedder_policy",
    "method",
    "origin",
    "url",
];

/// Says what `client` asks for that its interface cannot do.
pub(super) fn lint(client: &Client, say: &mut impl FnMut(String)) {
    let api = client.api;
    let allowed = api.fields();
    if let Ok(Value::Object(written)) = serde_json::to_value(client) {
        for field in written.keys() {
            let known = COMMON.contains(&&**field) || allowed.contains(&&**field);
            if !known {
                say(format!("`client.{field}` says nothing to this `api`"));
            }
        }
    }
    if !allowed.contains(&"method") && client.method.as_bytes() != b"GET" {
        say("`client.method` says nothing to this `api`".to_owned());
    }
    if !api.exists_in(client.context) {
        say("there is no such `api` in this `context`".to_owned());
    }
    let is_opaque = client.origin.as_deref() == Some("null");
    if client.context.is_data() && !is_opaque {
        say("a `context` made from a data: URL has the `origin` `null`".to_owned());
    }
    let inherits = !matches!(client.context, Context::Page) && !client.context.is_data();
    if inherits && is_opaque {
        say("this `context` needs an `origin` that is not `null`".to_owned());
    }
    let alone = [
        client.context != Context::Page,
        client.embedder_policy != EmbedderPolicy::UnsafeNone,
        client.service_worker.is_some(),
    ];
    if alone.into_iter().filter(|is_set| *is_set).count() > 1 {
        say(
            "only one of `context`, `embedder_policy` and `service_worker` can be given".to_owned(),
        );
    }
    if client.service_worker.is_some() && is_opaque {
        say("a page of opaque origin has no `service_worker`".to_owned());
    }
    if client.blob.is_some() && client.url.is_some() {
        say("`client.blob` takes the place of `client.url`".to_owned());
    }
    if api == crate::client::Api::Form && !matches!(client.body, Some(Body::UrlEncoded { .. })) {
        say("a form needs a `body` of the type `url-encoded`".to_owned());
    }
}
