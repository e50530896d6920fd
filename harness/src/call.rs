//! A vector's client, in the oracle's words.

use crosscheck_oracle as oracle;
use crosscheck_vectors::client::{
    Api, Body, Cache, Client, Credentials, DocumentKind, Mode, Redirect, ReferrerPolicy,
    UploadListener,
};
use url::Url;

/// The call that `client` makes for `url` on a page of `origin`.
pub(crate) fn call(client: &Client, origin: oracle::Origin, url: Url) -> oracle::Call {
    let header = |(name, value): &(_, _)| (bytes(name), bytes(value));
    let stream = matches!(client.body, Some(Body::Stream { .. }));

    let referrer = Url::parse(&format!("{}/", origin.serialize())).ok();
    oracle::Call {
        referrer,
        api: match client.api {
            Api::Fetch | Api::Raw => oracle::Api::Fetch,
            Api::Xhr => oracle::Api::Xhr,
        },
        method: bytes(&client.method),
        headers: client.headers.iter().map(header).collect(),
        body: client.body.as_ref().map(body),
        mode: mode(client.mode),
        credentials: credentials(client.credentials),
        redirect: redirect(client.redirect),
        referrer_policy: referrer_policy(client.referrer_policy),
        cache: cache(client.cache),
        upload_listener: oracle::Flag::from(client.upload_listener == UploadListener::BeforeSend),
        keepalive: oracle::Flag::from(client.keepalive),
        integrity: client.integrity.clone(),
        duplex: stream.then_some(oracle::Duplex::Half),
        registrable_domain: psl::domain_str,
        ..oracle::Call::new(origin, url)
    }
}

/// The bytes of a body that needs no browser to be made: what a raw request sends.
pub(crate) fn body_bytes(client: &Client) -> Option<Vec<u8>> {
    match client.body.as_ref()? {
        Body::Blob { text, .. } | Body::Stream { text } | Body::Text { text } => {
            Some(text.clone().into_bytes())
        }
        Body::Buffer { bytes: buffer } => Some(bytes(buffer)),
        Body::FormData { .. } | Body::UrlEncoded { .. } | Body::Document { .. } => None,
    }
}

fn bytes(text: &crosscheck_vectors::bytes::ByteString) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn body(body: &Body) -> oracle::CallBody {
    match body {
        Body::Blob { content_type, text } => oracle::CallBody::Blob {
            content_type: content_type.clone(),
            bytes: text.clone().into_bytes(),
        },
        Body::Buffer { bytes: buffer } => oracle::CallBody::Buffer(bytes(buffer)),
        Body::FormData { fields } => oracle::CallBody::FormData(fields.clone()),
        Body::Stream { text } => oracle::CallBody::Stream(text.clone().into_bytes()),
        Body::Text { text } => oracle::CallBody::Text(text.clone()),
        Body::UrlEncoded { fields } => oracle::CallBody::UrlEncoded(fields.clone()),
        Body::Document { markup, kind } => oracle::CallBody::Document {
            document_type: match kind {
                DocumentKind::Html => oracle::DocumentType::Html,
                DocumentKind::Xml => oracle::DocumentType::Xml,
            },
            text: markup.clone(),
        },
    }
}

fn mode(mode: Mode) -> oracle::RequestMode {
    match mode {
        Mode::Cors => oracle::RequestMode::Cors,
        Mode::Navigate => oracle::RequestMode::Navigate,
        Mode::NoCors => oracle::RequestMode::NoCors,
        Mode::SameOrigin => oracle::RequestMode::SameOrigin,
    }
}

fn credentials(credentials: Credentials) -> oracle::CredentialsMode {
    match credentials {
        Credentials::Include => oracle::CredentialsMode::Include,
        Credentials::Omit => oracle::CredentialsMode::Omit,
        Credentials::SameOrigin => oracle::CredentialsMode::SameOrigin,
    }
}

fn redirect(redirect: Redirect) -> oracle::RedirectMode {
    match redirect {
        Redirect::Error => oracle::RedirectMode::Error,
        Redirect::Follow => oracle::RedirectMode::Follow,
        Redirect::Manual => oracle::RedirectMode::Manual,
    }
}

fn referrer_policy(policy: ReferrerPolicy) -> oracle::ReferrerPolicy {
    match policy {
        ReferrerPolicy::Empty => oracle::ReferrerPolicy::Empty,
        ReferrerPolicy::NoReferrer => oracle::ReferrerPolicy::NoReferrer,
        ReferrerPolicy::NoReferrerWhenDowngrade => oracle::ReferrerPolicy::NoReferrerWhenDowngrade,
        ReferrerPolicy::Origin => oracle::ReferrerPolicy::Origin,
        ReferrerPolicy::OriginWhenCrossOrigin => oracle::ReferrerPolicy::OriginWhenCrossOrigin,
        ReferrerPolicy::SameOrigin => oracle::ReferrerPolicy::SameOrigin,
        ReferrerPolicy::StrictOrigin => oracle::ReferrerPolicy::StrictOrigin,
        ReferrerPolicy::StrictOriginWhenCrossOrigin => {
            oracle::ReferrerPolicy::StrictOriginWhenCrossOrigin
        }
        ReferrerPolicy::UnsafeUrl => oracle::ReferrerPolicy::UnsafeUrl,
    }
}

fn cache(cache: Cache) -> oracle::CacheMode {
    match cache {
        Cache::Default => oracle::CacheMode::Default,
        Cache::ForceCache => oracle::CacheMode::ForceCache,
        Cache::NoCache => oracle::CacheMode::NoCache,
        Cache::NoStore => oracle::CacheMode::NoStore,
        Cache::OnlyIfCached => oracle::CacheMode::OnlyIfCached,
        Cache::Reload => oracle::CacheMode::Reload,
    }
}
