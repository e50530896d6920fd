use rstest::rstest;

use super::*;

/// The referrer of a page at `https://a.test/p?q`, fetching from its own origin, from another,
/// and from one without TLS.
#[rstest]
#[case::empty(
    ReferrerPolicy::Empty,
    [Some("https://a.test/p?q"), Some("https://a.test/"), None]
)]
#[case::no_referrer(ReferrerPolicy::NoReferrer, [None, None, None])]
#[case::no_referrer_when_downgrade(
    ReferrerPolicy::NoReferrerWhenDowngrade,
    [Some("https://a.test/p?q"), Some("https://a.test/p?q"), None]
)]
#[case::origin(
    ReferrerPolicy::Origin,
    [Some("https://a.test/"), Some("https://a.test/"), Some("https://a.test/")]
)]
#[case::origin_when_cross_origin(
    ReferrerPolicy::OriginWhenCrossOrigin,
    [Some("https://a.test/p?q"), Some("https://a.test/"), Some("https://a.test/")]
)]
#[case::same_origin(ReferrerPolicy::SameOrigin, [Some("https://a.test/p?q"), None, None])]
#[case::strict_origin(
    ReferrerPolicy::StrictOrigin,
    [Some("https://a.test/"), Some("https://a.test/"), None]
)]
#[case::strict_origin_when_cross_origin(
    ReferrerPolicy::StrictOriginWhenCrossOrigin,
    [Some("https://a.test/p?q"), Some("https://a.test/"), None]
)]
#[case::unsafe_url(
    ReferrerPolicy::UnsafeUrl,
    [Some("https://a.test/p?q"), Some("https://a.test/p?q"), Some("https://a.test/p?q")]
)]
fn policies(#[case] policy: ReferrerPolicy, #[case] expected: [Option<&str>; 3]) {
    let urls = ["https://a.test/x", "https://b.test/x", "http://b.test/x"];
    for (url, expected) in urls.into_iter().zip(expected) {
        let referrer = determine(policy, "https://u:p@a.test/p?q#f", url);
        assert_eq!(referrer.as_ref().map(Url::as_str), expected, "{url}");
    }
}

fn determine(policy: ReferrerPolicy, referrer: &str, url: &str) -> Option<Url> {
    let origin = Origin::parse("https://a.test").unwrap();
    let mut request = Request::new(origin, Url::parse(url).unwrap());
    request.referrer = Some(Url::parse(referrer).unwrap());
    request.referrer_policy = policy;
    determine_referrer(&request)
}

#[rstest]
#[case::name("http://localhost:1/", true)]
#[case::subdomain("http://x.localhost/", true)]
#[case::ipv4("http://127.1.2.3/", true)]
#[case::ipv6("http://[::1]/", true)]
#[case::look_alike("http://xlocalhost/", false)]
#[case::other_address("http://10.0.0.1/", false)]
fn loopback_is_no_downgrade(#[case] url: &str, #[case] sent: bool) {
    let referrer = determine(ReferrerPolicy::StrictOrigin, "https://a.test/", url);
    assert_eq!(referrer.is_some(), sent);
}

#[rstest]
#[case::at_the_limit(4096, "https://a.test/aaaa")]
#[case::above(4097, "https://a.test/")]
fn long_referrers_are_cut(#[case] length: usize, #[case] start: &str) {
    let page = "https://a.test/";
    let page = format!("{page}{}", "a".repeat(length - page.len()));
    let referrer = determine(ReferrerPolicy::UnsafeUrl, &page, "https://b.test/").unwrap();
    assert!(referrer.as_str().starts_with(start));
    assert_eq!(referrer.as_str().len() == length, length == 4096);
}

#[test]
fn pages_without_a_real_url_send_none() {
    for page in ["data:,x", "about:srcdoc"] {
        let referrer = determine(ReferrerPolicy::UnsafeUrl, page, "https://b.test/");
        assert_eq!(referrer, None);
    }
}

#[rstest]
#[case::absent(&[], None)]
#[case::one(&["origin"], Some(ReferrerPolicy::Origin))]
#[case::any_case(&["No-Referrer"], Some(ReferrerPolicy::NoReferrer))]
#[case::last_known(&["origin, unsafe-url, x"], Some(ReferrerPolicy::UnsafeUrl))]
#[case::lines(&["same-origin", "strict-origin"], Some(ReferrerPolicy::StrictOrigin))]
#[case::unknown(&["x"], None)]
#[case::empty(&[""], None)]
#[case::no_referrer_when_downgrade(
    &["no-referrer-when-downgrade"],
    Some(ReferrerPolicy::NoReferrerWhenDowngrade)
)]
#[case::origin_when_cross_origin(
    &["origin-when-cross-origin"],
    Some(ReferrerPolicy::OriginWhenCrossOrigin)
)]
#[case::same_origin(&["same-origin"], Some(ReferrerPolicy::SameOrigin))]
#[case::strict_origin_when_cross_origin(
    &["strict-origin-when-cross-origin"],
    Some(ReferrerPolicy::StrictOriginWhenCrossOrigin)
)]
fn headers(#[case] values: &[&str], #[case] expected: Option<ReferrerPolicy>) {
    let headers: HeaderList = values
        .iter()
        .map(|&value| ("Referrer-Policy", value))
        .collect();
    assert_eq!(parse_referrer_policy(&headers), expected);
}
