//! The application behind the policy: a pure function of the request.

use bytes::Bytes;
use crosscheck_http1::token;
use http::{
    HeaderName, HeaderValue, Response, StatusCode,
    header::{CONTENT_TYPE, LOCATION, SET_COOKIE},
};

use crate::{query, request::RequestHead};

/// Marks a response that a route's handler made; its value is the `id` parameter.
pub const HANDLED: HeaderName = HeaderName::from_static("x-crosscheck-handled");

/// What a route's handler could not make of its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum BadParameter {
    #[error("`code` is not one of 301, 302, 303, 307 and 308")]
    Code,
    #[error("`h` is not `Name:value`")]
    Header,
    #[error("`id` cannot be sent as a header value")]
    Id,
    #[error("`to` is missing or cannot be sent as a header value")]
    To,
}

/// The response to `request`.
///
/// | path | answer |
/// | --- | --- |
/// | `/echo` | 200 |
/// | `/status/{code}` | that status, 200 to 599 |
/// | `/redirect?to=URL` | 302, or what `code` says |
/// | `/panic` | unwinds |
/// | anything else | 404, made by no handler |
///
/// Every method is taken. Every route marks its response as [`HANDLED`], adds the header of each `h`
/// parameter (`Name:value`), and with `cookie=1` sets a cookie. Parameters that make no sense give 400.
pub fn application(request: &RequestHead<'_>) -> Response<Bytes> {
    route(request).unwrap_or_else(|bad| {
        let body = format!("{{\"error\":\"{bad}\"}}");
        json(StatusCode::BAD_REQUEST, Bytes::from(body))
    })
}

/// The answer to a request whose handler panicked.
pub fn panicked(request: &RequestHead<'_>) -> Response<Bytes> {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let response = json(status, Bytes::from_static(b"{\"error\":\"panicked\"}"));
    dress(response, request).unwrap_or_else(|_bad| json(status, Bytes::new()))
}

/// Whether a route's handler made `response`.
pub fn was_handled(response: &Response<Bytes>) -> bool {
    response.headers().contains_key(HANDLED)
}

fn route(request: &RequestHead<'_>) -> Result<Response<Bytes>, BadParameter> {
    let ok = Bytes::from_static(b"{\"ok\":true}");
    let path = request.path();
    let response = match path {
        b"/echo" => json(StatusCode::OK, ok),
        b"/redirect" => redirect(request)?,
        // The hook, which would print the message, is not for panics on demand.
        b"/panic" => std::panic::resume_unwind(Box::new("asked to panic")),
        _ => {
            let Some(status) = path.strip_prefix(b"/status/").and_then(status) else {
                let body = Bytes::from_static(b"{\"error\":\"not found\"}");
                return Ok(json(StatusCode::NOT_FOUND, body));
            };
            let has_body = !matches!(status.as_u16(), 204 | 205 | 304);
            json(status, if has_body { ok } else { Bytes::new() })
        }
    };
    dress(response, request)
}

fn status(code: &[u8]) -> Option<StatusCode> {
    let status = StatusCode::from_bytes(code).ok()?;
    (200..600).contains(&status.as_u16()).then_some(status)
}

fn redirect(request: &RequestHead<'_>) -> Result<Response<Bytes>, BadParameter> {
    let code = query::parameter(request.query(), "code");
    let status = match code.as_deref() {
        None => StatusCode::FOUND,
        Some(code @ (b"301" | b"302" | b"303" | b"307" | b"308")) => {
            StatusCode::from_bytes(code).map_err(|_cause| BadParameter::Code)?
        }
        Some(_) => return Err(BadParameter::Code),
    };
    let to = query::parameter(request.query(), "to").ok_or(BadParameter::To)?;
    let to = HeaderValue::from_maybe_shared(Bytes::from(to)).map_err(|_cause| BadParameter::To)?;
    let mut response = json(status, Bytes::from_static(b"{\"ok\":true}"));
    response.headers_mut().insert(LOCATION, to);
    Ok(response)
}

/// Adds what every route adds.
fn dress(
    mut response: Response<Bytes>,
    request: &RequestHead<'_>,
) -> Result<Response<Bytes>, BadParameter> {
    let headers = response.headers_mut();
    let mut id = None;
    for (name, value) in query::parameters(request.query()) {
        match name.as_slice() {
            b"id" if id.is_none() => id = Some(value),
            b"h" => {
                let (name, value) = header(&value).ok_or(BadParameter::Header)?;
                headers.append(name, value);
            }
            b"cookie" if value == b"1" => {
                let cookie = "crosscheck=1; Secure; SameSite=None; Path=/";
                headers.append(SET_COOKIE, HeaderValue::from_static(cookie));
            }
            _ => {}
        }
    }
    let id = HeaderValue::from_maybe_shared(Bytes::from(id.unwrap_or_default()));
    headers.insert(HANDLED, id.map_err(|_cause| BadParameter::Id)?);
    Ok(response)
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = HeaderName::from_bytes(name).ok()?;
    let value = HeaderValue::from_bytes(token::trim(value.get(1..)?)).ok()?;
    Some((name, value))
}

fn json(status: StatusCode, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use rstest::rstest;

    use super::{application, was_handled};
    use crate::request::{Headers, RequestHead};

    fn ask(target: &str) -> http::Response<bytes::Bytes> {
        application(&RequestHead {
            method: b"GET",
            target: target.as_bytes(),
            headers: Headers::Map(&HeaderMap::new()),
        })
    }

    #[rstest]
    #[case::echo("/echo?id=1", 200, true)]
    #[case::status("/status/418", 418, true)]
    #[case::no_final_status("/status/101", 404, false)]
    #[case::no_status("/status/abc", 404, false)]
    #[case::redirect("/redirect?to=/echo", 302, true)]
    #[case::other_redirect("/redirect?to=/echo&code=308", 308, true)]
    #[case::not_a_redirect("/redirect?to=/echo&code=304", 400, false)]
    #[case::redirect_nowhere("/redirect", 400, false)]
    #[case::bad_header("/echo?h=no", 400, false)]
    #[case::split_header("/echo?h=a:b%0d%0ac:d", 400, false)]
    #[case::bad_id("/echo?id=%0a", 400, false)]
    #[case::missing("/missing", 404, false)]
    #[case::below_a_route("/echo/", 404, false)]
    fn routes(#[case] target: &str, #[case] status: u16, #[case] handled: bool) {
        let response = ask(target);
        assert_eq!(response.status(), status);
        assert_eq!(was_handled(&response), handled);
    }

    #[test]
    fn parameters_become_headers() {
        let response = ask("/status/404?id=a%20b&h=X-A:%201&h=x-a:2&h=Vary:Accept&cookie=1");
        let all = |name| -> Vec<_> { response.headers().get_all(name).iter().collect() };
        assert_eq!(all("x-crosscheck-handled"), ["a b"]);
        assert_eq!(all("x-a"), ["1", "2"]);
        assert_eq!(all("vary"), ["Accept"]);
        assert_eq!(
            all("set-cookie"),
            ["crosscheck=1; Secure; SameSite=None; Path=/"]
        );
    }

    #[test]
    fn the_panic_is_one() {
        std::panic::catch_unwind(|| ask("/panic")).unwrap_err();
    }
}
