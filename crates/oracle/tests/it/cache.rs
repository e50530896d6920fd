//! Laws of the preflight cache.

use crosscheck_oracle::{
    Millis, PreflightCache, cors_unsafe_request_header_names, judge_preflight,
};
use proptest::prelude::*;

use crate::strategies::{request, response};

proptest! {
    #[test]
    fn what_was_granted_is_permitted_until_it_expires(
        mut request in request(),
        response in response(),
        now in 0_u64..1_000_000,
        limit in 0_u64..700,
    ) {
        // Made grantable in most cases.
        let allow_origin = request.byte_serialized_origin().to_vec();
        let mut response = response;
        response.status = 200;
        response.headers.set("Access-Control-Allow-Origin", allow_origin);
        response.headers.set("Access-Control-Allow-Credentials", "true");
        request.headers.remove("authorization");
        let names = cors_unsafe_request_header_names(&request.headers);
        let mut cache = PreflightCache::with_limit(limit);
        let now = Millis(now);
        if let Ok(grant) = judge_preflight(&request, &names, &response) {
            cache.store(&request, &grant, now);
            let seconds = grant.max_age.min(limit);
            let expires = now.plus_seconds(seconds);
            // A method that is safelisted is only asked for if the preflight was forced, and then
            // it may be granted without being listed.
            let is_listed = grant.methods.iter().any(|it| *it == request.method || *it == b"*");
            if seconds > 0 && is_listed {
                prop_assert!(cache.permits(&request, &names, now));
                prop_assert!(cache.permits(&request, &names, Millis(expires.0 - 1)));
                // By the letter that includes what was granted with credentials.
                let mut omitting = request.clone();
                omitting.credentials_mode = crosscheck_oracle::CredentialsMode::Omit;
                prop_assert!(cache.permits(&omitting, &names, now));
            }
            cache.purge(expires);
            prop_assert!(cache.is_empty());
        }
        prop_assert!(cache.is_empty());
    }

    #[test]
    fn nothing_is_left_after_clearing(request in request(), response in response()) {
        let names = cors_unsafe_request_header_names(&request.headers);
        let mut cache = PreflightCache::new();
        if let Ok(grant) = judge_preflight(&request, &names, &response) {
            cache.store(&request, &grant, Millis(0));
        }
        cache.clear(&request);
        prop_assert!(cache.is_empty());
        prop_assert_eq!(cache.entries().count(), cache.len());
    }

    #[test]
    fn storing_twice_changes_nothing(request in request(), response in response()) {
        let names = cors_unsafe_request_header_names(&request.headers);
        if let Ok(grant) = judge_preflight(&request, &names, &response) {
            let mut once = PreflightCache::new();
            once.store(&request, &grant, Millis(0));
            let mut twice = once.clone();
            twice.store(&request, &grant, Millis(0));
            prop_assert!(once.entries().eq(twice.entries()));
        }
    }
}
