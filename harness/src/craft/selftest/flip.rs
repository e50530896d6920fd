//! Expectations turned into their opposite, one field at a time.

use crosscheck_replay::demand::mismatches;
use crosscheck_report::{leg::Leg, observation::Observation};
use crosscheck_vectors::{
    expect::{Check, Expectation, ExpectedOutcome, ExpectedRequest},
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

fn flipped(expect: &Expectation) -> Vec<(String, Expectation)> {
    let mut found = Vec::new();
    let mut flip = |field: String, change: &dyn Fn(&mut Expectation)| {
        let mut changed = expect.clone();
        change(&mut changed);
        found.push((field, changed));
    };
    flip("outcome".to_owned(), &|e| {
        e.outcome = if e.outcome == ExpectedOutcome::NetworkError {
            ExpectedOutcome::Readable
        } else {
            ExpectedOutcome::NetworkError
        };
    });
    if let Some(reason) = &expect.reason {
        let other = if reason == "cors-check/credentials" {
            "preflight/method"
        } else {
            "cors-check/credentials"
        };
        flip("reason".to_owned(), &|e| e.reason = Some(other.to_owned()));
    }
    if let Some(status) = expect.status {
        flip("status".to_owned(), &|e| e.status = Some(status ^ 1));
    }
    for (index, (name, value)) in expect.visible_headers.iter().enumerate() {
        let longer = [value.as_bytes(), b"!"].concat();
        flip(format!("visible_headers[{index}].value"), &|e| {
            e.visible_headers
                .extend([(name.clone(), longer.as_slice().into())]);
        });
        flip(format!("visible_headers[{index}]"), &|e| {
            e.hidden_headers.push(name.clone());
        });
    }
    for (index, name) in expect.hidden_headers.iter().enumerate() {
        flip(format!("hidden_headers[{index}]"), &|e| {
            e.visible_headers.push((name.clone(), "anything".into()));
        });
    }
    if let Some(body) = &expect.body {
        let longer = [body.as_bytes(), b"!"].concat();
        flip("body".to_owned(), &|e| {
            e.body = Some(longer.as_slice().into());
        });
    }
    for index in 0..expect.requests.len() {
        flip(format!("requests[{index}] (left out)"), &|e| {
            e.requests.remove(index);
        });
    }
    flip("requests (one more)".to_owned(), &|e| {
        e.requests.push(no_request());
    });
    for (index, request) in expect.requests.iter().enumerate() {
        for (field, changed) in flipped_request(request) {
            flip(format!("requests[{index}].{field}"), &|e| {
                if let Some(request) = e.requests.get_mut(index) {
                    *request = changed.clone();
                }
            });
        }
    }
    for (index, assertion) in expect.responses.iter().enumerate() {
        for check in opposites(&assertion.check) {
            flip(format!("responses[{index}].check"), &|e| {
                if let Some(assertion) = e.responses.get_mut(index) {
                    assertion.check = check.clone();
                }
            });
        }
    }
    found
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
    let mut found = Vec::new();
    let mut flip = |field: String, change: &dyn Fn(&mut ExpectedRequest)| {
        let mut changed = request.clone();
        change(&mut changed);
        found.push((field, changed));
    };
    flip("method".to_owned(), &|r| r.method = "CROSSCHECK".into());
    flip("url".to_owned(), &|r| {
        r.url = Some("https://nowhere.example/".to_owned());
    });
    for (index, (name, value)) in request.headers.iter().enumerate() {
        let longer = [value.as_bytes(), b"!"].concat();
        flip(format!("headers[{index}].value"), &|r| {
            r.headers.push((name.clone(), longer.as_slice().into()));
        });
        flip(format!("headers[{index}]"), &|r| {
            r.absent_headers.push(name.clone());
        });
    }
    for (index, name) in request.absent_headers.iter().enumerate() {
        flip(format!("absent_headers[{index}]"), &|r| {
            r.headers.push((name.clone(), "anything".into()));
        });
    }
    if let Some(body) = &request.body {
        let longer = [body.as_bytes(), b"!"].concat();
        flip("body".to_owned(), &|r| {
            r.body = Some(longer.as_slice().into());
        });
    }
    if let Some(handled) = request.handled {
        flip("handled".to_owned(), &|r| r.handled = Some(!handled));
    }
    found
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
