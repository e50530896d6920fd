//! What inputs are made of: mostly things that mean something, and some that do not.

use crosscheck_oracle::{
    Call, CredentialsMode, Flag, HeaderList, Origin, RedirectMode, Request, RequestMode, Response,
};
use proptest::prelude::*;
use url::Url;

/// The page's own origin, two foreign ones, and none.
pub(crate) const URLS: [&str; 6] = [
    "https://a.test/",
    "https://a.test/2#f",
    "https://b.test/",
    "https://b.test/2?q",
    "http://b.test:8080/",
    "https://c.test/",
];

pub(crate) fn url() -> impl Strategy<Value = Url> {
    prop::sample::select(&URLS[..]).prop_map(|url| Url::parse(url).expect("they are URLs"))
}

pub(crate) fn origin() -> impl Strategy<Value = Origin> {
    prop_oneof![
        4 => Just(Origin::parse("https://a.test").expect("it is an origin")),
        1 => Just(Origin::Opaque(1)),
    ]
}

pub(crate) fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(
            &["*", "PUT", "put", "GET", "x-a", "X-A", "x-b", "authorization", "content-type"][..]
        )
        .prop_map(str::to_owned),
        1 => "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}",
    ]
}

/// A comma list of tokens, with the blanks and empty items that the grammar lets pass.
pub(crate) fn token_list() -> impl Strategy<Value = String> {
    let separator = prop::sample::select(&[",", ", ", " ,\t", ",,"][..]);
    prop::collection::vec((token(), separator), 0..4).prop_map(|items| {
        items
            .into_iter()
            .flat_map(|(item, separator)| [item, separator.to_owned()])
            .collect()
    })
}

/// A header value: tokens, origins, flags, or any bytes.
pub(crate) fn value() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "*",
        "null",
        "true",
        "https://a.test",
        "https://b.test/",
        "600",
        "-1",
        "a b",
        "",
        "text/plain",
        "application/json",
        "bytes=0-",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(|value| value.as_bytes().to_vec()),
        2 => token_list().prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..140),
    ]
}

pub(crate) fn request_headers() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<u8>)>> {
    let names = [
        "Accept",
        "accept-language",
        "Content-Type",
        "content-language",
        "Range",
        "X-A",
        "x-b",
        "Authorization",
        "Cookie",
        "sec-x",
    ];
    let name = prop::sample::select(names.to_vec()).prop_map(|name| name.as_bytes().to_vec());
    prop::collection::vec((name, value()), 0..6)
}

pub(crate) fn response() -> impl Strategy<Value = Response> {
    let names = [
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "access-control-allow-methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Max-Age",
        "Access-Control-Expose-Headers",
        "Cross-Origin-Resource-Policy",
        "Set-Cookie",
        "X-A",
    ];
    let name = prop::sample::select(names.to_vec());
    let status = prop_oneof![
        6 => Just(200_u16),
        4 => prop::sample::select(vec![301_u16, 302, 303, 307, 308]),
        1 => 100_u16..600,
    ];
    let location = prop::option::weighted(
        0.8,
        prop_oneof![
            6 => url().prop_map(|url| url.to_string().into_bytes()),
            1 => value(),
        ],
    );
    let headers = prop::collection::vec((name, value()), 0..7);
    (status, headers, location).prop_map(|(status, headers, location)| {
        let mut response = Response::new(status);
        response.headers.extend(headers);
        response
            .headers
            .extend(location.map(|url| ("Location", url)));
        response
    })
}

pub(crate) fn credentials_mode() -> impl Strategy<Value = CredentialsMode> {
    prop::sample::select(vec![
        CredentialsMode::Omit,
        CredentialsMode::SameOrigin,
        CredentialsMode::Include,
    ])
}

pub(crate) fn method() -> impl Strategy<Value = Vec<u8>> {
    let methods = ["GET", "head", "POST", "PUT", "patch", "*", "options"];
    prop::sample::select(methods.to_vec()).prop_map(|method| method.as_bytes().to_vec())
}

/// A request in mode "cors", somewhere on its way.
pub(crate) fn request() -> impl Strategy<Value = Request> {
    (
        origin(),
        prop::collection::vec(url(), 1..4),
        method(),
        request_headers(),
        credentials_mode(),
        any::<bool>(),
    )
        .prop_map(
            |(origin, urls, method, headers, credentials_mode, forced)| {
                let mut urls = urls.into_iter();
                let first = Request::new(origin, urls.next().expect("there is at least one"));
                let mut request = urls.fold(first, Request::with_redirect_to);
                request.mode = RequestMode::Cors;
                request.method = method;
                request.headers = headers.into_iter().collect();
                request.credentials_mode = credentials_mode;
                request.unsafe_request = Flag::Set;
                request.use_cors_preflight = Flag::from(forced);
                request
            },
        )
}

/// A call of `fetch()`, most of which do not throw.
pub(crate) fn call() -> impl Strategy<Value = Call> {
    let mode = prop_oneof![
        4 => Just(RequestMode::Cors),
        1 => Just(RequestMode::NoCors),
        1 => Just(RequestMode::SameOrigin),
    ];
    let redirect = prop_oneof![
        6 => Just(RedirectMode::Follow),
        1 => Just(RedirectMode::Error),
        1 => Just(RedirectMode::Manual),
    ];
    (
        origin(),
        url(),
        method(),
        request_headers(),
        credentials_mode(),
        mode,
        redirect,
    )
        .prop_map(
            |(origin, url, method, headers, credentials, mode, redirect)| {
                let mut call = Call::new(origin, url);
                call.method = method;
                call.headers = headers;
                call.credentials = credentials;
                call.mode = mode;
                call.redirect = redirect;
                call
            },
        )
}

pub(crate) fn header_list() -> impl Strategy<Value = HeaderList> {
    request_headers().prop_map(|headers| headers.into_iter().collect())
}
