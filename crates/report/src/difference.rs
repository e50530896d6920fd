//! The mismatches of a vector, those that several legs share put together.

use crate::{diff::Mismatch, observation::Leg, results::VectorResult};

/// A mismatch and the legs that have it.
#[derive(Clone, Debug)]
pub(crate) struct Difference<'a> {
    /// The mismatch.
    pub(crate) mismatch: &'a Mismatch,
    /// The legs, in order.
    pub(crate) legs: Vec<Leg>,
}

impl Difference<'_> {
    /// The field, with its step if the vector has several.
    pub(crate) fn field(&self, n_steps: usize) -> String {
        if n_steps > 1 {
            format!("step {}, {}", self.mismatch.step + 1, self.mismatch.field)
        } else {
            self.mismatch.field.clone()
        }
    }

    /// The legs, such as `wire, chromium`.
    pub(crate) fn legs(&self) -> String {
        let legs: Vec<_> = self.legs.iter().map(|leg| leg.word()).collect();
        legs.join(", ")
    }
}

/// The mismatches of `vector`, the gravest first, then in the order of the expectation.
pub(crate) fn differences(vector: &VectorResult) -> Vec<Difference<'_>> {
    let mut found: Vec<Difference<'_>> = Vec::new();
    for leg in &vector.legs {
        for mismatch in &leg.mismatches {
            match found.iter_mut().find(|known| known.mismatch == mismatch) {
                Some(known) => known.legs.push(leg.leg),
                None => found.push(Difference {
                    mismatch,
                    legs: vec![leg.leg],
                }),
            }
        }
    }
    found.sort_by_key(|difference| difference.mismatch.kind);
    found
}
