//! One connection that speaks HTTP/2: requests in, answers out, each on a stream of its own.
//!
//! What came is told in the words of HTTP/1.1, and so is the answer, so that whoever answers need not
//! know: an answer that HTTP/2 cannot carry resets its stream.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use crosscheck_http1::{
    request::{
        body::{KEPT, LONGEST},
        head::{self, BadRequest, Head, Version},
    },
    token,
};
use h2::{
    Reason, RecvStream,
    server::{self, SendResponse},
};
use http::{
    HeaderName, HeaderValue, Request, Response, StatusCode,
    header::{CONNECTION, COOKIE, TRANSFER_ENCODING, UPGRADE},
    request::Parts,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
    time::timeout,
};

use crate::connection::{Answers, Received};

/// How long a connection may be idle between requests.
const IDLE: Duration = Duration::from_secs(75);

/// How long a client may take to begin, or over one piece of a body.
const STALLED: Duration = Duration::from_secs(30);

/// Serves `stream` until it is closed by either side.
pub(crate) async fn serve<S, A>(stream: S, answers: A)
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: Answers + Send + Sync + 'static,
{
    let answers = Arc::new(answers);
    let Ok(Ok(mut connection)) = timeout(STALLED, server::handshake(stream)).await else {
        return;
    };
    // They end with the connection.
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = timeout(IDLE, connection.accept()) => match accepted {
                Ok(Some(Ok((request, respond)))) => {
                    open.spawn(serve_one(request, respond, Arc::clone(&answers)));
                }
                Ok(None | Some(Err(_))) => break,
                Err(_idle) if open.is_empty() => break,
                Err(_idle) => {}
            },
            Some(_) = open.join_next() => {}
        }
    }
}

async fn serve_one(
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    answers: Arc<impl Answers>,
) {
    let (parts, stream) = request.into_parts();
    let Some(body) = read_body(stream).await else {
        return respond.send_reset(Reason::CANCEL);
    };
    let target = parts.uri.path_and_query();
    let target = target.map_or("/", |target| target.as_str());
    let lines = lines(&parts);
    let raw = as_text(parts.method.as_str(), target, &lines);
    let head = Head {
        method: parts.method.as_str().as_bytes(),
        target: target.as_bytes(),
        version: Version::Http2,
        lines: lines
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_slice()))
            .collect(),
    };
    let received = Received {
        raw: &raw,
        head: &head,
        body,
    };
    let reply = answers.answer(received).await;
    let Some((response, body)) = carried(&reply.bytes) else {
        return respond.send_reset(Reason::INTERNAL_ERROR);
    };
    // A client that is gone already does not matter.
    if let Ok(mut stream) = respond.send_response(response, body.is_empty())
        && !body.is_empty()
    {
        let _ = stream.send_data(body, true);
    }
}

/// The beginning of the body; none if the client breaks off.
async fn read_body(mut stream: RecvStream) -> Option<Result<Vec<u8>, BadRequest>> {
    let mut kept = Vec::new();
    let mut total = 0;
    while let Some(piece) = timeout(STALLED, stream.data()).await.ok()? {
        let piece = piece.ok()?;
        stream.flow_control().release_capacity(piece.len()).ok()?;
        total += piece.len() as u64;
        if total > LONGEST {
            return Some(Err(BadRequest::BodyTooLong));
        }
        let room = KEPT.saturating_sub(kept.len()).min(piece.len());
        kept.extend_from_slice(piece.get(..room).unwrap_or_default());
    }
    Some(Ok(kept))
}

/// The header lines, with the authority as `host` and the crumbs of a cookie in one.
///
/// Spec: <https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3>
fn lines(parts: &Parts) -> Vec<(String, Vec<u8>)> {
    let authority = parts.uri.authority().map(|host| host.as_str().into());
    let host = authority.map(|host| ("host".to_owned(), host));
    let crumbs: Vec<_> = parts.headers.get_all(COOKIE).into_iter().collect();
    let cookie: Vec<_> = crumbs.iter().map(|crumb| crumb.as_bytes()).collect();
    let cookie = (COOKIE.to_string(), cookie.join(&b"; "[..]));
    let others = parts.headers.iter().filter(|(name, _)| **name != COOKIE);
    host.into_iter()
        .chain(others.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())))
        .chain((!crumbs.is_empty()).then_some(cookie))
        .collect()
}

/// The head as it would have been written in HTTP/1.1.
fn as_text(method: &str, target: &str, lines: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/2\r\n").into_bytes();
    for (name, value) in lines {
        text.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    }
    text.extend_from_slice(b"\r\n");
    text
}

/// What of an answer in HTTP/1.1 HTTP/2 carries; none if it cannot.
fn carried(answer: &[u8]) -> Option<(Response<()>, Bytes)> {
    let end = head::end(answer, 0).ok().flatten()?;
    let (head, body) = answer.split_at_checked(end)?;
    let mut rows = head
        .split(|byte| *byte == b'\n')
        .map(|row| row.strip_suffix(b"\r").unwrap_or(row));
    let status = rows.next()?.split(|byte| *byte == b' ').nth(1)?;
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_bytes(status).ok()?;
    if response.status().is_informational() {
        return None;
    }
    for row in rows.take_while(|row| !row.is_empty()) {
        let colon = row.iter().position(|byte| *byte == b':')?;
        let (name, value) = row.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(token::trim(value.get(1..)?)).ok()?;
        if name == TRANSFER_ENCODING {
            return None;
        }
        if name != CONNECTION && name != UPGRADE {
            response.headers_mut().append(name, value);
        }
    }
    Some((response, Bytes::copy_from_slice(body)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::carried;

    #[test]
    fn an_answer_is_carried_as_it_stands() {
        let answer = b"HTTP/1.1 299 Odd\r\nX-A: 1\r\nx-a:\t2\r\nConnection: close\r\n\r\nbody\r\n";
        let (response, body) = carried(answer).unwrap();
        assert_eq!(response.status(), 299);
        let values: Vec<_> = response.headers().get_all("x-a").iter().collect();
        assert_eq!(values, ["1", "2"]);
        assert_eq!(response.headers().len(), 2);
        assert_eq!(body, "body\r\n");
    }

    #[rstest]
    #[case::hang_up("")]
    #[case::half("HTTP/1.1 200 \r\nA: b\r\n")]
    #[case::no_status("HTTP/1.1 abc\r\n\r\n")]
    #[case::informational("HTTP/1.1 103 \r\n\r\n")]
    #[case::no_colon("HTTP/1.1 200 \r\nA\r\n\r\n")]
    #[case::bad_name("HTTP/1.1 200 \r\nA b: c\r\n\r\n")]
    #[case::control("HTTP/1.1 200 \r\nA: \x01\r\n\r\n")]
    #[case::chunked("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    fn what_cannot_be_carried(#[case] answer: &str) {
        assert!(carried(answer.as_bytes()).is_none());
    }
}
