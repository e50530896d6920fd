//! The diagrams of a vector's legs.

use crate::{
    html::diagram::{Diagram, Drawing, address},
    observation::Observation,
    results::VectorResult,
    templates::render,
};

/// A diagram and the legs that it is true of.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) legs: String,
    pub(super) svg: String,
}

/// What several legs saw alike.
#[derive(Debug)]
struct Seen<'a> {
    legs: Vec<&'a str>,
    /// The diagram without the reasons, which not every leg is told.
    bare: Diagram,
    reasons: Vec<&'a str>,
    observations: &'a [Observation],
}

impl<'a> Seen<'a> {
    fn of(result: &VectorResult, leg: &'a str, observations: &'a [Observation]) -> Self {
        let mut told_nothing = observations.to_vec();
        for seen in &mut told_nothing {
            seen.reasons.clear();
        }
        let reasons = observations.iter().filter_map(|seen| seen.reasons.first());
        Self {
            legs: vec![leg],
            bare: diagram(result, &told_nothing),
            reasons: reasons.map(String::as_str).collect(),
            observations,
        }
    }

    /// Takes in what another leg saw if it is the same; whether it is.
    fn takes(&mut self, other: &Self) -> bool {
        let agree =
            self.reasons.is_empty() || other.reasons.is_empty() || self.reasons == other.reasons;
        if self.bare != other.bare || !agree {
            return false;
        }
        if self.reasons.is_empty() {
            self.reasons.clone_from(&other.reasons);
            self.observations = other.observations;
        }
        self.legs.extend(&other.legs);
        true
    }
}

/// The diagrams of all legs, each drawn once.
pub(super) fn drawings(result: &VectorResult) -> Vec<Drawn> {
    let mut different: Vec<Seen<'_>> = Vec::new();
    for leg in &result.legs {
        if leg.observations.is_empty() {
            continue;
        }
        let seen = Seen::of(result, leg.leg.word(), &leg.observations);
        if !different.iter_mut().any(|known| known.takes(&seen)) {
            different.push(seen);
        }
    }
    if different.is_empty() && !result.predicted.is_empty() {
        let legs = "predicted, as nothing was replayed";
        different.push(Seen::of(result, legs, &result.predicted));
    }
    let figure = |(index, seen): (usize, &Seen<'_>)| {
        let legs = seen.legs.join(" and ");
        let title = format!("The exchange: {legs}");
        let diagram = diagram(result, seen.observations);
        let drawing = Drawing::new(format!("d{index}"), title, &diagram);
        Drawn {
            legs,
            svg: render(&drawing),
        }
    };
    different.iter().enumerate().map(figure).collect()
}

/// The diagram of what was seen.
pub(crate) fn diagram(result: &VectorResult, observations: &[Observation]) -> Diagram {
    let has_script = result.vector.script.is_some();
    Diagram::of(&result.vector.steps, observations, |step| {
        address(step, has_script)
    })
}

#[cfg(test)]
mod tests {
    use crosscheck_vectors::expect::StepOutcome::{NetworkError, Readable};
    use rstest::rstest;

    use super::drawings;
    use crate::{
        fixture::{seeing, seen},
        leg::Leg,
    };

    #[rstest]
    #[case::told_nothing(&[], &["wire and chromium"])]
    #[case::told_the_same(&["a/b"], &["wire and chromium"])]
    #[case::told_another(&["a/c"], &["wire", "chromium"])]
    fn legs_that_saw_the_same_share_a_diagram(#[case] reasons: &[&str], #[case] figures: &[&str]) {
        let mut wire = seeing(Leg::Wire, NetworkError);
        wire.observations[0].reasons = vec!["a/b".to_owned()];
        let mut chromium = seeing(Leg::browser("chromium"), NetworkError);
        chromium.observations[0].reasons = reasons.iter().map(ToString::to_string).collect();
        for legs in [[&wire, &chromium], [&chromium, &wire]] {
            let result = seen("a/b/c", legs.map(Clone::clone).into());
            let drawings = drawings(&result);
            assert_eq!(drawings.len(), figures.len());
            assert!(drawings[0].svg.contains("blocked here: a/"));
        }
        let result = seen("a/b/c", vec![wire, chromium]);
        let drawings = drawings(&result);
        let legs: Vec<_> = drawings.iter().map(|drawing| &*drawing.legs).collect();
        assert_eq!(legs, figures);
    }

    #[test]
    fn legs_that_saw_something_else_have_their_own() {
        let wire = seeing(Leg::Wire, NetworkError);
        let chromium = seeing(Leg::browser("chromium"), Readable);
        assert_eq!(drawings(&seen("a/b/c", vec![wire, chromium])).len(), 2);
    }
}
