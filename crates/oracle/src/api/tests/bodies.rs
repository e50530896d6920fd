use rstest::rstest;

use super::*;

fn pairs() -> Vec<(String, String)> {
    vec![("a b".to_owned(), "1&ä".to_owned())]
}

#[rstest]
#[case::text(text(), &["text/plain;charset=UTF-8"], "ä".as_bytes())]
#[case::url_encoded(
    CallBody::UrlEncoded(pairs()),
    &["application/x-www-form-urlencoded;charset=UTF-8"],
    b"a+b=1%26%C3%A4"
)]
#[case::blob(
    CallBody::Blob { content_type: "image/png".to_owned(), bytes: b"x".to_vec() },
    &["image/png"],
    b"x"
)]
#[case::typeless_blob(
    CallBody::Blob { content_type: String::new(), bytes: b"x".to_vec() },
    &[],
    b"x"
)]
#[case::buffer(CallBody::Buffer(b"x".to_vec()), &[], b"x")]
fn implied_content_types(
    #[case] body: CallBody,
    #[case] content_type: &[&str],
    #[case] bytes: &[u8],
) {
    for api in [Api::Fetch, Api::Xhr] {
        let implied = with_body(call(api), "POST", body.clone());
        let request = implied.into_request().unwrap();
        let expected: Vec<String> = content_type
            .iter()
            .map(|value| format!("Content-Type: {value}"))
            .collect();
        assert_eq!(lines(&request), expected);
        assert_eq!(request.body, RequestBody::Bytes(bytes.to_vec()));
        let authored = with_headers(call(api), &[("content-type", "a/b")]);
        let request = with_body(authored, "POST", body.clone())
            .into_request()
            .unwrap();
        assert_eq!(lines(&request), ["content-type: a/b"]);
    }
}

#[test]
fn form_data() {
    let entries = vec![
        ("a\"\r\nb".to_owned(), "1\n2".to_owned()),
        ("c".to_owned(), "----crosscheckFormBoundary".to_owned()),
    ];
    let call = with_body(call(Api::Fetch), "POST", CallBody::FormData(entries));
    let request = call.into_request().unwrap();
    let boundary = "----crosscheckFormBoundaryx";
    assert_eq!(
        lines(&request),
        [format!(
            "Content-Type: multipart/form-data; boundary={boundary}"
        )]
    );
    let expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"a%22%0D%0Ab\"\r\n\r\n1\r\n2\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\n\
         ----crosscheckFormBoundary\r\n--{boundary}--\r\n"
    );
    assert_eq!(request.body, RequestBody::Bytes(expected.into_bytes()));
    // Forms stay simple.
    assert!(!crate::preflight::needs_preflight(&request));
}

#[rstest]
#[case::html(DocumentType::Html, "text/html;charset=UTF-8")]
#[case::xml(DocumentType::Xml, "application/xml;charset=UTF-8")]
fn documents(#[case] document_type: DocumentType, #[case] content_type: &str) {
    let text = "<p/>".to_owned();
    let body = CallBody::Document {
        document_type,
        text,
    };
    let request = with_body(call(Api::Xhr), "POST", body.clone())
        .into_request()
        .unwrap();
    assert_eq!(lines(&request), [format!("Content-Type: {content_type}")]);
    let error = with_body(call(Api::Fetch), "POST", body).into_request();
    assert_eq!(
        error.unwrap_err(),
        InvalidOption::Unavailable("document body").into()
    );
}

#[rstest]
#[case::other_charset("text/plain;charset=ascii", "text/plain;charset=UTF-8")]
#[case::utf8_any_case("text/plain; Charset=utf-8", "text/plain; Charset=utf-8")]
#[case::no_charset("text/plain; a=b", "text/plain; a=b")]
#[case::broken("charset=ascii", "charset=ascii")]
fn xhr_corrects_the_charset_of_text(#[case] author: &str, #[case] expected: &str) {
    let authored = with_headers(call(Api::Xhr), &[("Content-Type", author)]);
    let request = with_body(authored.clone(), "POST", text())
        .into_request()
        .unwrap();
    assert_eq!(lines(&request), [format!("Content-Type: {expected}")]);
    let bytes = CallBody::Buffer(Vec::new());
    let request = with_body(authored, "POST", bytes).into_request().unwrap();
    assert_eq!(lines(&request), [format!("Content-Type: {author}")]);
}

#[rstest]
#[case::get("GET")]
#[case::head("head")]
fn bodies_of_get_and_head(#[case] method: &str) {
    let error = with_body(call(Api::Fetch), method, text())
        .into_request()
        .unwrap_err();
    assert_eq!(error.name(), "api/body-not-allowed");
    assert_eq!(error.exception(), Exception::TypeError);
    // XHR leaves it out, and with it the Content-Type.
    let request = with_body(call(Api::Xhr), method, text())
        .into_request()
        .unwrap();
    assert_eq!(request.body, RequestBody::None);
    assert!(request.headers.is_empty());
}

#[test]
fn no_cors_drops_an_implied_type_that_is_not_safelisted() {
    let blob = |content_type: &str| CallBody::Blob {
        content_type: content_type.to_owned(),
        bytes: Vec::new(),
    };
    for (content_type, n_headers) in [("application/json", 0), ("text/plain", 1)] {
        let mut call = with_body(call(Api::Fetch), "POST", blob(content_type));
        call.mode = RequestMode::NoCors;
        assert_eq!(call.into_request().unwrap().headers.len(), n_headers);
    }
}

#[test]
fn streams() {
    let stream = || {
        let body = CallBody::Stream(b"x".to_vec());
        let mut call = with_body(call(Api::Fetch), "POST", body);
        call.duplex = Some(Duplex::Half);
        call
    };
    let request = stream().into_request().unwrap();
    assert_eq!(request.use_cors_preflight, Flag::Set);
    assert_eq!(request.body, RequestBody::Stream(b"x".to_vec()));
    assert!(request.headers.is_empty());

    let mut same_origin = stream();
    same_origin.mode = RequestMode::SameOrigin;
    assert!(same_origin.into_request().is_ok());

    let mut no_duplex = stream();
    no_duplex.duplex = None;
    let expected = InvalidOption::StreamWithoutDuplex.into();
    assert_eq!(no_duplex.into_request().unwrap_err(), expected);

    let mut keepalive = stream();
    keepalive.keepalive = Flag::Set;
    let expected = InvalidOption::StreamWithKeepalive.into();
    assert_eq!(keepalive.into_request().unwrap_err(), expected);

    let mut no_cors = stream();
    no_cors.mode = RequestMode::NoCors;
    let expected = InvalidOption::StreamMode(RequestMode::NoCors).into();
    assert_eq!(no_cors.into_request().unwrap_err(), expected);
}
