//! A `tower` service as the other end of the model's requests.

use std::{error::Error, panic::AssertUnwindSafe};

use axum::body::{Body, Bytes, HttpBody};
use crosscheck_oracle::{OutgoingRequest, Response};
use crosscheck_reference::HANDLED;
use crosscheck_replay::drive::{Answered, Transport, TransportError};
use futures_util::FutureExt;
use http::{HeaderValue, Request, header::HOST};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};
use url::Position;

type BoxError = Box<dyn Error + Send + Sync>;

/// What can be judged: `axum::Router`, and any service that takes requests with `axum`'s body.
///
/// A service over another request body becomes one with `tower::ServiceExt::map_request`.
pub trait Subject: Send {
    /// The answer to `request`; none if answering it panicked, where a listener would hang up.
    fn answer(
        &mut self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Option<http::Response<Bytes>>, BoxError>> + Send;
}

impl<S, B> Subject for S
where
    S: Service<Request<Body>, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Send,
    B: HttpBody<Error: Into<BoxError>, Data: Send> + Send,
{
    async fn answer(
        &mut self,
        request: Request<Body>,
    ) -> Result<Option<http::Response<Bytes>>, BoxError> {
        let service = self.ready().await.map_err(Into::into)?;
        let answer = async {
            let (parts, body) = service
                .call(request)
                .await
                .map_err(Into::into)?
                .into_parts();
            let body = body.collect().await.map_err(Into::into)?.to_bytes();
            Ok::<_, BoxError>(http::Response::from_parts(parts, body))
        };
        AssertUnwindSafe(answer)
            .catch_unwind()
            .await
            .ok()
            .transpose()
    }
}

/// A subject, and where in it the resource is that vectors call `/echo`.
pub(crate) struct InProcess<'a, S> {
    pub(crate) subject: &'a mut S,
    pub(crate) resource: Option<&'a str>,
}

impl<S: Subject> InProcess<'_, S> {
    /// The status with which a plain GET of the resource is answered; none if there is no answer.
    pub(crate) async fn status(&mut self) -> Option<u16> {
        let request = Request::get(self.resource.unwrap_or("/echo"))
            .header(HOST, "api.example")
            .body(Body::empty())
            .ok()?;
        let answer = self.subject.answer(request).await.ok()??;
        Some(answer.status().as_u16())
    }
}

impl<S: Subject> Transport for InProcess<'_, S> {
    async fn exchange(&mut self, asked: &OutgoingRequest) -> Result<Answered, TransportError> {
        let failed = |source: BoxError| TransportError {
            method: String::from_utf8_lossy(&asked.method).into_owned(),
            url: asked.url.to_string(),
            source,
        };
        let request = self.request(asked).map_err(|error| failed(error.into()))?;
        let answer = self.subject.answer(request).await.map_err(failed)?;
        let response = answer.map(|answer| Response {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str().as_bytes().to_vec(), value.as_bytes().to_vec()))
                .collect(),
            body: answer.into_body().into(),
        });
        // Only the routes that vectors know say whether they ran.
        let says_so = self.resource.is_none();
        let handled = response
            .as_ref()
            .map(|response| response.headers.contains(HANDLED.as_str()));
        Ok(Answered {
            response,
            handled: handled.filter(|_| says_so),
        })
    }
}

impl<S> InProcess<'_, S> {
    /// What a listener would make of `asked`.
    fn request(&self, asked: &OutgoingRequest) -> Result<Request<Body>, http::Error> {
        let url = &asked.url;
        let target = self
            .resource
            .unwrap_or(&url[Position::BeforePath..Position::AfterQuery]);
        let mut request = Request::builder().method(&*asked.method).uri(target);
        let host = &url[Position::BeforeHost..Position::AfterPort];
        request = request.header(HOST, HeaderValue::from_str(host)?);
        for (name, value) in &asked.headers {
            request = request.header(name, value);
        }
        request.body(match asked.body.bytes() {
            None => Body::empty(),
            Some(bytes) => Body::from(bytes.to_vec()),
        })
    }
}
