//! A failing vector made as small as can be.

use crosscheck_report::{results::LegResult, verdict::Verdict};
use crosscheck_vectors::{
    policy::{Listing, Policy},
    vector::{PolicySource, Vector, VectorId},
};
use proptest::strategy::ValueTree;

use super::{Law, Source, origin_of};

/// How many vectors are tried to make one smaller.
const MOST_TRIALS: usize = 250;

/// How many steps down are taken, tried or not.
const MOST_MOVES: usize = 10_000;

/// How many trials may come to nothing before the subject is left alone.
const MOST_ERRORS: usize = 3;

/// Whatever replays a vector against a fresh subject.
pub trait Try {
    /// What comes of `vector`.
    fn replay(&mut self, vector: &Vector) -> impl Future<Output = LegResult> + Send;
}

/// The smallest vector that fails in the same way.
#[derive(Clone, Debug)]
pub struct Minimal {
    /// The law that is broken.
    pub law: Law,
    /// The vector that it was made of.
    pub of: VectorId,
    /// What is left of it.
    pub vector: Vector,
    /// What came of that.
    pub result: LegResult,
    /// How many vectors were tried.
    pub n_tried: usize,
}

/// Trials, of which there are not too many.
struct Trials<'a, T> {
    subject: &'a mut T,
    wanted: Verdict,
    n_tried: usize,
    n_errors: usize,
}

impl<T: Try> Trials<'_, T> {
    fn may_go_on(&self) -> bool {
        self.n_tried < MOST_TRIALS && self.n_errors < MOST_ERRORS
    }

    /// What comes of `vector`, if that fails in the way that is wanted.
    async fn fails(&mut self, vector: &Vector) -> Option<LegResult> {
        self.n_tried += 1;
        let result = self.subject.replay(vector).await;
        self.n_errors += usize::from(result.verdict.is_error());
        (result.verdict == self.wanted).then_some(result)
    }
}

/// Makes the vector called `id`, which `source` made, smaller for as long as its verdict on `subject` is
/// `wanted`; none if it is not even so at first.
pub async fn shrink(
    source: &Source,
    id: &VectorId,
    wanted: Verdict,
    subject: &mut impl Try,
) -> Option<Minimal> {
    let (law, number) = origin_of(id)?;
    let (mut tree, vector) = source.vector(number)?;
    let mut trials = Trials {
        subject,
        wanted,
        n_tried: 0,
        n_errors: 0,
    };
    let result = trials.fails(&vector).await?;
    let mut best = (vector, result);
    let mut n_moves = 0;
    let mut moved = tree.simplify();
    while moved && trials.may_go_on() && n_moves < MOST_MOVES {
        n_moves += 1;
        let fails = match source.vector_of(law, number, &tree.current()) {
            None => false,
            Some(vector) if vector == best.0 => true,
            Some(vector) => match trials.fails(&vector).await {
                None => false,
                Some(result) => {
                    best = (vector, result);
                    true
                }
            },
        };
        moved = if fails {
            tree.simplify()
        } else {
            tree.complicate()
        };
    }
    drop_parts(&mut best, &mut trials).await;
    let (mut vector, result) = best;
    let policy = policy(&vector)?;
    let law = if law.is_about(&policy, vector.steps.len()) {
        law
    } else {
        Law::Grants
    };
    vector.title = law.title(&vector.steps);
    Some(Minimal {
        law,
        of: id.clone(),
        vector,
        result,
        n_tried: trials.n_tried,
    })
}

/// Leaves out whatever it fails as well without: steps, and what the policy lists. If a law has nothing
/// to do with what is left, another one is broken.
async fn drop_parts<T: Try>(best: &mut (Vector, LegResult), trials: &mut Trials<'_, T>) {
    let mut at = 0;
    while let Some(vector) = without(&best.0, at) {
        if !trials.may_go_on() {
            return;
        }
        match trials.fails(&vector).await {
            Some(result) => *best = (vector, result),
            None => at += 1,
        }
    }
}

/// `vector` without its part number `at`; none if it has no such part.
fn without(vector: &Vector, at: usize) -> Option<Vector> {
    let mut less = vector.clone();
    let mut at = at;
    if less.steps.len() > 1 {
        if at < less.steps.len() {
            less.steps.remove(at);
            return Some(less);
        }
        at -= less.steps.len();
    }
    let mut policy = policy(vector)?;
    remove(&mut policy.origins, &mut at)
        .or_else(|| remove(&mut policy.methods, &mut at))
        .or_else(|| remove(&mut policy.request_headers, &mut at))
        .or_else(|| remove(&mut policy.response_headers, &mut at))?;
    less.policy = Some(PolicySource::Inline(policy));
    Some(less)
}

/// Removes item `at` of `list`; none if it has so few that `at` is about a later list.
fn remove<T>(list: &mut Listing<T>, at: &mut usize) -> Option<()> {
    let Listing::Listed(items) = list else {
        return None;
    };
    if *at < items.len() {
        items.remove(*at);
        return Some(());
    }
    *at -= items.len();
    None
}

fn policy(vector: &Vector) -> Option<Policy> {
    match &vector.policy {
        Some(PolicySource::Inline(policy)) => Some(policy.clone()),
        Some(PolicySource::Suite(_)) | None => None,
    }
}
