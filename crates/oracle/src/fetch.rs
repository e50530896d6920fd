//! The whole fetch as a state machine without IO.

use crate::{
    api::Call,
    failure::Failure,
    filter::FilteredResponse,
    network::{OutgoingRequest, Purpose},
    preflight_cache::{Millis, PreflightCache},
    request::Request,
    response::Response,
    trace::Trace,
};

mod flow;

use flow::Flow;

/// What the caller must do next.
#[derive(Clone, Debug)]
pub enum Step {
    /// Nothing more will be sent.
    Done(Box<Outcome>),
    /// Put a request on the wire, then hand the answer to [`Awaiting::receive`].
    Send(Box<Send>),
}

/// A request to be put on the wire, and what waits for its answer.
#[derive(Clone, Debug)]
pub struct Send {
    /// What to send.
    pub request: OutgoingRequest,
    /// What takes the answer.
    pub awaiting: Awaiting,
}

/// A fetch that waits for an answer.
#[derive(Clone, Debug)]
pub struct Awaiting {
    flow: Flow,
    purpose: Purpose,
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub enum Reply<'a> {
    /// Nothing that is an HTTP response: no connection, or one that closed too early.
    NoResponse,
    /// A response.
    Response(&'a Response),
}

/// How a fetch ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The response that script sees, or why there is none.
    pub result: Result<FilteredResponse, Failure>,
    /// The way there.
    pub trace: Trace,
}

/// Starts to fetch `request`.
///
/// `cache` is the browser's memory of permissions, and `now` the time to judge it by.
///
/// Spec: <https://fetch.spec.whatwg.org/#concept-fetch>
pub fn fetch(mut request: Request, cache: &mut PreflightCache, now: Millis) -> Step {
    if !request.headers.contains("accept") {
        request.headers.push("Accept", "*/*");
    }
    Flow::new(request).main_fetch(cache, now)
}

impl Call {
    /// Makes the call: begins to fetch, or is done at once because the API threw.
    pub fn start(self, cache: &mut PreflightCache, now: Millis) -> Step {
        match self.into_request() {
            Ok(request) => fetch(request, cache, now),
            Err(error) => {
                let failure = Failure::Api(error);
                let mut trace = Trace::default();
                trace.fail(failure.clone());
                let result = Err(failure);
                Step::Done(Box::new(Outcome { result, trace }))
            }
        }
    }
}

impl Awaiting {
    /// Takes the answer and says what to do next.
    ///
    /// It takes `self`, so one request can be answered only once. If credentials were included,
    /// the caller stores `Set-Cookie` before this, whatever comes of the response.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    pub fn receive(self, reply: Reply<'_>, cache: &mut PreflightCache, now: Millis) -> Step {
        match (self.purpose, reply) {
            (Purpose::Actual, Reply::NoResponse) => self.flow.fail(Failure::NoResponse, cache),
            (Purpose::Actual, Reply::Response(response)) => {
                self.flow.receive_actual(response, cache, now)
            }
            (Purpose::Preflight, Reply::NoResponse) => self.flow.fail(
                Failure::Preflight(crate::preflight::PreflightFailure::NoResponse),
                cache,
            ),
            (Purpose::Preflight, Reply::Response(response)) => {
                self.flow.receive_preflight(response, cache, now)
            }
        }
    }

    /// The fetch as it stands: its request, with the URL and tainting of this hop.
    pub const fn request(&self) -> &Request {
        self.flow.request()
    }

    /// The way so far.
    pub const fn trace(&self) -> &Trace {
        self.flow.trace()
    }
}

#[cfg(test)]
mod tests;
