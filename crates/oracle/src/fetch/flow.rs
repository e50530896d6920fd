//! What a fetch in progress knows, and its transitions.

use std::borrow::Cow;

use super::{Awaiting, Outcome, Send, Step};
use crate::{
    corp::cross_origin_resource_policy_check,
    cors_check::cors_check,
    credentials::Credentials,
    failure::Failure,
    filter::{FilteredResponse, filter_response},
    main_fetch::{Branch, ModeFailure, is_http, main_fetch_branch},
    network::{KEEPALIVE_QUOTA, OutgoingRequest, Purpose},
    preflight::{Grant, PreflightFailure, PreflightReason, judge_preflight},
    preflight_cache::{Millis, PreflightCache},
    redirect::{HttpRedirect, RedirectFailure, http_redirect},
    referrer::determine_referrer,
    request::{
        CredentialsMode, Flag, RedirectMode, ReferrerPolicy, Request, RequestBody, RequestMode,
        ResponseTainting,
    },
    response::{Response, is_redirect_status},
    safelist::cors_unsafe_request_header_names,
    scheme_fetch::scheme_fetch,
    trace::{Trace, What},
};

/// A fetch in progress.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    request: Request,
    trace: Trace,
    /// The CORS-unsafe request-header names at the current URL; only in mode "cors".
    unsafe_names: Vec<Vec<u8>>,
    /// Whether any hop so far needed permission, so that a network error clears the cache.
    needed_preflight: Flag,
}

impl Flow {
    pub(super) const fn new(request: Request) -> Self {
        Self {
            request,
            trace: Trace(Vec::new()),
            unsafe_names: Vec::new(),
            needed_preflight: Flag::Unset,
        }
    }

    pub(super) const fn request(&self) -> &Request {
        &self.request
    }

    pub(super) const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-main-fetch>
    pub(super) fn main_fetch(mut self, cache: &mut PreflightCache, now: Millis) -> Step {
        // The page is taken to have no policy of its own, hence the default one.
        if self.request.referrer_policy == ReferrerPolicy::Empty {
            self.request.referrer_policy = ReferrerPolicy::StrictOriginWhenCrossOrigin;
        }
        self.request.referrer = determine_referrer(&self.request);
        if self.request.mode == RequestMode::Cors {
            self.unsafe_names = cors_unsafe_request_header_names(&self.request.headers);
        }
        let branch = match main_fetch_branch(&self.request, &self.unsafe_names) {
            Ok(branch) => branch,
            Err(failure) => return self.fail(failure.into(), cache),
        };
        let tainting = branch.response_tainting();
        self.request.set_response_tainting(tainting);
        self.trace
            .note("concept-main-fetch", "step 12", What::Tainting(tainting));
        match branch {
            Branch::Basic | Branch::Opaque => self.scheme_fetch(cache),
            Branch::Cors => {
                self.trace
                    .note("concept-main-fetch", "step 12", What::PreflightNotNeeded);
                self.send_actual(cache)
            }
            Branch::CorsWithPreflight(reason) => self.http_fetch_with_preflight(reason, cache, now),
        }
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-scheme-fetch>
    fn scheme_fetch(self, cache: &mut PreflightCache) -> Step {
        let url = self.request.current_url();
        if is_http(url) {
            return self.send_actual(cache);
        }
        if let Some(response) = scheme_fetch(&self.request) {
            return self.finish(&response);
        }
        let failure = ModeFailure::Scheme(Box::new(url.clone()));
        self.fail(failure.into(), cache)
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    fn http_fetch_with_preflight(
        mut self,
        reason: PreflightReason,
        cache: &mut PreflightCache,
        now: Millis,
    ) -> Step {
        self.needed_preflight = Flag::Set;
        if cache.permits(&self.request, &self.unsafe_names, now) {
            self.trace
                .note("concept-http-fetch", "", What::PreflightCached);
            return self.send_actual(cache);
        }
        self.trace.note(
            "concept-main-fetch",
            "step 12",
            What::PreflightNeeded(reason),
        );
        let outgoing = OutgoingRequest::preflight(&self.request, &self.unsafe_names);
        self.send(outgoing)
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    fn send_actual(self, cache: &mut PreflightCache) -> Step {
        let n_bytes = self.request.body.bytes().map_or(0, <[u8]>::len);
        if self.request.keepalive.is_set() && n_bytes > KEEPALIVE_QUOTA {
            return self.fail(Failure::KeepaliveQuota { n_bytes }, cache);
        }
        let outgoing = OutgoingRequest::actual(&self.request);
        self.send(outgoing)
    }

    fn send(mut self, request: OutgoingRequest) -> Step {
        let purpose = request.purpose;
        let anchor = match purpose {
            Purpose::Actual => "concept-http-network-or-cache-fetch",
            Purpose::Preflight => "cors-preflight-fetch-0",
        };
        self.trace.note(
            anchor,
            "",
            What::Sent {
                method: request.method.clone(),
                origin: request.headers.get("origin").map(Cow::into_owned),
                credentials: request.include_credentials,
            },
        );
        let awaiting = Awaiting {
            flow: self,
            purpose,
        };
        Step::Send(Box::new(Send { request, awaiting }))
    }

    /// Spec: <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>
    pub(super) fn receive_preflight(
        mut self,
        response: &Response,
        cache: &mut PreflightCache,
        now: Millis,
    ) -> Step {
        match judge_preflight(&self.request, &self.unsafe_names, response) {
            Ok(grant) => {
                cache.store(&self.request, &grant, now);
                let stored = stored(&grant);
                self.trace_preflight(response, None);
                self.trace
                    .pass("cors-preflight-fetch-0", "step 7.12", stored);
                self.send_actual(cache)
            }
            Err(failure) => {
                self.trace_preflight(response, Some(&failure));
                self.fail(failure.into(), cache)
            }
        }
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-fetch>
    pub(super) fn receive_actual(
        mut self,
        response: &Response,
        cache: &mut PreflightCache,
        now: Millis,
    ) -> Step {
        if self.must_be_sent_again(response) && matches!(self.request.body, RequestBody::Stream(_))
        {
            return self.fail(Failure::StreamUnauthorized, cache);
        }
        match self.request.response_tainting() {
            ResponseTainting::Basic => {}
            ResponseTainting::Cors => {
                if let Err(failure) = cors_check(&self.request, response) {
                    return self.fail(failure.into(), cache);
                }
                self.trace_cors_check(response);
            }
            ResponseTainting::Opaque => {
                if !cross_origin_resource_policy_check(&self.request, response) {
                    return self.fail(Failure::Corp, cache);
                }
            }
        }
        if !is_redirect_status(response.status) {
            return self.finish(response);
        }
        match self.request.redirect_mode {
            RedirectMode::Error => {
                let failure = RedirectFailure::ModeError(response.status);
                self.fail(failure.into(), cache)
            }
            RedirectMode::Manual if self.request.mode != RequestMode::Navigate => {
                let filtered = FilteredResponse::opaque_redirect(&self.request);
                self.deliver(filtered)
            }
            // Navigations follow by themselves, after looking at each redirect.
            RedirectMode::Manual | RedirectMode::Follow => self.redirect(response, cache, now),
        }
    }

    /// Whether the request is sent once more, with a password that a person is asked for.
    ///
    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>
    fn must_be_sent_again(&self, response: &Response) -> bool {
        response.status == 401
            && self.request.response_tainting() != ResponseTainting::Cors
            && self.request.include_credentials().is_included()
            && self.request.user_prompts.is_set()
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>
    fn redirect(mut self, response: &Response, cache: &mut PreflightCache, now: Millis) -> Step {
        let was_tainted = self.request.has_redirect_taint();
        match http_redirect(&mut self.request, response) {
            Ok(HttpRedirect::Final) => self.finish(response),
            Ok(HttpRedirect::Followed {
                removed_authorization,
                became_get,
            }) => {
                let anchor = "concept-http-redirect-fetch";
                let status = response.status;
                let url = Box::new(self.request.current_url().clone());
                self.trace
                    .note(anchor, "step 17", What::Redirect { status, url });
                if became_get.is_set() {
                    self.trace.note(anchor, "step 12", What::BecameGet);
                }
                if removed_authorization.is_set() {
                    self.trace
                        .note(anchor, "step 13", What::AuthorizationRemoved);
                }
                if !was_tainted && self.request.has_redirect_taint() {
                    self.trace
                        .note("concept-request-tainted-origin", "", What::RedirectTaint);
                }
                self.main_fetch(cache, now)
            }
            Err(failure) => self.fail(failure.into(), cache),
        }
    }

    /// Spec: <https://fetch.spec.whatwg.org/#concept-main-fetch>
    fn finish(self, response: &Response) -> Step {
        let filtered = filter_response(&self.request, response);
        self.deliver(filtered)
    }

    fn deliver(mut self, response: FilteredResponse) -> Step {
        // Here the fetch itself has succeeded, so permissions stay.
        if !self.request.integrity_metadata.is_empty() && response.body.is_none() {
            return self.end(Err(Failure::Integrity));
        }
        self.trace.pass(
            "concept-main-fetch",
            "step 14",
            What::Filtered(response.response_type),
        );
        self.end(Ok(response))
    }

    /// Ends as a network error, which takes back permissions if any hop had needed them.
    pub(super) fn fail(self, failure: Failure, cache: &mut PreflightCache) -> Step {
        if self.needed_preflight.is_set() {
            cache.clear(&self.request);
        }
        self.end(Err(failure))
    }

    fn end(mut self, result: Result<FilteredResponse, Failure>) -> Step {
        if let Err(failure) = &result {
            self.trace.fail(failure.clone());
        }
        let trace = self.trace;
        Step::Done(Box::new(Outcome { result, trace }))
    }

    fn trace_cors_check(&mut self, response: &Response) {
        let allow_origin = response.headers.get("access-control-allow-origin");
        let (step, credentials) = match self.request.credentials_mode {
            CredentialsMode::Include => ("step 7", Credentials::Include),
            CredentialsMode::Omit | CredentialsMode::SameOrigin => {
                let wildcard = allow_origin.as_deref() == Some(b"*");
                let step = if wildcard { "step 3" } else { "step 5" };
                (step, Credentials::Omit)
            }
        };
        let allow_origin = allow_origin.unwrap_or_default().into_owned();
        self.trace.pass(
            "concept-cors-check",
            step,
            What::CorsCheck {
                allow_origin,
                credentials,
            },
        );
    }

    /// Records the tests that the preflight response passed before `failure`.
    fn trace_preflight(&mut self, response: &Response, failure: Option<&PreflightFailure>) {
        let n_passed = match failure {
            Some(PreflightFailure::NoResponse | PreflightFailure::CorsCheck(_)) => 0,
            Some(PreflightFailure::Redirect(_) | PreflightFailure::Status(_)) => 1,
            Some(
                PreflightFailure::MethodsSyntax(_)
                | PreflightFailure::HeadersSyntax(_)
                | PreflightFailure::Method(_),
            ) => 2,
            Some(PreflightFailure::Authorization | PreflightFailure::Header(_)) => 3,
            None => 4,
        };
        let anchor = "cors-preflight-fetch-0";
        if n_passed > 0 {
            self.trace_cors_check(response);
        }
        if n_passed > 1 {
            let what = What::OkStatus(response.status);
            self.trace.pass(anchor, "step 7", what);
        }
        if n_passed > 2 {
            let what = What::MethodAllowed(self.request.method.clone());
            self.trace.pass(anchor, "step 7.5", what);
        }
        if n_passed > 3 {
            let what = What::HeadersAllowed(self.unsafe_names.clone());
            self.trace.pass(anchor, "step 7.7", what);
        }
    }
}

fn stored(grant: &Grant<'_>) -> What {
    What::PermissionStored {
        n_methods: grant.methods.len(),
        n_header_names: grant.header_names.len(),
        max_age: grant.max_age,
    }
}
