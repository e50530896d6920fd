//! What a prediction costs.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use crosscheck_oracle::{
    Call, Flag, Millis, Origin, PreflightCache, Reply, Request, Response, Step, cors_check,
    cors_unsafe_request_header_names, judge_preflight,
};
use url::Url;

fn origin() -> Origin {
    Origin::parse("https://a.example").expect("it is a serialized origin")
}

fn url() -> Url {
    Url::parse("https://b.example/items?page=2").expect("it is a URL")
}

fn call() -> Call {
    let mut call = Call::new(origin(), url());
    call.method = b"PUT".to_vec();
    call.headers = vec![
        (b"Content-Type".to_vec(), b"application/json".to_vec()),
        (b"X-Requested-With".to_vec(), b"bench".to_vec()),
        (b"Accept-Language".to_vec(), b"en".to_vec()),
    ];
    call
}

fn request() -> Request {
    call().into_request().expect("nothing is wrong with it")
}

fn granted() -> Response {
    Response::new(204)
        .with_header("Vary", "Origin")
        .with_header("Access-Control-Allow-Origin", "https://a.example")
        .with_header("Access-Control-Allow-Methods", "GET, PUT, DELETE")
        .with_header(
            "Access-Control-Allow-Headers",
            "content-type, x-requested-with",
        )
        .with_header("Access-Control-Max-Age", "600")
}

fn shared() -> Response {
    Response::new(200)
        .with_header("Content-Type", "application/json")
        .with_header("Access-Control-Allow-Origin", "https://a.example")
        .with_header("Access-Control-Expose-Headers", "x-total, etag")
        .with_header("ETag", "\"1\"")
        .with_header("X-Total", "42")
}

fn judgements(criterion: &mut Criterion) {
    let (request, granted, shared) = (request(), granted(), shared());
    let names = cors_unsafe_request_header_names(&request.headers);
    criterion.bench_function("cors_check", |bencher| {
        bencher.iter(|| cors_check(black_box(&request), black_box(&shared)));
    });
    criterion.bench_function("unsafe_names", |bencher| {
        bencher.iter(|| cors_unsafe_request_header_names(black_box(&request.headers)));
    });
    criterion.bench_function("judge_preflight", |bencher| {
        bencher.iter(|| judge_preflight(black_box(&request), &names, black_box(&granted)).is_ok());
    });
}

fn whole_fetches(criterion: &mut Criterion) {
    let (call, granted, shared) = (call(), granted(), shared());
    criterion.bench_function("fetch/preflighted", |bencher| {
        bencher.iter(|| {
            let mut cache = PreflightCache::new();
            play(call.clone(), &[&granted, &shared], &mut cache)
        });
    });
    let mut remembered = PreflightCache::new();
    play(call.clone(), &[&granted, &shared], &mut remembered);
    criterion.bench_function("fetch/permission_remembered", |bencher| {
        bencher.iter(|| play(call.clone(), &[&shared], &mut remembered));
    });
    let mut forced = Call::xhr(origin(), url());
    forced.upload_listener = Flag::Set;
    criterion.bench_function("fetch/refused", |bencher| {
        bencher.iter(|| {
            let refused = Response::new(403);
            play(forced.clone(), &[&refused], &mut PreflightCache::new())
        });
    });
}

/// Answers with `responses` in turn, and returns how many requests were sent.
fn play(call: Call, responses: &[&Response], cache: &mut PreflightCache) -> usize {
    let mut step = call.start(cache, Millis(0));
    let mut n_sent = 0;
    for response in responses {
        let Step::Send(send) = step else { break };
        n_sent += 1;
        let reply = Reply::Response(response);
        step = send.awaiting.receive(reply, cache, Millis(0));
    }
    assert!(
        matches!(black_box(step), Step::Done(_)),
        "an answer is missing"
    );
    n_sent
}

criterion_group!(benches, judgements, whole_fetches);
criterion_main!(benches);
