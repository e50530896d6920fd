//! Fetches that are sent elsewhere.

use rstest::rstest;

use super::*;
use crate::api::CallBody;

/// A redirect that needs and has no CORS headers.
fn bare(status: u16, location: &str) -> Response {
    Response::new(status).with_header("Location", location)
}

#[test]
fn from_home_without_cors_headers() {
    let played = play(call(HOME), &[Some(bare(302, FOREIGN)), Some(shared())]);
    assert_eq!(
        played.lines,
        [
            "GET https://a.test/ -",
            "GET https://b.test/ https://a.test"
        ]
    );
    assert_eq!(played.result(), "cors");
    assert!(played.response().redirected);
    assert_eq!(played.response().url.as_ref().unwrap().as_str(), FOREIGN);
}

#[test]
fn every_later_hop_is_checked() {
    let played = play(call(FOREIGN), &[Some(bare(302, FOREIGN))]);
    assert_eq!(played.result(), "cors-check/missing-origin");
}

#[rstest]
#[case::home_foreign(&[HOME, FOREIGN], "https://a.test")]
#[case::foreign_within(&[FOREIGN, "https://b.test/2"], "https://a.test")]
#[case::foreign_third(&[FOREIGN, THIRD], "null")]
#[case::foreign_home(&[FOREIGN, HOME], "null")]
#[case::home_home_foreign(&[HOME, "https://a.test/2", FOREIGN], "https://a.test")]
#[case::foreign_third_foreign(&[FOREIGN, THIRD, FOREIGN], "null")]
fn the_origin_becomes_null(#[case] urls: &[&str], #[case] expected: &str) {
    let (first, rest) = urls.split_first().unwrap();
    let mut replies: Vec<_> = rest.iter().map(|url| Some(redirect(302, url))).collect();
    replies.push(Some(shared()));
    let played = play(call(first), &replies);
    let last = played.lines.last().unwrap();
    assert_eq!(*last, format!("GET {} {expected}", urls.last().unwrap()));
    assert_eq!(played.result(), "cors");
}

#[test]
fn back_home_is_still_cors() {
    let home = Response::new(200);
    let played = play(call(FOREIGN), &[Some(redirect(302, HOME)), Some(home)]);
    assert_eq!(played.result(), "cors-check/missing-origin");
}

#[test]
fn no_cors_stays_opaque() {
    let mut call = call(FOREIGN);
    call.mode = RequestMode::NoCors;
    let played = play(call, &[Some(bare(302, HOME)), Some(Response::new(200))]);
    assert_eq!(
        played.lines,
        ["GET https://b.test/ -", "GET https://a.test/ -"]
    );
    assert_eq!(played.result(), "opaque");
    assert!(!played.response().redirected);
}

#[test]
fn resource_policy_guards_redirects_too() {
    let mut call = call(FOREIGN);
    call.mode = RequestMode::NoCors;
    let guarded = bare(302, HOME).with_header("Cross-Origin-Resource-Policy", "same-origin");
    assert_eq!(play(call, &[Some(guarded)]).result(), "response/corp");
}

#[test]
fn same_origin_mode_ends_at_the_border() {
    let mut call = call(HOME);
    call.mode = RequestMode::SameOrigin;
    let played = play(call, &[Some(bare(302, FOREIGN))]);
    assert_eq!(played.lines, ["GET https://a.test/ -"]);
    assert_eq!(played.result(), "mode/same-origin");
}

#[rstest]
#[case::error(RedirectMode::Error, "redirect/mode-error")]
#[case::manual(RedirectMode::Manual, "opaqueredirect")]
fn redirect_modes(#[case] mode: RedirectMode, #[case] expected: &str) {
    for url in [HOME, FOREIGN] {
        let mut call = call(url);
        call.redirect = mode;
        let played = play(call.clone(), &[Some(redirect(302, THIRD))]);
        assert_eq!(played.result(), expected);
        // The mode, not the Location, decides.
        let mut no_location = shared();
        no_location.status = 302;
        assert_eq!(play(call.clone(), &[Some(no_location)]).result(), expected);
        // Not a redirect status.
        let played = play(call, &[Some(redirect(300, THIRD))]);
        assert_eq!(played.response().status, 300);
    }
}

#[test]
fn a_manual_redirect_is_checked_first() {
    let mut call = call(FOREIGN);
    call.redirect = RedirectMode::Manual;
    let played = play(call, &[Some(bare(302, THIRD))]);
    assert_eq!(played.result(), "cors-check/missing-origin");
}

#[test]
fn a_manual_redirect_shows_the_url_of_the_request() {
    let mut call = call("https://b.test/x");
    call.redirect = RedirectMode::Manual;
    let played = play(call, &[Some(redirect(302, THIRD))]);
    let response = played.response();
    assert_eq!(response.url.as_ref().unwrap().as_str(), "https://b.test/x");
    assert_eq!((response.status, response.redirected), (0, false));
}

#[test]
fn navigations_follow_in_manual_mode() {
    let mut request = Request::new(call(HOME).origin, Url::parse(FOREIGN).unwrap());
    request.mode = RequestMode::Navigate;
    request.redirect_mode = RedirectMode::Manual;
    let mut cache = PreflightCache::new();
    let step = fetch(request, &mut cache, NOW);
    let replies = [Some(bare(302, THIRD)), Some(Response::new(200))];
    let played = drive(step, &replies, &mut cache, NOW);
    assert_eq!(
        played.lines,
        ["GET https://b.test/ -", "GET https://c.test/ -"]
    );
    assert_eq!(played.result(), "basic");
}

#[test]
fn without_location_the_redirect_is_the_response() {
    let mut response = shared();
    response.status = 302;
    let played = play(call(FOREIGN), &[Some(response)]);
    assert_eq!(played.result(), "cors");
    assert_eq!(played.response().status, 302);
    assert!(!played.response().redirected);
}

#[rstest]
#[case::location("https://b.test:x/", "redirect/location")]
#[case::scheme("data:,x", "redirect/scheme")]
#[case::user_info("https://u@b.test/", "redirect/userinfo")]
#[case::user_info_home("https://u:p@a.test/", "redirect/userinfo")]
#[case::bad_port("https://b.test:6000/", "mode/bad-port")]
fn refused_locations(#[case] location: &str, #[case] expected: &str) {
    let played = play(call(FOREIGN), &[Some(redirect(302, location))]);
    assert_eq!(played.result(), expected);
}

#[test]
fn user_info_is_not_sent() {
    let location = "https://u:p@a.test/x";
    let replies = [Some(bare(302, location)), Some(Response::new(200))];
    let played = play(call(HOME), &replies);
    assert_eq!(played.sent[1].url.as_str(), "https://a.test/x");
    assert!(!played.sent[1].headers.contains("authorization"));
}

#[test]
fn twenty_hops_and_no_more() {
    let mut replies = vec![Some(redirect(302, "/x")); 20];
    replies.push(Some(shared()));
    let played = play(call(FOREIGN), &replies);
    assert_eq!(played.lines.len(), 21);
    assert_eq!(played.result(), "cors");
    let played = play(call(FOREIGN), &vec![Some(redirect(302, "/x")); 21]);
    assert_eq!(played.lines.len(), 21);
    assert_eq!(played.result(), "redirect/too-many");
}

#[test]
fn an_empty_location_leads_to_itself() {
    let played = play(call(FOREIGN), &vec![Some(redirect(302, "")); 21]);
    assert_eq!(played.result(), "redirect/too-many");
}

#[test]
fn each_hop_asks_for_itself() {
    let replies = [
        Some(granted()),
        Some(redirect(307, THIRD)),
        Some(granted()),
        Some(shared()),
    ];
    let played = play(put(FOREIGN), &replies);
    assert_eq!(
        played.lines,
        [
            "OPTIONS https://b.test/ https://a.test",
            "PUT https://b.test/ https://a.test",
            "OPTIONS https://c.test/ null",
            "PUT https://c.test/ null",
        ]
    );
    assert_eq!(played.result(), "cors");
}

#[test]
fn a_request_from_home_asks_at_its_target() {
    let replies = [Some(bare(307, FOREIGN)), Some(granted()), Some(shared())];
    let played = play(put(HOME), &replies);
    assert_eq!(
        played.lines,
        [
            "PUT https://a.test/ https://a.test",
            "OPTIONS https://b.test/ https://a.test",
            "PUT https://b.test/ https://a.test",
        ]
    );
}

#[test]
fn becoming_get_drops_body_type_and_the_need_to_ask() {
    let mut post = call(FOREIGN);
    post.method = b"POST".to_vec();
    post.headers
        .push((b"Content-Type".to_vec(), b"application/json".to_vec()));
    post.body = Some(CallBody::Text("{}".to_owned()));
    let preflight = shared().with_header("Access-Control-Allow-Headers", "content-type");
    let replies = [Some(preflight), Some(redirect(303, "/2")), Some(shared())];
    let played = play(post, &replies);
    assert_eq!(
        played.lines,
        [
            "OPTIONS https://b.test/ https://a.test",
            "POST https://b.test/ https://a.test",
            "GET https://b.test/2 https://a.test",
        ]
    );
    let last = &played.sent[2];
    assert_eq!(last.body.bytes(), None);
    assert!(!last.headers.contains("content-type"));
    assert_eq!(last.headers.get("accept").unwrap(), b"*/*".as_slice());
    assert_eq!(last.headers.values(b"origin").count(), 1);
}

#[test]
fn authorization_is_dropped_and_no_longer_asked_for() {
    let mut call = call(FOREIGN);
    call.headers
        .push((b"Authorization".to_vec(), b"secret".to_vec()));
    let replies = [Some(granted()), Some(redirect(302, THIRD)), Some(shared())];
    let played = play(call, &replies);
    assert_eq!(
        played.lines,
        [
            "OPTIONS https://b.test/ https://a.test",
            "GET https://b.test/ https://a.test",
            "GET https://c.test/ null",
        ]
    );
    let authorized: Vec<bool> = played
        .sent
        .iter()
        .map(|request| request.headers.contains("authorization"))
        .collect();
    assert_eq!(authorized, [false, true, false]);
}

#[test]
fn a_failure_after_a_redirect_clears_the_last_url_only() {
    let mut cache = PreflightCache::new();
    let replies = [
        Some(granted()),
        Some(redirect(307, "/2")),
        Some(granted()),
        None,
    ];
    let played = play_with(put(FOREIGN), &replies, &mut cache, NOW);
    assert_eq!(played.result(), "network/no-response");
    let urls: Vec<&str> = cache.entries().map(|entry| entry.url.as_str()).collect();
    assert!(!urls.is_empty());
    assert!(urls.iter().all(|url| *url == FOREIGN));
}

#[test]
fn an_earlier_hop_that_asked_is_enough_to_clear() {
    let mut cache = PreflightCache::new();
    // Permission for the second URL, from the origin that the redirect will leave intact.
    let grant = [Some(granted()), Some(shared())];
    play_with(put("https://b.test/2"), &grant, &mut cache, NOW);
    let replies = [
        Some(granted()),
        Some(redirect(303, "/2")),
        Some(Response::new(200)),
    ];
    let played = play_with(put(FOREIGN), &replies, &mut cache, NOW);
    // The second hop was a simple GET.
    assert_eq!(played.lines[2], "GET https://b.test/2 https://a.test");
    assert!(cache.entries().all(|entry| entry.url.as_str() == FOREIGN));
}

#[test]
fn a_policy_on_the_way_counts_for_what_follows() {
    let mut post = call(HOME);
    post.mode = RequestMode::NoCors;
    post.method = b"POST".to_vec();
    let hop = bare(307, FOREIGN).with_header("Referrer-Policy", "no-referrer");
    let played = play(post, &[Some(hop), Some(Response::new(200))]);
    assert_eq!(
        played.lines,
        [
            "POST https://a.test/ https://a.test",
            "POST https://b.test/ null"
        ]
    );
}
