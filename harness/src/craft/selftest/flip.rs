//! Expectations turned into their opposite, one field at a time.

use crosscheck_replay::demand::mismatches;
use crosscheck_report::{leg::Leg, observation::Observation};
use crosscheck_vectors::{
    expect::{Check, Expectation, ExpectedRequest, StepOutcome},
    vector::Vector,
};

/// A vector with one field of its expectations turned round, which must make it fail.
#[derive(Clone, Debug)]
pub struct Flip {
    /// The field, such as `steps[0].expect.status`.
    pub field: String,
    /// The vector.
    pub vector: Vector,
}

impl Flip {
    /// Whether the flipped expectation fails against what is true.
    pub fn is_noticed(&self, predicted: &[Observation]) -> bool {
        !mismatches(&self.vector, Leg::Oracle, predicted).is_empty()
    }
}

/// All flips of `vector`.
pub fn flips(vector: &Vector) -> Vec<Flip> {
    let mut flips = Vec::new();
    for (index, step) in vector.steps.iter().enumerate() {
        for (field, expect) in flipped(&step.expect) {
            let mut vector = vector.clone();
            if let Some(step) = vector.steps.get_mut(index) {
                step.expect = expect;
            }
            flips.push(Flip {
                field: format!("steps[{index}].expect.{field}"),
                vector,
            });
        }
    }
    flips
}

/// Copies of one value, each with another field changed.
struct Changes<'a, T> {
    of: &'a T,
    found: Vec<(String, T)>,
}

impl<'a, T: Clone> Changes<'a, T> {
    fn of(of: &'a T) -> Self {
        let found = Vec::new();
        Self { of, found }
    }

    fn add(&mut self, field: impl Into<String>, change: impl FnOnce(&mut T)) {
        let mut changed = self.of.clone();
        change(&mut changed);
        self.found.push((field.into(), changed));
    }
}

fn flipped(expect: &Expectation) -> Vec<(String, Expectation)> {
    let mut flips = Changes::of(expect);
    flip_ending(&mut flips);
    flip_what_is_seen(&mut flips);
    flip_requests(&mut flips);
    flip_responses(&mut flips);
    flips.found
}

/// How the fetch ends, and why.
fn flip_ending(flips: &mut Changes<'_, Expectation>) {
    flips.add("outcome", |e| {
        e.outcome = if e.outcome == StepOutcome::NetworkError {
            StepOutcome::Readable
        } else {
            StepOutcome::NetworkError
        };
    });
    if let Some(reason) = &flips.of.reason {
        let other = if reason == "cors-check/credentials" {
            "preflight/method"
        } else {
            "cors-check/credentials"
        };
        flips.add("reason", |e| e.reason = Some(other.to_owned()));
    }
}

/// What the page sees of the response.
fn flip_what_is_seen(flips: &mut Changes<'_, Expectation>) {
    let expect = flips.of;
    if let Some(status) = expect.status {
        flips.add("status", |e| e.status = Some(status ^ 1));
    }
    for (index, (name, value)) in expect.visible_headers.iter().enumerate() {
        let longer = [value.as_bytes(), b"!"].concat();
        flips.add(format!("visible_headers[{index}].value"), |e| {
            e.visible_headers
                .extend([(name.clone(), longer.as_slice().into())]);
        });
        flips.add(format!("visible_headers[{index}]"), |e| {
            e.hidden_headers.push(name.clone());
        });
    }
    for (index, name) in expect.hidden_headers.iter().enumerate() {
        flips.add(format!("hidden_headers[{index}]"), |e| {
            e.visible_headers.push((name.clone(), "anything".into()));
        });
    }
    if let Some(body) = &expect.body {
        let longer = [body.as_bytes(), b"!"].concat();
        flips.add("body", |e| e.body = Some(longer.as_slice().into()));
    }
}

/// How many requests there are, and what is in them.
fn flip_requests(flips: &mut Changes<'_, Expectation>) {
    let expect = flips.of;
    for index in 0..expect.requests.len() {
        flips.add(format!("requests[{index}] (left out)"), |e| {
            e.requests.remove(index);
        });
    }
    flips.add("requests (one more)", |e| e.requests.push(no_request()));
    for (index, request) in expect.requests.iter().enumerate() {
        for (field, changed) in flipped_request(request) {
            flips.add(format!("requests[{index}].{field}"), |e| {
                if let Some(request) = e.requests.get_mut(index) {
                    *request = changed;
                }
            });
        }
    }
}

/// What is asserted of the answers.
fn flip_responses(flips: &mut Changes<'_, Expectation>) {
    for (index, assertion) in flips.of.responses.iter().enumerate() {
        for check in opposites(&assertion.check) {
            flips.add(format!("responses[{index}].check"), |e| {
                if let Some(assertion) = e.responses.get_mut(index) {
                    assertion.check = check;
                }
            });
        }
    }
}

fn no_request() -> ExpectedRequest {
    ExpectedRequest {
        method: "GET".into(),
        url: None,
        headers: Vec::new(),
        absent_headers: Vec::new(),
        body: None,
        handled: None,
    }
}

fn flipped_request(request: &ExpectedRequest) -> Vec<(String, ExpectedRequest)> {
    let mut flips = Changes::of(request);
    flips.add("method", |r| r.method = "CROSSCHECK".into());
    flips.add("url", |r| {
        r.url = Some("https://nowhere.example/".to_owned());
    });
    for (index, (name, value)) in request.headers.iter().enumerate() {
        let longer = [value.as_bytes(), b"!"].concat();
        flips.add(format!("headers[{index}].value"), |r| {
            r.headers.push((name.clone(), longer.as_slice().into()));
        });
        flips.add(format!("headers[{index}]"), |r| {
            r.absent_headers.push(name.clone());
        });
    }
    for (index, name) in request.absent_headers.iter().enumerate() {
        flips.add(format!("absent_headers[{index}]"), |r| {
            r.headers.push((name.clone(), "anything".into()));
        });
    }
    if let Some(body) = &request.body {
        let longer = [body.as_bytes(), b"!"].concat();
        flips.add("body", |r| {
            r.body = Some(longer.as_slice().into());
        });
    }
    if let Some(handled) = request.handled {
        flips.add("handled", |r| r.handled = Some(!handled));
    }
    flips.found
}

/// Checks that cannot hold where `check` does; none where the opposite cannot be said.
fn opposites(check: &Check) -> Vec<Check> {
    let value = || "crosscheck".into();
    match check.clone() {
        Check::Absent { header } => vec![Check::Equals {
            header,
            value: value(),
        }],
        Check::NoCorsHeaders {} => {
            vec![Check::Equals {
                header: "Access-Control-Allow-Origin".into(),
                value: value(),
            }]
        }
        Check::Equals { header, value } => {
            let absent = Check::Absent {
                header: header.clone(),
            };
            vec![Check::NotEquals { header, value }, absent]
        }
        Check::NotEquals { header, value } => vec![Check::Equals { header, value }],
        Check::Lists { header, item } | Check::ListsExactly { header, item } => {
            let absent = Check::Absent {
                header: header.clone(),
            };
            vec![Check::ListsNot { header, item }, absent]
        }
        Check::Varies { by } => vec![Check::ListsNot {
            header: "Vary".into(),
            item: by,
        }],
        Check::ListsNot { header, item } => vec![Check::Lists { header, item }],
        Check::StatusIn { .. } | Check::StatusOk {} => vec![Check::StatusIn { any_of: vec![999] }],
        // What these forbid is shown by the faults.
        Check::ListsOnce { .. }
        | Check::Digits { .. }
        | Check::Tokens { .. }
        | Check::Grammar {}
        | Check::EmptyBody {} => Vec::new(),
    }
}
