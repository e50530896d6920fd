//! A failing vector made as small as can be.

use crosscheck_report::{results::LegResult, verdict::Verdict};
use crosscheck_vectors::vector::{Vector, VectorId};
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
    pub n_trials: usize,
}

/// Trials, of which there are not too many.
struct Trials<'a, T> {
    subject: &'a mut T,
    wanted: Verdict,
    n_trials: usize,
    n_errors: usize,
}

impl<T: Try> Trials<'_, T> {
    fn may_go_on(&self) -> bool {
        self.n_trials < MOST_TRIALS && self.n_errors < MOST_ERRORS
    }

    /// What comes of `vector`, if that fails in the way that is wanted.
    async fn fails(&mut self, vector: &Vector) -> Option<LegResult> {
        self.n_trials += 1;
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
        n_trials: 0,
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
    if law == Law::Memory {
        drop_steps(&mut best, &mut trials).await;
    }
    let (vector, result) = best;
    Some(Minimal {
        law,
        of: id.clone(),
        vector,
        result,
        n_trials: trials.n_trials,
    })
}

/// Leaves out steps without which it fails as well: what is asked for last was asked for first.
async fn drop_steps<T: Try>(best: &mut (Vector, LegResult), trials: &mut Trials<'_, T>) {
    let mut at = best.0.steps.len();
    while at > 0 && trials.may_go_on() {
        at -= 1;
        if best.0.steps.len() == 1 {
            return;
        }
        let mut vector = best.0.clone();
        vector.steps.remove(at);
        if let Some(result) = trials.fails(&vector).await {
            *best = (vector, result);
        }
    }
}
