//! The fields in which a vector differs, each told once for all legs and steps that share it.

use crate::{
    difference::says_more, html::parts::Rich, implementation::Found, leg::Leg, printable::clip,
};

/// A field that differs.
#[derive(Debug)]
pub(super) struct Differs {
    /// The field, with its steps if the vector has several.
    pub(super) field: Rich,
    /// The legs, such as `wire, chromium`.
    pub(super) legs: String,
    /// What was expected.
    pub(super) expected: Rich,
    /// What was observed.
    pub(super) observed: Rich,
}

/// The same before it is drawn.
#[derive(Debug, PartialEq, Eq)]
struct Shared<'a> {
    steps: Vec<&'a str>,
    field: &'a str,
    legs: Vec<Leg>,
    expected: &'a str,
    observed: &'a str,
}

/// The fields in which `found` differs, in order; values longer than `limit` characters are cut.
pub(super) fn differs(found: &Found, limit: usize) -> Vec<Differs> {
    let draw = |shared: Shared<'_>| {
        let legs: Vec<_> = shared.legs.iter().map(Leg::word).collect();
        let rich = |text: &str| Rich::new(&clip(text, limit));
        Differs {
            field: rich(&shared.field()),
            legs: legs.join(", "),
            expected: rich(shared.expected),
            observed: rich(shared.observed),
        }
    };
    shared(found).into_iter().map(draw).collect()
}

/// The field without the step that it is of.
pub(super) fn bare(field: &str) -> &str {
    split(field).1
}

/// The step that a field is of, if the vector has several, and the field.
fn split(field: &str) -> (Option<&str>, &str) {
    let step = field
        .strip_prefix("step ")
        .and_then(|rest| rest.split_once(", "));
    match step {
        Some((step, field)) if step.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(step), field)
        }
        _ => (None, field),
    }
}

impl Shared<'_> {
    fn field(&self) -> String {
        let field = self.field;
        match self.steps.as_slice() {
            [] => field.to_owned(),
            [step] => format!("step {step}, {field}"),
            [steps @ .., last] => format!("steps {} and {last}, {field}", steps.join(", ")),
        }
    }
}

fn shared(found: &Found) -> Vec<Shared<'_>> {
    over_steps(over_legs(found))
}

/// Puts legs together that saw the same, or the same without the reason that only one of them was told.
fn over_legs(found: &Found) -> Vec<Shared<'_>> {
    let mut told: Vec<Shared<'_>> = Vec::new();
    for leg in &found.legs {
        for new in &leg.differences {
            let (step, field) = split(&new.field);
            let steps: Vec<_> = step.into_iter().collect();
            let same = told.iter_mut().find(|known| {
                (&known.steps, known.field, known.expected) == (&steps, field, &*new.expected)
                    && !known.legs.contains(&leg.leg)
                    && (says_more(known.observed, &new.observed)
                        || says_more(&new.observed, known.observed))
            });
            if let Some(known) = same {
                known.legs.push(leg.leg);
                if new.observed.len() > known.observed.len() {
                    known.observed = &new.observed;
                }
            } else {
                told.push(Shared {
                    steps,
                    field,
                    legs: vec![leg.leg],
                    expected: &new.expected,
                    observed: &new.observed,
                });
            }
        }
    }
    told
}

/// Puts steps together that differ in the same way.
fn over_steps(told: Vec<Shared<'_>>) -> Vec<Shared<'_>> {
    let mut merged: Vec<Shared<'_>> = Vec::new();
    for new in told {
        let same = merged.iter_mut().find(|known| {
            (known.field, &known.legs, known.expected, known.observed)
                == (new.field, &new.legs, new.expected, new.observed)
        });
        match same {
            Some(known) => {
                let steps = new.steps.into_iter();
                let new: Vec<_> = steps.filter(|step| !known.steps.contains(step)).collect();
                known.steps.extend(new);
            }
            None => merged.push(new),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::{Shared, bare, shared};
    use crate::{
        fixture::{found, found_leg},
        leg::Leg,
        verdict::Verdict::FailedOther,
    };

    fn told(legs: &[(Leg, &[[&str; 3]])]) -> Vec<String> {
        let legs = legs.iter();
        let legs = legs.map(|(leg, differences)| found_leg(*leg, FailedOther, differences));
        let found = found("a/b/c", FailedOther, legs.collect());
        let line = |shared: &Shared<'_>| {
            format!(
                "{} [{}]: {}, {}",
                shared.field(),
                shared
                    .legs
                    .iter()
                    .map(Leg::word)
                    .collect::<Vec<_>>()
                    .join(", "),
                shared.expected,
                shared.observed
            )
        };
        shared(&found).iter().map(line).collect()
    }

    #[test]
    fn legs_that_saw_the_same_are_told_together_with_the_reason() {
        let wire = [["outcome", "read", "refused"], ["status", "200", "201"]];
        let chromium = [
            ["outcome", "read", "refused (`a`)"],
            ["status", "200", "500"],
        ];
        assert_eq!(
            told(&[(Leg::Wire, &wire), (Leg::browser("chromium"), &chromium)]),
            [
                "outcome [wire, chromium]: read, refused (`a`)",
                "status [wire]: 200, 201",
                "status [chromium]: 200, 500",
            ]
        );
    }

    #[test]
    fn steps_that_differ_in_the_same_way_are_told_together() {
        let wire = [
            ["step 1, outcome", "read", "refused"],
            ["step 2, outcome", "read", "refused"],
            ["step 4, outcome", "read", "refused"],
            ["step 4, status", "200", "201"],
        ];
        assert_eq!(
            told(&[(Leg::Wire, &wire)]),
            [
                "steps 1, 2 and 4, outcome [wire]: read, refused",
                "step 4, status [wire]: 200, 201",
            ]
        );
    }

    #[test]
    fn one_leg_may_differ_twice_in_a_field() {
        let twice = [["status", "a", "c"], ["status", "b", "c"]];
        assert_eq!(told(&[(Leg::Wire, &twice)]).len(), 2);
    }

    #[test]
    fn a_field_is_bare_without_its_step() {
        assert_eq!(
            bare("step 12, answer 1, header `vary`"),
            "answer 1, header `vary`"
        );
        assert_eq!(bare("answer 1, status"), "answer 1, status");
        assert_eq!(bare("step x, y"), "step x, y");
    }
}
