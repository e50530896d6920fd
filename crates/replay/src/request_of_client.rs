//! A vector's client, in the oracle's words.

use crosscheck_oracle as oracle;
use crosscheck_vectors::client::{
    Api, Body, Cache, Client, Context, Credentials, DocumentKind, Duplex, EmbedderPolicy, Mode,
    Redirect, ReferrerPolicy, UploadListener,
};
use oracle::{CorsAttribute, Failure, Feature, Request};
use url::Url;

use crate::jar;

/// What a page fetches with, and the request that comes of it.
#[derive(Debug)]
pub(crate) struct Made {
    /// None for `fetch()` and XHR.
    pub feature: Option<Feature>,
    /// The request.
    pub request: Request,
}

/// The request that `client` makes for `url` on a page of `origin`.
///
/// # Errors
///
/// What its interface says if it refuses.
pub(crate) fn request(client: &Client, origin: oracle::Origin, url: Url) -> Result<Made, Failure> {
    let Some(feature) = feature(client.api) else {
        let request = call(client, origin, url).into_request()?;
        return Ok(Made {
            feature: None,
            request,
        });
    };
    if client.api == Api::ServiceWorker && !origin.same_origin_as_url(&url) {
        return Err(oracle::ApiError::CrossOrigin(Box::new(url)).into());
    }
    let referrer = referrer(&origin);
    let partition = partition(client, &origin);
    let mut request = if client.api == Api::Beacon {
        Request::beacon(origin, url, client.body.as_ref().map(body))?
    } else if let Some(Body::UrlEncoded { fields }) = &client.body {
        Request::form(origin, url, fields.clone())
    } else {
        feature.request(origin, url, attribute(client))
    };
    if feature == Feature::WebSocket {
        for (name, value) in HANDSHAKE {
            request.headers.push(name, value);
        }
    }
    request.referrer = referrer;
    request.network_partition_key = partition;
    request.integrity_metadata = client.integrity.clone().unwrap_or_default();
    request.embedder_policy = embedder_policy(client);
    request.registrable_domain = psl::domain_str;
    Ok(Made {
        feature: Some(feature),
        request,
    })
}

/// What a `WebSocket` says beside fetch's own headers, with a key that need not be secret.
///
/// Spec: <https://websockets.spec.whatwg.org/#concept-websocket-establish>
const HANDSHAKE: [(&str, &str); 4] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "Y3Jvc3NjaGVja2NvcnN0Mg=="),
    ("Sec-WebSocket-Version", "13"),
];

/// What `api` is to the standard; none for `fetch()`, XHR, and what is no page at all.
fn feature(api: Api) -> Option<Feature> {
    Some(match api {
        Api::Fetch | Api::Raw | Api::Timing | Api::Xhr | Api::XhrSync => return None,
        Api::Beacon => Feature::Beacon,
        Api::DynamicImport | Api::Module | Api::ModulePreload | Api::StaticImport => {
            Feature::Module
        }
        Api::EventSource => Feature::EventSource,
        Api::Font => Feature::Font,
        Api::Form | Api::Iframe => Feature::Navigation,
        Api::Img => Feature::Image,
        Api::ImportScripts => Feature::ImportedScript,
        Api::Media => Feature::Media,
        Api::ModuleWorker | Api::ServiceWorker | Api::SharedWorker | Api::Worker => {
            Feature::WorkerScript
        }
        Api::Script => Feature::Script,
        Api::Stylesheet => Feature::Stylesheet,
        Api::Track => Feature::Track,
        Api::WebSocket => Feature::WebSocket,
    })
}

/// The state of the `crossorigin` attribute; an unknown value means "anonymous".
///
/// Spec: <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attributes>
fn attribute(client: &Client) -> CorsAttribute {
    let with_credentials = client.credentials == Credentials::Include;
    match client.crossorigin.as_deref() {
        Some(value) if value.eq_ignore_ascii_case("use-credentials") => {
            CorsAttribute::UseCredentials
        }
        Some(_) => CorsAttribute::Anonymous,
        None if with_credentials => CorsAttribute::UseCredentials,
        None => CorsAttribute::NoCors,
    }
}

/// The page's address: all pages are at the root of their origin.
fn referrer(origin: &oracle::Origin) -> Option<Url> {
    Url::parse(&format!("{}/", origin.serialize())).ok()
}

fn embedder_policy(client: &Client) -> oracle::EmbedderPolicy {
    match client.embedder_policy {
        EmbedderPolicy::Credentialless => oracle::EmbedderPolicy::Credentialless,
        EmbedderPolicy::UnsafeNone => oracle::EmbedderPolicy::UnsafeNone,
    }
}

/// The host that frames pages of others.
pub const FRAMING: &str = "framing.example";

/// What browsers keep stored things apart by: the site of the page, or of the page around it.
///
/// Spec: <https://fetch.spec.whatwg.org/#network-partition-key>
fn partition(client: &Client, origin: &oracle::Origin) -> Vec<u8> {
    let is_framed = client.context == Context::ForeignFrame;
    if is_framed || matches!(origin, oracle::Origin::Opaque(_)) {
        return format!("https://{FRAMING}").into_bytes();
    }
    jar::site(origin).into_bytes()
}

/// The call of `fetch()` or XHR that `client` makes.
fn call(client: &Client, origin: oracle::Origin, url: Url) -> oracle::Call {
    let header = |(name, value): &(_, _)| (bytes(name), bytes(value));
    let is_half = |body: &Body| {
        matches!(
            body,
            Body::Stream {
                duplex: Duplex::Half,
                ..
            }
        )
    };
    let half = client.body.as_ref().is_some_and(is_half);
    let blob = client.blob.as_ref().map(|blob| oracle::Blob {
        content_type: blob.content_type.clone(),
        bytes: blob.text.clone().into_bytes(),
    });
    oracle::Call {
        referrer: referrer(&origin),
        network_partition_key: partition(client, &origin),
        api: if matches!(client.api, Api::Xhr | Api::XhrSync) {
            oracle::Api::Xhr
        } else {
            oracle::Api::Fetch
        },
        method: bytes(&client.method),
        headers: client.headers.iter().map(header).collect(),
        body: client.body.as_ref().map(body),
        mode: mode(client.mode),
        credentials: credentials(client.credentials),
        redirect: redirect(client.redirect),
        referrer_policy: referrer_policy(client.referrer_policy),
        cache: cache(client.cache),
        username: client.username.clone(),
        password: client.password.clone(),
        upload_listener: oracle::Flag::from(client.upload_listener == UploadListener::BeforeSend),
        keepalive: oracle::Flag::from(client.keepalive),
        integrity: client.integrity.clone(),
        duplex: half.then_some(oracle::Duplex::Half),
        user_prompts: oracle::Flag::from(!client.context.is_worker()),
        blob,
        embedder_policy: embedder_policy(client),
        registrable_domain: psl::domain_str,
        ..oracle::Call::new(origin, url)
    }
}

/// A body that needs no browser to be made: what a raw request sends.
pub(crate) fn raw_body(client: &Client) -> oracle::RequestBody {
    match &client.body {
        Some(Body::Blob { text, .. } | Body::Text { text }) => {
            oracle::RequestBody::Bytes(text.clone().into_bytes())
        }
        Some(Body::Stream { text, .. }) => oracle::RequestBody::Stream(text.clone().into_bytes()),
        Some(Body::Buffer { bytes: buffer }) => oracle::RequestBody::Bytes(bytes(buffer)),
        Some(Body::FormData { .. } | Body::UrlEncoded { .. } | Body::Document { .. }) | None => {
            oracle::RequestBody::None
        }
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
        Body::Stream { text, .. } => oracle::CallBody::Stream(text.clone().into_bytes()),
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
