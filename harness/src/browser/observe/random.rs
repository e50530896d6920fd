//! What browsers draw at random, boundaries of forms and keys of sockets: equal runs are to see the same.

use crosscheck_report::observation::{Exchange, Observation, lines};
use crosscheck_vectors::{bytes::ByteString, vector::Vector};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// What comes before the boundary in a `Content-Type`.
const BEFORE: &[u8] = b"multipart/form-data; boundary=";

/// What stands for each boundary: the model's, made as long as the browser's, so that lengths stay true.
const MODEL: &[u8] = b"----crosscheckFormBoundary";

/// What makes it longer.
const FILL: u8 = b'x';

/// What stands for each key of a socket: the example of RFC 6455.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// Puts one boundary, and one key, for all into `seen`, but for what `vector` itself gives.
pub(super) fn settle(seen: &mut Observation, vector: &Vector) {
    settle_boundaries(seen, vector);
    let mut headers = vector.steps.iter().flat_map(|step| &step.client.headers);
    if !headers.any(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"sec-websocket-key")) {
        seen.exchanges.iter_mut().for_each(settle_key);
    }
}

/// A wrong answer to a key stays as it is.
fn settle_key(exchange: &mut Exchange) {
    let key = lines(&exchange.request.headers, b"sec-websocket-key").next();
    let Some(key) = key.cloned() else {
        return;
    };
    let answered = derive_accept_key(key.as_bytes());
    let response = exchange.response.iter_mut();
    let response = response.flat_map(|response| &mut response.headers);
    for (_, value) in exchange.request.headers.iter_mut().chain(response) {
        if *value == key {
            *value = KEY.into();
        } else if value.as_bytes() == answered.as_bytes() {
            *value = derive_accept_key(KEY.as_bytes()).as_str().into();
        }
    }
}

fn settle_boundaries(seen: &mut Observation, vector: &Vector) {
    let given: Vec<_> = vector
        .steps
        .iter()
        .flat_map(|step| &step.client.headers)
        .filter_map(|(_, value)| boundary(value.as_bytes()))
        .map(<[u8]>::to_vec)
        .collect();
    let requests = seen.exchanges.iter().map(|exchange| &exchange.request);
    let types = requests.flat_map(|request| lines(&request.headers, b"content-type"));
    let mut drawn: Vec<_> = types
        .filter_map(|value| boundary(value.as_bytes()))
        .map(<[u8]>::to_vec)
        .collect();
    drawn.retain(|boundary| !given.contains(boundary));
    for boundary in drawn {
        let fill = std::iter::repeat(&FILL);
        let settled: Vec<u8> = MODEL
            .iter()
            .chain(fill)
            .take(boundary.len())
            .copied()
            .collect();
        for text in texts(seen) {
            replace(text, &boundary, &settled);
        }
    }
}

/// The boundary that a `Content-Type` names.
fn boundary(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(BEFORE).filter(|found| !found.is_empty())
}

/// All that was sent and answered.
fn texts(seen: &mut Observation) -> impl Iterator<Item = &mut ByteString> {
    let in_exchanges = seen.exchanges.iter_mut().flat_map(|exchange| {
        let request = &mut exchange.request;
        let answered = exchange.response.iter_mut();
        let answered = answered.flat_map(|response| {
            let headers = response.headers.iter_mut().map(|(_, value)| value);
            headers.chain([&mut response.body])
        });
        let headers = request.headers.iter_mut().map(|(_, value)| value);
        headers.chain([&mut request.body]).chain(answered)
    });
    let for_page = seen.headers.iter_mut().map(|(_, value)| value);
    in_exchanges.chain(for_page).chain(&mut seen.body)
}

/// Puts `instead`, which is as long, in the place of each `part` of `text`.
fn replace(text: &mut ByteString, part: &[u8], instead: &[u8]) {
    let mut bytes = text.as_bytes().to_vec();
    let mut from = 0;
    while let Some(rest) = bytes.get(from..)
        && let Some(at) = rest.windows(part.len()).position(|found| found == part)
    {
        let begin = from + at;
        from = begin + part.len();
        bytes.splice(begin..from, instead.iter().copied());
    }
    if from > 0 {
        *text = bytes.into();
    }
}

#[cfg(test)]
mod tests {
    use crosscheck_report::observation::{Exchange, Observation, SeenRequest, SeenResponse};
    use crosscheck_vectors::{expect::StepOutcome, load::Suite, vector::Vector};

    use super::settle;

    fn vector(id: &str) -> Vector {
        let suite = Suite::embedded().unwrap();
        let mut vectors = suite.vectors.iter();
        let (_, vector) = vectors.find(|(found, _)| found.as_str() == id).unwrap();
        Vector::clone(vector)
    }

    /// A form that was sent with `boundary`, and came back.
    fn seen(boundary: &str) -> Observation {
        let body = format!("--{boundary}\r\n\r\na\r\n--{boundary}--\r\n");
        Observation {
            outcome: StepOutcome::Readable,
            reasons: Vec::new(),
            detail: None,
            status: Some(200),
            headers: vec![("x-type".into(), boundary.into())],
            body: Some(body.as_str().into()),
            exchanges: vec![Exchange {
                request: SeenRequest {
                    method: "POST".into(),
                    url: "https://api.example/data".to_owned(),
                    headers: vec![(
                        "Content-Type".into(),
                        format!("multipart/form-data; boundary={boundary}")
                            .as_str()
                            .into(),
                    )],
                    body: body.as_str().into(),
                },
                response: Some(SeenResponse {
                    status: 200,
                    headers: vec![("X-Type".into(), boundary.into())],
                    body: body.as_str().into(),
                }),
                handled: None,
            }],
            trace: Vec::new(),
        }
    }

    #[test]
    fn what_a_browser_draws_is_settled_everywhere() {
        let form = vector("browser/concept-main-fetch/bodies/form-data");
        let mut seen_by = seen("----WebKitFormBoundarybVKSXML15RyhbJxj");
        settle(&mut seen_by, &form);
        assert_eq!(seen_by, seen("----crosscheckFormBoundaryxxxxxxxxxxxx"));
    }

    #[test]
    fn what_the_vector_gives_stays() {
        let mut given =
            vector("browser/cors-safelisted-request-header/content-type/multipart-form-data");
        let value = "multipart/form-data; boundary=mine";
        given.steps[0].client.headers = vec![("Content-Type".into(), value.into())];
        let mut seen_by = seen("mine");
        settle(&mut seen_by, &given);
        assert_eq!(seen_by, seen("mine"));
    }

    #[test]
    fn keys_of_sockets_are_settled_with_what_answers_them() {
        let form = vector("browser/concept-main-fetch/bodies/form-data");
        let headers = |key: &str, accept: &str| {
            let mut seen = seen("");
            let exchange = &mut seen.exchanges[0];
            exchange.request.headers = vec![("Sec-WebSocket-Key".into(), key.into())];
            let response = exchange.response.as_mut().unwrap();
            response.headers = vec![("Sec-WebSocket-Accept".into(), accept.into())];
            seen
        };
        let example = ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        let drawn = "mbnIvzrtyoKr2ierWDiP3Q==";
        let mut right = headers(drawn, "iabIY7KoUa98iMQsUeVPsnf3v/k=");
        settle(&mut right, &form);
        assert_eq!(right, headers(example.0, example.1));
        let mut wrong = headers(drawn, "CGQAwtInVDg5VdjaxxpjZab5INA=");
        settle(&mut wrong, &form);
        assert_eq!(wrong, headers(example.0, "CGQAwtInVDg5VdjaxxpjZab5INA="));
    }
}
