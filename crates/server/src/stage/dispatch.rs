//! Who answers a request, and what the journal keeps of it.

use std::sync::PoisonError;

use crosscheck_http1::{
    request::{
        body::KEPT,
        head::{BadRequest, Framing, Version},
    },
    write,
};
use crosscheck_reference::{
    application, query,
    request::{Headers, RequestHead},
    script,
    site::Running,
};
use crosscheck_vectors::script::Asked;
use http::StatusCode;

use super::{Door, Resident, Shared};
use crate::{
    connection::{Answers, Received, Reply, Then, refusal},
    journal::{AnsweredBy, Entry, Scheme},
    relay::Relay,
};

/// Who answers, by the path.
enum Route<'a> {
    Nobody,
    Page(&'a str),
    Root(&'a Running),
    /// The exchange, and the path without its prefix.
    Script(&'a str, &'a [u8]),
    /// The site or relay, and the target without its prefix.
    Resident(Resident, &'a [u8]),
}

impl Answers for Door {
    async fn answer(&self, received: Received<'_>) -> Reply {
        self.shared.answer(self.scheme, received).await
    }
}

impl Shared {
    async fn answer(&self, scheme: Scheme, received: Received<'_>) -> Reply {
        let target = origin_form(received.head.target);
        match self.route(target) {
            Route::Nobody => not_found(&received),
            Route::Page(path) => self.page(path, &received),
            Route::Root(site) => self.site(site, target, scheme, received),
            Route::Script(exchange, path) => self.script(exchange, path, scheme, received),
            Route::Resident(resident, target) => match resident {
                Resident::Relay(relay) => self.relay(&relay, target, scheme, received).await,
                Resident::Site(site) => self.site(&site, target, scheme, received),
            },
        }
    }

    fn route<'a>(&'a self, target: &'a [u8]) -> Route<'a> {
        self.route_by_token(target)
            .or(self.root.as_ref().map(Route::Root))
            .unwrap_or(Route::Nobody)
    }

    fn route_by_token<'a>(&self, target: &'a [u8]) -> Option<Route<'a>> {
        let token = self.token.as_deref()?;
        let path = target.split(|byte| *byte == b'?').next()?;
        if let Some(rest) = path.strip_prefix(b"/x/") {
            let (exchange, path) = split_segment(after_token(rest, token)?);
            return Some(Route::Script(str::from_utf8(exchange).ok()?, path));
        }
        if let Some(rest) = target.strip_prefix(b"/p/") {
            let (name, target) = split_segment(after_token(rest, token)?);
            let residents = self
                .residents
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            let resident = residents.get(str::from_utf8(name).ok()?)?;
            return Some(Route::Resident(resident.clone(), target));
        }
        // Servers read a page's path in `Referer`, so no token of the stage is in it.
        let path = str::from_utf8(path).ok()?;
        path.starts_with("/page/").then_some(Route::Page(path))
    }

    fn page(&self, path: &str, received: &Received<'_>) -> Reply {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let Some(page) = pages.get(path).cloned() else {
            return not_found(received);
        };
        drop(pages);
        let mut headers = vec![
            ("content-type", page.content_type.as_str()),
            ("cache-control", "no-store"),
        ];
        if let Some(policy) = &page.embedder_policy {
            headers.push(("cross-origin-embedder-policy", policy));
        }
        let method = received.head.method;
        Reply {
            bytes: write::plain(StatusCode::OK, &headers, &page.body, method),
            then: then(received),
        }
    }

    fn script(&self, exchange: &str, path: &[u8], scheme: Scheme, received: Received<'_>) -> Reply {
        let mut scripts = self.lock_scripts();
        let Some(play) = scripts.get_mut(exchange) else {
            return not_found(&received);
        };
        let method = received.head.method;
        let asked = Asked {
            method,
            host: received.head.values("host").next().unwrap_or_default(),
            path,
        };
        let (reply, answered_by) = match received.body {
            Err(bad) => (refusal(bad, method), AnsweredBy::Listener),
            Ok(_) => match play.playing.answer(&asked) {
                Some(answer) => {
                    let closes = script::closes(answer);
                    let key = received.head.values("sec-websocket-key").next();
                    let bytes = match key {
                        None => script::render(answer, method, &play.rewrite),
                        Some(key) => {
                            let rewrite = play.rewrite.with_websocket_key(key);
                            script::render(answer, method, &rewrite)
                        }
                    };
                    let then = if closes { Then::Close } else { Then::KeepAlive };
                    (Reply { bytes, then }, AnsweredBy::Script)
                }
                None => (unscripted(&received), AnsweredBy::Unscripted),
            },
        };
        drop(scripts);
        self.record(exchange, scheme, received, &reply, answered_by);
        reply
    }

    fn site(&self, site: &Running, target: &[u8], scheme: Scheme, received: Received<'_>) -> Reply {
        let head = RequestHead {
            method: received.head.method,
            target,
            headers: Headers::Lines(&received.head.lines),
        };
        let (reply, answered_by) = if let Err(bad) = received.body {
            (refusal(bad, head.method), AnsweredBy::Listener)
        } else {
            let response = site.answer(&head);
            let answered_by = if application::was_handled(&response) {
                AnsweredBy::Handler
            } else {
                AnsweredBy::Site
            };
            let bytes = write::response(&response);
            let then = then(&received);
            (Reply { bytes, then }, answered_by)
        };
        self.witness(target, scheme, received, &reply, answered_by);
        reply
    }

    async fn relay(
        &self,
        relay: &Relay,
        target: &[u8],
        scheme: Scheme,
        received: Received<'_>,
    ) -> Reply {
        let method = received.head.method;
        let refused = match &received.body {
            // What is passed on byte for byte is HTTP/1.1.
            _ if received.head.version == Version::Http2 => Some(BadRequest::Version),
            Err(bad) => Some(*bad),
            Ok(body) if is_cut(&received, body) => Some(BadRequest::BodyTooLong),
            Ok(_) => None,
        };
        let (reply, answered_by) = if let Some(bad) = refused {
            (refusal(bad, method), AnsweredBy::Listener)
        } else {
            match relay.pass(&received, target).await {
                Ok(passed) if passed.is_marked => (passed.reply, AnsweredBy::Handler),
                Ok(passed) => (passed.reply, AnsweredBy::Site),
                Err(_nobody_listens) => {
                    let nothing = Reply {
                        bytes: Vec::new(),
                        then: Then::Close,
                    };
                    (nothing, AnsweredBy::Nobody)
                }
            }
        };
        self.witness(target, scheme, received, &reply, answered_by);
        reply
    }

    /// Records what came for the exchange that `target` names.
    fn witness(
        &self,
        target: &[u8],
        scheme: Scheme,
        received: Received<'_>,
        reply: &Reply,
        answered_by: AnsweredBy,
    ) {
        let head = RequestHead {
            method: received.head.method,
            target,
            headers: Headers::Lines(&[]),
        };
        if let Some(id) = query::parameter(head.query(), "id")
            && let Ok(id) = str::from_utf8(&id)
        {
            self.record(id, scheme, received, reply, answered_by);
        }
    }

    fn record(
        &self,
        exchange: &str,
        scheme: Scheme,
        received: Received<'_>,
        reply: &Reply,
        answered_by: AnsweredBy,
    ) {
        let lines = received.head.lines.iter();
        let sent = reply.bytes.len().min(KEPT);
        self.journal.record(exchange, |sequence| Entry {
            sequence,
            scheme,
            method: received.head.method.to_vec(),
            target: received.head.target.to_vec(),
            headers: lines
                .map(|(name, value)| (name.to_vec(), value.to_vec()))
                .collect(),
            request_head: received.raw.to_vec(),
            body: received.body.unwrap_or_default(),
            response: reply.bytes.get(..sent).unwrap_or_default().to_vec(),
            answered_by,
        });
    }
}

/// Whether more of the body came than was kept.
fn is_cut(received: &Received<'_>, body: &[u8]) -> bool {
    match received.head.framing() {
        Ok(Framing::Length(length)) => length > body.len() as u64,
        Ok(Framing::Chunked) => body.len() >= KEPT,
        Err(_) => false,
    }
}

/// The target without scheme and host, which clients of proxies send.
fn origin_form(target: &[u8]) -> &[u8] {
    let scheme = target.windows(3).position(|window| window == b"://");
    let Some(at) = scheme.filter(|_| !target.starts_with(b"/")) else {
        return target;
    };
    let after = target.get(at + 3..).unwrap_or_default();
    let path = after.iter().position(|byte| *byte == b'/');
    path.and_then(|path| after.get(path..)).unwrap_or(b"/")
}

/// What follows `TOKEN/`.
fn after_token<'a>(rest: &'a [u8], token: &str) -> Option<&'a [u8]> {
    rest.strip_prefix(token.as_bytes())?.strip_prefix(b"/")
}

/// The first segment, and the rest from its slash on.
fn split_segment(rest: &[u8]) -> (&[u8], &[u8]) {
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
    end.and_then(|end| rest.split_at_checked(end))
        .unwrap_or((rest, b"/"))
}

fn not_found(received: &Received<'_>) -> Reply {
    let headers = [("content-type", "text/plain")];
    let method = received.head.method;
    Reply {
        bytes: write::plain(StatusCode::NOT_FOUND, &headers, b"not found\n", method),
        then: then(received),
    }
}

fn unscripted(received: &Received<'_>) -> Reply {
    let headers = [("content-type", "text/plain")];
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let method = received.head.method;
    Reply {
        bytes: write::plain(status, &headers, b"not in the script\n", method),
        then: then(received),
    }
}

/// A body that could not be read leaves the connection in an unknown place.
fn then(received: &Received<'_>) -> Then {
    match received.body {
        Ok(_) => Then::KeepAlive,
        Err(_) => Then::Close,
    }
}
