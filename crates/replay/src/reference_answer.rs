//! What the reference server answers to the model, without a socket.

use crosscheck_oracle::{HeaderList, OutgoingRequest, Response};
use crosscheck_reference::{
    request::{Headers, RequestHead},
    site::{Site, predict},
};
use url::Position;

use crate::drive::Answered;

/// What `site` answers to `request`.
pub(crate) fn answer(site: &Site, request: &OutgoingRequest) -> Answered {
    let url = &request.url;
    let target = &url[Position::BeforePath..Position::AfterQuery];
    let headers: Vec<_> = request.headers.iter().collect();
    let head = RequestHead {
        method: &request.method,
        target: target.strip_prefix("/p/t/s").unwrap_or(target).as_bytes(),
        headers: Headers::Lines(&headers),
    };
    let answer = predict(site, &head);
    let headers: HeaderList = answer.headers.into_iter().collect();
    let response = Response {
        status: answer.status,
        headers,
        body: answer.body,
    };
    Answered {
        response: Some(response),
        handled: Some(answer.handled),
    }
}
