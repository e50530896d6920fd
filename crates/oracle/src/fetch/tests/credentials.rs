//! Fetches with and without cookies.

use Credentials::{Include, Omit};
use rstest::rstest;

use super::*;
use crate::{
    api::{CallBody, Duplex},
    request::Flag,
};

#[rstest]
#[case::omit_home(CredentialsMode::Omit, HOME, Omit)]
#[case::same_origin_home(CredentialsMode::SameOrigin, HOME, Include)]
#[case::include_home(CredentialsMode::Include, HOME, Include)]
#[case::omit_foreign(CredentialsMode::Omit, FOREIGN, Omit)]
#[case::same_origin_foreign(CredentialsMode::SameOrigin, FOREIGN, Omit)]
#[case::include_foreign(CredentialsMode::Include, FOREIGN, Include)]
fn modes(#[case] mode: CredentialsMode, #[case] url: &str, #[case] expected: Credentials) {
    let mut call = call(url);
    call.credentials = mode;
    let played = play(call, &[Some(shared_with_credentials())]);
    assert_eq!(played.credentials(), [expected]);
    assert!(played.outcome.result.is_ok());
}

#[test]
fn no_cors_by_default_omits_and_by_mode_includes() {
    for (mode, expected) in [
        (CredentialsMode::SameOrigin, Omit),
        (CredentialsMode::Include, Include),
    ] {
        let mut call = call(FOREIGN);
        call.mode = RequestMode::NoCors;
        call.credentials = mode;
        let played = play(call, &[Some(Response::new(200))]);
        assert_eq!(played.credentials(), [expected]);
    }
}

#[rstest]
#[case::home(
    HOME,
    CredentialsMode::SameOrigin,
    Flag::Set,
    "network/stream-unauthorized"
)]
#[case::without_credentials(HOME, CredentialsMode::Omit, Flag::Set, "basic")]
#[case::without_a_window(HOME, CredentialsMode::SameOrigin, Flag::Unset, "basic")]
#[case::foreign(FOREIGN, CredentialsMode::Include, Flag::Set, "cors")]
fn a_stream_cannot_be_sent_again_with_a_password(
    #[case] url: &str,
    #[case] mode: CredentialsMode,
    #[case] user_prompts: Flag,
    #[case] expected: &str,
) {
    let with = |body| {
        let mut call = call(url);
        call.method = b"POST".to_vec();
        call.body = Some(body);
        call.duplex = Some(Duplex::Half);
        call.credentials = mode;
        call.user_prompts = user_prompts;
        let mut refused = shared_with_credentials();
        refused.status = 401;
        let answers = [Some(shared_with_credentials()), Some(refused.clone())];
        let n_preflights =
            usize::from(url == FOREIGN && matches!(call.body, Some(CallBody::Stream(_))));
        play(call, &answers[1 - n_preflights..])
    };
    let streamed = with(CallBody::Stream(b"x".to_vec()));
    assert_eq!(streamed.result(), expected);
    let from_text = with(CallBody::Text("x".to_owned()));
    assert_ne!(from_text.result(), "network/stream-unauthorized");
}

#[test]
fn a_preflight_never_has_credentials() {
    let mut call = put(FOREIGN);
    call.credentials = CredentialsMode::Include;
    let preflight = shared_with_credentials().with_header("Access-Control-Allow-Methods", "PUT");
    let played = play(call, &[Some(preflight), Some(shared_with_credentials())]);
    assert_eq!(played.credentials(), [Omit, Include]);
    assert_eq!(played.result(), "cors");
}

#[test]
fn a_preflight_is_judged_by_the_mode_of_the_actual_request() {
    let mut call = put(FOREIGN);
    call.credentials = CredentialsMode::Include;
    let played = play(call, &[Some(granted())]);
    assert_eq!(
        played.result(),
        "preflight/cors-check/wildcard-with-credentials"
    );
}

#[test]
fn the_wildcards_are_void_with_credentials() {
    let mut call = put(FOREIGN);
    call.credentials = CredentialsMode::Include;
    let wildcard = shared_with_credentials().with_header("Access-Control-Allow-Methods", "*");
    assert_eq!(play(call, &[Some(wildcard)]).result(), "preflight/method");
}

#[test]
fn same_origin_mode_sends_none_back_home() {
    let replies = [
        Some(Response::new(302).with_header("Location", FOREIGN)),
        Some(redirect(302, HOME)),
        Some(shared()),
    ];
    let played = play(call(HOME), &replies);
    assert_eq!(played.credentials(), [Include, Omit, Omit]);
    assert_eq!(played.lines[2], "GET https://a.test/ null");
}

#[test]
fn include_mode_sends_them_to_every_hop() {
    let mut call = call(FOREIGN);
    call.credentials = CredentialsMode::Include;
    let hop = Response::new(302)
        .with_header("Location", THIRD)
        .with_header("Access-Control-Allow-Origin", "https://a.test")
        .with_header("Access-Control-Allow-Credentials", "true");
    let last = Response::new(200)
        .with_header("Access-Control-Allow-Origin", "null")
        .with_header("Access-Control-Allow-Credentials", "true");
    let played = play(call, &[Some(hop), Some(last)]);
    assert_eq!(played.credentials(), [Include, Include]);
    assert_eq!(played.result(), "cors");
}

#[test]
fn the_mode_decides_and_not_the_cookies() {
    // Nothing is known of cookies here; the stricter rules hold all the same.
    let mut call = call(FOREIGN);
    call.credentials = CredentialsMode::Include;
    let played = play(call, &[Some(shared())]);
    assert_eq!(played.result(), "cors-check/wildcard-with-credentials");
}

#[test]
fn an_authors_authorization_brings_in_no_credentials() {
    let mut call = call(FOREIGN);
    call.credentials = CredentialsMode::Omit;
    call.headers
        .push((b"Authorization".to_vec(), b"x".to_vec()));
    let played = play(call, &[Some(granted()), Some(shared())]);
    assert_eq!(played.credentials(), [Omit, Omit]);
    assert!(played.sent[1].headers.contains("authorization"));
    assert_eq!(played.result(), "cors");
}

#[test]
fn permission_without_credentials_does_not_serve_include() {
    let mut cache = PreflightCache::new();
    play_with(
        put(FOREIGN),
        &[Some(granted()), Some(shared())],
        &mut cache,
        NOW,
    );
    let mut call = put(FOREIGN);
    call.credentials = CredentialsMode::Include;
    let preflight = shared_with_credentials().with_header("Access-Control-Allow-Methods", "PUT");
    let replies = [Some(preflight), Some(shared_with_credentials())];
    let played = play_with(call.clone(), &replies, &mut cache, NOW);
    assert_eq!(played.lines.len(), 2);
    // Now it does, and the other way round, too.
    let replies = [Some(shared_with_credentials())];
    assert_eq!(play_with(call, &replies, &mut cache, NOW).lines.len(), 1);
    assert_eq!(
        play_with(put(FOREIGN), &replies, &mut cache, NOW)
            .lines
            .len(),
        1
    );
}
