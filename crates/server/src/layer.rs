//! The policy as a `tower` layer.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use crosscheck_reference::{
    request::RequestHead,
    respond::{Actual, Decision, Preflight},
    site::{Running, Site},
};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

/// Answers preflights and adds the headers of a policy to every other response.
#[derive(Clone, Debug)]
pub struct CorsLayer {
    running: Arc<Running>,
}

impl CorsLayer {
    /// A layer that does what the policy and the fault of `site` say. Layers around the policy, those
    /// that a fault consists in included, are left to whoever stacks services.
    pub fn new(site: Site) -> Self {
        Self::of(Arc::new(Running::new(site)))
    }

    pub(crate) fn of(running: Arc<Running>) -> Self {
        Self { running }
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Cors<S> {
        Cors {
            inner,
            running: Arc::clone(&self.running),
        }
    }
}

/// A service under a policy.
#[derive(Clone, Debug)]
pub struct Cors<S> {
    inner: S,
    running: Arc<Running>,
}

impl<S, B, R> Service<Request<B>> for Cors<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> ResponseFuture<S::Future> {
        let stage = match self.running.decide(&RequestHead::from(&request)) {
            Decision::Preflight(preflight) => Progress::Answer {
                preflight: Some(preflight),
            },
            Decision::Actual(actual) => Progress::Run {
                inner: self.inner.call(request),
                rest: Some((actual, Arc::clone(&self.running))),
            },
        };
        ResponseFuture { stage }
    }
}

pin_project! {
    /// The response to come of [`Cors`].
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        stage: Progress<F>,
    }
}

pin_project! {
    #[project = ProgressProjection]
    #[derive(Debug)]
    enum Progress<F> {
        Answer {
            preflight: Option<Preflight>,
        },
        Run {
            #[pin]
            inner: F,
            rest: Option<(Actual, Arc<Running>)>,
        },
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Default,
{
    type Output = Result<Response<R>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().stage.project() {
            ProgressProjection::Answer { preflight } => {
                let preflight = preflight
                    .take()
                    .expect("a future is not polled once it is done");
                Poll::Ready(Ok(preflight.into_response()))
            }
            ProgressProjection::Run { inner, rest } => {
                let mut response = ready!(inner.poll(context))?;
                if let Some((actual, running)) = rest.take() {
                    let status = response.status();
                    running.finish(status, actual, response.headers_mut());
                }
                Poll::Ready(Ok(response))
            }
        }
    }
}
