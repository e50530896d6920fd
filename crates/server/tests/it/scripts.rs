//! Scripts: answered byte for byte, in order.

use crosscheck_server::journal::{AnsweredBy, Scheme};
use rstest::rstest;

use crate::client::{Client, script, stage};

#[tokio::test]
async fn answers_are_sent_as_written_and_in_order() {
    let stage = stage().await;
    let answers = r#"[
        {"to":{"method":"OPTIONS"},"status":204,"headers":[["ACCESS-control-Allow-Origin","*"],["access-control-allow-origin","\u00a0*"]]},
        {"to":{"path":"/next"},"status":299,"reason":"Odd","headers":[["Location","{url:https://b.example/z}"]],"body":"\u0001"},
        {"status":201},{"status":202}]"#;
    stage.put_script("e-1", script(answers)).unwrap();
    let mut client = Client::connect(&stage).await;
    client.send("OPTIONS /x/t0ken/e-1/ HTTP/1.1\r\n\r\n").await;
    client
        .send("GET /x/t0ken/e-1/next?q HTTP/1.1\r\n\r\n")
        .await;
    client.send("GET /x/t0ken/e-1/ HTTP/1.1\r\n\r\n").await;
    client
        .send("GET /x/t0ken/e-1/ HTTP/1.1\r\nConnection: close\r\n\r\n")
        .await;
    let expected = [
        &b"HTTP/1.1 204 \r\nACCESS-control-Allow-Origin: *\r\naccess-control-allow-origin: \xa0*\r\n\r\n"[..],
        b"HTTP/1.1 299 Odd\r\nLocation: https://b.example/x/t0ken/e-1/z\r\nContent-Length: 1\r\n\r\n\x01",
        b"HTTP/1.1 201 \r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 202 \r\nContent-Length: 2\r\n\r\nok",
    ];
    let found = client.rest().await;
    assert_eq!(
        found.escape_ascii().to_string(),
        expected.concat().escape_ascii().to_string()
    );
}

#[tokio::test]
async fn what_the_script_does_not_have_is_an_error_without_cors_headers() {
    let stage = stage().await;
    let answers =
        r#"[{"to":{"host":"api.example:8443"},"headers":[["Access-Control-Allow-Origin","*"]]}]"#;
    stage.put_script("e", script(answers)).unwrap();
    let mut client = Client::connect(&stage).await;
    let answer = client.ask("GET /x/t0ken/e/", "").await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(
        !answer.to_lowercase().contains("access-control"),
        "{answer}"
    );
    client
        .send("GET /x/t0ken/e/ HTTP/1.1\r\nHost: api.example:8443\r\n\r\n")
        .await;
    assert!(
        client
            .answer(false)
            .await
            .contains("\r\nAccess-Control-Allow-Origin: *\r\n")
    );
    let by: Vec<_> = stage
        .journal()
        .take("e")
        .iter()
        .map(|entry| entry.answered_by)
        .collect();
    assert_eq!(by, [AnsweredBy::Unscripted, AnsweredBy::Script]);
}

#[rstest]
#[case::bytes(
    "HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\nabc",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"
)]
#[case::garbage("\\u0000\\u00ff", b"\0\xff")]
#[case::nothing("", b"")]
#[tokio::test]
async fn raw_answers_are_all_that_is_sent(#[case] raw: &str, #[case] expected: &[u8]) {
    let stage = stage().await;
    let answers = format!("[{{\"raw\":\"{raw}\"}}]");
    stage.put_script("e", script(&answers)).unwrap();
    let mut client = Client::connect(&stage).await;
    client.send("GET /x/t0ken/e/ HTTP/1.1\r\n\r\n").await;
    assert_eq!(client.rest().await, expected);
    assert_eq!(stage.journal().take("e")[0].response, expected);
}

#[tokio::test]
async fn lengths_that_may_lie_end_the_connection() {
    let stage = stage().await;
    let answers = r#"[{"headers":[["Content-Length","5"]],"body":"abc"}]"#;
    stage.put_script("e", script(answers)).unwrap();
    let mut client = Client::connect(&stage).await;
    client.send("GET /x/t0ken/e/ HTTP/1.1\r\n\r\n").await;
    let expected = "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nabc";
    assert_eq!(client.rest().await, expected.as_bytes());
}

#[tokio::test]
async fn the_journal_has_every_byte() {
    let stage = stage().await;
    stage.put_script("e", script("[{}]")).unwrap();
    let head = "pOST /x/t0ken/e/a%20b?c#d HTTP/1.1\r\nhOST:a.example\r\nX-Odd:\t \x0b1 \r\nx-odd: 2\r\ncontent-LENGTH: 4\r\n\r\n";
    let mut client = Client::connect(&stage).await;
    client.send(format!("{head}body")).await;
    let answer = client.answer(false).await;
    let entries = stage.journal().take("e");
    let [entry] = &entries[..] else {
        panic!("{entries:?}");
    };
    assert_eq!(entry.scheme, Scheme::Http);
    assert_eq!(entry.method, b"pOST");
    assert_eq!(entry.target, b"/x/t0ken/e/a%20b?c#d");
    let headers: [(&[u8], &[u8]); 4] = [
        (b"hOST", b"a.example"),
        (b"X-Odd", b"\x0b1"),
        (b"x-odd", b"2"),
        (b"content-LENGTH", b"4"),
    ];
    let found: Vec<_> = entry
        .headers
        .iter()
        .map(|(name, value)| (&name[..], &value[..]))
        .collect();
    assert_eq!(found, headers);
    assert_eq!(entry.request_head, head.as_bytes());
    assert_eq!(entry.body, b"body");
    assert_eq!(entry.response, answer.as_bytes());
    assert_eq!(entry.answered_by, AnsweredBy::Script);
    assert!(!entry.is_handled());
    assert_eq!(
        entry.values("x-ODD").collect::<Vec<_>>(),
        [b"\x0b1".as_slice(), b"2"]
    );
}

#[tokio::test]
async fn exchanges_do_not_mix() {
    let stage = stage().await;
    for exchange in ["a", "b"] {
        stage.put_script(exchange, script("[{}]")).unwrap();
    }
    let mut client = Client::connect(&stage).await;
    for exchange in ["a", "b", "a"] {
        client.ask(&format!("GET /x/t0ken/{exchange}/"), "").await;
    }
    let sequences = |exchange| -> Vec<u64> {
        stage
            .journal()
            .take(exchange)
            .iter()
            .map(|entry| entry.sequence)
            .collect()
    };
    assert_eq!((sequences("a"), sequences("b")), (vec![0, 2], vec![1]));
    assert_eq!(sequences("a"), [0; 0]);
}

#[tokio::test]
async fn a_forgotten_exchange_is_gone() {
    let stage = stage().await;
    stage.put_script("e", script("[{}]")).unwrap();
    let mut client = Client::connect(&stage).await;
    client.ask("GET /x/t0ken/e/", "").await;
    stage.forget_exchange("e");
    assert!(stage.journal().take("e").is_empty());
    let answer = client.ask("GET /x/t0ken/e/", "").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    assert!(stage.journal().take("e").is_empty());
}

#[tokio::test]
async fn a_script_put_again_starts_again() {
    let stage = stage().await;
    let mut client = Client::connect(&stage).await;
    for _ in 0..2 {
        stage
            .put_script("e", script(r#"[{"status":201},{"status":202}]"#))
            .unwrap();
        let answer = client.ask("GET /x/t0ken/e/", "").await;
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    }
}

#[tokio::test]
async fn names_that_do_not_fit_into_a_path_are_refused() {
    let stage = stage().await;
    for name in ["", "a/b", "..", "a b", "\u{e4}"] {
        stage.put_script(name, script("[{}]")).unwrap_err();
    }
}
