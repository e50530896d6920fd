//! Making a vector smaller, with subjects that do not play along.

use crosscheck_harness::craft::generate::{
    Source,
    shrink::{Minimal, Try, shrink},
};
use crosscheck_replay::judge::unjudged;
use crosscheck_report::{leg::Leg, results::LegResult, verdict::Verdict};
use crosscheck_vectors::vector::{Vector, VectorId};
use tokio::runtime::Runtime;

use super::source;

/// A subject whose answer to the n-th trial is what the function says.
struct Scripted<F> {
    n_tried: usize,
    verdict: F,
}

impl<F: Fn(usize, &Vector) -> Verdict + Send> Try for Scripted<F> {
    async fn replay(&mut self, vector: &Vector) -> LegResult {
        self.n_tried += 1;
        unjudged(Leg::Wire, (self.verdict)(self.n_tried, vector), "as told")
    }
}

/// What is left of the first vector, and how many were tried.
fn shrunk(verdict: impl Fn(usize, &Vector) -> Verdict + Send) -> (Option<Minimal>, usize) {
    let source: Source = source(1);
    let id = VectorId::parse("server/generated-grants/001").unwrap();
    let mut subject = Scripted {
        n_tried: 0,
        verdict,
    };
    let runtime = Runtime::new().unwrap();
    let left = runtime.block_on(shrink(&source, &id, FAILED, &mut subject));
    (left, subject.n_tried)
}

const FAILED: Verdict = Verdict::FailedOverGrant;

#[test]
fn what_fails_always_is_made_as_small_as_can_be() {
    let (left, n_tried) = shrunk(|_, _| FAILED);
    let left = left.unwrap();
    assert_eq!(left.n_tried, n_tried);
    assert_eq!(left.vector.steps.len(), 1);
    assert!(n_tried <= 250, "{n_tried}");
}

#[test]
fn what_does_not_fail_again_is_left_alone() {
    let (left, n_tried) = shrunk(|_, _| Verdict::Passed);
    assert!(left.is_none());
    assert_eq!(n_tried, 1);
}

#[test]
fn a_subject_that_fails_now_and_then_ends() {
    let (left, n_tried) = shrunk(|n, _| if n % 3 == 1 { FAILED } else { Verdict::Passed });
    assert!(left.is_some());
    assert!(n_tried <= 250, "{n_tried}");
}

#[test]
fn a_subject_that_dies_is_not_asked_for_long() {
    let (left, n_tried) = shrunk(|n, _| if n == 1 { FAILED } else { Verdict::SetupError });
    assert_eq!(left.unwrap().n_tried, n_tried);
    assert_eq!(n_tried, 4);
}

#[test]
fn another_failure_is_not_the_same() {
    let is_over_grant = |vector: &Vector| vector.steps.len() > 1;
    let (left, _) = shrunk(|n, vector| {
        if n == 1 || is_over_grant(vector) {
            FAILED
        } else {
            Verdict::FailedUnderGrant
        }
    });
    let left = left.unwrap();
    assert_eq!(left.result.verdict, FAILED);
}
