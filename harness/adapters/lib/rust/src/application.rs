use std::{
    collections::HashMap,
    panic,
    sync::{Arc, Mutex, PoisonError},
};

use http::{HeaderName, HeaderValue, Response, StatusCode};

/// A response of the application.
pub type Answer = Response<String>;

/// The application behind the policy: what its routes answer. Cloned, it goes on counting together.
#[derive(Clone, Debug, Default)]
pub struct Application(Arc<Mutex<HashMap<String, u64>>>);

impl Application {
    /// `ANY /echo`.
    pub fn echo(&self, query: &str) -> Answer {
        self.handled(StatusCode::OK, query, None)
    }

    /// `ANY /status/{code}`; none if that is no final status.
    pub fn status(&self, code: &str, query: &str) -> Option<Answer> {
        let status = StatusCode::from_bytes(code.as_bytes()).ok()?;
        let is_final = (200..600).contains(&status.as_u16());
        is_final.then(|| self.handled(status, query, None))
    }

    /// `GET /redirect?to=URL`.
    pub fn redirect(&self, query: &str) -> Answer {
        let code = parameter(query, "code").unwrap_or_else(|| "302".into());
        let status = StatusCode::from_bytes(code.as_bytes()).ok();
        match (status, parameter(query, "to")) {
            (Some(status), Some(to)) if status.is_redirection() => {
                self.handled(status, query, Some(&to))
            }
            _ => bad("code or to"),
        }
    }

    /// `ANY /panic`.
    pub fn panic(&self, query: &str) -> Answer {
        self.count(query);
        // Panics without telling the hook, which would fill standard error.
        panic::resume_unwind(Box::new("asked to panic"));
    }

    /// `GET /__crosscheck/hits`, which stands outside the policy.
    pub fn hits(&self, query: &str) -> Answer {
        let hits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = parameter(query, "id").unwrap_or_default();
        let count = hits.get(&id).copied().unwrap_or_default();
        json(StatusCode::OK, format!("{{\"hits\":{count}}}"))
    }

    fn count(&self, query: &str) {
        let mut hits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = parameter(query, "id").unwrap_or_default();
        *hits.entry(id).or_default() += 1;
    }

    fn handled(&self, status: StatusCode, query: &str, location: Option<&str>) -> Answer {
        let has_body = !matches!(status.as_u16(), 204 | 205 | 304);
        let body = if has_body { "{\"ok\":true}" } else { "" };
        let mut answer = json(status, body.into());
        match dress(&mut answer, query, location) {
            Some(()) => {
                self.count(query);
                answer
            }
            None => bad("a header"),
        }
    }
}

/// Adds what every route adds; none if that cannot be a header.
fn dress(answer: &mut Answer, query: &str, location: Option<&str>) -> Option<()> {
    let headers = answer.headers_mut();
    let id = parameter(query, "id").unwrap_or_default();
    headers.insert("x-crosscheck-handled", HeaderValue::from_str(&id).ok()?);
    if let Some(location) = location {
        headers.insert("location", HeaderValue::from_str(location).ok()?);
    }
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == "h" {
            let (name, value) = value.split_once(':')?;
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
        } else if name == "cookie" && value == "1" {
            let cookie = "crosscheck=1; Secure; SameSite=None; Path=/";
            headers.append("set-cookie", HeaderValue::from_static(cookie));
        }
    }
    Some(())
}

fn parameter(query: &str, wanted: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
}

fn bad(what: &str) -> Answer {
    let body = format!("{{\"error\":\"cannot use {what}\"}}");
    json(StatusCode::BAD_REQUEST, body)
}

fn json(status: StatusCode, body: String) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert("content-type", json);
    answer
}
