//! What a browser does between a call and the network: cookies, passwords and the HTTP cache.

use crosscheck_oracle::{CacheMode, Millis, OutgoingRequest, Response};

use super::Visit;
use crate::{
    drive::{Transport, TransportError, exchange},
    http_cache::{Asked, Found},
};

impl<T: Transport> Visit<'_, T> {
    /// The answer to `request`: from the cache, from the network, or from both.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    pub(super) async fn answer(
        &mut self,
        mut request: OutgoingRequest,
        mode: CacheMode,
    ) -> Result<Option<Response>, TransportError> {
        if request.include_credentials.is_included() {
            if let Some(cookies) = self.memory.jar.header(&self.cookies_of, &request.url) {
                request.headers.push("Cookie", cookies);
            }
            if !request.headers.contains("authorization")
                && let Some(password) = self.memory.passwords.get(&request.url)
            {
                request.headers.push("Authorization", password);
            }
        }
        let partition = self.partition.clone();
        let asked = Asked {
            request: &request,
            mode,
            partition: &partition,
            now: Millis(self.memory.now),
        };
        let validation = match self.memory.responses.find(&asked) {
            Found::Usable(stored) => return Ok(Some(stored)),
            Found::Doubtful(validation) => Some(validation),
            Found::Nothing => None,
        };
        let response = match &validation {
            None => self.exchange(&request).await?,
            Some(validation) => {
                let mut conditional = request.clone();
                for (name, value) in &validation.headers {
                    conditional.headers.push(*name, &**value);
                }
                self.exchange(&conditional).await?
            }
        };
        let (Some(response), responses) = (response, &mut self.memory.responses) else {
            return Ok(None);
        };
        let updated = validation
            .filter(|_| response.status == 304)
            .and_then(|validation| responses.freshen(&asked, &validation, &response));
        if updated.is_none() {
            responses.note(&asked, &response);
        }
        Ok(Some(updated.unwrap_or(response)))
    }

    /// Asks the network.
    async fn exchange(
        &mut self,
        request: &OutgoingRequest,
    ) -> Result<Option<Response>, TransportError> {
        let answered = self.transport.exchange(request).await?;
        self.exchanges
            .push(exchange(request, &answered, self.place));
        if request.include_credentials.is_included()
            && let Some(response) = &answered.response
        {
            for set_cookie in response.headers.values(b"set-cookie") {
                let jar = &mut self.memory.jar;
                jar.store(&self.cookies_of, &request.url, set_cookie);
            }
        }
        Ok(answered.response)
    }
}
