//! Playing a fetch against responses that are given beforehand.

use crosscheck_oracle::{
    Call, Millis, Outcome, OutgoingRequest, PreflightCache, Reply, Response, Send, Step,
};

/// Answers with `responses` in turn, then with nothing.
pub(crate) fn play(
    call: Call,
    responses: &[Response],
    cache: &mut PreflightCache,
) -> (Vec<OutgoingRequest>, Outcome) {
    let mut responses = responses.iter();
    let mut sent = Vec::new();
    let mut step = call.start(cache, Millis(0));
    loop {
        let Send { request, awaiting } = match step {
            Step::Send(send) => *send,
            Step::Done(outcome) => return (sent, *outcome),
        };
        sent.push(request);
        let reply = responses.next().map_or(Reply::NoResponse, Reply::Response);
        step = awaiting.receive(reply, cache, Millis(0));
    }
}
